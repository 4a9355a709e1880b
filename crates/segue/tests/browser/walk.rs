use crate::{
    demo::Demo,
    people::{self, DISPUTE, QUESTION},
};

const THANKS: &str = "Thank you, that is all I wanted to know.";

#[tokio::test]
async fn a_customer_goes_from_the_assistant_to_a_person_and_rates_them() {
    let demo = Demo::open();
    let customer = people::customer(&demo, "ruth").await;
    let agent = people::agent(&demo, "Sarah Lindqvist").await;

    people::say(&customer, QUESTION).await;
    customer.sees("panel", "Washing bedding").await;
    customer.sees("status[data-state=assistant]", "").await;

    people::say(&customer, DISPUTE).await;
    let notice = customer.sees("notice", "billing team").await;
    assert!(
        ["minute", "second", "moment"]
            .iter()
            .any(|unit| notice.contains(unit)),
        "the notice does not tell the wait: {notice}"
    );
    customer.shot("walk-notice").await;

    let card = agent.sees("offer-card", "needs a person").await;
    assert!(card.contains("charged twice"), "{card}");
    let ring =
        "return all('[role=timer]')[0]?.getAttribute('aria-label')?.includes('seconds left')";
    agent.until("countdown", ring, Vec::new()).await;
    agent.shot("walk-offer").await;
    agent.click("accept").await;

    agent.sees("briefing", "charged twice").await;
    customer.sees("status[data-state=agent]", "Sarah").await;
    agent.sees("composer", " ").await;
    agent.shot("walk-briefing").await;
    let first = people::send_first_sentence(&agent).await;
    assert!(first.chars().count() > 20, "no first sentence: {first:?}");
    customer.sees("message[data-author=agent]", &first).await;

    people::say(&customer, THANKS).await;
    agent.sees("message[data-author=customer]", THANKS).await;
    customer.shot("walk-agent").await;

    agent.click("resolve").await;
    agent.click("confirm-resolve").await;
    customer.click("rating-5").await;
    customer.shot("walk-rating").await;
    customer.click("rating-send").await;
    customer.sees_no("rating").await;

    let lead = people::lead(&demo).await;
    lead.sees("numbers", "Rated 4 or 5, with an agent").await;
    let numbers = lead.sees("numbers", "1 of 1").await;
    assert!(numbers.contains("Handed off"), "{numbers}");
    lead.shot("walk-board").await;
}

#[tokio::test]
async fn an_agent_flags_a_handoff_and_gives_it_back_and_the_assistant_goes_on() {
    let demo = Demo::open();
    let customer = people::customer(&demo, "olivier").await;
    let agent = people::agent(&demo, "Sarah Lindqvist").await;
    people::say(&customer, DISPUTE).await;
    agent.click("accept").await;
    agent.sees("briefing", "charged twice").await;

    agent.click("explain").await;
    agent.sees("why", "billing").await;
    agent.press("\u{e00c}").await;
    agent.click("flag").await;
    agent.click("flag-avoidable").await;
    agent.sees_no("flag-avoidable").await;

    agent.click("return").await;
    agent.click("confirm-return").await;
    customer.sees("status[data-state=assistant]", "").await;
    people::say(&customer, QUESTION).await;
    customer.sees("panel", "Washing bedding").await;
}
