//! Where new conversations go, before they exist: the rules that were published decide.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{ContactId, ConversationId, Event, PersonId};
use routing::entry::{CameFrom, Entered, EntryFacts, enter};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use super::{
    channels::Channel,
    sorting::{Arrival, Side},
};
use crate::{policy, rows};

/// A conversation that is about to begin: by which channel, with whom, and its first message.
pub(super) struct Beginning<'a> {
    pub channel: &'a Channel,
    pub contact: ContactId,
    pub first: &'a Arrival,
}

/// What the rules say of each, in the order given, and the version that says so.
pub(super) async fn decide(
    tx: &DatabaseTransaction,
    beginnings: &[Beginning<'_>],
    now: DateTime<Utc>,
) -> Result<(u32, Vec<Entered>), DbErr> {
    let policy::Published { version, policy } = policy::current(tx).await?;
    // Without rules nobody asks who the customer is.
    let known = if policy.rules.is_empty() { HashMap::new() } else { known(tx, beginnings).await? };
    let entered = beginnings
        .iter()
        .map(|beginning| enter(&policy, &facts(beginning, known.get(&beginning.contact)), now))
        .collect();
    Ok((version, entered))
}

fn facts(beginning: &Beginning<'_>, known: Option<&Known>) -> EntryFacts {
    let Beginning { channel, first, .. } = beginning;
    EntryFacts {
        channel: channel.id,
        kind: channel.kind,
        // What the business wrote in the phone app beside us says nothing of the customer.
        text: first.message.content.text().filter(|_| first.side == Side::Customer).map(str::to_owned),
        stated_language: known.and_then(|known| known.language.clone()),
        referral: first.message.referral.as_ref().map(|referral| CameFrom {
            id: referral.source_id.clone(),
            words: [&referral.headline, &referral.body, &referral.url]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
        }),
        attributes: known
            .map(|known| policy::contact_fields(&known.attributes, &known.name))
            .unwrap_or_default(),
        vip: known.is_some_and(|known| known.vip),
        owned: known.is_some_and(|known| known.owned),
        last_closed: known.and_then(|known| known.last_closed),
        fallback_queue: channel.queue_id,
    }
}

#[derive(FromQueryResult)]
struct Known {
    id: ContactId,
    name: String,
    vip: bool,
    owned: bool,
    language: Option<String>,
    attributes: serde_json::Value,
    last_closed: Option<DateTime<Utc>>,
}

async fn known(
    tx: &DatabaseTransaction,
    beginnings: &[Beginning<'_>],
) -> Result<HashMap<ContactId, Known>, DbErr> {
    let contacts: Vec<Uuid> = beginnings.iter().map(|beginning| beginning.contact.0).collect();
    let found: Vec<Known> = rows::all(
        tx,
        "select k.id, k.name, k.vip, k.owner_id is not null as owned, k.language, k.attributes,
             (select max(c.closed_at) from conversation c where c.contact_id = k.id) as last_closed
         from contact k where k.id = any($1)",
        [contacts.into()],
    )
    .await?;
    Ok(found.into_iter().map(|known| (known.id, known)).collect())
}

/// Write down what was decided of conversations that exist by now; the tags that they got by it, as events.
pub(super) async fn keep(
    tx: &DatabaseTransaction,
    entered: &[(ConversationId, Entered)],
    version: u32,
    now: DateTime<Utc>,
) -> Result<Vec<(Event, Option<PersonId>)>, DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: ConversationId,
        priority: i16,
        skills: &'a routing::Skills,
        language: Option<&'a str>,
        rule_id: Option<routing::policy::EntryRuleId>,
        entered: &'a Entered,
    }
    #[derive(Serialize)]
    struct Tag<'a> {
        id: ConversationId,
        tag: &'a str,
    }
    let rows: Vec<Row<'_>> = entered
        .iter()
        .filter(|(_, entered)| entered.language.is_some() || !entered.trace.is_empty())
        .map(|(id, entered)| Row {
            id: *id,
            priority: entered.priority,
            skills: &entered.skills,
            language: entered.language.as_ref().map(|language| language.code.as_str()),
            rule_id: entered.rule,
            entered,
        })
        .collect();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    rows::run(
        tx,
        "with t as (
             select * from json_to_recordset($1::text::json) as t(id uuid, priority smallint, skills jsonb, language text,
                 rule_id uuid, entered jsonb)
         ), told as (
             insert into conversation_entry (conversation_id, at, policy, rule_id, entered)
             select id, $2, $3, rule_id, entered from t where jsonb_array_length(entered->'trace') > 0
         )
         update conversation c set priority = t.priority, skills = t.skills, language = t.language
         from t where c.id = t.id",
        [rows::recordset(&rows)?, now.into(), version.cast_signed().into()],
    )
    .await?;
    let tags: Vec<Tag<'_>> = entered
        .iter()
        .flat_map(|(id, entered)| entered.tags.iter().map(|tag| Tag { id: *id, tag }))
        .collect();
    if tags.is_empty() {
        return Ok(Vec::new());
    }
    let put: Vec<Put> = rows::all(
        tx,
        "insert into conversation_tag (conversation_id, tag, at)
         select id, tag, $2 from json_to_recordset($1::text::json) as t(id uuid, tag text) on conflict do nothing
         returning conversation_id, tag",
        [rows::recordset(&tags)?, now.into()],
    )
    .await?;
    let tagged =
        |put: Put| Event::ConversationTagged { conversation: put.conversation_id, tag: put.tag, on: true };
    Ok(put.into_iter().map(|put| (tagged(put), None)).collect())
}

#[derive(FromQueryResult)]
struct Put {
    conversation_id: ConversationId,
    tag: String,
}
