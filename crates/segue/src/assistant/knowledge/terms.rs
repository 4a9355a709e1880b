//! From text to terms: small letters, stems, and one name for words that mean the same.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use rust_stemmers::{Algorithm, Stemmer};

/// How many words may stand in the gap of a phrase such as `send * back`.
const GAP: usize = 3;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));
static STOPWORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("stopwords.txt").split_whitespace().collect());
static SYNONYMS: LazyLock<Synonyms> =
    LazyLock::new(|| Synonyms::read(include_str!("synonyms.txt")));

/// The terms of a text in their order: stop words are gone, synonyms have one name.
pub(super) fn terms(text: &str) -> Vec<String> {
    SYNONYMS
        .apply(words(text))
        .into_iter()
        .filter(|word| !STOPWORDS.contains(word.as_str()))
        .map(|word| {
            word.strip_prefix('=')
                .map_or_else(|| stem(&word), |_| word.clone())
        })
        .collect()
}

/// The words of a text: small letters and digits, apostrophes inside, references taken out.
pub(super) fn words(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'");
    plain
        .split_whitespace()
        .filter(|chunk| !is_reference(chunk))
        .flat_map(|chunk| chunk.split(|c: char| !(c.is_alphanumeric() || c == '\'')))
        .map(|word| word.trim_matches('\'').trim_end_matches("'s").to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Order numbers, mail addresses and links say who and which, not what about.
fn is_reference(chunk: &str) -> bool {
    let digits = chunk.bytes().filter(u8::is_ascii_digit).count();
    digits >= 5 || chunk.contains('@') || chunk.contains("://") || chunk.starts_with("www.")
}

fn stem(word: &str) -> String {
    match word {
        // They would come out as `instal`, like "install".
        "instalment" | "instalments" | "installment" | "installments" => "instalment".into(),
        _ => STEMMER.stem(word).into_owned(),
    }
}

/// A phrase of a synonym group.
struct Phrase {
    /// Stems, at least one.
    words: Vec<String>,
    /// Whether other words may stand after the first.
    gap: bool,
    /// The group's name, with a `=` before it so that no word can be taken for it.
    group: String,
}

struct Synonyms {
    /// By the stem of the first word, longest phrase first.
    by_first: HashMap<String, Vec<Phrase>>,
}

impl Synonyms {
    fn read(text: &str) -> Self {
        let mut by_first: HashMap<String, Vec<Phrase>> = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, others)) = line.split_once(':') else {
                continue;
            };
            let group = format!("={}", name.trim().replace(' ', "_"));
            for phrase in std::iter::once(name).chain(others.split(',')) {
                let gap = phrase.contains('*');
                let words: Vec<String> = words(phrase).iter().map(|word| stem(word)).collect();
                let Some(first) = words.first().cloned() else {
                    continue;
                };
                by_first.entry(first).or_default().push(Phrase {
                    words,
                    gap,
                    group: group.clone(),
                });
            }
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        Self { by_first }
    }

    /// Puts the group's name in the place of its phrases.
    fn apply(&self, mut words: Vec<String>) -> Vec<String> {
        let mut stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
        let mut out = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            match self.find(&stems[at..]) {
                Some((phrase, None)) => {
                    out.push(phrase.group.clone());
                    at += phrase.words.len();
                }
                Some((phrase, Some(last))) => {
                    out.push(phrase.group.clone());
                    words.remove(at + last);
                    stems.remove(at + last);
                    at += 1;
                }
                None => {
                    out.push(std::mem::take(&mut words[at]));
                    at += 1;
                }
            }
        }
        out
    }

    /// The longest phrase that begins here; with the place of its last word if there is a gap.
    fn find(&self, stems: &[String]) -> Option<(&Phrase, Option<usize>)> {
        let candidates = self.by_first.get(stems.first()?)?;
        candidates.iter().find_map(|phrase| {
            if !phrase.gap {
                return stems.starts_with(&phrase.words).then_some((phrase, None));
            }
            let last = phrase.words.last()?;
            let place = stems
                .iter()
                .skip(1)
                .take(GAP + 1)
                .position(|stem| stem == last)?;
            Some((phrase, Some(place + 1)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::terms;

    #[test]
    fn words_that_mean_the_same_have_one_name() {
        assert_eq!(terms("money back"), terms("refund"));
        assert_eq!(terms("can I send the lamp back?"), terms("return lamps"));
        assert_eq!(terms("I can\u{2019}t log in"), terms("sign in"));
    }

    #[test]
    fn order_numbers_and_addresses_are_not_what_it_is_about() {
        assert_eq!(
            terms("LL-204518 for ann@mail.example"),
            Vec::<String>::new()
        );
        assert_eq!(terms("error QX-77"), ["error", "qx", "77"]);
    }
}
