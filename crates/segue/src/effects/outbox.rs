//! The outbox's runner: claims what is due, sends it, and writes down how that went.

use std::{sync::Arc, time::Duration};

use reqwest::Client;
use segue_core::time::Timestamp;
use segue_store::{OutboxItem, Store, StoreError, WebhookRow};
use tokio::{
    sync::{Notify, Semaphore},
    time::timeout,
};

use super::{
    event::WEBHOOK,
    retry::{self, Next},
    webhook::{Delivery, Undelivered},
};

/// Deliveries under way at once.
const AT_ONCE: usize = 32;
/// A claim lasts so long: longer than a delivery, so that nobody else sends the same meanwhile.
const LEASE_SECONDS: u32 = 30;
/// Even if nobody wakes the runner, it looks so often: another node may have written, and a retry
/// may have come due.
const LOOK: Duration = Duration::from_secs(1);

/// Sends what stands in a store's outbox.
#[derive(Clone)]
pub struct Outbox {
    store: Arc<dyn Store>,
    client: Client,
    clock: fn() -> Timestamp,
    places: Arc<Semaphore>,
}

impl Outbox {
    /// Over a store, with a client of [`crate::outgoing`] and the wall clock.
    pub fn new(store: Arc<dyn Store>, client: Client, clock: fn() -> Timestamp) -> Self {
        Self {
            store,
            client,
            clock,
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Runs until it is dropped; `wake` is notified when a row was written. What is under way when
    /// it is dropped is sent again by the next one who claims it.
    pub async fn run(self, wake: Arc<Notify>) {
        loop {
            match self.turn().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::warn!(%error, "the outbox cannot be read"),
            }
            // Whether woken or not, it looks again.
            let _ = timeout(LOOK, wake.notified()).await;
        }
    }

    /// Claims what is due and starts to send it; says how many were claimed.
    pub async fn turn(&self) -> Result<usize, StoreError> {
        let free = self.places.available_permits();
        if free == 0 {
            return Ok(0);
        }
        let now = (self.clock)();
        let lease = now.plus_seconds(LEASE_SECONDS);
        let items = self.store.claim_outbox(now, lease, free).await?;
        let count = items.len();
        let webhooks = if count > 0 {
            self.store.webhooks().await?
        } else {
            Vec::new()
        };
        for item in items {
            let place = self.places.clone().acquire_owned().await;
            let webhook = webhooks
                .iter()
                .find(|webhook| webhook.id == item.row.target)
                .cloned();
            let outbox = self.clone();
            tokio::spawn(async move {
                outbox.tell(&item, webhook).await;
                drop(place);
            });
        }
        Ok(count)
    }

    /// Waits until nothing is under way.
    pub async fn settled(&self) {
        let all = u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        drop(self.places.acquire_many(all).await);
    }

    async fn tell(&self, item: &OutboxItem, webhook: Option<WebhookRow>) {
        let written = match self.send(item, webhook.as_ref()).await {
            Ok(()) => self.store.outbox_done(item).await,
            Err(undelivered) => self.put_off(item, webhook, &undelivered).await,
        };
        match written {
            Ok(true) => {}
            Ok(false) => tracing::info!(position = item.row.position, "an outbox claim had lapsed"),
            Err(error) => tracing::warn!(%error, "the outbox cannot be written"),
        }
    }

    async fn send(
        &self,
        item: &OutboxItem,
        webhook: Option<&WebhookRow>,
    ) -> Result<(), Undelivered> {
        if item.row.kind != WEBHOOK {
            let why = format!("nobody here sends outbox rows of kind `{}`", item.row.kind);
            return Err(Undelivered::unsendable(why));
        }
        let webhook = webhook
            .filter(|webhook| webhook.disabled_at.is_none())
            .ok_or_else(|| Undelivered::unsendable("the webhook was removed or switched off"))?;
        let id = format!(
            "evt_{}_{}_{}",
            self.store.desk(),
            item.row.position,
            item.part
        );
        let delivery = Delivery {
            url: &webhook.url,
            secret: &webhook.secret,
            id: &id,
            body: &item.row.payload,
        };
        delivery.send(&self.client, (self.clock)()).await
    }

    async fn put_off(
        &self,
        item: &OutboxItem,
        webhook: Option<WebhookRow>,
        undelivered: &Undelivered,
    ) -> Result<bool, StoreError> {
        let now = (self.clock)();
        let event = item.row.position.wrapping_add(u64::from(item.part) << 32);
        let again = match retry::next(item.attempts, undelivered.failure, event) {
            Next::Again(seconds) => Some(now.plus_seconds(seconds)),
            Next::GiveUp => None,
            Next::Disable => {
                if let Some(webhook) = webhook {
                    let disabled_at = Some(now);
                    self.store
                        .save_webhook(WebhookRow {
                            disabled_at,
                            ..webhook
                        })
                        .await?;
                }
                None
            }
        };
        tracing::debug!(target = item.row.target, why = %undelivered, ?again, "a webhook failed");
        self.store
            .outbox_failed(item, &undelivered.to_string(), again)
            .await
    }
}
