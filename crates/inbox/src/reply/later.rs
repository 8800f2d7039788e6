//! Answers that go out later: planned only for a time at which they may go, looked at again when it comes, and asked
//! about when something has changed since.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Content, ConversationId, ConversationState, Event, FileId, MessageId, Permission, PersonId, PlannedId,
    Principal,
    conversation::ReplyWindow,
    limits::{self, Flaw, Part, Problem},
    planned::Doubt,
};
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use uuid::Uuid;

use super::{Draft, Lane, ReplyError, lock, prepare, submit};
use crate::{Wakes, events, faults, principals, rows};

/// A conversation can't have more of them waiting.
pub const MOST: i64 = 20;
/// Nothing is planned for later than that.
pub const LATEST: TimeDelta = TimeDelta::days(60);
/// How often the loop looks at what changed, at the latest. A due time is kept to the second.
const POLL: Duration = Duration::from_secs(5);
const SHORTEST: Duration = Duration::from_millis(50);

/// What was planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub id: PlannedId,
    /// Whether this call planned it. A repeated click finds the first one's.
    pub new: bool,
}

/// Why nothing was planned, or what was planned was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Not there, not for this person, or over.
    #[error("nothing planned")]
    NotFound,
    /// The conversation is closed.
    #[error("the conversation is closed")]
    Closed,
    /// The time has passed.
    #[error("the time has passed")]
    Past,
    /// The time is after [`LATEST`].
    #[error("the time is too far away")]
    TooFar,
    /// Free text may be sent until then only, and the time is later.
    #[error("the reply window is closed by then")]
    BeyondWindow(Option<DateTime<Utc>>),
    /// Its file is not there any more, or goes out with something else.
    #[error("the file is gone")]
    FileGone,
    /// There are [`MOST`] of them.
    #[error("too many are planned")]
    TooMany,
    /// The channel would not take it.
    #[error("{}: {}", .0.part, .0.problem.as_str())]
    Flawed(Flaw),
    /// It was not sent now.
    #[error(transparent)]
    NotSent(ReplyError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl From<ReplyError> for PlanError {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::NotFound => Self::NotFound,
            ReplyError::Flawed(flaw) => Self::Flawed(flaw),
            ReplyError::Db(error) => Self::Db(error),
            other => Self::NotSent(other),
        }
    }
}

/// Plan an answer for a time. Wake the relay after the commit.
///
/// # Errors
/// The refusals of [`PlanError`].
pub async fn plan(
    tx: &DatabaseTransaction,
    by: &Principal,
    draft: &Draft,
    due: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Planned, PlanError> {
    let (talk, channel) = lock(tx, by, Permission::ConversationReply, draft.conversation).await?;
    // The lock holds a second click back until the first is done.
    let earlier: Vec<Named> = rows::all(
        tx,
        "select id from planned where conversation_id = $1 and client_id = $2 and author_id = $3",
        [talk.id.into(), draft.client_id.into(), by.person.into()],
    )
    .await?;
    if let Some(earlier) = earlier.first() {
        return Ok(Planned { id: earlier.id, new: false });
    }
    if is_known(tx, draft).await? {
        return Err(PlanError::NotFound);
    }
    if talk.state == ConversationState::Closed {
        return Err(PlanError::Closed);
    }
    if due <= now {
        return Err(PlanError::Past);
    }
    if due > now + LATEST {
        return Err(PlanError::TooFar);
    }
    let mut content = prepare::tidy(&draft.content)?;
    if matches!(content, Content::Reaction { .. }) {
        return Err(PlanError::Flawed(Flaw { part: Part::Kind, problem: Problem::NotTaken }));
    }
    if let ReplyWindow::Closed(since) = ReplyWindow::at(channel.kind, talk.window_until, due)
        && !ReplyWindow::Closed(since).allows(&content)
    {
        return Err(PlanError::BeyondWindow(since));
    }
    if let Content::Template(template) = &mut content {
        prepare::template(tx, &channel.account_key, template).await?;
    }
    limits::check(channel.kind, &content).map_err(PlanError::Flawed)?;
    let file = prepare::file(tx, by, (talk.id, channel.kind), &mut content).await.map_err(no_file)?;
    if let Some(file) = file
        && !is_free(tx, file).await?
    {
        return Err(PlanError::FileGone);
    }
    let waiting: Vec<Count> = rows::all(
        tx,
        "select count(*) as count from planned where conversation_id = $1 and state in ('waiting', 'asked')",
        [talk.id.into()],
    )
    .await?;
    if waiting.first().is_some_and(|waiting| waiting.count >= MOST) {
        return Err(PlanError::TooMany);
    }
    let id = PlannedId::new();
    rows::run(
        tx,
        "insert into planned (id, conversation_id, author_id, client_id, content, reply_to, due_at, inbound_count,
             created_at, file_id)
         values ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $9, $10)",
        [
            id.into(),
            talk.id.into(),
            by.person.into(),
            draft.client_id.into(),
            rows::json(&content)?,
            draft.reply_to.into(),
            due.into(),
            talk.inbound_count.into(),
            now.into(),
            file.into(),
        ],
    )
    .await?;
    tell(tx, talk.id, Some(by.person), now).await?;
    Ok(Planned { id, new: true })
}

