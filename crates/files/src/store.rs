//! The store: a folder, or a bucket.

use std::{fmt, fs, io, ops::Range, path::PathBuf, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, WriteMultipart,
    aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
};
use tokio::io::AsyncReadExt as _;
use url::Url;
use uuid::Uuid;

/// Up to this size a file travels in one request; larger ones in pieces of this size.
const PIECE: usize = 8 * 1024 * 1024;

/// What is kept under a file's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file as it came.
    Whole,
    /// A small picture of it.
    Thumbnail,
}

/// A file, or a piece of one.
pub struct Piece {
    /// The size of the whole, in bytes.
    pub size: u64,
    /// Which bytes these are.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes, StoreError>>,
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("size", &self.size).field("range", &self.range).finish_non_exhaustive()
    }
}

/// Why the store did not answer as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The setting names no store.
    #[error("the address of the store can't be used: {0}")]
    Address(String),
    /// There is no such file.
    #[error("there is no such file in the store")]
    NotFound,
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] object_store::Error),
    /// The file to be kept can't be read.
    #[error("the file can't be read")]
    Read(#[from] io::Error),
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            error => Self::Store(error),
        }
    }
}

/// Where files are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store(Arc<dyn ObjectStore>);

impl Store {
    /// `file:///folder` (`file://./folder` from where the process was started; made where it is missing), or
    /// `s3://bucket/prefix`, with key, region and endpoint from the usual `AWS_…` variables.
    ///
    /// # Errors
    /// When the address is neither, or the folder can't be made.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let ours = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        Self::open_with(address, ours)
    }

    /// The same, with the bucket's `AWS_…` variables from elsewhere than the environment.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(
        address: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StoreError> {
        let wrong = |why: &str| StoreError::Address(why.to_owned());
        if let Some(folder) = address.strip_prefix("file://") {
            if folder.is_empty() {
                return Err(wrong("file:// names no folder"));
            }
            let folder = PathBuf::from(folder);
            fs::create_dir_all(&folder)?;
            let store = LocalFileSystem::new_with_prefix(&folder)?.with_automatic_cleanup(true);
            return Ok(Self(Arc::new(store)));
        }
        let url: Url = address.parse().map_err(|_| wrong("it is no address"))?;
        let (Some(bucket), "s3") = (url.host_str(), url.scheme()) else {
            return Err(wrong("it begins with neither file:// nor s3://"));
        };
        // What object_store does not know is for other programs.
        let known = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, value)));
        let builder = known.fold(AmazonS3Builder::new(), |builder, (key, value): (AmazonS3ConfigKey, _)| {
            builder.with_config(key, value)
        });
        let bucket =
            builder.with_bucket_name(bucket).with_conditional_put(S3ConditionalPut::Disabled).build()?;
        let prefix =
            Path::from_url_path(url.path()).map_err(|_| wrong("the part behind the bucket can't be used"))?;
        Ok(if prefix.as_ref().is_empty() {
            Self(Arc::new(bucket))
        } else {
            Self(Arc::new(PrefixStore::new(bucket, prefix)))
        })
    }

    /// Keep a file. One that is there already is replaced.
    ///
    /// # Errors
    /// When it can't be read or the store fails; a half-written file is nobody's.
    pub async fn keep(&self, id: Uuid, file: &std::path::Path) -> Result<(), StoreError> {
        let mut file = tokio::fs::File::open(file).await?;
        let key = key(id, Part::Whole);
        let first = piece(&mut file).await?;
        if first.len() < PIECE {
            self.0.put(&key, first.into()).await?;
            return Ok(());
        }
        let mut writing = WriteMultipart::new(self.0.put_multipart(&key).await?);
        writing.put(first);
        loop {
            match piece(&mut file).await {
                Ok(next) if next.is_empty() => break,
                Ok(next) => {
                    writing.wait_for_capacity(2).await?;
                    writing.put(next);
                }
                Err(error) => {
                    writing.abort().await?;
                    return Err(error.into());
                }
            }
        }
        writing.finish().await?;
        Ok(())
    }

    /// Keep the small picture of a file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_thumbnail(&self, id: Uuid, picture: Bytes) -> Result<(), StoreError> {
        self.0.put(&key(id, Part::Thumbnail), picture.into()).await?;
        Ok(())
    }

    /// A file, or some of its bytes; a range that ends behind the file ends with it.
    ///
    /// # Errors
    /// When there is no such file, or the range begins behind its end, or the store fails.
    pub async fn get(&self, id: Uuid, part: Part, range: Option<GetRange>) -> Result<Piece, StoreError> {
        let options = GetOptions { range, ..GetOptions::default() };
        let found = self.0.get_opts(&key(id, part), options).await?;
        Ok(Piece {
            size: found.meta.size,
            range: found.range.clone(),
            bytes: found.into_stream().map(|bytes| bytes.map_err(StoreError::from)).boxed(),
        })
    }

    /// A whole file in memory.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn read(&self, id: Uuid, part: Part) -> Result<Bytes, StoreError> {
        Ok(self.0.get(&key(id, part)).await?.bytes().await?)
    }

    /// Keep a file that is here under a second id, too; with its small picture, where it has one.
    ///
    /// # Errors
    /// When it is not here, or the store fails.
    pub async fn copy(&self, from: Uuid, to: Uuid, thumbnail: bool) -> Result<(), StoreError> {
        if thumbnail {
            self.0.copy(&key(from, Part::Thumbnail), &key(to, Part::Thumbnail)).await?;
        }
        Ok(self.0.copy(&key(from, Part::Whole), &key(to, Part::Whole)).await?)
    }

    /// Forget a file and its small picture. Nothing happens where they are gone already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, id: Uuid) -> Result<(), StoreError> {
        for part in [Part::Thumbnail, Part::Whole] {
            match self.0.delete(&key(id, part)).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Whether the store takes and gives: a file of a few bytes goes there and back.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self) -> Result<(), StoreError> {
        let key = Path::from("check").join(Uuid::now_v7().to_string());
        self.0.put(&key, Bytes::from_static(b"bandeja").into()).await?;
        self.0.get(&key).await?.bytes().await?;
        Ok(self.0.delete(&key).await?)
    }
}

/// `ab/0199…ab` and `ab/0199…ab.small`: the end of an id is its random part, so folders fill evenly.
fn key(id: Uuid, part: Part) -> Path {
    let name = id.simple().to_string();
    let folder = name[30..].to_owned();
    Path::from(folder).join(match part {
        Part::Whole => name,
        Part::Thumbnail => format!("{name}.small"),
    })
}

/// The next bytes of a file, fewer only at its end.
async fn piece(file: &mut tokio::fs::File) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.take(PIECE as u64).read_to_end(&mut bytes).await?;
    Ok(bytes.into())
}
