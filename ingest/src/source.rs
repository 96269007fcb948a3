//! source: one place data comes from: its mapping, and where that was written.

mod validate;

use std::path::{Path, PathBuf};

use beleidsinfo_warehouse::contract::{Contract, Visibility};
use beleidsinfo_warehouse::delivery::Load;
use beleidsinfo_warehouse::error::{Doing, Error, Result};
use beleidsinfo_warehouse::keys::{self, Keys, Use};
use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use crate::kbo;
use crate::limits::Limit;
use crate::mapping::{
    Column, Connector, Mapping, Retention, Rows, Share, TableMapping, Thresholds,
};
use crate::release;

#[derive(Debug, Clone)]
pub struct Source {
    pub id: String,
    pub mapping: Mapping,
    /// SHA-256, in hexadecimal, of what the mapping says of the data: not of its layout, its comments, or when it is fetched.
    pub mapping_hash: String,
    pub path: PathBuf,
}

impl Source {
    /// Reads a mapping. The error names the file; its cause the line and column.
    pub fn parse(id: &str, path: &Path, text: &str) -> Result<Source> {
        let place = || format!("source mapping {}", path.display());
        Limit::Depth.hold(nesting(text), place)?;
        let mut mapping: Mapping = toml::from_str(text).map_err(|cause| {
            Error::input(format!("cannot read source mapping {}", path.display()))
                .because(cause)
                .hint(
                    "the sources guide, docs/sources/README.md, shows every key a mapping may have",
                )
        })?;
        let written = toml::from_str(text).reading(place)?;
        kbo::complete(&mut mapping, &written, &path.display().to_string())?;
        release::complete(&mut mapping, &written, &path.display().to_string())?;
        if encoding_rs::Encoding::for_label(mapping.encoding.as_bytes()).is_none() {
            return Err(Error::input(format!(
                "{}: no encoding is called `{}`",
                path.display(),
                mapping.encoding
            ))
            .hint("write for example \"utf-8\" or \"windows-1252\""));
        }
        if let Some(records) = &mapping.records
            && (records.of_xml() != (mapping.connector == Connector::Xml)
                || matches!(
                    mapping.connector,
                    Connector::Csv
                        | Connector::Ndjson
                        | Connector::Xes
                        | Connector::Sheet
                        | Connector::Kbo
                        | Connector::Release
                ))
        {
            return Err(Error::input(format!(
                "{}: `records = \"{records}\"` does not go with this connector",
                path.display()
            ))
            .hint("`records` is `$.data.items[*]` for json, `$.name[*]` for toml, `$.name[*]` for parquet and arrow, and `/export/dossier` for xml; the others have no use for it"));
        }
        Ok(Source {
            id: id.into(),
            mapping,
            mapping_hash: hash(&meaning(written)),
            path: path.into(),
        })
    }

    /// Every `*.toml` of a folder, sorted by name; the id is the file's stem.
    ///
    /// Errors: a folder that cannot be read; all files that cannot be read, together in one error.
    pub fn load_folder(dir: &Path) -> Result<Vec<Source>> {
        let reading = || format!("cannot read source mappings in {}", dir.display());
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(dir).storing(reading)? {
            let path = entry.storing(reading)?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
                && path.is_file()
            {
                paths.push(path);
            }
        }
        paths.sort();
        let mut sources = Vec::new();
        let mut broken = Vec::new();
        for path in paths {
            let id = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let read = std::fs::read_to_string(&path)
                .storing(|| format!("cannot read source mapping {}", path.display()))
                .and_then(|text| Source::parse(&id, &path, &text));
            match read {
                Ok(source) => sources.push(source),
                Err(error) => broken.push(error),
            }
        }
        match broken.len() {
            0 => Ok(sources),
            1 => Err(broken.remove(0)),
            _ => Err(together(reading(), broken)),
        }
    }

