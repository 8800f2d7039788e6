//! Finding what was said and by whom: words with and without accents, typos, numbers, and never what is not one's own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::{DateTime, Utc};
use domain::{ConversationId, Permission, Principal, typed::Typed};
use inbox::{
    Wakes, applier, assignment, closing,
    ledger::{Ledger, Receipt, Source},
    relay,
    search::{
        self, Direction, Filters, LONGEST, Place, SearchError, contacts, indexing, messages,
        plan::{Plan, choose},
        room::Room,
    },
};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseTransaction, FromQueryResult, Statement, TransactionTrait,
};
use serde_json::{Value as Json, json};
use testing::{PHONE_NUMBER_ID, TestDb, WABA, World, meta};

const AT: i64 = 1_790_000_000;
const READ: Permission = Permission::ConversationRead;
const LUCIA: &str = "51998877665";
const RAUL: &str = "51911222333";

struct Clinic {
    test: TestDb,
    world: World,
    ledger: Ledger,
}

#[derive(FromQueryResult)]
struct One<T: sea_orm::TryGetable> {
    one: T,
}

impl Clinic {
    async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let (ledger, _writer) = Ledger::start(test.db().clone(), Wakes::default());
        Self { test, world, ledger }
    }

    async fn hear(&self, name: &str, message: Json) {
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "5115550100", "phone_number_id": PHONE_NUMBER_ID},
            "contacts": [{"profile": {"name": name}, "wa_id": message["from"]}],
            "messages": [message],
        });
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{"id": WABA, "changes": [{"field": "messages", "value": value}]}],
        });
        let body = serde_json::to_vec(&body).unwrap();
        self.ledger
            .take(Receipt { source: Source::Whatsapp, query: String::new(), body })
            .await
            .expect("the ledger takes it");
        while applier::step(self.test.db(), Utc::now()).await.expect("apply").receipts > 0 {}
        self.index().await;
    }

    async fn index(&self) {
        while !relay::step(self.test.db()).await.expect("number").events.is_empty() {}
        while indexing::step(self.test.db()).await.expect("index") {}
    }

    async fn ask<T: sea_orm::TryGetable>(&self, sql: &str) -> T {
        One::<T>::find_by_statement(Statement::from_string(DatabaseBackend::Postgres, sql))
            .one(self.test.db())
            .await
            .expect("ask")
            .expect("an answer")
            .one
    }

    async fn run(&self, sql: &str) {
        self.test.db().execute_unprepared(sql).await.expect("run");
    }

    async fn conversation_of(&self, phone: &str) -> ConversationId {
        let sql = format!(
            "select c.id as one from conversation c join identity i on i.contact_id = c.contact_id where i.value = '+{phone}'"
        );
        ConversationId(self.ask(&sql).await)
    }

    async fn claim(&self, by: &Principal, phone: &str) {
        let id = self.conversation_of(phone).await;
        let tx = self.test.db().begin().await.unwrap();
        assignment::claim(&tx, by, id, Utc::now()).await.expect("take it");
        tx.commit().await.unwrap();
    }

    /// The same, and how many questions have been asked in it.
    async fn counted_look(&self) -> (DatabaseTransaction, Arc<AtomicUsize>) {
        let questions = Arc::new(AtomicUsize::new(0));
        let (mut db, counted) = (self.test.db().clone(), Arc::clone(&questions));
        db.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let tx = search::begin(&db, LONGEST).await.unwrap();
        questions.store(0, Ordering::Relaxed);
        (tx, questions)
    }

    async fn look(&self) -> DatabaseTransaction {
        search::begin(self.test.db(), LONGEST).await.unwrap()
    }

    async fn said(&self, by: &Principal, typed: &str) -> Vec<String> {
        self.said_with(by, typed, &Filters::default()).await
    }

    async fn said_with(&self, by: &Principal, typed: &str, filters: &Filters) -> Vec<String> {
        let reach = by.reach(Permission::ConversationRead);
        let found = messages::find(&self.look().await, &reach, &Typed::parse(typed), filters, None, 30)
            .await
            .expect("find");
        assert!(found.more.is_none() && !found.cut);
        found.hits.into_iter().map(|hit| hit.body.or(hit.file_name).unwrap_or_default()).collect()
    }

    async fn called(&self, by: &Principal, typed: &str) -> (Vec<String>, contacts::Found) {
        let found =
            contacts::find(&self.look().await, by, READ, &Typed::parse(typed), &Filters::default(), 8)
                .await
                .expect("find");
        let mut names = Vec::new();
        for hit in &found.hits {
            names.push(
                self.ask(&format!("select name as one from contact where id = '{}'", hit.contact_id)).await,
            );
        }
        (names, found)
    }
}

