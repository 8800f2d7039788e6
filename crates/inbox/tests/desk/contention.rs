//! Two who want the same at the same moment: the one who comes second finds things as the first one left them.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{ChannelId, PersonId, PresenceState, QueueId, SkillId};
use inbox::{
    assignment::{self, AssignError, offers},
    closing,
    contacts::blocking,
    dispatcher,
    handing_over::{HandOver, To, hand_over, take_back},
    policy,
    snoozing::{self, Fetched, Until},
};
use routing::policy::{LapsedOffer, Mode, Queue, Skill};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction};

use crate::scene::Scene;

/// Does `second` while `first` holds its locks, and lets `first` go once `second` waits for them.
async fn at_once<T>(scene: &Scene, first: DatabaseTransaction, second: impl Future<Output = T>) -> T {
    let lets_go = async {
        scene.until_somebody_waits().await;
        first.commit().await.unwrap();
    };
    tokio::join!(second, lets_go).0
}

#[tokio::test]
async fn an_offer_that_is_answered_twice_at_once_ends_once() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let mode = Mode::Offer { seconds: 20, lapsed: LapsedOffer { pause_after: 0 } };
    scene.publish(&alonso, |policy| policy.queues[0].mode = mode).await;
    let talk = scene.talk(30).await;
    assert_eq!(scene.dispatch().await, 1);

    let (here, there) = (scene.begin().await, scene.begin().await);
    offers::decline(&here, &valeria, talk, scene.now).await.unwrap();
    let answer = at_once(&scene, here, offers::decline(&there, &valeria, talk, scene.now)).await;
    assert!(matches!(answer, Err(AssignError::NotFound)), "{answer:?}");
    drop(there);
    assert_eq!(scene.desk(&valeria).await.load, 0);
    assert_eq!(scene.count("select count(*) from event where kind = 'offer_ended'", []).await, 1);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn whose_last_slot_is_gone_by_their_own_hand_is_passed_over_at_once() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    scene.talk_of(&mateo).await;
    scene.run("update presence set capacity = 1 where person_id = $1", [valeria.person.into()]).await;
    let (waits, hers) = (scene.talk(100).await, scene.talk(10).await);

    // The router would give her the one that waits longest; at that moment she takes the other.
    let here = scene.begin().await;
    assignment::claim(&here, &valeria, hers, scene.now).await.unwrap();
    let stepped = at_once(&scene, here, dispatcher::step(scene.db(), scene.now)).await.unwrap();
    assert_eq!((stepped.given, stepped.again), (1, false));
    assert_eq!(scene.holder(waits).await, Some(mateo.person), "without waiting for anybody to ring");
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn whose_share_of_a_queue_is_taken_by_their_own_hand_gets_no_more_of_it() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let (person, queue) = (valeria.person, scene.queue);
    let one_of_it = |policy: &mut routing::Policy| {
        policy.agents.entry(person).or_default().at_most.insert(queue, 1);
    };
    scene.publish(&alonso, one_of_it).await;
    let (waits, hers) = (scene.talk(100).await, scene.talk(10).await);
    let here = scene.begin().await;
    assignment::claim(&here, &valeria, hers, scene.now).await.unwrap();
    let stepped = at_once(&scene, here, dispatcher::step(scene.db(), scene.now)).await.unwrap();
    assert_eq!((stepped.given, scene.holder(waits).await), (0, None));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn what_went_to_another_queue_meanwhile_is_not_given_to_who_serves_the_first() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let ventas = QueueId::new();
    scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    scene.run("delete from queue_member where person_id = $1", [mateo.person.into()]).await;
    scene
        .run(
            "insert into queue_member (queue_id, person_id) values ($1, $2)",
            [ventas.into(), mateo.person.into()],
        )
        .await;
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk(30).await;
    let here = scene.begin().await;
    let wish = HandOver { conversation: talk, to: To::Queue(ventas), note: None, skills: BTreeMap::new() };
    hand_over(&here, &gabriela, wish, scene.now).await.unwrap();
    let stepped = at_once(&scene, here, dispatcher::step(scene.db(), scene.now)).await.unwrap();
    assert_eq!((stepped.given, stepped.again), (0, true), "and it asks to be looked at again");
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    scene.assert_books_balance().await;
    drop(valeria);
}

#[tokio::test]
async fn what_was_decided_while_somebody_publishes_is_decided_anew() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    scene.publish(&alonso, |_| {}).await;
    scene.talk_of(&mateo).await;
    let talk = scene.talk(30).await;
    let english = SkillId::new();

    let here = scene.begin().await;
    let draft = policy::draft(&here).await.unwrap();
    let asks = |policy: &mut routing::Policy| {
        policy.skills.push(Skill { id: english, name: "english".into(), language: None });
        policy.queues[0].skills.insert(english, 3);
        policy.agents.entry(mateo.person).or_default().skills.insert(english, 5);
    };
    let saved = policy::save(&here, &alonso, draft.revision, asks, scene.now).await.unwrap();
    policy::publish(&here, &alonso, saved.revision, "", scene.now).await.unwrap();
    let stepped = at_once(&scene, here, dispatcher::step(scene.db(), scene.now)).await.unwrap();
    assert_eq!(stepped.given, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person), "valeria was less busy, and can't any more");
    let told = dispatcher::explain_past(scene.db(), talk, 1).await.unwrap();
    assert_eq!((told[0].policy, told[0].person), (2, mateo.person));
    drop(valeria);
}

