//! Replays told in small invented conversations.

use super::*;
use crate::{journal::Answer, time::Timestamp};

fn turn(by: Speaker, text: &str) -> RecordedTurn {
    RecordedTurn {
        by,
        at: None,
        text: text.into(),
        answer: None,
        hands_off: false,
        reading: None,
    }
}

fn said(customer: &str, assistant: &str) -> [RecordedTurn; 2] {
    [
        turn(Speaker::Customer, customer),
        turn(Speaker::Assistant, assistant),
    ]
}

fn recorded(turns: impl IntoIterator<Item = RecordedTurn>) -> Recorded {
    Recorded {
        external_id: "c-1".into(),
        channel: "chat".into(),
        silence_known: true,
        turns: turns.into_iter().collect(),
        ..Recorded::default()
    }
}

fn timed(mut recorded: Recorded, seconds: &[i64]) -> Recorded {
    for (turn, second) in recorded.turns.iter_mut().zip(seconds) {
        turn.at = Some(Timestamp(second * 1000));
    }
    recorded
}

fn replayed(recorded: &Recorded) -> Replayed {
    Replay::new(None).unwrap().replay(recorded)
}

#[test]
fn who_asks_for_a_person_is_handed_off_with_the_words_that_did_it() {
    let mut turns = said("My lamp flickers.", "Is the bulb tight?").to_vec();
    turns.extend(said(
        "Yes it is. Let me talk to a real person please!",
        "One moment.",
    ));
    let told = replayed(&recorded(turns));
    let handoff = told.handoff.unwrap();
    assert_eq!(handoff.trigger, "person_asked");
    assert_eq!((handoff.exchange, handoff.message), (2, 3));
    assert_eq!(handoff.quote, "Let me talk to a real person please!");
    assert_eq!(handoff.because, ["message.asks_for_person"]);
    assert_eq!(
        (told.replayed, told.messages),
        (3, 4),
        "what comes after is unknown"
    );
}

#[test]
fn an_answer_under_the_bound_is_named_with_its_confidence() {
    let mut turns = said("Where is my parcel?", "It may be anywhere.");
    turns[1].answer = Some(Answer {
        confidence_permille: Some(410),
        ..Answer::default()
    });
    let handoff = replayed(&recorded(turns)).handoff.unwrap();
    assert_eq!(handoff.trigger, "low_confidence");
    assert_eq!(handoff.quoted, Speaker::Assistant);
    assert_eq!(
        handoff.because,
        ["assistant.confidence < 0.7 (assistant.confidence was 0.41)"]
    );
}

#[test]
fn who_comes_back_after_eight_exchanges_is_handed_off_and_missing_times_are_no_silence() {
    let turns = (0..9).flat_map(|n| {
        let words = [
            "red", "blue", "green", "white", "pink", "grey", "teal", "black", "gold",
        ];
        said(&format!("What about the {} one?", words[n]), "We have it.")
    });
    let told = replayed(&recorded(turns));
    let handoff = told.handoff.unwrap();
    assert_eq!(handoff.trigger, "many_exchanges");
    assert_eq!(handoff.exchange, 9);
    assert!(!told.silence_known);
}

#[test]
fn a_late_answer_is_a_silence_only_where_the_times_say_so() {
    let two = recorded(said("Where is my parcel?", "On its way."));
    let on_time = timed(two.clone(), &[0, 20]);
    assert_eq!(replayed(&on_time).handoff, None);
    let late = timed(two.clone(), &[0, 21]);
    let handoff = replayed(&late).handoff.unwrap();
    assert_eq!(handoff.trigger, "assistant_silent");
    assert_eq!(handoff.quote, "Where is my parcel?");
    let told_otherwise = Recorded {
        silence_known: false,
        ..late
    };
    assert_eq!(replayed(&told_otherwise).handoff, None);
    assert_eq!(replayed(&two).handoff, None);
}

#[test]
fn a_conversation_left_for_days_goes_on() {
    let mut turns = said("Where is my parcel?", "On its way.").to_vec();
    turns.extend(said("It came, I want a human now", "One moment."));
    let long = timed(recorded(turns), &[0, 5, 400_000, 400_005]);
    let handoff = replayed(&long).handoff.unwrap();
    assert_eq!(handoff.trigger, "person_asked");
}

#[test]
fn the_replay_ends_where_a_person_took_over_in_the_record() {
    let mut turns = said("Where is my parcel?", "I pass you on.").to_vec();
    turns[1].hands_off = true;
    turns.extend(said("I want to talk to a human", "One moment."));
    let told = replayed(&recorded(turns.clone()));
    assert_eq!((told.handoff, told.replayed), (None, 2));
    turns[1] = turn(Speaker::Agent, "Ann here.");
    let told = replayed(&recorded(turns));
    assert_eq!((told.handoff, told.replayed), (None, 1));
}

#[test]
fn the_report_counts_against_what_the_source_says() {
    let replay = Replay::new(None).unwrap();
    let mut report = Report::default();
    let texts = ["I want to talk to a human", "Where is my parcel?"];
    for (text, solved) in [
        (texts[0], false),
        (texts[0], false),
        (texts[0], true),
        (texts[1], false),
        (texts[1], true),
    ] {
        let mut one = recorded(said(text, "One moment."));
        one.outcome.solved = Some(solved);
        report.add(replay.replay(&one));
    }
    let report = report.finish(replay.policy());
    assert_eq!((report.conversations, report.handoffs), (5, 3));
    let against = &report.against["not_solved"];
    let counts = [
        against.caught,
        against.missed,
        against.interrupted,
        against.left_alone,
    ];
    assert_eq!(counts, [2, 1, 1, 1]);
    assert_eq!(against.recall, Some(Rate::of(2, 3)));
    assert_eq!(report.by_trigger["person_asked"].median_exchange, 1);
    assert_eq!(
        report.blind_triggers["low_confidence"],
        ["assistant.confidence"]
    );
}

