//! Tokens that were looked up a moment ago, so that not every request asks the store.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use segue_store::{Store, StoreError, TokenRow};

/// A token that another program takes away, on this machine or another, is believed for so long.
const BELIEVED: Duration = Duration::from_secs(5);
/// Beyond so many tokens, all are looked up again.
const MOST: usize = 10_000;

/// What is known of tokens. An end that stands in the row holds at once: whoever asks looks at it.
#[derive(Default)]
pub struct Believed(Mutex<Known>);

#[derive(Default)]
struct Known {
    rows: HashMap<String, (TokenRow, Instant)>,
    /// Grows when all is forgotten, so that a look-up that was under way then is not kept.
    forgotten: u64,
}

impl Believed {
    /// The token with a hash, if there is one.
    pub async fn token(
        &self,
        store: &dyn Store,
        hash: &str,
    ) -> Result<Option<TokenRow>, StoreError> {
        let now = Instant::now();
        let before = match self.known(hash, now) {
            Ok(row) => return Ok(Some(row)),
            Err(forgotten) => forgotten,
        };
        let found = store.token(hash).await?;
        if let Some(row) = &found {
            self.keep(row.clone(), now, before);
        }
        Ok(found)
    }

    /// Has every token looked up again: one of them was taken away.
    pub fn forget(&self) {
        let mut known = self.all();
        known.rows.clear();
        known.forgotten += 1;
    }

    /// The token, or how often all was forgotten before it is looked up.
    fn known(&self, hash: &str, now: Instant) -> Result<TokenRow, u64> {
        let known = self.all();
        match known.rows.get(hash) {
            Some((row, since)) if now.duration_since(*since) < BELIEVED => Ok(row.clone()),
            _ => Err(known.forgotten),
        }
    }

    fn keep(&self, row: TokenRow, since: Instant, forgotten: u64) {
        let mut known = self.all();
        if known.forgotten != forgotten {
            return;
        }
        if known.rows.len() >= MOST {
            known.rows.clear();
        }
        known.rows.insert(row.hash.clone(), (row, since));
    }

    fn all(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
