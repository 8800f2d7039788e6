//! Contacts by their names, also with a typo, and by a piece of their number.
//!
//! A contact is found by whoever may see one of their conversations; by a number only within the reach of those who may
//! see addresses whole, so that hidden digits can't be fished for.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    ContactId, ConversationId, Permission, Principal, Visibility,
    typed::{Typed, is_near},
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, FromQueryResult, Statement, Value,
};

use super::{Filters, SearchError, expected, explained, own};
use crate::rows::{self, Reach, within};

/// More names than that are walked from the newest contact on; for who sees little, their own contacts are.
const RARE: f64 = 2_000.0;
const RARE_FOR_FEW: f64 = 200.0;
/// Of the names that fit, the conversations of so many contacts are read first: the newest.
const FIRST: i64 = 200;
const ALL: i64 = 10_000;
/// Contacts of a walk, each with its name taken apart.
const STEPS: i64 = 10_000;
/// Closed conversations of their own in which an agent finds what is common.
const OWN: i64 = 4_000;
/// Addresses with the same piece.
const NUMBERS: i64 = 2_000;
/// Fewer than that and a typo is thought of.
const FEW: usize = 3;

/// A contact, and the conversation that the asking person may see: an open one, else the last.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Hit {
    /// Who.
    pub contact_id: ContactId,
    /// Where they write or wrote.
    pub conversation_id: ConversationId,
    /// When something was said there last.
    pub last_activity_at: DateTime<Utc>,
}

/// Contacts that were found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// The most recently active first.
    pub hits: Vec<Hit>,
    /// There are more than were asked for.
    pub more: bool,
    /// Nobody is called quite so; these are called nearly so.
    pub nearly: bool,
    /// Digits were typed, and not every number may be searched by this person.
    pub hidden_numbers: bool,
}

/// Contacts with a conversation that a permission of `by` reaches, by name or number, at most `limit`. The transaction is
/// one of [`begin`](super::begin).
///
/// # Errors
/// [`SearchError::TooBroad`] when a statement takes too long; or when the database fails.
pub async fn find(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    typed: &Typed,
    filters: &Filters,
    limit: usize,
) -> Result<Found, SearchError> {
    let reach = by.reach(permission);
    if reach == Visibility::Nothing || (typed.words().is_empty() && typed.digits().is_none()) {
        return Ok(Found::default());
    }
    let question = Question { reach: &reach, filters, limit };
    if let Some(digits) = typed.digits() {
        let whole = by.reach(Permission::ContactPiiReveal);
        let (sql, values) = question.by_number(digits, &whole);
        let hits = question.ask(tx, sql, values).await?;
        let hidden_numbers = whole != Visibility::Everything;
        return Ok(Found { hidden_numbers, ..page(hits, limit) });
    }
    let found = page(question.by_name(tx, &typed.tsquery()).await?, limit);
    if found.hits.len() >= FEW {
        return Ok(found);
    }
    let near = near(tx, typed).await?;
    let meant = typed.tsquery_with(|word| {
        near.iter().filter(|one| is_near(word, one)).take(12).cloned().collect::<Vec<_>>()
    });
    let Some(meant) = meant else { return Ok(found) };
    let nearly = page(question.by_name(tx, &meant).await?, limit);
    // Those who are called exactly so stay first.
    let mut hits = found.hits;
    let any_exact = !hits.is_empty();
    let others =
        nearly.hits.into_iter().filter(|one| hits.iter().all(|hit| hit.contact_id != one.contact_id));
    let others: Vec<Hit> = others.collect();
    hits.extend(others);
    let more = nearly.more || hits.len() > limit;
    hits.truncate(limit);
    Ok(Found { nearly: !any_exact && !hits.is_empty(), hits, more, hidden_numbers: false })
}

fn page(mut hits: Vec<Hit>, limit: usize) -> Found {
    let more = hits.len() > limit;
    hits.truncate(limit);
    Found { hits, more, ..Found::default() }
}

