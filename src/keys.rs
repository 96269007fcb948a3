//! keys: where the keys come from, and the verb that makes, renews and lists them. A key is never shown.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use beleidsinfo_ingest::pseudonym::{Kind, Pseudonyms};
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::keys::{Keys, Secret, Use};
use beleidsinfo_warehouse::location::Location;
use beleidsinfo_warehouse::{Error, Result};

use crate::cli::{KeyUse, KeysArgs, KeysVerb};
use crate::report::{Outcome, Problems};

/// Names the key file.
const FILE: &str = "BELEIDSINFO_KEY_FILE";
/// Holds what a key file would, where there are no files to keep it in.
const TEXT: &str = "BELEIDSINFO_KEYS";

/// The keys of this installation, none when none are set.
///
/// Errors: a key file that others can read or that lies in the warehouse (refused), or that cannot be read; a line that is no key.
pub fn of(warehouse: &Location) -> Result<Keys> {
    let text = std::env::var(TEXT).ok().filter(|t| !t.trim().is_empty());
    match (file()?, text) {
        (Some(_), Some(_)) => Err(Error::input(format!("{FILE} and {TEXT} are both set"))
            .hint("keep the keys in one place")),
        (None, None) => Ok(Keys::default()),
        (None, Some(text)) => Keys::parse(&text, TEXT),
        (Some(path), None) => {
            if let Location::Local(folder) = warehouse {
                outside(&path, folder)?;
            }
            read(&path)
        }
    }
}

fn file() -> Result<Option<PathBuf>> {
    let path = std::env::var_os(FILE).filter(|p| !p.is_empty());
    path.map(|p| std::path::absolute(&p).reading(|| format!("cannot use {FILE}")))
        .transpose()
}

fn read(path: &Path) -> Result<Keys> {
    let doing = || format!("cannot read key file {}", path.display());
    let hint = "make one with `beleidsinfo keys new FILE`: see docs/sources/privacy.md";
    let text =
        std::fs::read_to_string(path).map_err(|e| Error::input(doing()).because(e).hint(hint))?;
    for_owner_only(path)?;
    Keys::parse(&text, &path.display().to_string())
}

#[cfg(unix)]
fn for_owner_only(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let doing = || format!("cannot use key file {}", path.display());
    let mode = std::fs::metadata(path).storing(doing)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::refused(doing())
        .because(format!(
            "others than its owner may read or change it (mode {mode:o})"
        ))
        .hint(format!("chmod 600 {}", path.display())))
}

#[cfg(not(unix))]
fn for_owner_only(_: &Path) -> Result<()> {
    Ok(())
}

/// A copy of the warehouse must not hold the keys to it.
fn outside(path: &Path, warehouse: &Path) -> Result<()> {
    let real = |p: &Path| std::fs::canonicalize(p).unwrap_or_else(|_| p.to_path_buf());
    if real(path).starts_with(real(warehouse)) {
        return Err(
            Error::refused(format!("cannot use key file {}", path.display()))
                .because("it lies in the warehouse that it protects")
                .hint("move it elsewhere, for example to /etc/beleidsinfo/keys"),
        );
    }
    Ok(())
}

pub fn run(args: KeysArgs) -> Result<Outcome, Problems> {
    match args.what {
        KeysVerb::New { file } => new(&file)?,
        KeysVerb::Renew { of } => renew(match of {
            KeyUse::Pseudonym => Use::Pseudonym,
            KeyUse::Seal => Use::Seal,
        })?,
        KeysVerb::List => {
            for (of, version, secret) in mine()?.all() {
                println!(
                    "{:<9}  {version:>3}  {}",
                    of.name(),
                    hex(&secret.fingerprint())
                );
            }
        }
        KeysVerb::Pseudonym { purpose, kind } => {
            let kind = Kind::named(&kind).ok_or_else(|| {
                Error::input(format!("no kind of pseudonym is called `{kind}`"))
                    .hint("there are text, insz and kbo")
            })?;
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            for pseudonym in Pseudonyms::every(&mine()?, &purpose, kind, &text)? {
                println!("{pseudonym}");
            }
        }
    }
    Ok(Outcome::Done)
}

/// The keys without a warehouse beside them.
fn mine() -> Result<Keys> {
    of(&Location::Memory)
}

fn line(of: Use, version: u32) -> Result<String> {
    Ok(format!(
        "{:<9} {version} {}\n",
        of.name(),
        Secret::random()?.hex()
    ))
}

fn new(path: &Path) -> Result<()> {
    let doing = || format!("cannot make key file {}", path.display());
    let mut text = String::from(
        "# Keys of MijnBeleidsinfo: see docs/sources/privacy.md. Keep a copy in a safe place, apart from the warehouse.\n",
    );
    for of in Use::ALL {
        text.push_str(&line(of, 1)?);
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    owner_only(&mut options);
    let mut file = options.open(path).map_err(|e| {
        let error = Error::storage(doing());
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => error.because("it is there already").hint(
                "`beleidsinfo keys renew` adds a newer key to it; a lost key cannot be made again",
            ),
            _ => error.because(e),
        }
    })?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .storing(doing)?;
    println!(
        "Made {}. Keep a copy in a safe place, and let {FILE} name it.",
        path.display()
    );
    Ok(())
}

#[cfg(unix)]
fn owner_only(options: &mut std::fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn owner_only(_: &mut std::fs::OpenOptions) {}

fn renew(of: Use) -> Result<()> {
    let path = file()?.ok_or_else(|| {
        Error::input("there is no key file to add to").hint(format!(
            "set {FILE}, or make one with `beleidsinfo keys new FILE`"
        ))
    })?;
    let keys = read(&path)?;
    let version = keys.newest(of).map_or(1, |(version, _)| version + 1);
    let doing = || format!("cannot add to key file {}", path.display());
    let whole = std::fs::read_to_string(&path).storing(doing)?;
    let gap = if whole.ends_with('\n') { "" } else { "\n" };
    let added = format!("{gap}{}", line(of, version)?);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .storing(doing)?;
    file.write_all(added.as_bytes())
        .and_then(|()| file.sync_all())
        .storing(doing)?;
    println!(
        "`{}` key {version} is for what comes from now on. Copy the key file to its safe place again.",
        of.name()
    );
    if of == Use::Pseudonym {
        println!(
            "The next `beleidsinfo store` reads the files that are still kept again with it; rows of files that expired keep the old one."
        );
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
