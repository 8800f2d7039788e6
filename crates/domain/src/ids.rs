//! Ids. All are time-ordered UUIDs (version 7), made where the row is made.

macro_rules! id {
    ($($(#[$meta:meta])* $name:ident,)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id, later than all before it.
            #[must_use]
            #[expect(clippy::new_without_default, reason = "a default id would be a new one each time")]
            pub fn new() -> Self { Self(uuid::Uuid::now_v7()) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map(Self) }
        }

        #[cfg(feature = "sea-orm")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+ };
}

id! {
    /// A channel: one connected number or account.
    ChannelId,
    /// A contact: a customer as one human being.
    ContactId,
    /// A conversation: contact × channel, from first message to closing.
    ConversationId,
    /// A file that we keep: it came with a message, or a person attached it.
    FileId,
    /// An identity: one address of a contact.
    IdentityId,
    /// A macro: text and actions under a name.
    MacroId,
    /// A message, in or out.
    MessageId,
    /// A note: what colleagues tell each other about a conversation.
    NoteId,
    /// An outcome: with what a conversation is closed.
    OutcomeId,
    /// A person: someone who signs in.
    PersonId,
    /// An answer that goes out later.
    PlannedId,
    /// A queue.
    QueueId,
    /// A role: permissions, each with a scope.
    RoleId,
    /// A session of a signed-in person.
    SessionId,
    /// A skill.
    SkillId,
    /// A team.
    TeamId,
    /// A view of a list that somebody saved.
    ViewId,
    /// A template of a vendor's account, in one language.
    TemplateId,
}
