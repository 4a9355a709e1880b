//! The elements of a long JSON list, one at a time, without reading the whole: exports often are
//! one list, or one object with a list in it.

use std::io::{self, BufRead};

use super::{
    Why,
    lines::{LINE_BYTES, LineRead},
};

/// What exports call the list of their conversations.
const LISTS: [&str; 4] = ["tickets", "conversations", "results", "payload"];

/// Whether a file that begins like this is one list, or an object with one in it.
pub(super) fn is_list(head: &[u8]) -> bool {
    let mut start = Start::default();
    let mut steps = head.iter().map(|byte| start.step(*byte));
    steps.find_map(|found| found).unwrap_or(false)
}

/// Reads the elements of one file.
pub(super) struct Elements {
    from: Box<dyn BufRead + Send>,
    line: u64,
    inside: bool,
    over: bool,
}

impl Elements {
    pub(super) fn new(from: Box<dyn BufRead + Send>) -> Self {
        Self {
            from,
            line: 1,
            inside: false,
            over: false,
        }
    }

    /// The next element with the line on which it begins; none at the end of the list. What is
    /// too long is passed over.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, LineRead)>> {
        if !self.inside {
            self.inside = true;
            let mut start = Start::default();
            self.over = self.each(|byte| start.step(byte))?.is_none();
        }
        if self.over {
            return Ok(None);
        }
        let mut element = Element::default();
        let mut first_line = None;
        let line = self.line;
        let mut breaks = 0;
        let ended = self.each(|byte| {
            let step = element.step(byte);
            if element.length > 0 && first_line.is_none() {
                first_line = Some(line + breaks);
            }
            breaks += u64::from(byte == b'\n');
            step
        })?;
        let at = first_line.unwrap_or(self.line);
        match ended {
            Some(End::Value) => Ok(Some((at, element.read()))),
            Some(End::LastValue) => {
                self.over = true;
                Ok(Some((at, element.read())))
            }
            Some(End::List) => Ok(None).inspect(|_| self.over = true),
            None => {
                self.over = true;
                let detail = "the file ends in the middle of its list: it was cut off here";
                Ok(Some((at, Err((Why::BrokenJson, detail.to_owned())))))
            }
        }
    }

    /// Hands on bytes until there is an answer; none at the end of the file.
    fn each<T>(&mut self, mut step: impl FnMut(u8) -> Option<T>) -> io::Result<Option<T>> {
        loop {
            let bytes = self.from.fill_buf()?;
            if bytes.is_empty() {
                return Ok(None);
            }
            let mut answer = None;
            let mut used = 0;
            for byte in bytes {
                used += 1;
                self.line += u64::from(*byte == b'\n');
                answer = step(*byte);
                if answer.is_some() {
                    break;
                }
            }
            self.from.consume(used);
            if answer.is_some() {
                return Ok(answer);
            }
        }
    }
}

/// Looks for the beginning of the list.
#[derive(Default)]
struct Start {
    depth: u32,
    in_string: bool,
    escaped: bool,
    key: Vec<u8>,
    entered: bool,
}

impl Start {
    /// Whether the list begins after this byte; none if that is not clear yet.
    fn step(&mut self, byte: u8) -> Option<bool> {
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            if self.in_string && self.key.len() < 32 {
                self.key.push(byte);
            }
            return None;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.key.clear();
            }
            b'[' if self.depth == 0 || self.names_a_list() => return Some(true),
            b'{' | b'[' => {
                self.depth += 1;
                self.entered = true;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        (self.entered && self.depth == 0).then_some(false)
    }

    fn names_a_list(&self) -> bool {
        self.depth <= 2 && LISTS.iter().any(|name| name.as_bytes() == self.key)
    }
}

/// How an element ended.
#[derive(Clone, Copy)]
enum End {
    Value,
    LastValue,
    List,
}

/// One element as it is read.
#[derive(Default)]
struct Element {
    bytes: Vec<u8>,
    length: usize,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl Element {
    fn step(&mut self, byte: u8) -> Option<End> {
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            self.keep(byte);
            return None;
        }
        match byte {
            b',' if self.depth == 0 => return (self.length > 0).then_some(End::Value),
            b']' if self.depth == 0 && self.length == 0 => return Some(End::List),
            b']' if self.depth == 0 => return Some(End::LastValue),
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            byte if self.length == 0 && byte.is_ascii_whitespace() => return None,
            _ => {}
        }
        self.keep(byte);
        None
    }

    fn keep(&mut self, byte: u8) {
        self.length += 1;
        if self.length <= LINE_BYTES {
            self.bytes.push(byte);
        }
    }

    fn read(self) -> LineRead {
        super::lines::finish(self.bytes, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &'static str) -> Vec<(u64, Result<String, Why>)> {
        let mut elements = Elements::new(Box::new(text.as_bytes()));
        let next = || elements.next().unwrap();
        std::iter::from_fn(next)
            .map(|(line, read)| (line, read.map_err(|(why, _)| why)))
            .collect()
    }

    fn texts(text: &'static str) -> Vec<String> {
        all(text)
            .into_iter()
            .map(|(_, read)| read.unwrap())
            .collect()
    }

    #[test]
    fn a_list_is_read_element_by_element() {
        assert_eq!(
            texts("[ {\"a\": \"],\\\"\"}, {\"b\": [1, {\"c\": 2}]} ]"),
            ["{\"a\": \"],\\\"\"}", "{\"b\": [1, {\"c\": 2}]}"]
        );
        assert_eq!(texts("[]"), [""; 0]);
    }

    #[test]
    fn a_list_in_an_object_is_found_by_its_name() {
        let text = "{\"count\": 2, \"tags\": [\"x\"],\n \"tickets\": [\n{\"id\": 1},\n{\"id\": 2}],\"users\":[{\"id\":3}]}";
        assert_eq!(
            all(text),
            [
                (3, Ok("{\"id\": 1}".to_owned())),
                (4, Ok("{\"id\": 2}".to_owned()))
            ]
        );
        assert!(is_list(text.as_bytes()));
    }

    #[test]
    fn a_row_that_holds_lists_is_no_list() {
        assert!(!is_list(
            b"{\"id\": 1, \"messages\": [{\"text\": \"hi\"}]}\n"
        ));
        assert!(!is_list(
            b"{\"id\": 1, \"tags\": {\"tags\": []}}\n{\"tickets\": [{}]}"
        ));
    }

    #[test]
    fn a_list_that_is_cut_off_says_so_and_keeps_what_came_before() {
        let told = all("[{\"id\": 1},\n{\"id\": 2, \"text");
        assert_eq!(told[0], (1, Ok("{\"id\": 1}".to_owned())));
        assert_eq!(told[1], (2, Err(Why::BrokenJson)));
        assert_eq!(told.len(), 2);
    }
}
