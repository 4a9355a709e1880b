//! Triggers that can never fire, that a stronger one always hides, and that disagree with another.

use std::cmp::Reverse;

use super::{
    Found,
    cases::{Case, TooMany, World},
    example::Example,
};
use crate::{
    journal::Level,
    policy::{
        Policy, Trigger,
        condition::{Part, Test},
        diagnosis::Weight,
        document::words,
        duration,
        facts::Occasion,
    },
};

/// Steps that comparing triggers may take; each looks at two cases.
const MAX_STEPS: u32 = 300_000;

/// A trigger with the ways in which it fires, for each occasion.
struct Rule<'p> {
    trigger: &'p Trigger,
    cases: Vec<(World<'p>, Vec<Case<'p>>)>,
}

/// What two triggers have in common.
enum Meeting {
    Never,
    At(Example),
    /// Their open tests may meet; none of the values that were tried makes both fire.
    Perhaps,
}

/// Examines every trigger, and every two of them.
pub(super) fn examine(policy: &Policy) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    let mut rules = Vec::new();
    for trigger in &policy.triggers {
        match Rule::of(policy, trigger) {
            Err(TooMany) => found.push(not_analysed(trigger, "the condition has too many cases")),
            Ok(rule) if rule.never_fires() => found.push(never_fires(policy, trigger)),
            Ok(rule) => {
                found.extend(idle_parts(policy, trigger));
                rules.push(rule);
            }
        }
    }
    found.extend(dead_ends(&rules));
    // In the order in which they win, which is how the desk chooses among those that fire.
    rules.sort_by_key(|rule| Reverse((rule.trigger.level, rule.trigger.severity)));
    let mut examination = Examination {
        rules: &rules,
        steps: MAX_STEPS,
        found,
    };
    examination.run();
    examination.found
}

impl<'p> Rule<'p> {
    fn of(policy: &'p Policy, trigger: &'p Trigger) -> Result<Self, TooMany> {
        let on = |occasion| {
            let world = World { policy, occasion };
            let cases = world.cases(&trigger.when.root().test, true)?;
            Ok((world, cases))
        };
        let cases: Result<_, _> = Occasion::ALL.into_iter().map(on).collect();
        Ok(Self {
            trigger,
            cases: cases?,
        })
    }

    fn never_fires(&self) -> bool {
        self.cases.iter().all(|(_, cases)| cases.is_empty())
    }

    /// Whether some of its cases were not taken apart and none of the values tried makes it fire.
    fn may_never_fire(&self) -> bool {
        !self.cases.iter().any(|(world, cases)| {
            let fires = |it: &Example| self.trigger.when.holds(it) == Some(true);
            cases
                .iter()
                .any(|case| Example::of(*world, case, fires).is_some())
        })
    }
}

/// Where the assistant gives nothing and no trigger notices, or one that holds still after a return.
fn dead_ends<'p>(rules: &[Rule<'p>]) -> Vec<Found<'p>> {
    let mut found = Vec::new();
    for occasion in [Occasion::AssistantFails, Occasion::AssistantSilent] {
        let notices = |rule: &&Rule<'p>| {
            let on = |(world, cases): &(World<'_>, Vec<Case<'_>>)| {
                world.occasion == occasion && !cases.is_empty()
            };
            rule.trigger.level != Level::Suggest && rule.cases.iter().any(on)
        };
        let noticing: Vec<_> = rules
            .iter()
            .filter(notices)
            .map(|rule| rule.trigger)
            .collect();
        match noticing
            .iter()
            .min_by_key(|trigger| trigger.cooldown_seconds)
        {
            None if !rules.is_empty() => found.push(nothing_notices(occasion)),
            Some(trigger) if trigger.cooldown_seconds > 0 => found.push(late(trigger, occasion)),
            _ => {}
        }
    }
    found
}

fn nothing_notices(occasion: Occasion) -> Found<'static> {
    Found {
        path: vec!["triggers"],
        weight: Weight::Warning,
        message: format!("no trigger hands off {}: the customer would be left alone", occasion.when()),
        hint: Some(
            "add one with `when: assistant.failed || assistant.silent_seconds >= 20` and `cooldown: 0s`"
                .to_owned(),
        ),
    }
}

fn late(trigger: &Trigger, occasion: Occasion) -> Found<'_> {
    let cooldown = duration::written(trigger.cooldown_seconds);
    Found {
        path: vec!["triggers", trigger.name.as_str()],
        weight: Weight::Warning,
        message: format!(
            "for {cooldown} after a return nothing hands off {}, because `{}` holds still",
            occasion.when(),
            trigger.name
        ),
        hint: Some("write `cooldown: 0s`".to_owned()),
    }
}

struct Examination<'r, 'p> {
    rules: &'r [Rule<'p>],
    steps: u32,
    found: Vec<Found<'p>>,
}