fn text(from: &str, id: &str, at: i64, body: &str) -> Json {
    meta::text(from, id, at, body)
}

#[tokio::test]
async fn words_are_found_however_they_are_written() {
    let clinic = Clinic::open().await;
    let admin = clinic.world.admin("Ada").await;
    clinic.hear("Lucía González", text(LUCIA, "wamid.1", AT, "¿Tienen CITA para mañana?")).await;
    clinic.hear("Lucía González", text(LUCIA, "wamid.2", AT + 5, "Es por una corona de porcelana")).await;
    clinic.hear("Raúl Peña", text(RAUL, "wamid.3", AT + 9, "Mi número es 998 877 665, pedido 55-1234")).await;
    let paper = json!({"from": RAUL, "id": "wamid.4", "timestamp": (AT + 20).to_string(), "type": "document",
        "document": {"id": "m1", "mime_type": "application/pdf", "sha256": "", "filename": "factura_julio-2026.pdf"}});
    clinic.hear("Raúl Peña", paper).await;

    assert_eq!(clinic.said(&admin, "manana").await, ["¿Tienen CITA para mañana?"]);
    assert_eq!(clinic.said(&admin, "Mañana CITÁ").await, ["¿Tienen CITA para mañana?"]);
    assert_eq!(clinic.said(&admin, "porcel").await, ["Es por una corona de porcelana"], "a word's beginning");
    assert_eq!(clinic.said(&admin, "cita porcelana").await, [""; 0], "all words, in one message");
    assert_eq!(clinic.said(&admin, "julio 2026").await, ["factura_julio-2026.pdf"]);
    assert_eq!(clinic.said(&admin, "998 877").await.len(), 1);
    assert_eq!(clinic.said(&admin, "551234").await, [""; 0], "what was written apart is not one number");
    assert_eq!(clinic.said(&admin, "55 1234").await.len(), 1);
    assert_eq!(clinic.said(&admin, "' | & :* ! ( <-> \\").await, [""; 0], "nothing typed is an operator");
    assert_eq!(clinic.said(&admin, "").await, [""; 0]);
}

#[tokio::test]
async fn a_name_is_found_with_a_typo_and_a_number_by_a_piece_of_it() {
    let clinic = Clinic::open().await;
    let admin = clinic.world.admin("Ada").await;
    clinic.hear("Lucía González", text(LUCIA, "wamid.1", AT, "Hola")).await;
    clinic.hear("Raúl Peña", text(RAUL, "wamid.2", AT + 1, "Hola")).await;

    let (names, found) = clinic.called(&admin, "lucia").await;
    assert_eq!((names, found.nearly), (vec!["Lucía González".to_owned()], false));
    assert_eq!(clinic.called(&admin, "GONZÁLEZ luc").await.0, ["Lucía González"], "in any order");
    let (names, found) = clinic.called(&admin, "lusia gonsalez").await;
    assert_eq!((names, found.nearly), (vec!["Lucía González".to_owned()], true));
    assert_eq!(clinic.called(&admin, "998 877").await.0, ["Lucía González"]);
    assert_eq!(clinic.called(&admin, "+51 911").await.0, ["Raúl Peña"]);
    assert_eq!(clinic.called(&admin, "7665").await.0, ["Lucía González"]);
    assert_eq!(clinic.called(&admin, "7666").await.0, [""; 0]);
}

