//! Words on standard output.

use std::io::{self, ErrorKind, Write};

/// Prints all of a text. Who has read enough of it, as `head` has, is no error.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut to = io::stdout().lock();
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
