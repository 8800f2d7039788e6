//! An open conversation: its state, its messages and events, and what may be written.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{
    ContactId, ConversationId, ConversationState, PersonId,
    conversation::{ReplyWindow, Urgency},
};

use crate::{
    Arg, ChannelTag, Details, DueTag, MessageView, NoteView, PersonTag, SystemLine, Tx, past::ParallelTalk,
    planned::PlannedView, system::urgency_word, time,
};

/// Who holds a conversation, in which queue, and whether free text may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadState {
    /// Which.
    pub conversation: ConversationId,
    /// Grows with every change of the conversation.
    pub version: i64,
    /// Where it stands.
    pub state: ConversationState,
    /// Who holds it.
    pub holder: Option<PersonTag>,
    /// To whom it is offered, by name.
    pub offered_to: Option<String>,
    /// In which queue.
    pub queue: String,
    /// Through which channel.
    pub channel: ChannelTag,
    /// The reply window.
    pub window: ReplyWindow,
    /// What falls due first.
    pub due: Option<DueTag>,
    /// Whether its contact is blocked.
    pub blocked: bool,
    /// How urgent it is.
    pub urgency: Urgency,
    /// While it is put aside: until when; `None`: until the customer answers.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// How many messages the customer has sent in all.
    pub inbound_count: i32,
}

impl ThreadState {
    /// How urgent it is, in words, where that is not the usual.
    #[must_use]
    pub fn urgency_words(&self, tx: &Tx) -> Option<String> {
        let unusual = Some(self.urgency).filter(|urgency| *urgency != Urgency::Normal)?;
        if unusual == Urgency::Urgent {
            return Some(tx.t(urgency_word(unusual)));
        }
        Some(tx.a("state-urgency", "urgency", &tx.t(urgency_word(unusual))))
    }

    /// Until when it is put aside, in words.
    #[must_use]
    pub fn snoozed_words(&self, tx: &Tx) -> String {
        match &self.snoozed_until {
            Some(until) => tx.a("state-snoozed-until", "when", &time::moment(until, tx)),
            None => tx.t("state-snoozed-answer"),
        }
    }

    /// The holder's id, or nothing.
    #[must_use]
    pub fn assignee(&self) -> String {
        self.holder.as_ref().map(|holder| holder.id.to_string()).unwrap_or_default()
    }

    /// The word in `data-window`.
    #[must_use]
    pub const fn window_word(&self) -> &'static str {
        match self.window {
            ReplyWindow::Boundless => "boundless",
            ReplyWindow::Open(_) => "open",
            ReplyWindow::Closed(_) => "closed",
        }
    }

    /// The end of the window, or nothing.
    #[must_use]
    pub fn until(&self) -> String {
        match self.window {
            ReplyWindow::Open(until) | ReplyWindow::Closed(Some(until)) => time::iso(&until),
            ReplyWindow::Boundless | ReplyWindow::Closed(None) => String::new(),
        }
    }

    /// The key of the state's word, for states that the holder's name does not tell.
    #[must_use]
    pub const fn word(&self) -> Option<&'static str> {
        match self.state {
            ConversationState::Assigned => None,
            ConversationState::Bot => Some("state-bot"),
            ConversationState::Queued => Some("state-queued"),
            ConversationState::Snoozed => Some("state-snoozed"),
            ConversationState::Closed => Some("state-closed"),
        }
    }

    /// What stands where one writes, for this viewer: the composer, or the reason why not.
    ///
    /// The page decides the same from `data-state`, `data-assignee` and `data-window` after every push.
    #[must_use]
    pub fn dock(&self, viewer: &PersonId) -> &'static str {
        match (self.state, &self.holder) {
            (ConversationState::Closed, _) => "resolved",
            (ConversationState::Snoozed, _) => "snoozed",
            (_, None) => "unassigned",
            (_, Some(holder)) if holder.id != *viewer => "other",
            _ if !self.window.allows_text() => "closed",
            _ => "open",
        }
    }
}

/// The `#state-{conversation}` fragment.
#[derive(Debug, Template)]
#[template(path = "thread_state.html")]
pub struct ThreadStateFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// What to show.
    pub state: &'a ThreadState,
}

/// One entry of a thread.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// A message.
    Message(Box<MessageView>),
    /// A note of a colleague.
    Note(Box<NoteView>),
    /// Something that happened.
    System(SystemLine),
    /// Another conversation of the same contact began.
    Parallel(ParallelTalk),
}

/// An open conversation, complete but for older messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    /// Of whom.
    pub contact: ContactId,
    /// The contact's name, or address in this viewer's class.
    pub contact_name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Holder, queue, window.
    pub state: ThreadState,
    /// Messages, events and the beginnings of other conversations, by their `seq`, oldest first.
    pub entries: Vec<Entry>,
    /// What is planned to go out later, the next one first.
    pub planned: Vec<PlannedView>,
    /// The place before which there is more; `None` at the beginning.
    pub earlier: Option<String>,
    /// The place after which there is more; `None` at the end.
    pub later: Option<String>,
    /// The message or note it is opened at; `None`: where one stopped reading.
    pub at: Option<String>,
    /// How many of the customer's messages this viewer has read.
    pub read_count: i32,
    /// Whether the viewer may answer as its holder.
    pub may_reply: bool,
    /// What stands under the viewer's answers; may be empty.
    pub signature: String,
    /// Whether the viewer may write notes on it.
    pub may_note: bool,
    /// Whether the viewer may close it.
    pub may_close: bool,
    /// Whether the viewer may hand it on.
    pub may_transfer: bool,
    /// Whether the viewer may take it when nobody holds it.
    pub may_claim: bool,
    /// Whether the viewer may tag it.
    pub may_tag: bool,
    /// Whether the viewer may open it again once it is closed.
    pub may_reopen: bool,
    /// Whether the viewer may put it aside and fetch it back.
    pub may_snooze: bool,
    /// Whether the viewer may see messages of unknown kinds as they came.
    pub may_see_raw: bool,
    /// Whether the viewer may see what was deleted.
    pub may_see_originals: bool,
    /// The contact panel.
    pub details: Details,
}

