//! A day that was, read back: as it was lived, it comes out as it was; with more people, better.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::America::Lima;
use domain::{ConversationId, Event, PresenceState, Principal, QueueId, wall::midnight};
use inbox::{
    assignment, closing, events,
    handing_over::{To, hand_over},
    presence,
    rehearsal::{self, Past, PastError, Played, Which, WhichError},
};
use routing::{
    check::Fault,
    policy::{Entry, EntryRule, EntryRuleId, Test},
    rehearsal::{More, WhatIf, rehearse},
};
use sea_orm::TransactionTrait as _;
use uuid::Uuid;

use crate::{handing_over::to as handed, scene::Scene};

/// The scene, the day before yesterday.
struct Yore {
    scene: Scene,
    today: DateTime<Utc>,
    date: NaiveDate,
}

impl Yore {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let date = scene.now.with_timezone(&Lima).date_naive() - TimeDelta::days(2);
        Self { today: scene.now, scene, date }
    }

    /// It is so many minutes past nine.
    fn is(&mut self, minutes: i64) {
        self.scene.now = midnight(self.date, Lima) + TimeDelta::hours(9) + TimeDelta::minutes(minutes);
    }

    /// An agent with one slot comes to work.
    async fn comes(&self, name: &str) -> Principal {
        let who = self.scene.agent(name).await;
        self.scene.run("update presence set capacity = 1 where person_id = $1", [who.person.into()]).await;
        who
    }

    async fn writes(&self) -> ConversationId {
        let talk = self.scene.begin_talk().await;
        let tx = self.scene.begin().await;
        let opened = Event::ConversationOpened { conversation: talk, queue: self.scene.queue };
        events::append(&tx, &[(opened, None)], self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
        talk
    }

    async fn takes(&self, who: &Principal, talk: ConversationId) {
        let tx = self.scene.begin().await;
        assignment::claim(&tx, who, talk, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn closes(&self, who: &Principal, talk: ConversationId) {
        let tx = self.scene.begin().await;
        closing::close(&tx, who, talk, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn goes(&self, who: &Principal) {
        let tx = self.scene.begin().await;
        presence::leave(&tx, who, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn read(&self, days: u32, by_rules: bool) -> Result<Played, PastError> {
        let past = Past { from: self.date, days, zone: Lima, by_rules };
        rehearsal::past(self.scene.db(), &past, self.today).await
    }
}

/// Valeria at work from nine to ten with a pause; four customers, one of whom gives up.
async fn an_hour(yore: &mut Yore) -> Principal {
    yore.is(-600);
    let gabriela = yore.scene.supervisor("gabriela").await;
    // The night before.
    yore.writes().await;
    yore.is(0);
    let valeria = yore.comes("valeria").await;
    yore.is(10);
    let lucia = yore.writes().await;
    yore.takes(&valeria, lucia).await;
    yore.is(11);
    let pedro = yore.writes().await;
    yore.is(12);
    let rosa = yore.writes().await;
    yore.is(14);
    yore.closes(&gabriela, rosa).await;
    yore.is(15);
    yore.closes(&valeria, lucia).await;
    yore.takes(&valeria, pedro).await;
    yore.is(25);
    yore.closes(&valeria, pedro).await;
    yore.scene.be(&valeria, PresenceState::Paused).await;
    yore.is(30);
    let marta = yore.writes().await;
    yore.is(40);
    yore.scene.be(&valeria, PresenceState::Available).await;
    yore.takes(&valeria, marta).await;
    yore.is(44);
    yore.closes(&valeria, marta).await;
    yore.is(60);
    yore.goes(&valeria).await;
    valeria
}

#[tokio::test]
async fn a_played_day_comes_out_as_it_was_and_with_one_more_nobody_gives_up() {
    let mut yore = Yore::new().await;
    let valeria = an_hour(&mut yore).await;
    let played = yore.read(1, false).await.unwrap();
    let told: Vec<_> = played
        .day
        .arrivals
        .iter()
        .map(|one| {
            let minute = (one.at - midnight(yore.date, Lima)).num_minutes() - 540;
            (minute, one.handle_seconds, one.patience)
        })
        .collect();
    // Rosa, whom nobody answered, would have lasted as long as usual: the middle of 240, 300 and 600.
    assert_eq!(told, [(10, 300, None), (11, 600, None), (12, 300, Some(120)), (30, 240, None)]);
    assert_eq!(played.not_over, 0);
    let shift = &played.day.shifts[0];
    assert_eq!((played.day.shifts.len(), shift.person), (1, valeria.person));
    let lasted = |from: DateTime<Utc>, to: DateTime<Utc>| (to - from).num_minutes();
    let pauses: Vec<_> = shift.pauses.iter().map(|(from, to)| lasted(*from, *to)).collect();
    assert_eq!((lasted(shift.from, shift.to), pauses), (60, vec![15]));

    let policy = rehearsal::routing(yore.scene.db(), Which::InForce).await.unwrap();
    let report = rehearse(&policy, &played.day);
    let figures = &report.total;
    assert_eq!((figures.offered, figures.answered, figures.abandoned, figures.waiting), (4, 3, 1, 0));
    // At once, after four minutes, after the pause.
    assert!((figures.waits.mean - (240.0 + 600.0) / 3.0).abs() < 1e-9, "{figures:?}");
    assert_eq!((figures.waits.median, figures.waits.max), (240, 600));
    assert_eq!((report.agents[0].taken, report.agents[0].at_work), (3, 45 * 60));
    assert!((report.agents[0].occupancy - 19.0 / 45.0).abs() < 1e-9);

    let (mut more, mut day) = (policy.clone(), played.day.clone());
    let one_more = WhatIf { more: vec![More { queue: yore.scene.queue, people: 1 }], ..WhatIf::default() };
    one_more.apply(&mut more, &mut day).unwrap();
    let better = rehearse(&more, &day).total;
    assert_eq!((better.answered, better.abandoned), (3, 1), "Rosa comes while both are busy");
    assert!(better.waits.mean < figures.waits.mean);
}

#[tokio::test]
async fn who_moves_it_and_who_had_it_before_is_known() {
    let mut yore = Yore::new().await;
    let ventas = QueueId::new();
    yore.scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    yore.is(0);
    let gabriela = yore.scene.supervisor("gabriela").await;
    let valeria = yore.comes("valeria").await;
    let lucia = yore.writes().await;
    let pedro = yore.writes().await;
    yore.is(1);
    yore.takes(&valeria, lucia).await;
    // Lucía goes to sales, and Pedro before anybody had him.
    yore.is(5);
    for talk in [lucia, pedro] {
        let tx = yore.scene.begin().await;
        hand_over(&tx, &gabriela, handed(talk, To::Queue(ventas)), yore.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }
    let played = yore.read(2, false).await.unwrap();
    let told: Vec<_> = played
        .day
        .arrivals
        .iter()
        .map(|one| match &one.to {
            routing::rehearsal::Destination::Queue { queue, .. } => (*queue, one.last_agent),
            routing::rehearsal::Destination::Rules { .. } => panic!("as they went"),
        })
        .collect();
    let mut wanted = [(yore.scene.queue, None), (ventas, None), (ventas, Some(valeria.person))];
    let mut first_two = told[..2].to_vec();
    first_two.sort_unstable();
    wanted[..2].sort_unstable();
    assert_eq!((first_two, told[2]), (wanted[..2].to_vec(), wanted[2]));
    assert_eq!(played.not_over, 2);
}

#[tokio::test]
async fn by_the_rules_of_the_draft_yesterdays_messages_go_elsewhere() {
    let mut yore = Yore::new().await;
    an_hour(&mut yore).await;
    yore.scene.now = yore.today;
    let alonso = yore.scene.supervisor("alonso").await;
    let urgencias = QueueId::new();
    let tx = yore.scene.begin().await;
    let change = |policy: &mut routing::Policy| {
        let mut queue = routing::policy::Queue::usual(urgencias);
        queue.name = "Urgencias".to_owned();
        policy.queues.push(queue);
        policy.rules.push(EntryRule {
            id: EntryRuleId(Uuid::now_v7()),
            name: "Saludo".to_owned(),
            on: true,
            tests: vec![Test::Keyword { any: vec!["hola".to_owned()] }],
            entry: Entry {
                queue: urgencias,
                skills: routing::Skills::new(),
                speaks_language: false,
                priority: 0,
                tags: [].into(),
                greeting: None,
            },
        });
    };
    inbox::policy::save(&tx, &alonso, 0, change, yore.today).await.unwrap();
    tx.commit().await.unwrap();
    let draft = rehearsal::routing(yore.scene.db(), Which::Draft).await.unwrap();
    let queues = |played: &Played| rehearse(&draft, &played.day).queues.keys().copied().collect::<Vec<_>>();
    assert_eq!(queues(&yore.read(1, false).await.unwrap()), [yore.scene.queue]);
    assert_eq!(queues(&yore.read(1, true).await.unwrap()), [urgencias]);
}

#[tokio::test]
async fn what_cannot_be_rehearsed_is_refused_and_nothing_waits_for_it() {
    let mut yore = Yore::new().await;
    let db = yore.scene.db();
    assert!(matches!(yore.read(1, false).await, Err(PastError::NothingCame)));
    assert!(matches!(yore.read(0, false).await, Err(PastError::Days)));
    assert!(matches!(yore.read(8, false).await, Err(PastError::Days)));
    let tomorrow = Past { from: yore.date + TimeDelta::days(3), days: 1, zone: Lima, by_rules: false };
    assert!(matches!(rehearsal::past(db, &tomorrow, yore.today).await, Err(PastError::NotBegun)));

    assert!(matches!(rehearsal::routing(db, Which::Draft).await, Err(WhichError::NoDraft)));
    for version in [0, 1, u32::MAX] {
        let found = rehearsal::routing(db, Which::Version(version)).await;
        assert!(matches!(found, Err(WhichError::NoSuchVersion(_))), "{version}");
    }
    let mut broken = routing::Policy::default();
    broken.queues.push(routing::policy::Queue {
        members: [domain::PersonId::new()].into(),
        name: "Citas".to_owned(),
        ..routing::policy::Queue::usual(QueueId::new())
    });
    let Err(WhichError::Flawed(flaws)) = rehearsal::holds_together(db, &broken).await else {
        panic!("it names nobody we know")
    };
    assert!(matches!(flaws[0].fault, Fault::UnknownPerson { .. }), "{flaws:?}");

    // Somebody wrote, and nobody was there.
    yore.is(0);
    yore.writes().await;
    assert!(matches!(yore.read(1, false).await, Err(PastError::NobodyThere)));

    // One reader at a time, on whichever node; whoever waits for the lock of a live road is not among them.
    let other = yore.scene.db().begin().await.unwrap();
    let taken = "select pg_advisory_xact_lock(1112, 7)";
    sea_orm::ConnectionTrait::execute_unprepared(&other, taken).await.unwrap();
    assert!(matches!(yore.read(1, false).await, Err(PastError::Busy)));
    other.rollback().await.unwrap();
    assert!(matches!(yore.read(1, false).await, Err(PastError::NobodyThere)));
}

#[tokio::test]
async fn a_day_is_found_by_its_index() {
    let yore = Yore::new().await;
    let tx = yore.scene.begin().await;
    sea_orm::ConnectionTrait::execute_unprepared(&tx, "set local enable_seqscan = off").await.unwrap();
    let plan = "explain select distinct conversation_id from event
         where at >= now() and at < now() and (kind in ('conversation_opened', 'conversation_reopened',
             'conversation_transferred') or (kind = 'conversation_assigned' and person_id is null))
         limit 9";
    let lines = explained(&tx, plan).await;
    assert!(lines.contains("event_waits"), "{lines}");
    let plan = "explain select * from event where conversation_id = gen_random_uuid() and at <= now()
             and kind in ('conversation_opened', 'conversation_reopened', 'conversation_assigned',
                 'conversation_transferred', 'conversation_closed') order by id";
    let lines = explained(&tx, plan).await;
    assert!(lines.contains("event_line"), "{lines}");
}

async fn explained(tx: &sea_orm::DatabaseTransaction, plan: &str) -> String {
    let statement = sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Postgres, plan);
    let rows = sea_orm::ConnectionTrait::query_all_raw(tx, statement).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect::<Vec<_>>().join("\n")
}
