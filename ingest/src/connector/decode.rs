//! connector/decode: from bytes to text, in the encoding the mapping declares; a wrong declaration is found, not guessed over.

use beleidsinfo_warehouse::error::{Error, Result};
use encoding_rs::{DecoderResult, Encoding, UTF_8};

/// The whole file as text, without a byte order mark.
///
/// Errors: bytes that the encoding does not have, with line and column; bytes that are plainly UTF-8 while another
/// encoding was declared (they would be read as Ã© and the like).
pub(crate) fn decode(name: &str, bytes: &[u8], label: &str) -> Result<String> {
    let declared = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| Error::input(format!("no encoding is called `{label}`")))?;
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((marked, length)) => (marked, &bytes[length..]),
        None => (declared, bytes),
    };
    if encoding == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_string()),
            Err(error) => {
                let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                Err(malformed(name, encoding, &good)
                    .hint("if the file comes from Windows, set encoding = \"windows-1252\""))
            }
        };
    }
    if encoding.is_single_byte() && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return Err(Error::input(format!(
            "{name} is written in utf-8, while its mapping says {label}"
        ))
        .hint("set encoding = \"utf-8\""));
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length_without_replacement(bytes.len())
        .unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    match decoder
        .decode_to_string_without_replacement(bytes, &mut text, true)
        .0
    {
        DecoderResult::InputEmpty => Ok(text),
        _ => Err(malformed(name, encoding, &text)
            .hint("perhaps the file is in utf-8: set encoding = \"utf-8\"")),
    }
}

/// The text before the broken byte tells where it stands.
fn malformed(name: &str, encoding: &'static Encoding, before: &str) -> Error {
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |last| last.chars().count())
        + 1;
    Error::input(format!(
        "{name}, line {line}, column {column}: this byte does not exist in {}",
        encoding.name().to_lowercase()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_utf_8_names_the_place_and_proposes_windows_1252() {
        let error = decode("a.csv", b"naam\nAndr\xe9;x\n", "utf-8").unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.csv, line 2, column 5: this byte does not exist in utf-8"
        );
        assert!(error.hint_text().unwrap().contains("windows-1252"));
        assert_eq!(
            decode("a.csv", b"Andr\xe9 \x80", "windows-1252").unwrap(),
            "André €"
        );
    }

    #[test]
    fn utf_8_declared_as_windows_1252_is_found() {
        let error = decode("a.csv", "André".as_bytes(), "windows-1252").unwrap_err();
        assert!(error.hint_text().unwrap().contains("utf-8"));
        assert_eq!(decode("a.csv", b"Andre", "windows-1252").unwrap(), "Andre");
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(
            decode("a.csv", b"\xef\xbb\xbfnaam", "utf-8").unwrap(),
            "naam"
        );
        assert_eq!(
            decode("a.csv", b"\xef\xbb\xbfna\xc3\xa9m", "windows-1252").unwrap(),
            "naém",
            "the mark outweighs the mapping"
        );
        assert_eq!(decode("a.csv", b"\xff\xfea\0b\0", "utf-8").unwrap(), "ab");
    }
}
