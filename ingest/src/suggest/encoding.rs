//! suggest/encoding: in which encoding a text was probably written.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// What was found, and why.
pub(super) struct Found {
    /// As the mapping names it.
    pub label: String,
    pub why: String,
    /// Bytes can be read in several encodings without any of them being wrong.
    pub certain: bool,
}

pub(super) fn encoding(bytes: &[u8]) -> Found {
    let found = |label: &str, why: &str, certain| Found {
        label: label.into(),
        why: why.into(),
        certain,
    };
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        let label = encoding.name().to_lowercase();
        return found(&label, "it begins with the mark of this encoding", true);
    }
    if let Some(label) = without_mark_utf_16(bytes) {
        return found(label, "every second byte is zero", true);
    }
    if bytes.is_ascii() {
        return found(
            "utf-8",
            "all signs are ASCII, so nearly any encoding reads the same",
            true,
        );
    }
    if std::str::from_utf8(bytes).is_ok() {
        return found("utf-8", "all of it is valid UTF-8", true);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let label = detector
        .guess(Some(b"be"), Utf8Detection::Deny)
        .name()
        .to_lowercase();
    let signs = bytes.iter().filter(|b| !b.is_ascii()).count();
    let why = format!(
        "not UTF-8; guessed from {signs} signs outside ASCII: look whether names with é, ë or ï read well"
    );
    found(&label, &why, false)
}

/// UTF-16 of mostly western text: zeros on one side of each pair of bytes, hardly any on the other.
fn without_mark_utf_16(bytes: &[u8]) -> Option<&'static str> {
    let sample = &bytes[..bytes.len().min(4096)];
    let pairs = sample.len() / 2;
    let zeros = |from: usize| {
        sample
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if pairs < 4 || even.max(odd) * 2 < pairs || even.min(odd) * 10 > pairs {
        None
    } else if odd > even {
        Some("utf-16le")
    } else {
        Some("utf-16be")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_zeros_and_signs() {
        let utf_16: Vec<u8> = "naam;datum\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = "naam;datum\n"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let windows = "Andr\u{e9} en Zo\u{eb}; Caf\u{e9} \u{80}"
            .chars()
            .map(|c| c as u8)
            .collect();
        for (bytes, label) in [
            (b"\xef\xbb\xbfnaam".to_vec(), "utf-8"),
            (b"\xff\xfea\0".to_vec(), "utf-16le"),
            (utf_16, "utf-16le"),
            (big, "utf-16be"),
            (b"naam".to_vec(), "utf-8"),
            ("André".as_bytes().to_vec(), "utf-8"),
            (windows, "windows-1252"),
        ] {
            assert_eq!(encoding(&bytes).label, label, "{bytes:?}");
        }
        assert!(!encoding(b"Andr\xe9").certain);
    }
}
