//! What documents mean, and what people read when one is wrong.

use super::*;

#[test]
fn the_default_policy_has_nothing_to_say_against_it() {
    let checked = Policy::check(Policy::default_source());
    assert_eq!(checked.findings, []);
    assert!(checked.policy.is_some());
}
