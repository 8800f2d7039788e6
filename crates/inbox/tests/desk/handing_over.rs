//! A conversation is handed to a person, a team, a queue.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{ConversationId, PersonId, PresenceState, QueueId, SkillId, TeamId};
use inbox::{
    assignment::offers,
    handing_over::{HandOver, HandOverError, Handed, TAKEN_BACK_WITHIN, To, hand_over, take_back},
};
use sea_orm::Value;
use uuid::Uuid;

use crate::scene::Scene;

pub fn to(conversation: ConversationId, to: To) -> HandOver {
    HandOver { conversation, to, note: None, skills: BTreeMap::new() }
}

async fn hands(scene: &Scene, by: &domain::Principal, wish: HandOver) -> Result<Handed, HandOverError> {
    let tx = scene.begin().await;
    let handed = hand_over(&tx, by, wish, scene.now).await;
    if handed.is_ok() {
        tx.commit().await.unwrap();
    }
    handed
}

async fn answers(scene: &Scene, accepts: bool, who: &domain::Principal, talk: ConversationId) {
    let tx = scene.begin().await;
    if accepts {
        offers::accept(&tx, who, talk, scene.now).await.unwrap();
    } else {
        offers::decline(&tx, who, talk, scene.now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn whoever_hands_over_to_a_person_holds_it_until_it_is_accepted() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let note = Some("  Ya tiene presupuesto ".to_owned());
    let handed = hands(&scene, &valeria, HandOver { note, ..to(talk, To::Person(mateo.person)) }).await;
    assert_eq!(handed.unwrap(), Handed::Offered(scene.now + TimeDelta::seconds(30)));
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    let noted = "select count(*) from offer where note = 'Ya tiene presupuesto' and kind = 'transfer'";
    assert_eq!(scene.count(noted, []).await, 1);
    assert_eq!((scene.desk(&valeria).await.load, scene.desk(&mateo).await.load), (1, 1), "a slot is kept");
    scene.assert_books_balance().await;

    answers(&scene, true, &mateo, talk).await;
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    assert_eq!((scene.desk(&valeria).await.load, scene.desk(&mateo).await.load), (0, 1));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn what_is_declined_or_left_lying_stays_where_it_was_and_its_holder_is_told() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    hands(&scene, &valeria, to(talk, To::Person(mateo.person))).await.unwrap();
    answers(&scene, false, &mateo, talk).await;
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    hands(&scene, &valeria, to(talk, To::Person(mateo.person))).await.unwrap();
    scene.now += TimeDelta::seconds(30);
    let tx = scene.begin().await;
    assert_eq!(offers::lapse(&tx, scene.now).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert_eq!(scene.desk(&mateo).await.state, PresenceState::Available, "a colleague's wish pauses nobody");
    let told = "select count(*) from event where kind = 'offer_ended' and data->>'from' = $1";
    let from: Value = valeria.person.to_string().into();
    assert_eq!(scene.count(told, [from]).await, 2);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_hand_over_that_can_not_be_changes_nothing() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let stranger = scene.stranger("bruno").await;
    let (hers, his) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    let before = scene.count("select count(*) from event", []).await;
    macro_rules! refused {
        ($wish:expr, $error:pat) => {
            let answer = hands(&scene, &valeria, $wish).await;
            assert!(matches!(answer, Err($error)), "{answer:?}");
        };
    }
    refused!(to(his, To::Person(valeria.person)), HandOverError::NotFound);
    refused!(to(hers, To::Person(valeria.person)), HandOverError::TheirsAlready);
    refused!(to(hers, To::Person(PersonId::new())), HandOverError::NoSuchPerson);
    refused!(to(hers, To::Person(stranger.person)), HandOverError::NoSuchPerson);
    refused!(to(hers, To::Queue(QueueId::new())), HandOverError::NoSuchQueue);
    refused!(to(hers, To::Queue(scene.queue)), HandOverError::SameQueue);
    refused!(to(hers, To::Team(TeamId::new())), HandOverError::NoSuchTeam);
    let long = HandOver { note: Some("a".repeat(1_001)), ..to(hers, To::Person(mateo.person)) };
    refused!(long, HandOverError::NoteTooLong(1_001));
    let unknown = BTreeMap::from([(SkillId::new(), 3)]);
    refused!(HandOver { skills: unknown, ..to(hers, To::Person(mateo.person)) }, HandOverError::BadSkill);
    assert_eq!(scene.count("select count(*) from event", []).await, before);

    scene.run("update presence set capacity = 1 where person_id = $1", [mateo.person.into()]).await;
    refused!(to(hers, To::Person(mateo.person)), HandOverError::Full);
    scene.be(&mateo, PresenceState::Paused).await;
    refused!(to(hers, To::Person(mateo.person)), HandOverError::Away);
    assert_eq!(scene.holder(hers).await, Some(valeria.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_team_gets_what_only_its_people_may_take_if_one_of_them_is_there() {
    let scene = Scene::new().await;
    let (valeria, mateo, camila) =
        (scene.agent("valeria").await, scene.agent("mateo").await, scene.agent("camila").await);
    let team = TeamId::new();
    scene.run("insert into team (id, name) values ($1, 'Noche')", [team.into()]).await;
    let talk = scene.talk_of(&valeria).await;
    let nobody = hands(&scene, &valeria, to(talk, To::Team(team))).await;
    assert!(matches!(nobody, Err(HandOverError::NobodyOfTheTeam)));
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    let member = "insert into team_member (team_id, person_id) values ($1, $2)";
    scene.run(member, [team.into(), mateo.person.into()]).await;
    scene.be(&mateo, PresenceState::Paused).await;
    let note = Some("Pide hablar en la noche".to_owned());
    let handed = hands(&scene, &valeria, HandOver { note, ..to(talk, To::Team(team)) }).await;
    assert_eq!(handed.unwrap(), Handed::Waits);
    assert_eq!(scene.dispatch().await, 0, "camila could, but is not of the team");
    scene.be(&mateo, PresenceState::Available).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    let told = "select count(*) from event where data->>'note' = 'Pide hablar en la noche'";
    assert_eq!(scene.count(told, []).await, 1);
    scene.assert_books_balance().await;
    drop(camila);
}

#[tokio::test]
async fn added_skills_are_asked_for_in_the_other_queue() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (other, skill) = (QueueId::new(), SkillId(Uuid::now_v7()));
    scene.run("insert into queue (id, name) values ($1, 'Ventas')", [other.into()]).await;
    scene.run("insert into skill (id, name) values ($1, 'ventas')", [skill.into()]).await;
    let talk = scene.talk_of(&valeria).await;
    let serve = "insert into queue_member (queue_id, person_id) values ($1, $2)";
    scene.run(serve, [other.into(), mateo.person.into()]).await;
    let skills = BTreeMap::from([(skill, 4)]);
    hands(&scene, &valeria, HandOver { skills, ..to(talk, To::Queue(other)) }).await.unwrap();
    assert_eq!(scene.conversation(talk).await.queue_id, other);
    assert_eq!(scene.dispatch().await, 0, "he can't do that");
    let knows = "insert into person_skill (person_id, skill_id, level) values ($1, $2, 4)";
    scene.run(knows, [mateo.person.into(), skill.into()]).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    scene.assert_books_balance().await;
}

async fn backs(scene: &Scene, by: &domain::Principal, talk: ConversationId) -> Result<(), HandOverError> {
    let tx = scene.begin().await;
    let done = take_back(&tx, by, talk, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

#[tokio::test]
async fn what_was_just_handed_on_and_nobody_has_taken_is_taken_back() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let ventas = QueueId::new();
    scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    let talk = scene.talk_of(&valeria).await;
    assert!(matches!(backs(&scene, &valeria, talk).await, Err(HandOverError::NotFound)), "nothing was");
    hands(&scene, &valeria, to(talk, To::Person(mateo.person))).await.unwrap();
    assert!(matches!(backs(&scene, &mateo, talk).await, Err(HandOverError::NotFound)));
    backs(&scene, &valeria, talk).await.unwrap();
    assert_eq!((scene.holder(talk).await, scene.desk(&mateo).await.load), (Some(valeria.person), 0));
    scene.assert_books_balance().await;

    hands(&scene, &valeria, to(talk, To::Queue(ventas))).await.unwrap();
    backs(&scene, &valeria, talk).await.unwrap();
    let again = scene.conversation(talk).await;
    assert_eq!((again.assignee_id, again.queue_id), (Some(valeria.person), scene.queue));
    scene.assert_books_balance().await;

    hands(&scene, &valeria, to(talk, To::Queue(ventas))).await.unwrap();
    scene.now += TAKEN_BACK_WITHIN;
    assert!(matches!(backs(&scene, &valeria, talk).await, Err(HandOverError::NotFound)), "too late");
}
