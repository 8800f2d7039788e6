//! What became of a file.

/// Whether a file is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The vendor has it, we don't yet.
    Waiting,
    /// It is here.
    Stored,
    /// The vendor does not keep it any more.
    Expired,
    /// We don't take it: it is too large.
    Refused,
    /// It can't be had.
    Failed,
}

impl FileState {
    /// The word in `file.state`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stored => "stored",
            Self::Expired => "expired",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The state behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Waiting, Self::Stored, Self::Expired, Self::Refused, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}
