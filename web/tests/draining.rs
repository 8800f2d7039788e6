//! Whenever there is room for what waits, it is given at once: by a dispatcher that never looks by itself.

use domain::{ConversationId, Principal};
use inbox::policy;
use reqwest::StatusCode;
use routing::policy::{AgentSilence, LapsedOffer, Mode, SilentAgent};
use sea_orm::TransactionTrait as _;

use crate::{
    clinic::{Clinic, Page, Person, one, until},
    routing_settings::Desk,
};

/// Everybody, at their pages, with room for one conversation each, which was more once; Valeria alone takes any.
struct House {
    clinic: Clinic,
    alonso: Principal,
    valeria: Page,
    mateo: Page,
    gabriela: Page,
}

impl House {
    async fn open() -> Self {
        let clinic = Clinic::that_only_listens().await;
        let gabriela = clinic.supervisor("Gabriela").await.opens_floor().await;
        let valeria = clinic.agent("Valeria").await.opens_inbox().await;
        let mateo = clinic.agent("Mateo").await.opens_inbox().await;
        let alonso = clinic.ground.world.admin("Alonso").await;
        be(&mateo, "paused").await;
        let house = Self { clinic, alonso, valeria, mateo, gabriela };
        house.publish(|_| {}).await;
        house.publish(|policy| policy.agents.values_mut().for_each(|agent| agent.capacity = 1)).await;
        house
    }

