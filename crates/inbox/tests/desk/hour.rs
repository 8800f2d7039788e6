//! An hour of a floor in seconds: thirty agents, four queues, six hundred conversations through the real operations, every
//! fifteen seconds of it one after the other. What was rehearsed before comes true.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{ChannelKind, ContactId, ConversationId, PersonId, PresenceState, Principal, QueueId, SkillId};
use futures_util::future::join_all;
use inbox::{
    applier,
    assignment::offers,
    closing, dispatcher, policy, presence,
    reply::{self, Draft},
    watch,
};
use routing::{
    Policy, Skills,
    policy::{
        Entry, EntryRule, EntryRuleId, LapsedOffer, Late, LateAction, Message, Mode, Queue, Relaxation,
        Relaxed, Skill, Targets, Test,
    },
    rehearsal::{Arrival, Day, Destination, Shift, rehearse},
};
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, DatabaseConnection, FromQueryResult, Statement,
    TransactionTrait as _, TryGetable, Value,
};
use testing::{TestDb, World, meta};
use uuid::Uuid;

const AGENTS: usize = 30;
const CONVERSATIONS: u64 = 600;
/// One look at everything, in seconds.
const TICK: i64 = 15;
/// How long the floor is open; nobody writes in its last third.
const OPEN: i64 = 5_400;
const WORDS: [&str; 5] = ["Hola", "english please", "ventas", "cobros", "dolor"];

/// Numbers that look thrown: the same hour every time.
fn thrown(n: u64, below: u64) -> u64 {
    let mixed = n.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) % below
}

/// Somebody who will write.
struct Customer {
    at: i64,
    words: usize,
    takes: u32,
    answered_after: i64,
}

fn customers() -> Vec<Customer> {
    let ticks = |seconds: u64| i64::try_from(seconds).unwrap() / TICK * TICK;
    (0..CONVERSATIONS)
        .map(|n| Customer {
            // Half of them in a rush of a quarter of an hour.
            at: if n % 2 == 0 { ticks(thrown(n, 3_600)) } else { ticks(900 + thrown(n, 900)) },
            words: usize::try_from(
                [0, 0, 0, 1, 2, 2, 3, 3, 4, 4][usize::try_from(thrown(n + 7_000, 10)).unwrap()],
            )
            .unwrap(),
            takes: u32::try_from(ticks(120 + thrown(n + 9_000, 330))).unwrap(),
            answered_after: ticks(thrown(n + 11_000, 100)),
        })
        .collect()
}

struct Floor {
    test: TestDb,
    opens: DateTime<Utc>,
    now: DateTime<Utc>,
    agents: BTreeMap<PersonId, Principal>,
    queues: [QueueId; 4],
    english: SkillId,
    policy: Policy,
    /// When somebody who holds one will answer it or close it.
    planned: BTreeMap<i64, Vec<(ConversationId, PersonId, bool)>>,
}

#[derive(FromQueryResult)]
struct Given {
    conversation_id: ConversationId,
    person_id: PersonId,
    number: String,
}

