//! The map is true: what exists is on it, and what is on it exists.

use super::{Findings, Project, files::is_source, has_ending};

const MAP: &str = "ARCHITECTURE.md";

/// Folders whose content explains itself, or stands beside what it tests.
const UNMAPPED: [&str; 7] = [
    "dist",
    "examples",
    "tests",
    "test",
    "snapshots",
    "testdata",
    "fixtures",
];

/// Folders of the sources and of the pages that have no line on the map.
pub(super) fn folders_without_a_line(project: &Project) -> Findings {
    let map = project.text(MAP).unwrap_or_default();
    let named: Vec<_> = paths(map).map(|path| path.trim_end_matches('/')).collect();
    project
        .folders()
        .filter(|folder| must_be_mapped(project, folder) && !named.contains(folder))
        .map(|folder| format!("{MAP}: `{folder}/` has no line: say what it is for"))
        .collect()
}

fn must_be_mapped(project: &Project, folder: &str) -> bool {
    let parts: Vec<_> = folder.split('/').collect();
    if parts.iter().any(|part| UNMAPPED.contains(part)) {
        return false;
    }
    match parts.as_slice() {
        [".github" | ".cargo" | ".ci"] => false,
        [_] | ["web", ..] | ["crates", _] => true,
        ["crates", _, "src", _, ..] => holds_code(project, folder),
        ["crates", _, beside] => *beside != "src",
        _ => false,
    }
}

/// A folder of nothing but words or numbers belongs to the code beside it.
fn holds_code(project: &Project, folder: &str) -> bool {
    let mut paths = project.iter().map(|(path, _)| path);
    paths.any(|path| {
        let inside = path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'));
        inside.is_some_and(|file| !file.contains('/') && is_source(file))
    })
}

/// Paths on the map that lead nowhere.
pub(super) fn paths_that_are_not(project: &Project) -> Findings {
    let map = project.text(MAP).unwrap_or_default();
    paths(map)
        .filter(|path| !project.has(path))
        .map(|path| format!("{MAP}: `{path}` does not exist: take it out or name the right one"))
        .collect()
}

/// Folders whose names make a word in backticks a path, also on pages that are not the map.
const ROOTS: [&str; 5] = ["crates/", "docs/", "scenarios/", "web/", "xtask/"];

/// Paths on other pages that lead nowhere. Records of decisions and changes may name what was.
pub(super) fn lost_paths(project: &Project) -> Findings {
    let tells_history = |page: &str| page.starts_with("docs/decisions/") || page == "CHANGELOG.md";
    let pages = project.iter().filter(|(page, _)| {
        has_ending(page, "md")
            && *page != MAP
            && !page.starts_with("crates/")
            && !tells_history(page)
    });
    let mut findings = Vec::new();
    for (page, text) in pages {
        let named = paths(text).filter(|path| ROOTS.iter().any(|root| path.starts_with(root)));
        let lost = named.filter(|path| !project.has(path));
        findings.extend(lost.map(|path| format!("{page}: `{path}` does not exist")));
    }
    findings
}

/// What stands in backticks and reads as a path from the root of the project.
fn paths(map: &str) -> impl Iterator<Item = &str> {
    let quoted = map
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    quoted.filter(|word| {
        let is_word = word
            .chars()
            .all(|c| c.is_alphanumeric() || "/._-".contains(c));
        is_word && (word.contains('/') || has_ending(word, "md")) && !word.starts_with('/')
    })
}

/// Links between the project's pages that lead nowhere.
pub(super) fn broken_links(project: &Project) -> Findings {
    let pages = project.iter().filter(|(path, _)| has_ending(path, "md"));
    pages
        .flat_map(|(page, text)| {
            let broken = links(text).filter(move |link| !leads_somewhere(project, page, link));
            broken.map(move |link| format!("{page}: the link to `{link}` leads nowhere"))
        })
        .collect()
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

fn leads_somewhere(project: &Project, page: &str, link: &str) -> bool {
    let target = link.split('#').next().unwrap_or_default();
    if target.is_empty() || target.contains(':') {
        return true;
    }
    let mut parts: Vec<_> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    project.has(&parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(map: &str) -> Project {
        Project::of(&[
            (MAP, map),
            ("crates/a/src/queue/order.rs", ""),
            ("crates/a/src/queue/tests/order.rs", ""),
            ("crates/a/src/lib.rs", ""),
            ("web/dist/a/b.js", ""),
        ])
    }

    #[test]
    fn a_room_without_a_line_is_found() {
        let findings = folders_without_a_line(&project("`crates/` `crates/a/` `web/`"));
        assert_eq!(
            findings,
            ["ARCHITECTURE.md: `crates/a/src/queue/` has no line: say what it is for"]
        );
    }

    #[test]
    fn a_whole_map_has_no_findings() {
        let map = "`crates/` `crates/a/` `crates/a/src/queue/` `web/`";
        assert!(folders_without_a_line(&project(map)).is_empty());
        assert!(paths_that_are_not(&project(map)).is_empty());
    }

    #[test]
    fn a_path_that_does_not_exist_is_found() {
        let findings = paths_that_are_not(&project("see `crates/a/src/gone/` and `a/b c`"));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains("`crates/a/src/gone/` does not exist"));
    }

    #[test]
    fn a_page_that_names_a_lost_path_is_found_but_history_may() {
        let pages = [
            ("STYLE.md", "see `crates/a/gone.rs`, not `a/b`"),
            ("docs/decisions/0001-a.md", "see `crates/a/gone.rs`"),
        ];
        let findings = lost_paths(&Project::of(&pages));
        assert_eq!(findings, ["STYLE.md: `crates/a/gone.rs` does not exist"]);
    }

    #[test]
    fn links_are_followed_from_the_page_they_stand_on() {
        let pages = [
            (
                "README.md",
                "[map](docs/map.md) [web](https://example.com) [top](#top)",
            ),
            ("docs/map.md", "[home](../README.md) [lost](README.md)"),
        ];
        let findings = broken_links(&Project::of(&pages));
        assert_eq!(
            findings,
            ["docs/map.md: the link to `README.md` leads nowhere"]
        );
    }
}
