//! How a message feels, from the words of feeling in it and how they stand together.

use super::{
    lexicon,
    words::{Gap, Words},
};

/// -1000 (furious) to 1000 (delighted).
pub(super) fn read(words: &Words) -> i16 {
    let turn = (0..words.len()).rfind(|&i| words.word(i) == "but");
    let feelings: i64 = (0..words.len())
        .map(|i| i64::from(weighed(words, i)) * weight_of_side(i, turn) / 10)
        .sum();
    let felt = feelings + cues(words) + emoji(words.source());
    squashed(felt + emphasis(words.source(), felt))
}

/// What stands after the last "but" counts more than what stands before.
fn weight_of_side(index: usize, turn: Option<usize>) -> i64 {
    match turn {
        Some(but) if index < but => 5,
        Some(_) => 14,
        None => 10,
    }
}

/// The feeling of one word with what the words before it do to it.
fn weighed(words: &Words, index: usize) -> i32 {
    let own = lexicon::feeling(words.word(index));
    if own == 0 || is_other_sense(words, index) {
        return 0;
    }
    let strength = lexicon::strength_tenths(words.word_before(index, 1));
    let loud = if is_shouted(words.written(index)) {
        12
    } else {
        10
    };
    let felt = own * strength / 10 * loud / 10;
    if !is_negated(words, index) {
        felt
    } else if own > 0 {
        -felt * 8 / 10
    } else {
        -felt * 3 / 10
    }
}

/// A negation within three words before, in the same sentence.
pub(super) fn is_negated(words: &Words, index: usize) -> bool {
    (1..=3)
        .take_while(|back| *back <= index && words.gap(index + 1 - back) == Gap::Space)
        .any(|back| lexicon::is_negation(words.word_before(index, back)))
}

/// "thanks for nothing" is no thanks; "as well", "kind of", "why not" feel nothing.
fn is_other_sense(words: &Words, index: usize) -> bool {
    let next = words.word(index + 1);
    let previous = words.word_before(index, 1);
    match words.word(index) {
        "thanks" | "thank" => words.follow(index, &["thanks", "for", "nothing"]),
        "well" => previous == "as" || words.gap(index) > Gap::Space,
        "kind" => next == "of" || previous == "what" || previous == "this",
        "good" => matches!(
            next,
            "luck" | "morning" | "afternoon" | "evening" | "day" | "question"
        ),
        "again" => previous == "thanks" || previous == "you",
        "great" | "nice" | "perfect" | "wow" => is_mocking(words, index),
        "fine" => matches!(previous, "a" | "the"),
        "best" => next == "regards" || next == "wishes" && words.len() > 8,
        _ => false,
    }
}

/// "great, another canned answer": praise that opens a complaint.
fn is_mocking(words: &Words, index: usize) -> bool {
    words.gap(index) == Gap::Stop
        && words.gap(index + 1) > Gap::Space
        && matches!(
            words.word(index + 1),
            "another" | "now" | "so" | "still" | "just" | "yet"
        )
}

/// Signs of a support conversation that goes badly; none of them is a word of feeling.
fn cues(words: &Words) -> i64 {
    (0..words.len()).map(|i| cue(words, i)).sum()
}

fn cue(words: &Words, index: usize) -> i64 {
    const PHRASES: [(&[&str], i64); 24] = [
        (&["still", "not"], -14),
        (&["still", "no"], -14),
        (&["still", "waiting"], -14),
        (&["still", "haven't"], -14),
        (&["still", "hasn't"], -14),
        (&["still", "doesn't"], -14),
        (&["second", "time"], -16),
        (&["third", "time"], -24),
        (&["fourth", "time"], -28),
        (&["how", "many", "times"], -26),
        (&["how", "long"], -8),
        (&["on", "hold"], -16),
        (&["no", "one"], -12),
        (&["no", "response"], -16),
        (&["no", "answer"], -14),
        (&["no", "help"], -16),
        (&["not", "working"], -14),
        (&["hung", "up"], -22),
        (&["customer", "service"], -3),
        (&["real", "person"], -8),
        (&["for", "nothing"], -24),
        (&["canned", "response"], -18),
        (&["fed", "up"], -12),
        (&["right", "now"], -3),
    ];
    let first = words.word(index);
    let found = PHRASES
        .iter()
        .find(|(phrase, _)| phrase.first() == Some(&first) && words.follow(index, phrase));
    found.map_or(0, |(_, weight)| *weight)
}

