//! source/suggest: a first mapping for a file that nobody described yet.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use beleidsinfo_ingest::suggest::{Setting, Suggestion, suggest};
use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use beleidsinfo_warehouse::project::{FILE, Project};

use crate::cli::SuggestArgs;
use crate::context::At;
use crate::report::{Outcome, Problems};

pub fn run(at: &At, args: &SuggestArgs) -> Result<Outcome, Problems> {
    // Outside a project the built-in tables serve.
    let project = at
        .project
        .join(FILE)
        .exists()
        .then(|| at.project())
        .transpose()?;
    let pack = match &project {
        Some(project) => project.pack()?,
        None => Pack::parse(builtin_files())?,
    };
    let contract = pack
        .contracts
        .get(&args.table)
        .filter(|c| !c.system)
        .ok_or_else(|| {
            let tables: Vec<&str> = pack
                .contracts
                .values()
                .filter(|c| !c.system)
                .map(|c| c.name.as_str())
                .collect();
            Error::not_found(format!("no table is called `{}`", args.table))
                .hint(format!("the tables are {}", tables.join(", ")))
        })?;
    let out = args.out.as_ref().map(|out| at.project.join(out));
    if let Some(out) = out.as_ref().filter(|out| out.exists() && !args.replace) {
        return Err(
            Error::refused(format!("{} is there already", out.display()))
                .hint("choose another name, or say --replace; nothing was changed")
                .into(),
        );
    }
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file).reading(|| format!("cannot read {shown}"))?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let id = out
        .as_deref()
        .unwrap_or(&args.file)
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let id = id.split('.').next().unwrap_or_default();
    let (municipalities, places) = regions(&pack)?;
    let setting = Setting {
        id,
        location: &location(&at.project, &args.file)?,
        contract,
        regions: &municipalities,
        places: &places,
        municipality: project.as_ref().and_then(only_municipality),
        zone: project
            .as_ref()
            .map_or(chrono_tz::Europe::Brussels, |p| p.zone),
    };
    let Suggestion { toml, doubts } = suggest(&name, &bytes, &setting)?;
    let Some(out) = &out else {
        print!("{toml}");
        return Ok(Outcome::Done);
    };
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(out, toml)
        .map_err(|e| Error::storage(format!("cannot write {}", out.display())).because(e))?;
    println!(
        "Wrote {} with {doubts} doubts: settle each line marked DOUBT.",
        out.display()
    );
    println!("Then: beleidsinfo pull {id} && beleidsinfo check {id}");
    Ok(Outcome::Done)
}

/// The file as a mapping names it: relative to the project folder where it lies in it.
fn location(project: &Path, file: &Path) -> Result<String, Problems> {
    let whole = |path: &Path| {
        path.canonicalize()
            .reading(|| format!("cannot find {}", path.display()))
    };
    let file = whole(file)?;
    let folder: PathBuf = whole(project)?;
    Ok(file
        .strip_prefix(&folder)
        .unwrap_or(&file)
        .to_string_lossy()
        .into_owned())
}

/// Codes of municipalities, present and past, and the names of all regions in small letters.
fn regions(pack: &Pack) -> Result<(HashSet<String>, HashSet<String>), Problems> {
    let text = pack.reference.get("regions").map_or("", String::as_str);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let doing = || "cannot read the regions of the pack".to_string();
    let headers = reader.headers().reading(doing)?.clone();
    let place = |name: &str| headers.iter().position(|header| header == name);
    let (code, level) = (place("region_code"), place("level"));
    let named = [place("name_nl"), place("name_fr")];
    let (mut codes, mut names) = (HashSet::new(), HashSet::new());
    for region in reader.records() {
        let region = region.reading(doing)?;
        let field = |at: Option<usize>| at.and_then(|at| region.get(at));
        if field(level) == Some("municipality") {
            codes.extend(field(code).map(str::to_string));
        }
        names.extend(named.into_iter().filter_map(field).map(str::to_lowercase));
    }
    Ok((codes, names))
}

fn only_municipality(project: &Project) -> Option<&str> {
    match project.settings.organisation.nis.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}
