//! How long search takes, by kind of question and by how far somebody sees.

use std::{collections::BTreeSet, time::Instant};

use domain::{Permission, PersonId, Principal, QueueId, Visibility, access::ready_made_roles, typed::Typed};
use inbox::search::{self, Filters, LONGEST, SearchError, contacts, messages, plan::Plan};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection, FromQueryResult, Statement};
use serde_json::json;

/// Kinds of questions, each with a way to make one of it: as SQL that answers with words.
const QUESTIONS: [(&str, &str); 7] = [
    ("commonest", "select word from big_word where n <= 30 order by random() limit $1"),
    ("common", "select word from big_word where n between 30 and 400 order by random() limit $1"),
    ("middling", "select word from big_word where n between 400 and 4000 order by random() limit $1"),
    ("rare", "select word from big_word where n > 4000 order by random() limit $1"),
    ("two_words", "select a.word || ' ' || b.word as word from (select word, row_number() over (order by random()) as n
         from big_word where n < 300) a join (select word, row_number() over (order by random()) as n from big_word
         where n < 8000) b on a.n = b.n limit $1"),
    ("number", "select substr(value, 5 + (random() * 3)::int, 6) as word from identity tablesample system (1) where kind = 'phone' limit $1"),
    ("typo", "select overlay(name placing 'z' from 4 for 1) as word from contact tablesample system (1)
         where name ~ '^[A-Za-z]{5,} ' limit $1"),
];

/// Questions of somebody who comes in the morning: some of each kind.
const FIRST: &str = "select word from (select word, row_number() over (partition by n / 400 order by random()) as n from big_word
    where n < 8000) of_each where n = 1 order by random() limit $1";

async fn words(db: &DatabaseConnection, sql: &str, many: i64) -> Vec<String> {
    #[derive(FromQueryResult)]
    struct Word {
        word: String,
    }
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, [many.into()]);
    Word::find_by_statement(statement)
        .all(db)
        .await
        .expect("words")
        .into_iter()
        .map(|Word { word }| word)
        .collect()
}

/// Somebody of the house.
async fn somebody(db: &DatabaseConnection, role: usize, n: i64) -> Principal {
    #[derive(FromQueryResult)]
    struct Who {
        id: PersonId,
        serves: Vec<uuid::Uuid>,
        team: Vec<uuid::Uuid>,
    }
    let who = Who::find_by_statement(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "select id, array(select queue_id from queue_member where person_id = person.id) as serves,
             array(select q.queue_id from team_member t join queue_team q on q.team_id = t.team_id
                   where t.person_id = person.id) as team
         from person where email = 'p' || $1::bigint || '@big.test'",
        [n.into()],
    ))
    .one(db)
    .await
    .expect("ask")
    .expect("somebody");
    let queues = |ids: Vec<uuid::Uuid>| ids.into_iter().map(QueueId).collect::<BTreeSet<_>>();
    let grants = ready_made_roles()[role].1.clone();
    Principal {
        person: who.id,
        grants,
        serves: queues(who.serves),
        team_queues: queues(who.team),
        shares: [].into(),
    }
}

/// What search reads.
const READ: [&str; 8] = [
    "search_entry",
    "search_entry_pkey",
    "search_entry_words",
    "search_entry_conversation",
    "conversation",
    "conversation_pkey",
    "contact",
    "message_pkey",
];

