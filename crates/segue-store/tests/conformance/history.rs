//! History from elsewhere: an import is one unit.

use segue_core::time::Timestamp;
use segue_store::{
    HistoryConversation, HistoryMessage, HistoryPlace, KeptReadings, Store, StoreError,
};

use crate::Place;

fn conversation(number: usize) -> HistoryConversation {
    let message = |seq: usize| HistoryMessage {
        author: if seq.is_multiple_of(2) {
            "customer"
        } else {
            "assistant"
        }
        .into(),
        at: Timestamp(i64::try_from(seq).unwrap()),
        text: format!("conversation {number}, message {seq}"),
        extra: (seq == 1).then(|| serde_json::json!({"confidence": 0.25})),
    };
    HistoryConversation {
        external_id: format!("ext-{number}"),
        channel: Some("chat".into()),
        tier: None,
        opened_at: Timestamp(7),
        closed_at: Some(Timestamp(8)),
        handed_off: Some(number.is_multiple_of(2)),
        solved: None,
        csat: Some(3),
        extra: Some(serde_json::json!({"task": number})),
        // The fourth has none, as some sources have.
        messages: (0..(number + 1) % 5).map(message).collect(),
    }
}

async fn import(store: &dyn Store, numbers: std::ops::Range<usize>) -> u64 {
    let import = store
        .begin_import("segue", "log.jsonl", Timestamp(1))
        .await
        .unwrap();
    let all: Vec<_> = numbers.map(conversation).collect();
    for some in all.chunks(4) {
        store.add_history(import, some.to_vec()).await.unwrap();
    }
    import
}

async fn everything(store: &dyn Store, limit: usize) -> Vec<HistoryConversation> {
    let mut all = Vec::new();
    let mut place = HistoryPlace::default();
    loop {
        let page = store.history(place, limit).await.unwrap();
        let Some((last, _)) = page.last() else {
            return all;
        };
        place = *last;
        all.extend(page.into_iter().map(|(_, conversation)| conversation));
    }
}

pub(crate) async fn an_import_is_unseen_until_it_is_finished(place: Place) {
    let store = place.open().await;
    let id = import(&*store, 0..3).await;
    assert_eq!(everything(&*store, 10).await, []);
    assert_eq!(store.imports().await.unwrap()[0].finished_at, None);
    store.finish_import(id, 2, Timestamp(9)).await.unwrap();
    assert_eq!(everything(&*store, 10).await.len(), 3);
    let told = &store.imports().await.unwrap()[0];
    assert_eq!((told.conversations, told.messages, told.refused), (3, 6, 2));
    assert_eq!(told.finished_at, Some(Timestamp(9)));
}

pub(crate) async fn an_undone_import_leaves_nothing(place: Place) {
    let store = place.open().await;
    let first = import(&*store, 0..3).await;
    let second = import(&*store, 3..6).await;
    for id in [first, second] {
        store.finish_import(id, 0, Timestamp(9)).await.unwrap();
    }
    store.undo_import(first).await.unwrap();
    let left: Vec<_> = everything(&*store, 10)
        .await
        .into_iter()
        .map(|one| one.external_id)
        .collect();
    assert_eq!(left, ["ext-3", "ext-4", "ext-5"]);
    let read = (
        HistoryPlace {
            import: second,
            seq: 1,
        },
        readings("r1"),
    );
    store.keep_readings(vec![read]).await.unwrap();
    store.undo_import(second).await.unwrap();
    for table in [
        "imports",
        "history_conversations",
        "history_messages",
        "history_readings",
    ] {
        assert_eq!(place.dump(table).await.len(), 0, "{table}");
    }
}

pub(crate) async fn history_is_read_back_page_by_page(place: Place) {
    let store = place.open().await;
    for numbers in [0..11, 11..12, 12..30] {
        let id = import(&*store, numbers).await;
        store.finish_import(id, 0, Timestamp(9)).await.unwrap();
    }
    let expected: Vec<_> = (0..30).map(conversation).collect();
    for limit in [1, 4, 1000] {
        assert_eq!(
            everything(&*store, limit).await,
            expected,
            "pages of {limit}"
        );
    }
}

pub(crate) async fn a_finished_import_takes_no_more(place: Place) {
    let store = place.open().await;
    let id = import(&*store, 0..1).await;
    store.finish_import(id, 0, Timestamp(9)).await.unwrap();
    let late = store
        .add_history(id, vec![conversation(1)])
        .await
        .unwrap_err();
    assert!(matches!(late, StoreError::Refused { .. }));
    assert_eq!(
        late.to_string(),
        "the database refused: import 1 is not under way: begin one, and finish it once"
    );
    assert!(store.finish_import(id, 0, Timestamp(9)).await.is_err());
    assert_eq!(everything(&*store, 10).await.len(), 1);
}

fn readings(reader: &str) -> KeptReadings {
    KeptReadings {
        reader: reader.into(),
        lesson: "l".into(),
        turns: "[]".into(),
    }
}

pub(crate) async fn what_was_read_is_kept_beside_the_conversation(place: Place) {
    let store = place.open().await;
    for numbers in [0..3, 3..6] {
        let id = import(&*store, numbers).await;
        store.finish_import(id, 0, Timestamp(9)).await.unwrap();
    }
    let second = HistoryPlace { import: 1, seq: 2 };
    for reader in ["r1", "r2"] {
        let kept = vec![(second, readings(reader))];
        store.keep_readings(kept).await.unwrap();
    }
    let gone = HistoryPlace { import: 7, seq: 1 };
    store
        .keep_readings(vec![(gone, readings("r1"))])
        .await
        .unwrap();
    let heads = store
        .history_heads(HistoryPlace::default(), 5)
        .await
        .unwrap();
    let told: Vec<_> = heads
        .iter()
        .map(|head| (head.place.import, head.place.seq, head.kept.clone()))
        .collect();
    let kept = Some(readings("r2"));
    assert_eq!(
        told,
        [
            (1, 1, None),
            (1, 2, kept),
            (1, 3, None),
            (2, 1, None),
            (2, 2, None)
        ]
    );
    let mut expected = conversation(1);
    expected.messages.clear();
    assert_eq!(heads[1].conversation, expected);
    let rest = store.history_heads(heads[4].place, 5).await.unwrap();
    assert_eq!(rest.len(), 1);
}
