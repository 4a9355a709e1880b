//! Facts that stand in the text word for word, so that nobody has to ask for them again.

use std::sync::LazyLock;

use regex::Regex;

use super::{FactKind, FactSpan, span};

/// The facts in the order of the text; no two overlap. Where two kinds claim the same stretch,
/// the earlier row of the table wins.
pub(super) fn read(text: &str) -> Vec<FactSpan> {
    let mut facts: Vec<FactSpan> = Vec::new();
    for pattern in PATTERNS.iter() {
        if pattern.needs_digit && !text.bytes().any(|byte| byte.is_ascii_digit()) {
            continue;
        }
        for found in pattern.find_all(text) {
            insert(&mut facts, found);
        }
    }
    facts
}

/// Keeps the list in order and free of overlaps.
fn insert(facts: &mut Vec<FactSpan>, new: FactSpan) {
    let at = facts.partition_point(|fact| fact.span.end <= new.span.start);
    let free = facts
        .get(at)
        .is_none_or(|next| !next.span.overlaps(new.span));
    if free && new.span.start < new.span.end {
        facts.insert(at, new);
    }
}

struct Pattern {
    kind: FactKind,
    regex: Regex,
    needs_digit: bool,
}

impl Pattern {
    /// The group `fact` of every match, or the whole match where there is no such group.
    fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = FactSpan> + 't {
        self.regex.captures_iter(text).filter_map(|captures| {
            let found = captures.name("fact").or_else(|| captures.get(0))?;
            let trimmed = found
                .as_str()
                .trim_end_matches(['.', ',', ')', '-', '!', '?']);
            Some(FactSpan {
                kind: self.kind,
                span: span(found.start(), found.start() + trimmed.len()),
            })
        })
    }
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter_map(|(kind, needs_digit, pattern)| {
            Some(Pattern {
                kind: *kind,
                regex: Regex::new(pattern).ok()?,
                needs_digit: *needs_digit,
            })
        })
        .collect()
});

