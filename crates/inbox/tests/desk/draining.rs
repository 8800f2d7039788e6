//! Whenever there is room for what waits, the best of it is given with the next look.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{ConversationId, Principal, QueueId, SkillId};
use inbox::{
    assignment::offers,
    closing, dispatcher,
    handing_over::{HandOver, To, hand_over},
    presence::{self, Arrival},
    watch,
};
use routing::policy::{AgentSilence, LapsedOffer, Mode, SilentAgent, Skill, Sticky, StickyTo};

use crate::scene::Scene;

/// Valeria with room for one, which is taken, and two who wait.
struct Full {
    scene: Scene,
    alonso: Principal,
    valeria: Principal,
    hers: ConversationId,
    first: ConversationId,
    second: ConversationId,
}

impl Full {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
        scene.run("update presence set capacity = 1", []).await;
        let hers = scene.talk_of(&valeria).await;
        let (first, second) = (scene.talk(100).await, scene.talk(50).await);
        assert_eq!(scene.dispatch().await, 0);
        Self { scene, alonso, valeria, hers, first, second }
    }

    /// The one that waits longest comes to somebody, and the other goes on waiting.
    async fn first_comes_to(&self, who: &Principal) {
        assert_eq!(self.scene.dispatch().await, 1);
        assert_eq!(self.scene.holder(self.first).await, Some(who.person));
        assert_eq!(self.scene.holder(self.second).await, None);
        self.scene.assert_books_balance().await;
    }
}

#[tokio::test]
async fn by_handing_one_to_another_queue() {
    let full = Full::new().await;
    let ventas = QueueId::new();
    full.scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    let tx = full.scene.begin().await;
    let wish =
        HandOver { conversation: full.hers, to: To::Queue(ventas), note: None, skills: BTreeMap::new() };
    hand_over(&tx, &full.valeria, wish, full.scene.now).await.unwrap();
    tx.commit().await.unwrap();
    full.first_comes_to(&full.valeria).await;
}

#[tokio::test]
async fn by_declining_an_offer() {
    let full = Full::new().await;
    let mode = Mode::Offer { seconds: 20, lapsed: LapsedOffer { pause_after: 0 } };
    full.scene.publish(&full.alonso, |policy| policy.queues[0].mode = mode).await;
    let tx = full.scene.begin().await;
    closing::close(&tx, &full.valeria, full.hers, full.scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(full.scene.dispatch().await, 1);
    let tx = full.scene.begin().await;
    offers::decline(&tx, &full.valeria, full.first, full.scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(full.scene.dispatch().await, 1);
    assert_eq!(full.scene.conversation(full.second).await.offered_to, Some(full.valeria.person));
    full.scene.assert_books_balance().await;
}

#[tokio::test]
async fn by_publishing_more_room() {
    let full = Full::new().await;
    let person = full.valeria.person;
    full.scene.publish(&full.alonso, |policy| policy.agents.entry(person).or_default().capacity = 2).await;
    full.first_comes_to(&full.valeria).await;
}

#[tokio::test]
async fn by_publishing_a_skill() {
    let full = Full::new().await;
    let mateo = full.scene.agent("mateo").await;
    full.scene.run("update presence set capacity = 1", []).await;
    let english = SkillId::new();
    let asks = |level: u8| {
        move |policy: &mut routing::Policy| {
            policy.skills = vec![Skill { id: english, name: "english".into(), language: None }];
            policy.queues[0].skills.insert(english, 3);
            policy.agents.entry(mateo.person).or_default().skills.insert(english, level);
        }
    };
    full.scene.publish(&full.alonso, asks(2)).await;
    assert_eq!(full.scene.dispatch().await, 0);
    full.scene.publish(&full.alonso, asks(3)).await;
    full.first_comes_to(&mateo).await;
}

#[tokio::test]
async fn by_an_agents_silence() {
    let mut full = Full::new().await;
    let mateo = full.scene.agent("mateo").await;
    full.scene.run("update presence set capacity = 0 where person_id = $1", [mateo.person.into()]).await;
    let silence =
        AgentSilence { warn_after: 5, leave_after: 10, then: SilentAgent::BackToQueue, pause: false };
    full.scene.publish(&full.alonso, |policy| policy.queues[0].agent_silence = Some(silence)).await;
    full.scene
        .run(
            "insert into watch (conversation_id, look_at) values ($1, $2)",
            [full.hers.into(), full.scene.now.into()],
        )
        .await;
    full.scene.now += TimeDelta::seconds(15);
    assert_eq!(watch::step(full.scene.db(), full.scene.now).await.unwrap().done, 1);
    assert_eq!(full.scene.holder(full.hers).await, None);
    full.first_comes_to(&full.valeria).await;
}

#[tokio::test]
async fn by_the_end_of_writing_up() {
    let mut full = Full::new().await;
    full.scene.publish(&full.alonso, |policy| policy.queues[0].wrap_up = 60).await;
    // However far that is from the clock of the database.
    full.scene.now += TimeDelta::hours(3);
    let tx = full.scene.begin().await;
    closing::close(&tx, &full.valeria, full.hers, full.scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let stepped = dispatcher::step(full.scene.db(), full.scene.now).await.unwrap();
    assert_eq!((stepped.given, stepped.next), (0, Some(full.scene.now + TimeDelta::seconds(60))));
    full.scene.now += TimeDelta::seconds(60);
    full.first_comes_to(&full.valeria).await;
}

#[tokio::test]
async fn by_letting_somebody_in_again() {
    let full = Full::new().await;
    let mateo = full.scene.agent("mateo").await;
    full.scene.run("update presence set capacity = 1", []).await;
    let disable = "update person set disabled_at = $2 where id = $1";
    full.scene.run(disable, [mateo.person.into(), Some(full.scene.now).into()]).await;
    assert_eq!(full.scene.dispatch().await, 0, "who may not sign in is given nothing");
    full.scene.run("update person set disabled_at = null", []).await;
    full.first_comes_to(&mateo).await;
}

#[tokio::test]
async fn by_a_lease_that_ran_out_and_by_coming_back() {
    let full = Full::new().await;
    let mateo = full.scene.agent("mateo").await;
    full.scene.run("update presence set capacity = 1", []).await;
    // It would wait for Valeria, who is full, for an hour; and Mateo is lost.
    let sticky = Sticky { to: StickyTo::LastAgent, wait: 3_600 };
    full.scene.publish(&full.alonso, |policy| policy.queues[0].sticky = Some(sticky)).await;
    let hers = "update conversation set preferred_id = $1, preferred_until = $2, preferred_why = 'last_agent'
        where state = 'queued'";
    let until = full.scene.now + TimeDelta::hours(1);
    full.scene.run(hers, [full.valeria.person.into(), until.into()]).await;
    assert_eq!(full.scene.dispatch().await, 0, "Mateo has room, and it waits for her");
    let lost = "update presence set lease_until = now() - interval '2 minutes' where person_id = $1";
    full.scene.run(lost, [mateo.person.into()]).await;
    full.scene.run(lost, [full.valeria.person.into()]).await;
    assert_eq!(full.scene.dispatch().await, 0, "nobody is believed to be there");
    let tx = full.scene.begin().await;
    assert_eq!(presence::sweep(&tx, full.scene.now).await.unwrap(), 2);
    assert!(presence::arrive(&tx, mateo.person, Arrival::Reconnected, full.scene.now).await.unwrap());
    tx.commit().await.unwrap();
    full.first_comes_to(&mateo).await;
}