/// Whether a message or somebody else's plan goes by this id of a browser: what is planned by it could never go out.
async fn is_known(tx: &DatabaseTransaction, draft: &Draft) -> Result<bool, DbErr> {
    let known: Vec<Count> = rows::all(
        tx,
        "select count(*) as count
         from (select from message where conversation_id = $1 and client_id = $2
               union all select from planned where conversation_id = $1 and client_id = $2) known",
        [draft.conversation.into(), draft.client_id.into()],
    )
    .await?;
    Ok(known.first().is_some_and(|known| known.count > 0))
}

/// Here a file that can't be found is a file that is gone: the conversation was found before.
fn no_file(error: ReplyError) -> PlanError {
    match error {
        ReplyError::NotFound => PlanError::FileGone,
        ReplyError::Flawed(flaw) if (flaw.part, flaw.problem) == (Part::File, Problem::Missing) => {
            PlanError::FileGone
        }
        other => other.into(),
    }
}

/// Whether a file is here and goes out with nothing: neither sent nor planned.
async fn is_free(tx: &DatabaseTransaction, file: FileId) -> Result<bool, DbErr> {
    let found: Vec<Count> = rows::all(
        tx,
        "select count(*) as count from file f where f.id = $1 and f.message_id is null and f.state = 'stored'
             and not exists (select from planned p where p.file_id = f.id and p.state in ('waiting', 'asked'))",
        [file.into()],
    )
    .await?;
    Ok(found.first().is_some_and(|found| found.count > 0))
}

#[derive(FromQueryResult)]
struct Named {
    id: PlannedId,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

/// Whoever may answer a conversation may take back what is planned in it. Wake the relay after the commit.
///
/// # Errors
/// [`PlanError::NotFound`], also when it has gone out; when the database fails.
pub async fn cancel(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: PlannedId,
    now: DateTime<Utc>,
) -> Result<(), PlanError> {
    let row = standing(tx, id).await?.ok_or(PlanError::NotFound)?;
    lock(tx, by, Permission::ConversationReply, row.conversation_id).await?;
    rows::run(tx, "update planned set state = 'cancelled' where id = $1", [id.into()]).await?;
    // Whoever takes it back may want to send its file another way: it is theirs, and young again.
    own(tx, row.file_id, by.person, now).await?;
    tell(tx, row.conversation_id, Some(by.person), now).await?;
    Ok(())
}

/// Send it now, as an answer of whoever says so. Wake sender and relay after the commit.
///
/// # Errors
/// The refusals of [`PlanError`], above all [`PlanError::NotSent`].
pub async fn send_now(
    tx: &DatabaseTransaction,
    by: &Principal,
    id: PlannedId,
    now: DateTime<Utc>,
) -> Result<MessageId, PlanError> {
    let row = standing(tx, id).await?.ok_or(PlanError::NotFound)?;
    let conversation = row.conversation_id;
    if row.has_file()? && !is_there(tx, row.file_id).await? {
        lock(tx, by, Permission::ConversationReply, conversation).await?;
        return Err(PlanError::FileGone);
    }
    own(tx, row.file_id, by.person, now).await?;
    let sent = submit(tx, by, row.draft()?, now).await?;
    finish(tx, id, sent.message).await?;
    tell(tx, conversation, Some(by.person), now).await?;
    Ok(sent.message)
}

#[derive(FromQueryResult)]
struct Row {
    id: PlannedId,
    conversation_id: ConversationId,
    author_id: PersonId,
    client_id: Uuid,
    content: serde_json::Value,
    reply_to: Option<MessageId>,
    file_id: Option<FileId>,
}

impl Row {
    fn has_file(&self) -> Result<bool, DbErr> {
        let content: Content = rows::read(self.content.clone())?;
        Ok(content.media().is_some_and(|media| media.file.is_some()))
    }

