//! The knowledge base: finds the article that answers, quotes it, and computes how sure it is.

use std::path::Path;

use rust_embed::Embed;
use segue_core::journal::Author;

use super::{Question, Reply, Source};

mod article;
mod confidence;
mod index;
mod small_talk;
mod terms;
mod words;

pub use article::{Article, KnowledgeError};
use confidence::Evidence;
use index::{Hit, Index, Sought};
use small_talk::SmallTalk;

/// From here on a reply is given without reserve.
const SURE_PERMILLE: u16 = 700;
/// Below this not even the nearest article is named.
const NOTHING_PERMILLE: u16 = 350;
/// What the message before counts in a question that leans on it.
const BEFORE_FACTOR: f64 = 0.5;

#[derive(Embed)]
#[folder = "demo/knowledge"]
struct Demo;

/// Articles, ready to answer from.
pub struct Knowledge {
    articles: Vec<Article>,
    index: Index,
}

/// An article that bears on a question, whole, as a model is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The article's name.
    pub id: String,
    /// The article's title.
    pub title: String,
    /// The whole text of the article.
    pub text: String,
}

impl Knowledge {
    /// What is said when nothing fits.
    pub const NOTHING: &str = words::NOTHING;

    /// Reads the `.md` files of a folder.
    pub fn load(folder: &Path) -> Result<Self, KnowledgeError> {
        Self::new(article::read_folder(folder)?, &folder.display().to_string())
    }

    /// The articles of the demo's company, which are part of the program.
    pub fn demo() -> Result<Self, KnowledgeError> {
        let mut files: Vec<_> = Demo::iter().filter(|name| name.ends_with(".md")).collect();
        files.sort();
        let read = |name: &str| {
            let data = Demo::get(name).map(|file| file.data).unwrap_or_default();
            Article::parse(name, &String::from_utf8_lossy(&data))
        };
        let articles = files
            .iter()
            .map(|name| read(name))
            .collect::<Result<_, _>>()?;
        Self::new(articles, "the program")
    }

