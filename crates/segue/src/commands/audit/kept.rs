//! Baselines in the store: what later periods are compared with.

use anyhow::{Context, Result, bail};
use segue_core::audit::diagnosis::Baseline;
use segue_store::Store;

/// The longest name, in characters.
const NAME_CHARS: usize = 80;

fn key(name: &str) -> String {
    format!("audit_baseline/{name}")
}

/// Keeps a baseline; one of the same name is replaced.
pub(super) async fn keep(store: &dyn Store, baseline: &Baseline) -> Result<()> {
    let name = &baseline.name;
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS {
        bail!("the baseline's name `{name}` must have 1 to {NAME_CHARS} characters");
    }
    let text = serde_json::to_string(baseline)?;
    Ok(store.save_setting(&key(name), &text).await?)
}

/// The baseline of a name, if one is kept.
///
/// # Errors
/// If the store cannot be read, or what is kept is no baseline.
pub async fn baseline(store: &dyn Store, name: &str) -> Result<Option<Baseline>> {
    let text = store.setting(&key(name)).await?;
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .with_context(|| format!("the baseline `{name}` does not read"))
}

/// The baseline of a name, which must be there.
pub(super) async fn known(store: &dyn Store, name: &str) -> Result<Baseline> {
    let kept = baseline(store, name).await?;
    kept.with_context(|| {
        format!("there is no baseline `{name}`: keep one with `segue audit --baseline {name}`")
    })
}
