//! pack/add: takes a pack from elsewhere into the project, when nothing clashes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::pack::Part;
use beleidsinfo_warehouse::pack::bundle::Bundle;
use beleidsinfo_warehouse::project::{FILE, Project};
use beleidsinfo_warehouse::signature::Signer;
use beleidsinfo_warehouse::{Error, Result};
use toml_edit::{DocumentMut, Item, Value};

use super::bundle::{read, signed_by, wanted, write_whole};
use super::verify::{Beside, Standing, assess, checked, hold_to_version, signer_of};
use crate::context::At;
use crate::report::{Outcome, Problems, count};

/// `pack add`.
pub async fn run(at: &At, file: &Path, signer: Option<&Path>) -> Result<Outcome, Problems> {
    let (project, _, warehouse) = at.look().await?;
    let wanted = wanted(signer)?;
    let said = wanted.is_some();
    let bundle = read(file)?;
    let name = file.display().to_string();
    let signer = checked(&name, &bundle, wanted)?;
    if bundle.sums.is_none() {
        return Err(Error::refused(format!("{name} has no SHA256SUMS, so nothing says what its files were"))
            .hint("have it made with `beleidsinfo pack build`; a folder of your own needs no `add`: name it under `packs` in beleidsinfo.toml")
            .into());
    }
    let part = Part {
        place: name.clone(),
        files: bundle.files.clone(),
    };
    let Some(about) = part.about()? else {
        return Err(Error::input(format!("{name} has no pack.toml")).into());
    };
    let place = format!("packs/{}-{}", about.name, about.version);
    let beside = Beside {
        parts: project.parts()?,
        project: Some(project.clone()),
    };
    let mut problems = Vec::new();
    let standing = match hold_to_version(&beside, &about, &bundle) {
        Ok(standing) => Some(standing),
        Err(e) => {
            problems.push(e);
            None
        }
    };
    if standing == Some(Standing::There) {
        println!(
            "{} {} is here already, file for file; nothing was changed",
            about.name, about.version
        );
        return Ok(Outcome::Done);
    }
    // Who signed the version before it signs this one too, unless a person says that another key may.
    let same = |p: &&Part| matches!(p.about(), Ok(Some(a)) if a.name == about.name);
    let before = beside.parts.iter().find(same);
    if let Some(key) = before.and_then(|p| signer_of(&project, p))
        && !said
        && signer.as_ref().map(Signer::fingerprint).as_deref() != Some(&key)
    {
        problems.push(
            Error::refused(format!(
                "{name} is {}; the version of {} that is here was signed by {key}",
                signed_by(signer.as_ref()),
                about.name
            ))
            .hint("ask its publisher, by another way than the pack, whether the key is a new one; then add it with --signer and the new .pub"),
        );
    }
    let folder = project.folder.join(&place);
    if folder.exists() && !holds(&folder, &bundle) {
        problems.push(
            Error::refused(format!(
                "{} is there already, and holds other files",
                folder.display()
            ))
            .hint("look what is in it; when it may go, remove the folder and add the pack again"),
        );
    }
    match assess(&beside, &bundle, &place).await {
        Ok(assessed) => {
            // A version stands for one meaning here too.
            problems.extend(
                warehouse
                    .hold_to_versions(&assessed.pack)
                    .await
                    .err()
                    .unwrap_or_default(),
            );
            if problems.is_empty() {
                unpack(&folder, &bundle)?;
                let before = assessed.replaces.as_ref().map(|(place, _)| place.as_str());
                name_it(&project, &place, before)?;
                let told = match &assessed.replaces {
                    Some((before, version)) => format!(" in the place of {version} ({before})"),
                    None => String::new(),
                };
                println!(
                    "{} {} is in {place}{told}: {}, {}",
                    about.name,
                    about.version,
                    count(part.indicators().count() as u64, "indicator", "indicators"),
                    signed_by(signer.as_ref())
                );
                println!("Next: beleidsinfo pack test && beleidsinfo compute");
                return Ok(Outcome::Done);
            }
        }
        Err(mut more) => problems.append(&mut more),
    }
    Err(problems.into())
}

/// Whether a folder has these files and no others: an `add` that was cut off leaves that behind.
fn holds(folder: &Path, bundle: &Bundle) -> bool {
    Bundle::of_folder(folder).is_ok_and(|found| found.contents() == bundle.contents())
}

/// Writes the files under another name first: the folder is whole or not there.
fn unpack(folder: &Path, bundle: &Bundle) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    let doing = || format!("cannot unpack into {}", folder.display());
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return Err(Error::storage(doing()));
    };
    let staged: PathBuf = parent.join(format!(".{}.part", name.to_string_lossy()));
    if staged.exists() {
        std::fs::remove_dir_all(&staged).storing(doing)?;
    }
    let mut folders = BTreeSet::new();
    for (path, bytes) in bundle.contents() {
        let path = staged.join(path);
        write_whole(&path, &bytes)?;
        let above = path.ancestors().skip(1);
        folders.extend(
            above
                .take_while(|f| f.starts_with(&staged))
                .map(Path::to_path_buf),
        );
    }
    for folder in folders {
        std::fs::File::open(folder)
            .and_then(|f| f.sync_all())
            .storing(doing)?;
    }
    std::fs::rename(&staged, folder)
        .and_then(|()| std::fs::File::open(parent)?.sync_all())
        .storing(doing)
}

/// Names the pack in the project's settings, in the place of the one before it; all else there stays as it was written.
fn name_it(project: &Project, place: &str, before: Option<&str>) -> Result<()> {
    let path = project.folder.join(FILE);
    let doing = || format!("cannot add the pack to `packs` in {}", path.display());
    let text = std::fs::read_to_string(&path).reading(doing)?;
    let mut settings: DocumentMut = text.parse().reading(doing)?;
    let Some(packs) = settings.get_mut("packs").and_then(Item::as_array_mut) else {
        return Err(Error::input(doing()).hint("write packs = [\"builtin:vlavirgem\"]"));
    };
    let at = packs
        .iter()
        .position(|p| before.is_some() && p.as_str() == before);
    match at.and_then(|at| packs.get_mut(at)) {
        Some(value) => {
            let decor = value.decor().clone();
            *value = Value::from(place);
            *value.decor_mut() = decor;
        }
        None => packs.push(place),
    }
    write_whole(&path, settings.to_string().as_bytes())
}
