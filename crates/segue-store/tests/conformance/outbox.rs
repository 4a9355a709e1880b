//! The outbox: each row is told by one claimant at a time, until it is done or given up.

use std::collections::BTreeSet;

use segue_core::time::Timestamp;
use segue_store::{Batch, OutboxRow, Store};

use crate::Place;

async fn fill(store: &dyn Store, rows: usize) {
    let row = OutboxRow {
        position: 0,
        kind: "webhook".into(),
        target: "crm".into(),
        payload: r#"{"text":"ü"}"#.into(),
        due_at: Timestamp(100),
    };
    let batch = Batch {
        outbox: vec![row; rows],
        ..Batch::default()
    };
    store.append(batch).await.unwrap();
}

pub(crate) async fn many_at_once_never_claim_one_row_twice(place: Place) {
    let store = place.open().await;
    fill(&*store, 200).await;
    let mut claimants = Vec::new();
    for _ in 0..8 {
        let store = place.open().await;
        claimants.push(tokio::spawn(async move {
            let mut parts = Vec::new();
            loop {
                let (now, lease) = (Timestamp(100), Timestamp(10_000));
                let claimed = store.claim_outbox(now, lease, 7).await.unwrap();
                assert!(claimed.len() <= 7);
                if claimed.is_empty() {
                    return parts;
                }
                parts.extend(claimed.iter().map(|item| item.part));
            }
        }));
    }
    let mut all = Vec::new();
    for claimant in claimants {
        all.extend(claimant.await.unwrap());
    }
    // A claimant that finds others' locks may see nothing for a moment: what is left is left.
    let rest = store
        .claim_outbox(Timestamp(100), Timestamp(10_000), 1_000)
        .await
        .unwrap();
    all.extend(rest.iter().map(|item| item.part));
    assert_eq!(all.len(), 200, "every row once");
    assert_eq!(
        all.iter().collect::<BTreeSet<_>>().len(),
        200,
        "no row twice"
    );
}

pub(crate) async fn a_claim_that_lapses_goes_to_another_and_fences_off_the_first(place: Place) {
    let store = place.open().await;
    fill(&*store, 1).await;
    assert_eq!(
        store
            .claim_outbox(Timestamp(99), Timestamp(150), 5)
            .await
            .unwrap(),
        []
    );
    let first = store
        .claim_outbox(Timestamp(100), Timestamp(150), 5)
        .await
        .unwrap();
    assert_eq!(
        (first[0].attempts, first[0].row.due_at),
        (1, Timestamp(150))
    );
    assert_eq!(first[0].row.payload, r#"{"text":"ü"}"#);
    assert_eq!(
        store
            .claim_outbox(Timestamp(149), Timestamp(200), 5)
            .await
            .unwrap(),
        []
    );
    let second = store
        .claim_outbox(Timestamp(150), Timestamp(200), 5)
        .await
        .unwrap();
    assert_eq!(second[0].attempts, 2);
    assert!(!store.outbox_done(&first[0]).await.unwrap());
    assert!(store.outbox_done(&second[0]).await.unwrap());
    assert!(!store.outbox_done(&second[0]).await.unwrap());
    assert_eq!(
        store
            .claim_outbox(Timestamp(999), Timestamp(9_999), 5)
            .await
            .unwrap(),
        []
    );
}

pub(crate) async fn what_failed_comes_again_and_what_is_given_up_does_not(place: Place) {
    let store = place.open().await;
    fill(&*store, 1).await;
    let item = &store
        .claim_outbox(Timestamp(100), Timestamp(150), 5)
        .await
        .unwrap()[0];
    let again = store
        .outbox_failed(item, "timed out", Some(Timestamp(500)))
        .await
        .unwrap();
    assert!(again);
    assert_eq!(
        store
            .claim_outbox(Timestamp(499), Timestamp(900), 5)
            .await
            .unwrap(),
        []
    );
    let item = &store
        .claim_outbox(Timestamp(500), Timestamp(900), 5)
        .await
        .unwrap()[0];
    assert!(store.outbox_failed(item, "gone", None).await.unwrap());
    assert_eq!(
        store
            .claim_outbox(Timestamp(9_999), Timestamp(99_999), 5)
            .await
            .unwrap(),
        []
    );
    assert!(place.dump("outbox").await[0].contains("gone"));
    fill(&*store, 1).await;
    store.forget_told(Timestamp(9_999)).await.unwrap();
    let left = place.dump("outbox").await;
    assert_eq!(left.len(), 1, "what waits stays");
    assert!(!left[0].contains("gone"));
}
