//! bucket: an object store elsewhere that sources are read from, by the S3 protocol. Nothing is ever written to it.

use std::error::Error as StdError;
use std::io::Write;
use std::time::Duration;

use futures::TryStreamExt;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig,
};
use url::{Host, Url};

use crate::error::{Doing, Error, Result};

const ENDPOINT: &str = "AWS_ENDPOINT_URL";
const ALLOW_HTTP: &str = "BELEIDSINFO_S3_ALLOW_HTTP";

/// How a bucket is reached: from the environment, and from nowhere else.
#[derive(Clone)]
pub struct Access {
    key_id: String,
    secret: String,
    token: Option<String>,
    region: String,
    /// `None`: that of Amazon for the region.
    endpoint: Option<Url>,
}

impl Access {
    /// `setting` gives the value of an environment variable. Errors: there is no key (refused); an endpoint that is no address,
    /// or that would be spoken to in plain text over a network (refused).
    pub fn from_env(setting: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let setting = |name: &str| setting(name).filter(|value| !value.trim().is_empty());
        let needed = |name: &str| {
            setting(name).ok_or_else(|| {
                Error::refused("there is no key for the object store")
                    .because(format!("the environment has no {name}"))
                    .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for a store that is not Amazon's: docs/operations.md#object-stores")
            })
        };
        let endpoint = setting(ENDPOINT)
            .map(|text| endpoint(&text, setting(ALLOW_HTTP).as_deref() == Some("1")))
            .transpose()?;
        Ok(Self {
            key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret: needed("AWS_SECRET_ACCESS_KEY")?,
            token: setting("AWS_SESSION_TOKEN"),
            region: setting("AWS_REGION")
                .or_else(|| setting("AWS_DEFAULT_REGION"))
                .unwrap_or_else(|| "us-east-1".into()),
            endpoint,
        })
    }
}

fn endpoint(text: &str, allow_http: bool) -> Result<Url> {
    let wrong = || {
        Error::input(format!(
            "{ENDPOINT} is `{text}`, which is no address of an object store"
        ))
        .hint("write it as in https://s3.example.org")
    };
    let url = Url::parse(text.trim()).map_err(|cause| wrong().because(cause))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong()),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback || allow_http => Ok(url),
        "http" => Err(Error::refused(format!(
            "{ENDPOINT} is `{text}`: without TLS, whoever is on the way reads the files along"
        ))
        .hint(format!(
            "use https; on a network that is safe in itself, set {ALLOW_HTTP}=1"
        ))),
        _ => Err(wrong()),
    }
}

/// An object, as the store told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its whole name in the bucket.
    pub key: String,
    pub bytes: u64,
    /// Its ETag (or time, where it has none) and size: while these are the same, so is its content.
    pub version: String,
    etag: Option<String>,
}

impl Found {
    fn of(meta: &ObjectMeta) -> Self {
        Self {
            key: meta.location.to_string(),
            bytes: meta.size,
            version: format!(
                "{} {}",
                meta.e_tag
                    .clone()
                    .unwrap_or(meta.last_modified.to_rfc3339()),
                meta.size
            ),
            etag: meta.e_tag.clone(),
        }
    }
}

pub struct Bucket {
    name: String,
    endpoint: String,
    store: AmazonS3,
}

