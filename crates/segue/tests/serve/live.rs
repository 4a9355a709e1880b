//! What sockets hear: everything, in order, once, and nothing that is not theirs.

use std::time::{Duration, Instant};

use segue_store::testkit::Place;
use serde_json::{Value as Json, json};

use crate::support::{
    TestDesk,
    socket::{Heard, Socket},
};

fn texts(frames: &[Json]) -> Vec<String> {
    let messages = frames.iter().filter(|frame| frame["event"] == "message");
    let own = messages.filter(|frame| frame["data"]["author"] == "customer");
    own.map(|frame| frame["data"]["text"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) async fn a_socket_that_comes_back_gets_what_it_missed_once_and_in_order(place: Place) {
    let mut desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    let mut socket = Socket::open(&desk.url, &customer, None).await;
    let mut heard = Vec::new();
    desk.say(&id, &customer, "text 0").await;
    desk.say(&id, &customer, "text 1").await;
    heard.extend(socket.all().await);
    let last = heard.last().unwrap()["position"].as_u64().unwrap();
    drop(socket);
    desk.say(&id, &customer, "text 2").await;
    desk.restart().await;
    desk.say(&id, &customer, "text 3").await;
    let mut socket = Socket::open(&desk.url, &customer, Some(last)).await;
    assert!(socket.welcome > last);
    desk.say(&id, &customer, "text 4").await;
    heard.extend(socket.all().await);
    let expected: Vec<String> = (0..5).map(|n| format!("text {n}")).collect();
    assert_eq!(texts(&heard), expected);
    let places: Vec<(u64, u64)> = heard
        .iter()
        .map(|frame| {
            (
                frame["position"].as_u64().unwrap(),
                frame["part"].as_u64().unwrap(),
            )
        })
        .collect();
    assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
}

pub(crate) async fn a_customers_socket_hears_nothing_of_others(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (ann, bob) = (desk.customer("ann").await, desk.customer("bob").await);
    let id = desk.conversation(&ann).await;
    let mut own = Socket::open(&desk.url, &ann, Some(0)).await;
    let mut other = Socket::open(&desk.url, &bob, Some(0)).await;
    desk.say(&id, &ann, "I want to talk to a person").await;
    assert!(!own.all().await.is_empty());
    assert_eq!(other.all().await, Vec::<Json>::new());
}

pub(crate) async fn a_socket_without_a_token_is_closed_with_4001(place: Place) {
    let desk = TestDesk::serve(place).await;
    let mut socket = Socket::open(&desk.url, "sgt_wrong", None).await;
    assert_eq!(socket.welcome, 0);
    let heard = socket.hear(Duration::from_secs(2)).await;
    assert!(matches!(heard, Heard::Closed(4001 | 1006)), "{heard:?}");
}

pub(crate) async fn when_the_server_stops_sockets_are_told_so(place: Place) {
    let mut desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let mut socket = Socket::open(&desk.url, &customer, None).await;
    desk.stop().await;
    assert_eq!(
        socket.hear(Duration::from_secs(2)).await,
        Heard::Closed(4009)
    );
}

pub(crate) async fn an_offer_reaches_the_agents_socket_and_their_leaving_moves_it_on(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (sarah_id, sarah) = desk.agent("Sarah", "billing", 3).await;
    let mut sarahs = Socket::open(&desk.url, &sarah, None).await;
    let (_, handoff, _) = desk.handed_off("ann").await;
    let offer = sarahs.event("offer").await;
    assert_eq!(offer["data"]["handoff"]["id"], handoff);
    assert_eq!(offer["data"]["handoff"]["offer"]["agent_id"], sarah_id);
    let (tom_id, tom) = desk.agent("Tom", "billing", 3).await;
    let mut toms = Socket::open(&desk.url, &tom, None).await;
    let left = Instant::now();
    drop(sarahs);
    let moved = loop {
        match toms.hear(Duration::from_secs(12)).await {
            Heard::Event(frame) if frame["event"] == "offer" => break frame,
            Heard::Event(_) => {}
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(moved["data"]["handoff"]["offer"]["agent_id"], tom_id);
    assert!(
        left.elapsed() < Duration::from_secs(8),
        "{:?}",
        left.elapsed()
    );
}

pub(crate) async fn a_console_that_falls_silent_is_offline_within_its_lease_and_back_when_heard(
    place: Place,
) {
    let desk = TestDesk::serve(place).await;
    let (id, sarah) = desk.agent("Sarah", "billing", 3).await;
    let mut socket = Socket::open(&desk.url, &sarah, None).await;
    let is = |state: &'static str| {
        let id = id.clone();
        move |queue: &Json| {
            let agents = queue["agents"].as_array().unwrap();
            let agent = agents.iter().find(|agent| agent["id"] == *id).unwrap();
            agent["presence"]["state"] == state
        }
    };
    desk.until("/queue", &desk.admin, is("online")).await;
    let silent = Instant::now();
    socket.answers = false;
    while silent.elapsed() < Duration::from_millis(12_700) {
        socket.hear(Duration::from_millis(200)).await;
    }
    desk.until("/queue", &desk.admin, is("offline")).await;
    assert!(silent.elapsed() < Duration::from_secs(14));
    socket.send(json!({ "type": "pong" })).await;
    desk.until("/queue", &desk.admin, is("online")).await;
}

pub(crate) async fn two_tabs_of_one_agent_are_one_console(place: Place) {
    let desk = TestDesk::serve(place).await;
    let (_, sarah) = desk.agent("Sarah", "billing", 3).await;
    let first = Socket::open(&desk.url, &sarah, None).await;
    let mut second = Socket::open(&desk.url, &sarah, None).await;
    drop(first);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(6) {
        second.hear(Duration::from_millis(500)).await;
    }
    let me = desk.get("/me", &sarah).await.with(200);
    assert_eq!(me["agent"]["presence"]["state"], "online");
}

pub(crate) async fn a_reader_that_does_not_read_is_cut_off_and_others_are_not(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    // It says hello and never reads.
    let slow = Socket::open(&desk.url, &desk.admin, None).await;
    let mut writer = Socket::open(&desk.url, &customer, None).await;
    let listening = |count: usize| {
        move |text: &Json| {
            let line = format!("segue_sockets {count}\n");
            text.as_str().is_some_and(|text| text.contains(&line))
        }
    };
    desk.until("//metrics", "", listening(2)).await;
    let typing = json!({ "type": "typing", "conversation_id": id });
    let began = Instant::now();
    loop {
        for _ in 0..2000 {
            writer.send(typing.clone()).await;
        }
        let text = desk.get("//metrics", "").await.body;
        if listening(1)(&text) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{text}");
    }
    drop(slow);
    desk.say(&id, &customer, "still here").await;
    writer.event("message").await;
}

pub(crate) async fn the_event_stream_goes_on_after_a_position(place: Place) {
    let desk = TestDesk::serve(place).await;
    let customer = desk.customer("ann").await;
    let id = desk.conversation(&customer).await;
    desk.say(&id, &customer, "before").await;
    let url = format!("{}/api/v1/events?after=0", desk.url);
    let request = desk.client.get(url).bearer_auth(&desk.admin);
    let mut response = request.send().await.unwrap();
    let mut text = String::new();
    while !text.contains("before") {
        let chunk = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await;
        text.push_str(&String::from_utf8_lossy(&chunk.unwrap().unwrap().unwrap()));
    }
    desk.say(&id, &customer, "after").await;
    while !text.contains("\"after\"") {
        let chunk = tokio::time::timeout(Duration::from_secs(5), response.chunk()).await;
        text.push_str(&String::from_utf8_lossy(&chunk.unwrap().unwrap().unwrap()));
    }
    assert!(text.contains("event: message"), "{text}");
    assert!(text.contains("\nid: "), "{text}");
}
