//! Who may do what.

use segue_core::{
    id::{AgentId, CustomerId},
    time::Timestamp,
};
use segue_store::{LoginRow, SessionRow, StoreError, TokenRow, WebhookRow};

use crate::{
    Place,
    story::{Story, whole},
};

pub(crate) async fn tokens_and_sessions_are_kept_until_they_end(place: Place) {
    let store = place.open().await;
    let token = |hash: &str, expires_at: Option<i64>| TokenRow {
        hash: hash.into(),
        scope: "customer".into(),
        agent: None,
        customer: Some(CustomerId(7)),
        created_at: Timestamp(1),
        expires_at: expires_at.map(Timestamp),
        label: Some("widget".into()),
    };
    let (for_ever, short) = (token("aa", None), token("bb", Some(50)));
    for token in [&for_ever, &short] {
        store.add_token(token.clone()).await.unwrap();
    }
    let twice = store.add_token(for_ever.clone()).await;
    assert!(matches!(twice, Err(StoreError::Taken { .. })));
    assert_eq!(store.token("bb").await.unwrap(), Some(short.clone()));
    assert_eq!(store.tokens().await.unwrap(), [for_ever.clone(), short]);

    let session = |hash: &str, end| SessionRow {
        hash: hash.into(),
        agent: Some(AgentId(3)),
        role: "lead".into(),
        expires_at: Timestamp(end),
    };
    store.save_session(session("s", 40)).await.unwrap();
    store.save_session(session("s", 60)).await.unwrap();
    store.save_session(session("t", 99)).await.unwrap();
    assert_eq!(store.session("s").await.unwrap(), Some(session("s", 60)));

    store.forget_expired(Timestamp(70)).await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), [for_ever]);
    assert_eq!(store.session("s").await.unwrap(), None);
    store.remove_sessions_of(AgentId(3)).await.unwrap();
    assert_eq!(store.session("t").await.unwrap(), None);
    store.save_session(session("u", 99)).await.unwrap();
    store.remove_session("u").await.unwrap();
    assert_eq!(store.session("u").await.unwrap(), None);
    store.remove_token("aa").await.unwrap();
    assert_eq!(store.token("aa").await.unwrap(), None);
}

pub(crate) async fn a_login_belongs_to_one_agent(place: Place) {
    let store = place.open().await;
    let mut tale = Story::default();
    let cast = whole(&mut tale);
    store.append(tale.batch()).await.unwrap();
    let login = |email: &str, agent| LoginRow {
        email: email.into(),
        agent,
        role: "agent".into(),
        password_hash: "$argon2id$".into(),
    };
    store
        .save_login(login("ann@example.com", Some(cast.ann)))
        .await
        .unwrap();
    store
        .save_login(login("lead@example.com", None))
        .await
        .unwrap();
    store
        .save_login(login("lead@example.com", None))
        .await
        .unwrap();
    let taken = store
        .save_login(login("ann@example.com", Some(cast.bob)))
        .await;
    assert!(matches!(taken, Err(StoreError::Taken { .. })));

    store
        .save_login(login("new@example.com", Some(cast.ann)))
        .await
        .unwrap();
    assert_eq!(store.login("ann@example.com").await.unwrap(), None);
    assert_eq!(
        store.login("new@example.com").await.unwrap(),
        Some(login("new@example.com", Some(cast.ann)))
    );
    let agents = store.agents().await.unwrap();
    assert_eq!(agents[0].email.as_deref(), Some("new@example.com"));
    assert_eq!(agents[1].email, None);
    store.remove_login_of(cast.ann).await.unwrap();
    assert_eq!(store.login("new@example.com").await.unwrap(), None);
    assert!(store.login("lead@example.com").await.unwrap().is_some());
}

pub(crate) async fn the_first_value_of_a_secret_wins(place: Place) {
    let store = place.open().await;
    assert_eq!(store.setting("secret").await.unwrap(), None);
    assert_eq!(store.setting_or("secret", "one").await.unwrap(), "one");
    assert_eq!(store.setting_or("secret", "two").await.unwrap(), "one");
    store.save_setting("secret", "three").await.unwrap();
    assert_eq!(
        store.setting("secret").await.unwrap().as_deref(),
        Some("three")
    );
}

pub(crate) async fn the_newest_policy_is_known(place: Place) {
    let store = place.open().await;
    assert_eq!(store.policy(None).await.unwrap(), None);
    let mut tale = Story::default();
    whole(&mut tale);
    whole(&mut tale);
    store.append(tale.batch()).await.unwrap();
    let newest = store.policy(None).await.unwrap().unwrap();
    assert_eq!((newest.version, newest.author.as_str()), (2, "lead"));
    assert_eq!(store.policy(Some(2)).await.unwrap(), Some(newest));
    let versions: Vec<_> = store
        .policies()
        .await
        .unwrap()
        .iter()
        .map(|policy| policy.version)
        .collect();
    assert_eq!(versions, [2, 1]);
}

pub(crate) async fn webhooks_are_kept(place: Place) {
    let store = place.open().await;
    let mut hook = WebhookRow {
        id: "w1".into(),
        url: "https://example.com/in".into(),
        secret: "s".into(),
        events: vec!["handoff".into(), "message".into()],
        created_at: Timestamp(3),
        disabled_at: None,
    };
    store.save_webhook(hook.clone()).await.unwrap();
    hook.disabled_at = Some(Timestamp(9));
    store.save_webhook(hook.clone()).await.unwrap();
    assert_eq!(store.webhooks().await.unwrap(), [hook]);
    store.remove_webhook("w1").await.unwrap();
    assert_eq!(store.webhooks().await.unwrap(), []);
}
