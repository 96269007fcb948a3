//! pack/bundle: a pack as it travels: its files, `SHA256SUMS` over them in the form of sha256sum, and a signature of that.
//! Pure but for reading a folder.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use super::{Files, sha256_hex};
use crate::error::{Doing, Error, Result};
use crate::signature::{self, Namespace, Signer};

pub const SUMS: &str = "SHA256SUMS";
pub const SIGNATURE: &str = "SHA256SUMS.sig";

/// Bytes that a pack may have at most.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What the files of a pack may be: definitions, rows and documents.
const KINDS: [&str; 5] = ["toml", "sql", "csv", "md", "txt"];

/// A pack outside a project, or one that came from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Bundle {
    pub files: Files,
    pub sums: Option<String>,
    pub signature: Option<String>,
}

impl Bundle {
    /// Reads what was in an archive.
    ///
    /// Errors: a file that no pack has, or whose bytes are not UTF-8; all of them.
    pub fn of_contents(contents: BTreeMap<String, Vec<u8>>) -> Result<Self, Vec<Error>> {
        let (mut bundle, mut problems) = (Self::default(), Vec::new());
        for (path, bytes) in contents {
            if !is_of_a_pack(&path) {
                problems.push(
                    Error::refused(format!("`{path}` is no file of a pack"))
                        .hint(format!("a pack has plain names that end in .{}, and no file that is hidden; take it out of the folder", KINDS.join(", ."))),
                );
                continue;
            }
            let Ok(text) = String::from_utf8(bytes) else {
                problems.push(
                    Error::input(format!("{path} is not UTF-8"))
                        .hint("save it as UTF-8; a pack holds text only"),
                );
                continue;
            };
            match path.as_str() {
                SUMS => bundle.sums = Some(text),
                SIGNATURE => bundle.signature = Some(text),
                _ => drop(bundle.files.insert(path, text)),
            }
        }
        if problems.is_empty() && !bundle.files.contains_key("pack.toml") {
            problems.push(
                Error::input("there is no pack.toml in it")
                    .hint("a pack has one at its top, with name, version, title, description, languages, licence and publisher: docs/packs.md"),
            );
        }
        match problems.is_empty() {
            true => Ok(bundle),
            false => Err(problems),
        }
    }

    /// Reads a folder; what is hidden in it (`.git`) is passed over.
    pub fn of_folder(folder: &Path) -> Result<Self, Vec<Error>> {
        let mut contents = BTreeMap::new();
        let mut bytes = 0;
        collect(folder, folder, &mut contents, &mut bytes).map_err(|e| vec![e])?;
        Self::of_contents(contents)
    }

    /// `SHA256SUMS` of the files as they are.
    pub fn sums_now(&self) -> String {
        let mut text = String::new();
        for (path, file) in &self.files {
            let _ = writeln!(text, "{}  {path}", sha256_hex(file));
        }
        text
    }

    /// Every file that is other than `SHA256SUMS` says, is not in it, or is in it and not there. Without a `SHA256SUMS` nothing
    /// says what the files were.
    pub fn changes(&self) -> Vec<Error> {
        let Some(sums) = &self.sums else {
            return Vec::new();
        };
        let changed = |what: String| {
            Error::refused(what).hint("get the pack again from its publisher; who changes a pack builds it anew, with its next version")
        };
        let mut problems = Vec::new();
        let mut said = BTreeMap::new();
        for line in summed(sums) {
            match line {
                Ok((sum, path)) => drop(said.insert(path, sum)),
                Err(line) => problems.push(changed(format!("{SUMS}: cannot read line `{line}`"))),
            }
        }
        for (path, text) in &self.files {
            match said.remove(path.as_str()) {
                Some(sum) if sum == sha256_hex(text) => {}
                Some(_) => problems.push(changed(format!(
                    "{path} was changed: it is not the file that {SUMS} has"
                ))),
                None => problems.push(changed(format!(
                    "{path} was added: {SUMS} does not have it"
                ))),
            }
        }
        for path in said.keys() {
            problems.push(changed(format!("{path} is missing: {SUMS} has it")));
        }
        problems
    }

    /// Who signed it; `None`: nobody.
    pub fn signer(&self) -> Result<Option<Signer>> {
        match (&self.signature, &self.sums) {
            (None, _) => Ok(None),
            (Some(_), None) => Err(Error::refused(format!(
                "{SIGNATURE} is there, and {SUMS} that it signs is not"
            ))
            .hint("get the pack again from its publisher")),
            (Some(signature), Some(sums)) => {
                signature::signer(SIGNATURE, signature, Namespace::Pack, sums.as_bytes()).map(Some)
            }
        }
    }