impl<'p> Examination<'_, 'p> {
    fn run(&mut self) {
        let mut undecided = 0_usize;
        for (place, rule) in self.rules.iter().enumerate() {
            if rule.may_never_fire() {
                let why = "it compares facts with one another, and no values that were tried make it fire";
                self.found.push(not_analysed(rule.trigger, why));
            }
            let stronger = self.rules.get(..place).unwrap_or_default();
            let Some(hidden) = self.hidden(rule, stronger) else {
                self.found
                    .push(out_of_steps(rule.trigger, self.rules.len()));
                return;
            };
            if !hidden.is_empty() {
                self.found.push(hidden_by(rule.trigger, &hidden));
                continue;
            }
            for other in stronger
                .iter()
                .filter(|it| differ(it.trigger, rule.trigger))
            {
                match self.meet(other, rule) {
                    None => {
                        self.found
                            .push(out_of_steps(rule.trigger, self.rules.len()));
                        return;
                    }
                    Some(Meeting::At(example)) => {
                        self.found
                            .push(overlap(other.trigger, rule.trigger, &example));
                    }
                    Some(Meeting::Perhaps) => undecided += 1,
                    Some(Meeting::Never) => {}
                }
            }
        }
        self.found
            .extend((undecided > 0).then(|| undecided_pairs(undecided)));
    }

    /// The stronger triggers that leave nothing of `rule`: one alone, or else all together; none
    /// where something is left. `None` where the steps are used up.
    fn hidden(&mut self, rule: &Rule<'p>, stronger: &[Rule<'p>]) -> Option<Vec<&'p Trigger>> {
        for other in stronger {
            if self.leave_nothing(rule, std::slice::from_ref(other))? {
                return Some(vec![other.trigger]);
            }
        }
        if stronger.len() > 1 && self.leave_nothing(rule, stronger)? {
            let sharing = stronger.iter().filter(|other| {
                let both = |one: &Case<'p>, two: &Case<'p>| World::both(one, two).is_some();
                rule.cases
                    .iter()
                    .zip(&other.cases)
                    .any(|((_, own), (_, others))| {
                        own.iter()
                            .any(|one| others.iter().any(|two| both(one, two)))
                    })
            });
            return Some(sharing.map(|other| other.trigger).collect());
        }
        Some(Vec::new())
    }

    fn leave_nothing(&mut self, rule: &Rule<'p>, stronger: &[Rule<'p>]) -> Option<bool> {
        for (occasion, (world, cases)) in rule.cases.iter().enumerate() {
            let mut left = cases.clone();
            for by in stronger
                .iter()
                .filter_map(|other| other.cases.get(occasion))
                .flat_map(|(_, cases)| cases)
            {
                self.steps = self.steps.checked_sub(u32::try_from(left.len()).ok()?)?;
                left = left
                    .iter()
                    .flat_map(|case| world.without(case, by))
                    .collect();
            }
            if !left.is_empty() {
                return Some(false);
            }
        }
        Some(true)
    }

    fn meet(&mut self, left: &Rule<'p>, right: &Rule<'p>) -> Option<Meeting> {
        let mut meeting = Meeting::Never;
        for ((world, ours), (_, theirs)) in left.cases.iter().zip(&right.cases) {
            for one in ours {
                self.steps = self.steps.checked_sub(u32::try_from(theirs.len()).ok()?)?;
                for both in theirs.iter().filter_map(|two| World::both(one, two)) {
                    let fire = |it: &Example| {
                        [left, right]
                            .iter()
                            .all(|rule| rule.trigger.when.holds(it) == Some(true))
                    };
                    match Example::of(*world, &both, fire) {
                        Some(example) => return Some(Meeting::At(example)),
                        None => meeting = Meeting::Perhaps,
                    }
                }
            }
        }
        Some(meeting)
    }
}

/// Whether it matters which of two wins.
fn differ(one: &Trigger, other: &Trigger) -> bool {
    let outcome = |it: &Trigger| (it.level, it.severity, it.route.clone(), it.skills.clone());
    outcome(one) != outcome(other)
}

fn never_fires<'p>(policy: &'p Policy, trigger: &'p Trigger) -> Found<'p> {
    Found {
        path: vec!["triggers", trigger.name.as_str(), "when"],
        weight: Weight::Error,
        message: format!("trigger `{}` can never fire", trigger.name),
        hint: Some(contradiction(policy, trigger)),
    }
}

/// The part that never holds, or the first two that exclude each other.
fn contradiction(policy: &Policy, trigger: &Trigger) -> String {
    let root = trigger.when.root();
    let parts: Vec<&Part> = match &root.test {
        Test::All(parts) => parts.iter().collect(),
        _ => vec![root],
    };
    let text = |part: &Part| trigger.when.part_text(part);
    if let Some(part) = parts
        .iter()
        .find(|part| occasions(policy, &[part]).is_empty())
    {
        return format!("`{}` never holds", text(part));
    }
    for (place, one) in parts.iter().enumerate() {
        for other in parts.iter().skip(place + 1) {
            if !occasions(policy, &[one, other]).is_empty() {
                continue;
            }
            let (ours, theirs) = (occasions(policy, &[one]), occasions(policy, &[other]));
            if ours.iter().any(|occasion| theirs.contains(occasion)) {
                return format!("`{}` and `{}` exclude each other", text(one), text(other));
            }
            return format!(
                "`{}` can hold only {}, `{}` only {}",
                text(one),
                when(&ours),
                text(other),
                when(&theirs)
            );
        }
    }
    "its parts exclude one another".to_owned()
}

