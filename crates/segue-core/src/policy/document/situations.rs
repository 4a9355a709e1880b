//! Situations: what a conversation may come to, told by example sentences or judged by a model.

use super::{
    reader::{Named, Reader},
    tree::Node,
    triggers::{MAX_PHRASES, about},
};
use crate::policy::{Judge, Situation};

const MAX_SITUATIONS: usize = 100;
const MAX_QUESTION: usize = 500;
/// Fewer examples teach nothing.
const LEAST_EXAMPLES: usize = 3;

const JUDGES: [(&str, bool); 2] = [("examples", false), ("llm", true)];

pub(super) fn situations(reader: &mut Reader<'_>, section: Option<&Node>) -> Vec<Situation> {
    let Some(section) = section else {
        return Vec::new();
    };
    let named = reader.named(section, "`situations`", MAX_SITUATIONS);
    named.iter().map(|named| situation(reader, named)).collect()
}

fn situation(reader: &mut Reader<'_>, named: &Named<'_>) -> Situation {
    let keys = ["about", "examples", "unlike", "judge", "question"];
    let fields = reader.fields(named.node, "a situation", &keys);
    let about = about(reader, fields.get("about"), named.key);
    let mut sentences = |key: &str| {
        fields.get(key).map_or_else(Vec::new, |node| {
            reader.texts(node, &format!("`{key}`"), MAX_PHRASES)
        })
    };
    let (examples, unlike) = (sentences("examples"), sentences("unlike"));
    let llm = fields
        .get("judge")
        .and_then(|node| reader.word(node, "`judge`", &JUDGES))
        .unwrap_or(false);
    let question = fields
        .get("question")
        .and_then(|node| reader.text(node, "`question`", MAX_QUESTION));
    if !llm && examples.len() < LEAST_EXAMPLES {
        let message = format!(
            "situation `{}` has {} examples, it is learned from {LEAST_EXAMPLES} or more",
            named.name(),
            examples.len()
        );
        let hint = "write sentences as customers do, or `judge: llm` with a `question`";
        reader.at_key(named.key, message, hint);
    }
    if let Some(node) = fields.get("question").filter(|_| !llm) {
        let message = "`question` is for a model, and this situation is learned from examples";
        reader.at(
            node,
            message.to_owned(),
            "add `judge: llm`, or leave the question out",
        );
    }
    Situation {
        name: named.name().into(),
        judge: if llm {
            Judge::Model {
                question: question.unwrap_or_else(|| about.clone()),
            }
        } else {
            Judge::Examples
        },
        about,
        examples,
        unlike,
    }
}