/// Words of names that are like what was typed.
async fn near(db: &impl ConnectionTrait, typed: &Typed) -> Result<Vec<String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        word: String,
    }
    let words: Vec<String> = typed.words().iter().filter(|word| word.chars().count() > 3).cloned().collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = rows::all(
        db,
        "select l.word from unnest($1::text[]) as typed(word)
         cross join lateral (
             select n.word from name_word n where n.word % typed.word
             order by similarity(n.word, typed.word) desc limit 60) l",
        [words.into()],
    )
    .await?;
    Ok(rows.into_iter().map(|row| row.word).filter(|word| word.chars().all(char::is_alphanumeric)).collect())
}

/// A phone number of each of these contacts, the oldest; one with these digits before others.
///
/// # Errors
/// When the database fails.
pub async fn numbers(
    db: &impl ConnectionTrait,
    whose: &[ContactId],
    digits: Option<&str>,
) -> Result<HashMap<ContactId, String>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        contact_id: ContactId,
        value: String,
    }
    let whose: Vec<uuid::Uuid> = whose.iter().map(|contact| contact.0).collect();
    let rows: Vec<Row> = rows::all(
        db,
        "select distinct on (contact_id) contact_id, value from identity
         where contact_id = any($1) and kind = 'phone' and ended_at is null
         order by contact_id, (value like '%' || coalesce($2, '') || '%') desc, created_at, id",
        [whose.into(), digits.map(str::to_owned).into()],
    )
    .await?;
    Ok(rows.into_iter().map(|row| (row.contact_id, row.value)).collect())
}

/// How Postgres goes about the first question of a search, for tests and for who wonders. The transaction is one of
/// [`begin`](super::begin).
///
/// # Errors
/// When the database fails.
pub async fn explain(
    tx: &DatabaseTransaction,
    by: &Principal,
    permission: Permission,
    typed: &Typed,
    limit: usize,
) -> Result<String, DbErr> {
    let (reach, filters) = (by.reach(permission), Filters::default());
    let question = Question { reach: &reach, filters: &filters, limit };
    let (sql, values) = if let Some(digits) = typed.digits() {
        question.by_number(digits, &by.reach(Permission::ContactPiiReveal))
    } else {
        let tsquery = typed.tsquery();
        let (way, sql) = question.way(expected_names(tx, &tsquery).await?);
        (sql, question.values([tsquery.into(), way.first().into()]))
    };
    explained(tx, sql, values).await
}

/// How many contacts are expected to be called so.
async fn expected_names(db: &impl ConnectionTrait, tsquery: &str) -> Result<f64, DbErr> {
    let sql = format!("select from contact where {}", NAMED.replace("$10", "$1"));
    expected(db, &sql, vec![tsquery.to_owned().into()]).await
}

/// How contacts are found by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// All who are called so, by the inverted index, the newest first.
    Rare,
    /// From the newest contact on.
    Walk,
    /// Through the conversations of somebody who sees little.
    Own,
}

impl Way {
    /// How much is looked through at first: contacts, or conversations of one's own.
    const fn first(self) -> i64 {
        match self {
            Self::Rare => FIRST,
            Self::Walk => STEPS,
            Self::Own => OWN,
        }
    }
}

struct Question<'a> {
    reach: &'a Visibility,
    filters: &'a Filters,
    limit: usize,
}

/// The conversation to show of contact `f`, within reach: parameters 1 to 5; filters: 6 to 8; and how many: 9.
macro_rules! shown {
    ($further:expr) => {
        concat!(
            "cross join lateral (
                 select c.id as conversation_id, c.last_activity_at from conversation c
                 where c.contact_id = f.id and ",
            within!(1, 2, 3, 4, 5),
            " and ($6::uuid is null or c.channel_id = $6) and ($7::uuid is null or c.queue_id = $7)
                  and ($8::text is null or exists (select from conversation_tag t where t.conversation_id = c.id and t.tag = $8))",
            $further,
            " order by (c.state = 'closed'), c.last_activity_at desc limit 1) c"
        )
    };
}
const NAMED: &str = "search_words(name) @@ to_tsquery('simple', $10) and merged_into is null";
/// A contact without a name is shown by their address, which is found as one.
macro_rules! is_named {
    () => {
        "search_words(name) @@ to_tsquery('simple', $10) and merged_into is null and name !~ '^\\+[0-9]+$'"
    };
}