#[tokio::test]
async fn nobody_finds_what_is_not_theirs() {
    let clinic = Clinic::open().await;
    let (ana, ben) = (clinic.world.agent("Ana", 5).await, clinic.world.agent("Ben", 5).await);
    let eva = clinic.world.supervisor("Eva").await;
    clinic.hear("Lucía González", text(LUCIA, "wamid.1", AT, "Tengo una muela rota")).await;
    clinic.hear("Raúl Peña", text(RAUL, "wamid.2", AT + 1, "Otra muela")).await;
    clinic.claim(&ana, LUCIA).await;

    assert_eq!(
        clinic.said(&ana, "muela").await,
        ["Otra muela", "Tengo una muela rota"],
        "mine and what waits"
    );
    assert_eq!(clinic.said(&ben, "muela").await, ["Otra muela"], "a colleague's is not there");
    assert_eq!(clinic.called(&ben, "lucia").await.0, [""; 0]);
    assert_eq!(clinic.called(&ben, "lusia").await.0, [""; 0], "nor by a typo");
    assert_eq!(clinic.said(&eva, "muela").await.len(), 2);

    clinic
        .run(&format!("update conversation set queue_id = '{}' where state = 'queued'", clinic.world.ventas))
        .await;
    assert_eq!(clinic.said(&ben, "muela").await, [""; 0], "in a queue that Ben does not serve");
    assert_eq!(clinic.said(&eva, "muela").await, ["Tengo una muela rota"], "nor is it of Eva's team");

    // Closed, it stays with who held it, and with who serves the contact now.
    let id = clinic.conversation_of(LUCIA).await;
    let tx = clinic.test.db().begin().await.unwrap();
    closing::close(&tx, &ana, id, Utc::now()).await.expect("close");
    tx.commit().await.unwrap();
    assert_eq!(clinic.said(&ana, "muela").await, ["Tengo una muela rota"]);
    assert_eq!(clinic.said(&ben, "muela").await, [""; 0]);
}

#[tokio::test]
async fn hidden_digits_can_not_be_fished_for() {
    let clinic = Clinic::open().await;
    let (ana, eva) = (clinic.world.agent("Ana", 5).await, clinic.world.supervisor("Eva").await);
    clinic.hear("Lucía González", text(LUCIA, "wamid.1", AT, "Hola")).await;
    // A customer without a name is called by the number.
    clinic.hear("", text(RAUL, "wamid.2", AT + 1, "Hola")).await;
    clinic.run(&format!("update contact set name = '+{RAUL}' where name <> 'Lucía González'")).await;

    for digits in ["998 877", "7665", LUCIA, "+51", "911222", RAUL] {
        let (names, found) = clinic.called(&ana, digits).await;
        assert_eq!(names, [""; 0], "{digits}: both wait in her queue, with their numbers hidden");
        assert_eq!(found.hidden_numbers, digits.len() > 3, "{digits}");
    }
    assert_eq!(clinic.called(&ana, "lucia").await.0, ["Lucía González"]);
    assert_eq!(clinic.called(&eva, "911 222").await.0.len(), 1, "who may see them may search them");

    clinic.claim(&ana, LUCIA).await;
    assert_eq!(clinic.called(&ana, "998 877").await.0, ["Lucía González"], "hers now");
    assert_eq!(clinic.called(&ana, "911 222").await.0, [""; 0]);
}

#[tokio::test]
async fn what_was_taken_back_is_not_found_and_what_was_corrected_is() {
    let clinic = Clinic::open().await;
    let admin = clinic.world.admin("Ada").await;
    clinic.hear("Lucía", text(LUCIA, "wamid.1", AT, "mi clave es secreta")).await;
    clinic.hear("Lucía", text(LUCIA, "wamid.2", AT + 1, "el lúnes")).await;
    let said = |kind: &str, id: &str, at: i64, said: Json| {
        let mut message = json!({"from": LUCIA, "id": id, "timestamp": at.to_string(), "type": kind});
        message[kind] = said;
        message
    };
    clinic.hear("Lucía", said("revoke", "wamid.3", AT + 10, json!({"original_message_id": "wamid.1"}))).await;
    let corrected =
        json!({"original_message_id": "wamid.2", "message": {"type": "text", "text": {"body": "el martes"}}});
    clinic.hear("Lucía", said("edit", "wamid.4", AT + 20, corrected)).await;

    assert_eq!(clinic.said(&admin, "secreta").await, [""; 0]);
    assert_eq!(clinic.said(&admin, "lunes").await, [""; 0]);
    assert_eq!(clinic.said(&admin, "martes").await, ["el martes"]);
}

