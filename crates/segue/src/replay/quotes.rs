//! The examples of a report get their words: they are looked up where they are kept, and only
//! for what is shown.

use segue_core::audit::{Origin, Report, WouldHandOff};
use segue_store::{HistoryPlace, Store, StoreError};

/// Fills in every quotation that can be filled in. What is erased stays empty.
pub(super) async fn fill_in(store: &dyn Store, report: &mut Report) -> Result<(), StoreError> {
    for example in &mut report.examples {
        quote(store, example.origin, &mut example.handoff).await?;
    }
    let Some(compared) = &mut report.compared else {
        return Ok(());
    };
    for contrast in compared
        .changes()
        .into_iter()
        .flat_map(|change| &mut change.examples)
    {
        for handoff in [&mut contrast.before, &mut contrast.after]
            .into_iter()
            .flatten()
        {
            quote(store, contrast.origin, handoff).await?;
        }
    }
    Ok(())
}

async fn quote(
    store: &dyn Store,
    origin: Origin,
    handoff: &mut WouldHandOff,
) -> Result<(), StoreError> {
    if !handoff.quote.is_empty() {
        return Ok(());
    }
    let text = match origin {
        Origin::File => None,
        Origin::Journal => store.bodies(&[handoff.line]).await?.pop().map(|b| b.text),
        Origin::Import { import, seq } => imported(store, import, seq, handoff.message).await?,
    };
    if let Some(text) = text {
        handoff.quote_from(&text);
    }
    Ok(())
}

/// The text of one message of an imported conversation; messages are counted from 1.
async fn imported(
    store: &dyn Store,
    import: u64,
    seq: u64,
    message: u64,
) -> Result<Option<String>, StoreError> {
    let before = HistoryPlace {
        import,
        seq: seq.saturating_sub(1),
    };
    let page = store.history(before, 1).await?;
    let found = page
        .into_iter()
        .find(|(place, _)| *place == HistoryPlace { import, seq });
    let number = usize::try_from(message.saturating_sub(1)).unwrap_or(usize::MAX);
    Ok(found.and_then(|(_, one)| one.messages.into_iter().nth(number).map(|m| m.text)))
}
