//! A browser window: looks into pages (and into the widget's open shadow), clicks, types, waits.
//!
//! Things are found by their `data-test` hook; `message[data-author=agent]` is a hook with more to it.

use std::{
    env, fs,
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::Method;
use fantoccini::{
    Client, ClientBuilder,
    elements::{Element, ElementRef},
    error::CmdError,
    wd::WebDriverCompatibleCommand,
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::chromedriver::{Chromedriver, chromedriver, chromium};

const LIMIT: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);
const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,800",
];
/// Every shown element that matches, in the page and in the widget.
const ALL: &str = "const all = (css) => [document, ...[...document.querySelectorAll('segue-chat')].map((chat) => chat.shadowRoot)]
    .flatMap((root) => [...root.querySelectorAll(css)]).filter((element) => element.getClientRects().length);";

pub(crate) struct Window {
    who: &'static str,
    client: Client,
    session: String,
    driver: Arc<Chromedriver>,
    _profile: TempDir,
}

impl Window {
    /// A browser of its own, with nothing remembered.
    pub(crate) async fn open(who: &'static str) -> Self {
        let driver = chromedriver();
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut flags: Vec<String> = FLAGS.map(String::from).into();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": chromium(), "args": flags },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let Json::Object(wanted) = wanted else {
            unreachable!("it is written as an object")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver.url())
            .await
            .unwrap_or_else(|error| panic!("no window for {who}: {error}"));
        let session = client.session_id().await.ok().flatten();
        Window {
            who,
            client,
            session: session.expect("a window has a session"),
            driver,
            _profile: profile,
        }
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{} cannot open {url}: {error}", self.who));
    }

    /// Clicks as a person does: only what is there, shown, and not covered by something else.
    pub(crate) async fn click(&self, hook: &str) {
        self.click_with(hook, "").await;
    }

    /// The one of several that says `part`.
    pub(crate) async fn click_with(&self, hook: &str, part: &str) {
        let deadline = Instant::now() + LIMIT;
        loop {
            let element = self.element(hook, part).await;
            match element.click().await {
                Ok(()) => return,
                // It was redrawn or covered in this very moment.
                Err(_) if Instant::now() < deadline => tokio::time::sleep(PAUSE).await,
                Err(error) => panic!("{} cannot click `{hook}`: {error}", self.who),
            }
        }
    }

    pub(crate) async fn write(&self, hook: &str, text: &str) {
        let element = self.element(hook, "").await;
        let written = element.send_keys(text).await;
        written.unwrap_or_else(|error| panic!("{} cannot write into `{hook}`: {error}", self.who));
    }

    pub(crate) async fn pick(&self, hook: &str, value: &str) {
        let what = format!("choice of `{value}` in `{hook}`");
        let script = "return all(arguments[0]).some((list) => [...list.options].some(({ value }) => value === arguments[1]))";
        self.until(&what, script, vec![json!(css(hook)), json!(value)])
            .await;
        let element = self.element(hook, "").await;
        let picked = element.select_by_value(value).await;
        picked.unwrap_or_else(|error| panic!("{} has no {what}: {error}", self.who));
    }

    /// Presses keys wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await;
        let focused = focused.unwrap_or_else(|error| panic!("{}: no focus: {error}", self.who));
        let pressed = focused.send_keys(keys).await;
        pressed.unwrap_or_else(|error| panic!("{} cannot press {keys:?}: {error}", self.who));
    }

    /// Waits until something of that kind is shown and says `part`; gives all it says.
    pub(crate) async fn sees(&self, hook: &str, part: &str) -> String {
        let what = format!("`{hook}` that says {part:?}");
        let script = "return all(arguments[0]).map((element) => element.innerText || element.value || ' ').find((text) => text.includes(arguments[1])) ?? ''";
        let said = self
            .until(&what, script, vec![json!(css(hook)), json!(part)])
            .await;
        said.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn sees_no(&self, hook: &str) {
        let what = format!("end of `{hook}`");
        let script = "return all(arguments[0]).length === 0";
        self.until(&what, script, vec![json!(css(hook))]).await;
    }

    /// How many are shown now that say `part`.
    pub(crate) async fn count(&self, hook: &str, part: &str) -> u64 {
        let script = "return all(arguments[0]).filter((element) => element.textContent.includes(arguments[1])).length";
        let count = self.run(script, vec![json!(css(hook)), json!(part)]).await;
        count.as_u64().unwrap_or_default()
    }

    /// Waits until a script's answer is neither false nor empty.
    pub(crate) async fn until(&self, what: &str, script: &str, arguments: Vec<Json>) -> Json {
        let deadline = Instant::now() + LIMIT;
        loop {
            let answer = self.run(script, arguments.clone()).await;
            if !matches!(&answer, Json::Null | Json::Bool(false)) && answer != json!("") {
                return answer;
            }
            if Instant::now() >= deadline {
                self.give_up(what).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn give_up(&self, what: &str) -> ! {
        self.shot(&format!("failed-{}", self.who)).await;
        let script = "return location.href + '\\n' + document.body.innerText + '\\n' + [...document.querySelectorAll('segue-chat')].map((chat) => chat.shadowRoot.querySelector('.panel')?.innerText).join('\\n')";
        let page = self.run(script, Vec::new()).await;
        panic!(
            "after {} s {} still waits for the {what}; the window shows {}",
            LIMIT.as_secs(),
            self.who,
            page.as_str().unwrap_or_default()
        );
    }

    async fn element(&self, hook: &str, part: &str) -> Element {
        let what = format!("`{hook}` that says {part:?}");
        let script = "return all(arguments[0]).find((element) => element.textContent.includes(arguments[1])) ?? null";
        let found = self
            .until(&what, script, vec![json!(css(hook)), json!(part)])
            .await;
        let id = found.as_object().and_then(|found| found.values().next());
        let id = id.and_then(Json::as_str).expect("an element has an id");
        Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()))
    }

    /// Runs a script in the page; `all(css)` is there for it. While a page is left there is no answer.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Json>) -> Json {
        match self
            .client
            .execute(&format!("{ALL}\n{script}"), arguments)
            .await
        {
            Ok(answer) => answer,
            Err(error) if is_leaving(&error) => Json::Null,
            Err(error) => panic!("{}: `{script}` fails: {error}", self.who),
        }
    }

    /// Runs a script that calls `done` with its answer.
    pub(crate) async fn run_until_done(&self, script: &str) -> Json {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        let answer = self.client.execute_async(&script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{}: `{script}` fails: {error}", self.who))
    }

    /// Fetches JSON from the server, as this window's person.
    pub(crate) async fn fetch(&self, path: &str) -> Json {
        let script =
            format!("fetch({path:?}).then((answer) => answer.json()).then(done, () => done(null))");
        self.run_until_done(&script).await
    }

    /// Asks the browser itself, by its debugging protocol.
    pub(crate) async fn browser(&self, command: &str, parameters: Json) -> Json {
        let body = json!({ "cmd": command, "params": parameters });
        self.vendor("goog/cdp/execute", &body).await
    }

    /// What the browser complained about in its console.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.vendor("se/log", &json!({ "type": "browser" })).await;
        let lines = log.as_array().cloned().unwrap_or_default();
        let severe = lines.into_iter().filter(|line| line["level"] == "SEVERE");
        severe.map(|line| line["message"].to_string()).collect()
    }

    async fn vendor(&self, path: &'static str, body: &Json) -> Json {
        let command = Vendor {
            path,
            body: body.to_string(),
        };
        let answer = self.client.issue_cmd(command).await;
        answer.unwrap_or_else(|error| panic!("{}: {path} {body} fails: {error}", self.who))
    }

    /// Keeps a picture, where somebody wants pictures.
    pub(crate) async fn shot(&self, name: &str) {
        let Some(folder) = env::var_os("SEGUE_SCREENSHOTS").map(PathBuf::from) else {
            return;
        };
        if let Ok(picture) = self.client.screenshot().await {
            fs::create_dir_all(&folder).expect("SEGUE_SCREENSHOTS names a folder");
            let kept = fs::write(folder.join(format!("{name}.png")), picture);
            kept.expect("SEGUE_SCREENSHOTS can be written to");
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Err(error) = self.driver.end(&self.session) {
            eprintln!("the window of {} did not close: {error}", self.who);
        }
    }
}

/// `message[data-author=agent]` is `[data-test="message"][data-author=agent]`.
fn css(hook: &str) -> String {
    let end = hook.find(['[', ' ', ':', '.']).unwrap_or(hook.len());
    let (name, more) = hook.split_at(end);
    format!("[data-test=\"{name}\"]{more}")
}

/// The page is being left, and the next is not there yet.
fn is_leaving(error: &CmdError) -> bool {
    let text = error.to_string();
    let signs = ["execution context", "by navigation", "loader has changed"];
    signs.iter().any(|sign| text.contains(sign))
}

/// A command of chromedriver's own, which the standard does not know.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: String,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.clone()))
    }
}
