//! From text to tokens, each with the bytes it stands on.

use std::ops::Range;

use super::check::Fault;

/// The signs of the language, by how they are written.
pub(super) const SIGNS: [&str; 17] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "(", ")", "[", "]",
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A fact, a function or a word of the language.
    Name(String),
    /// In thousandths.
    Number(i64),
    Text(String),
    /// One of [`SIGNS`], or a comma.
    Sign(&'static str),
    End,
}

pub(super) type Spanned = (Token, Range<usize>);

/// All tokens of a condition, `End` last.
pub(super) fn tokens(source: &str) -> Result<Vec<Spanned>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let Some(first) = trimmed.chars().next() else {
            tokens.push((Token::End, at..at));
            return Ok(tokens);
        };
        let (token, length) = token(trimmed, first, at)?;
        tokens.push((token, at..at + length));
        at += length;
    }
}

fn token(rest: &str, first: char, at: usize) -> Result<(Token, usize), Fault> {
    match first {
        '"' | '\'' => text(rest, first, at),
        '0'..='9' => number(rest, at),
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = length_while(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            let name = rest.get(..length).unwrap_or_default();
            Ok((Token::Name(name.to_owned()), length))
        }
        _ => sign(rest, first, at),
    }
}

fn sign(rest: &str, first: char, at: usize) -> Result<(Token, usize), Fault> {
    SIGNS
        .iter()
        .chain(&[","])
        .find(|sign| rest.starts_with(**sign))
        .map(|sign| (Token::Sign(sign), sign.len()))
        .ok_or_else(|| stray(first, at))
}

fn stray(first: char, at: usize) -> Fault {
    let hint = match first {
        '=' => Some("`==` compares"),
        '&' => Some("`&&` joins what must both hold"),
        '|' => Some("`||` joins what may either hold"),
        '%' => Some("70 % is written `0.7`"),
        '.' => Some("a number begins with a digit: `0.5`"),
        '“' | '”' | '„' => Some("text stands in straight quotes: `\"text\"`"),
        _ => None,
    };
    Fault::error(
        at..at + first.len_utf8(),
        format!("`{first}` has no meaning here"),
    )
    .hinting(hint)
}

fn length_while(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn number(rest: &str, at: usize) -> Result<(Token, usize), Fault> {
    let length = length_while(rest, |c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
    let written = rest.get(..length).unwrap_or_default();
    thousandths(written)
        .map(|value| (Token::Number(value), length))
        .map_err(|hint| {
            Fault::error(
                at..at + length,
                format!("`{written}` is not a number that is read here"),
            )
            .hinting(Some(hint))
        })
}

/// Reads `8` or `0.725` exactly.
fn thousandths(written: &str) -> Result<i64, &'static str> {
    let (whole, part) = written.split_once('.').unwrap_or((written, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if written.ends_with(['s', 'm', 'h', 'd']) {
        return Err("a time is written `duration(\"2m\")`");
    }
    if !digits(whole) || !digits(part) {
        return Err("a number is written `8` or `0.7`");
    }
    if part.len() > 3 {
        return Err("three decimals are the most: `0.725`");
    }
    let part: i64 = format!("{part:0<3}").parse().unwrap_or(0);
    whole
        .parse::<i64>()
        .ok()
        .and_then(|whole| whole.checked_mul(1000)?.checked_add(part))
        .ok_or("the greatest number is 9223372036854775")
}

fn text(rest: &str, quote: char, at: usize) -> Result<(Token, usize), Fault> {
    let mut words = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, escaped)) => words.push(unescape(escaped, at + index)?),
                None => break,
            },
            c if c == quote => return Ok((Token::Text(words), index + 1)),
            c => words.push(c),
        }
    }
    Err(
        Fault::error(at..at + rest.len(), "the text does not end".to_owned())
            .hinting(Some("close it with the quote it begins with")),
    )
}

fn unescape(escaped: char, at: usize) -> Result<char, Fault> {
    match escaped {
        '"' | '\'' | '\\' => Ok(escaped),
        'n' => Ok('\n'),
        't' => Ok('\t'),
        other => Err(Fault::error(
            at..at + 1 + other.len_utf8(),
            format!("`\\{other}` has no meaning in a text"),
        )
        .hinting(Some("a backslash itself is written `\\\\`"))),
    }
}
