//! Which of the policy's situations a message shows, told by the sentences that the policy gives.
//!
//! Each situation is learned on its own, as an intent is: its examples on one side, and the
//! sentences that it is not on the other. A message can show several.

use super::{SituationReading, Span, intent::Intents, words::Words};
use crate::{
    id::SituationName,
    policy::{Intent, Judge, Situation},
};

/// Below this confidence a message does not show a situation. A reading of an intent may be a
/// guess among few; a situation is asked of every message, and most show none.
const LEAST_PERMILLE: u16 = 600;

/// What is known of all situations.
#[derive(Clone, Debug, Default)]
pub(super) struct Situations {
    learned: Vec<(SituationName, Intents)>,
}

impl Situations {
    /// Learns those that are told by examples.
    pub(super) fn learn(situations: &[Situation]) -> Self {
        let by_examples = situations.iter().filter(|it| it.judge == Judge::Examples);
        Self {
            learned: by_examples
                .map(|it| (it.name.clone(), Intents::learn(&sides(it))))
                .collect(),
        }
    }

    /// Whether there is a situation of this name.
    pub(super) fn teach(&self, name: &SituationName) -> bool {
        self.learned.iter().any(|(known, _)| known == name)
    }

    /// Every situation that the message shows, in the order of the policy.
    pub(super) fn read(&self, words: &Words, gist: Option<Span>) -> Vec<SituationReading> {
        let shown = self.learned.iter().filter_map(|(name, sides)| {
            let reading = sides.read(words, gist)?;
            let sure = reading.confidence_permille >= LEAST_PERMILLE;
            (sure && reading.intent.as_str() == name.as_str()).then(|| SituationReading {
                situation: name.clone(),
                confidence_permille: reading.confidence_permille,
                span: reading.span,
            })
        });
        shown.collect()
    }
}

/// The situation, and what is unlike it if the policy says so.
fn sides(situation: &Situation) -> Vec<Intent> {
    let side = |name: &str, examples: &[String]| Intent {
        name: name.into(),
        about: String::new(),
        keywords: Vec::new(),
        examples: examples.to_vec(),
    };
    let mut sides = vec![side(situation.name.as_str(), &situation.examples)];
    if !situation.unlike.is_empty() {
        // No name of the policy has a space in it.
        sides.push(side("anything else", &situation.unlike));
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    fn situation(name: &str, examples: &[&str], unlike: &[&str]) -> Situation {
        let owned = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect();
        Situation {
            name: name.into(),
            about: String::new(),
            examples: owned(examples),
            unlike: owned(unlike),
            judge: Judge::Examples,
        }
    }

    fn shown(situations: &[Situation], text: &str) -> Vec<String> {
        let readings = Situations::learn(situations).read(&Words::new(text), None);
        readings.iter().map(|it| it.situation.to_string()).collect()
    }

    fn leaving(unlike: &[&str]) -> Situation {
        let examples = [
            "I am going to switch to another company",
            "I will take my business elsewhere",
            "next time I order from your competitor",
        ];
        situation("threatens_to_leave", &examples, unlike)
    }

    #[test]
    fn a_message_that_is_like_an_example_shows_the_situation_with_its_evidence() {
        let text = "Then I will take my business elsewhere.";
        assert_eq!(shown(&[leaving(&[])], text), ["threatens_to_leave"]);
        let readings = Situations::learn(&[leaving(&[])]).read(&Words::new(text), None);
        assert!(
            readings[0].span.of(text).contains("elsewhere"),
            "{readings:?}"
        );
        assert!(readings[0].confidence_permille >= LEAST_PERMILLE);
    }

    #[test]
    fn a_message_about_something_else_shows_none() {
        for text in ["where is my parcel", "hello", "", "can I change the colour"] {
            assert_eq!(shown(&[leaving(&[])], text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_message_can_show_several() {
        let refund = situation(
            "late_refund",
            &[
                "I know the thirty days are over but I want my money back",
                "can you make an exception and refund it anyway",
                "refund me although the time is over",
            ],
            &[],
        );
        let text = "can you make an exception and refund it anyway? Else I will take my business elsewhere";
        assert_eq!(
            shown(&[leaving(&[]), refund], text),
            ["threatens_to_leave", "late_refund"]
        );
    }

    #[test]
    fn what_is_unlike_it_is_left_out() {
        let text = "I am going to switch to another plan";
        let plain = shown(&[leaving(&[])], text);
        let sharpened = shown(
            &[leaving(&[
                "I am going to switch to another plan",
                "switch me to another tariff",
            ])],
            text,
        );
        assert!(plain.len() >= sharpened.len());
        assert_eq!(sharpened, [""; 0]);
    }
}
