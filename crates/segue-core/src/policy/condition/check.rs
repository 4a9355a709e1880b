//! From a tree to a closed form: every name is looked up, every side gets a type, and what can
//! never be meant is refused with the words that would be right.

use std::ops::Range;

use super::{
    eval::{Number, Part, Test, Words},
    parser::{Comparison, Expr, Operation, What},
};
use crate::policy::{
    diagnosis::Weight,
    facts::{FactRef, Kind},
};

/// The names that a policy gives, as far as a condition may use them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vocabulary<'p> {
    /// The policy's intents.
    pub intents: &'p [&'p str],
    /// The policy's situations.
    pub situations: &'p [&'p str],
}

/// Something wrong with a condition, with the bytes it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes of the condition.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// How bad it is.
    pub weight: Weight,
}

impl Fault {
    pub(in crate::policy) fn error(span: Range<usize>, message: String) -> Self {
        Self {
            span,
            message,
            hint: None,
            weight: Weight::Error,
        }
    }

    pub(in crate::policy) fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    pub(in crate::policy) fn hinting(mut self, hint: Option<&str>) -> Self {
        self.hint = hint.map(str::to_owned);
        self
    }
}

/// The closed form with warnings, or everything that is wrong.
pub(super) fn check(
    tree: &Expr,
    vocabulary: &Vocabulary<'_>,
) -> Result<(Part, Vec<Fault>), Vec<Fault>> {
    let mut checker = Checker {
        vocabulary,
        faults: Vec::new(),
    };
    let root = checker.part(tree);
    match root {
        Some(root)
            if checker
                .faults
                .iter()
                .all(|fault| fault.weight != Weight::Error) =>
        {
            Ok((root, checker.faults))
        }
        _ => Err(checker.faults),
    }
}

/// What an expression came out as.
enum Typed {
    Test(Test),
    Number(Number),
    Words(Words),
    /// An attribute: whatever the other side is.
    Open(FactRef),
}

impl Typed {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Test(_) => "yes or no",
            Self::Number(_) => "a number",
            Self::Words(_) => "text",
            Self::Open(_) => "an attribute",
        }
    }
}

