//! The names that settings of the routing show: people, teams, channels.

use domain::{ChannelId, ChannelKind, PersonId, QueueId, TeamId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows;

/// Somebody who can sign in, or could.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PersonName {
    /// Who.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Whether signing in is forbidden.
    pub disabled: bool,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct TeamName {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// A channel, and where its conversations begin.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ChannelName {
    /// Which.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What it speaks.
    pub kind: ChannelKind,
    /// Its queue.
    pub queue_id: QueueId,
}

/// Everybody and everything the routing may name, by name.
///
/// # Errors
/// When the database fails.
pub async fn names(
    db: &impl ConnectionTrait,
) -> Result<(Vec<PersonName>, Vec<TeamName>, Vec<ChannelName>), DbErr> {
    let people =
        rows::all(db, "select id, name, disabled_at is not null as disabled from person order by name", [])
            .await?;
    let teams = rows::all(db, "select id, name from team order by name", []).await?;
    let channels = rows::all(db, "select id, name, kind, queue_id from channel order by name", []).await?;
    Ok((people, teams, channels))
}
