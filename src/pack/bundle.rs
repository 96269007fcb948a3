//! pack/bundle: makes one file of a folder of definitions, signs, and reads such a file back.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use beleidsinfo_ingest::archive;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::pack::bundle::{Bundle, MOST_BYTES, too_large};
use beleidsinfo_warehouse::signature::{self, Namespace, Signer};
use beleidsinfo_warehouse::{Error, Result};

use super::verify::{Beside, assess};
use crate::context::At;
use crate::report::{Outcome, Problems};

/// `pack build`.
pub async fn build(
    at: &At,
    folder: &Path,
    out: Option<PathBuf>,
    key: Option<&Path>,
) -> Result<Outcome, Problems> {
    let mut bundle = Bundle::of_folder(folder)?;
    bundle.sums = Some(bundle.sums_now());
    bundle.signature = None;
    let beside = Beside::of(at)?;
    let assessed = assess(&beside, &bundle, &folder.display().to_string()).await?;
    if let (Some(key), Some(sums)) = (key, &bundle.sums) {
        bundle.signature = Some(sign(key, Namespace::Pack, sums.as_bytes())?);
    }
    let about = &assessed.about;
    let out = out.unwrap_or_else(|| format!("{}-{}.zip", about.name, about.version).into());
    let bytes = archive::write(&bundle.contents())?;
    write_whole(&out, &bytes)?;
    println!(
        "{}: {} {} with {} files, {}",
        out.display(),
        about.name,
        about.version,
        bundle.files.len(),
        signed_by(bundle.signer()?.as_ref())
    );
    Ok(Outcome::Done)
}

/// Reads a pack: a file of `pack build`, or a folder.
pub fn read(path: &Path) -> Result<Bundle, Problems> {
    if path.is_dir() {
        return Ok(Bundle::of_folder(path)?);
    }
    let name = path.display().to_string();
    let doing = || format!("cannot read {name}");
    let size = std::fs::metadata(path).reading(doing)?.len();
    // What is beside the files in an archive is small.
    if size > 2 * MOST_BYTES {
        return Err(too_large(&name).into());
    }
    let bytes = std::fs::read(path).reading(doing)?;
    Ok(Bundle::of_contents(archive::read(&name, &bytes)?)?)
}

pub fn signed_by(signer: Option<&Signer>) -> String {
    match signer {
        Some(signer) => format!("signed by {signer}"),
        None => "not signed".into(),
    }
}

/// The public key that something must be signed with.
pub fn wanted(signer: Option<&Path>) -> Result<Option<Signer>> {
    let Some(path) = signer else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).reading(|| format!("cannot read public key {name}"))?;
    Signer::parse(&name, &text).map(Some)
}

/// That it is signed by whom it must be; known keys get the name that stands beside them.
pub fn hold_to_signer(
    what: &str,
    found: Option<Signer>,
    wanted: Option<Signer>,
) -> Result<Option<Signer>> {
    let Some(wanted) = wanted else {
        return Ok(found);
    };
    match found {
        Some(found) if found == wanted => Ok(Some(wanted)),
        Some(found) => Err(Error::refused(format!(
            "{what} is signed by {found}, and not by {wanted}"
        ))
        .hint("get it from who holds that key; if they have a new key, get its .pub from them by another way than the pack")),
        None => Err(Error::refused(format!("{what} is not signed; it must be by {wanted}"))
            .hint("ask its publisher for a signed one, or leave out --signer")),
    }
}

/// Signs with the key in a file.
pub fn sign(key: &Path, namespace: Namespace, message: &[u8]) -> Result<String> {
    let name = key.display().to_string();
    let text = std::fs::read_to_string(key).reading(|| format!("cannot read key {name}"))?;
    let signed = match signature::sign(&name, &text, namespace, message)? {
        Some(signed) => signed,
        None => by_ssh_keygen(key, namespace, message)?,
    };
    // Better found here than by who gets it.
    signature::signer("the signature", &signed, namespace, message)?;
    Ok(signed)
}

/// ssh-keygen asks for the passphrase, or the agent.
fn by_ssh_keygen(key: &Path, namespace: Namespace, message: &[u8]) -> Result<String> {
    let doing = || format!("cannot sign with key {} by ssh-keygen", key.display());
    let mut child = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", namespace.name(), "-f"])
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .reading(doing)
        .map_err(|e| e.hint("install OpenSSH's client, or sign with a key without a passphrase"))?;
    let mut stdin = child.stdin.take();
    let written = stdin.as_mut().map(|stdin| stdin.write_all(message));
    drop(stdin);
    let output = child.wait_with_output().reading(doing)?;
    if !output.status.success() {
        return Err(
            Error::input(doing()).hint("what ssh-keygen said stands above; nothing was written")
        );
    }
    written.transpose().reading(doing)?;
    String::from_utf8(output.stdout).reading(doing)
}

/// Writes a file so that it is whole or not there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let doing = || format!("cannot write {}", path.display());
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).storing(doing)?;
    let mut staged = path.as_os_str().to_owned();
    staged.push(".part");
    let staged = PathBuf::from(staged);
    let mut file = std::fs::File::create(&staged).storing(doing)?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&staged, path))
        .and_then(|()| std::fs::File::open(folder)?.sync_all())
        .storing(doing)
}
