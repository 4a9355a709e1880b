//! What people ask for.

use segue_core::{
    id::{ConversationId, CustomerId, MessageId},
    journal::{Author, NoticeKind},
    time::Timestamp,
};
use segue_store::{ConversationFilter, CustomerRow, StoreError};

use crate::{
    Place,
    story::{Story, conversations, whole},
};

pub(crate) async fn conversations_are_paged_without_gaps_or_doubles(place: Place) {
    let store = place.open().await;
    store.append(conversations(7)).await.unwrap();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = store
            .conversations(ConversationFilter::default(), before, 3)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.iter().map(|row| row.id.0));
    }
    assert_eq!(seen, [13, 11, 9, 7, 5, 3, 1]);

    let of = |state: Option<&str>, customer| ConversationFilter {
        state: state.map(Into::into),
        customer,
        agent: None,
    };
    let none = store
        .conversations(of(Some("resolved"), None), None, 9)
        .await
        .unwrap();
    assert_eq!(none, []);
    let third = of(Some("assistant"), Some(CustomerId(2)));
    let third = store.conversations(third, None, 9).await.unwrap();
    assert_eq!(third.iter().map(|row| row.id.0).collect::<Vec<_>>(), [5]);
}

pub(crate) async fn messages_are_paged_and_refused_ones_left_out(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    store.append(tale.batch()).await.unwrap();
    let all = store.messages(cast.conversation, None, 100).await.unwrap();
    let texts: Vec<_> = all.iter().map(|one| one.text.as_deref().unwrap()).collect();
    let said = [
        "Perhaps try again?",
        "I want a person",
        "Ann is here.",
        "Hello, I am Ann",
    ];
    assert_eq!(texts, said);
    let second = store
        .messages(cast.conversation, Some(all[0].id), 2)
        .await
        .unwrap();
    assert_eq!(second, all[1..3]);

    assert_eq!(all[0].id, cast.withheld);
    assert_eq!((all[0].withheld, all[1].withheld), (true, false));
    assert_eq!(all[0].author, Author::Assistant);
    assert_eq!(
        all[0].answer.as_ref().unwrap().confidence_permille,
        Some(640)
    );
    assert_eq!(all[1].reading.as_ref().unwrap().sentiment_permille, -200);
    assert_eq!(all[2].author, Author::Segue);
    assert_eq!(
        all[2].notice.as_ref().unwrap().kind,
        NoticeKind::AgentJoined
    );
    assert_eq!(all[3].author, Author::Agent(cast.ann));

    assert_eq!(
        store.message(cast.reply).await.unwrap().as_ref(),
        all.last()
    );
    assert_eq!(store.message(cast.refused).await.unwrap(), None);
    assert_eq!(store.message(MessageId(9_999)).await.unwrap(), None);
}

fn cleo() -> CustomerRow {
    CustomerRow {
        id: CustomerId(7),
        external_id: Some("c-7".into()),
        name: Some("Cleo".into()),
        email: Some("cleo@example.com".into()),
        locale: Some("fr".into()),
        attributes: [("seats".to_owned(), serde_json::json!([1, "two"]))].into(),
        created_at: Timestamp(5),
    }
}

pub(crate) async fn a_customer_is_found_by_both_ids(place: Place) {
    let store = place.open().await;
    store.save_customer(cleo()).await.unwrap();
    assert_eq!(store.customer(CustomerId(7)).await.unwrap(), Some(cleo()));
    assert_eq!(store.customer_of("c-7").await.unwrap(), Some(cleo()));
    assert_eq!(store.customer_of("c-8").await.unwrap(), None);
    let later = CustomerRow {
        name: None,
        created_at: Timestamp(9),
        ..cleo()
    };
    store.save_customer(later).await.unwrap();
    let kept = store.customer_of("c-7").await.unwrap().unwrap();
    assert_eq!((kept.name, kept.created_at), (None, Timestamp(5)));
}

pub(crate) async fn an_external_id_belongs_to_one_customer(place: Place) {
    let store = place.open().await;
    store.save_customer(cleo()).await.unwrap();
    let other = CustomerRow {
        id: CustomerId(8),
        ..cleo()
    };
    let taken = store.save_customer(other.clone()).await;
    assert!(matches!(taken, Err(StoreError::Taken { .. })));
    // Those without one do not get into each other's way.
    for id in [20, 21] {
        let nameless = CustomerRow {
            id: CustomerId(id),
            external_id: None,
            ..cleo()
        };
        store.save_customer(nameless).await.unwrap();
    }
}

pub(crate) async fn the_five_latest_conversations_of_a_customer_are_told(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let mut opened: Vec<ConversationId> = (0..6).map(|_| tale.opened(7)).collect();
    tale.opened(8);
    store.append(tale.batch()).await.unwrap();
    let told = store.previous(CustomerId(7)).await.unwrap();
    opened.reverse();
    let ids: Vec<_> = told.iter().map(|one| one.conversation).collect();
    assert_eq!(ids, opened[..5]);
    assert!(told.iter().all(|one| !one.handed_off && one.csat.is_none()));

    let cast = whole(&mut tale);
    store.append(tale.batch()).await.unwrap();
    let told = &store.previous(CustomerId(7)).await.unwrap()[0];
    assert_eq!(
        (told.conversation, told.handed_off),
        (cast.conversation, true)
    );
    assert_eq!(told.csat, Some(4));
}

pub(crate) async fn an_erased_customer_leaves_decisions_and_no_words(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    let other = tale.opened(8);
    let kept = tale.message(other, Author::Customer, "mine stay");
    store.append(tale.batch()).await.unwrap();
    store.save_customer(cleo()).await.unwrap();
    let before = store.read(0, 1000).await.unwrap();

    store.erase_customer(CustomerId(7)).await.unwrap();

    assert_eq!(store.read(0, 1000).await.unwrap(), before);
    let messages = store.messages(cast.conversation, None, 100).await.unwrap();
    assert_eq!(messages.len(), 4);
    assert!(messages.iter().all(|message| message.text.is_none()));
    assert_eq!(
        store
            .conversation(cast.conversation)
            .await
            .unwrap()
            .unwrap()
            .subject,
        None
    );
    assert_eq!(
        store.handoff(cast.handoff).await.unwrap().unwrap().flags[0].note,
        None
    );
    let erased = store.customer(CustomerId(7)).await.unwrap().unwrap();
    assert_eq!(
        (erased.name, erased.email, erased.external_id),
        (None, None, None)
    );
    let stays = store.message(kept).await.unwrap().unwrap();
    assert_eq!(stays.text.as_deref(), Some("mine stay"));
    assert_eq!(place.dump("bodies").await.len(), 1);
}
