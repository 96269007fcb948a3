//! elsewhere/taken: releases of another installation with the conformity report of who made them, as they come in one archive:
//! whole, signed by whom is expected, and belonging together. Pure.

use std::collections::BTreeMap;

use super::Conformity;
use crate::conformity::Report;
use crate::error::{Doing, Error, Result};
use crate::pack::bundle::{SUMS, summed};
use crate::pack::sha256_hex;
use crate::release::{COLUMNS, Release};
use crate::signature::{self, Namespace, Signer};

/// What each row says beside the columns of a release.
const ADDED: [&str; 10] = [
    "unit_code",
    "definition",
    "conformity",
    "release",
    "organisation",
    "publisher",
    "licence",
    "file_sha256",
    "signed_by",
    "reported_on",
];

/// How the slice of a total is written, which is empty in a release: a key has no empty parts.
pub const TOTAL: &str = "total";

const METADATA: &str = "metadata.json";

/// Releases that one report vouches for.
#[derive(Debug)]
pub struct Taken {
    name: String,
    report: Report,
    signed_by: String,
    /// Each with the bytes of its English CSV.
    releases: Vec<(Release, Vec<u8>)>,
}

impl Taken {
    /// Opens the files of the archive `name`, by path: one report (`….json`) with its signature (`….json.sig`), and folders
    /// of releases as they stand in `published/`.
    ///
    /// Errors: no signed report, or several; a report that was edited, or that another key than `signer` signed (refused);
    /// no release; one that is not what its `SHA256SUMS` says, that the report does not name, or of which there are two
    /// (refused).
    pub fn open(name: &str, files: &BTreeMap<String, Vec<u8>>, signer: &Signer) -> Result<Self> {
        let report = report(name, files, signer)?;
        let mut releases: Vec<(Release, Vec<u8>)> = Vec::new();
        let is_metadata = |path: &&String| path.rsplit('/').next() == Some(METADATA);
        for path in files.keys().filter(is_metadata) {
            let folder = path.strip_suffix(METADATA).unwrap_or_default();
            let (release, csv) = release(name, folder, files, &report)?;
            if let Some((other, _)) = releases.iter().find(|(r, _)| r.dataset == release.dataset) {
                return Err(Error::refused(format!(
                    "{name} holds two releases of {}: {} and {}",
                    release.dataset, other.version, release.version
                ))
                .hint("leave the older out: figures of one installation come from one release"));
            }
            releases.push((release, csv));
        }
        if releases.is_empty() {
            return Err(Error::input(format!("{name} holds no release")).hint(
                "put the folder of a release in it, with its metadata.json, SHA256SUMS and CSV, beside the report",
            ));
        }
        Ok(Self {
            name: name.into(),
            report,
            signed_by: signer.fingerprint(),
            releases,
        })
    }

    /// All rows as one CSV: the columns of a release, and in each row what it rests on.
    ///
    /// Errors: a CSV that has other columns than those this program publishes.
    pub fn csv(&self) -> Result<String> {
        let writing = || format!("cannot lay out the rows of {}", self.name);
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = COLUMNS.iter().chain(&ADDED);
        writer.write_record(header).storing(writing)?;
        let slice_at = COLUMNS.iter().position(|c| *c == "slice");
        for (release, bytes) in &self.releases {
            let reading = || format!("{}: cannot read {}.csv", self.name, release.dataset);
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            if reader.headers().reading(reading)? != COLUMNS.as_slice() {
                return Err(Error::input(reading())
                    .because(format!("its columns are not {}", COLUMNS.join(", ")))
                    .hint("it was published by another version of the program"));
            }
            let added = [
                release.unit.clone(),
                release.meaning.clone(),
                Conformity::of(&self.report, release).name().into(),
                format!("{}/{}", release.dataset, release.version),
                self.report.organisation.clone(),
                release.publisher.clone(),
                release.licence.clone(),
                sha256_hex(bytes),
                self.signed_by.clone(),
                self.report.made_at.date_naive().to_string(),
            ];
            for record in reader.records() {
                let record = record.reading(reading)?;
                let cells = record.iter().enumerate().map(|(at, cell)| {
                    match cell.is_empty() && Some(at) == slice_at {
                        true => TOTAL,
                        false => cell,
                    }
                });
                let cells = cells.chain(added.iter().map(String::as_str));
                writer.write_record(cells).storing(writing)?;
            }
        }
        let bytes = writer
            .into_inner()
            .map_err(|e| Error::storage(writing()).because(e.into_error()))?;
        String::from_utf8(bytes).reading(writing)
    }
}