pub(super) struct Checker<'c> {
    pub(super) vocabulary: &'c Vocabulary<'c>,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    pub(super) fn fault(&mut self, span: &Range<usize>, message: String, hint: &str) {
        self.faults
            .push(Fault::error(span.clone(), message).hinting(Some(hint)));
    }

    pub(super) fn warn(&mut self, span: &Range<usize>, message: String, hint: &str) {
        self.fault(span, message, hint);
        if let Some(fault) = self.faults.last_mut() {
            fault.weight = Weight::Warning;
        }
    }

    fn part(&mut self, expr: &Expr) -> Option<Part> {
        Some(Part {
            span: expr.span.clone(),
            test: self.test(expr)?,
        })
    }

    /// All of them are checked, also after one was wrong.
    fn parts(&mut self, exprs: &[Expr]) -> Option<Box<[Part]>> {
        let parts: Vec<_> = exprs.iter().map(|expr| self.part(expr)).collect();
        parts.into_iter().collect()
    }

    fn test(&mut self, expr: &Expr) -> Option<Test> {
        match self.typed(expr)? {
            Typed::Test(test) => Some(test),
            Typed::Open(fact) => Some(Test::Fact(fact)),
            other => {
                let message = format!("this is {}, not yes or no", other.kind());
                self.fault(&expr.span, message, comparing(&other));
                None
            }
        }
    }

    fn number(&mut self, expr: &Expr) -> Option<Number> {
        match self.typed(expr)? {
            Typed::Number(number) => Some(number),
            Typed::Open(fact) => Some(Number::Fact(fact)),
            other => {
                let message = format!("this is {}, not a number", other.kind());
                self.fault(
                    &expr.span,
                    message,
                    "only numbers can be added, subtracted, multiplied or divided",
                );
                None
            }
        }
    }

    fn typed(&mut self, expr: &Expr) -> Option<Typed> {
        Some(match &expr.what {
            What::Bool(answer) => Typed::Test(Test::Always(*answer)),
            What::Number(number) => Typed::Number(Number::Always(*number)),
            What::Text(text) => Typed::Words(Words::Always(text.as_str().into())),
            What::Fact(name) => named(self.fact(name, &expr.span)?),
            What::Has(name) => Typed::Test(Test::Has(self.fact(name, &expr.span)?)),
            What::Not(inner) => Typed::Test(Test::Not(Box::new(self.test(inner)?))),
            What::Negate(inner) => Typed::Number(match self.number(inner)? {
                Number::Always(number) => Number::Always(-number),
                other => Number::Negate(Box::new(other)),
            }),
            What::All(exprs) => Typed::Test(Test::All(self.parts(exprs)?)),
            What::Any(exprs) => Typed::Test(Test::Any(self.parts(exprs)?)),
            What::Compare(comparison, sides) => {
                Typed::Test(self.compare(*comparison, sides, &expr.span)?)
            }
            What::Among(item, list) => Typed::Test(self.among(item, list, &expr.span)?),
            What::Compute(operation, sides) => Typed::Number(self.compute(*operation, sides)?),
        })
    }

    fn compute(&mut self, operation: Operation, sides: &(Expr, Expr)) -> Option<Number> {
        let left = self.number(&sides.0);
        let right = self.number(&sides.1)?;
        if operation == Operation::Divide && right == Number::Always(0) {
            let message = "a division by zero has no value".to_owned();
            self.fault(&sides.1.span, message, "divide by another number");
            return None;
        }
        Some(Number::Compute(operation, Box::new((left?, right))))
    }

    fn compare(
        &mut self,
        comparison: Comparison,
        sides: &(Expr, Expr),
        span: &Range<usize>,
    ) -> Option<Test> {
        let left = self.typed(&sides.0);
        let right = self.typed(&sides.1)?;
        match (left?, right) {
            (Typed::Open(left), Typed::Open(right)) => Some(attributes(comparison, left, right)),
            (Typed::Number(left), right @ (Typed::Number(_) | Typed::Open(_))) => {
                self.numbers(comparison, left, number_of(right)?, span)
            }
            (Typed::Open(left), Typed::Number(right)) => {
                self.numbers(comparison, Number::Fact(left), right, span)
            }
            (Typed::Words(left), right @ (Typed::Words(_) | Typed::Open(_))) => {
                self.texts(comparison, left, words_of(right)?, sides, span)
            }
            (Typed::Open(left), Typed::Words(right)) => {
                self.texts(comparison, Words::Fact(left), right, sides, span)
            }
            (Typed::Test(left), right @ (Typed::Test(_) | Typed::Open(_))) => {
                self.tests(comparison, left, test_of(right)?, span)
            }
            (Typed::Open(left), Typed::Test(right)) => {
                self.tests(comparison, Test::Fact(left), right, span)
            }
            (left, right) => {
                let (left, right) = (left.kind(), right.kind());
                let message = format!("{left} cannot be compared with {right}");
                self.fault(span, message, "both sides must be of one kind");
                None
            }
        }
    }

    fn numbers(
        &mut self,
        comparison: Comparison,
        left: Number,
        right: Number,
        span: &Range<usize>,
    ) -> Option<Test> {
        match (&left, &right) {
            (Number::Fact(FactRef::Known(fact)), Number::Always(number)) => {
                self.in_range(*fact, comparison, *number, span)?;
            }
            (Number::Always(number), Number::Fact(FactRef::Known(fact))) => {
                self.in_range(*fact, turned(comparison), *number, span)?;
            }
            _ => {}
        }
        Some(Test::Numbers(comparison, left, right))
    }

    fn texts(
        &mut self,
        comparison: Comparison,
        left: Words,
        right: Words,
        sides: &(Expr, Expr),
        span: &Range<usize>,
    ) -> Option<Test> {
        let equal = self.equality(comparison, "text", span)?;
        match (&left, &right) {
            (Words::Fact(FactRef::Known(fact)), Words::Always(word)) => {
                self.known_word(*fact, word, &sides.1.span)?;
            }
            (Words::Always(word), Words::Fact(FactRef::Known(fact))) => {
                self.known_word(*fact, word, &sides.0.span)?;
            }
            _ => {}
        }
        Some(Test::Texts(equal, left, right))
    }

    fn tests(
        &mut self,
        comparison: Comparison,
        left: Test,
        right: Test,
        span: &Range<usize>,
    ) -> Option<Test> {
        let equal = self.equality(comparison, "yes or no", span)?;
        Some(Test::Tests(equal, Box::new((left, right))))
    }

    fn equality(
        &mut self,
        comparison: Comparison,
        kind: &str,
        span: &Range<usize>,
    ) -> Option<bool> {
        let equal = equality(comparison);
        if equal.is_none() {
            let message = format!("{kind} has no order");
            self.fault(span, message, "compare it with `==` or `!=`");
        }
        equal
    }

    fn among(&mut self, item: &Expr, items: &[Expr], span: &Range<usize>) -> Option<Test> {
        let typed = self.typed(item)?;
        if items.is_empty() {
            let message = "the list is empty, so nothing is ever in it".to_owned();
            self.fault(span, message, "write the values: `[\"a\", \"b\"]`");
            return None;
        }
        let texts = matches!(items.first().map(|expr| &expr.what), Some(What::Text(_)));
        match typed {
            Typed::Words(words) => self.text_among(words, items),
            Typed::Number(number) => self.number_among(number, items),
            Typed::Open(fact) if texts => self.text_among(Words::Fact(fact), items),
            Typed::Open(fact) => self.number_among(Number::Fact(fact), items),
            Typed::Test(_) => {
                let message = "yes or no is not looked up in a list".to_owned();
                self.fault(&item.span, message, "use it as it is, or with `!`");
                None
            }
        }
    }

    fn text_among(&mut self, words: Words, items: &[Expr]) -> Option<Test> {
        let fact = match &words {
            Words::Fact(FactRef::Known(fact)) => Some(*fact),
            _ => None,
        };
        let found: Vec<_> = items
            .iter()
            .map(|item| match &item.what {
                What::Text(text) => {
                    fact.map_or(Some(()), |fact| self.known_word(fact, text, &item.span))?;
                    Some(text.as_str().into())
                }
                _ => self.not_listed(item, "a text such as `\"billing\"`"),
            })
            .collect();
        Some(Test::TextAmong(
            words,
            found.into_iter().collect::<Option<_>>()?,
        ))
    }

    fn number_among(&mut self, number: Number, items: &[Expr]) -> Option<Test> {
        let found: Vec<_> = items
            .iter()
            .map(|item| match self.typed(item)? {
                Typed::Number(Number::Always(number)) => Some(number),
                _ => self.not_listed(item, "a number such as `8`"),
            })
            .collect();
        Some(Test::NumberAmong(
            number,
            found.into_iter().collect::<Option<_>>()?,
        ))
    }

    fn not_listed<T>(&mut self, item: &Expr, wanted: &str) -> Option<T> {
        let message = "this cannot stand in the list".to_owned();
        self.fault(&item.span, message, &format!("write {wanted}"));
        None
    }
}

