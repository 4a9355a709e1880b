//! The questions about leaving the assistant: how often, where, and what was asked twice.

use jiff::tz::TimeZone;
use segue_core::audit::{
    Rate,
    diagnosis::{Cell, Cluster, Gaps, Handoffs, Wanted},
};

use super::{
    Told,
    section::{Chart, Kind, Point, Quoted, Section, Table, Value},
    service, words,
};

/// The cell in which all that has no cell of its own is counted.
const REST: &str = "(all others)";
/// Cells that the terminal and the page name as standing out.
const NAMED: usize = 6;

/// The whole report.
pub(super) fn sections(told: &Told, zone: &TimeZone) -> Vec<Section> {
    let diagnosis = &told.diagnosis;
    let mut all = vec![overview(told, zone)];
    all.extend(service::comparison(told, zone));
    all.push(handoffs(&diagnosis.handoffs));
    all.extend(clusters(&diagnosis.clusters));
    all.push(gaps(
        diagnosis.gaps_agent.as_ref(),
        diagnosis.gaps_assistant.as_ref(),
    ));
    all.push(service::waits(&diagnosis.time_to_agent));
    all.push(service::scenarios(&diagnosis.scenarios));
    all.extend(diagnosis.routes.as_ref().map(service::routes));
    all.push(service::ratings(&diagnosis.ratings));
    all.push(service::coverage(&diagnosis.coverage));
    all
}

fn overview(told: &Told, zone: &TimeZone) -> Section {
    let diagnosis = &told.diagnosis;
    let mut answer = vec![format!(
        "{} with {}, from {}.",
        words::counted(diagnosis.handoffs.conversations, "conversation"),
        words::counted(diagnosis.messages, "message"),
        told.source
    )];
    answer.push(match words::period(diagnosis.period, zone) {
        Some(period) => format!("{period}."),
        None => "The source has no times.".to_owned(),
    });
    let figures = diagnosis.figures();
    let rows = figures.iter().map(service::figure_row);
    Section {
        title: "Overview",
        question: "What is this about?",
        answer,
        tables: vec![Table {
            title: "The figures that this period is known by, with 95 % intervals".to_owned(),
            head: vec!["figure", "value", "hardly less", "hardly more"],
            rows: rows.collect(),
        }],
        ..Section::default()
    }
}

fn handoffs(told: &Handoffs) -> Section {
    let paths = [
        ("handed off", told.handed_off),
        ("assistant only", told.assistant_only),
        ("  known to be settled", told.assistant_only_solved),
        ("  known not to be settled", told.assistant_only_not_solved),
        ("people only", told.people_only),
        ("not known", told.unknown),
    ];
    let paths = paths.into_iter().filter(|(_, count)| *count > 0);
    let events = told.events.iter();
    Section {
        title: "Handoffs",
        question: "How often does a conversation leave the assistant, and what becomes of the others?",
        answer: handoffs_in_words(told),
        charts: vec![Chart {
            title: "How often, where the source says".to_owned(),
            kind: Kind::Shares,
            points: told
                .events
                .iter()
                .filter_map(|(name, event)| Some(point(in_words(name), event.rate?, false)))
                .collect(),
            all: None,
        }],
        tables: vec![
            Table {
                title: "Who had the conversations".to_owned(),
                head: vec!["path", "conversations"],
                rows: paths
                    .map(|(name, count)| vec![Value::Text(name.to_owned()), Value::Count(count)])
                    .collect(),
            },
            Table {
                title: "What happened, where the source says".to_owned(),
                head: vec!["event", "count", "of", "share"],
                rows: events
                    .map(|(name, event)| {
                        vec![
                            Value::Text(in_words(name)),
                            Value::Count(event.count),
                            Value::Count(event.of),
                            event.rate.map_or(Value::Unknown, Value::Share),
                        ]
                    })
                    .collect(),
            },
        ],
        ..Section::default()
    }
}

fn handoffs_in_words(told: &Handoffs) -> Vec<String> {
    let mut answer = Vec::new();
    match told.rate {
        Some(rate) => answer.push(format!(
            "The assistant handed off {} of {}: {}.",
            words::grouped(told.handed_off),
            words::counted(told.handed_off + told.assistant_only, "conversation"),
            words::rate(rate)
        )),
        None => answer.push(
            "No conversation of this source is known to have been with an assistant and to have \
             left or not left it: there is no handoff rate."
                .to_owned(),
        ),
    }
    if told.people_only > 0 {
        let people = words::grouped(told.people_only);
        answer.push(format!(
            "People had {people} from the beginning: they are in no rate."
        ));
    }
    if told.unknown > 0 {
        let unknown = words::grouped(told.unknown);
        answer.push(format!(
            "Of {unknown} the source does not say who had them."
        ));
    }
    answer
}

