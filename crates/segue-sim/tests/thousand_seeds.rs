//! A thousand lives of a desk, each invariant after each step.

use segue_sim::{rehearse, rehearse_many};

#[test]
fn every_invariant_holds_over_a_thousand_seeds() {
    let (summary, failed) = rehearse_many(1, 1_000, 300, || {});
    if let Some((rehearsal, failure)) = failed.and_then(|r| Some((r.clone(), r.failure?))) {
        let tail = failure.tail.join("\n");
        panic!(
            "step {}: it does not hold that {}: {}\n{tail}\nTo see it again: {}",
            failure.step,
            failure.invariant,
            failure.found,
            rehearsal.command()
        );
    }
    println!("{summary:#?}");
}

#[test]
fn a_seed_lives_the_same_life_twice() {
    assert_eq!(rehearse(42, 300), rehearse(42, 300));
    assert_ne!(rehearse(42, 300).summary, rehearse(43, 300).summary);
}
