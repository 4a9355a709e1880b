//! Rehearses.
