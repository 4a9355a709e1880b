//! The first sentence that an agent may send: who is there, that it was read, and what it is
//! about, so that nothing needs to be said again.

/// Longer issues are not repeated back word for word.
const QUOTE_LONGEST: usize = 120;

/// What the first sentence is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opening<'o> {
    /// The agent's full name.
    pub agent: Option<&'o str>,
    /// The team's name as customers read it: "billing team".
    pub team: Option<&'o str>,
    /// The customer's full name.
    pub customer: Option<&'o str>,
    /// What it is about, in the customer's words.
    pub issue: Option<&'o str>,
    /// An order or invoice number that the customer gave.
    pub reference: Option<&'o str>,
}

/// Drafts the sentence; always something that can be sent as it is.
pub fn first_sentence(opening: &Opening<'_>) -> String {
    format!(
        "{}, {} I have read the conversation, so there is no need to repeat anything. {}",
        greeting(opening.customer),
        introduction(opening.agent, opening.team),
        matter(opening.issue, opening.reference),
    )
}

fn greeting(customer: Option<&str>) -> String {
    given(customer).map_or_else(|| "Hello".into(), |name| format!("Hello {name}"))
}

fn introduction(agent: Option<&str>, team: Option<&str>) -> String {
    match (given(agent), team.map(str::trim).filter(|t| !t.is_empty())) {
        (Some(name), Some(team)) => format!("this is {name} from the {}.", without_the(team)),
        (Some(name), None) => format!("this is {name}."),
        (None, Some(team)) => format!("you have reached the {}.", without_the(team)),
        (None, None) => "thank you for waiting.".into(),
    }
}

fn without_the(team: &str) -> &str {
    let the = team
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("the "));
    the.map_or(team, |_| team.get(4..).unwrap_or(team))
}

fn matter(issue: Option<&str>, reference: Option<&str>) -> String {
    let quoted = issue.map(quotable).filter(|issue| !issue.is_empty());
    let mentions = |number: &&str| {
        quoted
            .as_deref()
            .is_none_or(|issue| !issue.contains(*number))
    };
    match (quoted.as_deref(), reference.filter(mentions)) {
        (Some(issue), Some(number)) => {
            format!("You wrote “{issue}” ({number}): I am looking into it right now.")
        }
        (Some(issue), None) => format!("You wrote “{issue}”: I am looking into it right now."),
        (None, Some(number)) => format!("I am looking into {number} right now."),
        (None, None) => "I am looking into it right now.".into(),
    }
}

/// One line, without the end mark that would clash with the sentence around it.
fn quotable(issue: &str) -> String {
    let line = issue.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches(['.', ',', ';', ':']);
    if line.chars().count() <= QUOTE_LONGEST {
        return line.to_owned();
    }
    let cut: String = line.chars().take(QUOTE_LONGEST).collect();
    let whole = cut.rfind(' ').and_then(|at| cut.get(..at)).unwrap_or(&cut);
    format!("{}…", whole.trim_end_matches([',', ';', ':']))
}

fn given(name: Option<&str>) -> Option<&str> {
    name.and_then(|name| name.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_says_who_is_there_and_what_was_read() {
        let told = first_sentence(&Opening {
            agent: Some("Sarah Lindqvist"),
            team: Some("billing team"),
            customer: Some("Matteo Ricci"),
            issue: Some("I was charged  twice for order LL-20417."),
            reference: Some("LL-20417"),
        });
        assert_eq!(
            told,
            "Hello Matteo, this is Sarah from the billing team. I have read the conversation, so \
             there is no need to repeat anything. You wrote “I was charged twice for order \
             LL-20417”: I am looking into it right now."
        );
    }

    #[test]
    fn a_number_that_the_issue_does_not_name_is_added() {
        let told = first_sentence(&Opening {
            issue: Some("my parcel never came!"),
            reference: Some("LL-7"),
            ..Opening::default()
        });
        assert!(told.ends_with(
            "You wrote “my parcel never came!” (LL-7): I am looking into it right now."
        ));
    }

    #[test]
    fn with_nothing_known_it_is_still_a_sentence_to_send() {
        assert_eq!(
            first_sentence(&Opening::default()),
            "Hello, thank you for waiting. I have read the conversation, so there is no need to \
             repeat anything. I am looking into it right now."
        );
    }

    #[test]
    fn a_long_issue_is_cut_at_a_word() {
        let long = "when I open the app it tells me ".repeat(10);
        let told = first_sentence(&Opening {
            issue: Some(&long),
            ..Opening::default()
        });
        assert!(told.contains("…”:"), "{told}");
        assert!(told.len() < 350, "{told}");
    }

    #[test]
    fn a_team_whose_name_begins_with_the_is_not_doubled() {
        let told = first_sentence(&Opening {
            agent: Some("Mei"),
            team: Some("The technical team"),
            ..Opening::default()
        });
        assert!(
            told.starts_with("Hello, this is Mei from the technical team."),
            "{told}"
        );
    }
}
