//! Directions between our own crates: everything points to the core, nothing up or sideways.

use std::collections::BTreeSet;

use super::{Findings, Project};

/// Who may use whom; a crate that is not listed has no place yet.
const MAY_USE: [(&str, &[&str]); 5] = [
    ("segue", &["segue-core", "segue-sim", "segue-store"]),
    ("segue-core", &[]),
    ("segue-sim", &["segue-core"]),
    ("segue-store", &["segue-core"]),
    ("xtask", &[]),
];

/// Dependencies, those of tests included (which may name the crate itself, to switch on a feature), that point where none may.
pub(super) fn directions(project: &Project) -> Findings {
    let manifests = project
        .iter()
        .filter(|(path, _)| path.ends_with("/Cargo.toml"));
    manifests
        .flat_map(|(path, text)| {
            let user = path.split('/').nth_back(1).unwrap_or_default();
            match MAY_USE.iter().find(|(name, _)| *name == user) {
                None => vec![format!(
                    "{path}: a new crate needs a decision record and a direction"
                )],
                Some((_, allowed)) => own_dependencies(text)
                    .filter(|used| *used != user && !allowed.contains(used))
                    .map(|used| format!("{path}: `{user}` must not use `{used}`"))
                    .collect(),
            }
        })
        .collect()
}

/// The crates of ours that a manifest names as dependencies of any kind.
fn own_dependencies(manifest: &str) -> impl Iterator<Item = &'static str> {
    let mut used = BTreeSet::new();
    let mut in_dependencies = false;
    for line in manifest.lines().map(str::trim) {
        let own = || MAY_USE.iter().map(|(name, _)| *name);
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            in_dependencies = table.ends_with("dependencies");
            used.extend(own().filter(|name| table.ends_with(&format!("dependencies.{name}"))));
        } else if in_dependencies {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            used.extend(own().filter(|own| *own == name));
        }
    }
    used.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, manifest: &str) -> Findings {
        directions(&Project::of(&[(path, manifest)]))
    }

    #[test]
    fn the_directions_of_the_design_are_allowed() {
        let manifest = "[dependencies]\nsegue-core = { workspace = true }\nserde = \"1\"\n";
        assert!(findings("crates/segue-store/Cargo.toml", manifest).is_empty());
    }

    #[test]
    fn a_dependency_that_points_up_is_found_in_whatever_way_it_is_written() {
        for manifest in [
            "[dependencies]\nsegue-store = { workspace = true }\n",
            "[dependencies]\nsegue-store.workspace = true\n",
            "[dev-dependencies]\nsegue-store = { path = \"../segue-store\" }\n",
            "[dependencies.segue-store]\nworkspace = true\n",
            "[target.'cfg(unix)'.dependencies]\nsegue-store = { workspace = true }\n",
        ] {
            assert_eq!(
                findings("crates/segue-core/Cargo.toml", manifest),
                ["crates/segue-core/Cargo.toml: `segue-core` must not use `segue-store`"],
                "{manifest}"
            );
        }
    }

    #[test]
    fn a_crate_may_switch_on_its_own_feature_for_its_tests() {
        let manifest = "[dev-dependencies]\nsegue-store = { path = \".\", features = [\"a\"] }\n";
        assert!(findings("crates/segue-store/Cargo.toml", manifest).is_empty());
    }

    #[test]
    fn the_name_of_a_package_or_a_feature_is_no_dependency() {
        let manifest = "[package]\nname = \"segue-core\"\n\n[features]\nsegue = []\n";
        assert!(findings("crates/segue-core/Cargo.toml", manifest).is_empty());
    }

    #[test]
    fn a_crate_without_a_direction_is_found() {
        assert_eq!(findings("crates/segue-extra/Cargo.toml", "").len(), 1);
    }
}
