//! Every wording is rendered as customers may come to read it.

use std::fmt::Write as _;

use expect_test::expect;

use super::*;

fn told(words: &Words<'_>) -> String {
    let mut text = String::new();
    for (name, kind) in KINDS {
        let sentence = render(kind, default_template(kind), words);
        let _ = writeln!(text, "{name}: {sentence}");
    }
    text
}

#[test]
fn every_kind_has_a_name_of_its_own_and_the_journals_spelling() {
    for (name, kind) in KINDS {
        assert_eq!(serde_json::to_value(kind).unwrap(), name);
    }
}

#[test]
fn every_default_wording_can_be_written_whatever_is_known() {
    for (name, kind) in KINDS {
        assert_eq!(check(kind, default_template(kind)), Ok(()), "{name}");
    }
}

#[test]
fn the_default_wordings_with_everything_known() {
    let words = Words {
        agent: Some("Sarah"),
        team: Some("billing team"),
        wait: Some("about 2 to 4 minutes"),
        place: Some(3),
        reason: Some("a bill that is disputed"),
    };
    expect![[r#"
        announced: We are bringing in Sarah from our billing team. That takes about 2 to 4 minutes. You are number 3 in line. They can read everything written here, so you need not repeat anything.
        nobody_here: Nobody from our billing team is here just now, and we would rather say so than keep you guessing. Your request is in line with everything written here, and the first person who is back takes it. The wait is about 2 to 4 minutes.
        suggested: Would you like a person to take over? That takes about 2 to 4 minutes. They can read everything written here, so you need not repeat anything. You can also go on with the assistant.
        still_waiting: It takes longer than we said, and we are sorry about that. The wait is now about 2 to 4 minutes. You are number 3 in line. You keep your place, and nothing you have written is lost.
        agent_joined: Sarah from our billing team is here now and can read everything written here, so you need not repeat anything.
        passed_on: Your conversation goes on with Sarah from our billing team, who can help you better with this. That takes about 2 to 4 minutes. Everything written here goes along, so you need not repeat anything.
        callback_noted: Your wish is noted. A person from our billing team will get back to you with this whole conversation at hand, so you need not repeat anything.
        message_noted: You need not wait here. Write down whatever should be known: a person from our billing team will answer in this conversation, with everything written here at hand.
        back_with_assistant: You are with the assistant again. It has everything that was written here, and you can ask for a person at any time.
        closed: This conversation is closed. Thank you for writing to us. If anything is still open, just write again, and we go on from here.
    "#]].assert_eq(&told(&words));
}

#[test]
fn the_default_wordings_with_nothing_known() {
    expect![[r#"
        announced: We are bringing in a person from our support team. They can read everything written here, so you need not repeat anything.
        nobody_here: Nobody from our support team is here just now, and we would rather say so than keep you guessing. Your request is in line with everything written here, and the first person who is back takes it.
        suggested: Would you like a person to take over? They can read everything written here, so you need not repeat anything. You can also go on with the assistant.
        still_waiting: It takes longer than we said, and we are sorry about that. We cannot say how much longer, and we do not want to guess. You keep your place, and nothing you have written is lost.
        agent_joined: A colleague from our support team is here now and can read everything written here, so you need not repeat anything.
        passed_on: Your conversation goes on with our support team, who can help you better with this. Everything written here goes along, so you need not repeat anything.
        callback_noted: Your wish is noted. A person from our support team will get back to you with this whole conversation at hand, so you need not repeat anything.
        message_noted: You need not wait here. Write down whatever should be known: a person from our support team will answer in this conversation, with everything written here at hand.
        back_with_assistant: You are with the assistant again. It has everything that was written here, and you can ask for a person at any time.
        closed: This conversation is closed. Thank you for writing to us. If anything is still open, just write again, and we go on from here.
    "#]].assert_eq(&told(&Words::default()));
}

#[test]
fn the_default_wordings_read_well_with_every_way_to_tell_a_wait() {
    for wait in ["less than a minute", "up to 4 minutes", "1 to 2 hours"] {
        let words = Words {
            wait: Some(wait),
            ..Words::default()
        };
        let text = told(&words);
        assert_eq!(text.matches(wait).count(), 5, "{text}");
        assert!(!text.contains("  ") && !text.contains("none"), "{text}");
    }
}

#[test]
fn two_renderings_are_equal() {
    let words = Words::default();
    assert_eq!(told(&words), told(&words));
}

#[test]
fn a_template_that_fails_after_all_gives_way_to_the_default_wording() {
    let sentence = render(NoticeKind::Closed, "{{ wait }}", &Words::default());
    assert_eq!(
        sentence,
        render(
            NoticeKind::Closed,
            default_template(NoticeKind::Closed),
            &Words::default()
        )
    );
}

#[test]
fn a_name_with_a_sign_of_markup_stands_as_it_is() {
    let words = Words {
        agent: Some("O'Neil <& {{ co }}>"),
        ..Words::default()
    };
    let sentence = render(NoticeKind::AgentJoined, "{{ agent }} is here.", &words);
    assert_eq!(sentence, "O'Neil <& {{ co }}> is here.");
}
