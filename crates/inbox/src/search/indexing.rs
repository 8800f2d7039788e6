//! Keeping what is searched: an indexer of its own follows the numbered events, so that storing a message costs what it
//! cost before there was search, and what was there already is taken in from the newest on.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, FromQueryResult, TransactionTrait as _};
use uuid::Uuid;

use crate::rows;

/// Events in one step.
const EVENTS: i64 = 1000;
/// Messages of before in one step.
const BEFORE: i64 = 500;
/// How long a new message may stay unknown to search while the indexer rests.
const REST: Duration = Duration::from_millis(700);

#[derive(FromQueryResult)]
struct Progress {
    seq: i64,
    last: i64,
    before: Option<Uuid>,
    caught_up: bool,
}

#[derive(FromQueryResult)]
struct Touched {
    seq: i64,
    kind: String,
    message_id: Option<Uuid>,
    conversation_id: Option<Uuid>,
    note_id: Option<String>,
}

#[derive(FromQueryResult)]
struct Id {
    id: Uuid,
}

/// Follow the events a little further, or else take in some of what was there before. Whether anything was done. One node
/// at a time does it: the others find the row locked and rest.
///
/// # Errors
/// When the database fails; the next step begins where this one did.
pub async fn step(db: &DatabaseConnection) -> Result<bool, DbErr> {
    let tx = db.begin().await?;
    let progress: Vec<Progress> = rows::all(
        &tx,
        "select p.seq, relay.last_seq as last, p.before, p.caught_up from search_progress p, relay
         for update of p skip locked",
        [],
    )
    .await?;
    let Some(progress) = progress.into_iter().next() else { return Ok(false) };
    let done = if progress.last > progress.seq {
        follow(&tx, progress.seq).await?
    } else if progress.caught_up {
        false
    } else {
        look_back(&tx, progress.before).await?
    };
    tx.commit().await?;
    Ok(done)
}

async fn follow(tx: &impl ConnectionTrait, seq: i64) -> Result<bool, DbErr> {
    let touched: Vec<Touched> = rows::all(
        tx,
        "select seq, kind, message_id, conversation_id, case when kind = 'note_written' then data->>'note' end as note_id
         from event where seq > $1 order by seq limit $2",
        [seq.into(), EVENTS.into()],
    )
    .await?;
    let Some(last) = touched.last().map(|event| event.seq) else { return Ok(false) };
    let mut messages: Vec<Uuid> = touched
        .iter()
        .filter(|event| {
            matches!(
                event.kind.as_str(),
                "message_received" | "message_submitted" | "message_echoed" | "message_changed"
            )
        })
        .filter_map(|event| event.message_id)
        .collect();
    messages.sort_unstable();
    messages.dedup();
    let pasts: Vec<Uuid> = touched
        .iter()
        .filter(|event| event.kind == "past_imported")
        .filter_map(|event| event.conversation_id)
        .collect();
    if !pasts.is_empty() {
        let told: Vec<Id> = rows::all(
            tx,
            "select m.id from message m left join search_entry e on e.at = m.written_at and e.id = m.id
             where m.conversation_id = any($1) and m.origin = 'past' and e.id is null",
            [pasts.into()],
        )
        .await?;
        messages.extend(told.into_iter().map(|message| message.id));
    }
    take_in(tx, messages).await?;
    let notes: Vec<Uuid> = touched.iter().filter_map(|event| event.note_id.as_ref()?.parse().ok()).collect();
    take_in_notes(tx, notes).await?;
    rows::run(tx, "update search_progress set seq = $1", [last.into()]).await?;
    Ok(true)
}

async fn look_back(tx: &impl ConnectionTrait, before: Option<Uuid>) -> Result<bool, DbErr> {
    let older: Vec<Id> = rows::all(
        tx,
        "select id from message where id < coalesce($1, 'ffffffff-ffff-ffff-ffff-ffffffffffff') order by id desc limit $2",
        [before.into(), BEFORE.into()],
    )
    .await?;
    let oldest = older.last().map(|message| message.id);
    take_in(tx, older.into_iter().map(|message| message.id).collect()).await?;
    if before.is_none() {
        // Notes are as old as search is: what is there is little.
        let notes: Vec<Id> = rows::all(tx, "select id from note", []).await?;
        take_in_notes(tx, notes.into_iter().map(|note| note.id).collect()).await?;
    }
    rows::run(
        tx,
        "update search_progress set before = coalesce($1, before), caught_up = $1::uuid is null",
        [oldest.into()],
    )
    .await?;
    Ok(oldest.is_some())
}

/// Messages as they are now: with the words they have, without those that were taken back, and without the vendor's
/// sentences, which hold numbers that not everybody may see.
async fn take_in(tx: &impl ConnectionTrait, messages: Vec<Uuid>) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "delete from search_entry e using message m
         where m.id = any($1) and e.at = m.written_at and e.id = m.id
             and (m.revoked_at is not null or m.applied_to is not null)",
        [messages.clone().into()],
    )
    .await?;
    rows::run(
        tx,
        "insert into search_entry as known (at, id, conversation_id, kind, direction, author_id, words)
         select m.written_at, m.id, m.conversation_id, m.kind, m.direction, m.author_id,
             w.words || search_month(m.written_at)
         from message m
         left join lateral (select name from file where file.message_id = m.id order by file.id limit 1) f on true
         cross join lateral (select search_words(concat_ws(' ', m.body, f.name)) as words) w
         where m.id = any($1) and m.revoked_at is null and m.applied_to is null
             and m.kind not in ('system', 'reaction') and w.words <> ''::tsvector
         order by m.written_at, m.id
         on conflict (at, id) do update set words = excluded.words, kind = excluded.kind
         where (known.words, known.kind) is distinct from (excluded.words, excluded.kind)",
        [messages.clone().into()],
    )
    .await?;
    rows::run(
        tx,
        "insert into name_word (word)
         select distinct unnest(tsvector_to_array(search_words(contact.name)))
         from contact
         where name !~ '^\\+?[0-9 ]+$' and id in (
             select c.contact_id from message m join conversation c on c.id = m.conversation_id where m.id = any($1))
         on conflict do nothing",
        [messages.into()],
    )
    .await?;
    Ok(())
}

/// Notes never change.
async fn take_in_notes(tx: &impl ConnectionTrait, notes: Vec<Uuid>) -> Result<(), DbErr> {
    if notes.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "insert into search_entry (at, id, conversation_id, kind, author_id, words)
         select n.written_at, n.id, n.conversation_id, 'note', n.author_id,
             search_words(n.body) || search_month(n.written_at)
         from note n
         where n.id = any($1) and search_words(n.body) <> ''::tsvector
         on conflict (at, id) do nothing",
        [notes.into()],
    )
    .await?;
    Ok(())
}

/// Index until the process ends.
pub async fn run(db: DatabaseConnection, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        match step(&db).await {
            Ok(true) => {
                // There may be more, and nobody waits for it: others go first.
                tokio::task::yield_now().await;
                continue;
            }
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "what was said could not be indexed; tried again in a moment")
            }
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            _ = stop.changed() => {}
        }
    }
}
