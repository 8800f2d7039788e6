//! Pages of lists, by key.
//!
//! A page reads its places first, from `conversation` and what the filter needs, and names and tags only for the few it
//! shows. What is open is a small part of all there ever was and has indexes of its own (`where state <> 'closed'`);
//! what is closed is walked from its end, one way for each way in which somebody may see it.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationId, List, PersonId, QueueId, Sort, View, Visibility, list::CLOSING};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};

pub use super::place::{Drawn, Place};
use super::{
    conversations::{ConversationLine, select},
    place::{NEVER, activity_of},
};
use crate::rows::{self, Reach, within};

/// Of what may be at risk so many are looked at with each question, and so many questions are asked at most for a page:
/// whether it is depends on opening hours, which the database does not know.
const LOOKED_AT: u64 = 200;
const LOOKS: usize = 10;
/// Whether it is our turn: what is over waits for nobody ([`ConversationLine::turn`]).
const OURS: &str = "(c.must_act = 'agent' and c.state <> 'closed')";
/// What is over may be everything there ever was: for a filter so many of it are looked through with each question.
const LOOKED_THROUGH: u64 = 2000;

/// What is asked of a list.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// By whom.
    pub person: PersonId,
    /// What they may see.
    pub reach: &'a Visibility,
    /// Whether they see addresses whole, wherever they see a conversation: then those can be looked for.
    pub addresses: bool,
    /// Which list, and what of it.
    pub view: &'a View,
    /// In which order.
    pub sort: Sort,
    /// After which place; `None` from the beginning.
    pub after: Option<Place>,
    /// How many, at least 1.
    pub limit: u64,
    /// The moment for which it is asked.
    pub now: DateTime<Utc>,
}

/// A stretch of a list.
#[derive(Debug)]
pub struct Page {
    /// The conversations, in order.
    pub lines: Vec<ConversationLine>,
    /// After which place it goes on, if it does.
    pub more: Option<Place>,
}

/// A statement in the making: the person is `$1` and their reach `$2` to `$6`.
struct Sql {
    values: Vec<Value>,
}

