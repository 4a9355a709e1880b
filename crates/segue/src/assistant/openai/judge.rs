//! How sure the model's answer makes us.
//!
//! With `p` the geometric mean of its tokens' probabilities (`exp` of the mean log-probability) and
//! `r` the confidence of the search that found the articles, the confidence is
//! `p · (0.4 + 0.6 · r)`: a hesitant answer loses in proportion, and a fluent answer to a question
//! that the articles hardly touch cannot come near the usual threshold of 0.70. An endpoint that
//! gives no log-probabilities leaves `r` alone. An answer that names no article, or one that the
//! model was not shown, gets at most 0.30, whatever its fluency.

use serde::Deserialize;

use super::{
    request::HAND_OFF,
    stream::{Call, Said},
};
use crate::assistant::{
    AssistantError, Reply,
    knowledge::{Knowledge, Passage},
};

/// What the model writes when the articles do not hold the answer.
pub(super) const NO_ANSWER: &str = "NO_ANSWER";
/// An answer without a true source is worth no more.
const UNGROUNDED_PERMILLE: u16 = 300;
/// What a search that found nothing leaves of the model's own certainty.
const UNSUPPORTED_SHARE: f64 = 0.4;

/// Makes a reply of what the model said.
pub(super) fn reply(
    said: &Said,
    passages: &[Passage],
    found_permille: u16,
    knowledge: &Knowledge,
) -> Result<Reply, AssistantError> {
    if let Some(call) = &said.call {
        return hand_off(call);
    }
    if said.text.contains(NO_ANSWER) {
        return Ok(Reply {
            text: Knowledge::NOTHING.into(),
            ..Reply::default()
        });
    }
    let (text, cited) = without_citations(&said.text);
    if text.is_empty() {
        return Err(AssistantError::Broken("it has no text".into()));
    }
    let (shown, invented): (Vec<_>, Vec<_>) = cited
        .iter()
        .partition(|id| passages.iter().any(|passage| passage.id == **id));
    let mut confidence_permille = confidence_permille(said.log_probability, found_permille);
    if shown.is_empty() || !invented.is_empty() {
        confidence_permille = confidence_permille.min(UNGROUNDED_PERMILLE);
    }
    let sources: Vec<_> = shown
        .into_iter()
        .filter_map(|id| knowledge.source(id))
        .collect();
    let attempted = sources
        .iter()
        .map(|source| {
            format!(
                "Explained with the article \u{201c}{}\u{201d}",
                source.title
            )
        })
        .collect();
    Ok(Reply {
        text,
        confidence_permille,
        sources,
        attempted,
        intent: None,
    })
}

#[derive(Deserialize)]
struct HandOff {
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    tried: Vec<String>,
}

/// The wish for a person, which is an answer with no confidence at all.
fn hand_off(call: &Call) -> Result<Reply, AssistantError> {
    if call.name != HAND_OFF {
        let name: String = call.name.chars().take(80).collect();
        return Err(AssistantError::Broken(format!(
            "it calls a tool that it was not given: {name}"
        )));
    }
    // The wish counts even if its explanation is garbled.
    let said: HandOff = serde_json::from_str(&call.arguments).unwrap_or(HandOff {
        summary: None,
        tried: Vec::new(),
    });
    let summary = said.summary.map(|summary| format!("Understood: {summary}"));
    Ok(Reply {
        text: "This is better answered by a person of our team.".into(),
        attempted: summary
            .into_iter()
            .chain(said.tried)
            .map(|it| it.chars().take(300).collect())
            .take(8)
            .collect(),
        intent: Some(HAND_OFF.into()),
        ..Reply::default()
    })
}

fn confidence_permille((sum, tokens): (f64, u32), found_permille: u16) -> u16 {
    if tokens == 0 {
        return found_permille;
    }
    let fluency = (sum / f64::from(tokens)).exp();
    let found = f64::from(found_permille) / 1000.0;
    let share = UNSUPPORTED_SHARE + (1.0 - UNSUPPORTED_SHARE) * found;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1000"
    )]
    let permille = (1000.0 * fluency * share).round() as u16;
    permille
}

/// The text without `[ids]`, and the ids, each once, in their order.
fn without_citations(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut ids, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('[') {
        let Some((inside, beyond)) = after.split_once(']') else {
            break;
        };
        let names: Vec<&str> = inside.split(',').map(str::trim).collect();
        if names.iter().all(|name| is_id(name)) && !beyond.starts_with('(') {
            plain.push_str(before.trim_end_matches(' '));
            for name in names
                .iter()
                .filter(|name| !ids.iter().any(|id| id == **name))
                .collect::<Vec<_>>()
            {
                ids.push((*name).to_owned());
            }
            rest = beyond;
        } else {
            plain.push_str(before);
            plain.push('[');
            rest = after;
        }
    }
    plain.push_str(rest);
    (plain.trim().to_owned(), ids)
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{confidence_permille, without_citations};

    #[test]
    fn citations_are_read_and_taken_out() {
        let (text, ids) =
            without_citations("Within 30 days [returns]. Free [returns, exchange]. [See this](x)");
        assert_eq!(text, "Within 30 days. Free. [See this](x)");
        assert_eq!(ids, ["returns", "exchange"]);
    }

    #[test]
    fn a_hesitant_answer_and_a_poor_search_both_lower_the_confidence() {
        let sure = confidence_permille((-0.02 * 50.0, 50), 950);
        assert!(sure > 900, "{sure}");
        assert!(confidence_permille((-0.5 * 50.0, 50), 950) < 700);
        assert!(confidence_permille((-0.02 * 50.0, 50), 300) < 700);
        assert_eq!(confidence_permille((0.0, 0), 640), 640);
    }
}