    /// A reference table kept as CSV whose header has the contract's column names: identity mapping, full load. It comes with
    /// the definitions, so nothing in it is personal.
    pub fn reference(id: &str, contract: &Contract) -> Source {
        let columns: IndexMap<_, _> = contract
            .columns
            .iter()
            .filter(|(_, column)| column.visibility != Visibility::Personal)
            .map(|(name, _)| (name.clone(), Column::from_source(name)))
            .collect();
        let names: Vec<&str> = columns.keys().map(String::as_str).collect();
        let mapping_hash = hash(&format!("reference {}: {}", contract.name, names.join(",")));
        let table = TableMapping {
            name: contract.name.clone(),
            rows: Rows::Record,
            only: IndexMap::new(),
            columns,
        };
        let mapping = Mapping {
            load: Load::Full,
            tables: vec![table],
            identity: true,
            // What the definitions no longer have is meant to go.
            limits: Thresholds {
                deleted: Some(Share::ALL),
                ..Thresholds::default()
            },
            ..Mapping::csv()
        };
        Source {
            id: id.into(),
            mapping,
            mapping_hash,
            path: PathBuf::from(id),
        }
    }

    /// Holds the mapping against the contracts; all problems together in one error.
    pub fn validate(&self, contracts: &IndexMap<String, Contract>) -> Result<()> {
        let problems = validate::problems(&self.mapping, contracts);
        if problems.is_empty() {
            return Ok(());
        }
        Err(Error::input(format!(
            "source mapping {} does not fit the tables",
            self.path.display()
        ))
        .because(problems.join("\n")))
    }

    /// Whether the files of this source hold data about persons: then its landed bytes and rejected records are kept sealed,
    /// and for a time.
    pub fn is_personal(&self, contracts: &IndexMap<String, Contract>) -> bool {
        !validate::personal(&self.mapping, contracts).is_empty()
    }

    /// The same, held against the keys.
    ///
    /// Errors: it is personal, and a key that it needs is not there (refused).
    pub fn sealed(&self, contracts: &IndexMap<String, Contract>, keys: &Keys) -> Result<bool> {
        let why = validate::personal(&self.mapping, contracts);
        if why.is_empty() {
            return Ok(false);
        }
        let columns = self.mapping.tables.iter().flat_map(|t| t.columns.values());
        let pseudonyms = columns.filter(|c| c.pseudonym.is_some()).count() > 0;
        for (of, needed) in [(Use::Seal, true), (Use::Pseudonym, pseudonyms)] {
            if needed && keys.newest(of).is_none() {
                return Err(Error::refused(format!(
                    "source `{}` holds personal data, and there is no `{}` key",
                    self.id,
                    of.name()
                ))
                .because(why.join("\n"))
                .hint(keys::hint()));
            }
        }
        Ok(true)
    }

    /// With the key behind its pseudonyms as part of how its files are read: a renewed one has them read again. Version 1 is
    /// nothing special, and neither are keys that are not there.
    #[must_use]
    pub fn keyed(mut self, keys: &Keys) -> Self {
        let mut columns = self.mapping.tables.iter().flat_map(|t| t.columns.values());
        let renewed = keys
            .newest(Use::Pseudonym)
            .filter(|(version, _)| *version > 1);
        if let Some((version, _)) = renewed.filter(|_| columns.any(|c| c.pseudonym.is_some())) {
            self.mapping_hash = hash(&format!("{} pseudonym {version}", self.mapping_hash));
        }
        self
    }

    /// How long landed bytes and rejected records of this source are kept, when it is personal.
    pub fn retention(&self) -> Retention {
        self.mapping.retention.unwrap_or_default()
    }
}

/// The mapping as it bears on what rows become: files are read again when this changes, and not for a comment or a schedule.
fn meaning(mut keys: toml::Table) -> String {
    for key in ["ignore", "limits", "location", "retention", "schedule"] {
        keys.remove(key);
    }
    keys.to_string()
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// How many braces and brackets are open at once at most; those in texts and comments count too. The TOML reader goes one
/// call deeper for each, and ends the program when there are thousands.
pub(crate) fn nesting(text: &str) -> usize {
    let (mut open, mut most) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        most = most.max(open);
    }
    most
}

/// One error for several: each with its causes, on lines of their own.
fn together(doing: String, errors: Vec<Error>) -> Error {
    let mut text = String::new();
    for error in &errors {
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(one) = cause {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&one.to_string());
            cause = one.source();
        }
    }
    Error::input(doing).because(text)
}

#[cfg(test)]
mod tests;
