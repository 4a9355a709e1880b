//! Measures what serving costs, one JSON line a measure, for `cargo xtask bench`. Server and
//! clients share one process and its cores; the store is a real one, in a directory of its own.
//! The names of parts measure only those: `cargo xtask bench -- messages offers`.
#![expect(
    clippy::unwrap_used,
    reason = "a measure of a server that does not answer is worth nothing"
)]

mod bare;
mod client;
mod desk;
mod messages;
mod offers;
mod pages;
mod starting;

use std::{path::Path, time::Duration};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, place] = &args[..]
        && first == "start"
    {
        return starting::child(place);
    }
    let wanted = |part: &str| args.is_empty() || args.iter().any(|arg| arg == part);
    if wanted("starting") {
        starting::starting();
    }
    if wanted("messages") {
        runtime().block_on(messages::messages());
    }
    if wanted("offers") {
        runtime().block_on(offers::offers());
    }
    if wanted("pages") {
        pages::pages();
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

/// A directory on the disk that the program is on.
fn directory() -> tempfile::TempDir {
    let program = std::env::current_exe().unwrap();
    tempfile::tempdir_in(program.parent().unwrap_or(Path::new("."))).unwrap()
}

/// The value in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn quantile(mut samples: Vec<Duration>, permille: usize) -> f64 {
    samples.sort_unstable();
    let index = (samples.len() * permille / 1000).min(samples.len() - 1);
    millis(samples[index])
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// One measure; `more` is further JSON members, each after a comma.
fn tell(name: &str, unit: &str, value: f64, more: &str) {
    println!(r#"{{"name":"{name}","unit":"{unit}","value":{value:.3}{more}}}"#);
}
