//! The print of a text: sixteen min-hashes over its meaningful words (Broder 1997), so that a
//! customer who says the same again in other words is noticed without keeping the words.

use super::{Fingerprint, words::Words};
use crate::learning::hash::{hash, mix, upper_half};

pub(super) fn read(words: &Words) -> Fingerprint {
    let mut smallest = [u32::MAX; 16];
    let mut any = false;
    for index in 0..words.len() {
        let Some(stem) = stem(words.word(index)) else {
            continue;
        };
        any = true;
        let word = hash(stem.as_bytes());
        for (slot, seed) in smallest.iter_mut().zip(SEEDS) {
            *slot = (*slot).min(upper_half(mix(word ^ seed)));
        }
    }
    Fingerprint(if any { smallest } else { [0; 16] })
}

/// The words of a text that have a meaning of their own, in lower case and in order.
pub(crate) fn meaningful_words(text: &str) -> impl Iterator<Item = String> {
    let words = Words::new(text);
    let kept: Vec<String> = (0..words.len())
        .map(|index| words.word(index))
        .filter(|word| word.len() > 2 && stem(word).is_some())
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(str::to_owned)
        .collect();
    kept.into_iter()
}

/// A hash that is the same on every machine and in every run.
pub(crate) fn stable_hash(bytes: &[u8]) -> u64 {
    mix(hash(bytes))
}

/// What is left of a word when its ending and its synonyms are folded away; none for a word
/// without meaning of its own.
fn stem(word: &str) -> Option<&str> {
    if word.is_empty() || is_stop_word(word) {
        return None;
    }
    let stem = without_ending(word.trim_end_matches("'s"));
    Some(folded(stem).unwrap_or(stem))
}

const ENDINGS: [&str; 11] = [
    "ations", "ation", "ings", "ing", "ies", "ied", "es", "ed", "ly", "s", "e",
];

/// Cuts the first ending that leaves at least three letters: rough, but the same for both texts.
fn without_ending(word: &str) -> &str {
    ENDINGS
        .iter()
        .filter_map(|ending| word.strip_suffix(ending))
        .find(|rest| rest.len() >= 3)
        .unwrap_or(word)
}

/// Words that say the same thing in a support chat, by their stems.
fn folded(stem: &str) -> Option<&'static str> {
    Some(match stem {
        "miss" | "arriv" | "receiv" | "deliver" | "deliveri" | "com" | "cam" | "got" | "lost"
        | "gotten" | "show" | "delivery" => "arrive",
        "money" | "refund" | "reimburs" | "repaid" | "reimbursement" => "refund",
        "bill" | "charg" | "invoic" | "debit" | "pay" | "paid" | "payment" => "charge",
        "packag" | "parcel" | "shipment" | "order" | "item" => "order",
        "brok" | "broken" | "defectiv" | "damag" | "crack" | "fault" | "faulty" => "broken",
        "cancel" | "terminat" | "quit" | "cancell" | "unsubscrib" => "cancel",
        "login" | "log" | "sign" | "signin" | "password" => "login",
        "work" | "function" | "fail" | "failur" | "error" | "crash" => "work",
        "person" | "human" | "agent" | "representativ" | "somebody" | "someon" => "person",
        "wrong" | "incorrect" | "mistak" | "fals" => "wrong",
        "chang" | "updat" | "edit" | "modify" => "change",
        _ => return None,
    })
}

fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// In alphabetical order.
const STOP_WORDS: [&str; 140] = [
    "a", "about", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "back",
    "be", "because", "been", "but", "by", "can", "can't", "could", "did", "didn't", "do", "does",
    "doesn't", "don't", "even", "for", "from", "get", "give", "go", "going", "had", "has",
    "hasn't", "have", "haven't", "he", "hello", "help", "her", "here", "hey", "hi", "him", "his",
    "how", "i", "i'd", "i'll", "i'm", "i've", "if", "in", "into", "is", "isn't", "it", "it's",
    "its", "just", "know", "let", "like", "made", "make", "me", "more", "my", "need", "never",
    "never", "no", "not", "now", "of", "off", "ok", "okay", "on", "one", "only", "or", "our",
    "out", "please", "pls", "really", "said", "say", "see", "she", "should", "so", "some", "still",
    "sure", "tell", "than", "thank", "thanks", "that", "that's", "the", "their", "them", "then",
    "there", "they", "this", "to", "told", "too", "try", "up", "us", "very", "want", "was",
    "wasn't", "we", "well", "were", "what", "when", "where", "which", "who", "why", "will", "with",
    "won't", "would", "yes", "yet", "you", "your", "yours",
];

const SEEDS: [u64; 16] = [
    0x9e37_79b9_7f4a_7c15,
    0x3c6e_f372_fe94_f82a,
    0xdaa6_6d2c_7ddf_743f,
    0x78dd_e6e5_fd29_f054,
    0x1715_609f_7c74_6c69,
    0xb54c_da58_fbbe_e87e,
    0x5384_5412_7b09_6493,
    0xf1bb_cdcb_fa53_e0a8,
    0x8ff3_4785_799e_5cbd,
    0x2e2a_c13e_f8e8_d8d2,
    0xcc62_3af8_7833_54e7,
    0x6a99_b4b1_f77d_d0fc,
    0x08d1_2e6b_76c8_4d11,
    0xa708_a824_f612_c926,
    0x4540_21de_755d_453b,
    0xe377_9b97_f4a7_c150,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn resemblance(one: &str, other: &str) -> u16 {
        let print = |text| read(&Words::new(text));
        print(one).resemblance_permille(&print(other))
    }

    #[test]
    fn stop_words_are_in_order() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn the_same_complaint_in_other_words_resembles() {
        let same = [
            (
                "my refund is still missing",
                "the refund still has not arrived",
            ),
            (
                "I can't log in",
                "login still not possible, I can't sign in",
            ),
            (
                "the package never came",
                "Where is my parcel? It has not been delivered",
            ),
        ];
        for (one, other) in same {
            assert!(
                resemblance(one, other) >= 500,
                "{one} / {other}: {}",
                resemblance(one, other)
            );
        }
    }

    #[test]
    fn another_matter_does_not_resemble() {
        let other = [
            ("my refund is still missing", "how do I change my password?"),
            ("the app crashes on start", "can you ship to Norway"),
        ];
        for (one, two) in other {
            assert!(resemblance(one, two) < 250, "{one} / {two}");
        }
    }

    #[test]
    fn a_text_without_meaning_resembles_nothing() {
        assert_eq!(resemblance("so what is it", "so what is it"), 0);
        assert_eq!(resemblance("", ""), 0);
    }
}
