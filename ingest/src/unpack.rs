//! unpack: reads through gzip, whatever the connector, known by its first bytes.

use std::borrow::Cow;
use std::io::Read;

use beleidsinfo_warehouse::error::{Error, Result};
use flate2::bufread::MultiGzDecoder;

/// More than this many bytes out of one file is refused: it is a bomb, or should be delivered in parts.
pub(crate) const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The bytes themselves, or what was packed in them.
///
/// Errors: a gzip file that ends early or is damaged; more than [`MOST_BYTES`] unpacked.
pub(crate) fn unpack<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    unpack_up_to(name, bytes, MOST_BYTES)
}

fn unpack_up_to<'a>(name: &str, bytes: &'a [u8], most: u64) -> Result<Cow<'a, [u8]>> {
    let too_big = || {
        Error::refused(format!("{name} holds more than {most} bytes"))
            .hint("have the source deliver it in parts, for example one file a year")
    };
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return if bytes.len() as u64 > most {
            Err(too_big())
        } else {
            Ok(Cow::Borrowed(bytes))
        };
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(most + 1)
        .read_to_end(&mut unpacked)
        .map_err(|cause| {
            let what = if cause.kind() == std::io::ErrorKind::UnexpectedEof {
                "ends early"
            } else {
                "is damaged"
            };
            Error::input(format!("gzip file {name} {what}"))
                .because(cause)
                .hint("fetch the file again from the source; nothing of it was stored")
        })?;
    if unpacked.len() as u64 > most {
        Err(too_big())
    } else {
        Ok(Cow::Owned(unpacked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn packed(text: &str) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn reads_through_gzip_and_leaves_plain_bytes() {
        assert_eq!(
            &*unpack("a.gz", &packed("één;twee")).unwrap(),
            "één;twee".as_bytes()
        );
        assert!(matches!(
            unpack("a.csv", b"plain").unwrap(),
            Cow::Borrowed(b"plain")
        ));
    }

    #[test]
    fn half_a_file_is_an_error_that_says_so() {
        let whole = packed(&"dossier;datum\n".repeat(500));
        for cut in [3, whole.len() / 2, whole.len() - 1] {
            let error = unpack("zaken.csv.gz", &whole[..cut]).unwrap_err();
            assert_eq!(error.to_string(), "gzip file zaken.csv.gz ends early");
            assert!(error.hint_text().unwrap().contains("fetch the file again"));
        }
        let mut damaged = whole.clone();
        let last = damaged.len() - 8;
        damaged[last] ^= 0xff;
        assert_eq!(
            unpack("z.gz", &damaged).unwrap_err().to_string(),
            "gzip file z.gz is damaged"
        );
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = packed(&"0".repeat(100_000));
        assert!(bomb.len() < 1_000);
        let error = unpack_up_to("bom.gz", &bomb, 10_000).unwrap_err();
        assert_eq!(error.kind(), beleidsinfo_warehouse::error::Kind::Refused);
        assert!(unpack_up_to("bom.gz", &bomb, 100_000).is_ok());
    }
}