fn emoji(text: &str) -> i64 {
    if text.is_ascii() {
        return smileys(text);
    }
    let drawn: i64 = text.chars().map(emoji_feeling).sum();
    drawn + smileys(text)
}

fn smileys(text: &str) -> i64 {
    let has = |faces: &[&str]| faces.iter().any(|face| text.contains(face));
    let glad = if has(&[":)", ":-)", ":D", ";)"]) {
        16
    } else {
        0
    };
    let sad = if has(&[":(", ":-(", ":/", ":'("]) && !text.contains("://") {
        -16
    } else {
        0
    };
    glad + sad
}

fn emoji_feeling(letter: char) -> i64 {
    match letter {
        '😍' | '❤' | '🎉' | '😊' | '😀' | '😁' | '🥰' | '👍' | '🙌' | '💯' | '😃' | '😄' | '👏'
        | '💕' | '💖' | '😘' | '☺' | '🙂' => 22,
        '😡' | '🤬' | '😠' | '👎' | '🖕' | '😤' | '💩' => -30,
        '😞' | '😢' | '😭' | '😩' | '😒' | '🙄' | '😔' | '😣' | '😖' | '☹' | '🙁' | '😑' => {
            -18
        }
        _ => 0,
    }
}

/// Exclamation makes a feeling stronger, in its own direction.
fn emphasis(text: &str, felt: i64) -> i64 {
    let marks = i64::try_from(text.bytes().filter(|byte| *byte == b'!').count()).unwrap_or(3);
    felt.signum() * marks.min(3) * 4
}

fn is_shouted(written: &str) -> bool {
    written.len() > 2 && written.chars().all(char::is_uppercase)
}

/// Bends a sum of any size into the range, steep in the middle. Square roots are exact on
/// every machine.
fn squashed(felt: i64) -> i16 {
    let felt = felt.clamp(-10_000, 10_000);
    let square = felt.unsigned_abs().pow(2);
    let length = (square + 1_600).isqrt();
    let bent = felt * 1000 / i64::try_from(length).unwrap_or(1).max(1);
    i16::try_from(bent.clamp(-1000, 1000)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feels(text: &str) -> i16 {
        read(&Words::new(text))
    }

    #[test]
    fn anger_reads_as_negative() {
        for text in [
            "This is ridiculous, I've waited three hours",
            "your service is NOT helpful",
            "third time I'm asking, still not working",
            "great, another canned response",
            "thanks for nothing",
            "The agent was nice but the refund never came and I am furious",
            "😡",
        ] {
            assert!(feels(text) < -200, "{text}: {}", feels(text));
        }
    }

    #[test]
    fn praise_reads_as_positive() {
        for text in [
            "Thank you so much, you are amazing!",
            "It was slow at first but now it works great",
            "not bad at all, thanks",
            "perfect 🎉",
        ] {
            assert!(feels(text) > 200, "{text}: {}", feels(text));
        }
    }

    #[test]
    fn product_words_are_no_anger() {
        for text in [
            "access denied error 403 on the admin page",
            "how do I kill a running job",
            "the export aborts with error 500",
            "Where can I see my invoices?",
            "",
        ] {
            assert!(feels(text).abs() <= 150, "{text}: {}", feels(text));
        }
    }

    #[test]
    fn a_stronger_word_feels_stronger() {
        assert!(feels("I am very disappointed") < feels("I am disappointed"));
        assert!(feels("I am slightly disappointed") > feels("I am disappointed"));
        assert!(feels("terrible!!!") < feels("terrible"));
    }

    #[test]
    fn the_longest_rant_stays_in_range() {
        assert!((-1000..=-950).contains(&feels(&"hate ".repeat(3000))));
        assert!((950..=1000).contains(&feels(&"love ".repeat(3000))));
    }
}