/// Kind, whether a text without a digit can be passed over, and the pattern.
const TABLE: [(FactKind, bool, &str); 14] = [
    (FactKind::Link, false, r"(?i)\b(?:https?://|www\.)[^\s<>]+"),
    (
        FactKind::Email,
        false,
        r"(?i)[a-z0-9][a-z0-9._%+-]{0,63}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}",
    ),
    (
        FactKind::Amount,
        true,
        r"(?i)(?:[$€£¥]|\b(?:usd|eur|gbp|chf)) ?\d{1,12}(?:[.,]\d{1,3}){0,4}",
    ),
    (
        FactKind::Amount,
        true,
        r"(?i)\b\d{1,12}(?:[.,]\d{1,3}){0,4} ?(?:[$€£¥]|(?:dollars?|euros?|eur|usd|gbp|chf|pounds?|bucks|cents?)\b)",
    ),
    (
        FactKind::Date,
        true,
        r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b|\b(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])\b",
    ),
    (
        FactKind::Date,
        true,
        r"(?i)\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:,? \d{4}\b)?",
    ),
    (
        FactKind::Date,
        true,
        r"(?i)\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? \d{1,2}(?:st|nd|rd|th)?\b(?:,? \d{4}\b)?",
    ),
    (
        FactKind::Date,
        false,
        r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    ),
    (
        FactKind::Error,
        false,
        r"\b(?:0x[0-9A-Fa-f]{2,16}|E(?:RR|RROR)?[_-][A-Z0-9_]{2,40}|[A-Z][A-Z0-9]{1,20}_[A-Z0-9_]{2,40}|[A-Z][A-Za-z]{2,40}(?:Error|Exception))\b",
    ),
    (
        FactKind::Error,
        true,
        r"(?i)\b(?:error(?: code)?|code|http|status(?: code)?|exception)(?: is| was| no\.?| number)?[ :#]{1,3}(?P<fact>[a-z]{0,6}[-_]?\d{2,8})\b",
    ),
    (
        FactKind::Error,
        false,
        r#"(?i)\b(?:error|message|says?|saying|said|shows?|reads?|get|getting|gives?)\b[^"“”'.!?\n]{0,24}["“](?P<fact>[^"“”\n]{3,160})["”]"#,
    ),
    (
        FactKind::Reference,
        true,
        r"(?i)\b(?:order|invoice|ticket|tracking|account|case|booking|confirmation|reservation|reference|ref|policy|claim|shipment|parcel|contract|customer|receipt|transaction|flight)(?: (?:number|no\.?|nr\.?|num|id|code|ref))?(?: is| was)?[ :]{0,3}(?P<fact>#[a-z]{0,6}-?\d[a-z0-9-]{0,30}|[a-z]{0,6}-?\d[a-z0-9-]{2,30})\b",
    ),
    (
        FactKind::Reference,
        true,
        r"#[A-Za-z]{0,6}-?\d[A-Za-z0-9-]{1,30}\b|\b[A-Z]{1,6}-\d[A-Z0-9-]{1,30}\b|\b(?:[A-Z]{2}\d{4,30}[A-Z]{0,2}|1Z[0-9A-Z]{6,30})\b",
    ),
    (
        FactKind::Phone,
        true,
        r"(?:\+\d{1,3}[ .-]?|\b)(?:\(?\d{2,5}\)?[ .-]?)\d{2,4}[ .-]?\d{2,4}(?:[ .-]?\d{2,4}){0,2}\b",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Vec<(FactKind, &str)> {
        read(text)
            .into_iter()
            .map(|fact| (fact.kind, fact.span.of(text)))
            .collect()
    }

    #[test]
    fn every_pattern_of_the_table_compiles() {
        assert_eq!(PATTERNS.len(), TABLE.len());
    }

    #[test]
    fn references_are_found_with_and_without_their_noun() {
        for (text, fact) in [
            ("Where is #48213?", "#48213"),
            ("my order 48213 is late", "48213"),
            ("invoice INV-2210, please", "INV-2210"),
            ("order number: #A-99812.", "#A-99812"),
            ("tracking code is 1Z999AA10123456784", "1Z999AA10123456784"),
        ] {
            assert_eq!(facts(text), [(FactKind::Reference, fact)], "{text}");
        }
    }

    #[test]
    fn amounts_are_found_in_signs_and_words() {
        for (text, fact) in [
            ("you charged $49.90 twice", "$49.90"),
            ("that's 49 euros", "49 euros"),
            ("only €12.", "€12"),
            ("1,299.00 USD gone", "1,299.00 USD"),
        ] {
            assert_eq!(facts(text), [(FactKind::Amount, fact)], "{text}");
        }
    }

    #[test]
    fn dates_are_found_in_many_forms() {
        for (text, fact) in [
            ("since 2026-03-14", "2026-03-14"),
            ("on 14.03.2026.", "14.03.2026"),
            ("on March 3rd, 2026 it broke", "March 3rd, 2026"),
            ("the 3rd of May", "3rd of May"),
            ("it came on Friday", "Friday"),
        ] {
            assert_eq!(facts(text), [(FactKind::Date, fact)], "{text}");
        }
        assert_eq!(facts("may I ask 2 questions"), []);
    }

    #[test]
    fn ways_to_reach_somebody_are_found() {
        assert_eq!(
            facts(
                "write to mia.w@mail.example or call +49 30 1234567, see https://a.example/x?y=1."
            ),
            [
                (FactKind::Email, "mia.w@mail.example"),
                (FactKind::Phone, "+49 30 1234567"),
                (FactKind::Link, "https://a.example/x?y=1"),
            ]
        );
    }

    #[test]
    fn errors_are_found_as_codes_and_as_quotes() {
        for (text, fact) in [
            ("I get error 403 now", "403"),
            (
                "it says \"Payment could not be verified\" again",
                "Payment could not be verified",
            ),
            (
                "the log has ERR_CONNECTION_REFUSED in it",
                "ERR_CONNECTION_REFUSED",
            ),
            ("blue screen 0x80070005", "0x80070005"),
            ("a NullPointerException occurs", "NullPointerException"),
        ] {
            assert_eq!(facts(text), [(FactKind::Error, fact)], "{text}");
        }
    }

    #[test]
    fn small_numbers_are_no_facts() {
        assert_eq!(facts("I have 3 chairs and 12 people in 2026"), []);
    }
}