    /// From articles at hand; `place` is for the error only.
    fn new(articles: Vec<Article>, place: &str) -> Result<Self, KnowledgeError> {
        if articles.is_empty() {
            return Err(KnowledgeError::Empty { path: place.into() });
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = articles.iter().find(|article| !seen.insert(&article.id)) {
            return Err(KnowledgeError::Twice {
                id: twice.id.clone(),
            });
        }
        let index = Index::new(&articles);
        Ok(Self { articles, index })
    }

    /// Every article has a page at this address, `{id}` standing for its name.
    #[must_use]
    pub fn published_at(mut self, pattern: &str) -> Self {
        for article in &mut self.articles {
            article
                .url
                .get_or_insert_with(|| pattern.replace("{id}", &article.id));
        }
        self
    }

    /// The articles, in the order of their files' names.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Answers; takes a few hundred microseconds.
    pub fn answer(&self, question: &Question) -> Reply {
        if let Some(reply) = Self::small_talk(question) {
            return reply;
        }
        let search = self.search(question);
        let Some(article) = search.best.and_then(|hit| self.articles.get(hit.article)) else {
            return Reply {
                text: words::NOTHING.into(),
                ..Reply::default()
            };
        };
        compose(article, &search, variant(question))
    }

    /// Answers a greeting, thanks and the like; anything else needs a search.
    pub fn small_talk(question: &Question) -> Option<Reply> {
        let (text, confidence_permille) = SmallTalk::read(&question.text)?.reply(variant(question));
        Some(Reply {
            text,
            confidence_permille,
            ..Reply::default()
        })
    }

    /// The articles that bear most on a question, the best first, and how sure the best one makes.
    pub fn passages(&self, question: &Question, most: usize) -> (Vec<Passage>, u16) {
        let search = self.search(question);
        let passages = search
            .hits
            .iter()
            .take(most)
            .filter_map(|hit| self.articles.get(hit.article))
            .map(|article| Passage {
                id: article.id.clone(),
                title: article.title.clone(),
                text: article.paragraphs.join("\n\n"),
            })
            .collect();
        (passages, search.confidence_permille())
    }

    /// What a reply may name as its source.
    pub fn source(&self, id: &str) -> Option<Source> {
        self.articles
            .iter()
            .find(|article| article.id == id)
            .map(source)
    }

    fn search(&self, question: &Question) -> Search {
        let sought = self.sought(question);
        let hits = self.index.find(&sought);
        let best = hits.first().copied();
        let total: f64 = sought.iter().map(|it| it.weight).sum();
        let known: f64 = sought
            .iter()
            .filter(|it| it.known)
            .map(|it| it.weight)
            .sum();
        let evidence = best.map(|hit| {
            let coverage = self.index.coverage(hit, &sought);
            Evidence::new(&hits, coverage, known / total.max(f64::EPSILON))
        });
        Search {
            sought,
            hits,
            best,
            evidence,
        }
    }

    /// The question's terms; those of the message before count half where it leans on them.
    fn sought(&self, question: &Question) -> Vec<Sought> {
        let mut sought = self.index.sought(&question.text, 1.0);
        if !leans_back(&question.text, sought.len()) {
            return sought;
        }
        let mut before = question
            .history
            .iter()
            .rev()
            .filter(|turn| turn.author == Author::Customer);
        let earlier = before.find(|turn| SmallTalk::read(&turn.text).is_none());
        for more in earlier
            .map(|turn| self.index.sought(&turn.text, BEFORE_FACTOR))
            .into_iter()
            .flatten()
        {
            if more.known && sought.iter().all(|it| it.term != more.term) {
                sought.push(more);
            }
        }
        sought
    }
}

/// What a search brought to light.
struct Search {
    sought: Vec<Sought>,
    hits: Vec<Hit>,
    best: Option<Hit>,
    evidence: Option<Evidence>,
}

impl Search {
    fn confidence_permille(&self) -> u16 {
        self.evidence.map_or(0, Evidence::confidence_permille)
    }
}

fn source(article: &Article) -> Source {
    Source {
        id: article.id.clone(),
        title: article.title.clone(),
        url: article.url.clone(),
    }
}

/// The reply that an article gives, as plain as the search is sure.
fn compose(article: &Article, search: &Search, pick: usize) -> Reply {
    let confidence_permille = search.confidence_permille();
    if confidence_permille < NOTHING_PERMILLE {
        let text = words::NOTHING.into();
        return Reply {
            text,
            confidence_permille,
            ..Reply::default()
        };
    }
    let paragraph = search
        .best
        .and_then(|hit| article.paragraphs.get(hit.paragraph));
    let paragraph = paragraph.map_or("", String::as_str);
    let text = if confidence_permille < SURE_PERMILLE {
        words::unsure(&article.title, paragraph, &search.sought)
    } else {
        words::answer(paragraph, &search.sought, pick)
    };
    let attempted = vec![format!(
        "Quoted the article \u{201c}{}\u{201d}",
        article.title
    )];
    Reply {
        text,
        confidence_permille,
        sources: vec![source(article)],
        attempted,
        intent: None,
    }
}

/// Whether a question cannot be understood without the message before it.
fn leans_back(text: &str, terms: usize) -> bool {
    const OPENERS: [&str; 7] = [
        "and",
        "what about",
        "how about",
        "but",
        "also",
        "then",
        "so",
    ];
    const POINTERS: [&str; 8] = [
        "it", "that", "this", "they", "them", "those", "these", "there",
    ];
    let words = terms::words(text);
    let phrase = words.join(" ");
    let opens = OPENERS
        .iter()
        .any(|opener| phrase.starts_with(&format!("{opener} ")));
    let points = words.iter().any(|word| POINTERS.contains(&word.as_str()));
    terms == 0 || (opens && terms <= 4) || (points && terms <= 2)
}

/// Which wording is used: the same for the same place in the same conversation.
fn variant(question: &Question) -> usize {
    let place = question.conversation.0.wrapping_mul(7) + question.history.len() as u64;
    usize::try_from(place % 64).unwrap_or(0)
}

#[cfg(test)]
mod tests;
