//! How a message feels: negative, neutral or positive.

use std::time::Instant;

use anyhow::Result;
use segue_core::{
    journal::Author,
    learning::{Balanced, Counts, Manner, folds, measure::Confusion},
    signals::{Feeling, Reader, of_tone},
};
use serde::Deserialize;

use super::{
    report::Outcome,
    rows::Row,
    trial::{FOLDS, SEED, Sources, Trial},
};

/// A text with how it feels.
#[derive(Clone, Debug, Deserialize)]
struct Labelled {
    text: String,
    label: Feeling,
}

const NAMES: [&str; 3] = ["negative", "neutral", "positive"];
/// Chosen by cross-validation, the readings that ship counting as much as all words together.
const MANNER: Manner = Manner {
    families: [1.0, 1.0, 0.5, 1.0],
    cost: 6.0,
};

/// Learns and judges, or judges with what ships.
pub(super) fn measure(sources: &Sources) -> Result<Outcome> {
    let trial: Trial<Labelled> = Trial::read(sources)?;
    for row in trial.train.iter().chain(trial.test.iter().flatten()) {
        row.check_text(&row.value.text)?;
    }
    let by_feeling = |rows: &[Row<Labelled>]| folds(&labels(rows), FOLDS, SEED);
    let (rows, answers) = trial.judge(by_feeling, |train, test| {
        Ok(if sources.builtin {
            let reader = Reader::new(&[]);
            timed(test, |text| {
                Feeling::at(reader.read(text, Author::Customer).sentiment_permille) as usize
            })
        } else {
            let model = learn(train);
            timed(test, |text| model.class(&of_tone(text)))
        })
    })?;
    Ok(outcome(&rows, &answers, trial.in_words()))
}

fn labels(rows: &[Row<Labelled>]) -> Vec<usize> {
    rows.iter().map(|row| row.value.label as usize).collect()
}

fn learn(train: &[Row<Labelled>]) -> Balanced {
    let texts: Vec<Counts> = train.iter().map(|row| of_tone(&row.value.text)).collect();
    Balanced::learn(&texts, &labels(train), NAMES.len(), MANNER)
}

/// The class of each row, with the microseconds it took.
fn timed(rows: &[Row<Labelled>], class: impl Fn(&str) -> usize) -> Vec<(usize, f64)> {
    rows.iter()
        .map(|row| {
            let began = Instant::now();
            (class(&row.value.text), began.elapsed().as_secs_f64() * 1e6)
        })
        .collect()
}

fn outcome(rows: &[Row<Labelled>], answers: &[(usize, f64)], how: String) -> Outcome {
    let told = answers.iter().map(|(class, _)| *class);
    let confusion = Confusion::new(labels(rows).into_iter().zip(told).collect(), NAMES.len());
    let macro_f1 = confusion.macro_f1().map(|found| ("macro_f1", found));
    let mut metrics: Vec<_> = macro_f1.into_iter().collect();
    metrics.push((
        "negative_recall",
        confusion.recall(Feeling::Negative as usize),
    ));
    let name = |class: usize| NAMES.get(class).copied().unwrap_or("").to_owned();
    let worst = confusion.worst(NAMES.len() * 2).into_iter();
    Outcome {
        n: rows.len(),
        metrics,
        confusion: worst
            .map(|(truth, told, count)| (name(truth), name(told), count))
            .collect(),
        notes: vec![how],
        micros_per_item: super::mean(answers.iter().map(|(_, micros)| *micros)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_feelings() {
        for (feeling, name) in [Feeling::Negative, Feeling::Neutral, Feeling::Positive]
            .into_iter()
            .zip(NAMES)
        {
            assert_eq!(serde_json::to_value(feeling).unwrap(), name);
        }
    }
}
