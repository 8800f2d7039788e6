//! Messages and notes by their words.

use chrono::{DateTime, Datelike as _, Utc};
use domain::{ConversationId, Visibility, typed::Typed};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult,
    Statement, Value,
};
use uuid::Uuid;

use super::{
    Filters, LONGEST, Place, SearchError, begin, explained, own,
    plan::{Plan, Rarity, choose, instead},
};
use crate::rows::{Reach, within};

/// Entries of a page, so many times, that the first months should have.
const SPARE: f64 = 8.0;
const SPARE_IN_A_PART: f64 = 40.0;
/// So many months more with each look back.
const FURTHER: usize = 4;
/// Entries that one look reads: more of them than that are not rare, whatever was expected.
const MOST: i64 = 20_000;
/// Rows that one walk reads at most; a page that is not full by then says so.
const STEPS: i64 = 150_000;
/// Closed conversations of their own that an agent's walk reads.
const OWN: i64 = 4_000;
/// Later than all that was ever said.
const END: i64 = 253_370_764_800;

/// A message or note that was found.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Hit {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Which message or note.
    pub id: Uuid,
    /// Where.
    pub conversation_id: ConversationId,
    /// Of the message; `note`.
    pub kind: String,
    /// `in`, `out`; none for a note.
    pub direction: Option<String>,
    /// Its words; none for a file without a caption.
    pub body: Option<String>,
    /// The name of the file in it.
    pub file_name: Option<String>,
    /// Who wrote it, of ours.
    pub author: Option<String>,
}

/// A page of what was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// There is more: go on before this.
    pub more: Option<Place>,
    /// Nothing older was looked at, because so many rows were read; going on reads on.
    pub cut: bool,
}

/// The newest messages and notes within `reach` that have all the words, before a place, at most `limit`. The
/// transaction is one of [`begin`].
///
/// # Errors
/// [`SearchError::TooBroad`] when a statement takes too long; or when the database fails.
pub async fn find(
    tx: &DatabaseTransaction,
    reach: &Visibility,
    typed: &Typed,
    filters: &Filters,
    before: Option<Place>,
    limit: usize,
) -> Result<Found, SearchError> {
    if *reach == Visibility::Nothing || typed.tsquery().is_empty() {
        return Ok(Found::default());
    }
    let rarity = Rarity::of(tx, typed).await?;
    let question = Question { reach, typed, filters, before, limit };
    let found = match choose(rarity.rarest(), rarity.all, reach) {
        Plan::Rare => match question.rare(tx, &rarity).await? {
            Some(found) => found,
            None => question.run(tx, instead(reach)).await?,
        },
        plan => question.run(tx, plan).await?,
    };
    Ok(complete(tx, found).await?)
}

/// How Postgres goes about a plan, for tests and for who wonders.
///
/// # Errors
/// When the database fails.
pub async fn explain(
    db: &DatabaseConnection,
    plan: Plan,
    reach: &Visibility,
    typed: &Typed,
    limit: usize,
) -> Result<String, DbErr> {
    let tx = begin(db, LONGEST).await?;
    let question = Question { reach, typed, filters: &Filters::default(), before: None, limit };
    let months = question.months(&tx).await?;
    let rarity = Rarity::of(&tx, typed).await?;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred months")]
    let index = rarity.index(1.0 / months.len().max(1) as f64, MOST as f64).unwrap_or_default();
    let (sql, values) = question.sql(plan, &index, Some(&months[..months.len().min(1)]));
    explained(&tx, sql, values).await
}

struct Question<'a> {
    reach: &'a Visibility,
    typed: &'a Typed,
    filters: &'a Filters,
    before: Option<Place>,
    limit: usize,
}

/// What is found before it is read.
#[derive(Default)]
struct Places {
    places: Vec<Place>,
    more: Option<Place>,
    cut: bool,
}

#[derive(Debug, Clone, Copy, FromQueryResult)]
struct Row {
    at: Option<DateTime<Utc>>,
    id: Option<Uuid>,
    taken: i64,
}

/// Whether the conversation of `e` is within reach and is as the filters ask: parameters 1 to 5, and 6 to 9.
macro_rules! seen {
    () => {
        concat!(
            "cross join lateral (
                 select from conversation c where c.id = e.conversation_id and ",
            within!(1, 2, 3, 4, 5),
            " and ($6::uuid is null or c.channel_id = $6) and ($7::uuid is null or c.queue_id = $7)
                  and ($8::uuid is null or e.author_id = $8 or c.assignee_id = $8 or c.last_holder_id = $8)
                  and ($9::text is null or exists (select from conversation_tag t where t.conversation_id = c.id and t.tag = $9))
                 offset 0) c"
        )
    };
}

