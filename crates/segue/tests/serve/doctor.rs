//! `segue doctor` finds what is not as the journal says, names it with its remedy, and mends it.

use std::process::Output;

use segue_store::testkit::Place;
use tokio::process::Command;

use crate::support::TestDesk;

async fn doctor(place: &Place, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
    let command = command.arg("doctor").args(place.arguments()).args(more);
    command.output().await.unwrap()
}

/// What it says when all is well.
async fn healthy(place: &Place, more: &[&str]) -> String {
    let output = doctor(place, more).await;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complains of.
async fn complaint(place: &Place) -> String {
    let output = doctor(place, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

pub(crate) async fn a_doctored_database_is_found_named_and_mended(place: Place) {
    let mut desk = TestDesk::serve(place).await;
    let (_, agent) = desk.agent("Sarah", "billing", 3).await;
    desk.online(&agent).await;
    desk.handed_off("ann").await;
    let said = healthy(&desk.place, &[]).await;
    assert!(
        said.contains("tables and words are what the journal says"),
        "{said}"
    );
    desk.stop().await;
    let place = &desk.place;

    place.run("UPDATE handoffs SET route = 'nowhere'").await;
    place
        .run("DELETE FROM messages WHERE author = 'customer'")
        .await;
    place.run("UPDATE agents SET name = 'Mallory'").await;
    let said = complaint(place).await;
    for expected in [
        "handoffs: ",
        "messages: ",
        "agents: ",
        "not as the journal says",
        "missing",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(said.contains("segue doctor --mend"), "the remedy: {said}");
    let said = healthy(place, &["--mend"]).await;
    assert!(said.contains("computed anew"), "{said}");
    healthy(place, &[]).await;

    place
        .run("UPDATE snapshots SET state = replace(state, 'Sarah', 'Mallory')")
        .await;
    let said = complaint(place).await;
    assert!(said.contains("snapshot: "), "{said}");
    healthy(place, &["--mend"]).await;

    place.run("DELETE FROM bodies").await;
    let said = complaint(place).await;
    assert!(
        said.contains("bodies: ") && said.contains("backup"),
        "{said}"
    );
}
