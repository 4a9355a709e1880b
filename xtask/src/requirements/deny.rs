//! cargo-deny, which judges what is linked into the binary.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{command, tree};

/// The release that deny.toml is written for.
const DENY_VERSION: &str = "0.20.2";

/// Refuses licences and sources that deny.toml does not list.
pub(crate) fn check() -> Result<()> {
    let mut check = Command::new(find_or_build()?);
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
pub(crate) fn find_or_build() -> Result<PathBuf> {
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
