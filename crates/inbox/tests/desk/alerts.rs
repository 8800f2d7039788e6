//! What was promised falls due, supervisors are called, and one of them has seen it.

use chrono::TimeDelta;
use domain::{ConversationId, List, Permission, Principal, Sort, View, Visibility, event::Alert};
use inbox::{
    alerts::{self, SeenError},
    reading::conversations::{self, ConversationLine},
    watch,
};
use routing::{
    Promise,
    policy::{AgentSilence, Late, LateAction, SilentAgent, Targets},
};

use crate::scene::Scene;

async fn look(scene: &Scene) {
    watch::step(scene.db(), scene.now).await.unwrap();
}

async fn line(scene: &Scene, talk: ConversationId) -> ConversationLine {
    conversations::some(scene.db(), &[talk]).await.unwrap().remove(0)
}

async fn calls(scene: &Scene, talk: ConversationId) -> Vec<Alert> {
    line(scene, talk).await.alerts.iter().map(|line| line.alert).collect()
}

async fn see(scene: &Scene, who: &Principal, talk: ConversationId) -> Result<bool, SeenError> {
    let tx = scene.begin().await;
    let seen = alerts::see(&tx, who, talk, scene.now).await?;
    tx.commit().await.unwrap();
    Ok(seen)
}

async fn alerted(scene: &Scene, who: &Principal) -> Vec<ConversationId> {
    let reach = who.reach(Permission::ConversationAssign);
    conversations::alerted(scene.db(), &reach, 50).await.unwrap().iter().map(|line| line.id).collect()
}

/// First answers within five minutes, later ones within two, all done within an hour.
const PROMISED: Targets =
    Targets { first_response: Some(300), next_response: Some(120), resolution: Some(3_600) };

#[tokio::test]
async fn a_broken_promise_calls_the_supervisors_of_its_queue_until_one_has_seen_it() {
    let mut scene = Scene::new().await;
    let (gabriela, alonso) = (scene.supervisor("gabriela").await, scene.supervisor("alonso").await);
    let (valeria, renata) = (scene.agent("valeria").await, scene.stranger("renata").await);
    scene.publish(&alonso, |policy| policy.queues[0].targets = PROMISED).await;
    let talk = scene.begin_talk().await;
    scene.dispatch().await;
    look(&scene).await;
    let began = scene.conversation(talk).await.begun_at;
    let clock = line(&scene, talk).await.due(scene.now).unwrap();
    assert_eq!((clock.promise, clock.at, clock.soon), (Promise::First, began + TimeDelta::minutes(5), 120));
    assert_eq!(calls(&scene, talk).await, []);

    scene.now = began + TimeDelta::minutes(5);
    look(&scene).await;
    assert_eq!(calls(&scene, talk).await, [Alert::FirstResponseLate]);
    assert_eq!((alerted(&scene, &gabriela).await, alerted(&scene, &renata).await), (vec![talk], vec![]));
    for outsider in [&valeria, &renata] {
        assert!(matches!(see(&scene, outsider, talk).await, Err(SeenError::NotFound)));
    }
    assert!(see(&scene, &gabriela, talk).await.unwrap());
    assert!(!see(&scene, &alonso, talk).await.unwrap(), "seen for all of them");
    assert_eq!((calls(&scene, talk).await, alerted(&scene, &alonso).await), (vec![], vec![]));
    let told = "select count(*) from event where kind = 'alerts_seen' and actor_id = $1";
    assert_eq!(scene.count(told, [gabriela.person.into()]).await, 1);

    // Another promise is another alert; what was seen stays seen.
    scene.now = began + TimeDelta::hours(1);
    look(&scene).await;
    assert_eq!(calls(&scene, talk).await, [Alert::ResolutionLate]);
    let queues = inbox::reading::floor::queues(scene.db(), None).await.unwrap();
    assert_eq!(queues[0].breaches, 2);
}

