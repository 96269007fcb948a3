//! archive: all files of a zip archive at once, and an archive of files: for packs of definitions, which are small.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use beleidsinfo_warehouse::error::{Doing, Result};
use beleidsinfo_warehouse::pack::bundle::{MOST_BYTES, too_large};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::unpack::Archive;

/// The files of an archive by path, within the limits of [`crate::limits`] and at most [`MOST_BYTES`] together.
pub fn read(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    Archive::open(name, bytes)?.all(MOST_BYTES, || too_large(name))
}

/// An archive of these files: the same bytes for the same files, whenever and wherever it is made. Nothing is compressed, so
/// that this holds for later versions of this program too.
pub fn write(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .unix_permissions(0o644);
    let doing = || "cannot write the archive".to_string();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options).storing(doing)?;
        zip.write_all(bytes).storing(doing)?;
    }
    Ok(zip.finish().storing(doing)?.into_inner())
}
