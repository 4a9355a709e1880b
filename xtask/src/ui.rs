//! The pages: built from web/, committed in web/dist, so that running Segue needs no Node.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};

use crate::{command, requirements, tree};

/// Installs what the pages are built with, type-checks, tests and builds them.
pub(crate) fn build() -> Result<()> {
    const STEPS: [&[&str]; 4] = [
        &["ci", "--no-audit", "--no-fund"],
        &["run", "check"],
        &["test"],
        &["run", "build"],
    ];
    let web = tree::root().join("web");
    for args in STEPS {
        println!("   npm {}", args.join(" "));
        command::must(requirements::npm().current_dir(&web).args(args))?;
    }
    Ok(())
}

/// Builds the pages and refuses any difference to those that stand there already.
pub(crate) fn prove() -> Result<()> {
    let root = tree::root();
    let dist = root.join("web/dist");
    let before = contents(&dist)?;
    build()?;
    let differences = differences(&before, &contents(&dist)?);
    if !differences.is_empty() {
        bail!(
            "web/dist is not what its sources build to: {}",
            differences.join(", ")
        );
    }
    println!(
        "   web/dist is what its sources build to ({} files)",
        before.len()
    );
    if tree::is_checkout(&root) {
        committed(&root)?;
    }
    Ok(())
}

/// Every file of the folder that git has not been told about is a difference, too.
fn committed(root: &Path) -> Result<()> {
    let changed = tree::git(root, &["diff", "--name-only", "--", "web/dist"]);
    let unknown = tree::git(root, &["ls-files", "--others", "--", "web/dist"]);
    for mut question in [changed, unknown] {
        let files = command::output(&mut question)?;
        if !files.is_empty() {
            bail!("not committed: {}", files.replace('\n', ", "));
        }
    }
    Ok(())
}

fn contents(dist: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    if !dist.is_dir() {
        return Ok(BTreeMap::new());
    }
    let mut contents = BTreeMap::new();
    for file in tree::files_below(dist)? {
        let bytes = fs::read(dist.join(&file)).with_context(|| format!("{file} cannot be read"))?;
        contents.insert(file, bytes);
    }
    Ok(contents)
}

fn differences(
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    let changed = before
        .iter()
        .filter_map(|(file, bytes)| match after.get(file) {
            None => Some(format!("{file} is no longer built")),
            Some(new) if new != bytes => Some(format!("{file} is built differently")),
            Some(_) => None,
        });
    let added = after.keys().filter(|file| !before.contains_key(*file));
    changed
        .chain(added.map(|file| format!("{file} was not there")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files
            .iter()
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect()
    }

    #[test]
    fn equal_pages_have_no_differences() {
        let built = pages(&[("a.js", "1"), ("b.css", "2")]);
        assert!(differences(&built, &built).is_empty());
    }

    #[test]
    fn a_changed_a_lost_and_a_new_page_are_each_named() {
        let before = pages(&[("a.js", "1"), ("b.css", "2")]);
        let after = pages(&[("a.js", "one"), ("c.html", "3")]);
        let expected = [
            "a.js is built differently",
            "b.css is no longer built",
            "c.html was not there",
        ];
        assert_eq!(differences(&before, &after), expected);
    }

    #[test]
    fn a_page_that_git_does_not_know_or_knows_otherwise_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let page = root.join("web/dist/a.js");
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::write(&page, "1").unwrap();
        command::output(&mut tree::git(root, &["init", "--quiet"])).unwrap();
        let refused = |root| committed(root).unwrap_err().to_string();
        assert_eq!(refused(root), "not committed: web/dist/a.js");
        command::output(&mut tree::git(root, &["add", "web"])).unwrap();
        committed(root).unwrap();
        fs::write(&page, "2").unwrap();
        assert_eq!(refused(root), "not committed: web/dist/a.js");
    }
}
