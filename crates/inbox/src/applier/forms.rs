//! What customers fill into forms stands beside their conversation, question by question. Fields of the contact are people's
//! and bots' to fill: whoever answers a form chooses no queue by it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Content, ConversationId, Event, PersonId,
    collected::{self, Collector},
};
use sea_orm::{DatabaseTransaction, DbErr};

use super::messages::Row;
use crate::collected::{Answer, Kept, kept, store, tidied};

/// Keep the answers of those messages that are forms.
pub(super) async fn keep(
    tx: &DatabaseTransaction,
    fresh: &[Row<'_>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<(), DbErr> {
    // One row of the table is written once, however many forms ask the same: the last word counts.
    let mut values: BTreeMap<(ConversationId, String), Kept> = BTreeMap::new();
    for row in fresh.iter().filter(|row| row.direction == "in" && !row.muted) {
        let Content::Form { name, answers } = row.content else { continue };
        let told = collected::answers(answers).into_iter().map(|(key, value)| Answer {
            key: key.to_owned(),
            name: None,
            value,
        });
        let mut told = tidied(told.collect());
        told.retain(|answer| !answer.value.is_empty());
        if told.is_empty() {
            continue;
        }
        let (conversation, by) = (row.conversation_id, Collector::Form);
        let name = collected::tidy(name.as_deref().unwrap_or_default(), collected::LONGEST_QUESTION);
        let count = u32::try_from(told.len()).unwrap_or(u32::MAX);
        for one in kept(conversation, by, &name, told) {
            values.insert((conversation, one.key.clone()), one);
        }
        happened.push((Event::DataCollected { conversation, by, name, values: count }, None));
    }
    store(tx, &values.into_values().collect::<Vec<_>>(), now).await
}