#[tokio::test]
async fn filters_narrow_and_what_was_there_before_search_is_taken_in() {
    let clinic = Clinic::open().await;
    let (admin, ana) = (clinic.world.admin("Ada").await, clinic.world.agent("Ana", 5).await);
    clinic.hear("Lucía", text(LUCIA, "wamid.1", AT, "una muela")).await;
    clinic.hear("Raúl", text(RAUL, "wamid.2", AT + 86_400, "otra muela")).await;
    clinic.claim(&ana, LUCIA).await;
    clinic.run("insert into conversation_tag (conversation_id, tag, at) select id, 'dolor', now() from conversation where state = 'assigned'").await;
    clinic.run("delete from search_entry; update search_progress set before = null, caught_up = false").await;
    clinic.index().await;

    let all = Filters::default;
    let day = |n: i64| DateTime::from_timestamp(AT + n * 86_400, 0);
    let one = ["una muela".to_owned()];
    for narrowed in [
        Filters { person: Some(ana.person), ..all() },
        Filters { tag: Some("dolor".to_owned()), ..all() },
        Filters { until: day(1), ..all() },
    ] {
        assert_eq!(clinic.said_with(&admin, "muela", &narrowed).await, one, "{narrowed:?}");
    }
    let none = [
        Filters { channel: Some(clinic.world.sms), ..all() },
        Filters { queue: Some(clinic.world.ventas), ..all() },
        Filters { from: day(2), ..all() },
        Filters { direction: Some(Direction::Out), ..all() },
        Filters { kinds: vec!["image".to_owned()], ..all() },
    ];
    for narrowed in none {
        assert_eq!(clinic.said_with(&admin, "muela", &narrowed).await, [""; 0], "{narrowed:?}");
    }
    assert_eq!(
        clinic
            .said_with(&admin, "muela", &Filters { direction: Some(Direction::In), from: day(1), ..all() })
            .await,
        ["otra muela"]
    );
}

/// 100,000 messages in 10,000 conversations of 20 agents in two queues, one per second; `hola` in nine of ten, `raro` in
/// about each thousandth. Of a prefix the planner only knows how common it is where it knows a hundred common words.
const CROWD: &str = "
    insert into contact (id, name) select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        case when n % 10 = 0 then 'María ' else 'Otra ' end || n || ' apellido' || n % 150 from generate_series(1, 10000) n;
    insert into identity (id, contact_id, kind, value, created_at) select gen_random_uuid(), id, 'phone',
        '+51' || 900000000 + row_number() over (order by id), now() from contact;
    insert into conversation (id, contact_id, channel_id, queue_id, state, last_holder_id, reply_address, must_act_since,
        opened_at, queued_at, closed_at, last_activity_at)
    select ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid,
        ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (select id from channel limit 1),
        (select id from queue order by name offset n % 2 limit 1), 'closed',
        (select id from person where name like 'Agente%' order by name offset n % 20 limit 1), '+51', now(),
        to_timestamp(1700000000 + n * 10), now(), to_timestamp(1700000000 + n * 10), to_timestamp(1700000000 + n * 10)
    from generate_series(1, 10000) n;
    insert into message (id, conversation_id, channel_id, direction, kind, body, content, written_at, position)
    select ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
        ('00000000-0000-7000-9000-' || lpad(to_hex(1 + n % 10000), 12, '0'))::uuid, (select id from channel limit 1), 'in', 'text',
        'mensaje ' || n || ' tema' || n % 200 || case when n % 10 > 0 then ' hola' else '' end || case when n % 997 = 0 then ' raro' else '' end,
        '{}', to_timestamp(1700000000 + n / 2), n
    from generate_series(1, 100000) n;
    insert into search_entry (at, id, conversation_id, kind, direction, words)
    select written_at, id, conversation_id, kind, direction, search_words(body) || search_month(written_at) from message;
    analyze";