    fn draft(self) -> Result<Draft, DbErr> {
        Ok(Draft {
            conversation: self.conversation_id,
            client_id: self.client_id,
            content: rows::read(self.content)?,
            reply_to: self.reply_to,
            lane: Lane::Answer,
        })
    }
}

/// Locked before its conversation, here as everywhere.
async fn standing(tx: &DatabaseTransaction, id: PlannedId) -> Result<Option<Row>, DbErr> {
    let found: Vec<Row> = rows::all(
        tx,
        "select id, conversation_id, author_id, client_id, content, reply_to, file_id from planned
         where id = $1 and state in ('waiting', 'asked') for update",
        [id.into()],
    )
    .await?;
    Ok(found.into_iter().next())
}

/// Whether the file of something planned is here and was sent with nothing else. Whatever deletes it takes it from the
/// row, too.
async fn is_there(tx: &DatabaseTransaction, file: Option<FileId>) -> Result<bool, DbErr> {
    let Some(file) = file else { return Ok(false) };
    let found: Vec<Count> = rows::all(
        tx,
        "select count(*) as count from file where id = $1 and message_id is null and state = 'stored'",
        [file.into()],
    )
    .await?;
    Ok(found.first().is_some_and(|found| found.count > 0))
}

/// Files go out with answers of whoever attached them; whoever sends a colleague's planned answer takes its file over.
async fn own(
    tx: &DatabaseTransaction,
    file: Option<FileId>,
    by: PersonId,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(file) = file else { return Ok(()) };
    rows::run(
        tx,
        "update file set person_id = $2, changed_at = $3 where id = $1 and message_id is null",
        [file.into(), by.into(), now.into()],
    )
    .await
    .map(drop)
}

async fn finish(tx: &DatabaseTransaction, id: PlannedId, message: MessageId) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update planned set state = 'sent', message_id = $2, why = null where id = $1",
        [id.into(), message.into()],
    )
    .await
    .map(drop)
}

async fn tell(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(tx, "update conversation set version = version + 1 where id = $1", [conversation.into()])
        .await?;
    events::append(tx, &[(Event::PlannedChanged { conversation }, by)], now).await
}

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// How many went out.
    pub sent: usize,
    /// About how many somebody is asked again.
    pub asked: usize,
    /// When the next one is due.
    pub next: Option<DateTime<Utc>>,
}

/// Send what is due, and ask again about what has changed since it was planned: the customer wrote, the conversation was
/// closed, its author lost it, the window closed.
///
/// # Errors
/// When the database fails; what was done before stays done.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Looked, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        next: Option<DateTime<Utc>>,
    }

    let due: Vec<Named> = rows::all(
        db,
        "select p.id from planned p join conversation c on c.id = p.conversation_id
         where p.state = 'waiting' and (p.due_at <= $1 or c.inbound_count > p.inbound_count or c.state = 'closed')
         order by p.due_at, p.id limit 100",
        [now.into()],
    )
    .await?;
    let mut looked = Looked::default();
    for Named { id } in due {
        match look_alone(db, id, now).await? {
            Some(true) => looked.sent += 1,
            Some(false) => looked.asked += 1,
            None => {}
        }
    }
    let next: Vec<Next> =
        rows::all(db, "select min(due_at) as next from planned where state = 'waiting'", []).await?;
    looked.next = next.first().and_then(|next| next.next);
    Ok(looked)
}

