//! Rules about single files: how long, what may not stand in them.

use super::{Findings, Project, has_ending};

/// A file that is longer is two files.
const LINES_MAX: usize = 500;

/// Files that may be longer, each with the reason.
const LONGER: [(&str, usize, &str); 1] = [(
    "crates/segue-core/src/journal.rs",
    1_200,
    "types and their documentation only: the whole stable format on one page",
)];

/// Production files over the limit; tests do not count.
pub(super) fn long_files(project: &Project) -> Findings {
    let sources = project
        .iter()
        .filter(|(path, _)| is_source(path) && !is_test(path));
    sources
        .filter_map(|(path, text)| {
            let lines = production(path, text).lines().count();
            let max = LONGER
                .iter()
                .find(|(long, ..)| *long == path)
                .map_or(LINES_MAX, |long| long.1);
            (lines > max)
                .then(|| format!("{path}: {lines} lines without tests: split it (max {max})"))
        })
        .collect()
}

/// Put together here, so that this file does not find itself.
const MARKS: [&str; 8] = [
    concat!("dbg", "!("),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("#[ig", "nore"),
    concat!("test.on", "ly("),
    // A page that is not part of the project: what it says stands in ARCHITECTURE.md.
    concat!("DES", "IGN §"),
];

/// Marks of unfinished work, and tests that do not run.
pub(super) fn leftover_marks(project: &Project) -> Findings {
    each_line(project, is_source, |line| {
        let mark = MARKS.iter().find(|mark| contains_word(line, mark))?;
        Some(format!("`{mark}` must not stay: finish it or take it out"))
    })
}

/// What a core without clock, chance, I/O and waiting has no use for.
const IMPURE: [&str; 13] = [
    "SystemTime",
    "Instant",
    "tokio",
    "async",
    "rand",
    "HashMap",
    "HashSet",
    "std::fs",
    "std::net",
    "std::env",
    "std::thread",
    "std::process",
    "std::io",
];

/// Words in the core's production code that would make it impure.
pub(super) fn impure_core(project: &Project) -> Findings {
    let mut findings = Vec::new();
    for (path, text) in project
        .iter()
        .filter(|(path, _)| path.starts_with("crates/segue-core/src/"))
    {
        if is_test(path) || !is_source(path) {
            continue;
        }
        for (index, line) in production(path, text).lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in IMPURE.iter().filter(|word| contains_word(code, word)) {
                let place = format!("{path}:{}", index + 1);
                findings.push(format!(
                    "{place}: `{word}`: the core is pure, let the shell hand it in"
                ));
            }
        }
    }
    findings
}

/// Roots that stand on one machine only.
const MACHINE: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/tm", "p/"),
    concat!("/ho", "me/"),
];

/// Absolute paths and registry mirrors that are true on one machine only.
pub(super) fn machine_paths(project: &Project) -> Findings {
    let mirror = concat!("artif", "actory");
    each_line(
        project,
        |_| true,
        |line| {
            let path = MACHINE.iter().find(|path| contains_path(line, path));
            let found = path
                .copied()
                .or_else(|| line.contains(mirror).then_some(mirror))?;
            Some(format!(
                "`{found}` is true on one machine only: use a path below the project"
            ))
        },
    )
}

fn each_line(
    project: &Project,
    of: impl Fn(&str) -> bool,
    find: impl Fn(&str) -> Option<String>,
) -> Findings {
    let mut findings = Vec::new();
    for (path, text) in project.iter().filter(|(path, _)| of(path)) {
        for (index, line) in text.lines().enumerate() {
            findings.extend(find(line).map(|found| format!("{path}:{}: {found}", index + 1)));
        }
    }
    findings
}

/// Written by hand, in a language that is run.
pub(super) fn is_source(path: &str) -> bool {
    const ENDINGS: [&str; 7] = [".rs", ".ts", ".js", ".svelte", ".css", ".sql", ".html"];
    ENDINGS.iter().any(|ending| path.ends_with(ending)) && !path.starts_with("web/dist/")
}

