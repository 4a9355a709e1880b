//! What conditions mean, what they refuse, and that nothing makes them stumble.
#![expect(
    clippy::too_many_lines,
    reason = "what people read stands in full beside what they wrote"
)]

use std::{collections::BTreeMap, fmt::Write as _};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::policy::facts::Fact;

const INTENTS: &[&str] = &["billing_dispute", "delivery"];

#[derive(Default)]
struct Known(BTreeMap<String, Value>);

impl Known {
    fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    fn number(self, name: &str, thousandths: i64) -> Self {
        self.with(name, Value::Number(thousandths))
    }

    fn text(self, name: &str, text: &str) -> Self {
        self.with(name, Value::Text(text.to_owned()))
    }

    fn yes(self, name: &str) -> Self {
        self.with(name, Value::Bool(true))
    }

    fn no(self, name: &str) -> Self {
        self.with(name, Value::Bool(false))
    }
}

impl Facts for Known {
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>> {
        self.0.get(fact.name()).map(ValueRef::from)
    }

    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.0.get(&format!("customer.{name}")).map(ValueRef::from)
    }
}

fn read(source: &str) -> Condition {
    match Condition::parse(
        source,
        &Vocabulary {
            intents: INTENTS,
            situations: &[],
        },
    ) {
        Ok((condition, _)) => condition,
        Err(faults) => panic!("`{source}` does not read: {faults:?}"),
    }
}

fn holds(source: &str, known: &Known) -> Option<bool> {
    read(source).holds(known)
}

/// Whether it holds with nothing known: what literals alone come to.
fn alone(source: &str) -> Option<bool> {
    holds(source, &Known::default())
}

fn faults(source: &str) -> Vec<Fault> {
    match Condition::parse(
        source,
        &Vocabulary {
            intents: INTENTS,
            situations: &[],
        },
    ) {
        Ok((_, warnings)) => warnings,
        Err(faults) => faults,
    }
}

/// The findings about a condition, each under the place it is about.
fn check(source: &str, expected: &Expect) {
    let mut text = String::new();
    for fault in faults(source) {
        let gap = " ".repeat(fault.span.start);
        let mark = "^".repeat(fault.span.len().max(1));
        let kind = if fault.weight == crate::policy::diagnosis::Weight::Error {
            ""
        } else {
            "warning: "
        };
        let hint = fault
            .hint
            .map_or_else(String::new, |hint| format!("\n  {hint}"));
        let _ = writeln!(text, "{source}\n{gap}{mark} {kind}{}{hint}", fault.message);
    }
    expected.assert_eq(&text);
}

#[test]
fn a_confidence_under_seventy_percent_fires_and_seventy_does_not() {
    let under = "assistant.confidence < 0.7";
    let at = |permille| Known::default().number("assistant.confidence", permille);
    assert_eq!(holds(under, &at(699)), Some(true));
    assert_eq!(holds(under, &at(700)), Some(false));
    assert_eq!(alone(under), None);
}

#[test]
fn the_eighth_exchange_fires_and_the_seventh_does_not() {
    let at = |count: i64| Known::default().number("conversation.exchanges", count * 1000);
    assert_eq!(holds("conversation.exchanges >= 8", &at(7)), Some(false));
    assert_eq!(holds("conversation.exchanges >= 8", &at(8)), Some(true));
}

#[test]
fn an_unknown_fact_leaves_open_what_it_alone_decides() {
    let known = Known::default()
        .yes("message.frustrated")
        .no("message.repeats");
    for (source, expected) in [
        ("message.threatens", None),
        ("!message.threatens", None),
        ("message.threatens && message.repeats", Some(false)),
        ("message.repeats && message.threatens", Some(false)),
        ("message.threatens && message.frustrated", None),
        ("message.threatens || message.frustrated", Some(true)),
        ("message.frustrated || message.threatens", Some(true)),
        ("message.threatens || message.repeats", None),
        ("message.threatens == message.frustrated", None),
        ("customer.tier != \"basic\"", None),
        ("customer.tier in [\"basic\"]", None),
        ("message.words + 1 > 0", None),
    ] {
        assert_eq!(holds(source, &known), expected, "{source}");
    }
}

#[test]
fn has_tells_whether_a_fact_is_known() {
    let known = Known::default().text("customer.tier", "gold");
    assert_eq!(holds("has(customer.tier)", &known), Some(true));
    assert_eq!(holds("has(customer.plan)", &known), Some(false));
    assert_eq!(
        holds("!has(customer.plan) || customer.plan == 3", &known),
        Some(true)
    );
}

