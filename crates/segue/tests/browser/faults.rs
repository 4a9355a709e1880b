use crate::{
    demo::Demo,
    people::{self, DISPUTE},
};

const BEFORE: &str = "The second line is from Tuesday.";
const FROM_CUSTOMER: &str = "Are you still there?";
const FROM_AGENT: &str = "I am, and I have found the second charge.";

#[tokio::test]
async fn an_offer_that_is_declined_goes_on_to_the_next_agent() {
    let demo = Demo::open();
    let customer = people::customer(&demo, "ruth").await;
    let sarah = people::agent(&demo, "Sarah Lindqvist").await;
    let tomasz = people::agent(&demo, "Tomasz Wilk").await;
    people::say(&customer, DISPUTE).await;

    let first = people::offered(&[&sarah, &tomasz]).await;
    let second = if std::ptr::eq(first, &raw const sarah) {
        &tomasz
    } else {
        &sarah
    };
    assert_eq!(second.count("offer-card", "").await, 0);
    first.press("d").await;
    first.sees_no("offer-card").await;
    second.sees("offer-card", "charged twice").await;
    second.press("a").await;
    second.sees("briefing", "").await;
    customer.sees("status[data-state=agent]", "").await;
}

#[tokio::test]
async fn a_server_that_is_killed_and_started_again_loses_nothing_and_says_nothing_twice() {
    let mut demo = Demo::open();
    let customer = people::customer(&demo, "ruth").await;
    let agent = people::agent(&demo, "Sarah Lindqvist").await;
    people::say(&customer, DISPUTE).await;
    agent.click("accept").await;
    people::send_first_sentence(&agent).await;
    people::say(&customer, BEFORE).await;
    agent.sees("message[data-author=customer]", BEFORE).await;

    demo.kill();
    agent.sees("connection[data-state=lost]", "").await;
    customer.sees("status", "Reconnecting").await;
    customer.write("input", FROM_CUSTOMER).await;
    customer.click("send").await;
    agent.write("composer", FROM_AGENT).await;
    agent.press("\n").await;
    agent.sees("message[data-pending=true]", FROM_AGENT).await;

    demo.open_again();
    agent.sees("connection[data-state=live]", "").await;
    let here = "message[data-message]";
    agent.sees(here, FROM_CUSTOMER).await;
    agent.sees(here, FROM_AGENT).await;
    customer.sees(here, FROM_CUSTOMER).await;
    customer.sees(here, FROM_AGENT).await;
    for text in [DISPUTE, BEFORE, FROM_CUSTOMER, FROM_AGENT] {
        people::has_once(&agent, text).await;
        people::has_once(&customer, text).await;
    }
    let id = people::conversation_of(&agent).await;
    let path = format!("/api/v1/conversations/{id}/messages?limit=200");
    let answer = agent.fetch(&path).await;
    let all = answer["items"].as_array().expect("a page has items");
    for text in [DISPUTE, BEFORE, FROM_CUSTOMER, FROM_AGENT] {
        let count = all.iter().filter(|message| message["text"] == text).count();
        assert_eq!(count, 1, "{text:?} in {answer}");
    }
    agent.shot("after-the-kill").await;
}

#[tokio::test]
async fn an_agent_whose_window_is_closed_is_offline_within_seconds_and_the_offer_goes_on() {
    let demo = Demo::open();
    let customer = people::customer(&demo, "ruth").await;
    let lead = people::lead(&demo).await;
    let sarah = people::agent(&demo, "Sarah Lindqvist").await;
    people::say(&customer, DISPUTE).await;
    sarah.sees("offer-card", "").await;
    lead.sees("agent-row[data-state=online]", "Sarah Lindqvist")
        .await;
    let tomasz = people::agent(&demo, "Tomasz Wilk").await;
    assert_eq!(tomasz.count("offer-card", "").await, 0);

    drop(sarah);
    lead.sees("agent-row[data-state=offline]", "Sarah Lindqvist")
        .await;
    tomasz.sees("offer-card", "charged twice").await;
    lead.sees("queue-row", "Tomasz Wilk").await;
}