fn is_test(path: &str) -> bool {
    let folders = path
        .split('/')
        .any(|part| matches!(part, "tests" | "test" | "benches"));
    let endings = ["/tests.rs", "_tests.rs", ".test.ts", ".spec.ts"];
    folders || endings.iter().any(|ending| path.ends_with(ending))
}

/// A Rust file up to the module with its tests.
fn production<'a>(path: &str, text: &'a str) -> &'a str {
    let tests = if has_ending(path, "rs") {
        text.find("\n#[cfg(test)]\nmod ")
    } else {
        None
    };
    // A `mod tests;` is one line; only a module that is written out ends the file.
    match tests {
        Some(start)
            if text[start..]
                .lines()
                .nth(2)
                .is_some_and(|line| line.ends_with('{')) =>
        {
            &text[..start]
        }
        _ => text,
    }
}

/// Whether it stands there by itself rather than inside of a longer word.
fn contains_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let ends_open = !word.ends_with(part);
        !before.is_some_and(part) && (ends_open || !after.is_some_and(part))
    })
}

/// Whether an absolute path begins there: `/a/` does in `"/a/b"`, and does not in `x/a/b`.
fn contains_path(line: &str, root: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~/}*)]$".contains(c);
    line.match_indices(root)
        .any(|(start, _)| !line[..start].chars().next_back().is_some_and(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_found_and_its_tests_do_not_count() {
        let code = "fn a() {}\n".repeat(500);
        let tested = format!(
            "{code}\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            "// test\n".repeat(90)
        );
        let long = format!("{code}fn b() {{}}\n");
        let files = [
            ("crates/a/src/a.rs", &*tested),
            ("crates/a/src/b.rs", &*long),
        ];
        let findings = long_files(&Project::of(&files));
        assert_eq!(
            findings,
            ["crates/a/src/b.rs: 501 lines without tests: split it (max 500)"]
        );
    }

    #[test]
    fn built_pages_and_test_files_may_be_long() {
        let long = "x\n".repeat(501);
        let files = [
            ("web/dist/a.js", &*long),
            ("crates/a/tests/walk.rs", &*long),
        ];
        assert!(long_files(&Project::of(&files)).is_empty());
    }

    #[test]
    fn a_left_over_mark_is_found_with_its_line() {
        let text = format!("fn a() {{\n    {}1);\n}}\n", MARKS[0]);
        let findings = leftover_marks(&Project::of(&[("a.rs", &text)]));
        assert_eq!(
            findings,
            [format!(
                "a.rs:2: `{}` must not stay: finish it or take it out",
                MARKS[0]
            )]
        );
    }

    #[test]
    fn every_mark_is_found() {
        for mark in MARKS {
            assert_eq!(
                leftover_marks(&Project::of(&[("a.rs", mark)])).len(),
                1,
                "{mark}"
            );
        }
    }

    #[test]
    fn a_word_that_contains_a_mark_is_none() {
        assert!(!contains_word("let my_tokio = 1;", "tokio"));
        assert!(!contains_word("Instantly", "Instant"));
        assert!(contains_word("time::Instant::now()", "Instant"));
    }

    #[test]
    fn a_clock_in_the_core_is_found_but_not_in_its_comments_or_tests() {
        let text = "// an Instant would do\nuse std::time::Instant;\n\n#[cfg(test)]\nmod tests {\n    \
                    use std::fs;\n}\n";
        let findings = impure_core(&Project::of(&[("crates/segue-core/src/a.rs", text)]));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].starts_with("crates/segue-core/src/a.rs:2: `Instant`"));
    }

    #[test]
    fn a_clock_outside_of_the_core_is_fine() {
        let files = [("crates/segue/src/a.rs", "use std::time::Instant;")];
        assert!(impure_core(&Project::of(&files)).is_empty());
    }

    #[test]
    fn an_absolute_path_is_found_and_a_relative_one_is_not() {
        let absolute = format!("see {}a", MACHINE[0]);
        let relative = format!("see example.com{}a", MACHINE[0]);
        assert_eq!(machine_paths(&Project::of(&[("a.md", &absolute)])).len(), 1);
        assert!(machine_paths(&Project::of(&[("a.md", &relative)])).is_empty());
    }
}
