//! What was found, for people and for programs.

use std::fmt::{self, Write};

use segue_core::{
    calibration::{Aim, Reliability, Step, Threshold, Verdict, interval},
    learning::Measured,
};
use serde_json::{Value as Json, json};

use super::Found;

/// Characters of a bar of the diagram.
const BAR: u16 = 40;

/// For programs. Shares are from 0 to 1.
pub(super) fn told(found: &Found<'_>) -> Json {
    let Reliability {
        steps,
        calibration_error,
    } = &found.reliability;
    let mut told = verdict_told(&found.verdict);
    told["target"] = json!(share(found.aim.target_permille));
    told["delta"] = json!(share(found.aim.delta_permille));
    told["reliability"] = json!(steps);
    told["calibration_error"] = json!(calibration_error);
    told["by_intent"] = found
        .by_intent
        .iter()
        .map(|(intent, verdict)| ((*intent).to_owned(), verdict_told(verdict)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    told
}

fn verdict_told(verdict: &Verdict) -> Json {
    match verdict {
        Verdict::Threshold(found) => {
            json!({
                "threshold": share(found.confidence_permille),
                "outcomes": found.outcomes,
                "kept": found.kept,
                "wrong": found.wrong,
                "wrong_at_most": found.wrong_at_most,
                "coverage": interval(found.kept, found.outcomes),
            })
        }
        Verdict::Missing(missing) => json!({
            "threshold": null,
            "outcomes": missing.outcomes,
            "looked_at": missing.kept,
            "wrong": missing.wrong,
            "more_outcomes_needed": missing.more,
        }),
    }
}

/// For people.
pub(super) fn render(found: &Found<'_>) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _ = write(&mut text, found);
    text
}

fn write(to: &mut String, found: &Found<'_>) -> fmt::Result {
    verdict(to, &found.verdict, found.aim)?;
    diagram(to, &found.reliability)?;
    intents(to, &found.by_intent)
}

fn verdict(to: &mut String, verdict: &Verdict, aim: Aim) -> fmt::Result {
    let (target, sure) = (
        percent(share(aim.target_permille)),
        percent(1.0 - share(aim.delta_permille)),
    );
    match verdict {
        Verdict::Threshold(found) => threshold(to, found, &target, &sure),
        Verdict::Missing(missing) => {
            writeln!(
                to,
                "No threshold: {}.",
                match missing.more {
                    Some(more) => format!("not enough data, about {more} more outcomes are needed"),
                    None => format!(
                        "too much of what the assistant is surest of is wrong for {target}, and more outcomes would not change that"
                    ),
                }
            )?;
            writeln!(
                to,
                "{} outcomes; of the {} surest {} are wrong, and that does not prove that at most {target} are, with probability {sure}",
                missing.outcomes, missing.kept, missing.wrong
            )
        }
    }
}

fn threshold(to: &mut String, found: &Threshold, target: &str, sure: &str) -> fmt::Result {
    let Threshold {
        outcomes,
        kept,
        wrong,
        ..
    } = found;
    let Measured { value, low, high } = interval(*kept, *outcomes);
    writeln!(
        to,
        "Keep the assistant from confidence {:.3} on: at most {target} of what it keeps is wrong, with probability {sure}.\n",
        share(found.confidence_permille)
    )?;
    writeln!(to, "  outcomes         {outcomes:>8}")?;
    writeln!(
        to,
        "  kept             {kept:>8}   {} (95 % interval {} to {})",
        percent(value),
        percent(low),
        percent(high)
    )?;
    writeln!(
        to,
        "  wrong among them {wrong:>8}   {}, at most {} with probability {sure}",
        percent(interval(*wrong, *kept).value),
        percent(found.wrong_at_most)
    )
}

fn diagram(to: &mut String, found: &Reliability) -> fmt::Result {
    writeln!(
        to,
        "\nWhat confidence means  ({} off on average)\n",
        percent(found.calibration_error)
    )?;
    writeln!(
        to,
        "  {:<12} {:>8} {:>8}  {:<16}  # right, | told",
        "confidence", "outcomes", "right", "95 % interval"
    )?;
    found.steps.iter().try_for_each(|step| {
        writeln!(
            to,
            "  {:.1} to {:.1}   {:>8} {:>8}  {:<16}  {}",
            step.from,
            step.to,
            step.outcomes,
            percent(step.correct.value),
            format!(
                "{} to {}",
                percent(step.correct.low),
                percent(step.correct.high)
            ),
            bar(step).trim_end()
        )
    })
}

/// The share that was right as a bar, with a mark where confidence says it should end.
fn bar(step: &Step) -> String {
    let reaches = |place: u16, share: f64| f64::from(place) + 0.5 <= share * f64::from(BAR);
    let told = (0..BAR)
        .filter(|place| reaches(*place, step.confidence))
        .count();
    (0..=BAR)
        .map(|place| match place {
            _ if usize::from(place) == told => '|',
            _ if reaches(place, step.correct.value) => '#',
            _ => ' ',
        })
        .collect()
}

fn intents(to: &mut String, by_intent: &[(&str, Verdict)]) -> fmt::Result {
    if by_intent.is_empty() {
        return Ok(());
    }
    writeln!(
        to,
        "\nBy intent  (each promise on its own)\n\n  {:<28} {:>8} {:>9} {:>8} {:>8}",
        "intent", "outcomes", "threshold", "kept", "wrong"
    )?;
    by_intent
        .iter()
        .try_for_each(|(name, verdict)| match verdict {
            Verdict::Threshold(found) => writeln!(
                to,
                "  {name:<28} {:>8} {:>9.3} {:>8} {:>8}",
                found.outcomes,
                share(found.confidence_permille),
                percent(interval(found.kept, found.outcomes).value),
                percent(interval(found.wrong, found.kept).value)
            ),
            Verdict::Missing(missing) => writeln!(
                to,
                "  {name:<28} {:>8}         - {}",
                missing.outcomes,
                match missing.more {
                    Some(more) => format!("not enough data: {more} more outcomes needed"),
                    None => "wrong too often even where it is surest".to_owned(),
                }
            ),
        })
}

fn share(permille: u16) -> f64 {
    f64::from(permille) / 1000.0
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
