//! find: the files a mapping's `location` names.

use std::path::{Path, PathBuf};

use beleidsinfo_warehouse::error::{Doing, Error, Result};

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
