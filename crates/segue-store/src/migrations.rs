//! The numbered steps from an empty database to the present schema.

use crate::{StoreError, sql::Dialect};

/// Each with the version it leads to.
const ALL: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (2, include_str!("../migrations/0002_readings.sql")),
];

/// The schema version that this build writes.
pub(crate) const KNOWN: i64 = 2;

/// What makes sure that a database can tell its version.
pub(crate) const VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";

/// What asks for it; no row means 0.
pub(crate) const VERSION: &str = "SELECT coalesce(max(version), 0) FROM schema_version";

/// The text that leads from a version to the present one, and notes that it did.
pub(crate) fn from(
    found: i64,
    dialect: Dialect,
    place: &str,
) -> Result<Option<String>, StoreError> {
    if found > KNOWN {
        return Err(StoreError::Newer {
            place: place.to_owned(),
            found,
            known: KNOWN,
        });
    }
    if found == KNOWN {
        return Ok(None);
    }
    let missing = ALL.iter().filter(|(version, _)| *version > found);
    let mut text: String = missing.map(|(_, sql)| dialect.translate(sql)).collect();
    text.push_str("DELETE FROM schema_version; INSERT INTO schema_version VALUES (");
    text.push_str(&KNOWN.to_string());
    text.push_str(");");
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_without_gaps_up_to_the_known_version() {
        let versions: Vec<i64> = ALL.iter().map(|(version, _)| *version).collect();
        assert_eq!(versions, (1..=KNOWN).collect::<Vec<_>>());
    }
}
