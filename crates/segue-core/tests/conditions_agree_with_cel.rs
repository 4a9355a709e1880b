//! Our conditions are a subset of CEL: whoever knows CEL must be able to trust what they read.
//! Random conditions over random facts are answered by both engines. What CEL calls an error
//! (a key that is not there) is our "unknown", and both let `false &&` and `true ||` decide.
//!
//! Numbers are eighths, and what facts say quarters, because conditions halve it: then neither CEL's
//! floating point nor our thousandths round, and rounding is not what is tested.
#![expect(clippy::disallowed_types, reason = "the oracle takes nothing else")]

use std::collections::{BTreeMap, HashMap};

use cel::{Context, Program, Value as Cel};
use proptest::prelude::*;
use segue_core::policy::{
    Policy,
    analysis::Examining,
    condition::{Condition, Value, ValueRef, Vocabulary},
    facts::{self, Fact, Facts, Occasion},
};

const NUMBERS: [&str; 5] = [
    "message.words",
    "conversation.minutes",
    "assistant.attempted",
    "customer.seats",
    "customer.balance",
];
const TESTS: [&str; 4] = [
    "message.frustrated",
    "message.repeats",
    "assistant.failed",
    "customer.vip",
];
const TEXTS: [&str; 3] = ["customer.tier", "conversation.channel", "customer.plan"];
const WORDS: [&str; 3] = ["gold", "basic", "a \\\"b\\\""];

#[derive(Clone, Debug, Default)]
struct Known(BTreeMap<String, Value>);

impl Facts for Known {
    fn fact(&self, fact: Fact) -> Option<ValueRef<'_>> {
        self.0.get(fact.name()).map(ValueRef::from)
    }

    fn attribute(&self, name: &str) -> Option<ValueRef<'_>> {
        self.0.get(&format!("customer.{name}")).map(ValueRef::from)
    }
}

/// In eighths.
fn eighths(count: i64) -> String {
    let thousandths = count.abs() * 125;
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0_i64..80).prop_map(eighths),
        prop::sample::select(NUMBERS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(NUMBERS.to_vec()).prop_map(|fact| format!("-{fact}")),
        prop::sample::select(NUMBERS.to_vec()).prop_map(|fact| format!("{fact} / 2.0")),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} - {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} - ({b})")),
            (0_u8..5, inner.clone()).prop_map(|(a, b)| format!("{a}.0 * {b}")),
            (0_u8..5, inner.clone()).prop_map(|(a, b)| format!("{a}.0 * ({b})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(TEXTS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(WORDS.to_vec()).prop_map(|word| format!("\"{word}\"")),
    ]
}

/// A fact on the left: a literal there may be out of the fact's range, which we refuse.
fn comparison() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    (number(), signs, number()).prop_map(|(left, sign, right)| format!("{left} {sign} {right}"))
}

fn leaf() -> impl Strategy<Value = String> {
    let facts: Vec<_> = [&NUMBERS[..], &TESTS, &TEXTS].concat();
    let equality = prop::sample::select(vec!["==", "!="]);
    prop_oneof![
        prop::sample::select(TESTS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec!["true", "false"]).prop_map(str::to_owned),
        prop::sample::select(facts).prop_map(|fact| format!("has({fact})")),
        comparison(),
        (word(), equality, word()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
        (
            word(),
            prop::collection::vec(prop::sample::select(WORDS.to_vec()), 1..4)
        )
            .prop_map(|(item, words)| format!("{item} in [\"{}\"]", words.join("\", \""))),
        (
            number(),
            prop::collection::vec((0_i64..40).prop_map(eighths), 1..4)
        )
            .prop_map(|(item, list)| format!("{item} in [{}]", list.join(", "))),
    ]
}

/// Parentheses only now and then: precedence is part of what is compared.
fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" && ")),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| parts.join(" || ")),
            inner.clone().prop_map(|part| format!("({part})")),
            inner.clone().prop_map(|part| format!("!({part})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) == ({b})")),
        ]
    })
}

fn known() -> impl Strategy<Value = Known> {
    let numbers = prop::collection::vec(prop::option::of(0_i64..30), NUMBERS.len());
    let tests = prop::collection::vec(prop::option::of(any::<bool>()), TESTS.len());
    let words = prop::sample::select(vec!["gold", "basic", "a \"b\""]);
    let spoken = prop::collection::vec(prop::option::of(words), TEXTS.len());
    (numbers, tests, spoken).prop_map(|(numbers, tests, spoken)| {
        let mut known = BTreeMap::new();
        known.extend(
            NUMBERS.iter().zip(numbers).filter_map(|(name, value)| {
                Some(((*name).to_owned(), Value::Number(value? * 250)))
            }),
        );
        known.extend(
            TESTS
                .iter()
                .zip(tests)
                .filter_map(|(name, value)| Some(((*name).to_owned(), Value::Bool(value?)))),
        );
        known.extend(TEXTS.iter().zip(spoken).filter_map(|(name, value)| {
            Some(((*name).to_owned(), Value::Text(value?.to_owned())))
        }));
        Known(known)
    })
}

