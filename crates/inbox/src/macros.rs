//! Macros: kept, filled from a conversation, and carried out. Own ones are a person's, a team's are its people's, the
//! others everybody's.

pub mod files;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ConversationId, FileId, MacroId, Permission, PersonId, Principal, Scope, TeamId,
    macros::{self, Action, Clash, Filled},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use uuid::Uuid;

use self::files::{Kept, macro_files};
use crate::{
    attributes,
    closing::{self, CloseError, With},
    handing_over::{self, HandOver, HandOverError, To},
    notes::{self, NewNote, NoteError},
    rows,
    snoozing::{self, SnoozeError, Until},
    tagging::{self, TagError},
};

/// Whose a macro is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Its author's alone.
    Own,
    /// A team's.
    Team(TeamId),
    /// Everybody's.
    All,
}

/// A macro as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: MacroId,
    /// What is typed after `/`.
    pub name: String,
    /// The text, with places.
    pub body: String,
    /// What is done after it.
    pub actions: Vec<Action>,
    /// What is sent along.
    pub files: Vec<Kept>,
    /// Whose it is.
    pub whose: Whose,
    /// The team's name.
    pub team: Option<String>,
}

/// What somebody wants to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The one that is changed; `None` for a new one.
    pub id: Option<MacroId>,
    /// What is typed after `/`, in whatever spelling.
    pub name: String,
    /// The text, with places; may be empty where something is done or sent along.
    pub body: String,
    /// What is done after it.
    pub actions: Vec<Action>,
    /// What is sent along, in this order.
    pub files: Vec<FileId>,
    /// Whose it shall be.
    pub whose: Whose,
}

/// Why a macro was not kept.
#[derive(Debug, thiserror::Error)]
pub enum MacroError {
    /// Not there, or not for this person to change.
    #[error("no such macro")]
    NotFound,
    /// Nothing of the name can be typed.
    #[error("not a name")]
    BadName,
    /// There is one of that name.
    #[error("there is a macro of that name")]
    Taken,
    /// It neither says nor does anything.
    #[error("the macro is empty")]
    Empty,
    /// It has so many characters.
    #[error("the macro has {0} characters")]
    TooLong(usize),
    /// It has places that nothing could ever fill.
    #[error("unknown places")]
    Unknown(Vec<String>),
    /// What it does can't be done, or not together.
    #[error("what it does can't be done")]
    Clash(Clash),
    /// It has more than [`files::MOST`] files.
    #[error("too many files")]
    TooManyFiles,
    /// One of its files is not there any more, or never was this person's to add.
    #[error("a file is gone")]
    FileGone,
    /// This person may not keep macros for so many.
    #[error("not for so many")]
    NotForSoMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

#[derive(FromQueryResult)]
struct Row {
    id: MacroId,
    name: String,
    body: String,
    actions: serde_json::Value,
    files: serde_json::Value,
    owner_id: Option<PersonId>,
    team_id: Option<TeamId>,
    team: Option<String>,
}

impl Row {
    fn line(self) -> Result<Line, DbErr> {
        let whose = match (self.owner_id, self.team_id) {
            (Some(_), _) => Whose::Own,
            (None, Some(team)) => Whose::Team(team),
            (None, None) => Whose::All,
        };
        Ok(Line {
            id: self.id,
            name: self.name,
            body: self.body,
            actions: rows::read(self.actions)?,
            files: rows::read(self.files)?,
            whose,
            team: self.team,
        })
    }
}

/// A person's teams; all of them for who manages everybody's.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// The teams whose macros `by` may write.
///
/// # Errors
/// When the database fails.
pub async fn teams(db: &impl ConnectionTrait, by: &Principal) -> Result<Vec<Team>, DbErr> {
    let scope = by.scope(Permission::MacroManage);
    if scope.is_none_or(|scope| scope < Scope::Team) {
        return Ok(Vec::new());
    }
    rows::all(
        db,
        "select id, name from team
         where $2 or exists (select from team_member m where m.team_id = team.id and m.person_id = $1) order by name",
        [by.person.into(), (scope == Some(Scope::All)).into()],
    )
    .await
}

/// The macros a person may use: own ones first, then their teams', then everybody's, each by name.
///
/// # Errors
/// When the database fails.
pub async fn usable(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Line>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select m.id, m.name, m.body, m.actions, m.owner_id, m.team_id, team.name as team, ",
            macro_files!(),
            " as files
         from macro m left join team on team.id = m.team_id
         where m.owner_id = $1 or (m.owner_id is null and m.team_id is null)
             or m.team_id in (select team_id from team_member where person_id = $1)
         order by m.owner_id is null, m.team_id is null, m.name, m.id"
        ),
        [person.into()],
    )
    .await?;
    found.into_iter().map(Row::line).collect()
}