#[test]
fn numbers_are_exact() {
    for (source, expected) in [
        ("0.1 + 0.2 == 0.3", true),
        ("0.7 * 10 == 7", true),
        ("7 / 2 == 3.5", true),
        ("1 / 3 == 0.333", true),
        ("-1 / 3 == -0.333", true),
        ("2 + 3 * 4 == 14", true),
        ("(2 + 3) * 4 == 20", true),
        ("10 - 3 - 2 == 5", true),
        ("8 / 2 / 2 == 2", true),
        ("0.125 < 0.13", true),
        ("--3 == 3", true),
        ("3 in [1, -2, 3]", true),
        ("duration(\"2m\") == 120", true),
        ("9223372036854775.807 > 0", true),
    ] {
        assert_eq!(alone(source), Some(expected), "{source}");
    }
}

#[test]
fn a_number_that_does_not_fit_is_unknown_and_nothing_breaks() {
    for source in [
        "9223372036854775.807 + 0.001 > 0",
        "-9223372036854775.807 - 1 < 0",
        "9223372036854775 * 2 > 0",
        "9223372036854775 / 0.001 > 0",
    ] {
        assert_eq!(alone(source), None, "{source}");
    }
    let least = Known::default().number("customer.balance", i64::MIN);
    assert_eq!(holds("-customer.balance > 0", &least), None);
    let nothing = Known::default().number("message.words", 0);
    assert_eq!(holds("1 / message.words > 0", &nothing), None);
}

#[test]
fn an_attribute_is_what_it_is_compared_with() {
    let known = Known::default()
        .number("customer.seats", 12_000)
        .text("customer.plan", "team")
        .yes("customer.vip");
    for (source, expected) in [
        ("customer.seats >= 12", Some(true)),
        ("customer.plan == \"team\"", Some(true)),
        ("customer.plan in [\"team\", \"solo\"]", Some(true)),
        ("customer.seats in [1, 12]", Some(true)),
        ("customer.vip", Some(true)),
        ("customer.vip == false", Some(false)),
        ("customer.plan == 12", None),
        ("customer.plan", None),
        ("customer.seats == \"12\"", None),
        ("customer.seats == customer.seats", Some(true)),
        ("customer.seats != customer.plan", None),
        ("customer.seats < customer.seats + 1", Some(true)),
    ] {
        assert_eq!(holds(source, &known), expected, "{source}");
    }
}

#[test]
fn text_takes_both_quotes_and_escapes() {
    let known = Known::default().text("customer.tier", "a \"b\" 'c' \\ ü");
    for source in [
        r#"customer.tier == "a \"b\" 'c' \\ ü""#,
        r#"customer.tier == 'a "b" \'c\' \\ ü'"#,
    ] {
        assert_eq!(holds(source, &known), Some(true), "{source}");
    }
}

#[test]
fn an_explanation_names_the_clauses_that_made_the_answer() {
    let source = "message.frustrated\n  && (message.sentiment < -0.5 || message.threatens)\n  && customer.tier == \"gold\"";
    let known = Known::default()
        .yes("message.frustrated")
        .number("message.sentiment", -800)
        .no("message.threatens")
        .text("customer.tier", "gold");
    let told = |known: &Known| -> Vec<String> {
        let clauses = read(source).explain(known);
        let told = clauses
            .iter()
            .map(|clause| format!("{} {:?}", clause.text, clause.holds));
        told.collect()
    };
    let all = [
        "message.frustrated Some(true)",
        "message.sentiment < -0.5 Some(true)",
        "customer.tier == \"gold\" Some(true)",
    ];
    assert_eq!(told(&known), all);
    let basic = known.text("customer.tier", "basic");
    assert_eq!(told(&basic), ["customer.tier == \"gold\" Some(false)"]);
    assert_eq!(told(&Known::default()).len(), 4, "everything is unknown");
}

#[test]
fn a_clause_carries_the_values_it_saw() {
    let known = Known::default().number("conversation.exchanges", 8000);
    let clauses = read("conversation.exchanges + message.words >= 8").explain(&known);
    assert_eq!(
        clauses,
        [Clause {
            text: "conversation.exchanges + message.words >= 8".to_owned(),
            values: vec![
                (
                    "conversation.exchanges".to_owned(),
                    Some(Value::Number(8000))
                ),
                ("message.words".to_owned(), None),
            ],
            holds: None,
        }]
    );
}

