//! Which intent a text has, or none: learned from a team's own labels.

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Result, bail};
use segue_core::{
    calibration::Outcome as Known,
    learning::{
        Counts, Measured, Topics, folds,
        measure::{Confusion, auroc},
        share,
    },
    signals::features,
};
use serde::Deserialize;

use super::{
    report::Outcome,
    rows::Row,
    trial::{FOLDS, SEED, Sources, Trial},
};
use crate::commands::calibrate::floor_permille;

/// The intent of a text that has none.
const OUTSIDE: &str = "oos";
/// Pairs of intents that are shown.
const SHOWN: usize = 10;
/// The share of the texts with an intent that may be given up for the answer that there is none.
const GIVEN_UP: f64 = 0.01;
/// The likelihood from which an answer is given where there are too few rows to choose one: it is
/// rather right than wrong.
const EVEN: f64 = 0.5;

/// A text with its intent.
#[derive(Clone, Debug, Deserialize)]
struct Labelled {
    text: String,
    intent: String,
    #[serde(default)]
    scope: Option<Scope>,
}

/// How far from the intents a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Scope {
    In,
    NearOos,
    FarOos,
    Oos,
}

/// The intents of a trial, in order of name.
struct Names {
    names: Vec<String>,
}

/// An answer for one row.
#[derive(Clone, Copy, Debug)]
struct Answer {
    class: usize,
    sureness: f64,
    /// Whether it is sure enough to be given.
    given: bool,
    micros: f64,
}

/// Learns and judges.
pub(super) fn measure(sources: &Sources) -> Result<Outcome> {
    let judged = judge(sources)?;
    let mut outcome = outcome(&judged.rows, &judged.answers, &judged.names);
    outcome.notes.push(judged.how);
    Ok(outcome)
}

/// How sure each judged row's likeliest intent is and whether it is right, microseconds a row,
/// and how it was judged, in words.
pub(super) fn known(sources: &Sources) -> Result<(Vec<Known>, f64, String)> {
    let Judged {
        rows,
        answers,
        names,
        how,
    } = judge(sources)?;
    let both = rows.iter().zip(&answers);
    let known = both.map(|(row, answer)| Known {
        confidence_permille: floor_permille(answer.sureness.clamp(0.0, 1.0)),
        correct: answer.class == names.class(&row.value) && row.value.intent != OUTSIDE,
        intent: None,
    });
    Ok((known.collect(), micros(&answers), how))
}

/// Rows with their answers.
struct Judged {
    rows: Vec<Row<Labelled>>,
    answers: Vec<Answer>,
    names: Names,
    how: String,
}

fn judge(sources: &Sources) -> Result<Judged> {
    if sources.builtin {
        bail!("no intents ship: each policy brings its own, so give `--train FILE`");
    }
    let trial: Trial<Labelled> = Trial::read(sources)?;
    let names = Names::of(&trial.train)?;
    check(&trial, &names)?;
    let by_intent = |rows: &[Row<Labelled>]| {
        let labels: Vec<usize> = rows.iter().map(|row| names.class(&row.value)).collect();
        folds(&labels, FOLDS, SEED)
    };
    let (rows, answers) = trial.judge(by_intent, |train, test| {
        Ok(answer(train, &trial.valid, test, &names))
    })?;
    let how = trial.in_words();
    Ok(Judged {
        rows,
        answers,
        names,
        how,
    })
}

impl Names {
    fn of(train: &[Row<Labelled>]) -> Result<Self> {
        let mut first: BTreeMap<&str, (usize, &Row<Labelled>)> = BTreeMap::new();
        for row in train {
            row.check_text(&row.value.text)?;
            if row.value.intent.trim().is_empty() {
                return Err(
                    row.error("the field `intent` is empty: write `oos` for none of the intents")
                );
            }
            first.entry(&row.value.intent).or_insert((0, row)).0 += 1;
        }
        if let Some((name, (_, row))) = first.iter().find(|(_, (count, _))| *count == 1) {
            return Err(row.error(format!(
                "the intent `{name}` occurs once: give it a second example or leave it out"
            )));
        }
        let names: Vec<String> = first
            .into_keys()
            .filter(|name| *name != OUTSIDE)
            .map(str::to_owned)
            .collect();
        if names.len() < 2 {
            bail!(
                "there are {} intents beside `{OUTSIDE}`: two are needed to tell apart",
                names.len()
            );
        }
        Ok(Self { names })
    }

    /// The class of a row; what has no intent is of the class behind the last one.
    fn class(&self, row: &Labelled) -> usize {
        self.find(&row.intent).unwrap_or(self.names.len())
    }

    fn find(&self, intent: &str) -> Option<usize> {
        self.names
            .binary_search_by(|name| name.as_str().cmp(intent))
            .ok()
    }

    fn name(&self, class: usize) -> String {
        self.names
            .get(class)
            .map_or(OUTSIDE, String::as_str)
            .to_owned()
    }
}

/// Refuses rows whose intent was not learned.
fn check(trial: &Trial<Labelled>, names: &Names) -> Result<()> {
    for row in trial.valid.iter().chain(trial.test.iter().flatten()) {
        row.check_text(&row.value.text)?;
        let intent = &row.value.intent;
        if intent != OUTSIDE && names.find(intent).is_none() {
            return Err(row.error(format!(
                "the intent `{intent}` is not among those of --train: add examples or label it `{OUTSIDE}`"
            )));
        }
        if row
            .value
            .scope
            .is_some_and(|scope| (scope == Scope::In) == (intent == OUTSIDE))
        {
            return Err(row.error(format!(
                "the field `scope` contradicts the intent `{intent}`: `in` goes with an intent, the others with `{OUTSIDE}`"
            )));
        }
    }
    Ok(())
}

