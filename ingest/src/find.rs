//! find: the files a mapping's `location` names: on this machine, or in a bucket elsewhere.

use std::path::{Path, PathBuf};

use beleidsinfo_warehouse::error::{Doing, Error, Result};
use glob::{MatchOptions, Pattern};

/// The files that `location` names, relative to the project folder, sorted by file name and then by path: a path, a pattern
/// with `*`, `?`, `**` or `[…]`, or a folder, for all files in it but hidden ones.
///
/// Errors: a pattern that cannot be read, a folder that cannot be read, or no file at all.
pub fn find(project: &Path, location: &str) -> Result<Vec<PathBuf>> {
    let shown = || format!("{}/{location}", project.display());
    let project_text = project.to_str().ok_or_else(|| {
        Error::input(format!(
            "the project folder {} is not readable text",
            project.display()
        ))
    })?;
    let pattern = Path::new(&glob::Pattern::escape(project_text)).join(location);
    let matches = glob::glob(&pattern.to_string_lossy())
        .reading(|| format!("cannot read location `{location}` as a file pattern"))?;
    let folder = project.join(location);
    let mut files = Vec::new();
    for found in matches {
        let path = found.storing(|| format!("cannot look for files at {}", shown()))?;
        if path.is_file() {
            files.push(path);
        } else if path == folder {
            files.extend(in_folder(&path)?);
        }
    }
    if files.is_empty() {
        return Err(Error::not_found(format!("no file matches {}", shown())).hint(
            "put the files there, or mend `location` in the mapping: it is relative to the project folder",
        ));
    }
    files.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    Ok(files)
}

/// Which objects of a bucket a `location` such as `s3://bucket/levering/*.csv` names.
#[derive(Debug, Clone)]
pub struct InBucket {
    pub bucket: String,
    /// What stands after the bucket.
    path: String,
    pattern: Option<Pattern>,
}

/// As with files: `*` and `?` stay within a folder, `**` does not.
const WITHIN: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

impl InBucket {
    /// `None` for a location on this machine.
    ///
    /// Errors: another scheme than `s3`; no bucket, or something beside it that does not belong there; a pattern that cannot be
    /// read.
    pub fn of(location: &str) -> Result<Option<Self>> {
        let Some((scheme, rest)) = location.split_once("://") else {
            return Ok(None);
        };
        let wrong = |hint: &str| {
            let shown = if rest.contains('@') { "…" } else { rest };
            Error::input(format!("cannot read location `{scheme}://{shown}`")).hint(hint)
        };
        if scheme != "s3" {
            return Err(wrong(
                "a location is a path in the project, or objects in a bucket as in s3://bucket/levering/*.csv",
            ));
        }
        let (bucket, path) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.contains(['@', ':']) {
            return Err(wrong(
                "keys and addresses do not stand in a mapping: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL",
            ));
        }
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_".contains(c);
        if bucket.is_empty() || !bucket.chars().all(letters) {
            return Err(wrong("write it as in s3://bucket/levering/*.csv"));
        }
        let pattern = path
            .contains(['*', '?', '['])
            .then(|| Pattern::new(path))
            .transpose()
            .reading(|| format!("cannot read location `{location}` as a file pattern"))?;
        Ok(Some(Self {
            bucket: bucket.into(),
            path: path.into(),
            pattern,
        }))
    }

    /// The name of a single object that it may be; `None` for a pattern or a folder.
    pub fn single(&self) -> Option<&str> {
        let single = self.pattern.is_none() && !self.path.is_empty() && !self.path.ends_with('/');
        single.then_some(self.path.as_str())
    }

    /// The folder whose objects are looked through, and whether also those of the folders below it.
    pub fn folder(&self) -> (&str, bool) {
        let Some(first) = self.path.find(['*', '?', '[']) else {
            return (self.path.trim_end_matches('/'), false);
        };
        let end = self.path[..first].rfind('/').unwrap_or(0);
        let below = self.path[first..].contains('/') || self.path.contains("**");
        (&self.path[..end], below)
    }

    /// Whether an object of the folder is meant. In a location without a pattern hidden ones are not.
    pub fn names(&self, key: &str) -> bool {
        let name = key.rsplit('/').next().unwrap_or(key);
        match &self.pattern {
            Some(pattern) => pattern.matches_with(key, WITHIN),
            None => !name.is_empty() && !name.starts_with('.'),
        }
    }

