//! init: a new project folder, with a mapping to begin from.

use std::path::Path;

use beleidsinfo_warehouse::Error;

use crate::cli::InitArgs;
use crate::report::{Outcome, Problems};

const MAPPING: &str = include_str!("init/omgeving.toml");
/// An empty form for targets, and the mapping that reads it once there is one: a source without files is an error.
const TARGETS: &str = include_str!("init/formulier.txt");
const TARGETS_MAPPING: &str = include_str!("../data-samples/sources/doelen.toml");

pub fn run(args: InitArgs) -> Result<Outcome, Problems> {
    if args
        .folder
        .join(beleidsinfo_warehouse::project::FILE)
        .exists()
    {
        return Err(
            Error::input(format!("{} is a project already", args.folder.display()))
                .hint("choose another folder; nothing was changed")
                .into(),
        );
    }
    let name = args.name.map_or_else(|| name_of(&args.nis), Ok)?;
    let settings = format!(
        "# A project of MijnBeleidsinfo. Every setting: docs/getting-started.md\n\
         warehouse = \"file://./var/warehouse\"\n\
         languages = [\"nl\", \"en\"]\n\
         timezone  = \"Europe/Brussels\"\n\
         packs     = [\"builtin:vlavirgem\"]          # definitions shared by everybody\n\
         sources   = \"sources\"                       # this municipality's own mappings\n\
         boards    = \"boards\"\n\n\
         [organisation]\n\
         name = {:?}\n\
         nis  = [{:?}]\n\
         synthetic = false                           # true only when all data is invented\n\n\
         # [publish]                                 # needed before anything can be published\n\
         # licence   = \"https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0\"\n\
         # publisher = {:?}\n\
         # contact   = \"\"\n",
        name, args.nis, name
    );
    write(&args.folder, "beleidsinfo.toml", &settings)?;
    write(&args.folder, "sources/omgeving.toml", MAPPING)?;
    write(
        &args.folder,
        "boards/vergunningen.toml",
        include_str!("../data-samples/boards/vergunningen.toml"),
    )?;
    write(&args.folder, "doelen/formulier.txt", TARGETS)?;
    write(&args.folder, "doelen/koppeling.toml", TARGETS_MAPPING)?;
    write(&args.folder, ".gitignore", "raw/\nvar/\n")?;
    std::fs::create_dir_all(args.folder.join("raw"))?;
    println!("Made {}.", args.folder.display());
    println!(
        "1. Put a case file in {}/raw and describe its columns in sources/omgeving.toml.",
        args.folder.display()
    );
    println!(
        "2. cd {} && beleidsinfo pull && beleidsinfo check",
        args.folder.display()
    );
    println!("3. beleidsinfo store && beleidsinfo compute && beleidsinfo serve");
    println!(
        "Targets that were decided: fill in doelen/formulier.txt, one file for each decision."
    );
    Ok(Outcome::Done)
}

/// The name a code has now in the built-in pack.
fn name_of(nis: &str) -> Result<String, Problems> {
    let files = beleidsinfo_warehouse::pack::builtin_files();
    let regions = files
        .get("reference/regions.csv")
        .map_or("", String::as_str);
    let mut reader = csv::Reader::from_reader(regions.as_bytes());
    let headers = reader
        .headers()
        .map_err(|e| Error::input("cannot read the built-in regions").because(e))?
        .clone();
    let at = |name: &str| headers.iter().position(|h| h == name).unwrap_or_default();
    let (code, until, level, name) = (
        at("region_code"),
        at("valid_until"),
        at("level"),
        at("name_nl"),
    );
    let now = reader.records().flatten().find(|r| {
        r.get(code) == Some(nis) && r.get(until) == Some("") && r.get(level) == Some("municipality")
    });
    now.and_then(|r| r.get(name).map(str::to_string)).ok_or_else(|| {
        Error::input(format!("`{nis}` is not the code of a Flemish municipality of today"))
            .hint("give its present NIS code, such as 12041; for a municipality of elsewhere add --name, and a `regions` source to the project")
            .into()
    })
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Problems> {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(&path, text)
        .map_err(|e| Error::storage(format!("cannot write {}", path.display())).because(e))?;
    Ok(())
}
