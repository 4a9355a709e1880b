//! What reading a message and deciding on it cost.

use std::hint::black_box;

use segue_core::{
    journal::Author,
    policy::Intent,
    signals::{Reader, Reading},
};

use crate::{
    quantile, sampled, tell,
    world::{World, message, policy, reading as calm},
};

const TEXTS: [&str; 4] = [
    "Hi, I ordered two lamps last week (order 48213) and was charged twice, $49.90 each time.",
    "it STILL does not work!! I have tried the reset three times and the light keeps flickering",
    "can i please talk to a real person about the refund that has not arrived since 12 March",
    "Thanks, that worked. One more thing: how do I change the delivery address of my next order?",
];

/// Fifty intents with keywords and examples.
fn intents() -> Vec<Intent> {
    (0..50)
        .map(|number| Intent {
            name: format!("intent_{number}").as_str().into(),
            about: format!("matter {number}"),
            keywords: vec![format!("keyword{number}"), format!("phrase number{number}")],
            examples: (0..8)
                .map(|example| {
                    format!("my thing{number} number {example} does not do part{number} any more")
                })
                .collect(),
        })
        .collect()
}

/// Reading one message with fifty intents, against copying it in lower case word by word.
pub(crate) fn reading_cost(reader: &Reader) -> (Vec<u64>, Vec<u64>) {
    let mut bare = Vec::new();
    let read = sampled(20_000, |round| {
        black_box(reader.read(black_box(TEXTS[round % TEXTS.len()]), Author::Customer));
    });
    bare.extend(sampled(20_000, |round| {
        let text = black_box(TEXTS[round % TEXTS.len()]);
        black_box(
            text.split_whitespace()
                .map(str::to_lowercase)
                .collect::<Vec<_>>(),
        );
    }));
    (read, bare)
}

pub(crate) fn reading() {
    let reader = Reader::new(&intents());
    reading_cost(&reader);
    let (read, bare) = reading_cost(&reader);
    tell(
        "reading a message, 50 intents, median",
        quantile(&read, 500),
        100.0,
        Some(quantile(&bare, 500)),
    );
}

/// Deciding on one message under fifty rules with 10,000 conversations open, against writing
/// the observation as JSON.
pub(crate) fn deciding() {
    let mut world = World::new(&policy(50));
    let open: Vec<_> = (0..10_000)
        .map(|number| world.conversation(number))
        .collect();
    let bare = sampled(20_000, |round| {
        let seen = message(
            open[round % open.len()],
            Author::Customer,
            reading_of(round),
        );
        black_box(serde_json::to_string(&seen).unwrap_or_default());
    });
    let decided = sampled(60_000, |round| {
        black_box(world.says(open[round * 7 % open.len()], reading_of(round)));
    });
    let barest = Some(quantile(&bare, 500));
    tell(
        "deciding on a message, 50 rules, median",
        quantile(&decided, 500),
        5.0,
        barest,
    );
    tell(
        "deciding on a message, 50 rules, p99",
        quantile(&decided, 990),
        20.0,
        barest,
    );
}

fn reading_of(round: usize) -> Reading {
    calm(round, false)
}
