//! How many decisions a second the dispatcher persists: 10,000 conversations wait for 500 agents with 40 skills, who
//! become free at random, while 50 of them also click *take* on the same rows. Run by `cargo xtask bench routing`.
#![expect(clippy::expect_used, reason = "a benchmark that can't go on ends at once")]
#![expect(clippy::print_stdout, reason = "the report is its output")]
#![expect(clippy::cast_possible_truncation, reason = "throws are small numbers")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::Utc;
use domain::{ContactId, ConversationId, PersonId, Principal, QueueId, SkillId, access::ready_made_roles};
use embedded_postgres::{DataDir, Server, Settings};
use inbox::{assignment, dispatcher};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, FromQueryResult,
    Statement, TransactionTrait as _, Value,
};
use serde_json::json;

const WAITING: usize = 10_000;
const AGENTS: usize = 500;
const SKILLS: usize = 40;
const QUEUES: usize = 5;
const TAKERS: usize = 50;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    let folder = std::env::args().nth(2).unwrap_or_else(|| "target/bench-routing".to_owned());
    let dir = DataDir::resolve(folder.as_ref()).expect("a folder for the database");
    let server = Server::start(&dir, &Settings::default()).expect("a Postgres of our own");
    let url = server.url("bandeja");
    tokio::runtime::Runtime::new().expect("a runtime").block_on(bench(&url, Duration::from_secs(seconds)));
    server.stop().expect("Postgres stops");
    dir.remove().expect("its folder goes");
}

async fn bench(url: &str, length: Duration) {
    let mut options = ConnectOptions::new(url);
    options.max_connections(16).sqlx_logging(false);
    let db = Database::connect(options).await.expect("a connection");
    migrations::up(&db).await.expect("the schema");
    let floor = Arc::new(Floor::build(&db).await);
    floor.fill(&db, WAITING).await;
    run(&db, "vacuum analyze", []).await;

    let stop = Arc::new(AtomicBool::new(false));
    let (taken, too_late) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let takers: Vec<_> = (0..TAKERS)
        .map(|at| {
            tokio::spawn(take(db.clone(), floor.clone(), at, stop.clone(), taken.clone(), too_late.clone()))
        })
        .collect();

    let (began, mut deciding, mut given) = (Instant::now(), Duration::ZERO, 0);
    let mut passes: Vec<f64> = Vec::new();
    while began.elapsed() < length {
        let pass = Instant::now();
        given += dispatcher::step(&db, Utc::now()).await.expect("a pass").given;
        deciding += pass.elapsed();
        passes.push(pass.elapsed().as_secs_f64() * 1_000.0);
        let freed = floor.free_some(&db).await;
        floor.fill(&db, freed).await;
    }
    let wall = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    for taker in takers {
        taker.await.expect("a taker");
    }
    passes.sort_by(f64::total_cmp);
    let report = json!({
        "scenario": "routing",
        "waiting": WAITING, "agents": AGENTS, "skills": SKILLS, "takers": TAKERS,
        "decisions": given, "passes": passes.len(),
        "decisions_per_second_in_passes": given as f64 / deciding.as_secs_f64(),
        "decisions_per_second_of_the_whole_run": given as f64 / wall.as_secs_f64(),
        "pass_p50_ms": passes.get(passes.len() / 2), "pass_max_ms": passes.last(),
        "taken_by_hand": taken.load(Ordering::Relaxed), "clicked_too_late": too_late.load(Ordering::Relaxed),
        "errors": floor.errors(&db).await,
    });
    println!("{report}");
}

/// Who is there and what they can do.
struct Floor {
    queues: Vec<QueueId>,
    agents: Vec<Agent>,
    channel: domain::ChannelId,
    dice: std::sync::Mutex<u64>,
}

struct Agent {
    person: PersonId,
    queues: Vec<QueueId>,
    skills: BTreeMap<SkillId, u8>,
}

