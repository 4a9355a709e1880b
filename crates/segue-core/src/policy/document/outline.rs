//! Where the parts of a document stand, for findings that are made after it was read.

use std::ops::Range;

use super::tree::{self, Node, What};

/// The places of a document.
#[derive(Debug)]
pub(in crate::policy) struct Outline {
    root: Option<Node>,
}

impl Outline {
    pub(in crate::policy) fn of(source: &str) -> Self {
        Self {
            root: tree::read(source).ok(),
        }
    }

    /// The bytes of what stands under these keys: a single value itself, or else the last key; the
    /// nearest part above where there is no such key.
    pub(in crate::policy) fn place(&self, path: &[&str]) -> Range<usize> {
        let mut place = 0..0;
        let mut node = self.root.as_ref();
        for name in path {
            let Some(Node {
                what: What::Map(entries),
                ..
            }) = node
            else {
                break;
            };
            let Some((key, value)) = entries.iter().find(|(key, _)| key.name == *name) else {
                break;
            };
            place = match value.what {
                What::Scalar(..) => value.span.clone(),
                _ => key.span.clone(),
            };
            node = Some(value);
        }
        place
    }
}
