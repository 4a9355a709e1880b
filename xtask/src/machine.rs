//! The machine that measured, described without a name that points to it.

use std::fs;

use crate::command;

/// One line for each thing that numbers depend on.
pub(crate) fn describe() -> Vec<(&'static str, String)> {
    let unknown = || "unknown".to_owned();
    vec![
        ("processor", processor().unwrap_or_else(unknown)),
        (
            "cores",
            cores().map_or_else(unknown, |cores| cores.to_string()),
        ),
        ("memory", memory().unwrap_or_else(unknown)),
        ("system", system().unwrap_or_else(unknown)),
        (
            "compiler",
            command::first_line("rustc", &["--version"]).unwrap_or_else(unknown),
        ),
    ]
}

fn cores() -> Option<usize> {
    std::thread::available_parallelism().ok().map(usize::from)
}

fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    field(&info, "model name").or_else(|| command::first_line("uname", &["-m"]))
}

fn memory() -> Option<String> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let kilobytes: u64 = field(&info, "MemTotal")?.split(' ').next()?.parse().ok()?;
    Some(format!("{} GiB", kilobytes.div_ceil(1024 * 1024)))
}

fn system() -> Option<String> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let kernel = command::first_line("uname", &["-sr"])?;
    Some(format!("{}, {kernel}", name.trim_matches('"')))
}

/// The value of the first line `name : value`.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_whatever_the_space_around_it() {
        let info = "vendor_id\t: Acme\nmodel name\t: Fast Chip 3000\n";
        assert_eq!(field(info, "model name").as_deref(), Some("Fast Chip 3000"));
        assert_eq!(field(info, "colour"), None);
    }

    #[test]
    fn everything_numbers_depend_on_is_described() {
        let names: Vec<_> = describe().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["processor", "cores", "memory", "system", "compiler"]
        );
    }
}