    /// Change the routing as admins do, before anybody waits.
    async fn publish(&self, change: impl FnOnce(&mut routing::Policy)) {
        let tx = self.clinic.ground.db.begin().await.unwrap();
        let draft = policy::draft(&tx).await.unwrap();
        let now = chrono::Utc::now();
        let saved = policy::save(&tx, &self.alonso, draft.revision, change, now).await.unwrap();
        policy::publish(&tx, &self.alonso, saved.revision, "", now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The conversation of whoever wrote under that name.
    async fn talk(&self, name: &str) -> ConversationId {
        let sql = format!(
            "select t.id from conversation t join contact c on c.id = t.contact_id where c.name = '{name}'"
        );
        until("a conversation", || async { one(&self.clinic.ground.db, &sql).await }).await
    }

    /// Lucía is Valeria's, and Bruno waits because she is full.
    async fn bruno_waits(&self) -> ConversationId {
        self.clinic.vendor().customer_writes("+51900000001", "Lucía", "Hola").await;
        let lucia = self.talk("Lucía").await;
        self.is_with(lucia, &self.valeria.person).await;
        self.clinic.vendor().customer_writes("+51900000002", "Bruno", "Hola").await;
        self.talk("Bruno").await;
        lucia
    }

    async fn is_with(&self, talk: ConversationId, who: &Person) {
        let sql =
            format!("select count(*) from conversation where id = '{talk}' and assignee_id = '{}'", who.id);
        self.clinic.until_count(&sql, 1).await;
    }

    async fn bruno_is_with(&self, who: &Page) {
        let bruno = self.talk("Bruno").await;
        self.is_with(bruno, &who.person).await;
    }
}

async fn be(page: &Page, state: &str) {
    page.puts("/me/presence", &[("state", state)]).await.is(StatusCode::NO_CONTENT);
}

/// One way in which room appears.
#[derive(Debug, Clone, Copy)]
enum Way {
    Closing,
    PuttingBack,
    GivingToAnother,
    BecomingAvailable,
    BeingPutAvailable,
    SigningIn,
    ComingBack,
    JoiningContacts,
    HandingOn,
    RollingBack,
}

const WAYS: [Way; 10] = [
    Way::Closing,
    Way::PuttingBack,
    Way::GivingToAnother,
    Way::BecomingAvailable,
    Way::BeingPutAvailable,
    Way::SigningIn,
    Way::ComingBack,
    Way::JoiningContacts,
    Way::HandingOn,
    Way::RollingBack,
];

async fn goes(house: &mut House, way: Way, lucia: ConversationId) {
    let assignee = format!("/conversations/{lucia}/assignee");
    let colleague = format!("/people/{}/presence", house.mateo.person.id);
    match way {
        Way::Closing => {
            let path = format!("/conversations/{lucia}/close");
            house.valeria.posts(&path, &[]).await.is(StatusCode::NO_CONTENT);
            house.bruno_is_with(&house.valeria).await;
        }
        Way::PuttingBack => {
            house.gabriela.posts(&assignee, &[("person", "")]).await.is(StatusCode::NO_CONTENT);
            house.bruno_is_with(&house.valeria).await;
        }
        Way::GivingToAnother => {
            let mateo = house.mateo.person.id.to_string();
            house.gabriela.posts(&assignee, &[("person", &mateo)]).await.is(StatusCode::NO_CONTENT);
            house.bruno_is_with(&house.valeria).await;
        }
        Way::BecomingAvailable => {
            be(&house.mateo, "available").await;
            house.bruno_is_with(&house.mateo).await;
        }
        Way::BeingPutAvailable => {
            let available = [("state", "available")];
            house.valeria.puts(&colleague, &available).await.is(StatusCode::FORBIDDEN);
            house.gabriela.puts(&colleague, &available).await.is(StatusCode::NO_CONTENT);
            house.bruno_is_with(&house.mateo).await;
        }
        Way::SigningIn => {
            be(&house.mateo, "offline").await;
            let mut browser = house.mateo.person.browser.clone();
            browser.cookies.clear();
            let mail = crate::helpers::email("Mateo");
            browser.sign_in(&mail, crate::helpers::PASSWORD).await.is(StatusCode::SEE_OTHER);
            house.bruno_is_with(&house.mateo).await;
        }
        Way::ComingBack => {
            house.mateo.cut();
            house
                .clinic
                .change(&format!(
                    "delete from presence_span where person_id = '{0}';
                     update presence set state = 'offline', pause_code = 'connection_lost', lease_until = null
                     where person_id = '{0}'",
                    house.mateo.person.id
                ))
                .await;
            house.mateo.connect().await;
            house.bruno_is_with(&house.mateo).await;
        }
        Way::JoiningContacts => {
            // Bruno is Lucía with her second number; Valeria has both, until they are one, and Carla waits.
            house.clinic.change("update presence set capacity = 2 where load = 1").await;
            house.clinic.vendor().customer_writes("+51900000003", "Carla", "Hola").await;
            let carla = house.talk("Carla").await;
            house.bruno_is_with(&house.valeria).await;
            let db = &house.clinic.ground.db;
            let of = |name: &str| format!("select id from contact where name = '{name}'");
            let lucia: uuid::Uuid = one(db, &of("Lucía")).await.unwrap();
            let bruno: uuid::Uuid = one(db, &of("Bruno")).await.unwrap();
            let (path, into) = (format!("/contacts/{bruno}/merge"), lucia.to_string());
            house.gabriela.posts(&path, &[("into", &into)]).await.is(StatusCode::CREATED);
            house.is_with(carla, &house.valeria.person).await;
        }
        Way::HandingOn => {
            let (path, to) = (
                format!("/conversations/{lucia}/transfer"),
                format!("queue:{}", house.clinic.ground.world.ventas),
            );
            house.valeria.posts(&path, &[("to", &to)]).await.is(StatusCode::OK);
            house.bruno_is_with(&house.valeria).await;
        }
        Way::RollingBack => {
            let who = house.alonso.clone();
            let alonso = house.clinic.ground.welcome(&house.clinic.node.url, "Alonso", who).await;
            Desk::of(alonso).rolls_back_to(1).await.is(StatusCode::SEE_OTHER);
            house.bruno_is_with(&house.valeria).await;
        }
    }
}

#[tokio::test]
async fn whatever_makes_room_is_heard() {
    for way in WAYS {
        let mut house = House::open().await;
        let lucia = house.bruno_waits().await;
        goes(&mut house, way, lucia).await;
    }
}

#[tokio::test]
async fn writing_up_ends_by_hand_and_the_next_one_comes() {
    let house = House::open().await;
    house.publish(|policy| policy.queues.iter_mut().for_each(|queue| queue.wrap_up = 3_600)).await;
    let lucia = house.bruno_waits().await;
    house.valeria.posts(&format!("/conversations/{lucia}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    let bruno = house.talk("Bruno").await;
    house.mateo.posts("/me/wrap-up/end", &[]).await.is(StatusCode::NO_CONTENT);
    let free = format!("select count(*) from conversation where id = '{bruno}' and state = 'queued'");
    assert_eq!(house.clinic.count(&free).await, 1, "it is hers to end");
    house.valeria.posts("/me/wrap-up/end", &[]).await.is(StatusCode::NO_CONTENT);
    house.bruno_is_with(&house.valeria).await;
}

#[tokio::test]
async fn writing_up_ends_by_the_clock_and_the_next_one_comes() {
    let house = House::open().await;
    house.publish(|policy| policy.queues.iter_mut().for_each(|queue| queue.wrap_up = 1)).await;
    let lucia = house.bruno_waits().await;
    house.valeria.posts(&format!("/conversations/{lucia}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    house.bruno_is_with(&house.valeria).await;
}

#[tokio::test]
async fn an_offer_that_runs_out_goes_to_a_colleague() {
    let house = House::open().await;
    house
        .publish(|policy| {
            let mode = Mode::Offer { seconds: 5, lapsed: LapsedOffer { pause_after: 0 } };
            policy.queues.iter_mut().for_each(|queue| queue.mode = mode);
        })
        .await;
    house.clinic.vendor().customer_writes("+51900000001", "Lucía", "Hola").await;
    let lucia = house.talk("Lucía").await;
    let offered_to = |who: &Page| {
        format!("select count(*) from conversation where id = '{lucia}' and offered_to = '{}'", who.person.id)
    };
    house.clinic.until_count(&offered_to(&house.valeria), 1).await;
    be(&house.mateo, "available").await;
    house.clinic.until_count(&offered_to(&house.mateo), 1).await;
}

#[tokio::test]
async fn an_offer_that_is_declined_makes_room_for_the_next() {
    let house = House::open().await;
    house
        .publish(|policy| {
            let mode = Mode::Offer { seconds: 600, lapsed: LapsedOffer { pause_after: 0 } };
            policy.queues.iter_mut().for_each(|queue| queue.mode = mode);
        })
        .await;
    let is_offered = |talk: ConversationId| {
        format!("select count(*) from conversation where id = '{talk}' and offered_to is not null")
    };
    house.clinic.vendor().customer_writes("+51900000001", "Lucía", "Hola").await;
    let lucia = house.talk("Lucía").await;
    house.clinic.until_count(&is_offered(lucia), 1).await;
    house.clinic.vendor().customer_writes("+51900000002", "Bruno", "Hola").await;
    let bruno = house.talk("Bruno").await;
    let path = format!("/conversations/{lucia}/offer/decline");
    house.valeria.posts(&path, &[]).await.is(StatusCode::NO_CONTENT);
    house.clinic.until_count(&is_offered(bruno), 1).await;
}

#[tokio::test]
async fn an_agents_silence_makes_room_for_the_next() {
    let house = House::open().await;
    let silence =
        AgentSilence { warn_after: 1, leave_after: 2, then: SilentAgent::BackToQueue, pause: false };
    house
        .publish(|policy| policy.queues.iter_mut().for_each(|queue| queue.agent_silence = Some(silence)))
        .await;
    house.clinic.vendor().customer_writes("+51900000001", "Lucía", "Hola").await;
    house.clinic.vendor().customer_writes("+51900000002", "Bruno", "Hola").await;
    // One after the other, for she answers neither, and neither comes back to her so soon.
    let hers = format!(
        "select count(distinct conversation_id) from assignment where person_id = '{}'",
        house.valeria.person.id
    );
    house.clinic.until_count(&hers, 2).await;
}

#[tokio::test]
async fn finishing_is_seen_by_the_supervisor_and_becomes_the_pause() {
    let mut house = House::open().await;
    let lucia = house.bruno_waits().await;
    let lunch = [("state", "pre_pause"), ("code", "lunch")];
    house.valeria.puts("/me/presence", &lunch).await.is(StatusCode::NO_CONTENT);
    let agents = "floor-agents";
    house.gabriela.until("she finishes", |page| page.floor_says(agents, "Terminando (Almuerzo)")).await;
    house.valeria.until("so she sees", |page| page.shown.me.contains("data-state=\"pre_pause\"")).await;
    house.valeria.posts(&format!("/conversations/{lucia}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    house.valeria.until("her lunch", |page| page.shown.me.contains("data-state=\"paused\"")).await;
    house.gabriela.until("her lunch", |page| page.floor_says(agents, "En pausa (Almuerzo)")).await;
    house.gabriela.becomes_a_fresh_load().await;
    house.valeria.becomes_a_fresh_load().await;

    let siesta = [("state", "paused"), ("code", "siesta")];
    let refused = house.mateo.puts("/me/presence", &siesta).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Esa pausa no está en la lista"), "{}", refused.body);

    let hers = house.valeria.gets("/me/day").await.is(StatusCode::OK).body;
    assert!(hers.contains("Terminando: Almuerzo") && hers.contains("En pausa: Almuerzo"), "{hers}");
    let path = format!("/people/{}/day", house.valeria.person.id);
    house.gabriela.gets(&path).await.is(StatusCode::OK);
    house.mateo.gets(&path).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_full_pause_is_refused_in_words() {
    let house = House::open().await;
    house
        .publish(|policy| {
            let queues: Vec<_> = policy.queues.iter().map(|queue| queue.id).collect();
            policy.pauses[0].at_once = queues.into_iter().map(|queue| (queue, 1)).collect();
        })
        .await;
    let lunch = [("state", "paused"), ("code", "lunch")];
    house.valeria.puts("/me/presence", &lunch).await.is(StatusCode::NO_CONTENT);
    let refused = house.mateo.puts("/me/presence", &lunch).await.is(StatusCode::CONFLICT);
    assert!(refused.body.contains("Ya hay 1 en almuerzo de Citas"), "{}", refused.body);
    let other = format!("/people/{}/presence", house.mateo.person.id);
    house.gabriela.puts(&other, &lunch).await.is(StatusCode::NO_CONTENT);
}
