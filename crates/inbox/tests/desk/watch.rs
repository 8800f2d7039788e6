//! What the passing of time does to a conversation.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{ConversationState, PresenceState, QueueId};
use inbox::watch;
use routing::policy::{
    AgentSilence, CustomerSilence, Late, LateAction, Message, Overflow, Queue, Relaxation, Relaxed,
    SilentAgent, Targets,
};

use crate::scene::Scene;

fn words(text: &str) -> Message {
    Message(BTreeMap::from([("es".to_owned(), text.to_owned())]))
}

async fn look(scene: &Scene) -> usize {
    watch::step(scene.db(), scene.now).await.unwrap().done
}

#[tokio::test]
async fn what_waits_too_long_is_tagged_then_told_of_then_taken_over_each_once() {
    let mut scene = Scene::new().await;
    let alonso = scene.supervisor("alonso").await;
    let ventas = QueueId::new();
    scene
        .publish(&alonso, |policy| {
            policy.queues.push(Queue { name: "Ventas".into(), position: 2, ..Queue::usual(ventas) });
            let citas = &mut policy.queues[0];
            citas.late = vec![
                Late { after: 60, action: LateAction::Tag { tag: "espera".into() } },
                Late { after: 90, action: LateAction::Alert },
            ];
            citas.overflow = Some(Overflow { after: 120, to: ventas });
        })
        .await;
    let talk = scene.begin_talk().await;
    let count = async |scene: &Scene, kind: &str| {
        let sql = "select count(*) from event where conversation_id = $1 and kind = $2";
        scene.count(sql, [talk.into(), kind.into()]).await
    };
    look(&scene).await;
    for (second, tags, alerts, moves) in
        [(59, 0, 0, 0), (60, 1, 0, 0), (90, 1, 1, 0), (119, 1, 1, 0), (120, 1, 1, 1), (400, 1, 1, 1)]
    {
        let began = scene.conversation(talk).await.begun_at;
        scene.now = began + TimeDelta::seconds(second);
        look(&scene).await;
        assert_eq!(look(&scene).await, 0, "nothing twice at {second} s");
        let so_far = (
            count(&scene, "conversation_tagged").await,
            count(&scene, "conversation_alerted").await,
            count(&scene, "conversation_transferred").await,
        );
        assert_eq!(so_far, (tags, alerts, moves), "at {second} s");
    }
    let moved = scene.conversation(talk).await;
    assert_eq!((moved.queue_id, moved.state), (ventas, ConversationState::Queued));
}

#[tokio::test]
async fn a_queue_asks_for_less_the_longer_somebody_waits() {
    let mut scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let english = domain::SkillId::new();
    scene
        .publish(&alonso, |policy| {
            let skill = routing::policy::Skill { id: english, name: "english".into(), language: None };
            policy.skills.push(skill);
            policy.agents.entry(valeria.person).or_default().skills.insert(english, 1);
            policy.queues[0].skills.insert(english, 3);
            policy.queues[0].relaxation =
                vec![Relaxation { after: 30, relaxed: Relaxed::Lower { levels: 2 } }];
        })
        .await;
    let talk = scene.begin_talk().await;
    look(&scene).await;
    assert_eq!(scene.dispatch().await, 0);
    scene.now += TimeDelta::seconds(31);
    look(&scene).await;
    assert_eq!(scene.conversation(talk).await.relaxed, 1);
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
}

#[tokio::test]
async fn a_silent_agent_is_warned_loses_the_conversation_and_is_paused() {
    let mut scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let silence =
        AgentSilence { warn_after: 60, leave_after: 180, then: SilentAgent::BackToQueue, pause: true };
    scene.publish(&alonso, |policy| policy.queues[0].agent_silence = Some(silence)).await;
    let talk = scene.begin_talk().await;
    assert_eq!(scene.dispatch().await, 1);
    look(&scene).await;
    scene.now += TimeDelta::seconds(70);
    look(&scene).await;
    let warned = "select count(*) from event where kind = 'conversation_alerted'";
    assert_eq!(scene.count(warned, []).await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    scene.now += TimeDelta::seconds(180);
    look(&scene).await;
    assert_eq!(scene.holder(talk).await, None);
    let desk = scene.desk(&valeria).await;
    assert_eq!((desk.state, desk.pause_code.as_deref()), (PresenceState::Paused, Some("silent")));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn who_answers_in_time_is_left_alone_and_a_silent_customer_is_reminded_then_closed() {
    let mut scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene
        .publish(&alonso, |policy| {
            let queue = &mut policy.queues[0];
            queue.agent_silence = Some(AgentSilence {
                warn_after: 60,
                leave_after: 180,
                then: SilentAgent::BackToQueue,
                pause: false,
            });
            queue.customer_silence = Some(CustomerSilence {
                remind_after: Some(600),
                reminder: words("¿Sigues ahí?"),
                close_after: Some(1_800),
                outcome: "sin respuesta".into(),
            });
        })
        .await;
    let talk = scene.begin_talk().await;
    assert_eq!(scene.dispatch().await, 1);
    scene.reply(&valeria, talk, "Hola, ¿en qué le ayudo?").await;
    look(&scene).await;
    scene.now += TimeDelta::seconds(601);
    assert!(watch::step(scene.db(), scene.now).await.unwrap().said);
    let said = "select count(*) from message where author_id is null and direction = 'out' and body = '¿Sigues ahí?'";
    assert_eq!(scene.count(said, []).await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    scene.now += TimeDelta::seconds(1_800);
    look(&scene).await;
    let closed = scene.conversation(talk).await;
    assert_eq!((closed.state, closed.outcome.as_deref()), (ConversationState::Closed, Some("sin respuesta")));
    assert_eq!(scene.desk(&valeria).await.load, 0);
    assert_eq!(scene.count("select count(*) from watch", []).await, 0, "time asks nothing of it any more");
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn promises_are_on_the_conversation_and_their_breach_is_told_once() {
    let mut scene = Scene::new().await;
    let alonso = scene.supervisor("alonso").await;
    let targets = Targets { first_response: Some(120), next_response: None, resolution: Some(3_600) };
    scene.publish(&alonso, |policy| policy.queues[0].targets = targets).await;
    let talk = scene.begin_talk().await;
    look(&scene).await;
    let promised = scene.conversation(talk).await;
    assert!(promised.first_due_at.is_some() && promised.resolve_due_at.is_some());
    assert!(promised.next_due_at.is_none());
    scene.now = promised.first_due_at.unwrap() + TimeDelta::seconds(1);
    look(&scene).await;
    look(&scene).await;
    let late = "select count(*) from event where kind = 'conversation_alerted' and data->>'alert' = 'first_response_late'";
    assert_eq!(scene.count(late, []).await, 1);
}

#[tokio::test]
async fn two_nodes_that_look_at_once_do_nothing_twice() {
    let mut scene = Scene::new().await;
    let alonso = scene.supervisor("alonso").await;
    scene
        .publish(&alonso, |policy| {
            policy.queues[0].late =
                vec![Late { after: 60, action: LateAction::Tell { message: words("Ya casi") } }];
        })
        .await;
    for _ in 0..20 {
        scene.begin_talk().await;
    }
    look(&scene).await;
    scene.now += TimeDelta::seconds(61);
    let looks = (0..4).map(|_| watch::step(scene.db(), scene.now));
    for looked in futures_util::future::join_all(looks).await {
        looked.unwrap();
    }
    while look(&scene).await > 0 {}
    let said = "select count(*) from message where body = 'Ya casi'";
    assert_eq!(scene.count(said, []).await, 20);
}
