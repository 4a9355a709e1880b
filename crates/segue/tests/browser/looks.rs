use std::{fs, path::Path};

use serde_json::{Value as Json, json};

use crate::{
    demo::Demo,
    people::{self, DISPUTE, QUESTION},
    window::Window,
};

#[tokio::test]
async fn axe_finds_nothing_on_any_page_in_light_and_in_dark() {
    let demo = Demo::open();
    let customer = Window::open("ruth").await;
    let agent = Window::open("Sarah Lindqvist").await;
    let mut found = Vec::new();
    customer.goto(&demo.url("/console/")).await;
    customer.sees("login", "").await;
    found.extend(examined(&customer, "login").await);
    customer.goto(&demo.url("/")).await;
    customer.sees("demo-agent", "Sarah Lindqvist").await;
    found.extend(examined(&customer, "doors").await);
    agent.goto(&demo.url("/api/docs")).await;
    let drawn = "return document.body.innerText.includes('/api/v1/handoffs')";
    agent.until("reference of the API", drawn, Vec::new()).await;
    found.extend(examined(&agent, "docs").await);

    agent.goto(&demo.url("/")).await;
    agent.click_with("demo-agent", "Sarah Lindqvist").await;
    agent.sees("presence[data-state=online]", "").await;
    customer.goto(&demo.url("/shop/")).await;
    people::become_customer(&customer, "ruth").await;
    customer.click("launcher").await;
    people::say(&customer, QUESTION).await;
    customer.sees("panel", "Washing bedding").await;
    people::say(&customer, DISPUTE).await;
    customer.sees("choice-callback", "").await;
    agent.sees("offer-card", "").await;
    found.extend(examined(&agent, "offer").await);
    agent.click("nav-board").await;
    agent.sees("queue-row", "").await;
    found.extend(examined(&agent, "board").await);
    found.extend(examined(&customer, "shop").await);

    agent.click("nav-desk").await;
    agent.click("accept").await;
    agent.sees("briefing", "").await;
    people::send_first_sentence(&agent).await;
    customer.sees("message[data-author=agent]", "").await;
    found.extend(examined(&agent, "desk").await);
    found.extend(examined(&customer, "chat").await);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What axe finds on a page in light and in dark.
async fn examined(window: &Window, page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for scheme in ["light", "dark"] {
        wear(window, scheme).await;
        window.shot(&format!("{page}-{scheme}")).await;
        let script = format!(
            "{}\naxe.run(document, {{ resultTypes: ['violations'] }}).then(({{ violations }}) => done(violations.flatMap(({{ id, nodes }}) => nodes.map((node) => id + ' at ' + node.target.join(' ') + ': ' + node.failureSummary))), (error) => done([String(error)]))",
            axe()
        );
        let answer = window.run_until_done(&script).await;
        let lines = answer.as_array().expect("axe gives a list");
        found.extend(lines.iter().map(|line| format!("{page}, {scheme}: {line}")));
    }
    found
}

/// Light or dark as the system says, and without movement: axe would measure colours on their way.
async fn wear(window: &Window, scheme: &str) {
    let features = json!([
        { "name": "prefers-color-scheme", "value": scheme },
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ]);
    window
        .browser(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    let settled = "return matchMedia(`(prefers-color-scheme: ${arguments[0]})`).matches && document.getAnimations().every((each) => each.playState !== 'running')";
    window
        .until("page to be at rest", settled, vec![json!(scheme)])
        .await;
}

fn axe() -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/node_modules/axe-core/axe.min.js");
    fs::read_to_string(path)
        .unwrap_or_else(|_| panic!("axe-core is not installed: run `cargo xtask ui`"))
}

#[tokio::test]
async fn nothing_jumps_and_the_browser_has_nothing_to_complain_about() {
    let demo = Demo::open();
    let newcomer = Window::open("a newcomer").await;
    newcomer.goto(&demo.url("/")).await;
    newcomer.sees("demo-agent", "").await;
    is_calm(&newcomer, "the doors").await;
    newcomer.goto(&demo.url("/api/docs")).await;
    let drawn = "return document.body.innerText.includes('/api/v1/handoffs')";
    newcomer
        .until("reference of the API", drawn, Vec::new())
        .await;
    is_calm(&newcomer, "the reference").await;

    let customer = people::customer(&demo, "ruth").await;
    let agent = people::agent(&demo, "Sarah Lindqvist").await;
    let lead = people::lead(&demo).await;
    people::say(&customer, QUESTION).await;
    customer.sees("panel", "Washing bedding").await;
    people::say(&customer, DISPUTE).await;
    lead.sees("queue-row", "").await;
    agent.click("accept").await;
    people::send_first_sentence(&agent).await;
    customer.sees("message[data-author=agent]", "").await;
    agent.click("nav-board").await;
    agent.sees("agent-row", "").await;
    is_calm(&customer, "the shop").await;
    is_calm(&agent, "the console").await;
    is_calm(&lead, "the board").await;
}

/// No layout shift to speak of, a strict content policy, and nothing in the browser's console.
async fn is_calm(window: &Window, page: &str) {
    let script = "new PerformanceObserver((list, observer) => { observer.disconnect();
        done(list.getEntries().filter((entry) => !entry.hadRecentInput).map((entry) => [entry.value, entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120)).join(' ')])); })
        .observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done([]), 300);";
    let shifts = window.run_until_done(script).await;
    let shifts = shifts.as_array().expect("a list");
    let sum: f64 = shifts.iter().filter_map(|shift| shift[0].as_f64()).sum();
    assert!(sum <= 0.1, "{page} shifts by {sum}: {shifts:?}");

    let script = "fetch(location.href).then((answer) => done(answer.headers.get('content-security-policy') ?? ''))";
    let policy = window.run_until_done(script).await;
    let policy = policy.as_str().unwrap_or_default();
    let strict = policy.contains("script-src 'self'") && !policy.contains("unsafe");
    assert!(
        strict,
        "{page} is served with the content policy {policy:?}"
    );

    let complaints = window.complaints().await;
    assert!(complaints.is_empty(), "{page}: {}", complaints.join("\n"));
}