/// The words, and what else is asked of an entry: parameters 10 to 12. Written as a function, so that no index is asked.
macro_rules! asked {
    () => {
        "ts_match_vq(e.words, to_tsquery('simple', $10)) and ($11::text is null or e.direction = $11)
         and (cardinality($12::text[]) = 0 or e.kind = any($12))"
    };
}
macro_rules! between {
    () => {
        "(at, id) < ($13::timestamptz, $14::uuid) and ($15::timestamptz is null or at >= $15)"
    };
}

impl Question<'_> {
    fn values(&self, more: impl IntoIterator<Item = Value>) -> Vec<Value> {
        let Filters { channel, queue, person, tag, from, direction, kinds, .. } = self.filters;
        let end = || Place { at: DateTime::from_timestamp(END, 0).unwrap_or_default(), id: Uuid::max() };
        let before = self.end().unwrap_or_else(end);
        let mut values = Vec::from(Reach::of(self.reach).values());
        values.extend([
            channel.map(|id| id.0).into(),
            queue.map(|id| id.0).into(),
            person.map(|id| id.0).into(),
            tag.clone().into(),
            self.typed.tsquery().into(),
            direction.map(|direction| direction.word().to_owned()).into(),
            kinds.clone().into(),
            before.at.into(),
            before.id.into(),
            (*from).into(),
        ]);
        values.extend(more);
        values
    }

    /// Before what it is looked, if not from the end.
    fn end(&self) -> Option<Place> {
        let until = self.filters.until.map(|at| Place { at, id: Uuid::nil() });
        match (self.before, until) {
            (Some(one), Some(other)) if other.at < one.at => Some(other),
            (one, other) => one.or(other),
        }
    }

    fn one_more(&self) -> Value {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX).into()
    }

    /// A plan as SQL. The index is asked for these words, and for some months; `None`: for all time.
    fn sql(&self, plan: Plan, index: &str, months: Option<&[String]>) -> (&'static str, Vec<Value>) {
        match plan {
            Plan::Rare => (
                concat!(
                    "with found as materialized (
                         select at, id, conversation_id, author_id from search_entry e where ",
                    "e.words @@ to_tsquery('simple', $19) and ($18::text is null or e.words @@ $18::text::tsquery) and ",
                    asked!(),
                    " and ",
                    between!(),
                    " limit $17), many as (select count(*) as taken from found)
                     select at, id, taken from many left join (
                         select e.at, e.id from found e ",
                    seen!(),
                    " order by e.at desc, e.id desc limit $16) one on true order by at desc, id desc"
                ),
                self.values([
                    self.one_more(),
                    (MOST + 1).into(),
                    months.map(|months| months.join(" | ")).into(),
                    index.to_owned().into(),
                ]),
            ),
            Plan::Walk => (
                concat!(
                    "select e.at, e.id, 0::bigint as taken
                     from (select * from search_entry where ",
                    between!(),
                    " order by at desc, id desc limit $17) e ",
                    seen!(),
                    " where ",
                    asked!(),
                    " order by e.at desc, e.id desc limit $16"
                ),
                self.values([self.one_more(), STEPS.into()]),
            ),
            Plan::Own => (
                concat!(
                    "with own as materialized (",
                    own!(2, 3, 5, 17),
                    "), many as (select count(*) as taken from own)
                     select at, id, taken from many left join (
                         select e.at, e.id
                         from own cross join lateral (
                             select * from search_entry e where e.conversation_id = own.id and ",
                    asked!(),
                    " and ",
                    between!(),
                    " offset 0) e ",
                    seen!(),
                    " order by e.at desc, e.id desc limit $16) one on true order by at desc, id desc"
                ),
                self.values([self.one_more(), OWN.into()]),
            ),
        }
    }

    /// The months between the newest and the oldest entry asked for, the newest first.
    async fn months(&self, db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
        #[derive(FromQueryResult)]
        struct Ends {
            newest: Option<DateTime<Utc>>,
            oldest: Option<DateTime<Utc>>,
        }
        let ends = Ends::find_by_statement(Statement::from_string(
            DatabaseBackend::Postgres,
            "select max(at) as newest, min(at) as oldest from search_entry",
        ))
        .one(db)
        .await?;
        let Some((newest, oldest)) = ends.and_then(|ends| ends.newest.zip(ends.oldest)) else {
            return Ok(Vec::new());
        };
        let newest = self.end().map_or(newest, |end| end.at.min(newest));
        let oldest = self.filters.from.map_or(oldest, |from| from.max(oldest));
        let month = |at: DateTime<Utc>| at.year() * 12 + at.month0().cast_signed();
        let months = month(oldest)..=month(newest);
        Ok(months
            .rev()
            .map(|month| format!("'~{:04}{:02}'", month.div_euclid(12), month.rem_euclid(12) + 1))
            .collect())
    }

    /// From the newest months on, more with each look, until there are enough. `None`: they are not rare after all.
    async fn rare(&self, db: &impl ConnectionTrait, rarity: &Rarity) -> Result<Option<Places>, DbErr> {
        let months = self.months(db).await?;
        #[expect(clippy::cast_precision_loss, reason = "a few hundred months, and a page")]
        let (all, page) = (months.len() as f64, self.limit as f64);
        let spare = match self.reach {
            Visibility::Everything => SPARE,
            Visibility::Some { all_in, .. } if !all_in.is_empty() => SPARE_IN_A_PART,
            _ => f64::INFINITY,
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between one and all of them"
        )]
        let mut step = (page * spare / rarity.all.max(1.0) * all).ceil().clamp(1.0, all.max(1.0)) as usize;
        #[expect(clippy::cast_precision_loss, reason = "a few hundred months")]
        let Some(index) = rarity.index(step as f64 / all.max(1.0), MOST as f64) else { return Ok(None) };
        let mut rest = months.as_slice();
        let mut rows: Vec<Row> = Vec::new();
        while !rest.is_empty() && rows.len() <= self.limit {
            let (these, others) = rest.split_at(step.min(rest.len()));
            rest = others;
            step *= FURTHER;
            let these = Some(these).filter(|these| these.len() < months.len());
            let (sql, values) = self.sql(Plan::Rare, &index, these);
            let some = ask(db, sql, values).await?;
            if some.first().is_some_and(|row| row.taken > MOST) {
                return Ok(None);
            }
            rows.extend(some.into_iter().filter(|row| row.id.is_some()));
        }
        Ok(Some(self.page(&rows, false)))
    }

    async fn run(&self, db: &impl ConnectionTrait, plan: Plan) -> Result<Places, DbErr> {
        let (sql, values) = self.sql(plan, "", None);
        let rows = ask(db, sql, values).await?;
        let taken = rows.first().map_or(0, |row| row.taken);
        if plan == Plan::Own {
            // Whoever has closed more than that finds what is common among the newest of them.
            return Ok(self.page(&rows, taken >= OWN && rows.len() <= self.limit));
        }
        if rows.len() > self.limit {
            return Ok(self.page(&rows, false));
        }
        // The page is not full: either that was all, or the walk ended first.
        let values = self.values([]);
        let last = ask(
            db,
            "select at, id, 0::bigint as taken from search_entry
             where (at, id) < ($1::timestamptz, $2::uuid) and ($3::timestamptz is null or at >= $3)
             order by at desc, id desc offset $4 limit 1",
            vec![values[12].clone(), values[13].clone(), values[14].clone(), (STEPS - 1).into()],
        )
        .await?;
        let end = last.first().and_then(Row::place);
        let page = self.page(&rows, end.is_some());
        Ok(Places { more: end, ..page })
    }

    fn page(&self, rows: &[Row], cut: bool) -> Places {
        let mut places: Vec<Place> = rows.iter().filter_map(Row::place).collect();
        let more = places.len() > self.limit;
        places.truncate(self.limit);
        Places { more: places.last().copied().filter(|_| more), places, cut }
    }
}

impl Row {
    fn place(&self) -> Option<Place> {
        Some(Place { at: self.at?, id: self.id? })
    }
}

async fn ask(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DbErr> {
    Row::find_by_statement(Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values))
        .all(db)
        .await
}

/// Read what stands at those places.
async fn complete(db: &impl ConnectionTrait, places: Places) -> Result<Found, DbErr> {
    let Places { places, more, cut } = places;
    if places.is_empty() {
        return Ok(Found { hits: Vec::new(), more, cut });
    }
    let ids: Vec<Uuid> = places.iter().map(|place| place.id).collect();
    let hits = Hit::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "select m.written_at as at, m.id, m.conversation_id, m.kind, m.direction, m.body, f.name as file_name,
             author.name as author
         from message m
         left join person author on author.id = m.author_id
         left join lateral (select name from file where file.message_id = m.id order by file.id limit 1) f on true
         where m.id = any($1) and m.revoked_at is null and m.applied_to is null
         union all
         select n.written_at, n.id, n.conversation_id, 'note', null, n.body, null, person.name
         from note n join person on person.id = n.author_id where n.id = any($1)
         order by 1 desc, 2 desc",
        [ids.into()],
    ))
    .all(db)
    .await?;
    Ok(Found { hits, more, cut })
}
