//! form: what a file is by its first bytes, so that a wrong `connector` or a packing that is not read is named, not guessed at.

use beleidsinfo_warehouse::error::{Error, Result};

use crate::mapping::Connector;

/// The binary forms that files come in; what is none of these may be text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Gzip,
    Zstd,
    Zip,
    /// A compound file: an old Excel file, or a newer one with a password.
    Compound,
    Parquet,
    Arrow,
    Avro,
    Orc,
    Snappy,
    Zlib,
    Lz4,
    Bzip2,
    Xz,
    SevenZip,
    Rar,
    Pdf,
    Sqlite,
}

/// How each begins.
const SIGNATURES: [(&[u8], Form); 18] = [
    (&[0x1f, 0x8b], Form::Gzip),
    (&[0x28, 0xb5, 0x2f, 0xfd], Form::Zstd),
    (b"PK\x03\x04", Form::Zip),
    (b"PK\x05\x06", Form::Zip),
    (
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        Form::Compound,
    ),
    (b"PAR1", Form::Parquet),
    (b"PARE", Form::Parquet),
    (b"ARROW1", Form::Arrow),
    (b"Obj\x01", Form::Avro),
    (b"ORC", Form::Orc),
    (b"\xff\x06\x00\x00sNaPpY", Form::Snappy),
    (&[0x04, 0x22, 0x4d, 0x18], Form::Lz4),
    (b"BZh", Form::Bzip2),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Form::Xz),
    (&[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c], Form::SevenZip),
    (b"Rar!\x1a\x07", Form::Rar),
    (b"%PDF-", Form::Pdf),
    (b"SQLite format 3\0", Form::Sqlite),
];

impl Form {
    pub fn of(bytes: &[u8]) -> Option<Form> {
        let begins = |(signature, form): &(&[u8], Form)| {
            // Three letters may be text as well: a column called ORC, a place called BZh.
            let text = signature.is_ascii() && signature.len() == 3;
            let binary = || bytes[..bytes.len().min(512)].contains(&0);
            (bytes.starts_with(signature) && (!text || binary())).then_some(*form)
        };
        SIGNATURES.iter().find_map(begins).or_else(|| {
            if is_zlib(bytes) {
                return Some(Form::Zlib);
            }
            is_damaged_snappy(bytes).then_some(Form::Snappy)
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Form::Gzip => "gzip",
            Form::Zstd => "zstd",
            Form::Zip => "a zip archive",
            Form::Compound => "an old Excel file (xls)",
            Form::Parquet => "Parquet",
            Form::Arrow => "Arrow IPC",
            Form::Avro => "Avro",
            Form::Orc => "ORC",
            Form::Snappy => "snappy",
            Form::Zlib => "zlib",
            Form::Lz4 => "lz4",
            Form::Bzip2 => "bzip2",
            Form::Xz => "xz",
            Form::SevenZip => "a 7-Zip archive",
            Form::Rar => "a RAR archive",
            Form::Pdf => "PDF",
            Form::Sqlite => "an SQLite database",
        }
    }

    /// Read through, whatever the connector.
    pub fn is_container(self) -> bool {
        matches!(self, Form::Gzip | Form::Zstd | Form::Zip)
    }

    fn is_other_packing(self) -> bool {
        matches!(
            self,
            Form::Snappy
                | Form::Zlib
                | Form::Lz4
                | Form::Bzip2
                | Form::Xz
                | Form::SevenZip
                | Form::Rar
        )
    }
}

/// Two bytes are not enough to know zlib by: the stream must also unpack for a bit.
fn is_zlib(bytes: &[u8]) -> bool {
    let [0x78, flags, ..] = bytes else {
        return false;
    };
    let header = u16::from_be_bytes([0x78, *flags]);
    if !header.is_multiple_of(31) || flags & 0x20 != 0 {
        return false;
    }
    let mut some = [0; 64];
    let mut inflate = flate2::Decompress::new(true);
    let unpacked = inflate.decompress(bytes, &mut some, flate2::FlushDecompress::None);
    unpacked.is_ok() && inflate.total_out() > 0
}

/// A snappy file that went through a program that took it for text.
fn is_damaged_snappy(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(16)]
        .windows(6)
        .any(|six| six == b"sNaPpY")
}

