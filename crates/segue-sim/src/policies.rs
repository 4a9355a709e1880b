//! Policies to rehearse under, each with another temper.

/// Policies by name.
pub const NAMED: [(&str, &str); 3] = [
    ("hasty", include_str!("policies/hasty.yaml")),
    ("skilled", include_str!("policies/skilled.yaml")),
    ("calm", include_str!("policies/calm.yaml")),
];

/// The policy of that name; `default` is the one a desk has before any is published.
pub fn named(name: &str) -> Option<&'static str> {
    if name == "default" {
        return Some(segue_core::policy::Policy::default_source());
    }
    let found = NAMED.iter().find(|(known, _)| *known == name);
    found.map(|(_, source)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_to_rehearse_under_reads_without_an_error() {
        for (name, source) in NAMED {
            let read = segue_core::policy::Policy::parse(source);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
}
