//! Admins draft, publish and take back how conversations are routed.

use std::collections::BTreeMap;

use domain::SkillId;
use inbox::policy::{self, PolicyError};
use routing::policy::Skill;

use crate::scene::Scene;

#[tokio::test]
async fn a_draft_begins_with_what_holds_and_decides_nothing_until_it_is_published() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let draft = policy::draft(scene.db()).await.unwrap();
    assert_eq!((draft.base, draft.revision), (0, 0));
    assert_eq!(draft.policy.queues[0].members, [valeria.person].into());
    assert_eq!(draft.policy.agents[&valeria.person].capacity, 3);

    let tx = scene.begin().await;
    let change = |policy: &mut routing::Policy| {
        policy.agents.entry(valeria.person).or_default().capacity = 5;
    };
    let saved = policy::save(&tx, &alonso, 0, change, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.desk(&valeria).await.capacity, 3, "a draft decides nothing");

    let tx = scene.begin().await;
    let version = policy::publish(&tx, &alonso, saved.revision, "más cupo", scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(version, 1);
    assert_eq!(scene.desk(&valeria).await.capacity, 5);
    assert_eq!(policy::current(scene.db()).await.unwrap().version, 1);
    assert_eq!(policy::draft(scene.db()).await.unwrap().revision, 0, "the draft is published and gone");
}

#[tokio::test]
async fn who_saves_over_somebody_elses_change_is_told_and_changes_nothing() {
    let scene = Scene::new().await;
    let (alonso, gabriela) = (scene.supervisor("alonso").await, scene.supervisor("gabriela").await);
    let tx = scene.begin().await;
    policy::save(&tx, &alonso, 0, |policy| policy.order.target = 300, scene.now).await.unwrap();
    let late = policy::save(&tx, &gabriela, 0, |policy| policy.order.target = 900, scene.now).await;
    assert!(matches!(late, Err(PolicyError::Stale { now: 1 })));
    let late = policy::publish(&tx, &gabriela, 0, "", scene.now).await;
    assert!(matches!(late, Err(PolicyError::Stale { now: 1 })));
    assert_eq!(policy::draft(&tx).await.unwrap().policy.order.target, 300);
    policy::discard(&tx, 1).await.unwrap();
    assert!(matches!(policy::publish(&tx, &alonso, 0, "", scene.now).await, Err(PolicyError::NoDraft)));
}

#[tokio::test]
async fn what_does_not_hold_together_is_refused_whole() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let endodoncia = SkillId::new();
    let tx = scene.begin().await;
    let skilled = |policy: &mut routing::Policy| {
        policy.skills.push(Skill { id: endodoncia, name: "endodoncia".into(), language: None });
        policy.agents.entry(valeria.person).or_default().skills.insert(endodoncia, 4);
        policy.queues[0].skills = BTreeMap::from([(endodoncia, 2)]);
    };
    policy::save(&tx, &alonso, 0, skilled, scene.now).await.unwrap();
    let in_use = policy::save(&tx, &alonso, 1, |policy| policy.skills.clear(), scene.now).await;
    let Err(PolicyError::Flawed(flaws)) = in_use else { panic!("{in_use:?}") };
    assert_eq!(flaws[0].places.len(), 2, "the agent and the queue that name it: {flaws:?}");
    assert_eq!(policy::draft(&tx).await.unwrap().policy.skills.len(), 1, "nothing was half saved");
}

#[tokio::test]
async fn an_earlier_version_comes_back_as_a_new_one() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    scene.publish(&alonso, |policy| policy.queues[0].name = "Citas y controles".into()).await;
    let out = |policy: &mut routing::Policy| {
        policy.queues[0].members = [mateo.person].into();
    };
    assert_eq!(scene.publish(&alonso, out).await, 2);
    let serves = "select count(*) from queue_member where person_id = $1";
    assert_eq!(scene.count(serves, [valeria.person.into()]).await, 0);

    let tx = scene.begin().await;
    let missing = policy::roll_back(&tx, &alonso, 7, "", scene.now).await;
    assert!(matches!(missing, Err(PolicyError::NoSuchVersion)));
    assert_eq!(policy::roll_back(&tx, &alonso, 1, "fue un error", scene.now).await.unwrap(), 3);
    tx.commit().await.unwrap();
    assert_eq!(scene.count(serves, [valeria.person.into()]).await, 1);
    let versions = policy::versions(scene.db(), 10).await.unwrap();
    let notes: Vec<_> = versions.iter().map(|version| (version.version, version.note.as_str())).collect();
    assert_eq!(notes, [(3, "fue un error"), (2, ""), (1, "")]);
}

#[tokio::test]
async fn nobody_waits_for_a_skill_that_is_gone() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let endodoncia = SkillId::new();
    let skill = Skill { id: endodoncia, name: "endodoncia".into(), language: None };
    scene.publish(&alonso, |policy| policy.skills.push(skill)).await;
    let talk = scene.talk(30).await;
    let asks = "update conversation set skills = jsonb_build_object($2::text, 3) where id = $1";
    scene.run(asks, [talk.into(), endodoncia.to_string().into()]).await;
    assert_eq!(scene.dispatch().await, 0, "she does not have it");
    scene.publish(&alonso, |policy| policy.skills.clear()).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
}

#[tokio::test]
async fn why_somebody_was_chosen_is_forgotten_in_time_and_who_it_was_is_not() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk(30).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(inbox::retention::forget_decisions(scene.db(), 30).await.unwrap(), 0);
    scene.run("update routing_pass set at = now() - interval '31 days'", []).await;
    assert_eq!(inbox::retention::forget_decisions(scene.db(), 30).await.unwrap(), 1);
    assert_eq!(scene.count("select count(*) from decision", []).await, 0);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
}
