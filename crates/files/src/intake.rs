//! Taking a file in, piece by piece: never more than allowed, never all of it in memory, and looked at once.

use std::{fs, io, path::Path};

use sha2::{Digest as _, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::io::AsyncWriteExt as _;

use crate::{Picture, kind, picture};

/// Sounds and pictures up to this size are looked at closely; larger ones are kept all the same.
const CLOSE_LOOK: u64 = 32 * 1024 * 1024;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// It is larger than allowed.
    #[error("the file is larger than {0} bytes")]
    TooBig(u64),
    /// It could not be written down.
    #[error("the file could not be written down")]
    Io(#[from] io::Error),
}

/// A file on its way in.
#[derive(Debug)]
pub struct Intake {
    file: tokio::fs::File,
    path: TempPath,
    hash: Sha256,
    bytes: u64,
    most: u64,
}

/// A file that is here whole, in a place of its own until it is kept. It goes when this does.
#[derive(Debug)]
pub struct Taken {
    path: TempPath,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: [u8; 32],
    /// What its bytes are; `None` where nobody knows.
    pub kind: Option<&'static str>,
    /// What was seen of it, where it is a picture.
    pub picture: Option<Picture>,
    /// How long it plays, where that could be read.
    pub seconds: Option<f32>,
}

impl Intake {
    /// A place for a file of at most so many bytes.
    ///
    /// # Errors
    /// When the system has no place for it.
    pub async fn new(most: u64) -> Result<Self, IntakeError> {
        let place = blocking(NamedTempFile::new).await?;
        let (file, path) = place.into_parts();
        Ok(Self { file: tokio::fs::File::from_std(file), path, hash: Sha256::new(), bytes: 0, most })
    }

    /// The next piece.
    ///
    /// # Errors
    /// When it is too much, or can't be written.
    pub async fn take(&mut self, piece: &[u8]) -> Result<(), IntakeError> {
        self.bytes += piece.len() as u64;
        if self.bytes > self.most {
            return Err(IntakeError::TooBig(self.most));
        }
        self.hash.update(piece);
        Ok(self.file.write_all(piece).await?)
    }

    /// That was all of it. Looks at it, beside the threads that answer.
    ///
    /// # Errors
    /// When it can't be written or read.
    pub async fn finish(mut self) -> Result<Taken, IntakeError> {
        self.file.flush().await?;
        let (path, bytes, sha256) = (self.path, self.bytes, self.hash.finalize().into());
        Ok(blocking(move || look(path, bytes, sha256)).await?)
    }
}

impl Taken {
    /// A file that is in memory already.
    ///
    /// # Errors
    /// When it can't be written down.
    pub async fn from_bytes(bytes: &[u8]) -> Result<Self, IntakeError> {
        let mut intake = Intake::new(u64::MAX).await?;
        intake.take(bytes).await?;
        intake.finish().await
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// When it can't be read.
    pub async fn read(&self) -> io::Result<Vec<u8>> {
        tokio::fs::read(&self.path).await
    }
}

fn look(path: TempPath, bytes: u64, sha256: [u8; 32]) -> io::Result<Taken> {
    let mut head = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(fs::File::open(&path)?, kind::HEAD as u64), &mut head)?;
    let kind = kind::of(&head);
    let mut taken = Taken { path, bytes, sha256, kind, picture: None, seconds: None };
    if let Some(kind @ ("image/jpeg" | "image/png" | "image/webp" | "image/gif" | "audio/ogg")) = kind
        && bytes <= CLOSE_LOOK
    {
        let whole = fs::read(&taken.path)?;
        taken.picture = picture::look(&whole, kind);
        taken.seconds = voice_note::read(&whole).map(|sound| sound.seconds).filter(|_| kind == "audio/ogg");
    }
    Ok(taken)
}

/// Decoders may panic on what nobody thought of; that is a fault of this file alone.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}
