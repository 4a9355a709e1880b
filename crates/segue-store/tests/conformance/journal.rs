//! The journal itself: order, durability, atomicity.

use segue_core::{
    id::{ConversationId, CustomerId},
    journal::Author,
    time::Timestamp,
};
use segue_store::{Batch, Body, CustomerRow, IdempotentAnswer, OutboxRow, Snapshot, StoreError};

use crate::{
    Place,
    story::{Story, conversations, whole},
};

pub(crate) async fn what_is_appended_is_read_in_order(place: Place) {
    let store = place.open().await;
    let batch = conversations(5);
    store.append(batch.clone()).await.unwrap();
    assert_eq!(store.head().await.unwrap(), 10);
    assert_eq!(store.read(0, 100).await.unwrap(), batch.lines);
    assert_eq!(store.read(3, 2).await.unwrap(), batch.lines[3..5]);
    assert_eq!(store.read(10, 100).await.unwrap(), []);
    assert_eq!(
        store.bodies(&[4, 2, 3, 99, 2]).await.unwrap(),
        batch.bodies[0..2]
    );
}

pub(crate) async fn a_line_is_read_as_it_was_written(place: Place) {
    let store = place.open().await;
    let batch = conversations(2);
    store.append(batch.clone()).await.unwrap();
    let expected: Vec<_> = batch.lines[1..3]
        .iter()
        .map(|line| (line.clone(), serde_json::to_string(&line.entry).unwrap()))
        .collect();
    assert_eq!(store.read_written(1, 2).await.unwrap(), expected);
}

pub(crate) async fn a_journal_outlives_the_program(place: Place) {
    let batch = conversations(3);
    place.open().await.append(batch.clone()).await.unwrap();
    let store = place.open().await;
    assert_eq!(store.read(0, 100).await.unwrap(), batch.lines);
    assert_eq!(
        store
            .conversation(ConversationId(1))
            .await
            .unwrap()
            .unwrap()
            .messages,
        1
    );
}

pub(crate) async fn an_append_behind_the_head_is_refused_with_the_head(place: Place) {
    let store = place.open().await;
    store.append(conversations(2)).await.unwrap();
    let late = store.append(conversations(1)).await;
    assert_eq!(late, Err(StoreError::Conflict { position: 4 }));
    assert_eq!(store.head().await.unwrap(), 4);
}