/// The macros a person may change.
///
/// # Errors
/// When the database fails.
pub async fn changeable(db: &impl ConnectionTrait, by: &Principal) -> Result<Vec<Line>, DbErr> {
    let Some(scope) = by.scope(Permission::MacroManage) else { return Ok(Vec::new()) };
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select m.id, m.name, m.body, m.actions, m.owner_id, m.team_id, team.name as team, ",
            macro_files!(),
            " as files
         from macro m left join team on team.id = m.team_id
         where m.owner_id = $1 or ($3 and m.owner_id is null)
             or ($2 and m.team_id in (select team_id from team_member where person_id = $1))
         order by m.owner_id is null, m.team_id is null, m.name, m.id"
        ),
        [by.person.into(), (scope >= Scope::Team).into(), (scope == Scope::All).into()],
    )
    .await?;
    found.into_iter().map(Row::line).collect()
}

/// Keep a macro.
///
/// # Errors
/// The refusals of [`MacroError`].
pub async fn save(
    tx: &DatabaseTransaction,
    by: &Principal,
    wish: Wish,
    now: DateTime<Utc>,
) -> Result<MacroId, MacroError> {
    let name = macros::name_from(&wish.name).ok_or(MacroError::BadName)?;
    let body = wish.body.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
    let length = body.chars().count();
    if length > macros::LONGEST {
        return Err(MacroError::TooLong(length));
    }
    if body.is_empty() && wish.actions.is_empty() && wish.files.is_empty() {
        return Err(MacroError::Empty);
    }
    if let Some(clash) = macros::clash(&wish.actions) {
        return Err(MacroError::Clash(clash));
    }
    let fields = attributes::all(tx).await?;
    let said = wish.actions.iter().filter_map(|action| match action {
        Action::Note { body } => Some(body.as_str()),
        _ => None,
    });
    let unknown: Vec<String> = said
        .chain([body.as_str()])
        .flat_map(|text| macros::unknown(text, &fields))
        .map(str::to_owned)
        .collect();
    if !unknown.is_empty() {
        return Err(MacroError::Unknown(unknown));
    }
    let scope = by.scope(Permission::MacroManage).ok_or(MacroError::NotFound)?;
    let may = match wish.whose {
        Whose::Own => true,
        Whose::Team(team) => teams(tx, by).await?.iter().any(|one| one.id == team),
        Whose::All => scope == Scope::All,
    };
    if !may {
        return Err(MacroError::NotForSoMany);
    }
    if let Some(id) = wish.id
        && changeable(tx, by).await?.iter().all(|line| line.id != id)
    {
        return Err(MacroError::NotFound);
    }
    let (owner, team) = match wish.whose {
        Whose::Own => (Some(by.person), None),
        Whose::Team(team) => (None, Some(team)),
        Whose::All => (None, None),
    };
    let id = wish.id.unwrap_or_else(MacroId::new);
    // Which of the three indexes it would break is one question for people: the name is taken.
    let taken: Vec<Named> = rows::all(
        tx,
        "select id from macro where name = $1 and id <> $2 and owner_id is not distinct from $3
             and team_id is not distinct from $4",
        [name.as_str().into(), id.into(), owner.into(), team.into()],
    )
    .await?;
    if taken.first().is_some_and(|other| other.id != id) {
        return Err(MacroError::Taken);
    }
    files::check(tx, by, id, &wish.files).await?;
    rows::run(
        tx,
        "insert into macro (id, name, body, actions, owner_id, team_id, changed_by, changed_at)
         values ($1, $2, $3, $4::text::jsonb, $5, $6, $7, $8)
         on conflict (id) do update set name = excluded.name, body = excluded.body, actions = excluded.actions,
             owner_id = excluded.owner_id, team_id = excluded.team_id, changed_by = excluded.changed_by,
             changed_at = excluded.changed_at",
        [
            id.into(),
            name.into(),
            body.into(),
            rows::json(&wish.actions)?,
            owner.into(),
            team.into(),
            by.person.into(),
            now.into(),
        ],
    )
    .await?;
    files::settle(tx, id, &wish.files).await?;
    Ok(id)
}

