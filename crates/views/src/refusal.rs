//! Why something was not done, in words that say what to do. Nothing was changed.

use chrono::{DateTime, Utc};

use crate::{Arg, PauseTag, Tx};

/// A refusal of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Free text is no longer allowed.
    WindowClosed,
    /// The customer asked for no more offers, and this is one.
    NoOffers,
    /// The customer asked for nothing more on this channel.
    OptedOut,
    /// The conversation is closed.
    ConversationClosed,
    /// It was closed already.
    AlreadyClosed,
    /// There is nothing to send.
    Empty,
    /// The text is too long for the channel.
    TooLong {
        /// Its characters.
        length: usize,
        /// The channel's limit.
        longest: usize,
    },
    /// The message is on its way or has arrived.
    NotResendable,
    /// The vendor asks not to try again before that.
    NotYet(DateTime<Utc>),
    /// Somebody was faster; their name, if it may be told.
    HeldBy(Option<String>),
    /// It is offered to a colleague who has not answered yet.
    OfferedTo(String),
    /// The person does not serve the queue.
    TargetOutsideQueue,
    /// It was handed to a team of which they are not.
    OtherTeam,
    /// The person is not at work.
    TargetOffline,
    /// No more conversations fit.
    Full,
    /// Whoever asks for more work is on a pause.
    NotAvailable,
    /// Where it shall go is gone, or out of reach.
    NoSuchTarget,
    /// It is in that queue.
    SameQueue,
    /// Nobody of the team is at work.
    NobodyOfTheTeam,
    /// The colleague holds it.
    TheirsAlready,
    /// The colleague is not available.
    TargetAway,
    /// The colleague holds as many as they may.
    TargetFull,
    /// The note is too long.
    NoteTooLong {
        /// Its characters.
        length: usize,
        /// How many fit.
        longest: usize,
    },
    /// The note names people who may not see the conversation.
    OutOfSight(Vec<String>),
    /// The note says nothing.
    NoteEmpty,
    /// Nothing is put aside until that moment.
    SnoozeTime,
    /// It is not put aside.
    NotSnoozed,
    /// No conversation was chosen.
    NothingChosen,
    /// More were chosen than are taken at once.
    TooManyChosen {
        /// How many are.
        most: usize,
    },
    /// Nothing of it can be taken back.
    NotUndoable,
    /// The contact is blocked already, or is not any more.
    BlockedBefore,
    /// A reason is asked for.
    NoReason {
        /// How many characters fit.
        longest: usize,
    },
    /// What was typed is no tag.
    BadTag {
        /// How many characters fit.
        longest: usize,
    },
    /// The tag is in use nowhere, and this person makes none.
    TagNotInUse,
    /// It has as many tags as it may have.
    TooManyTags {
        /// How many.
        most: usize,
    },
    /// The company asks for an outcome.
    OutcomeRequired,
    /// There is no such outcome.
    NoSuchOutcome,
    /// Fields of the contact have to be filled in first.
    FieldsMissing(Vec<String>),
    /// It is open.
    Reopened,
    /// It was closed too long ago to go on.
    ReopenTooLate,
    /// The customer has another open one.
    AnotherOpen,
    /// The customer is blocked.
    ContactBlocked,
    /// Places of a macro that nothing is known for.
    PlacesMissing(Vec<String>),
    /// There is no such pause.
    UnknownPause,
    /// As many are on a pause as may be at once.
    PauseFull {
        /// How many are.
        people: u32,
        /// Which pause.
        pause: PauseTag,
        /// Of which queue.
        queue: String,
    },
    /// The two are one contact.
    SameContact,
    /// One of them is a part of another contact.
    JoinedBefore,
    /// The join was taken back already.
    PartedBefore,
    /// The contact was joined with another since.
    JoinedSince,
    /// Both are one number in two spellings.
    SameNumber,
    /// Addresses or conversations changed since.
    ChangedSince,
    /// The customer wrote into the conversation of both since.
    WroteSince,
    /// Somebody else wrote on the contact since.
    CardChangedSince,
    /// What was sent is no card.
    CardUnread,
    /// How a contact said what they allow is missing.
    ConsentUnproven,
    /// What is wrong with which part of a card, a sentence each.
    CardWrong(Vec<String>),
}