/// An error when the unpacked bytes are plainly not what the connector reads.
pub(crate) fn fits(name: &str, bytes: &[u8], connector: Connector) -> Result<()> {
    let form = Form::of(bytes);
    let fits = match connector {
        Connector::Parquet => matches!(form, Some(Form::Parquet)),
        // A stream has no signature.
        Connector::Arrow => matches!(form, Some(Form::Arrow) | None),
        Connector::Sheet => matches!(form, Some(Form::Zip | Form::Compound)),
        Connector::Kbo | Connector::Release => matches!(form, Some(Form::Zip)),
        _ => form.is_none(),
    };
    if fits {
        return Ok(());
    }
    let wanted = connector.reads();
    let Some(form) = form else {
        let seen = if bytes.trim_ascii_start().starts_with(b"<") {
            "it begins as HTML or XML does"
        } else {
            "it begins as text does"
        };
        return Err(Error::input(format!("{name} is not {wanted}"))
            .because(seen)
            .hint("look at `connector` in the mapping: a file named .xls is often a text file (\"csv\") or a web page; open it and save it as xlsx or csv"));
    };
    let error = Error::input(format!("{name} is {}, not {wanted}", form.name()));
    Err(if form.is_other_packing() {
        error.hint("of packed files gzip, zip and zstd are read through: have the source deliver it so, or unpacked")
    } else if let Some(connector) = form.connector() {
        error.hint(format!("set connector = \"{connector}\" in the mapping"))
    } else {
        error.hint("have the source deliver it as CSV, JSON, XML, a spreadsheet, Parquet or Arrow")
    })
}

impl Form {
    fn connector(self) -> Option<&'static str> {
        match self {
            Form::Parquet => Some("parquet"),
            Form::Arrow => Some("arrow"),
            Form::Compound => Some("xls"),
            Form::Zip => Some("xlsx"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_known_by_their_first_bytes() {
        for (bytes, form) in [
            (&b"\x1f\x8b\x08"[..], Some(Form::Gzip)),
            (b"PK\x03\x04xx", Some(Form::Zip)),
            (b"PAR1\x15\x04", Some(Form::Parquet)),
            (b"id;datum\n", None),
            (b"ORC;naam\n", None),
            (b"BZh;naam\n", None),
            (b"x^2;y\n1;2\n", None),
            (b"", None),
            (b"\xef\xbf\xbd\x06\0\0sNaPpY", Some(Form::Snappy)),
        ] {
            assert_eq!(Form::of(bytes), form, "{bytes:?}");
        }
        use std::io::Write;
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(b"id;datum\n1;2\n").unwrap();
        assert_eq!(Form::of(&zlib.finish().unwrap()), Some(Form::Zlib));
    }

    #[test]
    fn a_wrong_form_is_named_with_what_to_do() {
        let says = |bytes: &[u8], connector, what: &str, hint: &str| {
            let error = fits("a", bytes, connector).unwrap_err();
            assert!(error.to_string().contains(what), "{error}");
            assert!(error.hint_text().unwrap().contains(hint), "{error:?}");
        };
        says(
            b"Obj\x01",
            Connector::Csv,
            "a is Avro, not delimited text",
            "as CSV",
        );
        says(
            b"PAR1",
            Connector::Csv,
            "Parquet",
            "connector = \"parquet\"",
        );
        says(b"BZh91AY\0", Connector::Csv, "bzip2", "gzip, zip and zstd");
        says(b"<html>", Connector::Sheet, "not a spreadsheet", "web page");
        says(b"a;b", Connector::Parquet, "not Parquet", "connector");
        assert!(fits("a", b"a;b", Connector::Csv).is_ok());
        assert!(fits("a", &[0xff, 0xff, 0xff, 0xff], Connector::Arrow).is_ok());
    }
}
