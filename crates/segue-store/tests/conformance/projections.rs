//! The tables for people: they tell what happened, and they can be made again.

use segue_core::{
    journal::{Level, Points, Presence, Severity},
    time::Timestamp,
};

use segue_store::{Fault, Store, Wrong};

use crate::{
    Place,
    story::{Cast, Story, whole},
};

pub(crate) async fn the_story_is_told_by_the_tables(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    store.append(tale.batch()).await.unwrap();

    let conversation = store
        .conversation(cast.conversation)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(conversation.state, "resolved");
    assert_eq!(conversation.holder, "nobody");
    assert_eq!(conversation.resolved_by.as_deref(), Some("agent"));
    assert_eq!(conversation.subject.as_deref(), Some("the refund"));
    assert_eq!(conversation.tier.as_deref(), Some("gold"));
    assert_eq!(
        (
            conversation.epoch,
            conversation.handoffs,
            conversation.messages
        ),
        (6, 2, 4)
    );
    assert_eq!(conversation.handoff, Some(cast.second));
    assert_eq!(conversation.csat, Some(4));
    assert_eq!(
        conversation.last_message_at,
        store
            .message(cast.reply)
            .await
            .unwrap()
            .map(|message| message.at)
    );

    first_handoff(&*store, &cast).await;
    second_handoff_and_team(&*store, &cast).await;
}

async fn first_handoff(store: &dyn Store, cast: &Cast) {
    let handoff = store.handoff(cast.handoff).await.unwrap().unwrap();
    assert_eq!(handoff.row.state, "returned");
    assert_eq!(
        (handoff.row.level, handoff.row.severity),
        (Level::Immediate, Severity::High)
    );
    assert_eq!(handoff.row.agent, Some(cast.bob));
    assert_eq!(handoff.row.message, Some(cast.asked));
    assert_eq!(handoff.row.offers, 2);
    assert_eq!(
        handoff.row.step_who, None,
        "it was queued again since the step"
    );
    assert_eq!(handoff.row.unmatched, None);
    assert_eq!(
        handoff.row.first_reply_at,
        Some(Timestamp(i64::try_from(cast.reply.0).unwrap() * 1000))
    );
    assert_eq!(handoff.briefing.lines.len(), 1);
    let hows: Vec<_> = handoff
        .segments
        .iter()
        .map(|one| one.how.as_deref())
        .collect();
    assert_eq!(hows, [Some("assigned"), Some("assigned")]);
    assert_eq!(handoff.segments[1].only, Some(cast.bob));
    let points = Points {
        severity: 40,
        customer: 20,
        sentiment: 5,
        per_minute: 2,
    };
    assert_eq!(handoff.segments[0].points, points);
    let offers: Vec<_> = handoff
        .offers
        .iter()
        .map(|one| (one.agent, one.how.as_deref()))
        .collect();
    assert_eq!(
        offers,
        [(cast.ann, Some("declined")), (cast.ann, Some("accepted"))]
    );
    assert_eq!(handoff.promises[0].how.as_deref(), Some("renewed"));
    assert_eq!(handoff.promises[0].wait.high_seconds, 180);
    assert_eq!(handoff.flags[0].note.as_deref(), Some("no order number"));
}

async fn second_handoff_and_team(store: &dyn Store, cast: &Cast) {
    let handoff = store.handoff(cast.handoff).await.unwrap().unwrap();
    let second = store.handoff(cast.second).await.unwrap().unwrap();
    assert_eq!(second.row.callback_at, Some(Timestamp(888_000)));
    assert_eq!(second.segments[0].how.as_deref(), Some("callback"));
    assert_eq!(second.row.state, "resolved");
    let both = store.handoffs_of(cast.conversation).await.unwrap();
    assert_eq!(both, [handoff.row.clone(), second.row.clone()]);

    let agents = store.agents().await.unwrap();
    assert_eq!(agents[0].presence, Presence::Online);
    assert_eq!(agents[1].presence, Presence::DoNotDisturb);
    assert_eq!(
        (agents[1].profile.name.as_str(), agents[1].profile.capacity),
        ("Bob B.", 5)
    );

    let all = (Timestamp(0), Timestamp(1_000_000));
    assert_eq!(store.handoffs_between(all.0, all.1).await.unwrap(), both);
    assert_eq!(
        store
            .handoffs_between(all.0, second.row.opened_at)
            .await
            .unwrap(),
        both[..1]
    );
    let opened = store.conversations_between(all.0, all.1).await.unwrap();
    assert_eq!(opened[0].id, cast.conversation);
    assert_eq!(
        store.promises_between(all.0, all.1).await.unwrap(),
        handoff.promises
    );
    assert_eq!(
        store.flags_between(all.0, all.1).await.unwrap(),
        handoff.flags
    );
}

pub(crate) async fn rebuilt_tables_equal_those_written_line_by_line(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    for _ in 0..3 {
        whole(&mut tale);
        // One line at a time: the tables must not depend on how lines were batched.
        let batch = tale.batch();
        for (line, after) in batch.lines.into_iter().zip(batch.after..) {
            let one = segue_store::Batch {
                after,
                lines: vec![line],
                ..Default::default()
            };
            store.append(one).await.unwrap();
        }
    }
    let live = place.projections().await;
    assert!(
        live.values().all(|rows| !rows.is_empty()),
        "a table that stays empty proves nothing"
    );
    store.rebuild_projections().await.unwrap();
    assert_eq!(place.projections().await, live);
}

pub(crate) async fn what_does_not_agree_with_the_journal_is_named_row_by_row(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    store.append(tale.batch()).await.unwrap();
    let words = |fault: &Fault| fault.table == "bodies";
    let mut expected: Vec<Fault> = store.check().await.unwrap();
    assert!(expected.iter().all(words), "{expected:?}");
    let reply = i64::try_from(cast.reply.0).unwrap();
    let conversation = i64::try_from(cast.conversation.0).unwrap();
    let handoff = i64::try_from(cast.handoff.0).unwrap();
    for (sql, table, row, wrong) in [
        (
            format!("UPDATE conversations SET messages = messages + 1 WHERE id = {conversation}"),
            "conversations",
            conversation,
            Wrong::Differs,
        ),
        (
            format!("UPDATE messages SET withheld = NOT withheld WHERE id = {reply}"),
            "messages",
            reply,
            Wrong::Differs,
        ),
        (
            format!("DELETE FROM handoffs WHERE id = {handoff}"),
            "handoffs",
            handoff,
            Wrong::Missing,
        ),
        (
            "INSERT INTO csat (desk, id, conversation, score, at) VALUES (1, 99999, 1, 5, 0)"
                .into(),
            "csat",
            99_999,
            Wrong::Unfounded,
        ),
        (
            "INSERT INTO bodies (desk, position, text) VALUES (1, 99999, 'whose?')".into(),
            "bodies",
            99_999,
            Wrong::Unfounded,
        ),
        (
            format!("DELETE FROM bodies WHERE position = {reply}"),
            "bodies",
            reply,
            Wrong::Missing,
        ),
    ] {
        place.run(&sql).await;
        expected.push(Fault { table, row, wrong });
    }
    let sorted = |mut faults: Vec<Fault>| {
        faults.sort_by_key(|fault| (fault.table, fault.row));
        faults
    };
    assert_eq!(sorted(store.check().await.unwrap()), sorted(expected));
    store.rebuild_projections().await.unwrap();
    let left = store.check().await.unwrap();
    assert!(left.iter().all(words), "{left:?}");
}
