//! What was said before we were connected (coexistence), and how far its import has come.

use std::collections::BTreeMap;

use domain::{ChannelId, inbound::PastProgress};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::sorting::Told;
use crate::rows;

/// Note how far the import of the past has come, for the channel's page.
pub(crate) async fn note_progress(
    tx: &DatabaseTransaction,
    told: &[Told<PastProgress>],
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        channel_id: ChannelId,
        past: &'a PastProgress,
    }

    if told.is_empty() {
        return Ok(());
    }
    let newest: BTreeMap<ChannelId, &PastProgress> =
        told.iter().map(|one| (one.channel.id, &one.said)).collect();
    let rows: Vec<Row<'_>> = newest.into_iter().map(|(channel_id, past)| Row { channel_id, past }).collect();
    // Parts can come in any order: the furthest counts, by phase and then by share. A refusal comes alone.
    rows::run(
        tx,
        "insert into channel_facts as known (channel_id, facts)
         select channel_id, jsonb_build_object('past', past)
         from json_to_recordset($1::text::json) as row(channel_id uuid, past jsonb)
         on conflict (channel_id) do update set facts = known.facts || excluded.facts, changed_at = now()
         where not coalesce(
             ((known.facts -> 'past' ->> 'phase')::int, (known.facts -> 'past' ->> 'progress')::int)
                 > ((excluded.facts -> 'past' ->> 'phase')::int, (excluded.facts -> 'past' ->> 'progress')::int), false)",
        [rows::recordset(&rows)?],
    )
    .await?;
    Ok(())
}
