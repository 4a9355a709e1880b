//! Whole readings of messages as they come in.

use std::fmt::Write as _;

use expect_test::{Expect, expect};
use segue_core::{
    journal::Author,
    policy::Intent,
    signals::{Reader, Span},
};

fn intent(name: &str, keywords: &[&str], examples: &[&str]) -> Intent {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Intent {
        name: name.into(),
        about: String::new(),
        keywords: owned(keywords),
        examples: owned(examples),
    }
}

fn reader() -> Reader {
    Reader::new(&[
        intent(
            "billing_dispute",
            &["charged twice", "chargeback"],
            &[
                "there is a payment on my card that I did not make",
                "why was I billed more than the price I saw",
                "I dispute this invoice",
            ],
        ),
        intent(
            "delivery",
            &["parcel", "courier"],
            &[
                "my order has not arrived yet",
                "when will my delivery come",
                "the tracking page has not changed for days",
            ],
        ),
        intent(
            "login",
            &["password"],
            &[
                "I can't sign in to my account",
                "the login code never arrives",
            ],
        ),
    ])
}

/// One reading in words: what stands where.
fn told(text: &str) -> String {
    let reading = reader().read(text, Author::Customer);
    let words = |span: Span| span.of(text).to_owned();
    let mut told = format!(
        "{} words, feels {}\n",
        reading.words, reading.sentiment_permille
    );
    if let Some(span) = reading.asks_for_person {
        let _ = writeln!(told, "asks for a person: {}", words(span));
    }
    if let Some(intent) = &reading.intent {
        let (name, sure) = (&intent.intent, intent.confidence_permille);
        let _ = writeln!(told, "{name} {sure}: {}", words(intent.span));
    }
    for cue in &reading.frustration {
        let _ = writeln!(told, "{:?}: {}", cue.kind, words(cue.span));
    }
    for fact in &reading.facts {
        let _ = writeln!(told, "{:?}: {}", fact.kind, words(fact.span));
    }
    if let Some(gist) = reading.gist {
        let _ = writeln!(told, "gist: {}", words(gist));
    }
    if reading.says_solved {
        told.push_str("says that it is solved\n");
    }
    told
}

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&told(text));
}

#[test]
fn a_calm_question_about_a_delivery() {
    check(
        "Good morning! I ordered a desk lamp on 2026-03-02 and my order 48213 has not arrived. \
         Could you check where it is? Thanks, Ines",
        &expect![[r"
            26 words, feels 309
            delivery 904: order
            Date: 2026-03-02
            Reference: 48213
            gist: I ordered a desk lamp on 2026-03-02 and my order 48213 has not arrived.
        "]],
    );
}

#[test]
fn an_angry_customer_who_wants_a_person() {
    check(
        "This is the THIRD TIME I'm writing!! You charged me $49.90 twice and nobody answers. \
         I want to speak to a manager or my bank will do a chargeback.",
        &expect![[r"
            30 words, feels -741
            asks for a person: I want to speak to a manager
            billing_dispute 761: chargeback
            Capitals: THIRD TIME
            Persistence: THIRD TIME
            Punctuation: !!
            Threat: chargeback
            Amount: $49.90
            gist: You charged me $49.90 twice and nobody answers.
        "]],
    );
}

#[test]
fn an_error_is_reported_without_anger() {
    check(
        "When I open the page it says “Session could not be restored” with error code 4031. \
         I can't sign in on https://desk.example/login since Friday.",
        &expect![[r"
            24 words, feels 0
            login 741: can't sign
            Error: Session could not be restored
            Error: 4031
            Link: https://desk.example/login
            Date: Friday
            gist: When I open the page it says “Session could not be restored” with error code 4031.
        "]],
    );
}

#[test]
fn a_typing_customer_who_is_short_of_words() {
    check(
        "can i tlak to sombody pls",
        &expect![[r"
        6 words, feels 0
        asks for a person: can i tlak to sombody
        gist: can i tlak to sombody pls
    "]],
    );
}

#[test]
fn a_customer_who_is_done() {
    check(
        "Perfect, that worked. Thank you so much for your help!",
        &expect![[r"
            10 words, feels 823
            gist: Perfect, that worked.
            says that it is solved
        "]],
    );
}

#[test]
fn a_message_in_another_language_is_read_without_harm() {
    check(
        "Hallo, meine Bestellung #48213 ist noch nicht da. Bitte um Rückruf: +49 30 1234567",
        &expect![[r"
            14 words, feels 0
            Reference: #48213
            Phone: +49 30 1234567
            gist: Hallo, meine Bestellung #48213 ist noch nicht da.
        "]],
    );
}

#[test]
fn what_the_assistant_writes_is_only_summed_up() {
    let text = "I'm sorry about that. Your refund of $20 was sent on Monday. Anything else?";
    let reading = reader().read(text, Author::Assistant);
    assert_eq!(
        reading.gist.map(|span| span.of(text)),
        Some("Your refund of $20 was sent on Monday.")
    );
    assert!(reading.facts.is_empty() && reading.intent.is_none());
    assert_eq!(reading.sentiment_permille, 0);
}
