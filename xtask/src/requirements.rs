//! What the tests need beyond Rust and a C compiler: found, else installed by the ordinary clients,
//! else named in one sentence.

mod deny;
mod node;

use std::{ffi::OsString, fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::command;

pub(crate) use deny::check as deny;
pub(crate) use node::npm;

/// Something the tests need.
struct Need {
    /// What it is, for people.
    what: &'static str,
    /// Where it was found.
    find: fn() -> Option<PathBuf>,
    /// The Debian packages that bring it, or bring what can.
    packages: &'static [&'static str],
    /// What a person may do about it.
    remedy: &'static str,
}

const NEEDS: [Need; 4] = [
    Need {
        what: "the PostgreSQL server programs (initdb, postgres)",
        find: postgres,
        packages: &["postgresql"],
        remedy: "on Debian, `apt-get install postgresql`",
    },
    Need {
        what: "Chromium",
        find: || first_on_path(&["chromium", "chromium-browser", "google-chrome"]),
        packages: &["chromium", "fonts-liberation"],
        remedy: "on Debian, `apt-get install chromium`",
    },
    Need {
        what: "chromedriver, in the release of Chromium",
        find: || first_on_path(&["chromedriver"]),
        packages: &["chromium-driver"],
        remedy: "on Debian, `apt-get install chromium-driver`",
    },
    Need {
        what: "Node 20.19 or later with npm",
        find: node::find,
        packages: &["python3-pip"],
        remedy: "see https://nodejs.org/en/download",
    },
];

/// Finds or installs everything, and says where each thing is.
pub(crate) fn ensure() -> Result<()> {
    components()?;
    if NEEDS.iter().any(|need| (need.find)().is_none()) {
        install();
        node::install_if_missing();
    }
    for need in &NEEDS {
        match (need.find)() {
            Some(place) => println!("   {}: {}", need.what, place.display()),
            None => bail!("{}", missing(need)),
        }
    }
    println!("   cargo-deny: {}", deny::find_or_build()?.display());
    Ok(())
}

fn missing(need: &Need) -> String {
    let Need { what, remedy, .. } = need;
    format!("{what}: not found, and could not be installed: please install it ({remedy})")
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
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
    apt
}

/// Only where the machine is Debian's and ours to change.
fn may_install() -> bool {
    let is_root = command::first_line("id", &["-u"]).as_deref() == Some("0");
    is_root && command::on_path("apt-get").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_packages_that_bring_it() {
        assert_eq!(
            missing(&NEEDS[0]),
            "the PostgreSQL server programs (initdb, postgres): not found, and could not be \
             installed: please install it (on Debian, `apt-get install postgresql`)"
        );
    }
}
