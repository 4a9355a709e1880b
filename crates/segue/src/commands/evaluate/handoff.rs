//! Whether the assistant is about to fail, from the turns so far: before each labelled turn of the
//! assistant, is it going to say that it cannot help?

use std::time::Instant;

use anyhow::{Result, bail};
use segue_core::{
    learning::{
        Counts, Effort, Softmax, Sparse, Vocabulary, folds_by,
        measure::{auroc, average_precision},
        share,
    },
    signals::{Said, moment},
};

use super::{
    conversations::{Conversation, Role},
    report::Outcome,
    rows::Row,
    trial::{FOLDS, SEED, Sources, Trial},
};

/// The label of a turn in which the assistant fails.
const FAILS: &str = "out_of_scope";
/// Words, letters and what a moment's shape says; marks are not used.
const FAMILIES: [f64; 4] = [1.0, 0.7, 0.0, 0.5];
/// A feature of fewer moments is left out.
const LEAST: usize = 2;
/// How closely the labels are fitted.
const COST: f64 = 2.0;

/// A model of failing.
struct Failing {
    vocabulary: Vocabulary,
    softmax: Softmax,
}

/// Learns and judges.
pub(super) fn measure(sources: &Sources) -> Result<Outcome> {
    if sources.builtin {
        bail!("nothing of this ships: give `--train FILE`");
    }
    let trial: Trial<Conversation> = Trial::read(sources)?;
    check(&trial.train)?;
    let apart = |rows: &[Row<Conversation>]| {
        let places: Vec<usize> = (0..rows.len()).collect();
        folds_by(&places, FOLDS, SEED)
    };
    let mut seconds = 0.0;
    let (_, answers) = trial.judge(apart, |train, test| {
        let failing = Failing::learn(train);
        let began = Instant::now();
        let answers = test.iter().map(|row| failing.told(&row.value)).collect();
        seconds += began.elapsed().as_secs_f64();
        Ok(answers)
    })?;
    let scores: Vec<(f64, bool)> = answers.into_iter().flat_map(|one: Vec<_>| one).collect();
    let fails = scores.iter().filter(|(_, fails)| *fails).count();
    let (Some(precision), Some(area)) = (average_precision(&scores), auroc(&scores)) else {
        bail!(
            "no turn to be judged is labelled `{FAILS}`, or every one is: nothing can be measured"
        );
    };
    let rate = share(fails, scores.len());
    Ok(Outcome {
        n: scores.len(),
        metrics: vec![("average_precision", precision), ("auroc", area)],
        confusion: Vec::new(),
        notes: vec![
            format!(
                "{fails} of {} labelled turns fail: guessing has an average precision of {:.4}",
                scores.len(),
                rate.value
            ),
            "judged from the turns before, without the act of any turn".to_owned(),
            trial.in_words(),
        ],
        micros_per_item: seconds * 1e6 / f64::from(u32::try_from(scores.len()).unwrap_or(u32::MAX)),
    })
}

fn check(train: &[Row<Conversation>]) -> Result<()> {
    let acts = || {
        let turns = train.iter().flat_map(|row| &row.value.turns);
        turns.filter_map(|turn| turn.act.as_deref())
    };
    if !acts().any(|act| act == FAILS) {
        bail!("no turn of --train has the `act` `{FAILS}`: there is no failing to learn from");
    }
    if acts().all(|act| act == FAILS) {
        bail!("every turn of --train has the `act` `{FAILS}`: label those that do not fail, too");
    }
    Ok(())
}

impl Failing {
    fn learn(train: &[Row<Conversation>]) -> Self {
        let (moments, fails): (Vec<Counts>, Vec<bool>) =
            train.iter().flat_map(|row| moments(&row.value)).unzip();
        let vocabulary = Vocabulary::learn(&moments, LEAST, FAMILIES);
        let rows: Vec<Sparse> = moments.iter().map(|one| vocabulary.vector(one)).collect();
        let labels: Vec<usize> = fails.into_iter().map(usize::from).collect();
        let effort = Effort {
            cost: COST,
            tolerance: 1e-3,
            rounds: 50,
        };
        Self {
            softmax: Softmax::train(&rows, &labels, 2, vocabulary.len(), effort),
            vocabulary,
        }
    }

    /// How likely each labelled turn of the assistant fails, and whether it does.
    fn told(&self, conversation: &Conversation) -> Vec<(f64, bool)> {
        let likely = |moment: &Counts| {
            let likelihoods = self.softmax.likelihoods(&self.vocabulary.vector(moment));
            likelihoods.last().copied().map_or(0.0, f64::from)
        };
        let moments = moments(conversation).into_iter();
        moments
            .map(|(moment, fails)| (likely(&moment), fails))
            .collect()
    }
}

/// The moments before each labelled turn of the assistant, and whether that turn fails.
fn moments(conversation: &Conversation) -> Vec<(Counts, bool)> {
    let turns = &conversation.turns;
    let said: Vec<Said<'_>> = turns
        .iter()
        .map(|turn| Said {
            by_customer: turn.role == Role::Customer,
            text: turn.text(),
        })
        .collect();
    let labelled = turns.iter().enumerate().filter_map(|(at, turn)| {
        let act = turn.act.as_deref().filter(|_| turn.role == Role::Ai)?;
        let before = said.get(..at).filter(|before| !before.is_empty())?;
        Some((moment(before), act == FAILS))
    });
    labelled.collect()
}
