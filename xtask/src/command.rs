//! Programs that xtask runs.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::tree;

/// A call of cargo in the root of the workspace.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(args).current_dir(tree::root());
    // What `cargo run` tells xtask about itself is not true for the call below it.
    for (name, _) in std::env::vars_os() {
        let own = name.to_string_lossy();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

/// Runs it with its output on the terminal; anything but success is an error that names the call.
pub(crate) fn must(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", spoken(command));
    }
    Ok(())
}

/// Runs it and returns what it wrote to standard output, without the line end.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", spoken(command), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().into())
}

/// Runs it and hands over each line of its standard output as it comes.
pub(crate) fn each_line(command: &mut Command, mut hear: impl FnMut(&str)) -> Result<()> {
    let running = command.stdout(Stdio::piped()).spawn();
    let mut running = running.with_context(|| cannot_start(command))?;
    let mut output = BufReader::new(running.stdout.take().context("no output to read")?);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        hear(String::from_utf8_lossy(&line).trim_end_matches('\n'));
        line.clear();
    }
    let status = running.wait()?;
    if !status.success() {
        bail!("`{}` failed ({status})", spoken(command));
    }
    Ok(())
}

/// The first line a program prints when it is asked like this; nothing if it cannot be run.
pub(crate) fn first_line(program: impl AsRef<OsStr>, args: &[&str]) -> Option<String> {
    let said = output(Command::new(program).args(args)).ok()?;
    said.lines().next().map(str::to_owned)
}

/// Where a program stands on the search path.
pub(crate) fn on_path(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| is_program(file))
}

/// Whether this is a file that may be run.
pub(crate) fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn cannot_start(command: &Command) -> String {
    format!("`{}` cannot be started", spoken(command))
}

/// The call as one would type it.
pub(crate) fn spoken(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let error = must(Command::new("false").arg("--now")).unwrap_err();
        assert!(
            error.to_string().starts_with("`false --now` failed"),
            "{error}"
        );
    }

    #[test]
    fn lines_are_handed_over_even_if_they_are_not_text_or_do_not_end() {
        let mut heard = Vec::new();
        let mut program = Command::new("printf");
        each_line(program.arg("a\\n\\377\\nb"), |line| {
            heard.push(line.to_owned());
        })
        .unwrap();
        assert_eq!(heard, ["a", "\u{fffd}", "b"]);
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = must(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`no-such-program-here` cannot be started"
        );
    }
}