#[test]
fn an_unknown_name_gets_the_one_that_was_meant() {
    check(
        "message.sentimant < 0 && confidence < 0.7 && turns > 3 && message.subject == \"x\"",
        &expect![[r#"
            message.sentimant < 0 && confidence < 0.7 && turns > 3 && message.subject == "x"
            ^^^^^^^^^^^^^^^^^ there is no fact `message.sentimant`
              did you mean `message.sentiment`?
            message.sentimant < 0 && confidence < 0.7 && turns > 3 && message.subject == "x"
                                     ^^^^^^^^^^ there is no fact `confidence`
              did you mean `assistant.confidence`?
            message.sentimant < 0 && confidence < 0.7 && turns > 3 && message.subject == "x"
                                                         ^^^^^ there is no fact `turns`
              facts begin with `conversation.`, `message.`, `customer.`, `assistant.` or `situation.`
            message.sentimant < 0 && confidence < 0.7 && turns > 3 && message.subject == "x"
                                                                      ^^^^^^^^^^^^^^^ there is no fact `message.subject`
              the facts of `message` are `message.asks_for_person`, `message.intent`, `message.intent_confidence`, `message.sentiment`, `message.frustrated`, `message.frustration_signs`, `message.threatens`, `message.repeats`, `message.says_solved`, `message.words`, `message.from`
        "#]],
    );
}

#[test]
fn a_customer_attribute_that_looks_like_a_slip_gets_a_warning() {
    check(
        "customer.teir == \"gold\"",
        &expect![[r#"
        customer.teir == "gold"
        ^^^^^^^^^^^^^ warning: `customer.teir` is read as an attribute of your own
          did you mean `customer.tier`?
    "#]],
    );
}

#[test]
fn a_word_that_the_fact_never_has_is_refused() {
    check(
        "message.intent == \"biling_dispute\"",
        &expect![[r#"
        message.intent == "biling_dispute"
                          ^^^^^^^^^^^^^^^^ the policy has no intent `biling_dispute`
          did you mean `billing_dispute`?
    "#]],
    );
    check(
        "\"refund\" != conversation.intent",
        &expect![[r#"
        "refund" != conversation.intent
        ^^^^^^^^ the policy has no intent `refund`
          the intents are `billing_dispute`, `delivery`
    "#]],
    );
    check(
        "message.intent in [\"delivery\", \"billing\"]",
        &expect![[r#"
            message.intent in ["delivery", "billing"]
                                           ^^^^^^^^^ the policy has no intent `billing`
              did you mean `billing_dispute`?
        "#]],
    );
    check(
        "message.from == \"agent\"",
        &expect![[r#"
        message.from == "agent"
                        ^^^^^^^ `message.from` is never `agent`
          it is one of `customer`, `assistant`
    "#]],
    );
    check(
        "assistant.intent == \"deliveri\"",
        &expect![[r#"
        assistant.intent == "deliveri"
                            ^^^^^^^^^^ warning: the policy has no intent `deliveri`
          did you mean `delivery`?
    "#]],
    );
}

#[test]
fn a_number_that_the_fact_never_has_is_refused() {
    check(
        "assistant.confidence < 70",
        &expect![[r#"
        assistant.confidence < 70
        ^^^^^^^^^^^^^^^^^^^^^^^^^ `assistant.confidence` goes from 0 to 1, so 70 is never reached
          70 % is written `0.7`
    "#]],
    );
    check(
        "-2 < message.sentiment",
        &expect![[r#"
        -2 < message.sentiment
        ^^^^^^^^^^^^^^^^^^^^^^ `message.sentiment` goes from -1 to 1, so -2 is never reached
          write a number from -1 to 1
    "#]],
    );
    check(
        "conversation.exchanges > -1",
        &expect![[r#"
        conversation.exchanges > -1
        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ `conversation.exchanges` is never below 0, so -1 is never reached
          write 0 or more
    "#]],
    );
    check(
        "message.sentiment >= -1",
        &expect![[r#"
        message.sentiment >= -1
        ^^^^^^^^^^^^^^^^^^^^^^^ warning: this always holds where it is known
          `message.sentiment` goes from -1 to 1
    "#]],
    );
}

#[test]
fn sides_of_different_kinds_are_refused() {
    check(
        "message.intent > \"a\"",
        &expect![[r#"
        message.intent > "a"
        ^^^^^^^^^^^^^^^^^^^^ text has no order
          compare it with `==` or `!=`
    "#]],
    );
    check(
        "message.words == \"8\"",
        &expect![[r#"
        message.words == "8"
        ^^^^^^^^^^^^^^^^^^^^ a number cannot be compared with text
          both sides must be of one kind
    "#]],
    );
    check(
        "conversation.exchanges",
        &expect![[r#"
        conversation.exchanges
        ^^^^^^^^^^^^^^^^^^^^^^ this is a number, not yes or no
          compare it, such as `>= 8`
    "#]],
    );
    check(
        "message.intent && true",
        &expect![[r#"
        message.intent && true
        ^^^^^^^^^^^^^^ this is text, not yes or no
          compare it, such as `== "billing"`
    "#]],
    );
    check(
        "message.frustrated + 1 > 2",
        &expect![[r#"
            message.frustrated + 1 > 2
            ^^^^^^^^^^^^^^^^^^ this is yes or no, not a number
              only numbers can be added, subtracted, multiplied or divided
        "#]],
    );
    check(
        "message.frustrated in [true]",
        &expect![[r#"
        message.frustrated in [true]
        ^^^^^^^^^^^^^^^^^^ yes or no is not looked up in a list
          use it as it is, or with `!`
    "#]],
    );
    check(
        "message.frustrated < true",
        &expect![[r#"
        message.frustrated < true
        ^^^^^^^^^^^^^^^^^^^^^^^^^ yes or no has no order
          compare it with `==` or `!=`
    "#]],
    );
    check(
        "message.words in [1, \"2\"]",
        &expect![[r#"
        message.words in [1, "2"]
                             ^^^ this cannot stand in the list
          write a number such as `8`
    "#]],
    );
    check(
        "customer.tier in []",
        &expect![[r#"
        customer.tier in []
        ^^^^^^^^^^^^^^^^^^^ the list is empty, so nothing is ever in it
          write the values: `["a", "b"]`
    "#]],
    );
    check(
        "message.words / 0 > 1",
        &expect![[r#"
        message.words / 0 > 1
                        ^ a division by zero has no value
          divide by another number
    "#]],
    );
}

#[test]
fn a_text_that_is_not_a_condition_says_where_it_stops_being_one() {
    check(
        "",
        &expect![[r#"

        ^ the condition is empty
          write what must hold, such as `message.asks_for_person`
    "#]],
    );
    check(
        "message.frustrated and message.repeats",
        &expect![[r#"
        message.frustrated and message.repeats
                           ^^^ `and` stands where `&&`, `||`, a comparison or the end is expected
          `&&` joins what must both hold
    "#]],
    );
    check(
        "not message.frustrated",
        &expect![[r#"
        not message.frustrated
        ^^^ `not` stands where a fact, a number or a text is expected
          `!` turns yes into no
    "#]],
    );
    check(
        "message.words = 3",
        &expect![[r#"
        message.words = 3
                      ^ `=` has no meaning here
          `==` compares
    "#]],
    );
    check(
        "0 < message.sentiment < 1",
        &expect![[r#"
        0 < message.sentiment < 1
                              ^ comparisons cannot be chained
          join two with `&&`: `a < b && b < c`
    "#]],
    );
    check(
        "assistant.confidence < 70%",
        &expect![[r#"
        assistant.confidence < 70%
                                 ^ `%` has no meaning here
          70 % is written `0.7`
    "#]],
    );
    check(
        "assistant.confidence < .7",
        &expect![[r#"
        assistant.confidence < .7
                               ^ `.` has no meaning here
          a number begins with a digit: `0.5`
    "#]],
    );
    check(
        "assistant.confidence < 0.70001",
        &expect![[r#"
        assistant.confidence < 0.70001
                               ^^^^^^^ `0.70001` is not a number that is read here
          three decimals are the most: `0.725`
    "#]],
    );
    check(
        "assistant.silent_seconds > 20s",
        &expect![[r#"
        assistant.silent_seconds > 20s
                                   ^^^ `20s` is not a number that is read here
          a time is written `duration("2m")`
    "#]],
    );
    check(
        "assistant.silent_seconds > duration(\"20\")",
        &expect![[r#"
        assistant.silent_seconds > duration("20")
                                            ^^^^ `20` is not a time
          a time is written `30s`, `10m`, `1h30m` or `2d`
    "#]],
    );
    check(
        "(message.frustrated",
        &expect![[r#"
            (message.frustrated
                               ^ the condition ends where `)` is expected
        "#]],
    );
    check(
        "message.frustrated)",
        &expect![[r#"
            message.frustrated)
                              ^ `)` stands where `&&`, `||`, a comparison or the end is expected
        "#]],
    );
    check(
        "customer.tier == \"gold",
        &expect![[r#"
        customer.tier == "gold
                         ^^^^^ the text does not end
          close it with the quote it begins with
    "#]],
    );
    check(
        "customer.tier == \"go\\ld\"",
        &expect![[r#"
        customer.tier == "go\ld"
                            ^^ `\l` has no meaning in a text
          a backslash itself is written `\\`
    "#]],
    );
    check(
        "customer.tier == “gold”",
        &expect![[r#"
        customer.tier == “gold”
                         ^^^ `“` has no meaning here
          text stands in straight quotes: `"text"`
    "#]],
    );
    check(
        "customer.tier in \"gold\"",
        &expect![[r#"
            customer.tier in "gold"
                             ^^^^^^ a text stands where `[` is expected
        "#]],
    );
    check(
        "customer.tier in [\"a\" \"b\"]",
        &expect![[r#"
            customer.tier in ["a" "b"]
                                  ^^^ a text stands where `,` or `]` is expected
        "#]],
    );
    check(
        "contains(customer.tier, \"gold\")",
        &expect![[r#"
        contains(customer.tier, "gold")
        ^^^^^^^^ there is no function `contains`
          the functions are `has(fact)`, `duration("2m")`
    "#]],
    );
    check(
        "has(\"customer.tier\")",
        &expect![[r#"
            has("customer.tier")
                ^^^^^^^^^^^^^^^ a text stands where the name of a fact is expected
        "#]],
    );
    check(
        "99999999999999999 > 1",
        &expect![[r#"
        99999999999999999 > 1
        ^^^^^^^^^^^^^^^^^ `99999999999999999` is not a number that is read here
          the greatest number is 9223372036854775
    "#]],
    );
}

#[test]
fn every_mistake_is_told_at_once() {
    assert_eq!(
        faults("message.a || message.b && message.words == \"x\"").len(),
        3
    );
}

#[test]
fn length_and_nesting_have_limits() {
    let deep = |levels| format!("{}true{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(alone(&deep(MAX_DEPTH)), Some(true));
    assert!(
        faults(&deep(MAX_DEPTH + 1))[0]
            .message
            .contains("levels of nesting")
    );
    assert!(faults(&deep(2000))[0].message.contains("levels of nesting"));
    assert!(
        faults(&format!("{}true", "!".repeat(4000)))[0]
            .message
            .contains("nesting")
    );
    assert!(
        faults(&format!("0 < 1{}", "+1".repeat(2000)))[0]
            .message
            .contains("nesting")
    );
    assert!(
        faults(&"a".repeat(MAX_LENGTH + 1))[0]
            .message
            .contains("bytes long")
    );
    let wide = vec!["true"; 500].join("&&");
    assert_eq!(alone(&wide), Some(true));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_text_makes_the_reader_stumble(source in "\\PC{0,60}") {
        let _ = faults(&source);
    }

    #[test]
    fn no_row_of_words_makes_the_reader_stumble(words in prop::collection::vec(
        prop::sample::select(vec![
            "&&", "||", "!", "==", "<", "in", "[", "]", "(", ")", ",", "-", "*", "/", "+",
            "message.words", "customer.tier", "customer.x", "\"a\"", "'b", "0.7", "3", "true",
            "has", "duration(\"2m\")", "message.intent", "9223372036854775", "é",
        ]),
        0..24,
    )) {
        let source = words.join(" ");
        let spans: Vec<_> = match Condition::parse(&source, &Vocabulary { intents: INTENTS, situations: &[] }) {
            Ok((condition, warnings)) => {
                condition.holds(&Known::default().number("message.words", i64::MIN));
                warnings.into_iter().map(|fault| fault.span).collect()
            }
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                faults.into_iter().map(|fault| fault.span).collect()
            }
        };
        for span in spans {
            prop_assert!(source.get(span.clone()).is_some(), "{span:?} in `{source}`");
        }
    }
}