impl Sql {
    fn of(ask: &Ask<'_>) -> Self {
        let mut values = vec![ask.person.into()];
        values.extend(Reach::of(ask.reach).values());
        Self { values }
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// One stretch of a list.
///
/// # Errors
/// When the database fails.
pub async fn page(db: &impl ConnectionTrait, ask: &Ask<'_>) -> Result<Page, DbErr> {
    match ask.view.list {
        // Nothing that is over is late any more, nor waits.
        List::Closed if ask.view.filter.at_risk || ask.view.filter.waits.is_some() => {
            return Ok(Page { lines: Vec::new(), more: None });
        }
        List::Closed if !ask.view.filter.is_empty() => return looked_through(db, ask).await,
        _ => {}
    }
    if !ask.view.filter.at_risk {
        let mut lines = stretch(db, ask, ask.after, ask.limit + 1).await?;
        let more = lines.len() as u64 > ask.limit;
        lines.truncate(usize::try_from(ask.limit).unwrap_or(usize::MAX));
        let more = lines.last().filter(|_| more).map(|line| Place::of(line, ask));
        return Ok(Page { lines, more });
    }
    let (mut found, mut after) = (Vec::new(), ask.after);
    for _ in 0..LOOKS {
        let lines = stretch(db, ask, after, LOOKED_AT).await?;
        let ended = (lines.len() as u64) < LOOKED_AT;
        for line in lines {
            after = Some(Place::of(&line, ask));
            let facts = line.facts();
            if line.listed(&facts, false, ask.now).at_risk {
                found.push(line);
                if found.len() as u64 == ask.limit {
                    return Ok(Page { lines: found, more: after });
                }
            }
        }
        if ended {
            return Ok(Page { lines: found, more: None });
        }
    }
    Ok(Page { lines: found, more: after })
}

async fn stretch(
    db: &impl ConnectionTrait,
    ask: &Ask<'_>,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<ConversationLine>, DbErr> {
    let mut sql = Sql::of(ask);
    let mut asked = wanted(ask, &mut sql);
    asked.push_str(&closely(ask, &mut sql));
    let places = places(ask, &mut sql, "c.id", &asked, after, limit);
    let order = order(ask.view.list, "place.");
    select(db, &format!("{places} place join conversation c on c.id = place.id"), &order, sql.values).await
}

/// What a filter lets through of what is over, from its end on, a part of it with each question: whatever is asked, a
/// page reads no more than that.
async fn looked_through(db: &impl ConnectionTrait, ask: &Ask<'_>) -> Result<Page, DbErr> {
    #[derive(FromQueryResult)]
    struct Looked {
        id: uuid::Uuid,
        fits: bool,
        #[sea_orm(nested)]
        place: Place,
    }
    let (mut found, mut after) = (Vec::new(), ask.after);
    let full = |found: &Vec<uuid::Uuid>| found.len() as u64 >= ask.limit;
    for _ in 0..LOOKS {
        let mut sql = Sql::of(ask);
        let places = places(ask, &mut sql, "c.*", "", after, LOOKED_THROUGH);
        let filter = wanted(ask, &mut sql) + &closely(ask, &mut sql);
        // Those that pass, and the last that was looked at, if there may be more behind it.
        let text = format!(
            "with c as materialized {places}
             (select id, true as fits, key, at as activity, position from c where true {filter} {order} limit {missing})
             union all (select id, false, key, at, position from c {order} offset {last} limit 1)",
            order = order(ask.view.list, ""),
            missing = ask.limit - found.len() as u64,
            last = LOOKED_THROUGH - 1,
        );
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, text, sql.values);
        after = None;
        for Looked { id, fits, place } in Looked::find_by_statement(statement).all(db).await? {
            if fits {
                found.push(id);
            }
            if fits == full(&found) {
                after = Some(place);
            }
        }
        if full(&found) || after.is_none() {
            break;
        }
    }
    let mut sql = Sql::of(ask);
    let found = sql.bind(found);
    let from =
        format!("unnest({found}) with ordinality place (id, n) join conversation c on c.id = place.id");
    let seen = concat!("where ", within!(2, 3, 4, 5, 6), " order by place.n");
    Ok(Page { lines: select(db, &from, seen, sql.values).await?, more: after })
}

/// What was closed last stands first; by all other keys the smallest does.
fn order(list: List, of: &str) -> String {
    let direction = if list == List::Closed { "desc" } else { "asc" };
    format!("order by {of}key {direction}, {of}at desc, {of}position desc, {of}id")
}

/// The places of a list after one of them, with some columns, as a subselect. How many is written into it and not bound:
/// no plan for any number of them is good.
fn places(
    ask: &Ask<'_>,
    sql: &mut Sql,
    columns: &str,
    asked: &str,
    after: Option<Place>,
    limit: u64,
) -> String {
    let key = match ask.sort {
        Sort::Newest if ask.view.list == List::Closed => "c.closed_at".to_owned(),
        Sort::Newest => format!("{}::timestamptz", sql.bind(DateTime::UNIX_EPOCH)),
        Sort::Longest => {
            format!(
                "case when {OURS} then c.must_act_since else c.must_act_since + interval '36500 days' end"
            )
        }
        Sort::Due => format!("coalesce(c.due_at, {})", sql.bind(NEVER)),
        Sort::Window => {
            let (now, never) = (sql.bind(ask.now), sql.bind(NEVER));
            format!("case when c.window_until > {now} then c.window_until else {never} end")
        }
    };
    let order = order(ask.view.list, "");
    let active = activity_of(ask.view.list);
    let follows = if ask.view.list == List::Closed { "<" } else { ">" };
    let mut asked = asked.to_owned();
    if let Some(Place { key: at, activity, position }) = after {
        let (at, activity, position) = (sql.bind(at), sql.bind(activity), sql.bind(position));
        asked.push_str(&format!(
            " and {key} {follows}= {at} and ({key} {follows} {at} or ({key} = {at} and ({active}, c.last_position) < ({activity}, {position})))"
        ));
    }
    let ways: Vec<String> = ways(ask, sql)
        .iter()
        .map(|way| {
            format!(
                "(select {columns}, {key} as key, {active} as at, c.last_position as position from {way}
                      and {within} {asked}
                  {order} limit {limit})",
                within = concat!("(", within!(2, 3, 4, 5, 6), ")"),
            )
        })
        .collect();
    format!(
        "(select distinct on (key, at, position, id) * from ({}) found {order} limit {limit})",
        ways.join(" union all "),
    )
}

/// Where to look: for what is closed one way for each way in which the person may see it, each by an index of its own
/// and in its order. Each queue is one: of a few quiet ones among many, an index of all would be read to its end.
fn ways(ask: &Ask<'_>, sql: &mut Sql) -> Vec<String> {
    let asked = &ask.view.filter.queues;
    let way = match ask.view.list {
        List::Mine => "conversation c where c.state = 'assigned' and c.assignee_id = $1",
        List::Waiting => "conversation c where c.state = 'queued'",
        List::Snoozed => "conversation c where c.state = 'snoozed'",
        List::All => "conversation c where c.state <> 'closed'",
        List::Mentions => {
            "conversation c
             where c.id in (select mention.conversation_id from mention where mention.person_id = $1)"
        }
        List::Closed => {
            let in_queue = |queue: &QueueId| {
                format!("conversation c where c.state = 'closed' and c.queue_id = {}", sql.bind(queue.0))
            };
            match ask.reach {
                Visibility::Nothing => "conversation c where false",
                Visibility::Everything if !asked.is_empty() => return asked.iter().map(in_queue).collect(),
                Visibility::Everything => "conversation c where c.state = 'closed'",
                Visibility::Some { all_in, beside, .. } => {
                    let mut ways =
                        vec!["conversation c where c.state = 'closed' and c.last_holder_id = $1".to_owned()];
                    let wanted = |queue: &&QueueId| asked.is_empty() || asked.contains(queue);
                    ways.extend(all_in.iter().filter(wanted).map(in_queue));
                    if *beside {
                        ways.push(
                            "conversation held join conversation c on c.contact_id = held.contact_id and c.state = 'closed'
                             where held.state = 'assigned' and held.assignee_id = $1"
                                .to_owned(),
                        );
                    }
                    return ways;
                }
            }
        }
    };
    vec![way.to_owned()]
}