pub(crate) async fn two_writers_at_once_leave_one_order_without_gaps(place: Place) {
    let mut writers = Vec::new();
    for _ in 0..4 {
        let store = place.open().await;
        writers.push(tokio::spawn(async move {
            let mut written = 0;
            while written < 10 {
                let mut batch = conversations(1);
                batch.after = store.head().await.unwrap();
                for (line, position) in batch.lines.iter_mut().zip(batch.after + 1..) {
                    line.position = position;
                }
                batch.bodies.clear();
                match store.append(batch).await {
                    Ok(()) => written += 1,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let lines = place.open().await.read(0, 1000).await.unwrap();
    let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
    assert_eq!(positions, (1..=80).collect::<Vec<_>>());
}

pub(crate) async fn lines_that_leave_a_gap_are_refused(place: Place) {
    let store = place.open().await;
    let mut batch = conversations(2);
    batch.lines.remove(1);
    let error = store.append(batch).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database refused: a line has position 3, it must have 2"
    );
    assert_eq!(store.head().await.unwrap(), 0);
}

pub(crate) async fn a_batch_that_fails_leaves_nothing(place: Place) {
    let store = place.open().await;
    let mut batch = full_batch();
    // The second row of the same key is what fails, after all else was written.
    batch.answers.push(batch.answers[0].clone());
    let before = place.projections().await;
    assert!(matches!(
        store.append(batch).await,
        Err(StoreError::Taken { .. })
    ));

    assert_eq!(store.head().await.unwrap(), 0);
    assert_eq!(store.bodies(&[1, 2]).await.unwrap(), []);
    assert_eq!(store.customer(CustomerId(1)).await.unwrap(), None);
    assert_eq!(store.answer("ann", "k1").await.unwrap(), None);
    assert_eq!(place.projections().await, before);
    for table in ["journal", "bodies", "customers", "idempotency", "outbox"] {
        assert_eq!(place.dump(table).await, Vec::<String>::new(), "{table}");
    }
    store.append(full_batch()).await.unwrap();
    assert_eq!(store.answer("ann", "k1").await.unwrap(), Some(answer()));
}

fn full_batch() -> Batch {
    Batch {
        customers: vec![CustomerRow {
            id: CustomerId(1),
            external_id: Some("c-1".into()),
            name: Some("Cleo".into()),
            email: None,
            locale: None,
            attributes: [("seats".to_owned(), 12.into())].into(),
            created_at: Timestamp(1),
        }],
        answers: vec![answer()],
        outbox: vec![OutboxRow {
            position: 1,
            kind: "webhook".into(),
            target: "crm".into(),
            payload: "{}".into(),
            due_at: Timestamp(1),
        }],
        ..conversations(1)
    }
}

fn answer() -> IdempotentAnswer {
    IdempotentAnswer {
        caller: "ann".into(),
        key: "k1".into(),
        request_hash: "abc".into(),
        status: 201,
        answer: r#"{"id":"cnv_1"}"#.into(),
        at: Timestamp(5),
    }
}

pub(crate) async fn texts_of_any_script_and_sixteen_kilobytes_come_back(place: Place) {
    let store = place.open().await;
    let long = "é".repeat(8 * 1024);
    let texts = [
        "",
        "日本語 👩‍👩‍👧 \u{202e}rtl\u{202c} 'quote\" \\ %_ $1 ?1 \n\t",
        &long,
        "مرحبا",
    ];
    let mut tale = Story::default();
    let conversation = tale.opened(1);
    for text in texts {
        tale.message(conversation, Author::Customer, text);
    }
    let mut batch = tale.batch();
    batch.bodies[0].extra = Some(serde_json::json!({"attempted": ["naïve — “retry”", "\u{0}"]}));
    store.append(batch.clone()).await.unwrap();
    let positions: Vec<u64> = batch.bodies.iter().map(|body| body.position).collect();
    assert_eq!(store.bodies(&positions).await.unwrap(), batch.bodies);

    // The one character that PostgreSQL cannot keep is replaced, on both engines alike.
    let nul = Body {
        position: 5,
        text: "a\0b".into(),
        extra: None,
    };
    let batch = Batch {
        after: 5,
        bodies: vec![Body { position: 6, ..nul }],
        ..Batch::default()
    };
    store.append(batch).await.unwrap();
    assert_eq!(store.bodies(&[6]).await.unwrap()[0].text, "a\u{fffd}b");
}

pub(crate) async fn a_key_gives_its_answer_again_until_it_is_forgotten(place: Place) {
    let store = place.open().await;
    store.append(full_batch()).await.unwrap();
    assert_eq!(store.answer("ann", "k1").await.unwrap(), Some(answer()));
    assert_eq!(store.answer("bob", "k1").await.unwrap(), None);
    store.forget_answers(Timestamp(5)).await.unwrap();
    assert_eq!(store.answer("ann", "k1").await.unwrap(), Some(answer()));
    store.forget_answers(Timestamp(6)).await.unwrap();
    assert_eq!(store.answer("ann", "k1").await.unwrap(), None);
}

pub(crate) async fn a_key_cannot_be_used_twice(place: Place) {
    let store = place.open().await;
    store.append(full_batch()).await.unwrap();
    let again = Batch {
        after: 2,
        answers: vec![answer()],
        ..Batch::default()
    };
    assert!(matches!(
        store.append(again).await,
        Err(StoreError::Taken { .. })
    ));
}

pub(crate) async fn the_newest_snapshot_is_kept(place: Place) {
    let store = place.open().await;
    assert_eq!(store.load_snapshot().await.unwrap(), None);
    let snapshot = |position| Snapshot {
        position,
        state: format!("{{\"at\":{position}}}"),
    };
    for position in [3, 9, 5] {
        store.save_snapshot(snapshot(position)).await.unwrap();
    }
    assert_eq!(store.load_snapshot().await.unwrap(), Some(snapshot(9)));
}

pub(crate) async fn desks_do_not_see_one_another(place: Place) {
    let first = place.open().await;
    let second = first.of_desk(2);
    first.append(conversations(2)).await.unwrap();
    assert_eq!(second.head().await.unwrap(), 0);
    second.append(conversations(1)).await.unwrap();
    assert_eq!(
        (first.head().await.unwrap(), second.head().await.unwrap()),
        (4, 2)
    );
    assert_eq!(second.conversation(ConversationId(3)).await.unwrap(), None);
    second.rebuild_projections().await.unwrap();
    assert!(
        first
            .conversation(ConversationId(3))
            .await
            .unwrap()
            .is_some()
    );
}

pub(crate) async fn lines_are_found_by_what_they_are_about(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    let batch = tale.batch();
    store.append(batch.clone()).await.unwrap();
    let positions = |lines: Vec<segue_core::journal::Line>| {
        lines.iter().map(|line| line.position).collect::<Vec<_>>()
    };

    let about = positions(store.lines_of_handoff(cast.handoff).await.unwrap());
    assert_eq!(
        about.first(),
        Some(&cast.asked.0),
        "it begins with the message that led to it"
    );
    assert!(about.contains(&cast.handoff.0) && about.is_sorted());
    assert!(!about.contains(&cast.second.0));
    let named = serde_json::to_string(&cast.handoff).unwrap();
    for line in &batch.lines {
        let names_it = serde_json::to_string(line).unwrap().contains(&named);
        assert!(!names_it || about.contains(&line.position), "{line:?}");
    }

    let about = positions(
        store
            .lines_of_conversation(cast.conversation)
            .await
            .unwrap(),
    );
    let named = serde_json::to_string(&cast.conversation).unwrap();
    for line in &batch.lines {
        let names_it = serde_json::to_string(line).unwrap().contains(&named);
        assert_eq!(
            names_it || line.position == cast.conversation.0,
            about.contains(&line.position),
            "{line:?}"
        );
    }
}

pub(crate) async fn a_column_says_the_kind_that_the_line_says(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    whole(&mut tale);
    let batch = tale.batch();
    store.append(batch.clone()).await.unwrap();
    let rows = place.dump("journal").await.join("\n");
    for line in &batch.lines {
        let entry = serde_json::to_value(&line.entry).unwrap();
        let kind = entry["observed"]["kind"].as_str();
        let kind = kind
            .or(entry["decided"]["ruling"]["kind"].as_str())
            .unwrap();
        assert!(
            rows.contains(&format!("Text(\"{kind}\")")) || rows.contains(&format!(",{kind},")),
            "no row has the kind `{kind}`"
        );
    }
}

pub(crate) async fn a_line_of_a_newer_format_is_not_guessed_at(place: Place) {
    let store = place.open().await;
    let mut batch = conversations(1);
    batch.lines[1].format = 200;
    store.append(batch).await.unwrap();
    let error = store.read(0, 10).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2 of the journal does not read: it has format 200, this build knows 1: start a \
         newer one"
    );
}