fn answer(
    train: &[Row<Labelled>],
    valid: &[Row<Labelled>],
    test: &[Row<Labelled>],
    names: &Names,
) -> Vec<Answer> {
    let topics = learn(train, names);
    let least = if valid.is_empty() {
        within(train, names)
    } else {
        threshold(&told(&topics, valid), valid, names)
    };
    let mut answers = told(&topics, test);
    for answer in &mut answers {
        answer.given = answer.sureness >= least;
    }
    answers
}

/// A row without text teaches nothing.
fn learn(train: &[Row<Labelled>], names: &Names) -> Topics {
    let train = train.iter().map(|row| &row.value);
    let told = train.filter(|row| !row.text.trim().is_empty());
    let (counts, labels): (Vec<Counts>, Vec<usize>) = told
        .map(|row| (features(&row.text), names.class(row)))
        .unzip();
    Topics::learn(&counts, &labels, names.names.len())
}

fn told(topics: &Topics, rows: &[Row<Labelled>]) -> Vec<Answer> {
    rows.iter()
        .map(|row| {
            let began = Instant::now();
            let told = topics.read(&features(&row.value.text));
            let micros = began.elapsed().as_secs_f64() * 1e6;
            Answer {
                class: told.map_or(usize::MAX, |told| told.class),
                sureness: told.map_or(f64::NEG_INFINITY, |told| told.likelihood),
                given: told.is_some(),
                micros,
            }
        })
        .collect()
}

/// The threshold where there is nothing to choose it on: from a fifth of the rows, judged by a
/// model of the others.
fn within(train: &[Row<Labelled>], names: &Names) -> f64 {
    let labels: Vec<usize> = train.iter().map(|row| names.class(&row.value)).collect();
    let folds = folds(&labels, FOLDS, SEED);
    let part = |inside: bool| -> Vec<Row<Labelled>> {
        let dealt = train.iter().zip(&folds);
        dealt
            .filter(|(_, fold)| (**fold == 0) == inside)
            .map(|(row, _)| row.clone())
            .collect()
    };
    let judged = part(true);
    threshold(&told(&learn(&part(false), names), &judged), &judged, names)
}

/// The highest threshold at which at most [`GIVEN_UP`] of the rows with an intent are lost that
/// would have been read rightly.
fn threshold(answers: &[Answer], rows: &[Row<Labelled>], names: &Names) -> f64 {
    let inside = rows
        .iter()
        .filter(|row| row.value.intent != OUTSIDE)
        .count();
    let mut right: Vec<f64> = answers
        .iter()
        .zip(rows)
        .filter(|(answer, row)| answer.class == names.class(&row.value))
        .map(|(answer, _)| answer.sureness)
        .collect();
    right.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a share of a count of rows"
    )]
    let lost = (inside as f64 * GIVEN_UP) as usize;
    if lost == 0 {
        return EVEN;
    }
    right
        .get(lost.min(right.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NEG_INFINITY)
}

fn outcome(rows: &[Row<Labelled>], answers: &[Answer], names: &Names) -> Outcome {
    let outside = names.names.len();
    let both = || rows.iter().zip(answers);
    let sure: Vec<_> = both()
        .map(|(row, answer)| {
            (
                names.class(&row.value),
                if answer.given { answer.class } else { outside },
            )
        })
        .collect();
    let any_outside = sure.iter().any(|(truth, _)| *truth == outside);
    let best: Vec<_> = both()
        .map(|(row, answer)| (names.class(&row.value), answer.class))
        .collect();
    // Where every text has an intent, the likeliest one is the answer.
    let confusion = Confusion::new(if any_outside { sure } else { best }, outside + 1);
    let mut metrics = vec![
        ("accuracy", confusion.accuracy()),
        (
            "in_scope_accuracy",
            confusion.accuracy_where(|truth| truth < outside),
        ),
    ];
    if any_outside {
        metrics.push(("oos_recall", confusion.recall(outside)));
    }
    let areas = [
        ("oos_auroc", area(rows, answers, |_| true)),
        (
            "near_oos_auroc",
            area(rows, answers, |scope| scope == Some(Scope::NearOos)),
        ),
        (
            "far_oos_auroc",
            area(rows, answers, |scope| scope == Some(Scope::FarOos)),
        ),
    ];
    metrics.extend(
        areas
            .into_iter()
            .filter_map(|(name, area)| Some((name, area?))),
    );
    let pairs = confusion.worst(SHOWN).into_iter();
    Outcome {
        n: rows.len(),
        metrics,
        confusion: pairs
            .map(|(truth, told, count)| (names.name(truth), names.name(told), count))
            .collect(),
        notes: vec![kept(answers)],
        micros_per_item: micros(answers),
    }
}

fn micros(answers: &[Answer]) -> f64 {
    let sum: f64 = answers.iter().map(|answer| answer.micros).sum();
    sum / f64::from(u32::try_from(answers.len()).unwrap_or(u32::MAX).max(1))
}

/// How well the sureness tells texts with an intent from texts of one kind without.
fn area(
    rows: &[Row<Labelled>],
    answers: &[Answer],
    kind: impl Fn(Option<Scope>) -> bool,
) -> Option<Measured> {
    let scores: Vec<(f64, bool)> = rows
        .iter()
        .zip(answers)
        .filter(|(row, _)| row.value.intent != OUTSIDE || kind(row.value.scope))
        .map(|(row, answer)| (answer.sureness, row.value.intent != OUTSIDE))
        .collect();
    auroc(&scores)
}

fn kept(answers: &[Answer]) -> String {
    let given = answers.iter().filter(|answer| answer.given).count();
    let of = share(given, answers.len());
    format!(
        "{:.1} % of the rows were answered with an intent",
        of.value * 100.0
    )
}
