//! Lines of a file, none of them longer than memory allows.

use std::io::{self, BufRead};

use super::Why;

/// No conversation is longer; what is, has lost its line ends.
pub(super) const LINE_BYTES: usize = 16 << 20;

/// A line, or why it cannot be read as one.
pub(crate) type LineRead = Result<String, (Why, String)>;

/// The next line without its end; none at the end of the file. What is too long is skipped up to
/// its end, and what is not UTF-8 is named.
pub(crate) fn next_line(from: &mut dyn BufRead) -> io::Result<Option<LineRead>> {
    let mut line = Vec::new();
    let mut length = 0;
    loop {
        let found = from.fill_buf()?;
        if found.is_empty() {
            return Ok((length > 0).then(|| finish(line, length)));
        }
        let end = found.iter().position(|byte| *byte == b'\n');
        let part = &found[..end.unwrap_or(found.len())];
        length += part.len();
        if length <= LINE_BYTES {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        from.consume(used);
        if end.is_some() {
            return Ok(Some(finish(line, length)));
        }
    }
}

pub(super) fn finish(line: Vec<u8>, length: usize) -> LineRead {
    if length > LINE_BYTES {
        let detail = format!("the line has {length} bytes, 16 MB are the limit");
        return Err((Why::RowTooLong, detail));
    }
    let text = String::from_utf8(line).map_err(|error| {
        let at = error.utf8_error().valid_up_to() + 1;
        let detail = format!("byte {at} of the line does not read: save the file as UTF-8, or name its encoding with --encoding");
        (Why::NotUtf8, detail)
    })?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}
