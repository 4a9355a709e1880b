//! Whether the desk's own journal comes out again, read as a stream.

use anyhow::Result;
use segue_core::audit::{Difference, Verified, Verifier};
use segue_store::Store;

use super::Meter;

/// Lines that are read at once.
const PAGE: usize = 4000;

/// Decides every recorded observation again, up to the first difference.
pub async fn verify(store: &dyn Store, meter: &Meter) -> Result<Result<Verified, Box<Difference>>> {
    let head = store.head().await?;
    meter.expect(head);
    let mut verifier = Verifier::default();
    let mut done = 0;
    while done < head {
        meter.go_on()?;
        let lines = store.read_written(done, PAGE).await?;
        let Some((last, _)) = lines.last() else { break };
        done = last.position;
        // A batch is appended as a whole, so no observation is without its decisions at the head.
        for (line, written) in lines.iter().filter(|(line, _)| line.position <= head) {
            if let Err(difference) = verifier.line(line, written) {
                return Ok(Err(difference));
            }
        }
        meter.advance(lines.len());
    }
    Ok(verifier.finish())
}