    /// All that goes into an archive, by path.
    pub fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let beside = [(SUMS, &self.sums), (SIGNATURE, &self.signature)];
        let beside = beside
            .into_iter()
            .filter_map(|(path, text)| Some((path.to_string(), text.clone()?.into_bytes())));
        let own = self.files.iter();
        own.map(|(path, text)| (path.clone(), text.clone().into_bytes()))
            .chain(beside)
            .collect()
    }
}

/// Hash and path of each line of a `SHA256SUMS`; a line that cannot be read, as it stands.
pub(crate) fn summed(sums: &str) -> impl Iterator<Item = std::result::Result<(&str, &str), &str>> {
    sums.lines().map(|line| line.split_once("  ").ok_or(line))
}

fn is_of_a_pack(path: &str) -> bool {
    let plain = |part: &str| {
        let sign = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        !part.is_empty() && !part.starts_with('.') && part.bytes().all(sign)
    };
    let known = path
        .rsplit_once('.')
        .is_some_and(|(_, kind)| KINDS.contains(&kind))
        || ["LICENSE", "LICENCE", SUMS, SIGNATURE].contains(&path);
    known && path.split('/').all(plain)
}

fn collect(
    root: &Path,
    folder: &Path,
    contents: &mut BTreeMap<String, Vec<u8>>,
    total: &mut u64,
) -> Result<()> {
    let doing = || format!("cannot read pack folder {}", folder.display());
    for entry in std::fs::read_dir(folder).reading(doing)? {
        let entry = entry.reading(doing)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().reading(doing)?;
        if kind.is_dir() {
            collect(root, &path, contents, total)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path);
        let name = name.to_string_lossy().replace('\\', "/");
        if kind.is_symlink() {
            return Err(Error::refused(format!("{name} is a link to another file"))
                .hint("put the file itself in the pack"));
        }
        *total += entry.metadata().reading(doing)?.len();
        if *total > MOST_BYTES {
            return Err(too_large(&folder.display().to_string()));
        }
        let bytes = std::fs::read(&path).reading(|| format!("cannot read {}", path.display()))?;
        contents.insert(name, bytes);
    }
    Ok(())
}

/// That a pack is more than it may be.
pub fn too_large(name: &str) -> Error {
    let most = MOST_BYTES / (1024 * 1024);
    Error::refused(format!(
        "{name} holds more than {most} MiB, which no pack does"
    ))
    .hint("a pack holds definitions and small tables; data goes through a source")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let files = [
            ("pack.toml", "name = \"x\"\n"),
            ("views/a.sql", "select 1\n"),
        ];
        let mut bundle = Bundle {
            files: files.map(|(p, t)| (p.to_string(), t.to_string())).into(),
            ..Bundle::default()
        };
        bundle.sums = Some(bundle.sums_now());
        bundle
    }

    fn told(bundle: &Bundle) -> Vec<String> {
        bundle.changes().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_changed_added_and_missing_file_is_named() {
        assert_eq!(told(&bundle()), Vec::<String>::new());
        let mut other = bundle();
        other
            .files
            .insert("views/a.sql".into(), "select 2\n".into());
        other
            .files
            .insert("views/b.sql".into(), "select 3\n".into());
        other.files.remove("pack.toml");
        assert_eq!(
            told(&other),
            [
                "views/a.sql was changed: it is not the file that SHA256SUMS has",
                "views/b.sql was added: SHA256SUMS does not have it",
                "pack.toml is missing: SHA256SUMS has it"
            ]
        );
    }

    #[test]
    fn only_plain_names_of_text_are_of_a_pack() {
        for path in [
            "pack.toml",
            "indicators/a_b/c-1/golden/out.csv",
            "LICENSE",
            SUMS,
            SIGNATURE,
        ] {
            assert!(is_of_a_pack(path), "{path}");
        }
        for path in [
            "../a.toml",
            "/a.toml",
            "a//b.sql",
            "a/.git/x.toml",
            ".x.toml",
            "a\\b.sql",
            "x.exe",
            "x",
            "views/LICENSE",
            "c:/a.sql",
            "é.sql",
        ] {
            assert!(!is_of_a_pack(path), "{path}");
        }
    }
}
