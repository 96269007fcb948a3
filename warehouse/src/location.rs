//! location: where a warehouse stands, parsed once, and the object store behind it.

use std::io::Read;
use std::path::{Path as FsPath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    GetOptions, GetResultPayload, ObjectStore, ObjectStoreExt, PutMode, PutOptions,
};
use url::Url;

use crate::durable::DurableLocalStore;
use crate::error::{Doing, Error, Result};

/// A large object is written in parts of this many bytes.
const PART: usize = 8 << 20;

/// A closed list: the kinds of storage this program knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    Local(PathBuf),
    /// Gone with the process; for golden cases and tests.
    Memory,
}

impl Location {
    /// `file://./var/warehouse` (relative to `base`), `file:///srv/warehouse`, a plain path, or `memory://`.
    pub fn parse(text: &str, base: &FsPath) -> Result<Self> {
        if text.starts_with("memory:") {
            return Ok(Location::Memory);
        }
        if let Some((scheme, rest)) = text.split_once("://") {
            if scheme != "file" {
                return Err(Error::input(format!("cannot open warehouse `{text}`"))
                    .hint("this version stores in a local folder (file://) only; S3 and Azure come later"));
            }
            return Self::parse(rest, base);
        }
        let path = base.join(text);
        std::path::absolute(&path)
            .map(|p| Location::Local(p.components().collect()))
            .reading(|| format!("cannot open warehouse `{text}`"))
    }
}

/// The objects of a warehouse by path from its root. All the warehouse's bytes go through here or through Delta.
#[derive(Debug, Clone)]
pub struct Storage {
    /// With `/` at the root of the store, as Delta wants it.
    root: Arc<dyn ObjectStore>,
    url: Url,
    prefix: Path,
}

impl Storage {
    pub fn open(location: &Location) -> Result<Self> {
        match location {
            Location::Local(folder) => {
                std::fs::create_dir_all(folder)
                    .storing(|| format!("cannot make warehouse folder {}", folder.display()))?;
                Self::on(Arc::new(DurableLocalStore::new()), folder)
            }
            Location::Memory => {
                let url = Url::parse("memory:///").expect("a constant URL parses");
                Ok(Self {
                    root: Arc::new(InMemory::new()),
                    url,
                    prefix: Path::default(),
                })
            }
        }
    }

    /// A local folder through another store: how tests make writes fail.
    pub fn on(root: Arc<dyn ObjectStore>, folder: &FsPath) -> Result<Self> {
        let wrong = || {
            Error::storage(format!(
                "cannot use {} as a warehouse folder",
                folder.display()
            ))
        };
        let url = Url::from_directory_path(folder).map_err(|()| wrong())?;
        let prefix = Path::from_absolute_path(folder).map_err(|e| wrong().because(e))?;
        Ok(Self { root, url, prefix })
    }

    pub(crate) fn root(&self) -> Arc<dyn ObjectStore> {
        self.root.clone()
    }

    /// The URL of a folder in the warehouse.
    pub(crate) fn url(&self, folder: &str) -> Url {
        self.url
            .join(&format!("{folder}/"))
            .expect("a folder name joins a URL")
    }

    /// The folder on this machine, if it is one. Any address without a host passes for a path, so the scheme is looked at.
    pub fn folder(&self) -> Option<PathBuf> {
        (self.url.scheme() == "file").then(|| self.url.to_file_path().ok())?
    }

    fn path(&self, name: &str) -> Path {
        let mut path = self.prefix.clone();
        for part in name.split('/').filter(|p| !p.is_empty()) {
            path = path.join(part);
        }
        path
    }

    /// `None` when it is not there.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>> {
        match self.root.get(&self.path(name)).await {
            Ok(found) => {
                Ok(Some(found.bytes().await.storing(|| {
                    format!("cannot read {name} in the warehouse")
                })?))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => {
                Err(Error::storage(format!("cannot read {name} in the warehouse")).because(e))
            }
        }
    }

    /// The bytes of an object as they are read, so that a large one need not fit in memory; `None` when it is not there.
    /// What is not on this machine is read whole first.
    pub async fn reader(&self, name: &str) -> Result<Option<Box<dyn Read + Send>>> {
        Ok(match self.payload(name).await? {
            None => None,
            Some(GetResultPayload::File(file, _)) => Some(Box::new(file)),
            Some(GetResultPayload::Stream(parts)) => {
                let bytes = collected(parts).await;
                let bytes = bytes.storing(|| format!("cannot read {name} in the warehouse"))?;
                Some(Box::new(std::io::Cursor::new(bytes)))
            }
        })
    }

