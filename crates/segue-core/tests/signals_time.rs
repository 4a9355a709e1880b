//! Prints what a reading costs: `cargo test --release -p segue-core --test signals_time -- --nocapture`.

use std::time::{Duration, Instant};

use segue_core::{journal::Author, policy::Intent, signals::Reader};

const THINGS: [&str; 10] = [
    "invoice",
    "parcel",
    "password",
    "subscription",
    "voucher",
    "address",
    "warranty",
    "newsletter",
    "payment card",
    "delivery slot",
];
const TROUBLES: [&str; 5] = [
    "cannot be changed",
    "is missing",
    "was charged twice",
    "has expired",
    "arrived broken",
];

fn intents() -> Vec<Intent> {
    let pairs = THINGS
        .iter()
        .flat_map(|thing| TROUBLES.iter().map(move |trouble| (thing, trouble)));
    pairs
        .map(|(thing, trouble)| Intent {
            name: format!("{thing} {trouble}")
                .replace(' ', "_")
                .as_str()
                .into(),
            about: format!("a {thing} that {trouble}"),
            keywords: vec![format!("{thing} {trouble}")],
            examples: [
                "My {} and nobody answers",
                "Hello, the {} since last week, please help",
                "what can I do when a {}?",
                "{} again",
                "I noticed today that our {}, how is that possible",
                "could you look into it: the {}",
                "it seems my {}",
                "why is it that the {}?",
            ]
            .iter()
            .map(|example| example.replace("{}", &format!("{thing} {trouble}")))
            .collect(),
        })
        .collect()
}

const MESSAGES: [&str; 8] = [
    "hi",
    "where is my parcel? order 48213",
    "I was charged $49.90 twice for invoice INV-2210 and nobody has answered since Monday.",
    "can i tlak to sombody please",
    "The app shows \"Session could not be restored\" whenever I open the page with my vouchers.",
    "This is the THIRD time I'm asking!! My delivery slot is still missing and I'm really angry.",
    "Hello, I moved last month and would like to change the delivery address of my subscription \
     before the next parcel is sent. The page only shows the old one. Thanks, Ines",
    "that worked, thank you so much",
];

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "this test measures how long a reading takes"
)]
fn the_time_of_a_reading_is_printed() {
    let intents = intents();
    let before = Instant::now();
    let reader = Reader::new(&intents);
    let learned = before.elapsed();
    let mut times: Vec<Duration> = (0..1000)
        .map(|turn| {
            let before = Instant::now();
            let reading = reader.read(MESSAGES[turn % MESSAGES.len()], Author::Customer);
            assert!(reading.words > 0);
            before.elapsed()
        })
        .collect();
    times.sort_unstable();
    println!(
        "{} intents learned in {learned:?}; a reading takes {:?} (median), {:?} (p99)",
        intents.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}