/// The two questions about clusters: for the event that matters most, in full; for the others,
/// what stands out.
fn clusters(all: &[Cluster]) -> Vec<Section> {
    let events = ["handed_off", "moved_between_groups", "not_solved"];
    let mut main = events
        .iter()
        .filter(|event| all.iter().any(|one| one.event == **event));
    let labels = all.iter().map(|one| one.event.as_str());
    let main = main.next().copied().or_else(|| labels.clone().next());
    let Some(main) = main else {
        return vec![Section {
            title: "Clusters",
            question: "Where does it happen more often than elsewhere?",
            answer: vec!["Nothing that happens or not is known of these conversations.".to_owned()],
            ..Section::default()
        }];
    };
    let (first, others): (Vec<&Cluster>, Vec<&Cluster>) =
        all.iter().partition(|one| one.event == main);
    let mut sections = vec![cluster_section(
        "Clusters",
        "Where does it happen more often than elsewhere?",
        main,
        &first,
    )];
    if !others.is_empty() {
        sections.push(others_section(&others));
    }
    sections
}

fn cluster_section(
    title: &'static str,
    question: &'static str,
    event: &str,
    all: &[&Cluster],
) -> Section {
    let mut answer = vec![format!(
        "Looked at is: {}. A lift says how much more often it happens than in all other \
         conversations; its interval holds for all values of its table together, and a value is \
         named only if the interval leaves out 1.",
        in_words(event)
    )];
    answer.extend(standing_out(all));
    Section {
        title,
        question,
        answer,
        charts: all.iter().map(|one| cluster_chart(one)).collect(),
        tables: all.iter().map(|one| cluster_table(one)).collect(),
        ..Section::default()
    }
}

fn others_section(all: &[&Cluster]) -> Section {
    let mut answer = standing_out(all);
    answer.insert(
        0,
        "The same for everything else that the source says of its conversations. A table is shown \
         if any of its values is more than chance, upwards or downwards."
            .to_owned(),
    );
    let telling = all.iter().filter(|one| {
        let mut cells = one.cells.iter();
        cells.any(|cell| cell.lift.stands_out())
    });
    Section {
        title: "Other clusters",
        question: "Where do other things happen more often than elsewhere?",
        answer,
        tables: telling.map(|one| cluster_table(one)).collect(),
        ..Section::default()
    }
}

/// The values that are more than chance, the greatest first.
fn standing_out(all: &[&Cluster]) -> Vec<String> {
    let cells = all
        .iter()
        .flat_map(|one| one.cells.iter().map(move |cell| (one, cell)));
    let mut out: Vec<_> = cells
        .filter(|(_, cell)| cell.name != REST && cell.lift.low_permille > 1000)
        .collect();
    out.sort_by_key(|(_, cell)| std::cmp::Reverse(cell.lift.low_permille));
    if out.is_empty() {
        return vec!["No value stands out upwards: what differs may be chance.".to_owned()];
    }
    let named = out.into_iter().take(NAMED);
    named
        .map(|(one, cell)| {
            format!(
                "{} {}: {} {} of {}, {}.",
                in_words(&one.by),
                cell_name(cell),
                in_words(&one.event),
                words::grouped(cell.count),
                words::grouped(cell.conversations),
                words::lift(cell.lift)
            )
        })
        .collect()
}

/// Without the number that keeps weekdays and moods in their order.
fn cell_name(cell: &Cell) -> String {
    let mut letters = cell.name.chars();
    match (letters.next(), letters.next()) {
        (Some('1'..='7'), Some(' ')) if letters.clone().next().is_some_and(char::is_alphabetic) => {
            letters.collect()
        }
        _ => cell.name.clone(),
    }
}

fn cluster_title(one: &Cluster) -> String {
    format!("{} by {}", in_words(&one.event), in_words(&one.by))
}

fn cluster_chart(one: &Cluster) -> Chart {
    let (count, of) = one.cells.iter().fold((0, 0), |(count, of), cell| {
        (count + cell.count, of + cell.conversations)
    });
    let ordered = matches!(one.by.as_str(), "hour" | "weekday");
    Chart {
        title: cluster_title(one),
        kind: if ordered { Kind::Columns } else { Kind::Shares },
        points: one
            .cells
            .iter()
            .map(|cell| point(cell_name(cell), cell.rate, cell.lift.low_permille > 1000))
            .collect(),
        all: Some(Rate::of(count, of).value_permille.into()),
    }
}