    /// An object opened: a file on this machine, or a stream.
    pub(crate) async fn payload(&self, name: &str) -> Result<Option<GetResultPayload>> {
        match self.root.get(&self.path(name)).await {
            Ok(found) => Ok(Some(found.payload)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => {
                Err(Error::storage(format!("cannot read {name} in the warehouse")).because(e))
            }
        }
    }

    /// Writes all that `from` gives, in parts: nothing is there under the name until all of it is, durably.
    pub async fn put_all(&self, name: &str, from: impl Read + Send + 'static) -> Result<()> {
        let doing = || format!("cannot write {name} in the warehouse");
        let mut upload = self
            .root
            .put_multipart(&self.path(name))
            .await
            .storing(doing)?;
        let mut rest = Some(from);
        while let Some(mut from) = rest.take() {
            let part = tokio::task::spawn_blocking(move || {
                let mut part = Vec::with_capacity(PART);
                from.by_ref()
                    .take(PART as u64)
                    .read_to_end(&mut part)
                    .map(|_| (from, part))
            })
            .await
            .storing(doing)?;
            let written = match part {
                Ok((_, part)) if part.is_empty() => break,
                Ok((from, part)) => {
                    rest = Some(from);
                    upload.put_part(part.into()).await.storing(doing)
                }
                Err(cause) => Err(Error::of_read(cause, doing)),
            };
            if let Err(error) = written {
                // The reason it could not be written is worth more than why the rest could not be taken away.
                let _ = upload.abort().await;
                return Err(error);
            }
        }
        upload.complete().await.storing(doing)?;
        Ok(())
    }

    pub(crate) async fn has(&self, name: &str) -> Result<bool> {
        match self.root.head(&self.path(name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => {
                Err(Error::storage(format!("cannot read {name} in the warehouse")).because(e))
            }
        }
    }

    /// The first bytes of an object that is not empty, fewer where it is shorter; `None` when it is not there.
    pub(crate) async fn start(&self, name: &str, bytes: usize) -> Result<Option<Bytes>> {
        let options = GetOptions {
            range: Some((0..bytes as u64).into()),
            ..GetOptions::default()
        };
        let doing = || format!("cannot read {name} in the warehouse");
        match self.root.get_opts(&self.path(name), options).await {
            Ok(found) => Ok(Some(found.bytes().await.storing(doing)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(Error::storage(doing()).because(e)),
        }
    }

    pub async fn put(&self, name: &str, bytes: impl Into<Bytes>) -> Result<()> {
        self.root
            .put(&self.path(name), bytes.into().into())
            .await
            .storing(|| format!("cannot write {name} in the warehouse"))?;
        Ok(())
    }

    /// Writes unless it is there already; says whether it wrote. For objects whose name fixes their content.
    pub async fn put_new(&self, name: &str, bytes: impl Into<Bytes>) -> Result<bool> {
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        match self
            .root
            .put_opts(&self.path(name), bytes.into().into(), options)
            .await
        {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(e) => {
                Err(Error::storage(format!("cannot write {name} in the warehouse")).because(e))
            }
        }
    }

    /// All objects below a folder, by their name from the warehouse root, sorted.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let prefix = self.path(folder);
        let depth = self.prefix.parts().count();
        let found: Vec<_> = match self.root.list(Some(&prefix)).try_collect().await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => Vec::new(),
            Err(e) => {
                return Err(
                    Error::storage(format!("cannot list {folder} in the warehouse")).because(e),
                );
            }
        };
        let mut names: Vec<String> = found
            .iter()
            .map(|o| {
                o.location
                    .parts()
                    .skip(depth)
                    .map(|p| p.as_ref().to_string())
                    .collect::<Vec<_>>()
                    .join("/")
            })
            .collect();
        names.sort();
        Ok(names)
    }

    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.root.delete(&self.path(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(e) => {
                Err(Error::storage(format!("cannot delete {name} in the warehouse")).because(e))
            }
        }
    }
}

pub(crate) async fn collected(
    parts: BoxStream<'static, object_store::Result<Bytes>>,
) -> object_store::Result<Bytes> {
    let parts: Vec<Bytes> = parts.try_collect().await?;
    Ok(parts.concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warehouse_in_memory_is_in_no_folder() {
        let memory = Storage::open(&Location::Memory).expect("a storage opens");
        assert_eq!(
            memory.folder(),
            None,
            "else its lock is made at the root of the machine"
        );
        let folder = FsPath::new("/srv/warehouse");
        let local = Storage::on(Arc::new(InMemory::new()), folder).expect("a storage opens");
        assert_eq!(local.folder().as_deref(), Some(folder));
    }
}
