//! At stake: a confidence that means something. The labelled questions of
//! `tests/fixtures/questions.tsv` fit it on one half and measure it on the other.

use segue_core::{id::ConversationId, journal::Author};

use super::{
    Knowledge, SURE_PERMILLE,
    confidence::{self, Evidence},
};
use crate::assistant::{Question, Turn};

struct Labelled {
    articles: Vec<&'static str>,
    text: &'static str,
}

fn labelled() -> Vec<Labelled> {
    include_str!("../../../tests/fixtures/questions.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (articles, text) = line.split_once('\t').expect("a tab");
            Labelled {
                articles: articles.split('|').filter(|it| *it != "-").collect(),
                text,
            }
        })
        .collect()
}

/// The first, third, … to fit; the second, fourth, … to measure.
fn halves() -> (Vec<Labelled>, Vec<Labelled>) {
    let (fit, held): (Vec<_>, Vec<_>) = labelled()
        .into_iter()
        .enumerate()
        .partition(|(place, _)| place % 2 == 0);
    let strip = |half: Vec<(usize, Labelled)>| half.into_iter().map(|(_, it)| it).collect();
    (strip(fit), strip(held))
}

fn knowledge() -> Knowledge {
    Knowledge::demo().unwrap()
}

fn ask(text: &str) -> Question {
    Question {
        conversation: ConversationId(1),
        text: text.into(),
        history: Vec::new(),
    }
}

/// Whether the best article is a right one, with what the search saw.
fn seen(knowledge: &Knowledge, labelled: &Labelled) -> (bool, Evidence) {
    let search = knowledge.search(&ask(labelled.text));
    let found = search
        .best
        .map(|hit| knowledge.articles[hit.article].id.as_str());
    let right = found.is_some_and(|id| labelled.articles.contains(&id));
    (
        right,
        search.evidence.unwrap_or(Evidence([0.0; confidence::SIZE])),
    )
}

struct Score {
    right: usize,
    all: usize,
    answered: usize,
    answered_right: usize,
    first_right: usize,
    answerable: usize,
}

fn score(knowledge: &Knowledge, questions: &[Labelled], loud: bool) -> Score {
    let mut score = Score {
        right: 0,
        all: questions.len(),
        answered: 0,
        answered_right: 0,
        first_right: 0,
        answerable: 0,
    };
    for question in questions {
        let (right, evidence) = seen(knowledge, question);
        let confidence = evidence.confidence_permille();
        let sure = confidence >= SURE_PERMILLE;
        score.right += usize::from(sure == right);
        score.answered += usize::from(sure);
        score.answered_right += usize::from(sure && right);
        score.first_right += usize::from(right);
        score.answerable += usize::from(!question.articles.is_empty());
        if loud && (sure != right || (!right && !question.articles.is_empty())) {
            println!(
                "{confidence:4} {right:5} {:?} {:.2?}",
                question.text, evidence.0
            );
        }
    }
    score
}

impl Score {
    fn print(&self, name: &str) {
        println!(
            "{name}: decision right {}/{}, sure {} of which right {}; best article right {}/{} answerable",
            self.right,
            self.all,
            self.answered,
            self.answered_right,
            self.first_right,
            self.answerable
        );
    }
}

#[test]
fn the_confidence_tells_answerable_from_unanswerable_on_questions_it_was_not_fitted_on() {
    let knowledge = knowledge();
    let (fit, held) = halves();
    let fit = score(&knowledge, &fit, true);
    fit.print("fitted half");
    let held = score(&knowledge, &held, false);
    held.print("held-out half");
    assert!(
        held.right * 100 >= held.all * 80,
        "decision right {}/{}",
        held.right,
        held.all
    );
    assert!(
        held.answered_right * 100 >= held.answered * 88,
        "an answer given as sure is wrong too often"
    );
}

#[test]
fn the_weights_are_what_the_fit_gives() {
    let knowledge = knowledge();
    let seen: Vec<(bool, Evidence)> = halves().0.iter().map(|it| seen(&knowledge, it)).collect();
    let (weights, bias) = fit(&seen);
    println!("{weights:.2?} {bias:.2}");
    for (fitted, written) in weights
        .iter()
        .chain([&bias])
        .zip(confidence::WEIGHTS.iter().chain([&confidence::BIAS]))
    {
        assert!(
            (fitted - written).abs() < 0.02,
            "fit gives {weights:.2?} {bias:.2}: write them into confidence.rs"
        );
    }
}

