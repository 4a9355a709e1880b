use crate::{demo::Demo, people, window::Window};

#[tokio::test]
async fn the_first_page_has_three_doors_and_the_agents_and_the_leads_open_with_one_click() {
    let demo = Demo::open();
    let window = Window::open("a newcomer").await;
    window.goto(&demo.url("/")).await;
    window.sees("door-customer", "shop").await;
    window.sees("demo-agent", "Sarah Lindqvist").await;
    assert_eq!(window.count("demo-agent", "").await, 8);

    window.click_with("demo-agent", "Sarah Lindqvist").await;
    window.sees("desk", "All calm").await;
    window.sees("presence[data-state=online]", "").await;

    window.goto(&demo.url("/")).await;
    window.click("door-lead").await;
    window.sees("board", "Nobody waits").await;
    window.sees("agent-row", "Sarah Lindqvist").await;
    window.sees("numbers", "Conversations").await;
}

#[tokio::test]
async fn the_customers_door_opens_the_shop_and_its_chat_goes_on_after_a_reload() {
    let demo = Demo::open();
    let customer = people::customer(&demo, "ruth").await;
    people::say(&customer, people::QUESTION).await;
    let source = "Washing bedding";
    customer.sees("panel", source).await;

    customer.goto(&demo.url("/shop/")).await;
    customer.click("launcher").await;
    customer.sees("panel", source).await;
    people::has_once(&customer, people::QUESTION).await;
}
