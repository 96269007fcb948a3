//! pack/verify: whether a pack is what was signed and goes with the definitions here; whether a report is as it was written, and
//! which definitions are the same there and here.

use std::path::Path;

use beleidsinfo_warehouse::conformity::{Report, Sameness, definitions};
use beleidsinfo_warehouse::define::define;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::pack::bundle::Bundle;
use beleidsinfo_warehouse::pack::{About, Files, Pack, Part, builtin_files, labels, merge};
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::signature::{self, Namespace, Signer};
use beleidsinfo_warehouse::{Error, Result};
use semver::Version;

use super::bundle::{hold_to_signer, read, signed_by, wanted};
use crate::context::At;
use crate::report::{Outcome, Problems, count};

/// The packs that a newcomer is laid beside: those of the project, or the built-in one where there is no project.
pub struct Beside {
    pub project: Option<Project>,
    pub parts: Vec<Part>,
}

impl Beside {
    pub fn of(at: &At) -> Result<Self> {
        let project = at.is_there().then(|| at.project()).transpose()?;
        let parts = match &project {
            Some(project) => project.parts()?,
            None => vec![Part {
                place: "builtin:vlavirgem".into(),
                files: builtin_files(),
            }],
        };
        Ok(Self { project, parts })
    }

    fn pack_of(&self, parts: &[Part]) -> Result<Pack, Vec<Error>> {
        if let Some(project) = &self.project {
            return project.pack_of(parts);
        }
        match merge(parts) {
            (files, problems) if problems.is_empty() => Pack::parse(files),
            (_, problems) => Err(problems),
        }
    }
}

/// A pack beside those that are there, in order.
pub struct Assessed {
    pub about: About,
    /// Where the pack stands that it takes the place of, and that one's version.
    pub replaces: Option<(String, String)>,
    /// All packs together.
    pub pack: Pack,
}

/// Lays a pack beside those that are there and plans every definition; all problems at once.
pub async fn assess(beside: &Beside, bundle: &Bundle, place: &str) -> Result<Assessed, Vec<Error>> {
    let part = Part {
        place: place.into(),
        files: bundle.files.clone(),
    };
    let no_about = || Error::input(format!("{place} has no pack.toml"));
    let about = part
        .about()
        .and_then(|about| about.ok_or_else(no_about))
        .map_err(|e| vec![e])?;
    let mut problems = Vec::new();
    let mut parts = beside.parts.clone();
    // A folder of the project that is being built has the same name as itself.
    let same = |p: &Part| matches!(p.about(), Ok(Some(a)) if a.name == about.name);
    let replaces = match parts.iter().position(same) {
        Some(at) => {
            let version = parts[at].about().ok().flatten().map(|a| a.version);
            let before = std::mem::replace(&mut parts[at], part.clone());
            Some((before.place, version.unwrap_or_default()))
        }
        None => {
            parts.push(part.clone());
            None
        }
    };
    if let Some(project) = &beside.project {
        let lacks = |language: &&String| !about.languages.contains(language);
        for language in project.settings.languages.iter().filter(lacks) {
            problems.push(
                Error::input(format!("pack {} is not in language `{language}`, which this project shows", part.place))
                    .hint("ask its publisher for the words of that language, and to name it under `languages` in pack.toml"),
            );
        }
    }
    match beside.pack_of(&parts) {
        Err(mut more) => problems.append(&mut more),
        Ok(pack) => {
            problems.extend(labels(&pack, &part));
            problems.extend(define(&pack).await.err().unwrap_or_default());
            if problems.is_empty() {
                return Ok(Assessed {
                    about,
                    replaces,
                    pack,
                });
            }
        }
    }
    Err(problems)
}