/// Logistic regression by gradient descent; weights may not fall below zero, so that more evidence
/// never lowers the confidence, and are pulled a little towards zero.
fn fit(seen: &[(bool, Evidence)]) -> ([f64; confidence::SIZE], f64) {
    const PULL: f64 = 0.001;
    const STEP: f64 = 4.0;
    let (mut weights, mut bias) = ([1.0; confidence::SIZE], -1.0);
    let share = 1.0 / f64::from(u32::try_from(seen.len()).unwrap());
    for _ in 0..8_000 {
        let (mut slope, mut slope_bias) = ([0.0; confidence::SIZE], 0.0);
        for (right, evidence) in seen {
            let miss =
                confidence::logistic(*evidence, &weights, bias) - f64::from(u8::from(*right));
            slope_bias += miss * share;
            for (slope, value) in slope.iter_mut().zip(evidence.0) {
                *slope += miss * value * share;
            }
        }
        bias -= STEP * slope_bias;
        for (weight, slope) in weights.iter_mut().zip(slope) {
            *weight = (*weight - STEP * (slope + PULL * *weight)).max(0.0);
        }
    }
    (weights, bias)
}

#[test]
fn what_the_articles_do_not_hold_is_not_answered_as_sure() {
    let knowledge = knowledge();
    for text in [
        "who won the world cup",
        "write me a poem",
        "my account shows error QX-77 in the partner API",
    ] {
        let reply = knowledge.answer(&ask(text));
        assert!(
            reply.confidence_permille < SURE_PERMILLE,
            "{text}: {reply:?}"
        );
    }
}

#[test]
fn an_answer_quotes_the_article_that_it_names() {
    let knowledge = knowledge();
    let reply = knowledge.answer(&ask("how long does a refund take to my credit card"));
    assert!(reply.confidence_permille >= SURE_PERMILLE, "{reply:?}");
    assert_eq!(reply.sources[0].id, "refund-timing");
    assert!(reply.text.contains("5 to 7 working days"), "{}", reply.text);
    assert_eq!(reply.attempted.len(), 1);
}

#[test]
fn small_talk_needs_no_article() {
    let knowledge = knowledge();
    for text in [
        "Hello!",
        "hi there",
        "thanks, that helped",
        "Thank you so much",
        "bye",
        "are you a bot?",
        "good morning",
        "great",
    ] {
        let reply = knowledge.answer(&ask(text));
        assert!(
            reply.confidence_permille >= 900 && reply.sources.is_empty(),
            "{text}: {reply:?}"
        );
    }
}

#[test]
fn an_answer_that_did_not_help_is_not_a_triumph() {
    let reply = knowledge().answer(&ask("No, that did not help."));
    assert!(reply.confidence_permille < SURE_PERMILLE, "{reply:?}");
}

#[test]
fn a_question_that_leans_on_the_one_before_is_understood_with_it() {
    let knowledge = knowledge();
    let turn = |author, text: &str| Turn {
        author,
        text: text.into(),
    };
    let question = Question {
        history: vec![
            turn(
                Author::Customer,
                "how do I cancel my Loom Circle membership?",
            ),
            turn(Author::Assistant, "You can cancel it at any time."),
            turn(Author::Customer, "thanks"),
        ],
        ..ask("and when does it end?")
    };
    assert_eq!(
        knowledge.answer(&question).sources[0].id,
        "membership-cancel"
    );
}

#[test]
fn the_same_question_gets_the_same_words_and_another_place_may_get_others() {
    let knowledge = knowledge();
    let words = |conversation| {
        let question = Question {
            conversation: ConversationId(conversation),
            ..ask("my lamp flickers")
        };
        knowledge.answer(&question).text
    };
    assert_eq!(words(1), words(1));
    assert!((2..10).any(|other| words(other) != words(1)));
}

#[test]
fn an_answer_takes_milliseconds() {
    let knowledge = knowledge();
    let started = std::time::Instant::now();
    for question in labelled() {
        std::hint::black_box(knowledge.answer(&ask(question.text)));
    }
    let each = started.elapsed() / u32::try_from(labelled().len()).unwrap();
    println!("{each:?} an answer");
    assert!(
        each.as_millis() < 50,
        "{each:?} an answer, in a debug build"
    );
}

#[test]
fn any_text_at_all_is_answered() {
    let knowledge = knowledge();
    let long = "lamp ".repeat(4000);
    for text in [
        "",
        " ",
        "?!",
        "\u{1F4A1}\u{1F4A1}",
        "\u{202e}\u{0}",
        &long,
        "\u{3053}\u{3093}\u{306b}",
    ] {
        let reply = knowledge.answer(&ask(text));
        assert!(!reply.text.is_empty());
        assert!(reply.confidence_permille <= 1000);
    }
}

#[test]
fn a_folder_is_read_and_its_faults_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = || Knowledge::load(folder.path()).err().unwrap().to_string();
    assert!(error().contains("there is no article"), "{}", error());
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "a.md",
        "---\nid: a\ntitle: Teapots\n---\nTeapots are round.",
    );
    write("notes.txt", "not an article");
    let knowledge = Knowledge::load(folder.path())
        .unwrap()
        .published_at("/help/{id}");
    assert_eq!(
        knowledge.source("a").unwrap().url.as_deref(),
        Some("/help/a")
    );
    write("b.md", "---\nid: a\ntitle: Cups\n---\nCups.");
    assert!(
        error().contains("two articles have the id `a`"),
        "{}",
        error()
    );
}
