//! One holder, nobody overfilled, everybody told.

use domain::{ConversationState, PresenceState, QueueId};
use futures_util::future::join_all;
use inbox::{
    assignment::{self, AssignError, Handover},
    closing::{self, CloseError},
    dispatcher,
    handing_over::{HandOverError, To, hand_over},
};
use routing::{Verdict, WaitReason};

use crate::{handing_over::to as handed, scene::Scene};

#[tokio::test]
async fn four_dispatchers_at_once_give_each_conversation_to_one_agent_and_overfill_nobody() {
    let scene = Scene::new().await;
    let agents = [scene.agent("valeria").await, scene.agent("mateo").await, scene.agent("camila").await];
    for ago in 0..20 {
        scene.talk(ago).await;
    }

    let given = join_all((0..4).map(|_| scene.dispatch())).await;

    assert_eq!(given.iter().sum::<usize>(), 9, "three agents with room for three");
    for agent in &agents {
        assert_eq!(scene.desk(agent).await.load, 3);
    }
    scene.assert_books_balance().await;
    let told = "select count(*) from event where kind = 'conversation_assigned'";
    assert_eq!(scene.count(told, []).await, 9);
}

#[tokio::test]
async fn ten_agents_click_one_conversation_and_nine_are_told_who_won() {
    let scene = Scene::new().await;
    let talk = scene.talk(10).await;
    let mut agents = Vec::new();
    for n in 0..10 {
        agents.push(scene.agent(&format!("agent{n}")).await);
    }

    let clicks = join_all(agents.iter().map(|agent| async {
        let tx = scene.begin().await;
        let claimed = assignment::claim(&tx, agent, talk, scene.now).await;
        tx.commit().await.unwrap();
        claimed
    }))
    .await;

    let winner = scene.holder(talk).await;
    assert!(winner.is_some());
    assert_eq!(clicks.iter().filter(|click| click.is_ok()).count(), 1);
    let told = clicks.iter().filter(|click| matches!(click, Err(AssignError::HeldBy(by)) if *by == winner));
    assert_eq!(told.count(), 9);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn the_longest_wait_goes_to_the_least_loaded_and_closing_makes_room_for_the_next() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let held = scene.talk_of(&valeria).await;
    let (young, old) = (scene.talk(5).await, scene.talk(500).await);
    scene.run("update presence set capacity = 1", []).await;

    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(old).await, Some(mateo.person));
    assert_eq!(scene.holder(young).await, None);

    let tx = scene.begin().await;
    closing::close(&tx, &valeria, held, scene.now).await.unwrap();
    let again = closing::close(&tx, &valeria, held, scene.now).await;
    assert!(matches!(again, Err(CloseError::AlreadyClosed)), "she held it last, so she may know");
    tx.commit().await.unwrap();
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(young).await, Some(valeria.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn the_router_believes_only_those_who_are_there() {
    let scene = Scene::new().await;
    let (paused, lost) = (scene.agent("paused").await, scene.agent("lost").await);
    scene.be(&paused, PresenceState::Paused).await;
    scene.run("update presence set lease_until = now() where person_id = $1", [lost.person.into()]).await;
    let talk = scene.talk(10).await;

    assert_eq!(scene.dispatch().await, 0);
    let why = dispatcher::explain(scene.db(), talk, scene.now).await.unwrap().unwrap();
    assert_eq!(why.decision, routing::Decision::Wait { reason: WaitReason::EverybodyIsAway });
    let verdict = |who: domain::PersonId| {
        why.considered.iter().find(|considered| considered.person == who).unwrap().verdict
    };
    assert_eq!(verdict(paused.person), Verdict::Away { presence: PresenceState::Paused });
    assert_eq!(verdict(lost.person), Verdict::Away { presence: PresenceState::Offline });

    scene.be(&paused, PresenceState::Available).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(paused.person));
    assert!(dispatcher::explain(scene.db(), talk, scene.now).await.unwrap().is_none(), "it waits no more");
}

#[tokio::test]
async fn skills_and_vip_decide_before_waiting_does() {
    let scene = Scene::new().await;
    let (valeria, camila) = (scene.agent("valeria").await, scene.agent("camila").await);
    let english = domain::SkillId::new();
    scene.run("insert into skill (id, name) values ($1, 'English')", [english.into()]).await;
    scene
        .run(
            "insert into queue_skill (queue_id, skill_id, level) values ($1, $2, 3)",
            [scene.queue.into(), english.into()],
        )
        .await;
    for (agent, level) in [(&valeria, 2_i16), (&camila, 4)] {
        scene
            .run(
                "insert into person_skill (person_id, skill_id, level) values ($1, $2, $3)",
                [agent.person.into(), english.into(), level.into()],
            )
            .await;
    }
    scene.run("update presence set capacity = 1", []).await;
    let (_older, vip) = (scene.talk(500).await, scene.talk(5).await);
    scene
        .run(
            "update contact set vip = true where id = (select contact_id from conversation where id = $1)",
            [vip.into()],
        )
        .await;
    // As a VIP's conversation begins to wait.
    scene
        .run("update conversation set turn_at = turn_at - interval '30 minutes' where id = $1", [vip.into()])
        .await;

    assert_eq!(scene.dispatch().await, 1, "valeria's level is too low");
    assert_eq!(scene.holder(vip).await, Some(camila.person));
}

