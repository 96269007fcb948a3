//! connector/release: the rows of another installation's releases, each with what it rests on. Lines are counted over all
//! releases of the archive together.

use beleidsinfo_warehouse::elsewhere::Taken;
use beleidsinfo_warehouse::error::{Error, Result};

use super::{Records, csv};
use crate::form::fits;
use crate::mapping::Mapping;
use crate::release::signer;
use crate::unpack::Archive;

/// More than any installation publishes; what is larger is no release.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Reads one archive.
///
/// Errors, each for the archive as a whole: those of [`Taken::open`], and a broken or too large archive.
pub(super) fn read(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Records> {
    fits(name, bytes, mapping.connector)?;
    let too_large = || {
        let most = MOST_BYTES / (1024 * 1024);
        Error::refused(format!("{name} holds more than {most} MiB")).hint(
            "take only the releases that are compared with, in archives and sources of their own",
        )
    };
    let files = Archive::open(name, bytes)?.all(MOST_BYTES, too_large)?;
    let taken = Taken::open(name, &files, &signer(mapping, name)?)?;
    csv::read(name, taken.csv()?, mapping)
}