#[tokio::test]
async fn who_publishes_and_who_hands_on_never_wait_for_each_other_in_a_circle() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let ventas = QueueId::new();
    let another = |policy: &mut routing::Policy| {
        policy.queues.push(Queue { name: "Ventas".into(), position: 1, ..Queue::usual(ventas) });
    };
    scene.publish(&alonso, another).await;
    let talk = scene.talk_of(&valeria).await;

    // Nobody holds it any more, and it is on its way into the queue whose name the admin changes.
    let here = scene.begin().await;
    assignment::release(&here, &valeria, talk, scene.now).await.unwrap();
    let publishes = scene.publish(&alonso, |policy| policy.queues[1].name = "Caja".into());
    let hands_on = async {
        scene.until_somebody_waits().await;
        let wish =
            HandOver { conversation: talk, to: To::Queue(ventas), note: None, skills: BTreeMap::new() };
        hand_over(&here, &alonso, wish, scene.now).await.unwrap();
        here.commit().await.unwrap();
    };
    tokio::join!(publishes, hands_on);
    let there = "select count(*) from conversation c join queue q on q.id = c.queue_id where q.name = 'Caja'";
    assert_eq!(scene.count(there, []).await, 1);
}

#[tokio::test]
async fn who_publishes_and_who_fetches_back_never_wait_for_each_other_in_a_circle() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let ventas = QueueId::new();
    let another = |policy: &mut routing::Policy| {
        policy.queues.push(Queue { name: "Ventas".into(), position: 1, ..Queue::usual(ventas) });
    };
    scene.publish(&alonso, another).await;
    let (aside, handed) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let tx = scene.begin().await;
    snoozing::snooze(&tx, &valeria, aside, Until::Answer, scene.now).await.unwrap();
    let wish = HandOver { conversation: handed, to: To::Queue(ventas), note: None, skills: BTreeMap::new() };
    hand_over(&tx, &valeria, wish, scene.now).await.unwrap();
    tx.commit().await.unwrap();

    for round in 0..2 {
        // Somebody has a queue in hand, so whoever publishes stands still with the presences in theirs.
        let name = format!("Caja {round}");
        let here = scene.begin().await;
        here.execute_unprepared("update queue set name = name where name <> 'Citas'").await.unwrap();
        let publishes = scene.publish(&alonso, |policy| policy.queues[1].name = name);
        let fetches = async {
            scene.until_somebody_waits().await;
            let there = scene.begin().await;
            if round == 0 {
                let fetched = snoozing::wake(&there, &valeria, aside, scene.now).await.unwrap();
                assert_eq!(fetched, Fetched::Held);
            } else {
                take_back(&there, &valeria, handed, scene.now).await.unwrap();
            }
            there.commit().await.unwrap();
        };
        let lets_go = async {
            scene.until_so_many_wait(2).await;
            here.commit().await.unwrap();
        };
        tokio::join!(publishes, fetches, lets_go);
    }
    for talk in [aside, handed] {
        assert_eq!(scene.holder(talk).await, Some(valeria.person));
    }
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn who_blocks_takes_from_several_people_in_the_order_in_which_everybody_does() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    assert!(valeria.person < mateo.person);
    let (hers, his) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    // His conversation comes before hers.
    let (first, second) = (scene.talk_of(&mateo).await, scene.talk_of(&valeria).await);
    assert!(first < second);
    let (contact, sms) = (scene.contact_of(first).await, ChannelId::new());
    let channel = "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
        values ($1, 'twilio_sms', 'SMS', '+14155550111', 'number:1', 'twilio:AC1', $2)";
    scene.run(channel, [sms.into(), scene.queue.into()]).await;
    let theirs = "update conversation set contact_id = $2, channel_id = $3 where id = $1";
    scene.run(theirs, [second.into(), contact.into(), sms.into()]).await;

    let (here, there) = (scene.begin().await, scene.begin().await);
    closing::close(&here, &gabriela, hers, scene.now).await.unwrap();
    let blocks = async {
        blocking::block(&there, &gabriela, contact, "Insulta", scene.now).await.unwrap();
        there.commit().await.unwrap();
    };
    let closes = async {
        scene.until_somebody_waits().await;
        closing::close(&here, &gabriela, his, scene.now).await.unwrap();
        here.commit().await.unwrap();
    };
    tokio::join!(blocks, closes);
    assert_eq!((scene.desk(&valeria).await.load, scene.desk(&mateo).await.load), (0, 0));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_decision_is_told_as_it_was_though_another_one_beside_it_came_to_nothing() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let alonso = scene.supervisor("alonso").await;
    let (gone, talk) = (scene.talk(100).await, scene.talk(50).await);
    let here = scene.begin().await;
    closing::close(&here, &alonso, gone, scene.now).await.unwrap();
    at_once(&scene, here, dispatcher::step(scene.db(), scene.now)).await.unwrap();
    // The first would have been hers or his, so the second went to the other.
    let told = dispatcher::explain_past(scene.db(), talk, 1).await.unwrap();
    let told_of: Option<PersonId> = match &told[0].choice.decision {
        routing::Decision::Assign { person, .. } => Some(*person),
        routing::Decision::Wait { .. } => None,
    };
    assert_eq!(told_of, scene.holder(talk).await);
    assert!([valeria.person, mateo.person].contains(&told[0].person));
    let busier = |one: &routing::Considered| matches!(one.verdict, routing::Verdict::Busier { load: 1 });
    assert!(told[0].choice.considered.iter().any(busier));
}

#[tokio::test]
async fn whoever_put_it_back_may_have_it_again_two_minutes_later_without_a_bell() {
    let mut scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let tx = scene.begin().await;
    assignment::release(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let stepped = dispatcher::step(scene.db(), scene.now).await.unwrap();
    assert_eq!((stepped.given, stepped.next), (0, Some(scene.now + TimeDelta::minutes(2))));
    scene.now += TimeDelta::minutes(2);
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert_eq!(scene.desk(&valeria).await.state, PresenceState::Available);
}
