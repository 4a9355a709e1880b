//! The files of the project: what is tracked, and what is about to be.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::command;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Whether this is a checkout (an export of the sources has no history).
pub(crate) fn is_checkout(root: &Path) -> bool {
    root.join(".git").exists() && command::on_path("git").is_some()
}

/// A call of git in that folder, which answers the same for everybody.
pub(crate) fn git(root: &Path, args: &[&str]) -> Command {
    let mut git = Command::new("git");
    // A hook of git would make every call below it speak of the hook's own repository.
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    git.current_dir(root)
        .arg("-c")
        .arg("core.quotepath=off")
        .args(args);
    git
}

/// Every file of the project, as paths from the root with `/`, in order.
pub(crate) fn files(root: &Path) -> Result<Vec<String>> {
    let mut files = if is_checkout(root) {
        tracked(root)?
    } else {
        files_below(root)?
    };
    files.sort();
    Ok(files)
}

/// Every file below a folder, whatever git thinks of it, in order.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    walk(folder, Path::new(""), &mut found)?;
    found.sort();
    Ok(found)
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listed = command::output(&mut git(root, &list))?;
    let mut files: Vec<_> = listed.lines().map(str::to_owned).collect();
    files.dedup();
    // A file that was removed but not yet committed is still listed.
    files.retain(|file| root.join(file).is_file());
    Ok(files)
}

/// Folders that git would ignore, for exports without git.
const NOT_OURS: [&str; 3] = [".git", "target", "node_modules"];

fn walk(root: &Path, under: &Path, found: &mut Vec<String>) -> Result<()> {
    let folder = root.join(under);
    let context = || format!("{} cannot be listed", folder.display());
    for entry in fs::read_dir(&folder).with_context(context)? {
        let entry = entry.with_context(context)?;
        let path = under.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                walk(root, &path, found)?;
            }
        } else {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_without_history_lists_its_own_files_only() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["a.txt", "web/src/b.ts", "web/node_modules/c.js", "target/d"] {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(files(folder.path()).unwrap(), ["a.txt", "web/src/b.ts"]);
    }
}