/// One that the database refuses for good is given back to be asked about, so that it does not hold up what is due after it.
async fn look_alone(
    db: &DatabaseConnection,
    id: PlannedId,
    now: DateTime<Utc>,
) -> Result<Option<bool>, DbErr> {
    let tx = db.begin().await?;
    match look(&tx, id, now).await {
        Ok(went) => tx.commit().await.map(|()| went),
        Err(error) if faults::is_passing(&error) => Err(error),
        Err(error) => {
            tx.rollback().await?;
            tracing::error!(%error, planned = %id, "a planned answer can't go out; its author is asked");
            let tx = db.begin().await?;
            let Some(row) = standing(&tx, id).await? else { return Ok(None) };
            let went = ask(&tx, id, row.conversation_id, Doubt::Refused, now).await?;
            tx.commit().await.map(|()| went)
        }
    }
}

/// Whether it went out; `None` when somebody else took care of it meanwhile.
async fn look(tx: &DatabaseTransaction, id: PlannedId, now: DateTime<Utc>) -> Result<Option<bool>, DbErr> {
    #[derive(FromQueryResult)]
    struct Since {
        wrote: bool,
        closed: bool,
        due: bool,
    }

    let found: Vec<Row> = rows::all(
        tx,
        "select id, conversation_id, author_id, client_id, content, reply_to, file_id from planned
         where id = $1 and state = 'waiting' for update skip locked",
        [id.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let since: Vec<Since> = rows::all(
        tx,
        "select c.inbound_count > p.inbound_count as wrote, c.state = 'closed' as closed, p.due_at <= $2 as due
         from planned p join conversation c on c.id = p.conversation_id where p.id = $1
         for no key update of c",
        [id.into(), now.into()],
    )
    .await?;
    let Some(since) = since.first() else { return Ok(None) };
    let (conversation, author) = (row.conversation_id, row.author_id);
    let doubt = if since.closed {
        Doubt::Closed
    } else if since.wrote {
        Doubt::CustomerWrote
    } else if !since.due {
        return Ok(None);
    } else {
        let Some(principal) = principals::of(tx, author).await? else {
            return ask(tx, row.id, conversation, Doubt::NotTheirs, now).await;
        };
        if row.has_file()? && !is_there(tx, row.file_id).await? {
            return ask(tx, row.id, conversation, Doubt::FileGone, now).await;
        }
        match submit(tx, &principal, row.draft()?, now).await {
            Ok(sent) => {
                finish(tx, id, sent.message).await?;
                tell(tx, conversation, Some(author), now).await?;
                return Ok(Some(true));
            }
            Err(ReplyError::Db(error)) => return Err(error),
            Err(ReplyError::NotFound) => Doubt::NotTheirs,
            Err(ReplyError::ConversationClosed) => Doubt::Closed,
            Err(ReplyError::WindowClosed(_)) => Doubt::WindowClosed,
            Err(ReplyError::Unwanted(_)) => Doubt::Unwanted,
            Err(ReplyError::Flawed(_) | ReplyError::NotYet(_) | ReplyError::NotResendable(_)) => {
                Doubt::Refused
            }
        }
    };
    ask(tx, id, conversation, doubt, now).await
}

async fn ask(
    tx: &DatabaseTransaction,
    id: PlannedId,
    conversation: ConversationId,
    doubt: Doubt,
    now: DateTime<Utc>,
) -> Result<Option<bool>, DbErr> {
    rows::run(
        tx,
        "update planned set state = 'asked', why = $2 where id = $1",
        [id.into(), doubt.as_str().into()],
    )
    .await?;
    tell(tx, conversation, None, now).await?;
    Ok(Some(false))
}

/// The loop around [`step`]. Ends when `stop` is set.
pub async fn run(db: DatabaseConnection, wakes: Wakes, mut stop: tokio::sync::watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match step(&db, Utc::now()).await {
            Ok(looked) => {
                if looked.sent > 0 {
                    wakes.send();
                }
                if looked.sent + looked.asked > 0 {
                    wakes.relay();
                }
                let until = looked.next.map(|next| (next - Utc::now()).to_std().unwrap_or_default());
                until.unwrap_or(POLL).clamp(SHORTEST, POLL)
            }
            Err(error) => {
                tracing::error!(%error, "what is planned could not be looked at; tried again in {POLL:?}");
                POLL
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stop.changed() => {}
        }
    }
}