#[test]
fn the_interval_is_that_of_wilson() {
    // Wilson's interval for 8 of 10 is 0.490 to 0.943, and for 0 of 10 it is 0 to 0.278.
    let rate = Rate::of(8, 10);
    let all = [rate.value_permille, rate.low_permille, rate.high_permille];
    assert_eq!(all, [800, 490, 943]);
    let none = Rate::of(0, 10);
    assert_eq!((none.low_permille, none.high_permille), (0, 278));
    assert_eq!(Rate::of(0, 0).high_permille, 1000);
}

#[test]
fn kept_readings_replay_like_the_words_themselves() {
    let replay = Replay::new(None).unwrap();
    let mut turns = said("My lamp is STILL broken!!", "Is the bulb tight?").to_vec();
    turns.extend(said(
        "Yes. Let me talk to a real person please!",
        "One moment.",
    ));
    let mut worded = recorded(turns);
    let expected = replay.replay(&worded);
    replay.read(&mut worded);
    let kept = serde_json::to_string(&worded.turns).unwrap();
    let turns: Vec<RecordedTurn> = serde_json::from_str(&kept).unwrap();
    assert!(turns.iter().all(|turn| turn.text.is_empty()));
    let mut told = replay.replay(&recorded(turns));
    let handoff = told.handoff.as_mut().unwrap();
    assert_eq!(handoff.quote, "");
    handoff.quote_from("Yes. Let me talk to a real person please!");
    assert_eq!(told, expected);
}

#[test]
fn two_policies_are_held_against_each_other_on_one_reading() {
    let present = Replay::new(None).unwrap();
    let candidate = "intents: {lamps: {about: lamps, keywords: [lamp], examples: []}}\n\
        triggers: {lamp: {about: lamps, level: proactive, severity: normal, \
        when: 'message.intent == \"lamps\"', cooldown: 0s}}\n\
        routes: {light: {team: light, skills: {}, intents: [lamps], chain: [primary]}}\n\
        default_route: light\n";
    let candidate = Replay::new(Some(candidate)).unwrap();
    assert_ne!(present.reader().lesson(), candidate.reader().lesson());
    let mut report = Report::default();
    for text in ["My lamp flickers", "I want to talk to a human", "Hello"] {
        let mut one = recorded(said(text, "One moment."));
        report.add(candidate.against(&present, &mut one));
    }
    let report = report.finish(candidate.policy());
    let compared = report.compared.unwrap();
    assert_eq!(
        (
            compared.gained.count,
            compared.lost.count,
            compared.unchanged
        ),
        (1, 1, 1)
    );
    assert_eq!(compared.gained.by_trigger["lamp"], 1);
    assert_eq!(compared.lost.by_trigger["person_asked"], 1);
    let sides = compared.matters["lamps"]["light"];
    assert_eq!((sides.before, sides.after), (0, 1));
    let example = &compared.gained.examples[0];
    assert_eq!(example.after.as_ref().unwrap().quote, "My lamp flickers");
}

/// A policy with one trigger beside the request for a person.
fn under(when: &str) -> Replay {
    let policy = format!(
        "policy: Lumen & Loom\ntriggers:\n  noticed:\n    level: proactive\n    when: {when}\nroutes:\n  general:\n    team: support team\ndefault_route: general\n"
    );
    Replay::new(Some(&policy)).unwrap()
}

#[test]
fn a_mood_that_falls_is_noticed_before_it_is_bad_on_the_whole() {
    let falling = [
        said("Thank you, the new lamp is lovely!", "Glad to hear it."),
        said("One question, how do I dim it?", "Turn the knob."),
        said("It does not work, this is annoying.", "Turn it again."),
    ];
    let turns: Vec<_> = falling.iter().flatten().cloned().collect();
    let replay = under("conversation.sentiment_trend < -0.8");
    let handoff = replay.replay(&recorded(turns.clone())).handoff.unwrap();
    assert_eq!((handoff.exchange, handoff.trigger.as_str()), (3, "noticed"));
    let risen: Vec<_> = falling.iter().rev().flatten().cloned().collect();
    assert_eq!(replay.replay(&recorded(risen)).handoff, None);
    let first = recorded(turns.into_iter().skip(4));
    assert_eq!(
        replay.replay(&first).handoff,
        None,
        "one message has no trend"
    );
}

#[test]
fn several_kinds_of_frustration_weigh_more_than_one() {
    let noticed = |text: &str| {
        let turns = said(text, "Let me look.");
        under("message.frustration_signs >= 3")
            .replay(&recorded(turns))
            .handoff
            .is_some()
    };
    assert!(noticed("STILL NOT FIXED?! I already told you, damn it"));
    assert!(!noticed("It still does not work"));
    assert!(
        !noticed("What?! Again?! Really?!"),
        "two kinds, however often"
    );
}

#[test]
fn a_computed_confidence_is_told_from_one_that_was_given() {
    let answered = |computed| {
        let mut turns = said("Where is my parcel?", "It may be anywhere.");
        turns[1].answer = Some(Answer {
            confidence_permille: Some(600),
            confidence_computed: computed,
            ..Answer::default()
        });
        under("assistant.confidence < 0.7 && assistant.confidence_computed")
            .replay(&recorded(turns))
            .handoff
            .is_some()
    };
    assert!(answered(true));
    assert!(!answered(false));
}