#[tokio::test]
async fn the_chat_is_usable_and_the_console_readable_on_a_phone() {
    let demo = Demo::open();
    let customer = Window::open("ruth").await;
    hold_upright(&customer).await;
    customer.goto(&demo.url("/shop/")).await;
    people::become_customer(&customer, "ruth").await;
    customer.click("launcher").await;
    fits(&customer, "panel").await;
    people::say(&customer, DISPUTE).await;
    customer.sees("notice", "billing team").await;
    fits(&customer, "input").await;
    fits(&customer, "choice-callback").await;
    customer.shot("phone-chat").await;

    let agent = Window::open("Sarah Lindqvist").await;
    hold_upright(&agent).await;
    agent.goto(&demo.url("/")).await;
    fits(&agent, "demo-agent").await;
    agent.shot("phone-doors").await;
    agent.click_with("demo-agent", "Sarah Lindqvist").await;
    fits(&agent, "offer-card").await;
    agent.shot("phone-desk").await;
    agent.click("nav-board").await;
    fits(&agent, "queue-row").await;
    agent.shot("phone-board").await;
    agent.click("nav-desk").await;
    agent.click("accept").await;
    fits(&agent, "composer").await;
    agent.shot("phone-talk").await;
    people::send_first_sentence(&agent).await;
    customer.sees("message[data-author=agent]", "").await;
}

async fn hold_upright(window: &Window) {
    let phone = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
    window
        .browser("Emulation.setDeviceMetricsOverride", phone)
        .await;
}

/// It is shown in full width, and the page does not scroll sideways.
async fn fits(window: &Window, hook: &str) {
    window.sees(hook, "").await;
    let script = "const { left, right } = all(arguments[0])[0].getBoundingClientRect();
        return [left, right, document.documentElement.scrollWidth]";
    let shown = vec![json!(format!("[data-test={hook}]"))];
    let answer = window.run(script, shown).await;
    let edges: Vec<f64> = answer
        .as_array()
        .map(|all| all.iter().filter_map(Json::as_f64).collect())
        .unwrap_or_default();
    let [left, right, page] = edges[..] else {
        panic!("`{hook}` has no place: {answer}")
    };
    assert!(
        left >= 0.0 && right <= 390.5 && page <= 390.5,
        "`{hook}` goes from {left} to {right} on a page of {page}"
    );
}
