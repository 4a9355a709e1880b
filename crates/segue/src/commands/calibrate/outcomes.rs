//! Where outcomes come from: rows that say them, or conversations that ended.

use std::path::PathBuf;

use anyhow::{Result, bail};
use segue_core::{
    audit::{Recorded, Speaker},
    calibration::Outcome,
};
use segue_store::{HistoryPlace, Store};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    commands::rows::{Row, read},
    history::recorded,
};

/// Bad rows that are shown.
const SHOWN: usize = 10;
/// Conversations that are read at once.
const PAGE: usize = 500;

/// A row as it is written.
#[derive(Clone, Deserialize)]
struct Written {
    confidence: Option<Json>,
    correct: Option<Json>,
    intent: Option<Json>,
}

/// The outcomes of files; all of them, or every fault that was found.
pub(super) fn of_files(named: &[PathBuf]) -> Result<Vec<Outcome>> {
    let rows: Vec<Row<Written>> = read(named)?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut faults = Vec::new();
    for row in &rows {
        match outcome(&row.value) {
            Ok(outcome) => outcomes.push(outcome),
            Err(fault) => faults.push(row.error(fault).to_string()),
        }
    }
    if faults.is_empty() {
        return Ok(outcomes);
    }
    let (count, of) = (faults.len(), rows.len());
    faults.truncate(SHOWN);
    bail!(
        "{count} of {of} rows cannot be used, and without them the promise would not hold for the others:\n{}",
        faults.join("\n")
    )
}

fn outcome(row: &Written) -> Result<Outcome, String> {
    Ok(Outcome {
        confidence_permille: confidence(row.confidence.as_ref())?,
        correct: correct(row.correct.as_ref())?,
        intent: intent(row.intent.as_ref())?,
    })
}

fn confidence(written: Option<&Json>) -> Result<u16, String> {
    let hint = "write a number from 0 to 1";
    let Some(written) = written else {
        return Err(format!("the field `confidence` is missing: {hint}"));
    };
    let share = written.as_f64().filter(|share| (0.0..=1.0).contains(share));
    share
        .map(floor_permille)
        .ok_or_else(|| format!("the field `confidence` is `{written}`: {hint}"))
}

/// What a policy compares is in thousandths; rounding up would make an answer surer than it was.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is from 0 to 1"
)]
pub(in crate::commands) fn floor_permille(share: f64) -> u16 {
    // A thousandth that a float does not hold exactly must not fall to the one below.
    (share * 1000.0 + 1e-9).floor() as u16
}

fn correct(written: Option<&Json>) -> Result<bool, String> {
    let hint = "write `true` or `false`, or 1 or 0";
    let Some(written) = written else {
        return Err(format!("the field `correct` is missing: {hint}"));
    };
    let number = written.as_f64();
    let told = match written.as_bool() {
        None if number == Some(1.0) => Some(true),
        None if number == Some(0.0) => Some(false),
        told => told,
    };
    told.ok_or_else(|| format!("the field `correct` is `{written}`: {hint}"))
}

fn intent(written: Option<&Json>) -> Result<Option<String>, String> {
    match written {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(name)) if !name.trim().is_empty() => Ok(Some(name.clone())),
        Some(other) => Err(format!(
            "the field `intent` is `{other}`: write a name, or leave it out"
        )),
    }
}

/// The outcomes of a history: its conversations that tell how they ended and how sure the
/// assistant was.
pub(super) async fn of_history(store: &dyn Store) -> Result<Vec<Outcome>> {
    let mut after = HistoryPlace::default();
    let (mut outcomes, mut conversations) = (Vec::new(), 0_u64);
    loop {
        let page = store.history(after, PAGE).await?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = *last;
        for (_, one) in page {
            conversations += 1;
            outcomes.extend(ended(&recorded(one)));
        }
    }
    if outcomes.is_empty() {
        bail!(
            "none of {conversations} conversations of the history tells both how sure the assistant was and how it ended: import rows with `confidence` and `outcome`, or give a file of outcomes"
        );
    }
    Ok(outcomes)
}

/// What a conversation says. The assistant keeps one for as long as each of its answers is sure
/// enough, so the least sure one counts; what went to a person it did not settle.
fn ended(one: &Recorded) -> Option<Outcome> {
    let outcome = &one.outcome;
    let correct = match (outcome.solved, outcome.handed_off) {
        (_, Some(true)) => false,
        (solved, _) => solved?,
    };
    let answers = || {
        let by_assistant = one
            .turns
            .iter()
            .filter(|turn| turn.by == Speaker::Assistant);
        by_assistant.filter_map(|turn| turn.answer.as_ref())
    };
    let least = answers()
        .filter_map(|answer| answer.confidence_permille)
        .min()?;
    let intent = answers().find_map(|answer| answer.intent.as_ref());
    Some(Outcome {
        confidence_permille: least,
        correct,
        intent: intent.map(ToString::to_string),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_row(row: Json) -> Result<Outcome, String> {
        outcome(&serde_json::from_value(row).unwrap())
    }

    #[test]
    fn a_row_may_say_right_with_a_number_or_a_word() {
        for (written, right) in [(json!(true), true), (json!(0), false), (json!(1.0), true)] {
            let found = read_row(json!({"confidence": 0.29, "correct": written})).unwrap();
            assert_eq!((found.confidence_permille, found.correct), (290, right));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named_with_the_remedy() {
        let fault = |row| read_row(row).unwrap_err();
        assert_eq!(
            fault(json!({"confidence": 83, "correct": true})),
            "the field `confidence` is `83`: write a number from 0 to 1"
        );
        assert_eq!(
            fault(json!({"confidence": 0.5})),
            "the field `correct` is missing: write `true` or `false`, or 1 or 0"
        );
        assert_eq!(
            fault(json!({"confidence": 0.5, "correct": 2})),
            "the field `correct` is `2`: write `true` or `false`, or 1 or 0"
        );
        assert_eq!(
            fault(json!({"confidence": 0.5, "correct": 1, "intent": 7})),
            "the field `intent` is `7`: write a name, or leave it out"
        );
    }

    #[test]
    fn a_conversation_is_as_sure_as_its_least_sure_answer() {
        let turn = |confidence: Option<f64>| segue_store::HistoryMessage {
            author: "assistant".to_owned(),
            extra: confidence.map(|share| json!({"confidence": share, "intent": "refund"})),
            ..Default::default()
        };
        let mut one = segue_store::HistoryConversation {
            solved: Some(true),
            messages: vec![turn(Some(0.9)), turn(None), turn(Some(0.6))],
            ..Default::default()
        };
        let found = ended(&recorded(one.clone())).unwrap();
        assert_eq!((found.confidence_permille, found.correct), (600, true));
        assert_eq!(found.intent.as_deref(), Some("refund"));
        one.handed_off = Some(true);
        assert!(!ended(&recorded(one.clone())).unwrap().correct);
        (one.handed_off, one.solved) = (None, None);
        assert_eq!(ended(&recorded(one)), None);
    }
}