#[derive(FromQueryResult)]
struct Named {
    id: MacroId,
}

/// Throw a macro away.
///
/// # Errors
/// [`MacroError::NotFound`], or when the database fails.
pub async fn remove(tx: &DatabaseTransaction, by: &Principal, id: MacroId) -> Result<(), MacroError> {
    if changeable(tx, by).await?.iter().all(|line| line.id != id) {
        return Err(MacroError::NotFound);
    }
    rows::run(tx, "delete from macro where id = $1", [id.into()]).await?;
    Ok(())
}

/// What a conversation has for the places of macros, but for the contact's name, which depends on who looks.
///
/// # Errors
/// When the database fails.
pub async fn values(
    db: &impl ConnectionTrait,
    by: PersonId,
    conversation: ConversationId,
) -> Result<HashMap<String, String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        agent: String,
        queue: String,
        channel: String,
        fields: serde_json::Value,
    }

    let found: Vec<Row> = rows::all(
        db,
        "select person.name as agent, queue.name as queue, channel.name as channel,
             (select coalesce(json_object_agg(a.key, contact.attributes ->> a.key), '{}') from attribute a
              where contact.attributes ? a.key and a.retired_at is null and not a.sensitive) as fields
         from conversation c join contact on contact.id = c.contact_id join queue on queue.id = c.queue_id
             join channel on channel.id = c.channel_id join person on person.id = $2
         where c.id = $1",
        [conversation.into(), by.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else { return Ok(HashMap::new()) };
    let fields: HashMap<String, Option<String>> = rows::read(row.fields)?;
    let mut values: HashMap<String, String> = fields
        .into_iter()
        .filter_map(|(key, value)| Some((format!("{}{key}", macros::FIELD), value?)))
        .collect();
    let first = row.agent.split_whitespace().next().unwrap_or_default().to_owned();
    values.extend([
        ("agent.first_name".to_owned(), first),
        ("agent.name".to_owned(), row.agent),
        ("queue".to_owned(), row.queue),
        ("channel".to_owned(), row.channel),
    ]);
    Ok(values)
}

/// Why a macro was not carried out. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// No such macro, or not for this person to use.
    #[error("no such macro")]
    NotFound,
    /// A place of its note has nothing to stand in it.
    #[error("nothing is known for {0:?}")]
    Missing(Vec<String>),
    /// Its note was refused.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// It was not tagged, or its urgency not changed.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// It was not handed on.
    #[error(transparent)]
    HandOver(#[from] HandOverError),
    /// It was not put aside.
    #[error(transparent)]
    Snooze(#[from] SnoozeError),
    /// It was not closed.
    #[error(transparent)]
    Close(#[from] CloseError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What a use of a macro did.
#[derive(Debug, Default)]
pub struct Ran {
    /// Why the conversation is still open, where closing asks for something that only a person can give: an outcome, a
    /// field. Everything else is done.
    pub left_open: Option<CloseError>,
}

/// Do what a macro does, all of it or nothing, but for closing that asks for more. `client_id` is the browser's for this
/// use of it, and for the message it follows; doing it again after a lost answer writes no second note, and ends nothing
/// that came back meanwhile. Wake dispatcher and relay after the commit.
///
/// # Errors
/// The refusals of what it does.
pub async fn run(
    tx: &DatabaseTransaction,
    by: &Principal,
    (conversation, id): (ConversationId, MacroId),
    client_id: Uuid,
    value: impl Fn(&str) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<Ran, RunError> {
    let mut ran = Ran::default();
    let line =
        usable(tx, by.person).await?.into_iter().find(|line| line.id == id).ok_or(RunError::NotFound)?;
    if let Some(end) = line.actions.iter().find_map(end)
        && has_ended(tx, by.person, (conversation, client_id), end).await?
    {
        return Ok(ran);
    }
    for action in &line.actions {
        match action {
            Action::Note { body } => {
                let filled = macros::fill(body, &value);
                let missing: Vec<String> = filled
                    .iter()
                    .filter(|piece| matches!(piece, Filled::Missing(_)))
                    .map(|piece| piece.text().to_owned())
                    .collect();
                if !missing.is_empty() {
                    return Err(RunError::Missing(missing));
                }
                let body = filled.iter().map(Filled::text).collect();
                notes::write(tx, by, NewNote { conversation, client_id, body }, now).await?;
            }
            Action::Tag { tag } => {
                tagging::tag(tx, by, conversation, tag, true, now).await?;
            }
            Action::Prioritize { urgency } => {
                tagging::prioritize(tx, by, conversation, *urgency, now).await?;
            }
            Action::Transfer { queue } => {
                let wish = HandOver {
                    conversation,
                    to: To::Queue(*queue),
                    note: None,
                    skills: routing::Skills::new(),
                };
                handing_over::hand_over(tx, by, wish, now).await?;
            }
            Action::Snooze { hours } => {
                let time = hours.map(|hours| Until::Time(now + TimeDelta::hours(i64::from(hours))));
                snoozing::snooze(tx, by, conversation, time.unwrap_or(Until::Answer), now).await?;
            }
            Action::Close { outcome } => {
                let with = With { outcome: *outcome, ..With::default() };
                match closing::close_with(tx, by, conversation, with, now).await {
                    Err(
                        asks @ (CloseError::OutcomeRequired
                        | CloseError::NoSuchOutcome
                        | CloseError::Missing(_)),
                    ) => ran.left_open = Some(asks),
                    closed => closed?,
                }
            }
        }
    }
    Ok(ran)
}

/// The event of an action after which a conversation is not its holder's any more. A macro has one of them at most.
const fn end(action: &Action) -> Option<&'static str> {
    match action {
        Action::Note { .. } | Action::Tag { .. } | Action::Prioritize { .. } => None,
        Action::Transfer { .. } => Some("conversation_transferred"),
        Action::Snooze { .. } => Some("conversation_snoozed"),
        Action::Close { .. } => Some("conversation_closed"),
    }
}

/// Whether somebody ended a conversation in that way after the message they sent by this id of their browser.
async fn has_ended(
    tx: &DatabaseTransaction,
    person: PersonId,
    (conversation, client_id): (ConversationId, Uuid),
    end: &'static str,
) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        count: i64,
    }

    // The kinds that it is not are those that the index of a conversation's lines leaves out.
    let ended: Vec<Count> = rows::all(
        tx,
        "select count(*) as count
         from message m join event e on e.conversation_id = m.conversation_id and e.at >= m.written_at
             and e.kind not in ('message_received', 'message_submitted', 'delivery_changed')
         where m.conversation_id = $1 and m.client_id = $2 and e.actor_id = $3 and e.kind = $4",
        [conversation.into(), client_id.into(), person.into(), end.into()],
    )
    .await?;
    Ok(ended.first().is_some_and(|ended| ended.count > 0))
}
