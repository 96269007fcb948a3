//! durable: the local folder as object store, made to survive power loss.
//!
//! `LocalFileSystem` of object_store 0.13 never calls fsync. Here every object is staged in its folder, written, fsynced,
//! linked or renamed into place, and then the folder is fsynced. See docs/adr/0003-durable-local-store.md.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
    UploadPart,
};

/// Staged files end in this and digits; a listing hides `#digits`, so a leftover is only found by name.
pub const STAGED: &str = "#";

static STAGES: AtomicU64 = AtomicU64::new(0);

/// The whole local file system (paths from `/`), with durable writes.
#[derive(Debug)]
pub struct DurableLocalStore {
    inner: Arc<LocalFileSystem>,
}

impl DurableLocalStore {
    pub fn new() -> Self {
        Self {
            inner: Arc::new(LocalFileSystem::new()),
        }
    }
}

impl Default for DurableLocalStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for DurableLocalStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DurableLocalStore")
    }
}

fn failed(source: std::io::Error, path: &std::path::Path) -> object_store::Error {
    let path = path.display().to_string();
    match source.kind() {
        ErrorKind::AlreadyExists => object_store::Error::AlreadyExists {
            path,
            source: source.into(),
        },
        _ => object_store::Error::Generic {
            store: "DurableLocalStore",
            source: format!("{path}: {source}").into(),
        },
    }
}

/// Writes `payload` to `path` so that after `Ok` it is there whole, whatever happens to the power.
fn put_durably(path: &std::path::Path, payload: &PutPayload, create: bool) -> std::io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| std::io::Error::other("the object has no folder"))?;
    let new_folder = !folder.exists();
    std::fs::create_dir_all(folder)?;
    let mut staged = path.as_os_str().to_owned();
    staged.push(format!(
        "{STAGED}{}{:04}",
        std::process::id(),
        STAGES.fetch_add(1, Ordering::Relaxed) % 10_000
    ));
    let staged = PathBuf::from(staged);
    let mut file = File::create(&staged)?;
    let written = payload
        .iter()
        .try_for_each(|part| file.write_all(part))
        .and_then(|()| file.sync_all())
        .and_then(|()| {
            if create {
                std::fs::hard_link(&staged, path)?;
                std::fs::remove_file(&staged)
            } else {
                std::fs::rename(&staged, path)
            }
        });
    if let Err(e) = written {
        let _ = std::fs::remove_file(&staged);
        return Err(e);
    }
    sync_folders(folder, new_folder)
}

/// Makes an entry in a folder last; of a new folder, also its own entry and those above.
fn sync_folders(folder: &std::path::Path, new: bool) -> std::io::Result<()> {
    sync_folder(folder)?;
    if new {
        folder
            .ancestors()
            .skip(1)
            .take(3)
            .filter(|f| f.exists())
            .try_for_each(sync_folder)?;
    }
    Ok(())
}

fn sync_folder(folder: &std::path::Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[async_trait]
impl ObjectStore for DurableLocalStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let create = match opts.mode {
            PutMode::Create => true,
            PutMode::Overwrite => false,
            PutMode::Update(_) => return self.inner.put_opts(location, payload, opts).await,
        };
        let path = self.inner.path_to_filesystem(location)?;
        let done = path.clone();
        tokio::task::spawn_blocking(move || put_durably(&path, &payload, create))
            .await
            .map_err(|source| object_store::Error::JoinError { source })?
            .map_err(|e| failed(e, &done))?;
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let path = self.inner.path_to_filesystem(location)?;
        let new_folder = !path.parent().is_some_and(std::path::Path::exists);
        let upload = self.inner.put_multipart_opts(location, opts).await?;
        Ok(Box::new(DurableUpload {
            upload,
            path,
            new_folder,
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.inner.get_ranges(location, ranges).await
    }
    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }
    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list_with_offset(prefix, offset)
    }
    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }
    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.inner.rename_opts(from, to, options).await
    }
}

/// A large object in parts. It is referred to only by a later commit, so fsync after it is in place is soon enough.
#[derive(Debug)]
struct DurableUpload {
    upload: Box<dyn MultipartUpload>,
    path: PathBuf,
    new_folder: bool,
}

#[async_trait]
impl MultipartUpload for DurableUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        self.upload.put_part(data)
    }
    async fn complete(&mut self) -> Result<PutResult> {
        let result = self.upload.complete().await?;
        let (path, new) = (self.path.clone(), self.new_folder);
        tokio::task::spawn_blocking(move || {
            File::open(&path)
                .and_then(|f| f.sync_all())
                .and_then(|()| path.parent().map_or(Ok(()), |f| sync_folders(f, new)))
                .map_err(|e| failed(e, &path))
        })
        .await
        .map_err(|source| object_store::Error::JoinError { source })??;
        Ok(result)
    }
    async fn abort(&mut self) -> Result<()> {
        self.upload.abort().await
    }
}
