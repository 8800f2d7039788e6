//! Channels and people, for admins.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind, PersonId, PresenceState};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// A channel, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ChannelLine {
    /// Which.
    pub id: ChannelId,
    /// What it speaks.
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// Our number.
    pub address: String,
    /// Where its conversations begin.
    pub queue_name: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// When a customer last wrote through it.
    pub last_inbound: Option<DateTime<Utc>>,
}

/// All channels, by name.
///
/// # Errors
/// When the database fails.
pub async fn channels(db: &impl ConnectionTrait) -> Result<Vec<ChannelLine>, DbErr> {
    rows::all(
        db,
        "select channel.id, channel.kind, channel.name, channel.address, queue.name as queue_name,
             channel.disabled_at is null as enabled,
             (select max(c.last_activity_at) from conversation c
              where c.channel_id = channel.id and c.inbound_count > 0 and c.state <> 'closed') as last_inbound
         from channel join queue on queue.id = channel.queue_id
         order by channel.name",
        [],
    )
    .await
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PersonLine {
    /// Who.
    pub id: PersonId,
    /// The full name.
    pub name: String,
    /// The sign-in name.
    pub email: String,
    /// The role's name.
    pub role: String,
    /// Queues served.
    pub queues: Vec<String>,
    /// Teams.
    pub teams: Vec<String>,
    /// Presence, for those who hold conversations.
    pub presence: Option<PresenceState>,
    /// Whether they are shut out.
    pub disabled: bool,
}

/// All people, by name.
///
/// # Errors
/// When the database fails.
pub async fn people(db: &impl ConnectionTrait) -> Result<Vec<PersonLine>, DbErr> {
    rows::all(
        db,
        "select person.id, person.name, person.email, role.name as role, p.state as presence,
             person.disabled_at is not null as disabled,
             array(select queue.name from queue_member m join queue on queue.id = m.queue_id
                   where m.person_id = person.id order by queue.position, queue.name) as queues,
             array(select team.name from team_member m join team on team.id = m.team_id
                   where m.person_id = person.id order by team.name) as teams
         from person join role on role.id = person.role_id left join presence p on p.person_id = person.id
         order by person.name",
        [],
    )
    .await
}
