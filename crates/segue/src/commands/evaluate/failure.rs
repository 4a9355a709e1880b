//! Whether the assistant got a conversation wrong, from how it went. There are few conversations
//! to learn from, so few and general facts are looked at, and none of the words.

use anyhow::{Result, bail};
use segue_core::learning::{
    Contrast, folds_by,
    measure::{auroc, coverage_at},
};
use serde_json::Value as Json;

use super::{
    conversations::{Conversation, Role, Turn},
    report::Outcome,
    rows::Row,
    trial::{FOLDS, Sources, Trial},
};

/// The share that must succeed of what the assistant keeps.
const SUCCEED: f64 = 0.8;
/// How often the tasks are dealt into folds anew.
const DEALS: u64 = 20;
/// A tool whose name begins like this looks, computes or passes on; any other changes something.
const LOOKS: [&str; 11] = [
    "get",
    "search",
    "list",
    "find",
    "calculate",
    "think",
    "look",
    "check",
    "read",
    "fetch",
    "transfer",
];
/// The assistant says that something cannot be.
const REFUSALS: [&str; 8] = [
    "unable",
    "cannot",
    "can't",
    "can’t",
    "not able",
    "unfortunately",
    "not possible",
    "not eligible",
];

/// A conversation as far as it is judged by.
struct Case {
    task: String,
    facts: Vec<f64>,
    success: bool,
}

/// How likely each conversation succeeded, and whether it did.
type Scores = Vec<(f64, bool)>;

/// Learns and judges.
pub(super) fn measure(sources: &Sources) -> Result<Outcome> {
    if sources.builtin {
        bail!("nothing of this ships: give `--train FILE`");
    }
    let trial: Trial<Conversation> = Trial::read(sources)?;
    let train = cases(&trial.train)?;
    let began = std::time::Instant::now();
    let (scores, how) = match &trial.test {
        Some(test) => (tested(&train, &cases(test)?), trial.in_words()),
        None => dealt(&train)?,
    };
    let micros = began.elapsed().as_secs_f64() * 1e6;
    let (Some(area), Some(coverage)) = (auroc(&scores), coverage_at(&scores, SUCCEED)) else {
        bail!("all conversations to be judged end alike: nothing can be measured");
    };
    let unseen = "a higher score means success; neither what was asked of the customer nor any gold label is seen";
    Ok(Outcome {
        n: scores.len(),
        metrics: vec![("auroc", area), ("coverage_at_80", coverage)],
        confusion: Vec::new(),
        notes: vec![how, unseen.to_owned()],
        micros_per_item: micros / f64::from(u32::try_from(scores.len()).unwrap_or(u32::MAX)),
    })
}

fn tested(train: &[Case], test: &[Case]) -> Scores {
    let rows: Vec<_> = train.iter().map(Case::row).collect();
    let contrast = Contrast::train(&rows);
    let scored = test.iter();
    scored
        .map(|case| (contrast.score(&case.facts), case.success))
        .collect()
}

/// Each case judged by models that have not seen its task, once for each way to deal the folds;
/// its score is the mean.
fn dealt(cases: &[Case]) -> Result<(Scores, String)> {
    let tasks: Vec<&str> = cases.iter().map(|case| case.task.as_str()).collect();
    let mut scores: Scores = cases.iter().map(|case| (0.0, case.success)).collect();
    let mut areas = Vec::new();
    for deal in 0..DEALS {
        let once = judged(cases, &folds_by(&tasks, FOLDS, deal));
        areas.extend(auroc(&once).map(|area| area.value));
        for (sum, one) in scores.iter_mut().zip(once) {
            sum.0 += one.0;
        }
    }
    areas.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (areas.first(), areas.last()) else {
        bail!("all conversations end alike: there is nothing to learn");
    };
    let note = format!(
        "cross-validation: {} conversations in {FOLDS} folds by `task`, dealt {DEALS} times; the score is the mean of the deals, of which each alone has an auroc of {low:.3} to {high:.3}",
        cases.len()
    );
    Ok((scores, note))
}

fn judged(cases: &[Case], folds: &[usize]) -> Scores {
    let models: Vec<Contrast> = (0..FOLDS)
        .map(|fold| {
            let others = cases.iter().zip(folds).filter(|(_, of)| **of != fold);
            let rows: Vec<_> = others.map(|(case, _)| case.row()).collect();
            Contrast::train(&rows)
        })
        .collect();
    let scored = cases.iter().zip(folds).map(|(case, fold)| {
        let score = models
            .get(*fold)
            .map_or(0.0, |model| model.score(&case.facts));
        (score, case.success)
    });
    scored.collect()
}

fn cases(rows: &[Row<Conversation>]) -> Result<Vec<Case>> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| case(at, row))
        .collect()
}

fn case(at: usize, row: &Row<Conversation>) -> Result<Case> {
    let success = match row.value.success.as_ref() {
        Some(Json::Bool(success)) => *success,
        Some(Json::Number(number)) if number.as_u64() == Some(1) => true,
        Some(Json::Number(number)) if number.as_u64() == Some(0) => false,
        Some(other) => {
            return Err(row.error(format!("the field `success` is `{other}`: write 1 or 0")));
        }
        None => return Err(row.error("the field `success` is missing: write 1 or 0")),
    };
    let task = row.value.task.as_ref();
    Ok(Case {
        task: task.map_or_else(|| format!("row {at}"), Json::to_string),
        facts: facts(&row.value.turns),
        success,
    })
}

impl Case {
    fn row(&self) -> (Vec<f64>, bool) {
        (self.facts.clone(), self.success)
    }
}

/// What was changed, refused, asked and told. Each more of a thing says less than the one before.
fn facts(turns: &[Turn]) -> Vec<f64> {
    let of = |role: Role| turns.iter().filter(move |turn| turn.role == role);
    let calls = turns.iter().flat_map(Turn::calls);
    let changes = calls.filter(|call| !LOOKS.iter().any(|looks| call.name.starts_with(looks)));
    let refusals = of(Role::Ai).map(|turn| {
        let text = turn.text().to_lowercase();
        let found = REFUSALS.iter().map(|words| text.matches(words).count());
        found.sum::<usize>()
    });
    let questions = of(Role::Customer).map(|turn| turn.text().matches('?').count());
    let words = of(Role::Customer).map(|turn| turn.text().split_whitespace().count());
    let words = words.sum::<usize>() / of(Role::Customer).count().max(1);
    [changes.count(), refusals.sum(), questions.sum(), words]
        .map(|count| f64::from(u32::try_from(count).unwrap_or(u32::MAX)).ln_1p())
        .to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_changed_refused_and_asked_is_counted() {
        let turns: Vec<Turn> = serde_json::from_value(json!([
            {"role": "customer", "text": "Can you cancel it? And rebook?"},
            {"role": "ai", "text": null, "calls": [{"name": "get_booking", "args": {}}]},
            {"role": "tool", "text": "found"},
            {"role": "ai", "text": null, "calls": [{"name": "cancel_booking", "args": {}}]},
            {"role": "tool", "text": "done"},
            {"role": "ai", "text": "It is cancelled. Unfortunately, I cannot rebook."}
        ]))
        .unwrap();
        let counts: Vec<f64> = facts(&turns)
            .iter()
            .map(|fact| fact.exp_m1().round())
            .collect();
        assert_eq!(counts, [1.0, 2.0, 2.0, 6.0]);
    }
}
