//! find: the files a mapping's `location` names.

use std::path::{Path, PathBuf};

use beleidsinfo_warehouse::error::{Doing, Error, Result};

/// The files that `location` (a path or a pattern with `*`, `?`, `**` or `[…]`) names, relative to the project folder,
/// sorted by file name and then by path.
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
    let mut files = Vec::new();
    for found in matches {
        let path = found.storing(|| format!("cannot look for files at {}", shown()))?;
        if path.is_file() {
            files.push(path);
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
        let none = find(&folder, "raw/*.xes").unwrap_err();
        assert!(none.hint_text().unwrap().contains("location"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