fn when(occasions: &[Occasion]) -> String {
    let words: Vec<_> = occasions.iter().map(|it| it.when()).collect();
    words.join(" or ")
}

/// The occasions on which all parts may hold at once.
fn occasions(policy: &Policy, parts: &[&Part]) -> Vec<Occasion> {
    let may = |occasion: &Occasion| {
        let world = World {
            policy,
            occasion: *occasion,
        };
        let mut cases = vec![Case::default()];
        for part in parts {
            let Ok(more) = world.cases(&part.test, true) else {
                return true;
            };
            cases = cases
                .iter()
                .flat_map(|one| more.iter().filter_map(|two| World::both(one, two)))
                .collect();
        }
        !cases.is_empty()
    };
    Occasion::ALL.into_iter().filter(may).collect()
}

/// The alternatives of a condition that never hold while others do.
fn idle_parts<'p>(policy: &'p Policy, trigger: &'p Trigger) -> Vec<Found<'p>> {
    let Test::Any(parts) = &trigger.when.root().test else {
        return Vec::new();
    };
    let idle = parts
        .iter()
        .filter(|part| occasions(policy, &[part]).is_empty());
    idle.map(|part| Found {
        path: vec!["triggers", trigger.name.as_str(), "when"],
        weight: Weight::Warning,
        message: format!("`{}` never holds", trigger.when.part_text(part)),
        hint: Some("the other parts decide alone; leave it out or mend it".to_owned()),
    })
    .collect()
}

fn hidden_by<'p>(trigger: &'p Trigger, stronger: &[&'p Trigger]) -> Found<'p> {
    let names: Vec<_> = stronger.iter().map(|it| format!("`{}`", it.name)).collect();
    let cooldown = stronger
        .iter()
        .map(|it| it.cooldown_seconds)
        .max()
        .unwrap_or(0);
    let (verb, pronoun) = if names.len() == 1 {
        ("fires", "wins")
    } else {
        ("fire", "win")
    };
    let still = match cooldown {
        0 => "give it a higher level or severity, or leave it out".to_owned(),
        seconds => format!(
            "only in the {} after a \"stay\" or a return, when the stronger holds still, can it be heard",
            duration::written(seconds)
        ),
    };
    Found {
        path: vec!["triggers", trigger.name.as_str()],
        weight: Weight::Warning,
        message: format!(
            "trigger `{}` never wins: wherever it fires, {} {verb} too and {pronoun}",
            trigger.name,
            names.join(" or ")
        ),
        hint: Some(still),
    }
}

fn overlap<'p>(winner: &Trigger, other: &'p Trigger, example: &Example) -> Found<'p> {
    let by_place = (winner.level, winner.severity) == (other.level, other.severity);
    let why = if winner.level != other.level {
        format!(
            "`{}` is stronger than `{}`",
            words::level(winner.level),
            words::level(other.level)
        )
    } else if winner.severity != other.severity {
        let severity = words::severity;
        format!(
            "severity `{}` is graver than `{}`",
            severity(winner.severity),
            severity(other.severity)
        )
    } else {
        "it is written first, and they go to different places".to_owned()
    };
    Found {
        path: vec!["triggers", other.name.as_str()],
        weight: if by_place && winner.level != Level::Suggest {
            Weight::Warning
        } else {
            Weight::Note
        },
        message: format!(
            "`{}` and `{}` both fire where {example}",
            winner.name, other.name
        ),
        hint: Some(format!("`{}` wins: {why}", winner.name)),
    }
}

fn not_analysed<'p>(trigger: &'p Trigger, why: &str) -> Found<'p> {
    Found {
        path: vec!["triggers", trigger.name.as_str(), "when"],
        weight: Weight::Note,
        message: format!("trigger `{}` is not analysed: {why}", trigger.name),
        hint: None,
    }
}

fn out_of_steps(trigger: &Trigger, triggers: usize) -> Found<'_> {
    Found {
        path: vec!["triggers", trigger.name.as_str()],
        weight: Weight::Note,
        message: format!(
            "not analysed from here on: comparing {triggers} triggers takes more than {MAX_STEPS} steps"
        ),
        hint: None,
    }
}

fn undecided_pairs(pairs: usize) -> Found<'static> {
    let some = if pairs == 1 {
        "1 pair of triggers is"
    } else {
        &format!("{pairs} pairs of triggers are")
    };
    Found {
        path: vec!["triggers"],
        weight: Weight::Note,
        message: format!("{some} not analysed: their conditions compare facts with one another"),
        hint: None,
    }
}