#[tokio::test]
async fn a_supervisor_may_go_beyond_capacity_but_not_beyond_the_queue_or_the_working_day() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let stranger = scene.stranger("renata").await;
    scene.run("update presence set capacity = 0", []).await;
    scene.be(&mateo, PresenceState::Offline).await;
    let talk = scene.talk(10).await;
    let give = |by, to, from| {
        let scene = &scene;
        async move {
            let tx = scene.begin().await;
            let wish = Handover { conversation: talk, from, to };
            let given = assignment::assign(&tx, by, wish, scene.now).await;
            tx.commit().await.unwrap();
            given
        }
    };

    let by_agent = give(&valeria, valeria.person, None).await;
    assert!(matches!(by_agent, Err(AssignError::NotFound)), "agents give nothing away");
    let outside = give(&gabriela, stranger.person, None).await;
    assert!(matches!(outside, Err(AssignError::TargetOutsideQueue)));
    assert!(matches!(give(&gabriela, mateo.person, None).await, Err(AssignError::TargetOffline)));

    give(&gabriela, valeria.person, None).await.unwrap();
    assert_eq!(scene.desk(&valeria).await.load, 1);
    let late = give(&gabriela, mateo.person, None).await;
    assert!(
        matches!(late, Err(AssignError::HeldBy(Some(by))) if by == valeria.person),
        "she saw an old screen"
    );
    give(&gabriela, gabriela.person, Some(valeria.person)).await.unwrap();
    assert_eq!(scene.holder(talk).await, Some(gabriela.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn agents_take_within_their_capacity_and_from_their_queues_only() {
    let scene = Scene::new().await;
    let (valeria, stranger) = (scene.agent("valeria").await, scene.stranger("renata").await);
    let talk = scene.talk(10).await;
    for _ in 0..3 {
        scene.talk_of(&valeria).await;
    }
    let tx = scene.begin().await;
    let too_many = assignment::claim(&tx, &valeria, talk, scene.now).await;
    assert!(matches!(too_many, Err(AssignError::Full)));
    let elsewhere = assignment::claim(&tx, &stranger, talk, scene.now).await;
    assert!(matches!(elsewhere, Err(AssignError::NotFound)));
    let taken = scene.talk_of(&scene.agent("mateo").await).await;
    let unseen = assignment::claim(&tx, &stranger, taken, scene.now).await;
    assert!(matches!(unseen, Err(AssignError::NotFound)), "nor is a stranger told who holds it");
}

#[tokio::test]
async fn what_is_put_back_goes_to_a_colleague() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;

    let tx = scene.begin().await;
    assignment::release(&tx, &valeria, talk, scene.now).await.unwrap();
    let again = assignment::release(&tx, &valeria, talk, scene.now).await;
    assert!(matches!(again, Err(AssignError::NotFound)), "it is hers no more");
    tx.commit().await.unwrap();
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Queued);
    assert_eq!(scene.dispatch().await, 0, "it does not return to her at once");

    let mateo = scene.agent("mateo").await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_transferred_conversation_waits_for_whoever_serves_the_other_queue() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let ventas = QueueId::new();
    scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    let to = async |by, queue| {
        let tx = scene.begin().await;
        let moved = hand_over(&tx, by, handed(talk, To::Queue(queue)), scene.now).await;
        tx.commit().await.unwrap();
        moved
    };

    assert!(matches!(to(&mateo, ventas).await, Err(HandOverError::NotFound)), "it is not his");
    assert!(matches!(to(&valeria, QueueId::new()).await, Err(HandOverError::NoSuchQueue)));
    to(&valeria, ventas).await.unwrap();

    assert_eq!(scene.conversation(talk).await.queue_id, ventas);
    assert_eq!((scene.holder(talk).await, scene.desk(&valeria).await.load), (None, 0));
    assert_eq!(scene.dispatch().await, 0, "nobody serves it yet");
    scene
        .run(
            "insert into queue_member (queue_id, person_id) values ($1, $2)",
            [ventas.into(), mateo.person.into()],
        )
        .await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn in_a_storm_of_clicks_the_books_still_balance() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let mut agents = Vec::new();
    for n in 0..4 {
        agents.push(scene.agent(&format!("agent{n}")).await);
    }
    let mut talks = Vec::new();
    for ago in 0..12 {
        talks.push(scene.talk(ago).await);
    }
    let people = async |n: usize| {
        for turn in 0..30 {
            let (agent, talk) = (&agents[n % 4], talks[(turn * 5 + n * 7) % 12]);
            let tx = scene.begin().await;
            match (turn + n) % 4 {
                0 => no_fault(assignment::claim(&tx, agent, talk, scene.now).await),
                1 => no_fault(assignment::release(&tx, agent, talk, scene.now).await),
                2 => {
                    let from = scene.holder(talk).await;
                    let wish = Handover { conversation: talk, from, to: agent.person };
                    no_fault(assignment::assign(&tx, &gabriela, wish, scene.now).await);
                }
                _ if turn > 24 => {
                    let closed = closing::close(&tx, agent, talk, scene.now).await;
                    assert!(!matches!(closed, Err(CloseError::Db(_))), "{closed:?}");
                }
                _ => {}
            }
            tx.commit().await.unwrap();
            scene.dispatch().await;
        }
    };
    join_all((0..3).map(people)).await;
    scene.assert_books_balance().await;
}

/// Refusals are part of the game; deadlocks are not.
fn no_fault(done: Result<(), AssignError>) {
    if let Err(AssignError::Db(fault)) = done {
        panic!("{fault}");
    }
}
