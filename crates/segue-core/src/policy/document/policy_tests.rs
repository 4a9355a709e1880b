//! The tests that stand in the document: short conversations, played before it is published.

use super::{
    reader::Reader,
    tree::{Node, Style, What},
};
use crate::policy::PolicyTest;

const MAX_TESTS: usize = 200;
const MAX_SCRIPT: usize = 8_000;

pub(super) fn tests(reader: &mut Reader<'_>, section: Option<&Node>) -> Vec<PolicyTest> {
    let Some(section) = section else {
        return Vec::new();
    };
    let mut tests = Vec::new();
    for named in reader.named(section, "`tests`", MAX_TESTS) {
        let what = format!("test `{}`", named.name());
        let Some(script) = reader.text(named.node, &what, MAX_SCRIPT) else {
            continue;
        };
        if !matches!(named.node.what, What::Scalar(_, Style::Block)) {
            let hint = "write `name: |`, and the conversation on the lines below";
            reader.at(
                named.node,
                format!("{what} is not a text on lines of its own"),
                hint,
            );
            continue;
        }
        tests.push(PolicyTest {
            name: named.name().to_owned(),
            line: first_line(reader, named.node),
            script,
        });
    }
    tests
}

/// The line on which the text itself begins, below its `|`.
fn first_line(reader: &Reader<'_>, node: &Node) -> usize {
    let raw = reader.source.get(node.span.clone()).unwrap_or_default();
    let header = if raw.starts_with(['|', '>']) {
        raw.find('\n').map_or(0, |at| at + 1)
    } else {
        0
    };
    let text = raw.get(header..).unwrap_or_default();
    let blank = text.len() - text.trim_start().len();
    reader.lines.line(node.span.start + header + blank)
}
