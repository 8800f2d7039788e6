//! What a document may name.

use std::collections::BTreeMap;

use routing::check::Known;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::rows;

/// The contact's own name, among the fields that rules look at.
pub const CONTACT_NAME: &str = "name";

/// A contact's fields as rules look at them: the company's, and the name.
pub(crate) fn contact_fields(attributes: &serde_json::Value, name: &str) -> BTreeMap<String, String> {
    let fields = attributes.as_object().into_iter().flatten();
    fields
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .chain([(CONTACT_NAME.to_owned(), name.to_owned())])
        .collect()
}

/// Everybody and everything the routing may name.
///
/// # Errors
/// When the database fails.
pub async fn known(db: &impl ConnectionTrait) -> Result<Known, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        people: Vec<Uuid>,
        teams: Vec<Uuid>,
        channels: Vec<Uuid>,
        begin_in: Vec<Uuid>,
        attributes: Vec<String>,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select array(select id from person where disabled_at is null) as people,
             array(select id from team) as teams, array(select id from channel order by id) as channels,
             array(select queue_id from channel order by id) as begin_in,
             array(select key from attribute where retired_at is null) as attributes",
        [],
    )
    .await?;
    let row = found.into_iter().next();
    Ok(row.map_or_else(Known::default, |row| Known {
        people: row.people.into_iter().map(domain::PersonId).collect(),
        teams: row.teams.into_iter().map(domain::TeamId).collect(),
        channels: row
            .channels
            .into_iter()
            .map(domain::ChannelId)
            .zip(row.begin_in.into_iter().map(domain::QueueId))
            .collect(),
        attributes: row.attributes.into_iter().chain([CONTACT_NAME.to_owned()]).collect(),
    }))
}