impl Question<'_> {
    fn values(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let Filters { channel, queue, tag, .. } = self.filters;
        let mut values = Vec::from(Reach::of(self.reach).values());
        values.extend([
            channel.map(|id| id.0).into(),
            queue.map(|id| id.0).into(),
            tag.clone().into(),
            i64::try_from(self.limit + 1).unwrap_or(i64::MAX).into(),
        ]);
        values.extend(more);
        values
    }

    async fn by_name(&self, db: &impl ConnectionTrait, tsquery: &str) -> Result<Vec<Hit>, DbErr> {
        let many = expected_names(db, tsquery).await?;
        let (way, sql) = self.way(many);
        let values = |most: i64| self.values([tsquery.to_owned().into(), most.into()]);
        let hits = self.ask(db, sql, values(way.first())).await?;
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        if way != Way::Rare || hits.len() > self.limit || many < FIRST as f64 / 2.0 {
            return Ok(hits);
        }
        self.ask(db, sql, values(ALL)).await
    }

    /// How contacts are found by a name that so many are expected to have.
    fn way(&self, many: f64) -> (Way, &'static str) {
        let few = matches!(self.reach, Visibility::Some { all_in, .. } if all_in.is_empty());
        if few && many > RARE_FOR_FEW {
            let sql = concat!(
                "with own as materialized (",
                own!(2, 3, 5, 11),
                "), f as materialized (
                     select id from contact where id in (select contact_id from own) and ",
                is_named!(),
                ")
                 select f.id as contact_id, c.conversation_id, c.last_activity_at from f ",
                shown!(""),
                " order by c.last_activity_at desc, f.id desc limit $9"
            );
            (Way::Own, sql)
        } else if many > RARE {
            let sql = concat!(
                "select f.id as contact_id, c.conversation_id, c.last_activity_at
                 from (select id, name, merged_into from contact order by id desc limit $11) f ",
                shown!(""),
                " where ",
                is_named!(),
                " order by f.id desc limit $9"
            );
            (Way::Walk, sql)
        } else {
            let sql = concat!(
                "with f as materialized (select id from contact where ",
                is_named!(),
                " order by id desc limit $11)
                 select f.id as contact_id, c.conversation_id, c.last_activity_at from f ",
                shown!(""),
                " order by c.last_activity_at desc, f.id desc limit $9"
            );
            (Way::Rare, sql)
        }
    }

    /// How contacts are found by a piece of their number, where those are whole to see.
    fn by_number(&self, digits: &str, whole: &Visibility) -> (&'static str, Vec<Value>) {
        let [everything, person, unassigned_in, all_in, beside] = Reach::of(whole).values();
        let sql = concat!(
            "with n as materialized (
                 select contact_id as id from identity
                 where value like '%' || $10 || '%' and kind = 'phone' and ended_at is null limit $11),
             f as materialized (select distinct id from n)
             select f.id as contact_id, c.conversation_id, c.last_activity_at from f ",
            shown!(concat!(" and ", within!(12, 13, 14, 15, 16))),
            " order by c.last_activity_at desc, f.id desc limit $9"
        );
        let values = self.values([
            digits.to_owned().into(),
            NUMBERS.into(),
            everything,
            person,
            unassigned_in,
            all_in,
            beside,
        ]);
        (sql, values)
    }

    async fn ask(&self, db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Hit>, DbErr> {
        Hit::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
            .all(db)
            .await
    }
}
