//! How long a server with 100,000 open conversations takes to answer.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use segue::{clock, desk_loop};
use segue_core::{
    desk::Desk,
    id::{ConversationId, CustomerId},
    journal::{Author, CustomerFacts, Line, Observation},
    policy::Policy,
    signals::Reader,
};
use segue_store::{Batch, CustomerRow};

use crate::{desk, directory, median, millis, runtime, tell};

const OPEN: usize = 100_000;
const BATCH: usize = 2_000;
const STARTS: usize = 5;

pub(crate) fn starting() {
    let place = directory();
    runtime().block_on(fill(place.path()));
    // The first start reads the file into the machine's memory.
    let starts = (0..=STARTS).map(|_| start(place.path()));
    let starts: Vec<f64> = starts.collect();
    tell(
        "start of the program with 100,000 open conversations",
        "s",
        median(starts[1..].to_vec()) / 1000.0,
        r#","budget":1"#,
    );
}

/// Milliseconds from the start of a process to its first answer.
fn start(place: &Path) -> f64 {
    let begun = Instant::now();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .arg("start")
        .arg(place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let said = child.stdout.take().unwrap();
    BufReader::new(said).read_line(&mut line).unwrap();
    let took = millis(begun.elapsed());
    assert_eq!(line.trim(), OPEN.to_string(), "conversations are missing");
    child.kill().unwrap();
    child.wait().unwrap();
    took
}

/// The process that is started: says how many conversations are open once it answers.
pub(crate) fn child(place: &str) {
    runtime().block_on(async {
        let server = desk::start(Path::new(place)).await;
        let stream = tokio::net::TcpStream::connect(server.address).await;
        drop(stream.unwrap());
        println!("{}", server.door.desk().await.conversations().count());
        std::future::pending::<()>().await;
    });
}

/// Conversations with a question and its answer each, and the snapshot that a server keeps when
/// it is stopped.
async fn fill(place: &Path) {
    let store = segue_store::open(&place.display().to_string())
        .await
        .unwrap();
    let mut desk = Desk::new();
    let reader = Reader::new(&Policy::default().intents);
    let mut numbers = (0..OPEN).peekable();
    while numbers.peek().is_some() {
        let after = desk.position();
        let mut lines = Vec::new();
        let mut customers = Vec::new();
        for number in numbers.by_ref().take(BATCH) {
            customers.push(customer(number));
            lines.extend(talk(&mut desk, &reader, number));
        }
        let batch = Batch {
            after,
            lines,
            customers,
            ..Batch::default()
        };
        store.append(batch).await.unwrap();
    }
    desk_loop::snapshot(&*store, desk).await.unwrap();
}

fn talk(desk: &mut Desk, reader: &Reader, number: usize) -> Vec<Line> {
    let customer = CustomerFacts {
        id: CustomerId(number as u128),
        tier: Some("standard".into()),
        locale: Some("en".into()),
        attributes: BTreeMap::new(),
        previous: Vec::new(),
    };
    let channel = "web".into();
    let opened = Observation::ConversationOpened { customer, channel };
    let mut lines = see(desk, opened);
    let id = ConversationId(lines[0].position);
    for (author, text) in [
        (
            Author::Customer,
            "When will order 48213 come? I was told it left on Monday.",
        ),
        (
            Author::Assistant,
            "It left our warehouse yesterday and comes on Thursday.",
        ),
    ] {
        lines.extend(see(
            desk,
            Observation::MessageReceived {
                conversation: id,
                author,
                epoch: None,
                reading: Box::new(reader.read(text, author)),
                answer: None,
            },
        ));
    }
    lines
}

fn see(desk: &mut Desk, seen: Observation) -> Vec<Line> {
    desk.handle(clock::now(), seen).unwrap().lines
}

fn customer(number: usize) -> CustomerRow {
    CustomerRow {
        id: CustomerId(number as u128),
        external_id: Some(format!("c{number}")),
        name: None,
        email: None,
        locale: Some("en".into()),
        attributes: BTreeMap::new(),
        created_at: clock::now(),
    }
}
