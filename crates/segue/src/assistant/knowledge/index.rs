//! The index: BM25 (Robertson and Zaragoza 2009) over articles and over their paragraphs.

use std::collections::{HashMap, HashSet};

use super::{article::Article, terms::terms};

const K1: f64 = 1.2;
const B: f64 = 0.5;
/// A word of the title counts as if it stood so often in the text.
const TITLE_WEIGHT: u16 = 3;
/// A word that no article knows weighs as much as the rarest one that is known, times this.
const UNKNOWN_WEIGHT: f64 = 0.7;
/// In a word of so many letters, one other letter is more likely a slip than another word.
const LONG_WORD: usize = 7;
/// How much a title that says just what the question says counts beside the text.
const TITLE_FIT: f64 = 1.0;

/// A bag of terms.
struct Bag {
    counts: HashMap<String, u16>,
    length: f64,
}

impl Bag {
    fn new<'a>(fields: impl IntoIterator<Item = (&'a str, u16)>) -> Self {
        let mut counts = HashMap::new();
        for (text, weight) in fields {
            for term in terms(text) {
                *counts.entry(term).or_insert(0) += weight;
            }
        }
        let length = counts.values().map(|count| f64::from(*count)).sum();
        Self { counts, length }
    }

    fn has(&self, term: &str) -> bool {
        self.counts.contains_key(term)
    }
}

/// One article as the index sees it.
struct Entry {
    whole: Bag,
    title: HashSet<String>,
    paragraphs: Vec<Bag>,
}

/// A term of a question with its weight.
#[derive(Clone, Debug)]
pub(super) struct Sought {
    /// The term.
    pub(super) term: String,
    /// Its rarity times how much it counts in this question.
    pub(super) weight: f64,
    /// Whether any article has it.
    pub(super) known: bool,
}

/// An article that was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// Its place in the knowledge base.
    pub(super) article: usize,
    /// Its best paragraph.
    pub(super) paragraph: usize,
    /// How well both fit.
    pub(super) score: f64,
}

/// Every article's terms.
pub(super) struct Index {
    entries: Vec<Entry>,
    rarity: HashMap<String, f64>,
    rarity_max: f64,
    whole_mean: f64,
    paragraph_mean: f64,
}

impl Index {
    pub(super) fn new(articles: &[Article]) -> Self {
        let entries: Vec<Entry> = articles.iter().map(entry).collect();
        let paragraphs: Vec<&Bag> = entries.iter().flat_map(|entry| &entry.paragraphs).collect();
        let rarity = rarity(entries.iter().map(|entry| &entry.whole), entries.len());
        Self {
            rarity_max: rarity.values().copied().fold(1.0, f64::max),
            whole_mean: mean_length(&entries.iter().map(|entry| &entry.whole).collect::<Vec<_>>()),
            paragraph_mean: mean_length(&paragraphs),
            rarity,
            entries,
        }
    }

    /// The terms of a text, each once, with their weights; unknown words are read as a known one
    /// that differs by one letter, if there is such a one.
    pub(super) fn sought(&self, text: &str, factor: f64) -> Vec<Sought> {
        let mut out: Vec<Sought> = Vec::new();
        for term in terms(text) {
            let term = if self.rarity.contains_key(&term) {
                term
            } else {
                self.mended(term)
            };
            if out.iter().any(|sought| sought.term == term) {
                continue;
            }
            let known = self.rarity.get(&term);
            let weight = factor * known.copied().unwrap_or(self.rarity_max * UNKNOWN_WEIGHT);
            out.push(Sought {
                known: known.is_some(),
                term,
                weight,
            });
        }
        out
    }

    /// The known term that a slip of one letter made unknown; the least one, if there are several.
    fn mended(&self, term: String) -> String {
        if term.chars().count() < 5 || term.starts_with('=') {
            return term;
        }
        let near = self
            .rarity
            .keys()
            .filter(|known| one_slip_apart(known, &term))
            .min();
        near.cloned().unwrap_or(term)
    }

    /// All articles that have a word of the question, the best first.
    pub(super) fn find(&self, question: &[Sought]) -> Vec<Hit> {
        let mut hits: Vec<Hit> = (0..self.entries.len())
            .filter_map(|article| self.hit(article, question))
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.article.cmp(&b.article)));
        hits
    }

    fn hit(&self, article: usize, question: &[Sought]) -> Option<Hit> {
        let entry = self.entries.get(article)?;
        let whole = score(&entry.whole, self.whole_mean, question);
        if whole <= 0.0 {
            return None;
        }
        let (paragraph, best) = entry
            .paragraphs
            .iter()
            .map(|bag| score(bag, self.paragraph_mean, question))
            .enumerate()
            .fold(
                (0, 0.0),
                |best, this| if this.1 > best.1 { this } else { best },
            );
        Some(Hit {
            article,
            paragraph,
            score: 0.5 * whole + 0.5 * best + TITLE_FIT * self.title_fit(entry, question),
        })
    }

    /// The weight that question and title have in common, less the more either says beyond it.
    fn title_fit(&self, entry: &Entry, question: &[Sought]) -> f64 {
        let (mut common, mut asked) = (0.0, 0.0);
        for sought in question {
            asked += sought.weight;
            if entry.title.contains(&sought.term) {
                common += sought.weight;
            }
        }
        let title: f64 = entry
            .title
            .iter()
            .filter_map(|term| self.rarity.get(term))
            .sum();
        common * common / (asked + title - common).max(f64::EPSILON)
    }

    /// The share of the question's weight that an article, its title, or one of its paragraphs
    /// together with the title holds.
    pub(super) fn coverage(&self, hit: Hit, question: &[Sought]) -> Coverage {
        let Some(entry) = self.entries.get(hit.article) else {
            return Coverage::default();
        };
        let paragraph = entry.paragraphs.get(hit.paragraph);
        let total: f64 = question.iter().map(|sought| sought.weight).sum();
        let share = |has: &dyn Fn(&str) -> bool| {
            let found = question.iter().filter(|sought| has(&sought.term));
            found.map(|sought| sought.weight).sum::<f64>() / total.max(f64::EPSILON)
        };
        Coverage {
            article: share(&|term| entry.whole.has(term)),
            title: share(&|term| entry.title.contains(term)),
            passage: share(&|term| {
                entry.title.contains(term) || paragraph.is_some_and(|bag| bag.has(term))
            }),
            total,
        }
    }
}

