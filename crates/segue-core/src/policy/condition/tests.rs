//! What conditions mean.
