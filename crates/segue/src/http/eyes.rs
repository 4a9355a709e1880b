//! What can be looked at: the desk as it is now, and the store for everything else.

use std::sync::Arc;

use segue_store::Store;

use crate::desk_loop::Door;

/// Desk and store together. Cheap to clone.
#[derive(Clone)]
pub struct Eyes {
    /// The way to the desk.
    pub door: Door,
    /// What is remembered.
    pub store: Arc<dyn Store>,
}