#[tokio::test]
async fn each_plan_finds_the_same_page_by_page_and_by_its_own_index() {
    let clinic = Clinic::open().await;
    let mut agents = Vec::new();
    for n in 0..20 {
        agents.push(clinic.world.agent(&format!("Agente{n:02}"), 5).await);
    }
    let (eva, ada) = (clinic.world.supervisor("Eva").await, clinic.world.admin("Ada").await);
    for sql in CROWD.split(';') {
        clinic.run(sql).await;
    }
    let expected = async |by: &Principal, word: &str| -> Vec<uuid::Uuid> {
        let seen = match by {
            by if by.person == ada.person => "true".to_owned(),
            by if by.person == eva.person => format!("c.queue_id = '{}'", clinic.world.citas),
            by => format!("c.last_holder_id = '{}'", by.person),
        };
        let sql = format!(
            "select array_agg(m.id order by m.written_at desc, m.id desc) as one from message m
             join conversation c on c.id = m.conversation_id where {seen} and m.body ~ '{word}'"
        );
        clinic.ask(&sql).await
    };
    for (by, plan) in [(&agents[7], Plan::Own), (&eva, Plan::Walk), (&ada, Plan::Walk)] {
        let reach = by.reach(Permission::ConversationRead);
        for (word, rare) in [("hola", false), ("raro", true)] {
            let wanted = expected(by, word).await;
            assert!(!wanted.is_empty());
            let (mut found, mut before): (Vec<uuid::Uuid>, Option<Place>) = (Vec::new(), None);
            loop {
                let page = messages::find(
                    &clinic.look().await,
                    &reach,
                    &Typed::parse(word),
                    &Filters::default(),
                    before,
                    5000,
                )
                .await
                .expect("find");
                assert!(!page.cut);
                found.extend(page.hits.iter().map(|hit| hit.id));
                before = page.more;
                if before.is_none() {
                    break;
                }
            }
            assert!(found == wanted, "{word}: {} of {}", found.len(), wanted.len());
            let plan = if rare { Plan::Rare } else { plan };
            let how =
                messages::explain(clinic.test.db(), plan, &reach, &Typed::parse(word), 30).await.unwrap();
            let index = match plan {
                Plan::Rare => "search_entry_words",
                Plan::Walk => "search_entry_pkey",
                Plan::Own => "search_entry_conversation",
            };
            assert!(how.contains(index) && !how.contains("Seq Scan on search_entry"), "{how}");
        }
    }
    let reach = |by: &Principal| by.reach(Permission::ConversationRead);
    assert_eq!(choose(90_000.0, 90_000.0, &reach(&ada)), Plan::Walk);
    assert_eq!(choose(100.0, 100.0, &reach(&ada)), Plan::Rare);
    assert_eq!(choose(90_000.0, 500.0, &reach(&ada)), Plan::Rare, "each common, both seldom");
    assert_eq!(choose(90_000.0, 90_000.0, &reach(&eva)), Plan::Rare);
    assert_eq!(choose(200_000.0, 200_000.0, &reach(&eva)), Plan::Walk);
    assert_eq!(choose(200_000.0, 4_000.0, &reach(&eva)), Plan::Rare);
    assert_eq!(choose(33_000.0, 33_000.0, &reach(&agents[0])), Plan::Own);
    assert_eq!(choose(100.0, 100.0, &reach(&agents[0])), Plan::Rare);

    // How often words occur is asked first, then the places, then what stands there.
    for (by, typed, most) in [
        (&ada, "hola", 3),
        (&ada, "raro", 4),
        (&eva, "hola mensaje", 7),
        (&agents[7], "hola", 3),
        (&agents[7], "raro", 4),
    ] {
        let (tx, questions) = clinic.counted_look().await;
        let found = messages::find(&tx, &reach(by), &Typed::parse(typed), &Filters::default(), None, 30)
            .await
            .unwrap();
        let asked = questions.load(Ordering::Relaxed);
        assert!(asked <= most && !found.hits.is_empty(), "{typed}: {asked} questions");
    }

    // Contacts by a rare name, a common one, and a number; and somebody who sees little, their own.
    for (by, typed, index, most) in [
        (&ada, "maria", "contact_words", 3),
        (&eva, "maria", "contact_words", 3),
        (&ada, "otra", "contact_pkey", 2),
        (&eva, "otra", "contact_pkey", 2),
        (&agents[10], "maria", "conversation_", 2),
        (&ada, "900001234", "identity_piece", 1),
        (&agents[10], "900001234", "identity_piece", 1),
    ] {
        let typed = Typed::parse(typed);
        let (tx, questions) = clinic.counted_look().await;
        contacts::find(&tx, by, READ, &typed, &Filters::default(), 8).await.unwrap();
        let asked = questions.load(Ordering::Relaxed);
        let how = contacts::explain(&tx, by, READ, &typed, 8).await.unwrap();
        assert!(how.contains(index) && !how.contains("Seq Scan on"), "{typed:?}: {how}");
        assert!(asked <= most, "{typed:?}: {asked} questions");
    }

    // Contacts with a common name: each finds the same few of their own.
    for (by, most) in [(&ada, 8), (&eva, 8), (&agents[10], 8)] {
        let found =
            contacts::find(&clinic.look().await, by, READ, &Typed::parse("maria"), &Filters::default(), 8)
                .await
                .unwrap();
        assert_eq!((found.hits.len(), found.more), (most, true));
    }
    let found = contacts::find(
        &clinic.look().await,
        &agents[3],
        READ,
        &Typed::parse("maria"),
        &Filters::default(),
        8,
    )
    .await
    .unwrap();
    assert_eq!(
        found.hits.len(),
        0,
        "each tenth is María, and agent 3 held every twentieth from the third on"
    );
}

