//! What compilers do not check: each rule is a pure function from the project's files to findings.

mod crates;
mod files;
mod map;
mod papers;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Result, bail};

use crate::tree;

/// The project's files by path; those that are not text have an empty one.
pub(crate) struct Project {
    files: BTreeMap<String, String>,
}

impl Project {
    fn read(root: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        for file in tree::files(root)? {
            let text = fs::read(root.join(&file))
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            files.insert(file, text.unwrap_or_default());
        }
        Ok(Self { files })
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).into(), (*text).into()));
        Self {
            files: files.collect(),
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Every folder that holds files, however deep.
    fn folders(&self) -> impl Iterator<Item = &str> {
        let folders = self
            .files
            .keys()
            .flat_map(|path| path.match_indices('/').map(|(end, _)| &path[..end]));
        folders
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
    }

    fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.files.contains_key(path) || self.folders().any(|folder| folder == path)
    }
}

/// Whether a file's name ends with a dot and this.
fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, found)| found == ending)
}

/// What is wrong, where, and what would be right: one line each.
type Findings = Vec<String>;

const RULES: [fn(&Project) -> Findings; 12] = [
    files::long_files,
    files::leftover_marks,
    files::impure_core,
    files::machine_paths,
    map::folders_without_a_line,
    map::paths_that_are_not,
    map::lost_paths,
    map::broken_links,
    papers::decisions,
    papers::changelog,
    papers::unread_scenarios,
    crates::directions,
];

/// Applies every rule to the tree and prints what it finds.
pub(crate) fn run() -> Result<()> {
    let project = Project::read(&tree::root())?;
    let findings = findings(&project);
    for finding in &findings {
        println!("   {finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    println!("   {} files, nothing found", project.files.len());
    Ok(())
}

fn findings(project: &Project) -> Findings {
    RULES.iter().flat_map(|rule| rule(project)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let project = Project::read(&tree::root()).unwrap();
        assert!(
            project.has("crates/segue-core/src"),
            "the sources were not found"
        );
        let findings = findings(&project);
        assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
    }
}
