//! Published rules decide where new conversations go, by what is known of the customer before anybody has answered.

use chrono::Utc;
use domain::{AttributeKind, ContactId, Principal, QueueId, SkillId};
use inbox::{
    Wakes, applier, attributes,
    contacts::card::{self, Written},
    ledger::{Ledger, Receipt, Source},
    policy,
};
use sea_orm::{FromQueryResult, TransactionTrait as _};
use serde_json::{Value as Json, json};
use testing::{TestDb, World, meta};

const AT: i64 = 1_790_000_000;
const ANA: &str = "51987000001";
const BRUNO: &str = "51987000002";

struct Clinic {
    test: TestDb,
    world: World,
    ledger: Ledger,
    alonso: Principal,
}

/// Where a conversation went, and what it carries.
#[derive(Debug, PartialEq, FromQueryResult)]
struct Went {
    queue_id: QueueId,
    priority: i16,
    language: Option<String>,
    tags: Vec<String>,
    rule: Option<String>,
}

impl Clinic {
    async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let alonso = world.admin("alonso@clinic.test").await;
        let (ledger, _writer) = Ledger::start(test.db().clone(), Wakes::default());
        Self { test, world, ledger, alonso }
    }

    /// Publish rules, in this order.
    async fn rules(&self, rules: Json) {
        let tx = self.test.db().begin().await.unwrap();
        let draft = policy::draft(&tx).await.unwrap();
        let rules = serde_json::from_value(rules).unwrap();
        let change = |policy: &mut routing::Policy| policy.rules = rules;
        let saved = policy::save(&tx, &self.alonso, draft.revision, change, Utc::now()).await.unwrap();
        policy::publish(&tx, &self.alonso, saved.revision, "", Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A first message, and where the conversation went.
    async fn writes(&self, from: &str, id: &str, text: &str) -> Went {
        self.hears(from, meta::text(from, id, AT, text)).await
    }

    async fn hears(&self, from: &str, message: Json) -> Went {
        let receipt =
            Receipt { source: Source::Whatsapp, query: String::new(), body: meta::messages(&[message]) };
        self.ledger.take(receipt).await.unwrap();
        while applier::step(self.test.db(), Utc::now()).await.unwrap().receipts > 0 {}
        Went::find_by_statement(sea_orm::Statement::from_sql_and_values(
            sea_orm::DatabaseBackend::Postgres,
            "select c.queue_id, c.priority, c.language,
                 array(select tag from conversation_tag t where t.conversation_id = c.id order by tag) as tags,
                 (select rule->>'name' from conversation_entry e join routing_policy p on p.version = e.policy
                     cross join jsonb_array_elements(p.document->'rules') rule
                  where e.conversation_id = c.id and (rule->>'id')::uuid = e.rule_id) as rule
             from conversation c join identity i on i.contact_id = c.contact_id
             where i.value = '+' || $1 order by c.opened_at desc, c.id desc limit 1",
            [from.into()],
        ))
        .one(self.test.db())
        .await
        .unwrap()
        .expect("the conversation")
    }

    async fn contact(&self, phone: &str) -> ContactId {
        #[derive(FromQueryResult)]
        struct Found {
            contact_id: ContactId,
        }
        Found::find_by_statement(sea_orm::Statement::from_sql_and_values(
            sea_orm::DatabaseBackend::Postgres,
            "select contact_id from identity where value = '+' || $1 and ended_at is null",
            [phone.into()],
        ))
        .one(self.test.db())
        .await
        .unwrap()
        .expect("the contact")
        .contact_id
    }

    /// What somebody writes on a contact whose conversation is over.
    async fn card(&self, phone: &str, write: impl FnOnce(&mut Written)) {
        let contact = self.contact(phone).await;
        let tx = self.test.db().begin().await.unwrap();
        let card = card::read(&tx, contact).await.unwrap().unwrap();
        let mut written = Written {
            version: card.version,
            name: card.name,
            vip: card.vip,
            owner: card.owner,
            language: card.language.unwrap_or_default(),
            attributes: [].into(),
        };
        write(&mut written);
        card::write(&tx, &self.alonso, contact, written, Utc::now()).await.unwrap();
        rows(&tx, "update conversation set state = 'closed', closed_at = now() - interval '30 days'").await;
        tx.commit().await.unwrap();
    }
}

async fn rows(db: &impl sea_orm::ConnectionTrait, sql: &str) {
    db.execute_unprepared(sql).await.unwrap();
}

fn rule(n: u128, name: &str, tests: Json, queue: QueueId) -> Json {
    json!({"id": uuid::Uuid::from_u128(n), "name": name, "on": true, "tests": tests, "entry": {"queue": queue}})
}

#[tokio::test]
async fn a_field_of_the_contact_decides_where_they_go() {
    let clinic = Clinic::open().await;
    let (citas, ventas) = (clinic.world.citas, clinic.world.ventas);
    let tx = clinic.test.db().begin().await.unwrap();
    let options = vec!["Oro".to_owned(), "Plata".to_owned()];
    let key = attributes::create(&tx, "Plan", AttributeKind::Choice { options }, false).await.unwrap();
    tx.commit().await.unwrap();
    clinic
        .rules(json!([rule(
            1,
            "Plan oro",
            json!([{"test": "attribute", "name": key, "any": ["Oro"]}]),
            ventas
        )]))
        .await;

    let first = clinic.writes(ANA, "wamid.1", "Hola").await;
    assert_eq!((first.queue_id, first.rule), (citas, None), "nothing is known of her yet");
    clinic.card(ANA, |card| card.attributes = [(key.clone(), "oro".to_owned())].into()).await;
    let again = clinic.writes(ANA, "wamid.2", "Hola otra vez").await;
    assert_eq!((again.queue_id, again.rule.as_deref()), (ventas, Some("Plan oro")));
    let other = clinic.writes(BRUNO, "wamid.3", "Hola").await;
    assert_eq!(other.queue_id, citas, "the channel's queue catches whom no rule does");
}

#[tokio::test]
async fn the_language_somebody_stated_goes_before_the_one_they_write() {
    let clinic = Clinic::open().await;
    let (citas, ventas) = (clinic.world.citas, clinic.world.ventas);
    clinic.rules(json!([rule(1, "Português", json!([{"test": "language", "any": ["pt"]}]), ventas)])).await;
    let spanish = "Buenos días, quisiera pedir una cita para mi hija la próxima semana";
    let first = clinic.writes(ANA, "wamid.1", spanish).await;
    assert_eq!((first.queue_id, first.language.as_deref()), (citas, Some("es")), "as the message reads");
    clinic.card(ANA, |card| card.language = "pt".into()).await;
    let again = clinic.writes(ANA, "wamid.2", spanish).await;
    assert_eq!((again.queue_id, again.language.as_deref()), (ventas, Some("pt")), "as she said");
}

#[tokio::test]
async fn the_first_rule_all_of_whose_tests_hold_decides_and_leaves_its_marks() {
    let clinic = Clinic::open().await;
    let (citas, ventas) = (clinic.world.citas, clinic.world.ventas);
    let mut urgent = rule(
        1,
        "Dolor de VIP",
        json!([{"test": "keyword", "any": ["dolor"]}, {"test": "vip", "is": true}]),
        citas,
    );
    urgent["entry"]["priority"] = json!(3);
    urgent["entry"]["tags"] = json!(["dolor", "vip"]);
    let ad = rule(2, "Anuncio", json!([{"test": "referral", "ids": ["ad-7"]}]), ventas);
    let back = rule(3, "Vuelve", json!([{"test": "returning", "within_hours": 1000}]), ventas);
    clinic.rules(json!([urgent, ad, back])).await;

    let mut from_ad = meta::text(ANA, "wamid.1", AT, "Vi el anuncio, tengo DOLOR");
    from_ad["referral"] = json!({"source_type": "ad", "source_id": "ad-7", "headline": "Blanqueamiento"});
    let first = clinic.hears(ANA, from_ad).await;
    assert_eq!((first.queue_id, first.rule.as_deref()), (ventas, Some("Anuncio")), "no VIP yet");
    clinic.card(ANA, |card| card.vip = true).await;
    let again = clinic.writes(ANA, "wamid.2", "¡Qué dolór!").await;
    assert_eq!(
        (again.queue_id, again.priority, again.tags, again.rule.as_deref()),
        (citas, 3, vec!["dolor".to_owned(), "vip".to_owned()], Some("Dolor de VIP"))
    );
    rows(
        clinic.test.db(),
        "update conversation set state = 'closed', closed_at = now() - interval '30 days'",
    )
    .await;
    let third = clinic.writes(ANA, "wamid.3", "Gracias").await;
    assert_eq!((third.queue_id, third.rule.as_deref()), (ventas, Some("Vuelve")));
}

#[tokio::test]
async fn a_rule_may_ask_for_skills_that_the_queue_does_not() {
    let clinic = Clinic::open().await;
    let skill = SkillId::new();
    let tx = clinic.test.db().begin().await.unwrap();
    let draft = policy::draft(&tx).await.unwrap();
    let change = |policy: &mut routing::Policy| {
        let name = "Ortodoncia".to_owned();
        policy.skills.push(routing::policy::Skill { id: skill, name, language: None });
    };
    policy::save(&tx, &clinic.alonso, draft.revision, change, Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut braces =
        rule(1, "Frenillos", json!([{"test": "keyword", "any": ["frenillos"]}]), clinic.world.citas);
    braces["entry"]["skills"] = json!({skill.to_string(): 4});
    clinic.rules(json!([braces])).await;
    clinic.writes(ANA, "wamid.1", "Precio de los frenillos?").await;
    let asked = format!("select count(*) from conversation where skills = '{{\"{skill}\": 4}}'");
    let found = sea_orm::ConnectionTrait::query_one_raw(
        clinic.test.db(),
        sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Postgres, asked),
    );
    assert_eq!(found.await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 1);
}
