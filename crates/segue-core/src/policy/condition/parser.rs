//! From tokens to a tree. Precedence is CEL's: `||`, `&&`, comparisons, `+ -`, `* /`, `! -`.

use std::ops::Range;

use super::{
    MAX_DEPTH, MAX_LENGTH,
    check::Fault,
    lexer::{Spanned, Token, tokens},
};
use crate::policy::{duration, spelling::list};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Comparison {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Debug)]
pub(super) struct Expr {
    pub(super) what: What,
    pub(super) span: Range<usize>,
}

#[derive(Debug)]
pub(super) enum What {
    Bool(bool),
    Number(i64),
    Text(String),
    Fact(String),
    Has(String),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// At least two, never one of its own kind without parentheses.
    All(Vec<Expr>),
    /// At least two, never one of its own kind without parentheses.
    Any(Vec<Expr>),
    Compare(Comparison, Box<(Expr, Expr)>),
    Among(Box<Expr>, Vec<Expr>),
    Compute(Operation, Box<(Expr, Expr)>),
}

/// Reads one whole condition.
pub(super) fn parse(source: &str) -> Result<Expr, Fault> {
    if source.len() > MAX_LENGTH {
        return Err(Fault::error(
            0..source.len(),
            format!(
                "the condition is {} bytes long, {MAX_LENGTH} are the most",
                source.len()
            ),
        )
        .hinting(Some("make it several triggers")));
    }
    let mut parser = Parser {
        tokens: tokens(source)?,
        at: 0,
        depth: 0,
    };
    if *parser.peek() == Token::End {
        return Err(
            Fault::error(0..0, "the condition is empty".to_owned()).hinting(Some(
                "write what must hold, such as `message.asks_for_person`",
            )),
        );
    }
    let tree = parser.any()?;
    match parser.peek() {
        Token::End => Ok(tree),
        _ => Err(parser.surprise("`&&`, `||`, a comparison or the end")),
    }
}

struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Range<usize> {
        self.tokens
            .get(self.at)
            .map_or(0..0, |(_, span)| span.clone())
    }

    /// Where the token before ended.
    fn end(&self) -> usize {
        self.at
            .checked_sub(1)
            .and_then(|before| self.tokens.get(before))
            .map_or(0, |(_, span)| span.end)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(it) if *it == sign);
        self.at += usize::from(found);
        found
    }

    fn take_one_of<T: Copy>(&mut self, signs: &[(&str, T)]) -> Option<T> {
        signs
            .iter()
            .find(|(sign, _)| self.take(sign))
            .map(|(_, meaning)| *meaning)
    }

    fn need(&mut self, sign: &str) -> Result<(), Fault> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.surprise(&format!("`{sign}`")))
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::error(
                self.span(),
                format!("more than {MAX_DEPTH} levels of nesting"),
            )
            .hinting(Some("make it several triggers")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn surprise(&self, expected: &str) -> Fault {
        let (found, hint) = match self.peek() {
            Token::End => ("the condition ends".to_owned(), None),
            Token::Name(name) => (format!("`{name}` stands"), meant(name)),
            Token::Number(_) => ("a number stands".to_owned(), None),
            Token::Text(_) => ("a text stands".to_owned(), None),
            Token::Sign(sign) => (format!("`{sign}` stands"), None),
        };
        Fault::error(self.span(), format!("{found} where {expected} is expected")).hinting(hint)
    }

    fn any(&mut self) -> Result<Expr, Fault> {
        self.joined("||", What::Any, Self::all)
    }

    fn all(&mut self) -> Result<Expr, Fault> {
        self.joined("&&", What::All, Self::compare)
    }

    fn joined(
        &mut self,
        sign: &str,
        join: fn(Vec<Expr>) -> What,
        next: fn(&mut Self) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        let first = next(self)?;
        let start = first.span.start;
        let mut parts = vec![first];
        while self.take(sign) {
            parts.push(next(self)?);
        }
        if parts.len() == 1 {
            return parts.pop().ok_or_else(|| self.surprise("a condition"));
        }
        let span = start..self.end();
        Ok(Expr {
            what: join(parts),
            span,
        })
    }

    fn compare(&mut self) -> Result<Expr, Fault> {
        let left = self.sum()?;
        let start = left.span.start;
        let what = if matches!(self.peek(), Token::Name(name) if name == "in") {
            self.at += 1;
            What::Among(Box::new(left), self.list()?)
        } else if let Some(comparison) = self.comparison() {
            What::Compare(comparison, Box::new((left, self.sum()?)))
        } else {
            return Ok(left);
        };
        let span = start..self.end();
        let again = self.span();
        if self.comparison().is_some() {
            let message = "comparisons cannot be chained".to_owned();
            return Err(
                Fault::error(again, message).hinting(Some("join two with `&&`: `a < b && b < c`"))
            );
        }
        Ok(Expr { what, span })
    }

    fn comparison(&mut self) -> Option<Comparison> {
        self.take_one_of(&[
            ("==", Comparison::Equal),
            ("!=", Comparison::Unequal),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ])
    }

    fn list(&mut self) -> Result<Vec<Expr>, Fault> {
        self.need("[")?;
        let mut items = Vec::new();
        while !self.take("]") {
            items.push(self.sign_or_item()?);
            if !self.take(",") && *self.peek() != Token::Sign("]") {
                return Err(self.surprise("`,` or `]`"));
            }
        }
        Ok(items)
    }

    fn sign_or_item(&mut self) -> Result<Expr, Fault> {
        match self.peek() {
            Token::End => Err(self.surprise("`]`")),
            _ => self.unary(),
        }
    }

    fn sum(&mut self) -> Result<Expr, Fault> {
        let signs = [("+", Operation::Add), ("-", Operation::Subtract)];
        self.computed(&signs, Self::product)
    }

    fn product(&mut self) -> Result<Expr, Fault> {
        let signs = [("*", Operation::Multiply), ("/", Operation::Divide)];
        self.computed(&signs, Self::unary)
    }

    /// A chain of operations leans to the left, so its length is nesting.
    fn computed(
        &mut self,
        signs: &[(&str, Operation)],
        next: fn(&mut Self) -> Result<Expr, Fault>,
    ) -> Result<Expr, Fault> {
        let mut left = next(self)?;
        let outer = self.depth;
        while let Some(operation) = self.take_one_of(signs) {
            let right = self.deeper(next)?;
            self.depth += 1;
            let span = left.span.start..right.span.end;
            left = Expr {
                what: What::Compute(operation, Box::new((left, right))),
                span,
            };
        }
        self.depth = outer;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, Fault> {
        let start = self.span().start;
        let what: fn(Box<Expr>) -> What = if self.take("!") {
            What::Not
        } else if self.take("-") {
            What::Negate
        } else {
            return self.single();
        };
        let inner = self.deeper(Self::unary)?;
        let span = start..inner.span.end;
        Ok(Expr {
            what: what(Box::new(inner)),
            span,
        })
    }

    fn single(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        let what = match self.peek().clone() {
            Token::Number(number) => What::Number(number),
            Token::Text(text) => What::Text(text),
            Token::Name(name) => return self.name(&name, span),
            Token::Sign("(") => return self.parenthesised(),
            _ => return Err(self.surprise("a fact, a number or a text")),
        };
        self.at += 1;
        Ok(Expr { what, span })
    }

    fn parenthesised(&mut self) -> Result<Expr, Fault> {
        let start = self.span().start;
        self.need("(")?;
        let inner = self.deeper(Self::any)?;
        self.need(")")?;
        Ok(Expr {
            what: inner.what,
            span: start..self.end(),
        })
    }

    fn name(&mut self, name: &str, span: Range<usize>) -> Result<Expr, Fault> {
        self.at += 1;
        let what = match name {
            "true" => What::Bool(true),
            "false" => What::Bool(false),
            "in" | "and" | "or" | "not" => {
                self.at -= 1;
                return Err(self.surprise("a fact, a number or a text"));
            }
            _ if self.take("(") => return self.call(name, span),
            _ => What::Fact(name.to_owned()),
        };
        Ok(Expr { what, span })
    }

    fn call(&mut self, name: &str, span: Range<usize>) -> Result<Expr, Fault> {
        let argument = self.peek().clone();
        let at = self.span();
        let what = match (name, argument) {
            ("has", Token::Name(fact)) => What::Has(fact),
            ("duration", Token::Text(text)) => What::Number(seconds(&text, at)?),
            ("has", _) => return Err(self.surprise("the name of a fact")),
            ("duration", _) => return Err(self.surprise("a time such as `\"2m\"`")),
            _ => {
                let message = format!("there is no function `{name}`");
                return Err(Fault::error(span, message).hinting(Some(&list(
                    "the functions are ",
                    ["has(fact)", "duration(\"2m\")"],
                ))));
            }
        };
        self.at += 1;
        self.need(")")?;
        Ok(Expr {
            what,
            span: span.start..self.end(),
        })
    }
}

fn seconds(text: &str, at: Range<usize>) -> Result<i64, Fault> {
    duration::seconds(text)
        .map(|seconds| i64::from(seconds) * 1000)
        .map_err(|hint| Fault::error(at, format!("`{text}` is not a time")).hinting(Some(hint)))
}

/// What somebody means who writes another language's words.
fn meant(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "and" => Some("`&&` joins what must both hold"),
        "or" => Some("`||` joins what may either hold"),
        "not" => Some("`!` turns yes into no"),
        "is" | "equals" => Some("`==` compares"),
        _ => None,
    }
}