impl Bucket {
    pub fn open(name: &str, access: &Access) -> Result<Self> {
        let options = ClientOptions::new()
            .with_allow_http(
                access
                    .endpoint
                    .as_ref()
                    .is_some_and(|e| e.scheme() == "http"),
            )
            .with_connect_timeout(Duration::from_secs(10))
            // Of one request: a longer download goes on where it was.
            .with_timeout(Duration::from_secs(120));
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(name)
            .with_access_key_id(&access.key_id)
            .with_secret_access_key(&access.secret)
            .with_region(&access.region)
            .with_client_options(options)
            .with_retry(RetryConfig {
                backoff: BackoffConfig::default(),
                max_retries: 4,
                retry_timeout: Duration::from_secs(180),
            });
        if let Some(token) = &access.token {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &access.endpoint {
            builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
        }
        let store = builder
            .build()
            .reading(|| format!("cannot use bucket s3://{name}"))?;
        Ok(Self {
            name: name.into(),
            endpoint: access
                .endpoint
                .as_ref()
                .map_or("Amazon S3".into(), Url::to_string),
            store,
        })
    }

    /// The object of this name, if there is one.
    pub async fn object(&self, key: &str) -> Result<Option<Found>> {
        let doing = || format!("cannot look for s3://{}/{key}", self.name);
        match self.store.head(&self.path(key)?).await {
            Ok(meta) => Ok(Some(Found::of(&meta))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(self.explained(doing(), e)),
        }
    }

    /// The objects in a folder, which is all that the names begin with up to a `/`; with those in the folders below it when
    /// `deep`.
    pub async fn objects(&self, folder: &str, deep: bool) -> Result<Vec<Found>> {
        let doing = || format!("cannot list s3://{}/{folder}", self.name);
        let folder = self.path(folder)?;
        let prefix = (!folder.as_ref().is_empty()).then_some(&folder);
        let found = if deep {
            self.store.list(prefix).try_collect().await
        } else {
            let listed = self.store.list_with_delimiter(prefix).await;
            listed.map(|listed| listed.objects)
        };
        let found: Vec<ObjectMeta> = found.map_err(|e| self.explained(doing(), e))?;
        Ok(found.iter().map(Found::of).collect())
    }

    /// Writes an object's bytes as they come in. Errors: it changed since it was found; it holds more than `most` bytes
    /// (answered by `None`, so that the caller says which limit that is).
    pub async fn fetch(
        &self,
        object: &Found,
        into: &mut (impl Write + Send),
        most: u64,
    ) -> Result<Option<()>> {
        let doing = || format!("cannot read s3://{}/{}", self.name, object.key);
        if object.bytes > most {
            return Ok(None);
        }
        let options = GetOptions {
            if_match: object.etag.clone(),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&self.path(&object.key)?, options).await;
        let found = found.map_err(|e| self.explained(doing(), e))?;
        let mut parts = found.into_stream();
        let mut written = 0;
        while let Some(part) = parts
            .try_next()
            .await
            .map_err(|e| self.explained(doing(), e))?
        {
            written += part.len() as u64;
            if written > most {
                return Ok(None);
            }
            into.write_all(&part).storing(doing)?;
        }
        Ok(Some(()))
    }

    fn path(&self, key: &str) -> Result<Path> {
        Path::parse(key.trim_end_matches('/')).map_err(|cause| {
            Error::input(format!("s3://{}/{key} is no name of objects", self.name)).because(cause)
        })
    }

    /// What went wrong, by what the store or the network said of it.
    fn explained(&self, doing: String, error: object_store::Error) -> Error {
        let said = chain(&error);
        let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
        use object_store::Error as E;
        if any(&["NoSuchBucket"]) {
            Error::not_found(doing)
                .because(format!("{} has no bucket `{}`", self.endpoint, self.name))
                .hint("mend the bucket in `location`, or AWS_ENDPOINT_URL and AWS_REGION")
        } else if matches!(
            error,
            E::PermissionDenied { .. } | E::Unauthenticated { .. }
        ) || any(&[
            "AccessDenied",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
        ]) {
            Error::refused(doing)
                .because(format!("{} denied access to bucket `{}`", self.endpoint, self.name))
                .hint("look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; their owner needs the rights ListBucket and GetObject on this bucket")
        } else if matches!(error, E::NotFound { .. } | E::Precondition { .. }) {
            Error::storage(doing)
                .because("it changed or went while it was looked at")
                .hint("pull again")
        } else {
            // As one cause: each of its own repeats the next.
            Error::storage(doing)
                .because(error.to_string())
                .hint(format!(
                    "is {} up, and can this machine reach it? The next pull tries again",
                    self.endpoint
                ))
        }
    }
}

fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;

    fn access(settings: &[(&str, &str)]) -> Result<Access> {
        Access::from_env(|name| {
            let found = settings.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    const KEY: [(&str, &str); 2] = [
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];

    #[test]
    fn a_key_comes_from_the_environment_or_nothing_is_read() {
        let region = access(&KEY).unwrap().region;
        assert_eq!(region, "us-east-1");
        for missing in [&KEY[..1], &KEY[1..], &[("AWS_ACCESS_KEY_ID", " "), KEY[1]]] {
            let error = access(missing).err().unwrap();
            assert_eq!(error.kind(), crate::error::Kind::Refused);
            assert!(error.hint_text().unwrap().contains("AWS_SECRET_ACCESS_KEY"));
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_it_is_allowed() {
        let with = |endpoint: &str, allowed: &str| {
            let more = [(ENDPOINT, endpoint), (ALLOW_HTTP, allowed)];
            access(&[&KEY[..], &more].concat())
        };
        for fine in [
            "https://s3.example.org",
            "http://127.0.0.1:9000",
            "http://localhost:9000/",
            "http://[::1]:9000",
        ] {
            assert!(with(fine, "").is_ok(), "{fine}");
        }
        for open in [
            "http://s3.example.org",
            "http://10.0.0.1:9000",
            "http://localhost.example.org",
        ] {
            let error = with(open, "").err().unwrap();
            assert_eq!(error.kind(), crate::error::Kind::Refused, "{open}");
            assert!(with(open, "1").is_ok(), "{open}");
            assert!(with(open, "yes").is_err(), "{open}");
        }
        for wrong in ["s3.example.org", "ftp://s3.example.org", "file:///srv"] {
            assert!(with(wrong, "1").is_err(), "{wrong}");
        }
    }
}
