//! How far a mistyped word may be from the word that was meant.

/// Whether `typed` may be a slip for `meant`: one edit (a letter more, less, other, or two
/// swapped) in a word of five letters or more, two such edits in one of ten or more, and the
/// first letter right.
pub(super) fn is_slip_for(typed: &str, meant: &str) -> bool {
    let (typed, meant) = (typed.as_bytes(), meant.as_bytes());
    if typed.len() < 4 || meant.len() < 5 || typed.first() != meant.first() {
        return false;
    }
    let allowed = if meant.len() >= 10 { 2 } else { 1 };
    within(typed, meant, allowed)
}

/// Whether at most `left` edits turn one word into the other. Each step either strips what is
/// equal or spends an edit, so that the depth is bounded by `left`.
fn within(typed: &[u8], meant: &[u8], left: usize) -> bool {
    if typed.len().abs_diff(meant.len()) > left {
        return false;
    }
    match (typed, meant) {
        ([], rest) | (rest, []) => rest.len() <= left,
        ([wrote, tail @ ..], [wanted, goal @ ..]) if wrote == wanted => within(tail, goal, left),
        _ if left == 0 => false,
        ([_, tail @ ..], [_, goal @ ..]) => {
            let swapped = || match (typed, meant) {
                ([one, two, tail @ ..], [first, second, goal @ ..]) => {
                    one == second && two == first && within(tail, goal, left - 1)
                }
                _ => false,
            };
            within(tail, goal, left - 1)
                || within(tail, meant, left - 1)
                || within(typed, goal, left - 1)
                || swapped()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_is_forgiven_in_a_word_of_five_letters() {
        for typed in ["agnet", "agen", "aagent", "agemt"] {
            assert!(is_slip_for(typed, "agent"), "{typed}");
        }
        assert!(!is_slip_for("age", "agent"));
        assert!(is_slip_for("sombody", "somebody"));
        assert!(!is_slip_for("egent", "agent"));
    }

    #[test]
    fn two_slips_are_forgiven_in_a_long_word_only() {
        assert!(is_slip_for("represntitive", "representative"));
        assert!(!is_slip_for("mangr", "manager"));
        assert!(!is_slip_for("reason", "person"));
    }
}
