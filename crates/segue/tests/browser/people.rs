//! The people of the demo, each in a window of their own.

use serde_json::json;

use crate::{demo::Demo, window::Window};

pub(crate) const QUESTION: &str = "Can I wash the linen at 60 degrees?";
pub(crate) const DISPUTE: &str = "I was charged twice for order LL-204518.";

/// An agent, by their door, at the desk and online.
pub(crate) async fn agent(demo: &Demo, name: &'static str) -> Window {
    let window = Window::open(name).await;
    window.goto(&demo.url("/")).await;
    window.click_with("demo-agent", name).await;
    window.sees("presence[data-state=online]", "").await;
    window.sees("connection[data-state=live]", "").await;
    window
}

/// A lead, by their door, at the board.
pub(crate) async fn lead(demo: &Demo) -> Window {
    let window = Window::open("the lead").await;
    window.goto(&demo.url("/")).await;
    window.click("door-lead").await;
    window.sees("board", "").await;
    window.sees("connection[data-state=live]", "").await;
    window
}

/// A customer in the shop, with the chat open.
pub(crate) async fn customer(demo: &Demo, key: &'static str) -> Window {
    let window = Window::open(key).await;
    window.goto(&demo.url("/shop/")).await;
    become_customer(&window, key).await;
    window.click("launcher").await;
    window.sees("panel", "").await;
    window
}

/// Picks who they are, and waits until the chat knows.
pub(crate) async fn become_customer(window: &Window, key: &str) {
    window.pick("demo-customer", key).await;
    let script = "return !!document.querySelector('segue-chat')?.getAttribute('customer-token')";
    let what = format!("chat that knows it is talking to {key}");
    window.until(&what, script, Vec::new()).await;
}

/// Writes in the chat, and waits until the server has it.
pub(crate) async fn say(customer: &Window, text: &str) {
    customer.write("input", text).await;
    customer.click("send").await;
    customer
        .sees("message[data-author=customer][data-message]", text)
        .await;
}

/// Which of the agents has the offer, once somebody has it.
pub(crate) async fn offered<'a>(agents: &[&'a Window]) -> &'a Window {
    for _ in 0..300 {
        for agent in agents {
            if agent.count("offer-card", "").await > 0 {
                return agent;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!(
        "after 15 s the offer is with none of {} agents",
        agents.len()
    );
}

/// The conversation that an agent's window shows.
pub(crate) async fn conversation_of(agent: &Window) -> String {
    let script = "return all(arguments[0])[0]?.dataset.conversation ?? ''";
    let shown = vec![json!("[data-test=conversation]")];
    let id = agent.until("open conversation", script, shown).await;
    id.as_str().expect("an id is a text").to_owned()
}

/// Waits until a text is in the window once, and asserts that it is not there twice.
pub(crate) async fn has_once(window: &Window, text: &str) {
    window.sees("message", text).await;
    assert_eq!(
        window.count("message", text).await,
        1,
        "{text:?} is there twice"
    );
}

/// Sends the first sentence that stands ready in the composer, which has the focus by itself.
pub(crate) async fn send_first_sentence(agent: &Window) -> String {
    let sentence = agent.sees("composer:focus", " ").await;
    agent.press("\n").await;
    agent
        .sees("message[data-author=agent][data-message]", &sentence)
        .await;
    sentence
}
