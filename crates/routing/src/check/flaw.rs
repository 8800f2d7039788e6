//! What can be wrong with a policy, and where.

use chrono::NaiveDate;
use domain::{ChannelId, ChannelKind, PersonId, QueueId, SkillId, TeamId};
use serde::{Deserialize, Serialize};

use crate::{
    Promise,
    policy::{CalendarId, EntryRuleId},
};

/// Something that keeps a policy from being published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// What is wrong.
    pub fault: Fault,
    /// Everywhere it is wrong; never empty.
    pub places: Vec<Place>,
}

/// A spot of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What it belongs to.
    pub thing: Thing,
    /// Which part of that.
    pub field: Field,
}

/// Something in the document that has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "thing", content = "id", rename_all = "snake_case")]
pub enum Thing {
    /// A skill.
    Skill(SkillId),
    /// A pause, by its place in the list, from 0.
    Pause(usize),
    /// A calendar.
    Calendar(CalendarId),
    /// An agent.
    Agent(PersonId),
    /// A queue.
    Queue(QueueId),
    /// A rule of entry.
    Rule(EntryRuleId),
    /// The slots a kind of channel takes.
    Weight(ChannelKind),
    /// A channel. It is no part of the document, but its conversations begin in a queue of it.
    Channel(ChannelId),
}

/// A part of a thing. Steps and tests count from 0, days of the week from Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum Field {
    /// Its id.
    Id,
    /// Its name.
    Name,
    /// The stored word of a pause.
    Code,
    /// The language of a skill.
    Language,
    /// How many slots.
    Slots,
    /// The skills of an agent or a queue.
    Skills,
    /// An agent's caps by queue.
    AtMost,
    /// How many may be on a pause, by queue.
    AtOnce,
    /// The hours of a day of the week.
    Day {
        /// Which, from Monday.
        day: usize,
    },
    /// A day with hours of its own.
    Holiday {
        /// Which.
        date: NaiveDate,
    },
    /// The people who serve a queue.
    Members,
    /// The teams that serve a queue.
    ServedBy,
    /// The teams a queue belongs to.
    Teams,
    /// The priority of a queue or rule.
    Priority,
    /// How long an offer stands.
    Offer,
    /// A step in which less is asked.
    Relaxation {
        /// Which.
        step: usize,
    },
    /// Where it flows over to.
    Overflow,
    /// What happens when it waits too long.
    Late {
        /// Which.
        step: usize,
    },
    /// A promise.
    Target {
        /// Which.
        promise: Promise,
    },
    /// The calendar of a queue.
    Calendar,
    /// What is said first.
    Welcome,
    /// What is said while closed.
    Closed,
    /// What is said about the wait.
    ExpectedWait,
    /// What follows an agent's silence.
    AgentSilence,
    /// What follows a customer's silence.
    CustomerSilence,
    /// What is said to a silent customer.
    Reminder,
    /// What a conversation is closed with.
    Outcome,
    /// When a wait turns yellow and red.
    Thresholds,
    /// A test of a rule.
    Test {
        /// Which.
        test: usize,
    },
    /// The queue a rule leads to.
    EntryQueue,
    /// The skills a rule asks for.
    EntrySkills,
    /// The tags a rule puts on.
    Tags,
    /// What a rule has said.
    Greeting,
    /// The queue in which a channel's conversations begin.
    Begins,
}

impl Field {
    /// The word for it in keys of texts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Code => "code",
            Self::Language => "language",
            Self::Slots => "slots",
            Self::Skills => "skills",
            Self::AtMost => "at_most",
            Self::AtOnce => "at_once",
            Self::Day { .. } => "day",
            Self::Holiday { .. } => "holiday",
            Self::Members => "members",
            Self::ServedBy => "served_by",
            Self::Teams => "teams",
            Self::Priority => "priority",
            Self::Offer => "offer",
            Self::Relaxation { .. } => "relaxation",
            Self::Overflow => "overflow",
            Self::Late { .. } => "late",
            Self::Target { .. } => "target",
            Self::Calendar => "calendar",
            Self::Welcome => "welcome",
            Self::Closed => "closed",
            Self::ExpectedWait => "expected_wait",
            Self::AgentSilence => "agent_silence",
            Self::CustomerSilence => "customer_silence",
            Self::Reminder => "reminder",
            Self::Outcome => "outcome",
            Self::Thresholds => "thresholds",
            Self::Test { .. } => "test",
            Self::EntryQueue => "entry_queue",
            Self::EntrySkills => "entry_skills",
            Self::Tags => "tags",
            Self::Greeting => "greeting",
            Self::Begins => "begins",
        }
    }
}

