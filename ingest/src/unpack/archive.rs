//! unpack/archive: zip. What its directory says is looked at before anything is unpacked, and not believed.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::rc::Rc;

use beleidsinfo_warehouse::error::{Error, Result};
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Stop, Watched, swell};
use crate::limits::Limit;

/// A zip archive of which the directory was looked at.
pub(crate) struct Archive<'a> {
    name: String,
    zip: ZipArchive<Watched<'a>>,
    packed: Rc<Cell<u64>>,
    members: Vec<Member>,
}

/// A file in an archive; folders and what systems add on their own are left out.
struct Member {
    index: usize,
    path: String,
    encrypted: bool,
}

/// Whether these bytes are a spreadsheet of today, which is a zip archive in itself.
pub(crate) fn is_spreadsheet(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|zip| {
        let has = |name| zip.index_for_name(name).is_some();
        has("[Content_Types].xml") || (has("mimetype") && has("content.xml"))
    })
}

impl<'a> Archive<'a> {
    /// Errors: no zip archive, or a damaged one; too many members; members that share bytes, as archive bombs do; a member
    /// whose name leads out of the archive.
    pub fn open(name: &str, bytes: &'a [u8]) -> Result<Self> {
        let watched = Watched::new(bytes);
        let packed = watched.read.clone();
        let damaged = |cause: ZipError| damaged(name, cause);
        let mut zip = ZipArchive::new(watched).map_err(damaged)?;
        Limit::Members.hold(zip.len(), || name.to_string())?;
        if zip.has_overlapping_files().map_err(damaged)? {
            return Err(
                Error::refused(format!("{name} has members that share their bytes")).hint(
                    "this is how an archive bomb looks; have the source pack the files again",
                ),
            );
        }
        let mut members = Vec::new();
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(damaged)?;
            let path = member.name().map_err(damaged)?.into_owned();
            if leads_out(&path) || member.is_symlink() {
                return Err(Error::refused(format!(
                    "{name} has a member `{path}`, which leads out of the archive"
                ))
                .hint("have the source pack the files by their plain names"));
            }
            if !member.is_dir() && !is_clutter(&path) {
                members.push(Member {
                    index,
                    path,
                    encrypted: member.encrypted(),
                });
            }
        }
        Ok(Self {
            name: name.to_string(),
            zip,
            packed,
            members,
        })
    }

    /// The paths of the files in it.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.path.as_str())
    }

    /// The one file that fits the pattern (held against the whole path, and against the name alone), or the only one there
    /// is; with its name as `archive.zip/member.csv`.
    pub fn only_member(mut self, pattern: Option<&str>) -> Result<(String, Vec<u8>)> {
        let all = || {
            let paths: Vec<String> = self.paths().take(20).map(|p| format!("`{p}`")).collect();
            let more = if self.members.len() > 20 { ", …" } else { "" };
            format!("{}{more}", paths.join(", "))
        };
        let fitting: Vec<usize> = match pattern {
            None => (0..self.members.len()).collect(),
            Some(text) => {
                let pattern = glob::Pattern::new(text).map_err(|cause| {
                    Error::input(format!("cannot read member `{text}` as a file pattern"))
                        .because(cause)
                })?;
                let fits = |path: &str| {
                    let name = path.rsplit('/').next().unwrap_or(path);
                    pattern.matches(path) || pattern.matches(name)
                };
                (0..self.members.len())
                    .filter(|&at| fits(&self.members[at].path))
                    .collect()
            }
        };
        let [at] = fitting[..] else {
            let (what, hint) = match (fitting.len(), pattern) {
                (0, None) => (
                    " holds no file".to_string(),
                    "look at what the source delivered",
                ),
                (0, Some(pattern)) => (
                    format!(" holds no file that fits `{pattern}`: it holds {}", all()),
                    "mend `member` in the mapping",
                ),
                (n, None) => (
                    format!(" holds {n} files: {}", all()),
                    "say with `member` in the mapping which one is meant, such as member = \"zaken*.csv\"",
                ),
                (n, Some(pattern)) => (
                    format!(" holds {n} files that fit `{pattern}`: of {}", all()),
                    "an archive gives one file to a source: make `member` narrower, and give each other file a source of its own, or unpack them into a folder",
                ),
            };
            return Err(Error::input(format!("{}{what}", self.name)).hint(hint));
        };
        let name = format!("{}/{}", self.name, self.members[at].path);
        let mut out = Vec::new();
        self.read(at, &mut |part| out.extend_from_slice(part))?;
        Ok((name, out))
    }

    /// A file by its path.
    pub fn get(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        let Some(at) = self.members.iter().position(|member| member.path == path) else {
            return Ok(None);
        };
        let mut out = Vec::new();
        self.read(at, &mut |part| out.extend_from_slice(part))?;
        Ok(Some(out))
    }

    /// Every file by its path; `over` where they are more than `most` bytes together.
    pub fn all(mut self, most: u64, over: impl Fn() -> Error) -> Result<BTreeMap<String, Vec<u8>>> {
        let mut files = BTreeMap::new();
        let mut total = 0;
        for at in 0..self.members.len() {
            // What the directory says of the size is not believed, but may be enough to go no further.
            let index = self.members[at].index;
            let said = self.zip.by_index_raw(index).map(|member| member.size());
            if total + said.unwrap_or(0) > most {
                return Err(over());
            }
            let mut out = Vec::new();
            total += self.read(at, &mut |part| {
                if (out.len() + part.len()) as u64 <= most {
                    out.extend_from_slice(part);
                }
            })?;
            if total > most {
                return Err(over());
            }
            files.insert(self.members[at].path.clone(), out);
        }
        Ok(files)
    }

    /// Unpacks every file of a workbook to nowhere, so that the limits are held against what is really in them.
    pub fn weigh(&mut self) -> Result<()> {
        let mut total = 0;
        for at in 0..self.members.len() {
            total += self.swell(at, Limit::SheetRatio, &mut |_| {})?;
            if total > Limit::FileBytes.most() {
                return Err(Limit::FileBytes.refuse(&self.name));
            }
        }
        Ok(())
    }

    fn read(&mut self, at: usize, keep: &mut impl FnMut(&[u8])) -> Result<u64> {
        self.swell(at, Limit::Ratio, keep)
    }

    fn swell(&mut self, at: usize, ratio: Limit, keep: &mut impl FnMut(&[u8])) -> Result<u64> {
        let Member {
            index,
            path,
            encrypted,
        } = &self.members[at];
        let name = format!("{}/{path}", self.name);
        if *encrypted {
            return Err(Error::refused(format!("{name} is encrypted"))
                .hint("have the source deliver it without a password, over a connection that is encrypted"));
        }
        let mut member = self.zip.by_index(*index).map_err(|cause| match cause {
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                Error::input(format!("{name} is packed in a way that is not read"))
                    .because(cause)
                    .hint("have the source make an ordinary zip archive (method deflate)")
            }
            cause => damaged(&name, cause),
        })?;
        swell(&mut member, &self.packed, ratio, keep).map_err(|stop| match stop {
            Stop::Over(limit) => limit.refuse(&name),
            stop => stop.of(&name, "archive member"),
        })
    }
}

fn damaged(name: &str, cause: ZipError) -> Error {
    Error::input(format!("zip archive {name} is damaged"))
        .because(cause)
        .hint("fetch the file again from the source; nothing of it was stored")
}

fn leads_out(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    path.starts_with(['/', '\\']) || drive || path.split(['/', '\\']).any(|part| part == "..")
}

/// What macOS and Windows put into archives beside the files that were meant.
fn is_clutter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/")
        || name.starts_with("._")
        || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