/// The one report, as its signer wrote it.
fn report(name: &str, files: &BTreeMap<String, Vec<u8>>, wanted: &Signer) -> Result<Report> {
    let signatures: Vec<&String> = files.keys().filter(|p| p.ends_with(".json.sig")).collect();
    let [signature_path] = signatures[..] else {
        return Err(Error::input(match signatures.len() {
            0 => format!("{name} holds no signed conformity report"),
            n => format!("{name} holds {n} signed conformity reports"),
        })
        .hint("have it hold one: conformiteit.json and conformiteit.json.sig, as `beleidsinfo pack test --report conformiteit.json --key KEY` writes them"));
    };
    let path = signature_path.strip_suffix(".sig").unwrap_or_default();
    let text = |path: &str| {
        let bytes = files.get(path).ok_or_else(|| {
            Error::input(format!(
                "{name} holds {signature_path}, and not {path} that it signs"
            ))
            .hint("put the report beside its signature")
        })?;
        std::str::from_utf8(bytes).reading(|| format!("{name}: cannot read {path}"))
    };
    let (report, signature) = (text(path)?, text(signature_path)?);
    let place = format!("{name}/{signature_path}");
    let signer = signature::signer(&place, signature, Namespace::Report, report.as_bytes())?;
    if signer != *wanted {
        return Err(Error::refused(format!(
            "{name}/{path} is signed by {}, and not by {}",
            signer.fingerprint(),
            wanted.fingerprint()
        ))
        .hint("`signer` in the mapping names the key of the installation: ask it whether its key is a new one, by another way than these files"));
    }
    Report::parse(&format!("{name}/{path}"), report)
}

/// One release and its English CSV, when they are what its sums say and the report names those.
fn release(
    name: &str,
    folder: &str,
    files: &BTreeMap<String, Vec<u8>>,
    report: &Report,
) -> Result<(Release, Vec<u8>)> {
    let again = "get the release again from who published it; a release never changes";
    let file = |path: &str| {
        files
            .get(&format!("{folder}{path}"))
            .ok_or_else(|| Error::refused(format!("{name}: {folder}{path} is missing")).hint(again))
    };
    let place = || format!("{name}: cannot read {folder}{METADATA}");
    let sums = file(SUMS)?;
    let lines =
        std::str::from_utf8(sums).reading(|| format!("{name}: cannot read {folder}{SUMS}"))?;
    let mut named = Vec::new();
    for line in summed(lines) {
        let (sum, path) = line.map_err(|line| {
            Error::input(format!("{name}: {folder}{SUMS}: cannot read line `{line}`"))
        })?;
        if sha256_hex(file(path)?) != sum {
            return Err(Error::refused(format!(
                "{name}: {folder}{path} was changed: it is not the file that {SUMS} has"
            ))
            .hint(again));
        }
        named.push(path);
    }
    let release: Release = serde_json::from_slice(file(METADATA)?).reading(place)?;
    let csv = format!("{}.csv", release.dataset);
    for needed in [METADATA, csv.as_str()] {
        if !named.contains(&needed) {
            return Err(
                Error::refused(format!("{name}: {folder}{SUMS} says nothing of {needed}"))
                    .hint(again),
            );
        }
    }
    let sums = sha256_hex(sums);
    if !report.releases.iter().any(|r| r.sums == sums) {
        return Err(Error::refused(format!(
            "{name}: the report of {} ({}) does not name release {} {}",
            report.organisation,
            report.nis.join(", "),
            release.dataset,
            release.version
        ))
        .hint("it is the report of another installation, or of before this release: ask for a report that was made after it"));
    }
    Ok((release, file(&csv)?.clone()))
}
