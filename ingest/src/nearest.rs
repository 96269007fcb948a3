//! nearest: which known name somebody probably meant. Pure.

/// The candidate with the smallest edit distance to `word` (ignoring case), if it is near enough to be worth proposing:
/// at most a third of the word, and never more than three edits. The first of equals wins.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let near = (word.len() / 3).clamp(1, 3);
    let mut best = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        if word.len().abs_diff(other.len()) > near {
            continue;
        }
        let distance = edits(&word, &other);
        if distance <= near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Insertions, removals, changes and swaps of neighbours that turn one word into the other.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = change.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposes_only_what_is_near() {
        assert_eq!(nearest("chanel", ["case_id", "channel"]), Some("channel"));
        assert_eq!(
            nearest("44012", ["44021", "44083"]),
            Some("44021"),
            "two digits swapped is one edit"
        );
        assert_eq!(nearest("Kanaal", ["Dossiernummer"]), None);
        assert_eq!(nearest("44099", ["44021", "11002"]), None);
        assert_eq!(nearest("EVENTS", ["events"]), Some("events"));
    }
}
