//! The document as a tree in which every value and every key knows where it stands.
//!
//! Of YAML only what a policy needs is read: mappings, lists and scalars. Anchors, aliases, tags
//! and several documents are refused, so nothing grows beyond the size of the text.

use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, options};

use crate::policy::condition::Fault;

/// Deeper than any policy, and far from the end of the stack.
const MAX_NESTING: usize = 16;

#[derive(Debug)]
pub(super) struct Node {
    pub(super) what: What,
    pub(super) span: Range<usize>,
}

#[derive(Debug)]
pub(super) enum What {
    /// Nothing stands after the colon.
    Empty,
    Scalar(String, Style),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted(char),
    Block,
}

#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

/// Reads the one document of a source.
pub(super) fn read(source: &str) -> Result<Node, Fault> {
    let options = options! {
        disallow_directives: true,
        emit_comments: false,
        flow_nesting_limit: MAX_NESTING,
        block_nesting_limit: MAX_NESTING,
    };
    let mut builder = Builder {
        parser: Parser::new_from_str_with_options(source, options),
        end: source.len(),
    };
    builder.document()
}

struct Builder<'s> {
    parser: Parser<'s, granit_parser::StrInput<'s>>,
    end: usize,
}

impl<'s> Builder<'s> {
    fn document(&mut self) -> Result<Node, Fault> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd => return Err(empty()),
                other => {
                    let node = self.node(other, &span)?;
                    self.nothing_more()?;
                    return Ok(node);
                }
            }
        }
    }

    fn nothing_more(&mut self) -> Result<(), Fault> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(()),
                Event::DocumentStart(..) => {
                    let message = "a second document begins here".to_owned();
                    return Err(Fault::error(bytes(&span), message)
                        .hinting(Some("a policy is one document: remove the `---`")));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'s>, Span), Fault> {
        match self.parser.next() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(syntax(&error)),
            None => Err(Fault::error(
                self.end..self.end,
                "the document breaks off".to_owned(),
            )),
        }
    }

    fn node(&mut self, event: Event<'s>, span: &Span) -> Result<Node, Fault> {
        refuse_tag(&event, span)?;
        let what = match event {
            Event::Scalar(text, style, anchor, _) => {
                refuse_anchor(anchor, span)?;
                scalar(&text, style, span)
            }
            Event::SequenceStart(_, anchor, _) => {
                refuse_anchor(anchor, span)?;
                What::List(self.list()?)
            }
            Event::MappingStart(_, anchor, _) => {
                refuse_anchor(anchor, span)?;
                What::Map(self.map()?)
            }
            Event::Alias(_) => return Err(no_alias(span)),
            _ => {
                let message = "a value is expected here".to_owned();
                return Err(Fault::error(bytes(span), message));
            }
        };
        Ok(Node {
            what,
            span: bytes(span),
        })
    }

    fn list(&mut self) -> Result<Vec<Node>, Fault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, &span)?),
            }
        }
    }

    fn map(&mut self) -> Result<Vec<(Key, Node)>, Fault> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(entries);
            }
            let key = self.key(event, &span)?;
            let (event, span) = self.next()?;
            entries.push((key, self.node(event, &span)?));
        }
    }

    fn key(&mut self, event: Event<'s>, span: &Span) -> Result<Key, Fault> {
        let node = self.node(event, span)?;
        match node.what {
            What::Scalar(name, _) => Ok(Key {
                name,
                span: node.span,
            }),
            _ => Err(Fault::error(node.span, "a key must be a word".to_owned())
                .hinting(Some("write `name: value`"))),
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, span: &Span) -> What {
    let style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::Quoted('\''),
        ScalarStyle::DoubleQuoted => Style::Quoted('"'),
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    match (style, bytes(span).is_empty()) {
        (Style::Plain, true) => What::Empty,
        _ => What::Scalar(text.to_owned(), style),
    }
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}

fn empty() -> Fault {
    Fault::error(0..0, "the policy is empty".to_owned())
        .hinting(Some("begin with a name: `policy: Lumen & Loom`"))
}

/// `!` begins a tag in YAML, which somebody who writes a condition cannot know.
fn refuse_tag(event: &Event<'_>, span: &Span) -> Result<(), Fault> {
    let Some(_) = event.tag() else {
        return Ok(());
    };
    let at = span
        .tag_span()
        .map_or_else(|| bytes(span), |tag| bytes(&tag));
    Err(Fault::error(
        at,
        "YAML reads a word that begins with `!` as a tag".to_owned(),
    )
    .hinting(Some(
        "put the whole value in quotes: `when: '!message.repeats'`",
    )))
}

fn refuse_anchor(anchor: usize, span: &Span) -> Result<(), Fault> {
    if anchor == 0 {
        return Ok(());
    }
    let message = "anchors are not read in a policy".to_owned();
    Err(Fault::error(bytes(span), message).hinting(Some("write the value out where it is used")))
}

fn no_alias(span: &Span) -> Fault {
    Fault::error(bytes(span), "aliases are not read in a policy".to_owned())
        .hinting(Some("write the value out"))
}

fn syntax(error: &ScanError) -> Fault {
    let hint = match error.kind() {
        ErrorKind::MappingValueNotAllowed => {
            Some("check the indentation; a text with `: ` in it stands in quotes")
        }
        ErrorKind::InvalidTrailingDoubleQuotedScalar
        | ErrorKind::InvalidTrailingSingleQuotedScalar => Some(
            "a value that begins with a quote ends with it; put the whole value in the other kind of quotes",
        ),
        ErrorKind::TabInBlockIndentation => Some("indent with spaces"),
        ErrorKind::UnexpectedCharacter { .. } => Some("put the value in quotes"),
        ErrorKind::UnknownAnchor => Some("a text that begins with `*` stands in quotes"),
        _ => None,
    };
    let at = error.marker().byte_offset().unwrap_or(0);
    Fault::error(at..at, format!("this is not YAML: {}", error.kind())).hinting(hint)
}