/// Kinds of things whose names have to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Skills.
    Skill,
    /// Pauses.
    Pause,
    /// Calendars.
    Calendar,
    /// Queues.
    Queue,
    /// Rules of entry.
    Rule,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// There is no such queue.
    UnknownQueue {
        /// Which.
        queue: QueueId,
    },
    /// There is no such skill, or no longer.
    UnknownSkill {
        /// Which.
        skill: SkillId,
    },
    /// There is no such calendar.
    UnknownCalendar {
        /// Which.
        calendar: CalendarId,
    },
    /// There is no such person.
    UnknownPerson {
        /// Who.
        person: PersonId,
    },
    /// There is no such team.
    UnknownTeam {
        /// Which.
        team: TeamId,
    },
    /// There is no such channel.
    UnknownChannel {
        /// Which.
        channel: ChannelId,
    },
    /// Contacts have no such field, or no longer.
    UnknownAttribute {
        /// Its key.
        key: String,
    },
    /// Queues that hand on to each other, so that a conversation could go round for ever.
    Circle {
        /// Which, in the order of the document.
        queues: Vec<QueueId>,
    },
    /// A queue that hands on to itself.
    ToItself,
    /// More than anybody could mean.
    TooMuch {
        /// The most that can be.
        most: u32,
    },
    /// A length of time that is too short to be of use.
    TooShort {
        /// The least that can be, in seconds.
        least: u32,
    },
    /// A length of time of nothing.
    Zero,
    /// A level outside 1 to 5.
    Level {
        /// Which level.
        level: u8,
    },
    /// A priority beyond what counts.
    Priority {
        /// The highest; the lowest is less that much.
        highest: i32,
    },
    /// Hours that overlap.
    HoursOverlap,
    /// Hours that end when or before they begin.
    HoursInverted,
    /// A day that is twice among the holidays.
    HolidayTwice,
    /// The same id twice.
    IdTwice {
        /// Of what.
        of: Kind,
    },
    /// The same name twice.
    NameTwice {
        /// Of what.
        of: Kind,
        /// The name.
        name: String,
    },
    /// The same word for two pauses.
    CodeTwice {
        /// The word.
        code: String,
    },
    /// Two skills stand for the same language.
    LanguageTwice {
        /// Which.
        language: String,
    },
    /// A step that comes before the one above it.
    OutOfOrder,
    /// Nothing where something has to be.
    Blank,
    /// Nothing chosen where something has to be, so that it would never hold or do anything.
    NothingChosen,
    /// A message without words.
    EmptyMessage,
    /// A text that is too long.
    TooLong {
        /// How many characters it may have.
        most: usize,
    },
    /// Yellow comes after red.
    AmberAfterRed,
    /// The conversation would leave the agent before they are warned.
    LeaveBeforeWarning,
    /// The conversation would be closed before the customer is reminded.
    CloseBeforeReminder,
    /// The word of a pause is not of `a-z`, `0-9` and `_`, 1 to 40 of them.
    PauseCode,
    /// The word of a pause is one the house needs for itself.
    ReservedCode {
        /// Which.
        code: String,
    },
    /// A language is not written with two small letters.
    LanguageCode {
        /// What is written.
        language: String,
    },
}

impl Fault {
    /// The word for it in keys of texts.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownQueue { .. } => "unknown_queue",
            Self::UnknownSkill { .. } => "unknown_skill",
            Self::UnknownCalendar { .. } => "unknown_calendar",
            Self::UnknownPerson { .. } => "unknown_person",
            Self::UnknownTeam { .. } => "unknown_team",
            Self::UnknownChannel { .. } => "unknown_channel",
            Self::UnknownAttribute { .. } => "unknown_attribute",
            Self::Circle { .. } => "circle",
            Self::ToItself => "to_itself",
            Self::TooMuch { .. } => "too_much",
            Self::TooShort { .. } => "too_short",
            Self::Zero => "zero",
            Self::Level { .. } => "level",
            Self::Priority { .. } => "priority",
            Self::HoursOverlap => "hours_overlap",
            Self::HoursInverted => "hours_inverted",
            Self::HolidayTwice => "holiday_twice",
            Self::IdTwice { .. } => "id_twice",
            Self::NameTwice { .. } => "name_twice",
            Self::CodeTwice { .. } => "code_twice",
            Self::LanguageTwice { .. } => "language_twice",
            Self::OutOfOrder => "out_of_order",
            Self::Blank => "blank",
            Self::NothingChosen => "nothing_chosen",
            Self::EmptyMessage => "empty_message",
            Self::TooLong { .. } => "too_long",
            Self::AmberAfterRed => "amber_after_red",
            Self::LeaveBeforeWarning => "leave_before_warning",
            Self::CloseBeforeReminder => "close_before_reminder",
            Self::PauseCode => "pause_code",
            Self::ReservedCode { .. } => "reserved_code",
            Self::LanguageCode { .. } => "language_code",
        }
    }
}
