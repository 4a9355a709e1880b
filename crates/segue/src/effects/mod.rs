//! What leaves the house: signed webhooks, sent from an outbox after the journal has been written.
