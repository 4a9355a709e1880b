//! In which encoding a file is written, and its bytes as UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, WINDOWS_1252};

/// Decoded bytes that are held at once.
const HELD: usize = 1 << 15;

/// The encoding that the first bytes of a file speak for: that of its byte order mark; UTF-8; or
/// Windows-1252, which holds Latin-1, where bytes stand that UTF-8 cannot have and none that only
/// UTF-8 would. Where both stand it is UTF-8, and the rows that do not read are refused.
pub(super) fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((named, _)) = Encoding::for_bom(head) {
        return named;
    }
    let (mut valid, mut invalid) = (false, false);
    for chunk in head.utf8_chunks() {
        valid |= !chunk.valid().is_ascii();
        // A character that is cut at the end of the head says nothing.
        let cut = chunk.invalid().len() < 4 && head.ends_with(chunk.invalid());
        invalid |= !chunk.invalid().is_empty() && !cut;
    }
    if invalid && !valid {
        WINDOWS_1252
    } else {
        UTF_8
    }
}

/// The text of `from` as UTF-8. UTF-8 is handed on as it is: whoever reads the rows names those
/// that are broken.
pub(super) fn decoded(
    from: Box<dyn BufRead + Send>,
    encoding: &'static Encoding,
) -> Box<dyn Read + Send> {
    if encoding == UTF_8 {
        return Box::new(from);
    }
    Box::new(Decoded {
        from,
        decoder: encoding.new_decoder(),
        ready: Vec::with_capacity(HELD),
        used: 0,
        over: false,
    })
}

struct Decoded {
    from: Box<dyn BufRead + Send>,
    decoder: Decoder,
    ready: Vec<u8>,
    used: usize,
    over: bool,
}

impl Decoded {
    fn refill(&mut self) -> io::Result<()> {
        self.ready.resize(HELD, 0);
        let bytes = self.from.fill_buf()?;
        let last = bytes.is_empty();
        let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, last);
        self.from.consume(read);
        self.ready.truncate(written);
        self.used = 0;
        self.over = last && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.used == self.ready.len() && !self.over {
            self.refill()?;
        }
        let left = &self.ready[self.used..];
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        self.used += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8]) -> String {
        let mut text = String::new();
        decoded(Box::new(bytes), encoding_of(bytes))
            .read_to_string(&mut text)
            .unwrap();
        text
    }

    #[test]
    fn each_file_is_read_in_its_own_encoding() {
        assert_eq!(read("größer".as_bytes()), "größer");
        assert_eq!(read(b"gr\xf6\xdfer \x80 5"), "größer € 5");
        assert_eq!(read(b"\xff\xfeg\x00r\x00\xf6\x00"), "grö");
        assert_eq!(read(b"\xfe\xff\x00g\x00r\x00\xf6"), "grö");
        assert_eq!(read(b""), "");
    }

    #[test]
    fn one_broken_byte_does_not_turn_utf_8_into_something_else() {
        assert_eq!(encoding_of("größer \u{20ac}".as_bytes()), UTF_8);
        assert_eq!(encoding_of(b"gr\xc3\xb6\xdfer"), UTF_8);
        assert_eq!(encoding_of(&"aé".as_bytes()[..2]), UTF_8, "cut at the end");
    }
}