#[tokio::test]
async fn what_is_over_calls_nobody_any_more() {
    let mut scene = Scene::new().await;
    let (gabriela, valeria) = (scene.supervisor("gabriela").await, scene.agent("valeria").await);
    scene
        .publish(&gabriela, |policy| {
            policy.queues[0].targets = Targets { first_response: Some(300), ..Targets::default() };
            policy.queues[0].late = vec![Late { after: 30, action: LateAction::Alert }];
        })
        .await;
    scene.be(&valeria, domain::PresenceState::Paused).await;
    let talk = scene.begin_talk().await;
    look(&scene).await;
    scene.now += TimeDelta::seconds(301);
    look(&scene).await;
    assert_eq!(calls(&scene, talk).await, [Alert::FirstResponseLate, Alert::WaitsTooLong]);

    scene.be(&valeria, domain::PresenceState::Available).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(calls(&scene, talk).await, [Alert::FirstResponseLate], "it waits no more");
    scene.reply(&valeria, talk, "Hola").await;
    look(&scene).await;
    let answered = line(&scene, talk).await;
    assert_eq!((answered.alerts.len(), answered.due_at), (0, None));
}

#[tokio::test]
async fn the_silence_of_whoever_was_given_a_conversation_begins_then() {
    let mut scene = Scene::new().await;
    let (gabriela, _valeria) = (scene.supervisor("gabriela").await, scene.agent("valeria").await);
    let silence =
        AgentSilence { warn_after: 60, leave_after: 0, then: SilentAgent::Supervisor, pause: false };
    scene.publish(&gabriela, |policy| policy.queues[0].agent_silence = Some(silence)).await;
    let talk = scene.begin_talk().await;
    // It was looked at while it waited: nothing was due then, and nothing else happens afterwards.
    look(&scene).await;
    assert_eq!(scene.dispatch().await, 1);
    look(&scene).await;
    scene.now += TimeDelta::seconds(61);
    look(&scene).await;
    assert_eq!(calls(&scene, talk).await, [Alert::AgentSilent]);

    // Whoever gets it next has not been silent.
    let mateo = scene.agent("mateo").await;
    scene.now += TimeDelta::seconds(1);
    let tx = scene.begin().await;
    let from = scene.holder(talk).await;
    let wish = inbox::assignment::Handover { conversation: talk, from, to: mateo.person };
    inbox::assignment::assign(&tx, &gabriela, wish, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(calls(&scene, talk).await, []);
}

#[tokio::test]
async fn lists_stand_by_what_falls_due_first_and_closing_ends_it() {
    let mut scene = Scene::new().await;
    let (gabriela, valeria) = (scene.supervisor("gabriela").await, scene.agent("valeria").await);
    scene.publish(&gabriela, |policy| policy.queues[0].targets = PROMISED).await;
    let early = scene.begin_talk().await;
    scene.now += TimeDelta::seconds(30);
    let late = scene.begin_talk().await;
    scene.now += TimeDelta::seconds(30);
    assert_eq!(scene.dispatch().await, 2);
    look(&scene).await;
    let unpromised = scene.talk_of(&valeria).await;
    let mine = async |scene: &Scene, order| {
        let view = View { sort: Some(order), ..View::of(List::Mine) };
        scene.list(&valeria, &view).await
    };
    assert_eq!(mine(&scene, Sort::Due).await, [early, late, unpromised]);
    let floor = conversations::within(scene.db(), &Visibility::Everything, 2).await.unwrap();
    assert_eq!(floor.iter().map(|line| line.id).collect::<Vec<_>>(), [early, late]);

    // Answered in time, nothing but its end is owed of the early one.
    scene.reply(&valeria, early, "Hola").await;
    look(&scene).await;
    assert_eq!(mine(&scene, Sort::Due).await, [late, early, unpromised]);
    assert_eq!(line(&scene, early).await.due(scene.now).unwrap().promise, Promise::Resolution);

    scene.now += TimeDelta::hours(2);
    look(&scene).await;
    let tx = scene.begin().await;
    inbox::closing::close(&tx, &valeria, late, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let closed = line(&scene, late).await;
    assert_eq!((closed.due_at, closed.due(scene.now), closed.alerts.len()), (None, None, 0));
    let open =
        "select count(*) from alert where conversation_id = $1 and over_at is null and seen_at is null";
    assert_eq!(scene.count(open, [late.into()]).await, 0);
    assert_eq!(alerted(&scene, &gabriela).await, [early]);
}
