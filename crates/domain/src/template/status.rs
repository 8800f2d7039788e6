//! What the vendor thinks of a template, and whether it may be sent.

use std::fmt;

use super::Definition;

/// A status: the known words, and whatever comes next year (whatsapp-cloud.md §7.4, twilio.md §8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Only ours; the vendor has not seen it.
    Draft,
    /// At Twilio, and never handed in for approval.
    Unsubmitted,
    /// Under review.
    Pending,
    /// It may be sent.
    Approved,
    /// Turned down.
    Rejected,
    /// Stopped for a time, for its quality or pace.
    Paused,
    /// Stopped for good.
    Disabled,
    /// Somebody objected to its rejection.
    InAppeal,
    /// Deleted, with messages still under way.
    PendingDeletion,
    /// Gone.
    Deleted,
    /// There were too many.
    LimitExceeded,
    /// About to be stopped.
    Flagged,
    /// It can't be edited.
    Locked,
    /// Put away; deleted after 28 days.
    Archived,
    /// A word this version does not know.
    Other(String),
}

const KNOWN: &[(&str, Status)] = &[
    ("DRAFT", Status::Draft),
    ("UNSUBMITTED", Status::Unsubmitted),
    ("PENDING", Status::Pending),
    ("APPROVED", Status::Approved),
    ("REJECTED", Status::Rejected),
    ("PAUSED", Status::Paused),
    ("DISABLED", Status::Disabled),
    ("IN_APPEAL", Status::InAppeal),
    ("PENDING_DELETION", Status::PendingDeletion),
    ("DELETED", Status::Deleted),
    ("LIMIT_EXCEEDED", Status::LimitExceeded),
    ("FLAGGED", Status::Flagged),
    ("LOCKED", Status::Locked),
    ("ARCHIVED", Status::Archived),
];

/// How a status looks: good, under way, needs somebody, bad, of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It works.
    Good,
    /// It is being decided.
    Waiting,
    /// It has stopped.
    Stopped,
    /// It was refused.
    Bad,
    /// It is no more, or not yet.
    Quiet,
}

impl Status {
    /// The status behind a vendor's word. `REINSTATED` and `UNARCHIVED` name what happened: it is approved again.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let word = word.trim().to_ascii_uppercase();
        if matches!(word.as_str(), "REINSTATED" | "UNARCHIVED") {
            return Self::Approved;
        }
        let known = KNOWN.iter().find(|(known, _)| *known == word);
        known.map_or_else(|| Self::Other(word), |(_, status)| status.clone())
    }

    /// The word that is stored.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Other(word) => word,
            known => KNOWN.iter().find(|(_, status)| status == known).map_or("", |(word, _)| word),
        }
    }

    /// How it looks.
    #[must_use]
    pub const fn tone(&self) -> Tone {
        match self {
            Self::Approved => Tone::Good,
            Self::Pending | Self::InAppeal => Tone::Waiting,
            Self::Paused | Self::Flagged | Self::Locked => Tone::Stopped,
            Self::Rejected | Self::Disabled | Self::LimitExceeded => Tone::Bad,
            Self::Draft
            | Self::Unsubmitted
            | Self::PendingDeletion
            | Self::Deleted
            | Self::Archived
            | Self::Other(_) => Tone::Quiet,
        }
    }

    /// Whether the vendor lets it be edited (whatsapp-cloud.md §7.3).
    #[must_use]
    pub const fn can_be_edited(&self) -> bool {
        matches!(self, Self::Draft | Self::Approved | Self::Rejected | Self::Paused)
    }

    /// Whether the vendor lets it be deleted (whatsapp-cloud.md §7.3).
    #[must_use]
    pub const fn can_be_deleted(&self) -> bool {
        !matches!(self, Self::Disabled | Self::Deleted | Self::PendingDeletion)
    }

    /// Whether it is no longer there, or soon won't be.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Deleted | Self::PendingDeletion)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why a template can't be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The vendor does not take it in this status.
    Status(Status),
    /// It has parts that this version does not fill.
    Parts,
}

/// Whether it may be sent: only an approved one may (whatsapp-cloud.md §7.4), and only one whose parts we can fill.
///
/// # Errors
/// What stands against it.
pub fn may_be_sent(status: &Status, definition: &Definition) -> Result<(), Obstacle> {
    if *status != Status::Approved {
        return Err(Obstacle::Status(status.clone()));
    }
    if definition.can_be_filled() { Ok(()) } else { Err(Obstacle::Parts) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_come_back_as_they_went_and_new_ones_too() {
        for (word, status) in KNOWN {
            assert_eq!((Status::read(word), status.word()), (status.clone(), *word));
        }
        assert_eq!(Status::read("approved"), Status::Approved);
        assert_eq!(Status::read("REINSTATED"), Status::Approved);
        assert_eq!(Status::read("Sleeping").word(), "SLEEPING");
    }

    #[test]
    fn only_the_approved_are_sent() {
        let plain = Definition::default();
        for (_, status) in KNOWN {
            assert_eq!(may_be_sent(status, &plain).is_ok(), *status == Status::Approved, "{status}");
        }
        let carousel = Definition { others: vec![serde_json::json!({"type": "CAROUSEL"})], ..plain };
        assert_eq!(may_be_sent(&Status::Approved, &carousel), Err(Obstacle::Parts));
    }
}
