//! A writing program is killed without warning, again and again.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use crate::Place;

/// The example that appends and tells what was acknowledged.
pub(crate) fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let target = tests.parent().and_then(std::path::Path::parent).unwrap();
    let program = target.join("examples/append_until_killed");
    assert!(
        program.is_file(),
        "{} is missing: cargo build -p segue-store --example append_until_killed",
        program.display()
    );
    program
}

pub(crate) async fn a_writer_killed_twenty_times_loses_nothing_it_acknowledged(place: Place) {
    let mut acknowledged = 0;
    for round in 0..20 {
        let seen = killed_after(&place.address, 3 + round * 7);
        assert!(seen > acknowledged, "round {round} got nowhere");
        acknowledged = seen;

        let store = place.open().await;
        let head = store.head().await.unwrap();
        assert!(
            head >= acknowledged,
            "{acknowledged} was acknowledged, {head} is there"
        );
        let lines = store.read(0, usize::MAX >> 1).await.unwrap();
        let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
        assert_eq!(positions, (1..=head).collect::<Vec<_>>());
        // Each pair of lines has one message with its words: nothing half written, none twice.
        let pairs = usize::try_from(head / 2).unwrap();
        for table in ["bodies", "messages", "conversations"] {
            assert_eq!(place.dump(table).await.len(), pairs, "{table}");
        }
    }
}

/// Starts the program, kills it after some acknowledgements, gives the last one that it told.
fn killed_after(address: &str, acknowledgements: usize) -> u64 {
    let mut child = Command::new(program())
        .arg(address)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    for (count, line) in told.map_while(Result::ok).enumerate() {
        // What was told before the kill is read on until the pipe ends.
        if count == acknowledgements {
            child.kill().unwrap();
        }
        last = line.parse().unwrap_or(last);
    }
    child.wait().unwrap();
    last
}