#[expect(
    clippy::cast_precision_loss,
    reason = "eighths below a hundred are exact"
)]
fn cel_value(value: &Value) -> Cel {
    match value {
        Value::Bool(it) => Cel::Bool(*it),
        Value::Number(it) => Cel::Float(*it as f64 / 1000.0),
        Value::Text(it) => Cel::from(it.as_str()),
    }
}

/// None where CEL answers with an error.
fn cel_answer(source: &str, known: &Known) -> Option<bool> {
    let mut groups: HashMap<&str, HashMap<String, Cel>> =
        ["message", "conversation", "customer", "assistant"]
            .map(|group| (group, HashMap::new()))
            .into();
    for (name, value) in &known.0 {
        if let Some((group, key)) = name.split_once('.')
            && let Some(facts) = groups.get_mut(group)
        {
            facts.insert(key.to_owned(), cel_value(value));
        }
    }
    let mut context = Context::default();
    for (group, facts) in groups {
        context.add_variable_from_value(group, facts);
    }
    let program = Program::compile(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    match program.execute(&context) {
        Ok(Cel::Bool(answer)) => Some(answer),
        Ok(other) => panic!("{source}: {other:?}"),
        Err(_) => None,
    }
}

fn our_answer(source: &str, known: &Known) -> Option<bool> {
    let (condition, _) = Condition::parse(source, &Vocabulary::default())
        .unwrap_or_else(|faults| panic!("{source}: {faults:?}"));
    condition.holds(known)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn both_give_the_same_answer(source in condition(), known in known()) {
        // A number that a fact can never reach is refused, and CEL has nothing to say to that.
        prop_assume!(Condition::parse(&source, &Vocabulary::default()).is_ok());
        prop_assert_eq!(our_answer(&source, &known), cel_answer(&source, &known), "{}", source);
    }
}

/// Facts as they can stand together: counts are whole, what an occasion always knows is known, and
/// what does not belong to it is not.
fn on_an_occasion(known: Known, occasion: Occasion) -> Known {
    let mut facts = known.0;
    for fact in Fact::ALL.iter().filter(|fact| {
        let tested = [&NUMBERS[..], &TESTS, &TEXTS].concat();
        tested.contains(&fact.name())
    }) {
        let name = fact.name().to_owned();
        match (fact.known(occasion), fact.kind()) {
            (facts::Known::Never, _) => drop(facts.remove(&name)),
            (facts::Known::Always, facts::Kind::Bool) => {
                facts.entry(name).or_insert(Value::Bool(false));
            }
            (facts::Known::Always, facts::Kind::Number { .. }) => {
                facts.entry(name).or_insert(Value::Number(0));
            }
            (facts::Known::Always, _) => {
                facts.entry(name).or_insert(Value::Text("web".to_owned()));
            }
            (facts::Known::Perhaps, _) => {}
        }
        if let Some(Value::Number(number)) = facts.get_mut(fact.name())
            && fact.counts()
        {
            *number = *number / 125 * 1000;
        }
    }
    let failed = Value::Bool(occasion == Occasion::AssistantFails);
    facts.insert("assistant.failed".to_owned(), failed);
    Known(facts)
}

/// Whether `segue policy check` says that a trigger with this condition can never fire.
fn said_never_to_fire(source: &str) -> bool {
    let when = serde_json::to_string(source).unwrap_or_default();
    let document = format!("policy: A\ntriggers:\n  it: {{level: immediate, when: {when}}}\n");
    let checked = Policy::examine(&document, Examining::default());
    let never =
        |it: &segue_core::policy::diagnosis::Diagnosis| it.message.contains("can never fire");
    checked.findings.iter().any(never)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn cel_never_fires_what_is_said_never_to_fire(
        source in condition(),
        occasions in prop::collection::vec((known(), prop::sample::select(Occasion::ALL.to_vec())), 12),
    ) {
        prop_assume!(Condition::parse(&source, &Vocabulary::default()).is_ok());
        if said_never_to_fire(&source) {
            for (known, occasion) in occasions {
                let known = on_an_occasion(known, occasion);
                prop_assert_ne!(cel_answer(&source, &known), Some(true), "{} {:?}", source, known);
            }
        }
    }
}

#[test]
fn the_oracle_answers_at_all() {
    let known = Known(BTreeMap::from([(
        "message.words".to_owned(),
        Value::Number(3000),
    )]));
    assert_eq!(cel_answer("message.words > 2.5", &known), Some(true));
    assert_eq!(cel_answer("message.repeats", &known), None);
    assert_eq!(cel_answer("message.repeats && false", &known), Some(false));
}
