use std::collections::BTreeMap;
fn main() {
    let a: Vec<u64> = std::env::args()
        .skip(1)
        .map(|x| x.parse().unwrap())
        .collect();
    let mut m: BTreeMap<String, (u32, segue_sim::Rehearsal)> = BTreeMap::new();
    for s in a[0]..a[0] + a[1] {
        let r = segue_sim::rehearse(s, a[2] as u32);
        if let Some(f) = &r.failure {
            let e = m
                .entry(f.invariant.to_string())
                .or_insert_with(|| (0, r.clone()));
            e.0 += 1;
        }
    }
    for (k, (n, r)) in m {
        let f = r.failure.unwrap();
        println!(
            "== {k}: {n} seeds; seed {} step {}: {}\n{}",
            r.seed,
            f.step,
            f.found,
            f.tail[f.tail.len().saturating_sub(24)..].join("\n")
        );
    }
}
