//! unpack: reads through gzip, zstd and zip, known by their first bytes, whatever the connector. Limits hold while bytes come
//! out, and rest on what was really packed and unpacked, not on what the packing says of itself.

mod archive;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use beleidsinfo_warehouse::error::{Error, Result};

pub(crate) use archive::{Archive, is_spreadsheet};

use crate::form::Form;
use crate::limits::{Limit, RATIO_FROM_BYTES};

/// A file after unpacking.
pub(crate) struct Unpacked<'a> {
    /// The file's name; of a member of an archive `archive.zip/member.csv`.
    pub name: String,
    pub bytes: Cow<'a, [u8]>,
}

/// The bytes themselves, or what was packed in them. Of a zip archive the one member whose name fits `member`, or its only
/// one.
///
/// Errors: packing that ends early, is damaged or encrypted; packing within packing; an archive without a fitting member,
/// with several, or with one whose name leads out of it; more than the limits.
pub(crate) fn unpack<'a>(
    name: &str,
    bytes: &'a [u8],
    member: Option<&str>,
) -> Result<Unpacked<'a>> {
    let watched = Watched::new(bytes);
    let packed = watched.read.clone();
    let mut out = Vec::new();
    let mut keep = |part: &[u8]| out.extend_from_slice(part);
    let (name, bytes) = match Form::of(bytes) {
        Some(Form::Gzip) => {
            let mut decoder = flate2::read::MultiGzDecoder::new(watched);
            swell(&mut decoder, &packed, Limit::Ratio, &mut keep)
                .map_err(|stop| stop.of(name, "gzip file"))?;
            (name.to_string(), out)
        }
        Some(Form::Zstd) => {
            zstd::stream::read::Decoder::new(watched)
                .map_err(Stop::Damage)
                .and_then(|mut decoder| swell(&mut decoder, &packed, Limit::Ratio, &mut keep))
                .map_err(|stop| stop.of(name, "zstd file"))?;
            (name.to_string(), out)
        }
        Some(Form::Zip) if !is_spreadsheet(bytes) => {
            Archive::open(name, bytes)?.only_member(member)?
        }
        _ => {
            Limit::FileBytes.hold(bytes.len(), || name.to_string())?;
            return Ok(Unpacked {
                name: name.to_string(),
                bytes: Cow::Borrowed(bytes),
            });
        }
    };
    match Form::of(&bytes) {
        Some(form) if form.is_container() && !is_spreadsheet(&bytes) => {
            Err(Error::refused(format!(
                "{name} holds packing within packing, which is not read: it is {} again",
                form.name()
            ))
            .hint("have the source pack its files once"))
        }
        _ => Ok(Unpacked {
            name,
            bytes: Cow::Owned(bytes),
        }),
    }
}

/// Packed bytes that count how many of them were read.
pub(crate) struct Watched<'a> {
    bytes: Cursor<&'a [u8]>,
    read: Rc<Cell<u64>>,
}

impl<'a> Watched<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Cursor::new(bytes),
            read: Rc::default(),
        }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.set(self.read.get() + read as u64);
        Ok(read)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

/// Why unpacking does not go on.
enum Stop {
    Damage(io::Error),
    Over(Limit),
}

impl Stop {
    fn of(self, name: &str, what: &str) -> Error {
        match self {
            Stop::Over(limit) => limit.refuse(name),
            Stop::Damage(cause) => {
                let how = if cause.kind() == io::ErrorKind::UnexpectedEof {
                    "ends early"
                } else {
                    "is damaged"
                };
                Error::input(format!("{what} {name} {how}"))
                    .because(cause)
                    .hint("fetch the file again from the source; nothing of it was stored")
            }
        }
    }
}

/// Unpacks to the end, part by part; gives the number of bytes that came out. `ratio` is how many times more than went in
/// may come out.
fn swell(
    unpacking: &mut impl Read,
    packed: &Cell<u64>,
    ratio: Limit,
    keep: &mut impl FnMut(&[u8]),
) -> std::result::Result<u64, Stop> {
    let before = packed.get();
    let mut part = vec![0; 64 * 1024];
    let mut out = 0u64;
    loop {
        let read = match unpacking.read(&mut part) {
            Ok(0) => return Ok(out),
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Stop::Damage(e)),
        };
        out += read as u64;
        if out > Limit::FileBytes.most() {
            return Err(Stop::Over(Limit::FileBytes));
        }
        let went_in = (packed.get() - before).max(1);
        if out > RATIO_FROM_BYTES && out / went_in > ratio.most() {
            return Err(Stop::Over(ratio));
        }
        keep(&part[..read]);
    }
}

#[cfg(test)]
mod tests;
