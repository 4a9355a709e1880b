//! "Did you mean": the known name that is nearest to an unknown one.

/// The nearest of `known`, if it is near enough to be a slip of the hand, or the only one that
/// has the word in it.
pub(super) fn nearest<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> Option<&'k str> {
    let allowed = (written.chars().count() / 3).clamp(1, 3);
    known
        .clone()
        .into_iter()
        .map(|name| (distance(written, name), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
        .or_else(|| only_one_with(written, known))
}

fn only_one_with<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let mut having = known
        .into_iter()
        .filter(|name| written.len() >= 4 && name.contains(written));
    having.next().filter(|_| having.next().is_none())
}

/// "did you mean `x`?", or else the names there are.
pub(super) fn did_you_mean<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
    otherwise: &str,
) -> String {
    match nearest(written, known.clone()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => list(otherwise, known),
    }
}

/// "the routes are `a`, `b`", cut short after a dozen.
pub(super) fn list<'k>(before: &str, names: impl IntoIterator<Item = &'k str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let shown = names
        .iter()
        .take(12)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() {
        0 => "there are none".to_owned(),
        1..=12 => format!("{before}{shown}"),
        more => format!("{before}{shown} and {} more", more - 12),
    }
}

/// Insertions, deletions, substitutions and swaps of neighbours between two words.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, here) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, there) in right.iter().enumerate() {
            let cell = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (cell(&last, column) + usize::from(here != *there))
                .min(cell(&last, column + 1) + 1)
                .min(cell(&current, column) + 1);
            let swapped =
                column > 0 && previous == Some(*there) && right.get(column - 1) == Some(&here);
            if swapped {
                best = best.min(cell(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        previous = Some(here);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_slips_of_the_hand() {
        assert_eq!(distance("billing", "billing"), 0);
        assert_eq!(distance("biling", "billing"), 1);
        assert_eq!(distance("bililng", "billing"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn only_a_slip_of_the_hand_gets_a_suggestion() {
        let known = ["billing", "general"];
        assert_eq!(nearest("biling", known), Some("billing"));
        assert_eq!(nearest("sales", known), None);
    }
}
