//! project: a folder with `beleidsinfo.toml`: where the warehouse is, which packs, whose data.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::board::Board;
use crate::error::{Doing, Error, Result};
use crate::pack::{self, Pack, Part};

/// The settings file, read once.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `file://./var/warehouse`, relative to the project folder.
    pub warehouse: String,
    pub languages: Vec<String>,
    pub timezone: String,
    /// `builtin:vlavirgem`, or a folder relative to the project folder.
    pub packs: Vec<String>,
    /// Folder of source mappings.
    pub sources: String,
    /// Folder of boards.
    #[serde(default = "default_boards")]
    pub boards: String,
    /// The divisions of the land to compute figures on beside `as_recorded`: days (`2019-01-01`), and files with mergers that
    /// are planned (`planned/fusie.csv`), relative to the project folder.
    #[serde(default = "default_territories")]
    pub territories: Vec<String>,
    pub organisation: Organisation,
    pub publish: Option<PublishSettings>,
}

fn default_boards() -> String {
    "boards".into()
}

fn default_territories() -> Vec<String> {
    pack::TERRITORIES.map(String::from).to_vec()
}

/// Who runs this installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub name: String,
    pub kbo: Option<String>,
    /// The municipalities it looks after, by their present codes.
    #[serde(default)]
    pub nis: Vec<String>,
    /// All data is invented: every chart, file and page says so.
    #[serde(default)]
    pub synthetic: bool,
}

/// What open data must say about itself; publishing is refused without.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishSettings {
    /// IRI of the licence.
    pub licence: String,
    pub publisher: String,
    pub contact: String,
}

#[derive(Debug, Clone)]
pub struct Project {
    pub folder: PathBuf,
    pub settings: Settings,
    pub zone: chrono_tz::Tz,
    pub boards: Vec<Board>,
}

pub const FILE: &str = "beleidsinfo.toml";

/// The folder of what-if variants.
const SANDBOX: &str = "sandbox";