impl Floor {
    async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let queues = [world.citas, world.ventas, QueueId::new(), QueueId::new()];
        let mut agents = BTreeMap::new();
        for at in 0..AGENTS {
            let mut agent = world.agent(&format!("Agente{at}"), 3).await;
            agent.serves = queues.into();
            agents.insert(agent.person, agent);
        }
        let opens = Utc::now().trunc_subsecs(0);
        let mut floor = Self {
            test,
            opens,
            now: opens,
            agents,
            queues,
            english: SkillId::new(),
            policy: Policy::default(),
            planned: BTreeMap::new(),
        };
        let alonso = world.admin("Alonso").await;
        let tx = floor.db().begin().await.unwrap();
        let draft = policy::draft(&tx).await.unwrap();
        let change = |policy: &mut Policy| floor.decides(policy);
        let saved = policy::save(&tx, &alonso, draft.revision, change, opens).await.unwrap();
        policy::publish(&tx, &alonso, saved.revision, "", opens).await.unwrap();
        tx.commit().await.unwrap();
        floor.policy = saved.policy;
        floor
    }

    fn db(&self) -> &DatabaseConnection {
        self.test.db()
    }

    async fn all<R: FromQueryResult, const N: usize>(&self, sql: &str, values: [Value; N]) -> Vec<R> {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        R::find_by_statement(statement).all(self.db()).await.unwrap()
    }

    async fn one<T: TryGetable>(&self, sql: &str) -> T {
        let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
        self.db().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    fn decides(&self, policy: &mut Policy) {
        let [citas, ventas, cobros, urgencias] = self.queues;
        let words = |text: &str| Message(BTreeMap::from([("es".to_owned(), text.to_owned())]));
        policy.skills = vec![Skill { id: self.english, name: "english".into(), language: None }];
        for (at, person) in self.agents.keys().enumerate() {
            let level = u8::try_from(at % 5).unwrap();
            policy.agents.entry(*person).or_default().skills =
                (level > 0).then_some((self.english, level)).into_iter().collect();
        }
        let people: Vec<PersonId> = self.agents.keys().copied().collect();
        let queue = |at: i32, id: QueueId, name: &str, members: std::ops::Range<usize>| Queue {
            name: name.into(),
            position: at,
            members: people[members].iter().copied().collect(),
            targets: Targets { first_response: Some(120), next_response: None, resolution: None },
            ..Queue::usual(id)
        };
        let mode = Mode::Offer { seconds: 20, lapsed: LapsedOffer { pause_after: 0 } };
        let mut first = queue(0, citas, "Citas", 0..15);
        first.messages.welcome = Some(words("Bienvenida"));
        first.late = vec![Late { after: 60, action: LateAction::Tell { message: words("Ya casi") } }];
        first.relaxation = vec![Relaxation { after: 90, relaxed: Relaxed::Lower { levels: 2 } }];
        policy.queues = vec![
            first,
            Queue { mode, wrap_up: 30, ..queue(1, ventas, "Ventas", 8..20) },
            queue(2, cobros, "Cobros", 18..26),
            Queue { priority: 1, ..queue(3, urgencias, "Urgencias", 22..30) },
        ];
        let rule = |word: &str, queue: QueueId, skills: Skills| EntryRule {
            id: EntryRuleId(Uuid::now_v7()),
            name: word.into(),
            on: true,
            tests: vec![Test::Keyword { any: vec![word.into()] }],
            entry: Entry {
                queue,
                skills,
                speaks_language: false,
                priority: 0,
                tags: [].into(),
                greeting: None,
            },
        };
        policy.rules = vec![
            rule("english", citas, [(self.english, 4)].into()),
            rule("ventas", ventas, [].into()),
            rule("cobros", cobros, [].into()),
            rule("dolor", urgencias, [].into()),
        ];
    }

    /// Every sixth agent has lunch for a quarter of an hour.
    fn lunch(at: usize) -> Option<(i64, i64)> {
        at.is_multiple_of(6).then_some((1_200, 2_100))
    }

    /// The same hour for the rehearsal.
    fn day(&self, customers: &[Customer]) -> Day {
        let [citas, ventas, cobros, urgencias] = self.queues;
        let after = |seconds: i64| self.opens + TimeDelta::seconds(seconds);
        Day {
            arrivals: customers
                .iter()
                .map(|customer| {
                    let english = customer.words == 1;
                    Arrival {
                        at: after(customer.at),
                        contact: ContactId::new(),
                        kind: ChannelKind::WhatsappCloud,
                        to: Destination::Queue {
                            queue: [citas, citas, ventas, cobros, urgencias][customer.words],
                            skills: english.then_some((self.english, 4)).into_iter().collect(),
                            priority: 0,
                        },
                        vip: false,
                        owner: None,
                        last_agent: None,
                        handle_seconds: customer.takes,
                        patience: None,
                    }
                })
                .collect(),
            shifts: (self.agents.keys().enumerate())
                .map(|(at, person)| Shift {
                    person: *person,
                    from: self.opens,
                    to: after(OPEN),
                    pauses: Self::lunch(at).map(|(from, to)| (after(from), after(to))).into_iter().collect(),
                })
                .collect(),
            teams: BTreeMap::new(),
        }
    }

    async fn is(&self, person: PersonId, state: PresenceState) {
        let tx = self.db().begin().await.unwrap();
        presence::set(&tx, &self.agents[&person], person, state, None, self.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn write(&self, customers: &[(usize, &Customer)]) {
        let at = self.now.timestamp();
        let text = |(n, customer): &(usize, &Customer)| {
            meta::text(&format!("5190{n:07}"), &format!("wamid.{n}"), at, WORDS[customer.words])
        };
        let body = meta::messages(&customers.iter().map(text).collect::<Vec<_>>());
        let sql = "insert into receipt (source, body, received_at) values ('whatsapp', $1, $2)";
        let values = [body.into(), self.now.into()];
        let receipt = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().execute_raw(receipt).await.unwrap();
        assert_eq!(applier::step(self.db(), self.now).await.unwrap().messages, customers.len());
    }

    async fn does(&self, (talk, person, closes): (ConversationId, PersonId, bool)) {
        let (tx, who) = (self.db().begin().await.unwrap(), &self.agents[&person]);
        if closes {
            closing::close(&tx, who, talk, self.now).await.unwrap();
        } else {
            let draft = Draft::text(talk, Uuid::now_v7(), "Con gusto");
            reply::submit(&tx, who, draft, self.now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Who was given or offered something has it at once, and will answer and close it.
    async fn give_out(&mut self, customers: &[Customer]) -> usize {
        let stepped = dispatcher::step(self.db(), self.now).await.unwrap();
        if stepped.given == 0 {
            return 0;
        }
        let offered: Vec<Given> = self
            .all("select conversation_id, person_id, '' as number from offer where ended_at is null", [])
            .await;
        for Given { conversation_id, person_id, .. } in offered {
            let tx = self.db().begin().await.unwrap();
            offers::accept(&tx, &self.agents[&person_id], conversation_id, self.now).await.unwrap();
            tx.commit().await.unwrap();
        }
        let given: Vec<Given> = self
            .all(
                "select a.conversation_id, a.person_id, m.vendor_id as number from assignment a
                 join message m on m.conversation_id = a.conversation_id and m.direction = 'in'
                 where a.started_at = $1",
                [self.now.into()],
            )
            .await;
        assert_eq!(given.len(), stepped.given);
        let now = (self.now - self.opens).num_seconds();
        for Given { conversation_id, person_id, number } in given {
            let customer = &customers[number.trim_start_matches("wamid.").parse::<usize>().unwrap()];
            let closes = now + i64::from(customer.takes);
            let answers = (now + customer.answered_after).min(closes - TICK);
            self.planned.entry(answers).or_default().push((conversation_id, person_id, false));
            self.planned.entry(closes).or_default().push((conversation_id, person_id, true));
        }
        stepped.given
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_hour_goes_as_it_was_rehearsed_and_nothing_of_it_happens_twice() {
    let customers = customers();
    let mut floor = Floor::open().await;
    let rehearsed = rehearse(&floor.policy, &floor.day(&customers));
    let people: Vec<PersonId> = floor.agents.keys().copied().collect();
    let mut given = 0;
    for second in (0..OPEN).step_by(usize::try_from(TICK).unwrap()) {
        floor.now = floor.opens + TimeDelta::seconds(second);
        let (closes, answers): (Vec<_>, Vec<_>) =
            floor.planned.remove(&second).unwrap_or_default().into_iter().partition(|(.., closes)| *closes);
        join_all(closes.into_iter().map(|planned| floor.does(planned))).await;
        for (at, person) in people.iter().enumerate() {
            match Floor::lunch(at) {
                Some((from, _)) if from == second => floor.is(*person, PresenceState::Paused).await,
                Some((_, to)) if to == second => floor.is(*person, PresenceState::Available).await,
                _ => {}
            }
        }
        let writing: Vec<_> =
            customers.iter().enumerate().filter(|(_, customer)| customer.at == second).collect();
        if !writing.is_empty() {
            floor.write(&writing).await;
        }
        // Time is looked at before anybody acts upon this moment.
        while watch::step(floor.db(), floor.now).await.unwrap().more {}
        given += floor.give_out(&customers).await;
        let at_once = floor.planned.remove(&second).unwrap_or_default();
        join_all(answers.into_iter().chain(at_once).map(|planned| floor.does(planned))).await;
        if given == customers.len() && floor.planned.is_empty() {
            break;
        }
    }

    // Everybody was served, once, and the floor is empty.
    assert_eq!(given, customers.len());
    assert_eq!(floor.one::<i64>("select count(*) from conversation where state = 'closed'").await, 600);
    assert_eq!(floor.one::<i64>("select sum(load) from presence").await, 0);

    // As rehearsed.
    let mean: f64 = floor
        .one(
            "select avg(extract(epoch from a.started_at - c.begun_at))::float8
             from assignment a join conversation c on c.id = a.conversation_id",
        )
        .await;
    let expected = rehearsed.total.waits.mean;
    assert!(expected > 20.0, "a floor on which nobody waits proves nothing: {expected}");
    assert!((mean - expected).abs() <= expected * 0.02, "{mean} s instead of {expected} s");

    // What time did: each once, and none left out.
    let told = |what: &str| format!("select count(*) from message where body = '{what}'");
    let twice = "select count(*) from (select from message where direction = 'out' and author_id is null
        group by conversation_id, body having count(*) > 1) twice";
    assert_eq!(floor.one::<i64>(twice).await, 0);
    let of_citas = customers.iter().filter(|customer| customer.words < 2).count();
    assert_eq!(floor.one::<i64>(&told("Bienvenida")).await, i64::try_from(of_citas).unwrap());
    let waited = "select count(*) from assignment a join conversation c on c.id = a.conversation_id
        join queue q on q.id = c.queue_id
        where q.name = 'Citas' and a.started_at - c.begun_at >= interval '60 seconds'";
    assert_eq!(floor.one::<i64>(&told("Ya casi")).await, floor.one::<i64>(waited).await);
    let broken = "select count(*) from conversation
        where first_answered_at >= begun_at + interval '120 seconds'";
    let late = "select count(*) from event
        where kind = 'conversation_alerted' and data->>'alert' = 'first_response_late'";
    let (broken, late): (i64, i64) = (floor.one(broken).await, floor.one(late).await);
    assert_eq!(broken, late);
    assert!(broken > 0 && broken < 600, "{broken} promises broken of 600");
}
