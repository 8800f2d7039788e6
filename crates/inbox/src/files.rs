//! Files of messages: those that customers send are waited for, those that people attach go out with a message.
//!
//! A row for each; the bytes are in the store, under the same id. Who may see the conversation may see the file.

mod arriving;
mod attaching;
mod leaving;
mod looking;

use domain::FileId;
use serde::{Deserialize, Serialize};

pub use arriving::{Facts, Loss, Waiting, again, arrived, lost, waiting};
pub use attaching::{AttachError, Attached, attach, content_of, discard, may_attach};
pub use leaving::{ToSend, at_vendor, name_at_vendor, to_send};
pub use looking::{FileRow, forget, gone, seen_by, sweep};

/// The kind of job that fetches a file. Its key is the file's id.
pub const FETCH: &str = "fetch_file";

/// What to fetch.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Fetch {
    /// Which.
    pub file: FileId,
}