impl Project {
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path)
            .reading(|| format!("cannot open project {}", path.display()))
            .map_err(|e| {
                e.hint(
                    "give the folder with --project DIR, or make one with `beleidsinfo init DIR`",
                )
            })?;
        let settings: Settings =
            toml::from_str(&text).reading(|| format!("cannot read {}", path.display()))?;
        let zone = settings.timezone.parse().map_err(|_| {
            Error::input(format!(
                "{}: `{}` is not a time zone",
                path.display(),
                settings.timezone
            ))
            .hint("write timezone = \"Europe/Brussels\"")
        })?;
        let boards = read_boards(&folder.join(&settings.boards))?;
        Ok(Self {
            folder: folder.to_path_buf(),
            settings,
            zone,
            boards,
        })
    }

    /// The packs' files merged and parsed; all problems at once.
    pub fn pack(&self) -> Result<Pack, Vec<Error>> {
        self.pack_of(&self.parts().map_err(|e| vec![e])?)
    }

    /// The packs with the files of `sandbox/<name>/` laid over them, and the paths of those.
    ///
    /// Errors: no such folder, or one with other files than indicators and views.
    pub fn sandbox(&self, name: &str) -> Result<(Pack, BTreeSet<String>), Vec<Error>> {
        let fail = |e: Error| Err(vec![e]);
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            return fail(Error::input(format!("`{name}` is not the name of a sandbox"))
                .hint("a sandbox is a folder sandbox/NAME of the project; its name is of letters, digits, - and _"));
        }
        let folder = self.sandbox_folder(name);
        if !folder.is_dir() {
            return fail(Error::not_found(format!("there is no sandbox {}", folder.display()))
                .hint("make the folder, and in it changed copies of files of the pack, such as indicators/vergunningen/ov_tijdig/facts.sql"));
        }
        let mut files = self.files()?;
        let mut changed = BTreeSet::new();
        for (path, text) in pack::folder_files(&folder).map_err(|e| vec![e])? {
            if path.starts_with("out/") {
                continue;
            }
            if !path.starts_with("indicators/") && !path.starts_with("views/") {
                return fail(
                    Error::input(format!(
                        "{}: a sandbox cannot hold {path}",
                        folder.display()
                    ))
                    .hint("only indicators/ and views/ can be tried out: the data stays as it is"),
                );
            }
            if files.get(&path) != Some(&text) {
                changed.insert(path.clone());
                files.insert(path, text);
            }
        }
        if changed.is_empty() {
            return fail(
                Error::input(format!(
                    "nothing in {} is other than in the pack",
                    folder.display()
                ))
                .hint("change a copy of a definition in it: facts.sql, indicator.toml or a view"),
            );
        }
        Ok((Pack::parse(files)?, changed))
    }

    pub fn sandbox_folder(&self, name: &str) -> PathBuf {
        self.folder.join(SANDBOX).join(name)
    }

    /// The packs as they stand in the settings, in that order.
    ///
    /// Errors: a built-in pack that is not there, a sandbox, a folder that cannot be read.
    pub fn parts(&self) -> Result<Vec<Part>> {
        self.settings
            .packs
            .iter()
            .map(|place| self.part(place))
            .collect()
    }

    fn part(&self, place: &str) -> Result<Part> {
        let files = match place.strip_prefix("builtin:") {
            Some("vlavirgem") => pack::builtin_files(),
            Some(other) => {
                return Err(Error::input(format!("there is no built-in pack `{other}`"))
                    .hint("the built-in pack is builtin:vlavirgem"));
            }
            // What is tried out is not what is published.
            None if Path::new(place)
                .components()
                .any(|c| c.as_os_str() == SANDBOX) =>
            {
                return Err(Error::refused(format!("`{place}` is a sandbox and not a pack"))
                    .hint("what was tried out and found right goes into a pack, with its next version"));
            }
            None => pack::folder_files(&self.folder.join(place))?,
        };
        Ok(Part {
            place: place.into(),
            files,
        })
    }

    /// These packs merged and parsed, as those of the project would be; all problems at once.
    pub fn pack_of(&self, parts: &[Part]) -> Result<Pack, Vec<Error>> {
        let (mut files, mut problems) = pack::merge(parts);
        self.add_territories(&mut files).map_err(|e| vec![e])?;
        let parsed = match files.contains_key("pack.toml") || problems.is_empty() {
            true => Pack::parse(files),
            // Why it is not there was told.
            false => Err(Vec::new()),
        };
        match parsed {
            Ok(pack) if problems.is_empty() => Ok(pack),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }

    fn files(&self) -> Result<pack::Files, Vec<Error>> {
        let parts = self.parts().map_err(|e| vec![e])?;
        let (mut files, problems) = pack::merge(&parts);
        if !problems.is_empty() {
            return Err(problems);
        }
        self.add_territories(&mut files).map_err(|e| vec![e])?;
        Ok(files)
    }

    /// The chosen territories are part of the definitions of a run. Those that nobody chose are not named, so that the
    /// definitions of earlier runs stay what they were.
    fn add_territories(&self, files: &mut pack::Files) -> Result<()> {
        let chosen = &self.settings.territories;
        if *chosen == default_territories() {
            return Ok(());
        }
        let doing = || format!("cannot read `territories` in {FILE}");
        for name in chosen.iter().filter(|name| pack::plan_name(name).is_some()) {
            let path = self.folder.join(name);
            let text = std::fs::read_to_string(&path).map_err(|e| {
                Error::input(format!("cannot read the plan {}", path.display()))
                    .because(e)
                    .hint(format!(
                        "put the file there, or take it out of `territories` in {FILE}"
                    ))
            })?;
            files.insert(name.clone(), text);
        }
        let table = toml::Table::from_iter([("territories".to_string(), chosen.clone().into())]);
        let text = toml::to_string(&table).reading(doing)?;
        files.insert(pack::TERRITORIES_FILE.into(), text);
        Ok(())
    }

    pub fn sources_folder(&self) -> PathBuf {
        self.folder.join(&self.settings.sources)
    }
}

fn read_boards(folder: &Path) -> Result<Vec<Board>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path)
                .reading(|| format!("cannot read {}", path.display()))?;
            let id = path.file_stem().unwrap_or_default().to_string_lossy();
            Board::parse(&id, &path.display().to_string(), &text)
        })
        .collect()
}