impl Floor {
    async fn build(db: &DatabaseConnection) -> Self {
        let mut floor = Self {
            queues: (0..QUEUES).map(|_| QueueId::new()).collect(),
            agents: Vec::new(),
            channel: domain::ChannelId::new(),
            dice: std::sync::Mutex::new(42),
        };
        let skills: Vec<SkillId> = (0..SKILLS).map(|_| SkillId::new()).collect();
        for (n, queue) in floor.queues.iter().enumerate() {
            run(
                db,
                "insert into queue (id, name) values ($1, $2)",
                [(*queue).into(), format!("q{n}").into()],
            )
            .await;
        }
        for (n, skill) in skills.iter().enumerate() {
            run(
                db,
                "insert into skill (id, name) values ($1, $2)",
                [(*skill).into(), format!("s{n}").into()],
            )
            .await;
        }
        run(
            db,
            "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
             values ($1, 'whatsapp_cloud', 'Bench', '+5115550100', 'phone_number_id:1', 'waba:1', $2)",
            [floor.channel.into(), floor.queues[0].into()],
        )
        .await;
        let role = domain::RoleId::new();
        run(db, "insert into role (id, name) values ($1, 'agent')", [role.into()]).await;
        for n in 0..AGENTS {
            let person = PersonId::new();
            run(
                db,
                "insert into person (id, email, name, role_id) values ($1, $2, $2, $3)",
                [person.into(), format!("a{n}@bench.test").into(), role.into()],
            )
            .await;
            run(
                db,
                "insert into presence (person_id, state, lease_until, capacity)
                 values ($1, 'available', now() + interval '1 day', $2)",
                [person.into(), (1 + floor.throw(5) as i32).into()],
            )
            .await;
            let queues: BTreeSet<QueueId> =
                (0..=floor.throw(3)).map(|_| floor.queues[floor.throw(QUEUES)]).collect();
            let knows: BTreeMap<SkillId, u8> = (0..2 + floor.throw(5))
                .map(|_| (skills[floor.throw(SKILLS)], 1 + floor.throw(5) as u8))
                .collect();
            for queue in &queues {
                run(
                    db,
                    "insert into queue_member (queue_id, person_id) values ($1, $2)",
                    [(*queue).into(), person.into()],
                )
                .await;
            }
            for (skill, level) in &knows {
                run(
                    db,
                    "insert into person_skill (person_id, skill_id, level) values ($1, $2, $3)",
                    [person.into(), (*skill).into(), i16::from(*level).into()],
                )
                .await;
            }
            floor.agents.push(Agent { person, queues: queues.into_iter().collect(), skills: knows });
        }
        floor
    }

