//! minimise: the smallest file that still does it, by leaving out pieces of half the size each round.

/// `fails` says whether a file still does it; it is asked at most `tries` times.
pub fn minimise(bytes: &[u8], mut tries: usize, mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut best = bytes.to_vec();
    let mut piece = best.len().div_ceil(2);
    while piece > 0 && tries > 0 {
        let mut at = 0;
        let mut shrunk = false;
        while at < best.len() && tries > 0 {
            let end = (at + piece).min(best.len());
            let shorter = [&best[..at], &best[end..]].concat();
            tries -= 1;
            if fails(&shorter) {
                best = shorter;
                shrunk = true;
            } else {
                at = end;
            }
        }
        if !shrunk {
            piece /= 2;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_stays() {
        let bytes = format!("{}x{}y{}", "a".repeat(100), "b".repeat(50), "c".repeat(7));
        let both = |b: &[u8]| b.contains(&b'x') && b.contains(&b'y');
        assert_eq!(minimise(bytes.as_bytes(), 1000, both), b"xy");
    }
}
