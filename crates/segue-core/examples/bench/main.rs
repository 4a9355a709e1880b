//! Measures what the core costs, one JSON line a measure, for `cargo xtask bench`.
#![expect(clippy::disallowed_methods, reason = "a measure of time needs a clock")]

mod deciding;
mod matching;
mod world;

use std::time::Instant;

fn main() {
    // First, while the process has no memory that was used and given back.
    matching::starting();
    deciding::reading();
    deciding::deciding();
    matching::matching();
}

/// Nanoseconds that each call of `work` took, sorted.
fn sampled(times: usize, mut work: impl FnMut(usize)) -> Vec<u64> {
    let mut samples: Vec<u64> = (0..times)
        .map(|round| {
            let start = Instant::now();
            work(round);
            u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
        })
        .collect();
    samples.sort_unstable();
    samples
}

fn quantile(sorted: &[u64], permille: usize) -> f64 {
    let index = (sorted.len() * permille / 1000).min(sorted.len() - 1);
    micros(sorted[index])
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a measure is printed with three digits"
)]
fn micros(nanos: u64) -> f64 {
    nanos as f64 / 1000.0
}

/// One measure in microseconds against the time of the barest work of the same size.
fn tell(name: &str, value: f64, budget: f64, baseline: Option<f64>) {
    let against = baseline.map_or(String::new(), |base| {
        format!(r#","baseline":{base:.3},"ratio":{:.3}"#, value / base)
    });
    tell_as(name, "µs", value, budget, &against);
}

fn tell_as(name: &str, unit: &str, value: f64, budget: f64, more: &str) {
    println!(r#"{{"name":"{name}","unit":"{unit}","value":{value:.3},"budget":{budget}{more}}}"#);
}
