//! release: figures that another installation published, with its conformity report, in one archive: what a mapping says of
//! them. What is in the archive is held together in the warehouse's `elsewhere`. Pure.

use beleidsinfo_warehouse::delivery::Load;
use beleidsinfo_warehouse::elsewhere::TABLE;
use beleidsinfo_warehouse::error::{Error, Result};
use beleidsinfo_warehouse::signature::Signer;
use indexmap::IndexMap;

use crate::mapping::{Column, Connector, Mapping, Rows, TableMapping};

/// All that a mapping says for this connector.
const KEYS: [&str; 8] = [
    "connector",
    "freshness",
    "limits",
    "location",
    "schedule",
    "severity",
    "signer",
    "volume",
];

/// Target and source.
const COLUMNS: [(&str, &str); 23] = [
    ("indicator_id", "indicator"),
    ("version", "version"),
    ("period_kind", "period_kind"),
    ("period_start", "period_start"),
    ("territory", "territory"),
    ("region_code", "region_code"),
    ("slice", "slice"),
    ("organisation", "organisation"),
    ("n", "n"),
    ("value", "value"),
    ("unit", "unit_code"),
    ("state", "state"),
    ("status", "status"),
    ("cutoff_on", "cutoff_on"),
    ("synthetic", "synthetic"),
    ("definition", "definition"),
    ("conformity", "conformity"),
    ("release", "release"),
    ("publisher", "publisher"),
    ("licence", "licence"),
    ("file_sha256", "file_sha256"),
    ("signed_by", "signed_by"),
    ("reported_on", "reported_on"),
];

/// Fills in the table: the form of a release is the same everywhere. Each archive is all that is taken from an installation.
///
/// Errors: a key that has no use here, or no `signer`; a `signer` for another connector.
pub(crate) fn complete(mapping: &mut Mapping, written: &toml::Table, place: &str) -> Result<()> {
    if mapping.connector != Connector::Release {
        return match mapping.signer {
            None => Ok(()),
            Some(_) => Err(Error::input(format!(
                "{place}: `signer` has no use with this connector"
            ))
            .hint("only what comes with connector = \"release\" is signed")),
        };
    }
    if let Some(key) = written.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(Error::input(format!(
            "{place}: `{key}` has no use with connector = \"release\""
        ))
        .hint("leave it out: the table and its columns are known, and each archive is all there is. Only location, signer, schedule, limits, severity, volume and freshness can be set"));
    }
    signer(mapping, place)?;
    let columns = COLUMNS.iter();
    mapping.tables = vec![TableMapping {
        name: TABLE.into(),
        rows: Rows::Record,
        only: IndexMap::new(),
        columns: columns
            .map(|(target, source)| (target.to_string(), Column::from_source(source)))
            .collect(),
    }];
    mapping.load = Load::Full;
    if !written.contains_key("volume") {
        // In January a month, a quarter and a year begin: that is no odd number of rows. What is gone, `limits` guards.
        mapping.volume.factor = f64::INFINITY;
    }
    Ok(())
}

/// Whose signature the report must have.
pub(crate) fn signer(mapping: &Mapping, place: &str) -> Result<Signer> {
    let key = mapping.signer.as_deref().ok_or_else(|| {
        Error::input(format!("{place}: there is no `signer`")).hint(
            "give the public key of that installation, as one line: signer = \"ssh-ed25519 AAAA… name\"; get it by another way than the release",
        )
    })?;
    Signer::parse(&format!("`signer` of {place}"), key)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::source::Source;

    #[test]
    fn a_volume_is_expected_only_where_the_mapping_says_so() {
        let key = include_str!("../../warehouse/src/signature/test_key.pub").trim();
        let factor = |more: &str| {
            let text = format!(
                "connector = \"release\"\nlocation = \"elders/puurs.zip\"\nsigner = \"{key}\"\n{more}"
            );
            let source = Source::parse("puurs", Path::new("puurs.toml"), &text).expect("a source");
            source.mapping.volume.factor
        };
        assert!(factor("").is_infinite());
        assert_eq!(factor("[volume]\nfactor = 3"), 3.0);
    }
}