impl Thread {
    /// Whether something was said with the contact before.
    #[must_use]
    pub fn has_past(&self) -> bool {
        self.details.more_previous || self.details.previous.iter().any(|talk| talk.is_before)
    }

    /// Initials for the avatar.
    #[must_use]
    pub fn initials(&self) -> String {
        crate::person::initials(&self.contact_name)
    }

    /// The avatar's hue.
    #[must_use]
    pub fn hue(&self) -> u16 {
        crate::person::hue(self.contact.0.as_bytes())
    }

    /// The contact's first name, for the composer.
    #[must_use]
    pub fn first_name(&self) -> &str {
        crate::person::first_name(&self.contact_name)
    }

    /// What stands in the empty composer.
    #[must_use]
    pub fn placeholder(&self, tx: &Tx) -> String {
        let channel = self.state.channel.kind_name();
        tx.with(
            "composer-placeholder",
            [("name", Arg::Text(self.first_name())), ("channel", Arg::Text(channel))],
        )
    }

    /// The longest note.
    #[must_use]
    pub const fn longest_note(&self) -> usize {
        domain::note::LONGEST
    }

    /// Whether an answer can show what it answers here.
    #[must_use]
    pub fn may_quote(&self) -> bool {
        self.may_reply && domain::limits::quotes(self.state.channel.kind)
    }

    /// Whether reactions can be sent here.
    #[must_use]
    pub fn may_react(&self) -> bool {
        let form = domain::limits::Form::Reaction;
        self.may_reply && domain::limits::table::takes(self.state.channel.kind, form)
    }

    /// Whether questions with buttons or a menu can be sent here.
    #[must_use]
    pub fn may_question(&self) -> bool {
        use domain::limits::{Form, table};
        let kind = self.state.channel.kind;
        self.may_reply && (table::takes(kind, Form::Buttons) || table::takes(kind, Form::List))
    }

    /// Whether places can be sent here.
    #[must_use]
    pub fn may_place(&self) -> bool {
        let form = domain::limits::Form::Location;
        self.may_reply && domain::limits::table::takes(self.state.channel.kind, form)
    }

    /// Whether an answer is counted in segments here.
    #[must_use]
    pub fn is_sms(&self) -> bool {
        self.state.channel.kind == domain::ChannelKind::TwilioSms
    }

    /// Whether templates can be sent here.
    #[must_use]
    pub fn takes_templates(&self) -> bool {
        self.may_reply && self.state.channel.kind != domain::ChannelKind::TwilioSms
    }

    /// The largest file the channel takes, in bytes.
    #[must_use]
    pub fn largest(&self) -> u64 {
        domain::limits::files::of(self.state.channel.kind).iter().map(|rule| rule.most).max().unwrap_or(0)
    }

    /// The longest text that goes beside a file; a longer one is a message of its own.
    #[must_use]
    pub fn longest_caption(&self) -> usize {
        use domain::limits::{Form, Part, table};
        table::most(self.state.channel.kind, Form::Document, Part::Caption).unwrap_or_else(|| self.longest())
    }

    /// The longest text the channel takes.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.state.channel.kind.longest_text()
    }
}

/// `#thread-pane` and `#details-pane`, for opening a conversation without loading the page.
#[derive(Debug, Template)]
#[template(path = "panes.html")]
pub struct ThreadPane<'a> {
    /// The words.
    pub tx: Tx,
    /// Who looks.
    pub viewer: PersonId,
    /// The open conversation; `None` shows the invitation to pick one.
    pub thread: Option<&'a Thread>,
}

/// Older entries, for the top of `#thread-{conversation}`; the first carries no mark of its own, so the
/// wrapper tells where to go on.
#[derive(Debug, Template)]
#[template(path = "earlier.html")]
pub struct EarlierFragment<'a> {
    /// The words.
    pub tx: Tx,
    /// Older or newer messages and events, oldest first.
    pub entries: &'a [Entry],
    /// The place before which there is more; `None` at the beginning.
    pub earlier: Option<&'a str>,
    /// The place after which there is more; `None` at the end.
    pub later: Option<&'a str>,
}

/// When a conversation was last spoken in, for lists of earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousConversation {
    /// Which.
    pub id: ConversationId,
    /// When it began.
    pub opened_at: DateTime<Utc>,
    /// Whether it began before the one it stands beside.
    pub is_before: bool,
    /// Its queue.
    pub queue: String,
    /// Who held it last.
    pub holder: Option<String>,
    /// Where it stands.
    pub state: ConversationState,
    /// With what it ended, in the words of then.
    pub outcome: Option<String>,
    /// What was said about that.
    pub note: Option<String>,
}

impl PreviousConversation {
    /// The key of its state's word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.state {
            ConversationState::Bot => "state-bot",
            ConversationState::Queued => "state-queued",
            ConversationState::Assigned => "state-assigned",
            ConversationState::Snoozed => "state-snoozed",
            ConversationState::Closed => "state-closed",
        }
    }
}