    /// Errors with what to do: nothing is there.
    pub fn none(&self) -> Error {
        Error::not_found(format!("no object matches s3://{}/{}", self.bucket, self.path))
            .hint("put the files there, or mend `location` in the mapping: `*` stays within a folder, `**` does not")
    }
}

/// The files of a folder itself. Hidden ones are what systems and half-done copies leave there.
fn in_folder(folder: &Path) -> Result<Vec<PathBuf>> {
    let reading = || format!("cannot look for files in {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).storing(reading)? {
        let entry = entry.storing(reading)?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(location: &str) -> InBucket {
        InBucket::of(location).unwrap().unwrap()
    }

    #[test]
    fn a_location_in_a_bucket_names_objects_as_one_on_disk_names_files() {
        assert!(InBucket::of("raw/*.csv").unwrap().is_none());
        let by_pattern = bucket("s3://gemeente/levering/*.csv");
        assert_eq!(by_pattern.folder(), ("levering", false));
        assert!(by_pattern.single().is_none());
        assert!(by_pattern.names("levering/a.csv"));
        for other in ["levering/a.xml", "levering/oud/a.csv", "levering", "a.csv"] {
            assert!(!by_pattern.names(other), "{other}");
        }
        let deep = bucket("s3://gemeente/levering/**/zaken_?.csv");
        assert_eq!(deep.folder(), ("levering", true));
        assert!(deep.names("levering/2024/01/zaken_1.csv") && deep.names("levering/zaken_1.csv"));
        assert_eq!(bucket("s3://gemeente/l/20*/a.csv").folder(), ("l", true));
        assert_eq!(bucket("s3://gemeente/*.csv").folder(), ("", false));
        let folder = bucket("s3://gemeente/levering/");
        assert_eq!(folder.folder(), ("levering", false));
        assert!(folder.single().is_none());
        assert!(folder.names("levering/a.csv") && !folder.names("levering/.a.csv.part"));
        assert_eq!(bucket("s3://gemeente/l/a.csv").single(), Some("l/a.csv"));
        assert_eq!(bucket("s3://gemeente").folder(), ("", false));
    }

    #[test]
    fn keys_and_other_schemes_in_a_location_are_refused() {
        for (wrong, hint) in [
            (
                "s3://AKIA:geheim@gemeente/a.csv",
                "do not stand in a mapping",
            ),
            (
                "s3://127.0.0.1:9000/gemeente/a.csv",
                "do not stand in a mapping",
            ),
            ("https://example.org/a.csv", "a path in the project"),
            ("s3:///a.csv", "as in s3://bucket"),
            ("s3://Bucket?x=1/a.csv", "as in s3://bucket"),
        ] {
            let error = InBucket::of(wrong).unwrap_err();
            assert!(
                error.hint_text().unwrap().contains(hint),
                "{wrong}: {error}"
            );
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
    }

    #[test]
    fn finds_by_pattern_in_order_of_name() {
        let folder =
            std::env::temp_dir().join(format!("beleidsinfo-find-[{}]", std::process::id()));
        std::fs::create_dir_all(folder.join("raw/map.csv")).unwrap();
        for name in ["2024-02.csv", "2024-01.csv", "2024-01.xml"] {
            std::fs::write(folder.join("raw").join(name), "").unwrap();
        }
        let found = find(&folder, "raw/*.csv").unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|p| p.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(
            names,
            ["2024-01.csv", "2024-02.csv"],
            "sorted, and the folder map.csv is no file"
        );
        assert_eq!(find(&folder, "raw/2024-01.xml").unwrap().len(), 1);
        std::fs::write(folder.join("raw/.2024-03.csv.part"), "").unwrap();
        assert_eq!(
            find(&folder, "raw").unwrap().len(),
            3,
            "a folder: its files, not those of folders in it, nor hidden ones"
        );
        assert_eq!(find(&folder, "raw/").unwrap().len(), 3);
        let none = find(&folder, "raw/*.xes").unwrap_err();
        assert!(none.hint_text().unwrap().contains("location"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
