//! What the tests need beyond Rust and a C compiler: found, else installed by the ordinary clients,
//! else named in one sentence.

use std::{ffi::OsString, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{command, tree};

/// Below this release, the page tools do not run.
const NODE_MIN: (u32, u32) = (20, 19);

/// The release of cargo-deny that deny.toml is written for.
const DENY_VERSION: &str = "0.20.2";

/// Something the tests need.
struct Need {
    /// What it is, for people.
    what: &'static str,
    /// Where it was found.
    find: fn() -> Option<PathBuf>,
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
}

const NEEDS: [Need; 4] = [
    Need {
        what: "the PostgreSQL server programs (initdb, postgres)",
        find: postgres,
        packages: &["postgresql"],
    },
    Need {
        what: "Chromium",
        find: || first_on_path(&["chromium", "chromium-browser", "google-chrome"]),
        packages: &["chromium"],
    },
    Need {
        what: "chromedriver, in the release of Chromium",
        find: || first_on_path(&["chromedriver"]),
        packages: &["chromium-driver"],
    },
    Need {
        what: "Node 20.19 or later with npm",
        find: node,
        packages: &["nodejs", "npm"],
    },
];

/// Finds or installs everything, and says where each thing is.
pub(crate) fn ensure() -> Result<()> {
    components()?;
    if NEEDS.iter().any(|need| (need.find)().is_none()) {
        install();
    }
    for need in &NEEDS {
        match (need.find)() {
            Some(place) => println!("   {}: {}", need.what, place.display()),
            None => bail!("{}", missing(need)),
        }
    }
    println!("   cargo-deny: {}", cargo_deny()?.display());
    Ok(())
}

fn missing(need: &Need) -> String {
    let packages = need.packages.join(" ");
    format!(
        "not found and could not be installed: {} (on Debian: `apt-get install {packages}`)",
        need.what
    )
}

/// Rust's own tools, which a minimal toolchain leaves out.
fn components() -> Result<()> {
    for (tool, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
        if command::on_path(tool).is_none() {
            command::must(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("{tool} is missing: install the {component} component"))?;
        }
    }
    Ok(())
}

fn postgres() -> Option<PathBuf> {
    postgres_folders().into_iter().find(|folder| {
        ["initdb", "postgres"]
            .iter()
            .all(|name| command::is_program(&folder.join(name)))
    })
}

/// The search path, then where Debian puts the server programs, the newest release first.
fn postgres_folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((number(&entry.file_name())?, entry.path().join("bin"))))
        .collect();
    debian.sort_by_key(|(release, _)| std::cmp::Reverse(*release));
    std::env::split_paths(&path)
        .chain(debian.into_iter().map(|(_, folder)| folder))
        .collect()
}

fn number(name: &OsString) -> Option<u32> {
    name.to_str()?.parse().ok()
}

fn first_on_path(names: &[&str]) -> Option<PathBuf> {
    names.iter().find_map(|name| command::on_path(name))
}

fn node() -> Option<PathBuf> {
    command::on_path("npm")?;
    let node = command::on_path("node")?;
    let release = node_release(&command::first_line(&node, &["--version"])?)?;
    (release >= NODE_MIN).then_some(node)
}

/// (20, 11) for `v20.11.1`.
fn node_release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

/// Asks Debian's package client for what is not there. Its failures are not ours: what is missing
/// afterwards is named by the caller.
fn install() {
    if !may_install() {
        return;
    }
    let packages = NEEDS.iter().filter(|need| (need.find)().is_none());
    let packages: Vec<_> = packages.flat_map(|need| need.packages).collect();
    println!("   installing {packages:?} with apt-get");
    let update = command::must(apt().arg("update"));
    let outcome = update.and_then(|()| {
        command::must(
            apt()
                .args(["install", "--yes", "--no-install-recommends"])
                .args(packages),
        )
    });
    if let Err(error) = outcome {
        println!("   {error:#}");
    }
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    apt
}

/// Only where the machine is Debian's and ours to change.
fn may_install() -> bool {
    let is_root = command::first_line("id", &["-u"]).as_deref() == Some("0");
    is_root && command::on_path("apt-get").is_some()
}

/// Refuses licences and sources that deny.toml does not list.
pub(crate) fn deny() -> Result<()> {
    let mut check = Command::new(cargo_deny()?);
    check
        .current_dir(tree::root())
        .args(["--all-features", "--locked"]);
    command::must(check.args([
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// The one on the search path if it is the right release, else our own below target/.
fn cargo_deny() -> Result<PathBuf> {
    let own = tree::root().join("target/tools/bin/cargo-deny");
    let found = [command::on_path("cargo-deny"), Some(own.clone())]
        .into_iter()
        .flatten();
    if let Some(right) = found.into_iter().find(is_right_deny) {
        return Ok(right);
    }
    install_deny().with_context(|| {
        format!(
            "cargo-deny {DENY_VERSION} is missing and could not be built: install it with cargo"
        )
    })?;
    Ok(own)
}

fn is_right_deny(program: &PathBuf) -> bool {
    let said = command::first_line(program, &["--version"]);
    said.is_some_and(|version| version == format!("cargo-deny {DENY_VERSION}"))
}

/// Without optimisation: it builds in a quarter of the time and runs for a second.
fn install_deny() -> Result<()> {
    println!("   building cargo-deny {DENY_VERSION} into target/tools");
    let mut cargo = command::cargo(&["install", "cargo-deny", "--version", DENY_VERSION]);
    cargo.args(["--locked", "--debug", "--quiet", "--root", "target/tools"]);
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
    // The flags of our own build are of no concern to a tool.
    command::must(cargo.env_remove("RUSTFLAGS").env_remove("CARGO_TARGET_DIR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_node_is_read_from_what_it_prints() {
        assert_eq!(node_release("v20.11.1"), Some((20, 11)));
        assert!(node_release("v9.20.0") < Some(NODE_MIN));
        assert_eq!(node_release("command not found"), None);
    }

    #[test]
    fn what_is_missing_is_named_with_the_packages_that_bring_it() {
        assert_eq!(
            missing(&NEEDS[0]),
            "not found and could not be installed: the PostgreSQL server programs (initdb, \
             postgres) (on Debian: `apt-get install postgresql`)"
        );
    }
}
