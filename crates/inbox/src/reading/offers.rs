//! Offers that stand, as the person they are made to sees them.

use chrono::{DateTime, Utc};
use domain::{ChannelKind, ContactId, ConversationId, PersonId, event::AssignmentReason};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// An offer with what there is to know before one takes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OfferLine {
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// To whom.
    pub person_id: PersonId,
    /// Of which contact.
    pub contact_id: ContactId,
    /// The contact's name, or their address.
    pub contact_name: String,
    /// Whether the contact is a VIP.
    pub vip: bool,
    /// Through what.
    pub channel_kind: ChannelKind,
    /// By which channel.
    pub channel_name: String,
    /// In which queue.
    pub queue_name: String,
    /// The colleague who hands it over; `None` for the router.
    pub by_name: Option<String>,
    /// What they say about it.
    pub note: Option<String>,
    /// Why they.
    pub reason: AssignmentReason,
    /// The kind of the first message that waits for an answer, else of the newest one.
    pub words_kind: Option<String>,
    /// Its words.
    pub words: Option<String>,
    /// Since when it waits.
    pub queued_at: DateTime<Utc>,
    /// When it was offered.
    pub made_at: DateTime<Utc>,
    /// Until when it stands.
    pub expires_at: DateTime<Utc>,
}

/// The offers that stand, as a question that goes on with a condition on `o` and is asked for JSON. What is told of the
/// customer is what they said first of all that waits for an answer.
macro_rules! offers {
    ($which:literal) => {
        concat!(
            "select coalesce(json_agg(x order by x.expires_at), '[]') from (
                 select o.conversation_id, o.person_id, c.contact_id, k.name as contact_name, k.vip,
                     ch.kind as channel_kind, ch.name as channel_name, q.name as queue_name, by.name as by_name, o.note,
                     o.reason, coalesce(m.kind, c.last_kind) as words_kind, coalesce(m.body, c.last_text) as words,
                     c.queued_at, o.made_at, o.expires_at
                 from offer o
                 join conversation c on c.id = o.conversation_id
                 join contact k on k.id = c.contact_id
                 join channel ch on ch.id = c.channel_id
                 join queue q on q.id = c.queue_id
                 left join person by on by.id = o.by_id
                 left join lateral (
                     select kind, left(body, 400) as body from message
                     where conversation_id = c.id and direction = 'in' and c.must_act = 'agent'
                         and written_at >= date_trunc('second', c.must_act_since)
                     order by written_at, position limit 1) m on true
                 where o.ended_at is null and ",
            $which,
            ") x"
        )
    };
}
pub(super) use offers;

/// The offers of these conversations that stand.
///
/// # Errors
/// When the database fails.
pub async fn standing(
    db: &impl ConnectionTrait,
    conversations: &[ConversationId],
) -> Result<Vec<OfferLine>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        offers: serde_json::Value,
    }
    let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.0).collect();
    let found: Vec<Found> = rows::all(
        db,
        concat!("select (", offers!("o.conversation_id = any($1)"), ") as offers"),
        [ids.into()],
    )
    .await?;
    found.into_iter().next().map_or_else(|| Ok(Vec::new()), |found| rows::read(found.offers))
}