fn named(fact: FactRef) -> Typed {
    match &fact {
        FactRef::Attribute(_) => Typed::Open(fact),
        FactRef::Situation(_) => Typed::Test(Test::Fact(fact)),
        FactRef::Known(known) => match known.kind() {
            Kind::Bool => Typed::Test(Test::Fact(fact)),
            Kind::Number { .. } => Typed::Number(Number::Fact(fact)),
            Kind::Text | Kind::Intent | Kind::OwnIntent | Kind::OneOf(_) => {
                Typed::Words(Words::Fact(fact))
            }
        },
    }
}

fn attributes(comparison: Comparison, left: FactRef, right: FactRef) -> Test {
    match equality(comparison) {
        Some(equal) => Test::Attributes(equal, left, right),
        None => Test::Numbers(comparison, Number::Fact(left), Number::Fact(right)),
    }
}

fn number_of(typed: Typed) -> Option<Number> {
    match typed {
        Typed::Number(number) => Some(number),
        Typed::Open(fact) => Some(Number::Fact(fact)),
        Typed::Test(_) | Typed::Words(_) => None,
    }
}

fn words_of(typed: Typed) -> Option<Words> {
    match typed {
        Typed::Words(words) => Some(words),
        Typed::Open(fact) => Some(Words::Fact(fact)),
        Typed::Test(_) | Typed::Number(_) => None,
    }
}

fn test_of(typed: Typed) -> Option<Test> {
    match typed {
        Typed::Test(test) => Some(test),
        Typed::Open(fact) => Some(Test::Fact(fact)),
        Typed::Number(_) | Typed::Words(_) => None,
    }
}

const fn equality(comparison: Comparison) -> Option<bool> {
    match comparison {
        Comparison::Equal => Some(true),
        Comparison::Unequal => Some(false),
        _ => None,
    }
}

/// The same comparison seen from the other side.
pub(in crate::policy) const fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Equal,
        Comparison::Unequal => Comparison::Unequal,
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
    }
}

const fn comparing(typed: &Typed) -> &'static str {
    match typed {
        Typed::Words(_) => "compare it, such as `== \"billing\"`",
        _ => "compare it, such as `>= 8`",
    }
}
