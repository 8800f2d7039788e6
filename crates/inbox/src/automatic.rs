//! What the house says by itself: welcomes, waits, reminders. Nobody is its author, and it answers nobody's question.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{Content, Event, MessageId, PersonId, consent::Purpose, conversation::ReplyWindow};
use entity::{channel, conversation};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait as _, FromQueryResult};

use crate::{consent, rows};

/// Say something in a conversation that the caller has locked, if the channel allows it now and the customer has not
/// forbidden it; the events that tell of it. Wake the sender after the commit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn say(
    tx: &DatabaseTransaction,
    talk: &conversation::Model,
    words: String,
    now: DateTime<Utc>,
) -> Result<Option<(Event, Option<PersonId>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Placed {
        position: i64,
    }

    let Some(channel) = channel::Entity::find_by_id(talk.channel_id).one(tx).await? else { return Ok(None) };
    let content = Content::Text { body: words };
    if !ReplyWindow::at(channel.kind, talk.window_until, now).allows(&content) {
        return Ok(None);
    }
    let wishes = consent::wishes(tx, &[talk.contact_id], talk.channel_id).await?;
    let wish = wishes.get(&talk.contact_id).and_then(|wishes| wishes.forbid(&content, None));
    if wish == Some(Purpose::Anything) {
        return Ok(None);
    }
    let id = MessageId::new();
    let json = serde_json::to_value(&content).map_err(|error| DbErr::Json(error.to_string()))?;
    let placed: Vec<Placed> = rows::all(
        tx,
        "insert into message (id, conversation_id, channel_id, direction, kind, body, content, written_at, position,
             created_at)
         values ($1, $2, $3, 'out', $4, $5, $6, $7, nextval('thread_position') * 4096, $8) returning position",
        [
            id.into(),
            talk.id.into(),
            talk.channel_id.into(),
            content.kind().into(),
            content.text().map(str::to_owned).into(),
            json.into(),
            now.trunc_subsecs(0).into(),
            now.into(),
        ],
    )
    .await?;
    let position = placed.first().map_or(0, |placed| placed.position);
    rows::run(
        tx,
        "insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, due_at)
         values ($1, $2, $3, $4, 'queued', $5, clock_timestamp())",
        [id.into(), talk.channel_id.into(), talk.id.into(), position.into(), now.into()],
    )
    .await?;
    // Whose turn it is stays as it was: a machine's word is no answer.
    rows::run(
        tx,
        "update conversation set last_activity_at = greatest(last_activity_at, $2), last_position = $3,
             last_direction = 'out', last_kind = $4, last_text = $5, last_author_id = null, version = version + 1
         where id = $1",
        [
            talk.id.into(),
            now.trunc_subsecs(0).into(),
            position.into(),
            content.kind().into(),
            content.preview().into(),
        ],
    )
    .await?;
    Ok(Some((Event::MessageSubmitted { conversation: talk.id, message: id }, None)))
}