/// How much of a question is found where; shares are 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    /// In the whole article.
    pub(super) article: f64,
    /// In its title.
    pub(super) title: f64,
    /// In its best paragraph and its title.
    pub(super) passage: f64,
    /// The weight of the whole question.
    pub(super) total: f64,
}

fn entry(article: &Article) -> Entry {
    // The first paragraph is what an article is about: it has the title as well, so that it is
    // quoted where the title alone fits a question.
    let paragraph = |(place, text): (usize, &String)| {
        let title = if place == 0 {
            article.title.as_str()
        } else {
            ""
        };
        Bag::new([(title, 1), (text.as_str(), 1)])
    };
    let tags = article.tags.join(" ");
    let body = article.paragraphs.join(" ");
    Entry {
        whole: Bag::new([
            (article.title.as_str(), TITLE_WEIGHT),
            (tags.as_str(), 1),
            (body.as_str(), 1),
        ]),
        title: terms(&article.title).into_iter().collect(),
        paragraphs: article
            .paragraphs
            .iter()
            .enumerate()
            .map(paragraph)
            .collect(),
    }
}

fn rarity<'a>(bags: impl Iterator<Item = &'a Bag>, count: usize) -> HashMap<String, f64> {
    let mut holders: HashMap<String, u32> = HashMap::new();
    for bag in bags {
        for term in bag.counts.keys() {
            *holders.entry(term.clone()).or_insert(0) += 1;
        }
    }
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    holders
        .into_iter()
        .map(|(term, n)| {
            (
                term,
                (1.0 + (count - f64::from(n) + 0.5) / (f64::from(n) + 0.5)).ln(),
            )
        })
        .collect()
}

fn mean_length(bags: &[&Bag]) -> f64 {
    let count = u32::try_from(bags.len()).unwrap_or(u32::MAX).max(1);
    bags.iter().map(|bag| bag.length).sum::<f64>() / f64::from(count)
}

fn score(bag: &Bag, mean: f64, question: &[Sought]) -> f64 {
    let norm = K1 * (1.0 - B + B * bag.length / mean.max(1.0));
    question
        .iter()
        .filter_map(|sought| {
            let count = f64::from(*bag.counts.get(&sought.term)?);
            Some(sought.weight * count * (K1 + 1.0) / (count + norm))
        })
        .sum()
}

/// Whether one letter more, less, other, or two in the wrong order make one of the other. The
/// first letter must be right, people seldom miss that one; another letter in a short word makes
/// another word more often than a slip ("paint", "point").
fn one_slip_apart(known: &str, typed: &str) -> bool {
    let begins = known.chars().next() == typed.chars().next();
    if known.starts_with('=') || known.len().abs_diff(typed.len()) > 1 || !begins {
        return false;
    }
    let (known, typed): (Vec<char>, Vec<char>) = (known.chars().collect(), typed.chars().collect());
    let same = known.iter().zip(&typed).take_while(|(k, t)| k == t).count();
    match (&known[same..], &typed[same..]) {
        ([_, after @ ..], other) | (other, [_, after @ ..]) if after == other => true,
        ([k0, known_rest @ ..], [t0, typed_rest @ ..]) => {
            known_rest == typed_rest && known.len() >= LONG_WORD
                || swapped(*k0, known_rest, *t0, typed_rest)
        }
        _ => false,
    }
}

/// Two neighbours in the wrong order, and the rest the same.
fn swapped(known: char, known_rest: &[char], typed: char, typed_rest: &[char]) -> bool {
    match (known_rest, typed_rest) {
        ([k1, known_after @ ..], [t1, typed_after @ ..]) => {
            known == *t1 && typed == *k1 && known_after == typed_after
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::one_slip_apart;

    #[test]
    fn one_slip_is_one_letter() {
        for (a, b) in [
            ("adress", "address"),
            ("recieve", "receive"),
            ("dimer", "dimmer"),
            ("curtain", "curtaim"),
        ] {
            assert!(one_slip_apart(a, b), "{a} {b}");
        }
        assert!(!one_slip_apart("returns", "refunds"));
        assert!(!one_slip_apart("house", "mouse"));
        assert!(!one_slip_apart("point", "paint"));
    }
}