/// The first questions after a start, and then, with what search reads in memory as in a house that has been open for a while, so many of each
/// kind as each of them; or as this one only, and of this kind only.
pub async fn measure(db: &DatabaseConnection, many: i64, only: Option<&str>, of: Option<&str>) {
    let agent = somebody(db, 0, 9).await;
    let mut report = Report::default();
    for word in words(db, FIRST, 10).await {
        report.ask(db, &agent, &agent.reach(Permission::ConversationRead), &word).await;
    }
    println!("{}", report.json("agent", "first"));
    db.execute_unprepared("create extension if not exists pg_prewarm").await.expect("pg_prewarm");
    for relation in READ {
        db.execute_unprepared(&format!("select pg_prewarm('{relation}', 'read')")).await.expect("read it");
    }
    for (who, role, n) in [("agent", 0, 7), ("supervisor", 1, 501), ("admin", 2, 508)] {
        if only.is_some_and(|only| only != who) {
            continue;
        }
        let by = somebody(db, role, n).await;
        let reach = by.reach(Permission::ConversationRead);
        for (kind, sql) in QUESTIONS {
            if of.is_some_and(|of| of != kind) {
                continue;
            }
            let mut report = Report::default();
            for word in words(db, sql, many).await {
                report.ask(db, &by, &reach, &word).await;
            }
            println!("{}", report.json(who, kind));
        }
    }
}

#[derive(Default)]
struct Report {
    times: Vec<f64>,
    contacts: Vec<f64>,
    full: usize,
    empty: usize,
    cut: usize,
    given_up: usize,
    slowest: Vec<(f64, String)>,
}

impl Report {
    async fn ask(&mut self, db: &DatabaseConnection, by: &Principal, reach: &Visibility, word: &str) {
        let (typed, filters) = (Typed::parse(word), Filters::default());
        let began = Instant::now();
        let tx = search::begin(db, LONGEST).await.expect("begin");
        let found = messages::find(&tx, reach, &typed, &filters, None, 30).await;
        let messages = began.elapsed().as_secs_f64() * 1e3;
        let people = match &found {
            Ok(_) => contacts::find(&tx, by, Permission::ConversationRead, &typed, &filters, 6).await,
            Err(_) => Err(SearchError::TooBroad),
        };
        let all = began.elapsed().as_secs_f64() * 1e3;
        self.contacts.push(all - messages);
        self.times.push(all);
        self.slowest.push((all, word.to_owned()));
        let (found, people) = match (found, people) {
            (Err(SearchError::TooBroad), _) | (_, Err(SearchError::TooBroad)) => return self.given_up += 1,
            (found, people) => (found.expect("messages"), people.expect("contacts")),
        };
        self.full += usize::from(found.more.is_some() && !found.cut);
        self.empty += usize::from(found.hits.is_empty() && people.hits.is_empty());
        self.cut += usize::from(found.cut);
    }

    fn json(mut self, who: &str, kind: &str) -> serde_json::Value {
        self.times.sort_by(f64::total_cmp);
        self.contacts.sort_by(f64::total_cmp);
        self.slowest.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        self.slowest.truncate(4);
        json!({
            "scenario": "search", "as": who, "kind": kind, "questions": self.times.len(),
            "p50_ms": at(&self.times, 0.5), "p95_ms": at(&self.times, 0.95), "p99_ms": at(&self.times, 0.99),
            "contacts_p99_ms": at(&self.contacts, 0.99),
            "full_pages": self.full, "nothing": self.empty, "cut_short": self.cut,
            "given_up": self.given_up,
            "slowest": self.slowest.iter().map(|(ms, words)| format!("{words} {ms:.0}")).collect::<Vec<_>>(),
        })
    }
}

/// The time below which a share of sorted times is, to the tenth of a millisecond.
fn at(times: &[f64], share: f64) -> f64 {
    let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
    (times.get(place).copied().unwrap_or_default() * 10.0).round() / 10.0
}

/// How Postgres goes about one question.
pub async fn explain(db: &DatabaseConnection, role: usize, n: i64, word: &str) {
    let by = somebody(db, role, n).await;
    let reach = by.reach(Permission::ConversationRead);
    for plan in [Plan::Rare, Plan::Walk, Plan::Own] {
        let how = messages::explain(db, plan, &reach, &Typed::parse(word), 30).await;
        println!("{plan:?}\n{}", how.unwrap_or_else(|error| error.to_string()));
    }
}