fn cluster_table(one: &Cluster) -> Table {
    let rows = one.cells.iter().map(|cell| {
        vec![
            Value::Text(cell_name(cell)),
            Value::Count(cell.conversations),
            Value::Count(cell.count),
            Value::Share(cell.rate),
            Value::Lift(cell.lift),
        ]
    });
    Table {
        title: cluster_title(one),
        head: vec!["value", "conversations", "count", "share", "lift"],
        rows: rows.collect(),
    }
}

/// A bar for a share.
pub(super) fn point(name: String, rate: Rate, stands_out: bool) -> Point {
    Point {
        name,
        value: rate.value_permille.into(),
        low: rate.low_permille.into(),
        high: rate.high_permille.into(),
        stands_out,
        ..Point::default()
    }
}

fn gaps(agent: Option<&Gaps>, assistant: Option<&Gaps>) -> Section {
    let mut section = Section {
        title: "Information gaps",
        question: "What is asked for that the customer had said already, and what was missing?",
        ..Section::default()
    };
    let sides = [
        ("agents", "agent", agent),
        ("the assistant", "assistant", assistant),
    ];
    for (side, one, gaps) in sides {
        let Some(gaps) = gaps else {
            section
                .answer
                .push(format!("Nothing that {side} wrote is in this source."));
            continue;
        };
        section.answer.push(format!(
            "In {} of {} with words of {side}, {side} asked for something that the customer had said before{}.",
            words::grouped(gaps.asked_again),
            words::counted(gaps.conversations, "conversation"),
            gaps.asked_again_rate
                .map_or_else(String::new, |rate| format!(": {}", words::rate(rate)))
        ));
        section.charts.push(gap_chart(side, gaps));
        section.tables.push(gap_table(side, gaps));
        section.quotes.extend(quotes(one, gaps));
    }
    section.answer.push(
        "Only what stands in the text word for word is compared: numbers, addresses, dates, \
         amounts, error messages, and steps that the customer says were tried."
            .to_owned(),
    );
    section
}

fn gap_chart(side: &str, gaps: &Gaps) -> Chart {
    let kinds = gaps.kinds.iter();
    Chart {
        title: format!("Asked by {side} though it had been said"),
        kind: Kind::Shares,
        points: kinds
            .filter_map(|(wanted, gap)| {
                Some(point(
                    wanted_in_words(*wanted).to_owned(),
                    gap.asked_again_rate?,
                    false,
                ))
            })
            .collect(),
        all: None,
    }
}

fn gap_table(side: &str, gaps: &Gaps) -> Table {
    let rows = gaps.kinds.iter().map(|(wanted, gap)| {
        vec![
            Value::Text(wanted_in_words(*wanted).to_owned()),
            Value::Count(gap.asked),
            Value::Count(gap.asked_again),
            Value::Count(gap.missing),
            gap.asked_again_rate.map_or(Value::Unknown, Value::Share),
        ]
    });
    Table {
        title: format!("Asked for by {side}, each conversation counted once"),
        head: vec![
            "what",
            "asked",
            "said before",
            "missing",
            "said before, share",
        ],
        rows: rows.collect(),
    }
}

fn quotes(side: &str, gaps: &Gaps) -> Vec<Quoted> {
    let kinds = gaps.kinds.iter();
    let all = kinds.flat_map(|(wanted, gap)| gap.examples.iter().map(move |one| (*wanted, one)));
    all.map(|(wanted, one)| Quoted {
        place: format!("{}, {}", one.conversation, wanted_in_words(wanted)),
        said: (
            format!("customer, message {}", one.said.message),
            one.said.words.clone(),
        ),
        asked: (
            format!("{side}, message {}", one.asked.message),
            one.asked.words.clone(),
        ),
    })
    .collect()
}

fn wanted_in_words(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Reference => "number or id",
        Wanted::Email => "mail address",
        Wanted::Phone => "telephone number",
        Wanted::Date => "date",
        Wanted::Amount => "amount",
        Wanted::ErrorMessage => "error message",
        Wanted::AttemptedSteps => "steps tried",
    }
}

/// A name of the core as people write it.
pub(super) fn in_words(name: &str) -> String {
    match name {
        "words" => "words of the first message".to_owned(),
        "mood_shift" => "change of mood".to_owned(),
        "mood_before" => "mood at the end of the assistant's part".to_owned(),
        _ => name.replace('_', " "),
    }
}
