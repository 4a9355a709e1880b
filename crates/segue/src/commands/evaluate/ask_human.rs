//! Whether a message asks for a person.

use std::time::Instant;

use anyhow::Result;
use segue_core::{
    journal::Author,
    learning::{Balanced, Counts, Manner, folds, measure::Confusion},
    signals::{Reader, of_asking},
};
use serde::Deserialize;

use super::{
    report::Outcome,
    rows::Row,
    trial::{FOLDS, SEED, Sources, Trial},
};

/// A text with whether it asks.
#[derive(Clone, Debug, Deserialize)]
struct Labelled {
    text: String,
    label: Label,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Label {
    None,
    Ask,
    /// Neither yes nor no: nothing is learned from it, and it counts apart.
    Implied,
}

/// What ships weighs as much as all the words together: labels of this kind are few.
const MANNER: Manner = Manner {
    families: [0.7, 0.7, 0.1, 2.0],
    cost: 8.0,
};

/// What was answered, and the microseconds it took.
#[derive(Clone, Copy, Debug)]
struct Answer {
    asks: bool,
    micros: f64,
}

/// Learns and judges, or judges with what ships.
pub(super) fn measure(sources: &Sources) -> Result<Outcome> {
    let trial: Trial<Labelled> = Trial::read(sources)?;
    for row in trial.train.iter().chain(trial.test.iter().flatten()) {
        row.check_text(&row.value.text)?;
    }
    let by_label = |rows: &[Row<Labelled>]| {
        let labels: Vec<usize> = rows.iter().map(|row| row.value.label as usize).collect();
        folds(&labels, FOLDS, SEED)
    };
    let (rows, answers) = trial.judge(by_label, |train, test| {
        Ok(if sources.builtin {
            let reader = Reader::new(&[]);
            timed(test, |text| {
                reader
                    .read(text, Author::Customer)
                    .asks_for_person
                    .is_some()
            })
        } else {
            let model = learn(train);
            timed(test, |text| {
                model.class(&of_asking(text)) == Label::Ask as usize
            })
        })
    })?;
    Ok(outcome(&rows, &answers, trial.in_words()))
}

fn learn(train: &[Row<Labelled>]) -> Balanced {
    let clear = || train.iter().filter(|row| row.value.label != Label::Implied);
    let texts: Vec<Counts> = clear().map(|row| of_asking(&row.value.text)).collect();
    let labels: Vec<usize> = clear().map(|row| row.value.label as usize).collect();
    Balanced::learn(&texts, &labels, 2, MANNER)
}

fn timed(rows: &[Row<Labelled>], asks: impl Fn(&str) -> bool) -> Vec<Answer> {
    rows.iter()
        .map(|row| {
            let began = Instant::now();
            let asks = asks(&row.value.text);
            let micros = began.elapsed().as_secs_f64() * 1e6;
            Answer { asks, micros }
        })
        .collect()
}

fn outcome(rows: &[Row<Labelled>], answers: &[Answer], how: String) -> Outcome {
    let of = |implied: bool| {
        rows.iter()
            .zip(answers)
            .filter(move |(row, _)| (row.value.label == Label::Implied) == implied)
    };
    let pairs: Vec<(usize, usize)> = of(false)
        .map(|(row, answer)| (row.value.label as usize, usize::from(answer.asks)))
        .collect();
    let confusion = Confusion::new(pairs, 2);
    let asks = Label::Ask as usize;
    let mut metrics = vec![
        ("precision", confusion.precision(asks)),
        ("recall", confusion.recall(asks)),
    ];
    metrics.extend(confusion.f1(asks).map(|found| ("f1", found)));
    let name = |class: usize| if class == asks { "ask" } else { "none" }.to_owned();
    let heard = of(true).filter(|(_, answer)| answer.asks).count();
    Outcome {
        n: of(false).count(),
        metrics,
        confusion: confusion
            .worst(2)
            .into_iter()
            .map(|(truth, told, count)| (name(truth), name(told), count))
            .collect(),
        notes: vec![
            format!(
                "`implied` is left out: {heard} of {} read as asking",
                of(true).count()
            ),
            how,
        ],
        micros_per_item: super::mean(answers.iter().map(|answer| answer.micros)),
    }
}
