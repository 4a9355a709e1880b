//! Rules about decision records, the change log and scenarios.

use super::{Findings, Project, has_ending};

const DECISIONS: &str = "docs/decisions/";

/// One page, as it is printed.
const PAGE_LINES_MAX: usize = 60;

/// The parts that every record has, in this order.
const PARTS: [&str; 3] = ["## Context", "## Choice", "## What we gave up"];

/// Records are numbered from 1 without gaps and have their three parts on one page.
pub(super) fn decisions(project: &Project) -> Findings {
    let records = project
        .iter()
        .filter(|(path, _)| path.starts_with(DECISIONS));
    let mut findings = Vec::new();
    for (index, (path, text)) in records.enumerate() {
        let number = format!("{:04}", index + 1);
        let name = &path[DECISIONS.len()..];
        if !name.starts_with(&format!("{number}-")) {
            findings.push(format!(
                "{path}: the next record is {number}-…: number it so"
            ));
        }
        findings.extend(record(text).map(|wrong| format!("{path}: {wrong}")));
    }
    findings
}

fn record(text: &str) -> Option<String> {
    let headings: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("## "))
        .collect();
    if !text.starts_with("# ") {
        return Some("begin with `# ` and the decision as a sentence".into());
    }
    if headings != PARTS {
        return Some(format!("its parts must be {}", PARTS.join(", ")));
    }
    let lines = text.lines().count();
    (lines > PAGE_LINES_MAX).then(|| format!("{lines} lines: keep it to {PAGE_LINES_MAX}"))
}

const CHANGELOG: &str = "CHANGELOG.md";
const GROUPS: [&str; 5] = [
    "### Added",
    "### Changed",
    "### Fixed",
    "### Removed",
    "### Security",
];

/// Versions as second headings, `Unreleased` first; kinds of change as third; each change a bullet.
pub(super) fn changelog(project: &Project) -> Findings {
    let Some(text) = project.text(CHANGELOG) else {
        return vec![format!("{CHANGELOG} is missing")];
    };
    let mut findings = Vec::new();
    let versions = text.lines().filter_map(|line| line.strip_prefix("## "));
    for (index, version) in versions.clone().enumerate() {
        if (index == 0) != (version == "Unreleased") {
            findings.push(format!(
                "{CHANGELOG}: `{version}`: `Unreleased` comes first, and once"
            ));
        } else if index > 0 && !is_release(version) {
            findings.push(format!(
                "{CHANGELOG}: `{version}`: write `1.2.3 - 2030-12-31`"
            ));
        }
    }
    if versions.count() == 0 || !text.starts_with("# Changelog\n") {
        findings.push(format!(
            "{CHANGELOG}: begin with `# Changelog`, then `## Unreleased`"
        ));
    }
    findings.extend(text.lines().filter_map(odd_line));
    findings
}

fn odd_line(line: &str) -> Option<String> {
    if line.starts_with("### ") && !GROUPS.contains(&line) {
        return Some(format!(
            "{CHANGELOG}: `{line}`: the kinds are {}",
            GROUPS.join(", ")
        ));
    }
    let is_other_bullet = line.trim_start().starts_with("* ");
    is_other_bullet.then(|| format!("{CHANGELOG}: `{line}`: a change begins with `- `"))
}

/// `1.2.3 - 2030-12-31`
fn is_release(heading: &str) -> bool {
    let shape = |text: &str, between: char, lengths: [usize; 3]| {
        let parts: Vec<_> = text.split(between).collect();
        parts.len() == 3
            && parts.iter().zip(lengths).all(|(part, length)| {
                !part.is_empty()
                    && (length == 0 || part.len() == length)
                    && part.chars().all(|c| c.is_ascii_digit())
            })
    };
    heading
        .split_once(" - ")
        .is_some_and(|(version, day)| shape(version, '.', [0, 0, 0]) && shape(day, '-', [4, 2, 2]))
}

/// Scenarios that no test reads, by name or with their whole folder.
pub(super) fn unread_scenarios(project: &Project) -> Findings {
    let is_reader = |path: &str| path.starts_with("crates/") && has_ending(path, "rs");
    let readers: Vec<_> = project.iter().filter(|(path, _)| is_reader(path)).collect();
    let reads_folder = readers
        .iter()
        .any(|(_, text)| text.contains("scenarios\"") && text.contains("read_dir"));
    let scenarios = project.iter().map(|(path, _)| path);
    scenarios
        .filter_map(|path| Some((path, path.strip_prefix("scenarios/")?)))
        .filter(|(_, name)| has_ending(name, "txt"))
        .filter(|(_, name)| !reads_folder && !readers.iter().any(|(_, text)| text.contains(name)))
        .map(|(path, _)| format!("{path}: no test reads it"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# A sentence\n\n## Context\n\n## Choice\n\n## What we gave up\n";

    #[test]
    fn a_gap_between_records_is_found() {
        let files = [
            ("docs/decisions/0001-a.md", RECORD),
            ("docs/decisions/0003-b.md", RECORD),
        ];
        assert_eq!(
            decisions(&Project::of(&files)),
            ["docs/decisions/0003-b.md: the next record is 0002-…: number it so"]
        );
    }

    #[test]
    fn two_records_with_one_number_are_found() {
        let files = [
            ("docs/decisions/0001-a.md", RECORD),
            ("docs/decisions/0001-b.md", RECORD),
        ];
        assert_eq!(decisions(&Project::of(&files)).len(), 1);
    }

    #[test]
    fn a_record_that_does_not_say_what_was_given_up_is_found() {
        let text = "# A sentence\n\n## Context\n\n## Choice\n";
        let findings = decisions(&Project::of(&[("docs/decisions/0001-a.md", text)]));
        assert!(findings[0].contains("its parts must be"), "{findings:?}");
    }

    #[test]
    fn a_change_log_in_shape_has_no_findings() {
        let text = "# Changelog\n\n## Unreleased\n\n### Added\n\n- a\n\n## 0.1.0 - 2030-12-31\n";
        assert!(changelog(&Project::of(&[(CHANGELOG, text)])).is_empty());
    }

    #[test]
    fn a_change_log_out_of_shape_is_found() {
        for text in [
            "",
            "# Changelog\n",
            "# Changelog\n\n## 0.1.0 - 2030-12-31\n",
            "# Changelog\n\n## Unreleased\n\n## 0.1.0\n",
            "# Changelog\n\n## Unreleased\n\n## Unreleased\n",
            "# Changelog\n\n## Unreleased\n\n### New\n",
            "# Changelog\n\n## Unreleased\n\n* a\n",
        ] {
            assert!(
                !changelog(&Project::of(&[(CHANGELOG, text)])).is_empty(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_scenario_is_read_by_name_or_with_its_folder() {
        let scenario = ("scenarios/late.txt", "");
        let named = ("crates/a/tests/a.rs", "read(\"late.txt\")");
        let whole = ("crates/a/tests/a.rs", "read_dir(root.join(\"scenarios\"))");
        assert!(unread_scenarios(&Project::of(&[scenario, named])).is_empty());
        assert!(unread_scenarios(&Project::of(&[scenario, whole])).is_empty());
        assert_eq!(
            unread_scenarios(&Project::of(&[scenario])),
            ["scenarios/late.txt: no test reads it"]
        );
    }
}