impl Refusal {
    /// The word for scripts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WindowClosed => "window_closed",
            Self::NoOffers => "no_offers",
            Self::OptedOut => "opted_out",
            Self::ConversationClosed => "conversation_closed",
            Self::AlreadyClosed => "already_closed",
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::NotResendable => "not_resendable",
            Self::NotYet(_) => "not_yet",
            Self::HeldBy(_) => "held_by",
            Self::OfferedTo(_) => "offered_to",
            Self::TargetOutsideQueue => "target_outside_queue",
            Self::OtherTeam => "other_team",
            Self::TargetOffline => "target_offline",
            Self::Full => "full",
            Self::NotAvailable => "not_available",
            Self::NoSuchTarget => "no_such_target",
            Self::SameQueue => "same_queue",
            Self::NobodyOfTheTeam => "nobody_of_the_team",
            Self::TheirsAlready => "theirs_already",
            Self::TargetAway => "target_away",
            Self::TargetFull => "target_full",
            Self::NoteTooLong { .. } => "note_too_long",
            Self::OutOfSight(_) => "out_of_sight",
            Self::NoteEmpty => "empty",
            Self::SnoozeTime => "snooze_time",
            Self::NotSnoozed => "not_snoozed",
            Self::NothingChosen => "nothing_chosen",
            Self::TooManyChosen { .. } => "too_many_chosen",
            Self::NotUndoable => "not_undoable",
            Self::BlockedBefore => "blocked_before",
            Self::NoReason { .. } => "no_reason",
            Self::BadTag { .. } => "bad_tag",
            Self::TagNotInUse => "tag_not_in_use",
            Self::TooManyTags { .. } => "too_many_tags",
            Self::OutcomeRequired => "outcome_required",
            Self::NoSuchOutcome => "no_such_outcome",
            Self::FieldsMissing(_) => "fields_missing",
            Self::Reopened => "reopened",
            Self::ReopenTooLate => "reopen_too_late",
            Self::AnotherOpen => "another_open",
            Self::ContactBlocked => "contact_blocked",
            Self::PlacesMissing(_) => "places_missing",
            Self::UnknownPause => "unknown_pause",
            Self::PauseFull { .. } => "pause_full",
            Self::SameContact => "same_contact",
            Self::JoinedBefore => "joined_before",
            Self::PartedBefore => "parted_before",
            Self::JoinedSince => "joined_since",
            Self::SameNumber => "same_number",
            Self::ChangedSince => "changed_since",
            Self::WroteSince => "wrote_since",
            Self::CardChangedSince => "card_changed_since",
            Self::CardUnread => "card_unread",
            Self::ConsentUnproven => "consent_unproven",
            Self::CardWrong(_) => "card_wrong",
        }
    }

    /// The sentence for people.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        let number = |n: usize| Arg::Number(i64::try_from(n).unwrap_or(i64::MAX));
        match self {
            Self::WindowClosed => tx.t("refusal-window-closed"),
            Self::NoOffers => tx.t("refusal-no-offers"),
            Self::OptedOut => tx.t("refusal-opted-out"),
            Self::ConversationClosed => tx.t("refusal-conversation-closed"),
            Self::AlreadyClosed => tx.t("refusal-already-closed"),
            Self::Empty => tx.t("refusal-empty"),
            Self::TooLong { length, longest } => {
                tx.with("refusal-too-long", [("length", number(*length)), ("longest", number(*longest))])
            }
            Self::NotResendable => tx.t("refusal-not-resendable"),
            Self::NotYet(at) => tx.a("refusal-not-yet", "when", &crate::time::moment(at, tx)),
            Self::HeldBy(Some(name)) => tx.a("refusal-held-by", "name", name),
            Self::OfferedTo(name) => tx.a("refusal-offered-to", "name", name),
            Self::HeldBy(None) => tx.t("refusal-held-by-nobody"),
            Self::TargetOutsideQueue => tx.t("refusal-target-outside-queue"),
            Self::OtherTeam => tx.t("refusal-other-team"),
            Self::TargetOffline => tx.t("refusal-target-offline"),
            Self::Full => tx.t("refusal-full"),
            Self::NotAvailable => tx.t("refusal-not-available"),
            Self::NoSuchTarget => tx.t("refusal-no-such-target"),
            Self::SameQueue => tx.t("refusal-same-queue"),
            Self::NobodyOfTheTeam => tx.t("refusal-nobody-of-team"),
            Self::TheirsAlready => tx.t("refusal-theirs-already"),
            Self::TargetAway => tx.t("refusal-target-away"),
            Self::TargetFull => tx.t("refusal-target-full"),
            Self::NoteTooLong { length, longest } => {
                tx.with("refusal-note-too-long", [("length", number(*length)), ("longest", number(*longest))])
            }
            Self::OutOfSight(names) => tx.a("refusal-out-of-sight", "name", &names.join(", ")),
            Self::NoteEmpty => tx.t("refusal-note-empty"),
            Self::SnoozeTime => tx.t("refusal-snooze-time"),
            Self::NotSnoozed => tx.t("refusal-not-snoozed"),
            Self::NothingChosen => tx.t("refusal-nothing-chosen"),
            Self::TooManyChosen { most } => tx.n("bulk-too-many", *most),
            Self::NotUndoable => tx.t("refusal-not-undoable"),
            Self::BlockedBefore => tx.t("refusal-blocked-before"),
            Self::NoReason { longest } => tx.n("refusal-no-reason", *longest),
            Self::BadTag { longest } => tx.n("refusal-bad-tag", *longest),
            Self::TagNotInUse => tx.t("refusal-tag-not-in-use"),
            Self::TooManyTags { most } => tx.n("refusal-too-many-tags", *most),
            Self::OutcomeRequired => tx.t("refusal-outcome-required"),
            Self::NoSuchOutcome => tx.t("refusal-no-such-outcome"),
            Self::FieldsMissing(names) => tx.a("refusal-fields-missing", "names", &names.join(", ")),
            Self::Reopened => tx.t("refusal-reopened"),
            Self::ReopenTooLate => tx.t("refusal-reopen-too-late"),
            Self::AnotherOpen => tx.t("refusal-another-open"),
            Self::ContactBlocked => tx.t("refusal-contact-blocked"),
            Self::PlacesMissing(places) => tx.a("refusal-places-missing", "places", &places.join(", ")),
            Self::UnknownPause => tx.t("refusal-unknown-pause"),
            Self::PauseFull { people, pause, queue } => {
                let pause = pause.words(tx).to_lowercase();
                let values = [
                    ("count", Arg::Number(i64::from(*people))),
                    ("pause", Arg::Text(&pause)),
                    ("queue", Arg::Text(queue)),
                ];
                tx.with("refusal-pause-full", values)
            }
            Self::SameContact => tx.t("refusal-same-contact"),
            Self::JoinedBefore => tx.t("refusal-joined-before"),
            Self::PartedBefore => tx.t("refusal-parted-before"),
            Self::JoinedSince => tx.t("refusal-joined-since"),
            Self::SameNumber => tx.t("refusal-same-number"),
            Self::ChangedSince => tx.t("refusal-changed-since"),
            Self::WroteSince => tx.t("refusal-wrote-since"),
            Self::CardChangedSince => tx.t("refusal-card-changed-since"),
            Self::CardUnread => tx.t("refusal-card-unread"),
            Self::ConsentUnproven => tx.t("refusal-consent-unproven"),
            Self::CardWrong(faults) => faults.join(" "),
        }
    }
}