/// That a pack is not an earlier one than the one it takes the place of, nor the same version with other content.
pub fn hold_to_version(beside: &Beside, about: &About, bundle: &Bundle) -> Result<Standing, Error> {
    let same = |p: &&Part| matches!(p.about(), Ok(Some(a)) if a.name == about.name);
    let Some(here) = beside.parts.iter().find(same) else {
        return Ok(Standing::New);
    };
    let version = here.about()?.map(|a| a.version).unwrap_or_default();
    let parse = |text: &str| Version::parse(text).reading(|| format!("`{text}` is not a version"));
    match parse(&about.version)?.cmp_precedence(&parse(&version)?) {
        std::cmp::Ordering::Greater => Ok(Standing::Newer),
        std::cmp::Ordering::Equal if definitions_of(&here.files).eq(definitions_of(&bundle.files)) => {
            Ok(Standing::There)
        }
        std::cmp::Ordering::Equal => Err(Error::refused(format!(
            "pack {} {version} is here already ({}), with other content",
            about.name, here.place
        ))
        .hint("one version, one content: who changes a pack gives it its next version")),
        std::cmp::Ordering::Less => Err(Error::refused(format!(
            "pack {} is here in version {version} ({}), and {} is earlier",
            about.name, here.place, about.version
        ))
        .hint("figures were counted with the newer definitions; to go back, change `packs` in beleidsinfo.toml by hand")),
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Standing {
    New,
    Newer,
    /// The project has it, file for file.
    There,
}

/// Without documents, which are not read from a folder.
fn definitions_of(files: &Files) -> impl Iterator<Item = (&String, &String)> {
    let kinds = [".toml", ".sql", ".csv"];
    files
        .iter()
        .filter(move |(path, _)| kinds.iter().any(|kind| path.ends_with(kind)))
}

/// `pack verify`.
pub async fn run(at: &At, what: &Path, signer: Option<&Path>) -> Result<Outcome, Problems> {
    let wanted = wanted(signer)?;
    if what.is_dir() || starts(what, b"PK")? {
        return verify_pack(at, what, wanted).await;
    }
    verify_report(at, what, wanted).await
}

fn starts(path: &Path, with: &[u8]) -> Result<bool> {
    let doing = || format!("cannot read {}", path.display());
    let mut start = vec![0; with.len()];
    let mut file = std::fs::File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Error::not_found(format!("{} is not there", path.display()))
                .hint("give a pack (file or folder) or a conformity report")
        }
        _ => Error::input(doing()).because(e),
    })?;
    let read = std::io::Read::read(&mut file, &mut start).reading(doing)?;
    Ok(start[..read] == *with)
}

async fn verify_pack(at: &At, what: &Path, wanted: Option<Signer>) -> Result<Outcome, Problems> {
    let bundle = read(what)?;
    let name = what.display().to_string();
    let signer = checked(&name, &bundle, wanted)?;
    let beside = Beside::of(at)?;
    let assessed = assess(&beside, &bundle, &name).await?;
    let about = &assessed.about;
    println!(
        "{name}: {} {} by {}",
        about.name, about.version, about.publisher
    );
    match &bundle.sums {
        Some(_) => println!(
            "    {} files, all as SHA256SUMS has them",
            bundle.files.len()
        ),
        None => println!(
            "    {} files; there is no SHA256SUMS, so nothing says what they were",
            bundle.files.len()
        ),
    }
    println!("    {}", signed_by(signer.as_ref()));
    let brings = Part {
        place: name,
        files: bundle.files.clone(),
    };
    let places: Vec<&str> = beside.parts.iter().map(|p| p.place.as_str()).collect();
    println!(
        "    {}, all in order beside {}",
        count(
            brings.indicators().count() as u64,
            "indicator",
            "indicators"
        ),
        places.join(", ")
    );
    Ok(Outcome::Done)
}

/// That the files are those of its sums, and who signed those.
pub fn checked(
    name: &str,
    bundle: &Bundle,
    wanted: Option<Signer>,
) -> Result<Option<Signer>, Problems> {
    let mut problems = bundle.changes();
    let signer = bundle.signer();
    match signer.and_then(|found| hold_to_signer(name, found, wanted)) {
        Ok(signer) if problems.is_empty() => return Ok(signer),
        Ok(_) => {}
        Err(e) => problems.push(e),
    }
    Err(problems.into())
}

