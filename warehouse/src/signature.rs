//! signature: signatures in the format of `ssh-keygen -Y`, so that whoever gets a file can verify it without this program.

use std::fmt;

use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use crate::error::{Error, Result};

/// What a signature is for (`-n` of ssh-keygen): one made for the one is none for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Namespace {
    /// Of the file SHA256SUMS in a pack.
    Pack,
    /// Of a conformity report.
    Report,
}

impl Namespace {
    pub fn name(self) -> &'static str {
        match self {
            Namespace::Pack => "beleidsinfo-pack",
            Namespace::Report => "beleidsinfo-report",
        }
    }
}

/// Who signed: a public key, as one line of a `.pub` file.
#[derive(Debug, Clone)]
pub struct Signer(PublicKey);

impl PartialEq for Signer {
    /// The same key; the comment beside it says nothing.
    fn eq(&self, other: &Self) -> bool {
        self.0.key_data() == other.0.key_data()
    }
}

/// `SHA256:… (comment)`, as `ssh-keygen -l` shows it.
impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint())?;
        match self.0.comment() {
            "" => Ok(()),
            comment => write!(f, " ({comment})"),
        }
    }
}

impl Signer {
    /// Reads the text of the `.pub` file `name`.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let key = PublicKey::from_openssh(text.trim()).map_err(|cause| {
            Error::input(format!("cannot read public key {name}"))
                .because(cause)
                .hint("give the file that ends in .pub: one line that begins with ssh-ed25519")
        })?;
        Ok(Self(key))
    }

    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }
}

/// Signs with the text of the private key file `name`. `None`: the key is protected with a passphrase, or is no private key at
/// all but the public half of one that an agent holds; then only ssh-keygen can sign with it.
pub fn sign(name: &str, key: &str, namespace: Namespace, message: &[u8]) -> Result<Option<String>> {
    if PublicKey::from_openssh(key.trim()).is_ok() {
        return Ok(None);
    }
    let key = PrivateKey::from_openssh(key).map_err(|cause| {
        Error::input(format!("cannot read private key {name}"))
            .because(cause)
            .hint("make one with `ssh-keygen -t ed25519 -f FILE`")
    })?;
    if key.is_encrypted() {
        return Ok(None);
    }
    let signed = key
        .sign(namespace.name(), HashAlg::Sha512, message)
        .and_then(|signature| signature.to_pem(LineEnding::LF))
        .map_err(|cause| {
            Error::input(format!("cannot sign with key {name}"))
                .because(cause)
                .hint("make a key of kind Ed25519: `ssh-keygen -t ed25519 -f FILE`")
        })?;
    Ok(Some(signed))
}

/// Whose signature the file `name` of a message is.
///
/// Errors (refused): no SSH signature, one of another kind of key, of another message or for another purpose.
pub fn signer(name: &str, signature: &str, namespace: Namespace, message: &[u8]) -> Result<Signer> {
    let wrong = |what: &str| Error::refused(format!("{name}: {what}"));
    let signature = SshSig::from_pem(signature).map_err(|cause| {
        wrong("this is no signature of ssh-keygen")
            .because(cause)
            .hint("get the file again from its publisher")
    })?;
    if signature.namespace() != namespace.name() {
        return Err(wrong(&format!(
            "the signature is for `{}` and not for `{}`",
            signature.namespace(),
            namespace.name()
        ))
        .hint("what was signed for one purpose says nothing for another"));
    }
    let key = PublicKey::from(signature.public_key().clone());
    match key.verify(namespace.name(), message, &signature) {
        Ok(()) => Ok(Signer(key)),
        Err(ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. }) => {
            Err(wrong(&format!(
                "the signature is of a key of kind {}, which this program does not verify",
                signature.algorithm()
            ))
            .hint("ask its publisher to sign with a key of kind Ed25519"))
        }
        Err(cause) => Err(wrong("the signature is not of what it stands beside")
            .because(cause)
            .hint("what was signed was changed afterwards, or the signature is of another file: get it again from its publisher")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key made for these tests alone.
    const KEY: &str = include_str!("signature/test_key");
    const PUBLIC: &str = include_str!("signature/test_key.pub");
    /// `printf 'bericht\n' | ssh-keygen -Y sign -f test_key -n beleidsinfo-pack`
    const BY_SSH_KEYGEN: &str = include_str!("signature/test_message.sig");

    fn why(result: Result<Signer>) -> String {
        let error = result.expect_err("an error");
        format!("{error} {:?}", error.hint_text())
    }

    #[test]
    fn what_ssh_keygen_signed_is_of_its_key_and_ours_is_the_same() {
        let message = b"bericht\n";
        let found = signer("SUMS.sig", BY_SSH_KEYGEN, Namespace::Pack, message).expect("signed");
        assert_eq!(found, Signer::parse("test_key.pub", PUBLIC).expect("a key"));
        let ours = sign("test_key", KEY, Namespace::Pack, message).expect("a key");
        // Ed25519 gives one signature for one message.
        assert_eq!(ours.as_deref().map(str::trim), Some(BY_SSH_KEYGEN.trim()));
    }

    #[test]
    fn another_message_purpose_or_file_is_refused() {
        let of = |text: &str, namespace, message: &[u8]| {
            why(signer("SUMS.sig", text, namespace, message))
        };
        assert!(
            of(BY_SSH_KEYGEN, Namespace::Pack, b"berichT\n")
                .contains("not of what it stands beside")
        );
        assert!(
            of(BY_SSH_KEYGEN, Namespace::Report, b"bericht\n")
                .contains("for `beleidsinfo-pack` and not for `beleidsinfo-report`")
        );
        assert!(of("geen", Namespace::Pack, b"bericht\n").contains("no signature of ssh-keygen"));
        assert!(Signer::parse("x.pub", "geen").is_err());
        assert!(sign("x", "geen", Namespace::Pack, b"").is_err());
        // A public key alone cannot sign here: an agent may hold the other half.
        assert_eq!(
            sign("x.pub", PUBLIC, Namespace::Pack, b"").expect("known"),
            None
        );
    }
}
