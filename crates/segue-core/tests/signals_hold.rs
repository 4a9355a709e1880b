//! What must hold for every text that anybody can write.

use std::sync::LazyLock;

use proptest::prelude::*;
use segue_core::{
    journal::Author,
    policy::Intent,
    signals::{Reader, Reading, Span, sentences},
};

static READER: LazyLock<Reader> = LazyLock::new(reader);

fn reader() -> Reader {
    let intent = |name: &str, keywords: &[&str], examples: &[&str]| Intent {
        name: name.into(),
        about: name.to_owned(),
        keywords: keywords.iter().map(|text| (*text).to_owned()).collect(),
        examples: examples.iter().map(|text| (*text).to_owned()).collect(),
    };
    Reader::new(&[
        intent(
            "refund",
            &["refund", "geld zurück"],
            &["I want my money back"],
        ),
        intent(
            "login",
            &["password"],
            &["I cannot sign in", "the code does not arrive"],
        ),
        intent("empty", &["", " "], &["", "?!"]),
    ])
}

fn spans(reading: &Reading) -> Vec<Span> {
    let mut spans: Vec<Span> = reading.facts.iter().map(|fact| fact.span).collect();
    spans.extend(reading.frustration.iter().map(|cue| cue.span));
    spans.extend(reading.asks_for_person);
    spans.extend(reading.gist);
    spans.extend(reading.intent.as_ref().map(|intent| intent.span));
    spans
}

fn check(reader: &Reader, text: &str) {
    let reading = reader.read(text, Author::Customer);
    for span in spans(&reading) {
        assert!(span.start < span.end, "an empty span {span:?} in {text:?}");
        assert!(!span.of(text).is_empty(), "{span:?} is not in {text:?}");
    }
    for pair in reading.facts.windows(2) {
        assert!(
            pair[0].span.end <= pair[1].span.start,
            "facts overlap in {text:?}"
        );
    }
    assert!((-1000..=1000).contains(&reading.sentiment_permille));
    assert_eq!(reading, reader.read(text, Author::Customer));
    let mut end = 0;
    for span in sentences(text) {
        assert!(end <= span.start && span.start < span.end);
        assert_eq!(span.of(text).trim(), span.of(text));
        end = span.end;
    }
}

/// Pieces that the readings look for, so that arbitrary texts come near to their patterns.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,8}",
        "[a-z]{1,9}",
        "[0-9#$€+./-]{1,12}",
        "[!?.,;:'\"“”’ \\n]{1,4}",
        Just("talk to".to_owned()),
        Just("agent".to_owned()),
        Just("error \"".to_owned()),
        Just("order #".to_owned()),
        Just("sh*t@x.y".to_owned()),
        Just("never buy again".to_owned()),
        Just("مرحبا أريد التحدث".to_owned()),
        Just("退款！".to_owned()),
        Just("İSTANBUL ẞ".to_owned()),
        Just("👩‍👩‍👧 e\u{301}".to_owned()),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_within_its_bounds(text in any::<String>()) {
        check(&READER, &text);
    }

    #[test]
    fn any_mixture_of_what_is_looked_for_is_read_within_its_bounds(text in pieces()) {
        check(&READER, &text);
    }
}

#[test]
fn the_edges_are_read() {
    let reader = &*READER;
    for text in [
        "",
        " ",
        "\n",
        "🎉",
        "?!",
        "...",
        "\u{200f}",
        "'",
        "’’’",
        "@",
        "#",
        "\u{0}",
    ] {
        check(reader, text);
        assert_eq!(reader.read(text, Author::Customer).intent, None, "{text:?}");
    }
}

#[test]
fn a_text_of_the_greatest_length_is_read() {
    let reader = &*READER;
    let pieces = [
        "a", "A ", "talk to ", "1", "$1,", "\"", "!", "(", ".a", "é", "@a.",
    ];
    for piece in pieces {
        check(reader, &piece.repeat(1_000 / piece.len()));
    }
    check(reader, &"talk to 1 agent! ".repeat(16_384 / 17));
}