async fn verify_report(at: &At, what: &Path, wanted: Option<Signer>) -> Result<Outcome, Problems> {
    let name = what.display().to_string();
    let text = std::fs::read_to_string(what).reading(|| format!("cannot read {name}"))?;
    let report = Report::parse(&name, &text)?;
    let beside_it = what.with_file_name(format!(
        "{}.sig",
        what.file_name().unwrap_or_default().to_string_lossy()
    ));
    let signer = match std::fs::read_to_string(&beside_it) {
        Ok(signature) => Some(signature::signer(
            &beside_it.display().to_string(),
            &signature,
            Namespace::Report,
            text.as_bytes(),
        )?),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => {
            return Err(
                Error::storage(format!("cannot read {}", beside_it.display()))
                    .because(e)
                    .into(),
            );
        }
    };
    let signer = hold_to_signer(&name, signer, wanted)?;
    println!(
        "{name}: {} ({}), {}, program {}",
        report.organisation,
        report.nis.join(", "),
        report.made_at.format("%Y-%m-%d"),
        report.program
    );
    println!("    as it was written; {}", signed_by(signer.as_ref()));
    for pack in &report.packs {
        let by = pack.signed_by.as_deref().unwrap_or("nobody");
        println!("    pack {} {}, signed by {by}", pack.name, pack.version);
    }
    let wrong: u64 = report.indicators.iter().map(|i| i.golden_wrong).sum();
    let cells: u64 = report.indicators.iter().map(|i| i.golden_cells).sum();
    println!("    {cells} golden cells there, {wrong} wrong");

    let beside = Beside::of(at)?;
    let pack = beside.pack_of(&beside.parts)?;
    let compared = report.beside(&definitions(&pack).await?);
    for (words, same) in [
        (
            "the same certified definition there and here",
            Some(Sameness::Certified),
        ),
        (
            "the same definition, but not proven there",
            Some(Sameness::Unproven),
        ),
        ("another version there", Some(Sameness::OtherVersion)),
        (
            "the same version with another meaning: do not compare",
            Some(Sameness::OtherDefinition),
        ),
        ("not among the definitions here", None),
    ] {
        let ids: Vec<&str> = compared
            .iter()
            .filter(|(_, found)| *found == same)
            .map(|(there, _)| there.id.as_str())
            .collect();
        if !ids.is_empty() {
            println!("{} · {words}: {}", ids.len(), ids.join(", "));
        }
    }
    Ok(Outcome::Done)
}

/// `pack list`.
pub fn list(at: &At) -> Result<Outcome, Problems> {
    let project = at.project()?;
    for part in project.parts()? {
        let indicators = count(part.indicators().count() as u64, "indicator", "indicators");
        let Some(about) = part.about()? else {
            println!("{}: a folder without pack.toml, {indicators}", part.place);
            continue;
        };
        println!(
            "{} {} · {} · {}",
            about.name, about.version, about.title.nl, about.title.en
        );
        println!("    {indicators}, {}", about.publisher);
        println!("    {}; from {}", seal(&project, &part), part.place);
    }
    Ok(Outcome::Done)
}

/// Who signed the pack in a folder of the project, and whether it is still what was signed.
pub fn seal(project: &Project, part: &Part) -> String {
    if part.place.starts_with("builtin:") {
        return "comes with the program".into();
    }
    let bundle = match Bundle::of_folder(&project.folder.join(&part.place)) {
        Ok(bundle) => bundle,
        Err(problems) => {
            return problems
                .first()
                .map_or_else(String::new, ToString::to_string);
        }
    };
    match (bundle.changes().len(), bundle.signer()) {
        (0, Ok(signer)) => signed_by(signer.as_ref()),
        (0, Err(e)) => e.to_string(),
        (n, _) => format!(
            "changed since it was built: {} not as SHA256SUMS has them",
            count(n as u64, "file", "files")
        ),
    }
}

/// The fingerprint of who signed it, where it is still what was signed.
pub fn signer_of(project: &Project, part: &Part) -> Option<String> {
    let bundle = Bundle::of_folder(&project.folder.join(&part.place)).ok()?;
    let unchanged = bundle.changes().is_empty();
    let signer = bundle.signer().ok().flatten().filter(|_| unchanged)?;
    Some(signer.fingerprint())
}