/// What the filter asks of the conversation itself, as SQL on `conversation c`.
fn wanted(ask: &Ask<'_>, sql: &mut Sql) -> String {
    let filter = &ask.view.filter;
    let mut asked = String::new();
    let mut and = |text: String| {
        asked.push_str(" and ");
        asked.push_str(&text);
    };
    if !filter.queues.is_empty() {
        let queues: Vec<uuid::Uuid> = filter.queues.iter().map(|queue| queue.0).collect();
        and(format!("c.queue_id = any({})", sql.bind(queues)));
    }
    if !filter.channels.is_empty() {
        let channels: Vec<uuid::Uuid> = filter.channels.iter().map(|channel| channel.0).collect();
        and(format!("c.channel_id = any({})", sql.bind(channels)));
    }
    if filter.unread {
        and("c.inbound_count > coalesce((select m.inbound_count from read_mark m
             where m.conversation_id = c.id and m.person_id = $1), 0)"
            .to_owned());
    }
    if filter.at_risk {
        and("c.state <> 'closed' and (c.due_at is not null or c.must_act = 'agent')".to_owned());
    }
    if filter.closing {
        let (now, until) = (sql.bind(ask.now), sql.bind(ask.now + CLOSING));
        and(format!("c.window_until > {now} and c.window_until < {until}"));
    }
    if filter.vip {
        and("(select contact.vip from contact where contact.id = c.contact_id)".to_owned());
    }
    if let Some(minutes) = filter.waits {
        let since = sql.bind(ask.now - TimeDelta::minutes(i64::from(minutes)));
        and(format!("{OURS} and c.must_act_since < {since}"));
    }
    asked
}

/// What the filter asks that no index knows: tags and words.
fn closely(ask: &Ask<'_>, sql: &mut Sql) -> String {
    let filter = &ask.view.filter;
    let mut asked = String::new();
    if !filter.tags.is_empty() {
        let tags: Vec<String> = filter.tags.iter().cloned().collect();
        asked.push_str(&format!(
            " and exists (select from conversation_tag t where t.conversation_id = c.id and t.tag = any({}))",
            sql.bind(tags)
        ));
    }
    if let Some(text) = &filter.text {
        asked.push_str(&format!(" and {}", says(ask, sql, text)));
    }
    asked
}

/// The words in a name or in what was said last, whatever their accents; and some digits of an address, for those who
/// see addresses. A name that is an address is one.
fn says(ask: &Ask<'_>, sql: &mut Sql, text: &str) -> String {
    let words = sql.bind(text);
    // What was asked is folded once, not for each row.
    let within =
        |what: &str| format!("position((select lower(unaccent({words}))) in lower(unaccent({what}))) > 0");
    let name =
        if ask.addresses { "contact.name" } else { "regexp_replace(contact.name, '^[+0-9 ().-]+$', '')" };
    let mut either = vec![
        within("coalesce(c.last_text, '')"),
        format!("exists (select from contact where contact.id = c.contact_id and {})", within(name)),
    ];
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if ask.addresses && digits.len() >= 3 {
        let digits = sql.bind(digits);
        either.push(format!(
            "exists (select from identity i where i.contact_id = c.contact_id and position({digits} in i.value) > 0)"
        ));
    }
    format!("({})", either.join(" or "))
}

#[derive(FromQueryResult)]
struct Mentioned {
    person_id: PersonId,
    conversation_id: ConversationId,
}

/// Which of some people were mentioned in which of some conversations.
///
/// # Errors
/// When the database fails.
pub async fn mentioned(
    db: &impl ConnectionTrait,
    people: &[PersonId],
    conversations: &[ConversationId],
) -> Result<BTreeSet<(PersonId, ConversationId)>, DbErr> {
    let people: Vec<uuid::Uuid> = people.iter().map(|person| person.0).collect();
    let conversations: Vec<uuid::Uuid> = conversations.iter().map(|one| one.0).collect();
    let found: Vec<Mentioned> = rows::all(
        db,
        "select distinct person_id, conversation_id from mention
         where person_id = any($1) and conversation_id = any($2)",
        [people.into(), conversations.into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| (row.person_id, row.conversation_id)).collect())
}