#[tokio::test]
async fn a_search_is_one_of_a_few_and_keeps_its_place_until_its_connection_is_free() {
    use std::time::Duration;
    let clinic = Clinic::open().await;
    let db = clinic.test.db();
    let room = Room::with(db.clone(), 1, Duration::from_millis(20), Duration::from_secs(30));
    let nothing = async |room: &Room| room.ask(async move |_| Ok(())).await;
    nothing(&room).await.unwrap();

    // One waits for a lock; whoever asked for it goes away.
    let key = db.begin().await.unwrap();
    key.execute_unprepared("select pg_advisory_xact_lock(77)").await.unwrap();
    let asked = room.clone();
    let asking = tokio::spawn(async move {
        asked
            .ask(async move |tx| {
                Ok(tx.execute_unprepared("select pg_advisory_xact_lock(77)").await.map(drop)?)
            })
            .await
    });
    let waits = "select count(*) as one from pg_locks where not granted and locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())";
    while clinic.ask::<i64>(waits).await == 0 {
        tokio::task::yield_now().await;
    }
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert!(matches!(nothing(&room).await, Err(SearchError::Busy)), "Postgres still works on it");
    key.rollback().await.unwrap();
    while nothing(&room).await.is_err() {}

    // Each of its questions is short; all of them are not.
    let room = Room::with(db.clone(), 1, Duration::from_secs(30), Duration::from_millis(300));
    let long = room
        .ask(async move |tx| {
            for _ in 0..50 {
                tx.execute_unprepared("select pg_sleep(0.05)").await?;
            }
            Ok(())
        })
        .await;
    assert!(matches!(long, Err(SearchError::TooBroad)));
    let long =
        room.ask(async move |tx| Ok(tx.execute_unprepared("select pg_sleep(20)").await.map(drop)?)).await;
    assert!(matches!(long, Err(SearchError::TooBroad)));
    nothing(&room).await.unwrap();
}