    /// A number below `sides`, the same in every run.
    fn throw(&self, sides: usize) -> usize {
        let mut state = self.dice.lock().expect("no throw fails");
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    /// So many more conversations wait, each for something at least one agent can do.
    async fn fill(&self, db: &DatabaseConnection, many: usize) {
        if many == 0 {
            return;
        }
        let rows: Vec<_> = (0..many)
            .map(|_| {
                let agent = &self.agents[self.throw(AGENTS)];
                let asked: BTreeMap<_, _> = agent
                    .skills
                    .iter()
                    .skip(self.throw(agent.skills.len()))
                    .take(1 + self.throw(2))
                    .map(|(skill, level)| (*skill, 1 + self.throw(usize::from(*level))))
                    .collect();
                json!({
                    "id": ConversationId::new(), "contact_id": ContactId::new(), "vip": self.throw(20) == 0,
                    "queue_id": agent.queues[self.throw(agent.queues.len())], "skills": asked,
                })
            })
            .collect();
        run(
            db,
            "with t as (select *, clock_timestamp() as at from json_to_recordset($1::text::json)
                 as t(id uuid, contact_id uuid, vip boolean, queue_id uuid, skills jsonb)),
             k as (insert into contact (id, name, vip) select contact_id, 'Ana', vip from t)
             insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act_since, opened_at,
                 queued_at, turn_at, skills, last_activity_at)
             select id, contact_id, $2, queue_id, 'queued', id::text, at, at, at,
                 at + interval '10 minutes' - case when vip then interval '30 minutes' else interval '0' end, skills, at
             from t",
            [serde_json::to_string(&rows).expect("rows").into(), self.channel.into()],
        )
        .await;
    }

    /// About half of what is held is closed at once, whoever holds it; how many.
    async fn free_some(&self, db: &DatabaseConnection) -> usize {
        let freed = run(
            db,
            "with freed as (
                 select id, assignee_id, weight from conversation where state = 'assigned' and random() < 0.5
                 order by id for no key update),
             closed as (
                 update conversation c set state = 'closed', assignee_id = null, closed_at = now() from freed
                 where c.id = freed.id returning c.id),
             ended as (
                 update assignment a set ended_at = clock_timestamp() from freed
                 where a.conversation_id = freed.id and a.ended_at is null),
             lighter as (
                 update presence p set load = load - f.slots
                 from (select assignee_id, sum(weight) as slots from freed group by 1) f where p.person_id = f.assignee_id)
             select count(*) from closed",
            [],
        )
        .await;
        debug_assert!(freed <= 1);
        count(db, "select count(*) from conversation where state = 'queued'", [])
            .await
            .try_into()
            .map_or(0, |waits: usize| WAITING.saturating_sub(waits))
    }

    /// What must never be: over capacity, a load that is not what is held, a skill that is missing.
    async fn errors(&self, db: &DatabaseConnection) -> serde_json::Value {
        let over = count(db, "select count(*) from presence where load > capacity", []).await;
        let loads = count(
            db,
            "select count(*) from presence p where load <> (select coalesce(sum(weight), 0) from conversation c
                 where c.assignee_id = p.person_id)",
            [],
        )
        .await;
        let skills = count(
            db,
            "select count(*) from assignment a join conversation c on c.id = a.conversation_id
             cross join jsonb_each_text(c.skills) s
             where a.by_id is null and not exists (select from person_skill k where k.person_id = a.person_id
                 and k.skill_id = s.key::uuid and k.level >= s.value::int)",
            [],
        )
        .await;
        let twice = count(
            db,
            "select count(*) from (select conversation_id from assignment group by 1 having count(*) > 1) t",
            [],
        )
        .await;
        json!({"over_capacity": over, "wrong_loads": loads, "missing_skills": skills, "assigned_twice": twice})
    }
}

/// An agent who clicks *take* on what waits, again and again.
async fn take(
    db: DatabaseConnection,
    floor: Arc<Floor>,
    at: usize,
    stop: Arc<AtomicBool>,
    taken: Arc<AtomicU64>,
    too_late: Arc<AtomicU64>,
) {
    #[derive(FromQueryResult)]
    struct Seen {
        id: ConversationId,
    }
    let agent = &floor.agents[at];
    let grants = ready_made_roles().into_iter().find(|(name, _)| *name == "agent").expect("the role").1;
    let serves = agent.queues.iter().copied().collect();
    let principal = Principal {
        person: agent.person,
        grants,
        serves,
        team_queues: BTreeSet::new(),
        shares: BTreeSet::new(),
    };
    while !stop.load(Ordering::Relaxed) {
        let sql =
            "select id from conversation where queue_id = $1 and state = 'queued' order by turn_at limit 1";
        let seen =
            Seen::find_by_statement(statement(sql, [agent.queues[0].into()])).one(&db).await.expect("a look");
        // Somebody reads the row before they click.
        tokio::time::sleep(Duration::from_millis(300 + floor.throw(700) as u64)).await;
        let Some(seen) = seen else { continue };
        let tx = db.begin().await.expect("a transaction");
        let claimed = assignment::claim(&tx, &principal, seen.id, Utc::now()).await;
        tx.commit().await.expect("a commit");
        if claimed.is_ok() { &taken } else { &too_late }.fetch_add(1, Ordering::Relaxed);
    }
}

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values)
}

async fn run<const N: usize>(db: &DatabaseConnection, sql: &str, values: [Value; N]) -> u64 {
    db.execute_raw(statement(sql, values)).await.expect("a statement").rows_affected()
}

async fn count<const N: usize>(db: &DatabaseConnection, sql: &str, values: [Value; N]) -> i64 {
    let row = db.query_one_raw(statement(sql, values)).await.expect("a question").expect("a row");
    row.try_get_by_index(0).expect("a number")
}
