//! What a bot collects: into the contact's fields where people wrote nothing, beside the conversation otherwise; corrected by
//! those who serve the contact, and by nobody else.

use std::collections::BTreeMap;

use domain::{
    AttributeKind, ContactId, ConversationId, Principal,
    attribute::Fault,
    collected::{Collector, Source},
};
use inbox::{
    attributes,
    collected::{self, Answer, CollectError},
    contacts::{
        self, MergeReason,
        card::{self, Card, Written},
    },
    reading::details::{CollectedLine, details},
};

use crate::scene::Scene;

fn answers(all: &[(&str, &str)]) -> Vec<Answer> {
    let answer =
        |(key, value): &(&str, &str)| Answer { key: (*key).into(), name: None, value: (*value).into() };
    all.iter().map(answer).collect()
}

async fn sonri(scene: &Scene, talk: ConversationId, all: &[(&str, &str)]) -> BTreeMap<String, Fault> {
    let tx = scene.begin().await;
    let told = collected::collect(&tx, talk, Collector::Bot, "Sonri", answers(all), scene.now).await.unwrap();
    tx.commit().await.unwrap();
    told
}

async fn fields(scene: &Scene) {
    let tx = scene.begin().await;
    let options = vec!["Miraflores".to_owned(), "Surco".to_owned()];
    attributes::create(&tx, "Sede", AttributeKind::Choice { options }, false).await.unwrap();
    attributes::create(&tx, "Edad", AttributeKind::Number, false).await.unwrap();
    tx.commit().await.unwrap();
}

async fn beside(scene: &Scene, by: &Principal, talk: ConversationId) -> Vec<CollectedLine> {
    let contact = scene.conversation(talk).await.contact_id;
    let reach = by.reach(domain::Permission::ConversationRead);
    details(scene.db(), contact, talk, &reach, None, 10).await.unwrap().unwrap().collected
}

async fn card_of(scene: &Scene, contact: ContactId) -> Card {
    card::read(scene.db(), contact).await.unwrap().unwrap()
}

async fn writes(scene: &Scene, by: &Principal, contact: ContactId, key: &str, value: &str) {
    let before = card_of(scene, contact).await;
    let written = Written {
        version: before.version,
        name: before.name,
        vip: before.vip,
        owner: before.owner,
        language: String::new(),
        attributes: [(key.to_owned(), value.to_owned())].into(),
    };
    let tx = scene.begin().await;
    card::write(&tx, by, contact, written, scene.now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_bot_fills_fields_keeps_the_rest_and_hears_what_it_has_to_ask_again() {
    let scene = Scene::new().await;
    fields(&scene).await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let contact = scene.conversation(talk).await.contact_id;
    let said = [("sede", "surco"), ("edad", "muchos"), ("motivo", " Dolor en\nmuela "), ("nada", " ")];
    let again = sonri(&scene, talk, &said).await;
    assert_eq!(again, [("edad".to_owned(), Fault::NoNumber)].into());
    let card = card_of(&scene, contact).await;
    assert_eq!(card.attributes, [("sede".to_owned(), "Surco".to_owned())].into());
    let source = &card.sources["sede"].source;
    let by_sonri = Source::Collected { by: Collector::Bot, name: "Sonri".to_owned(), conversation: talk };
    assert_eq!(*source, by_sonri);
    let kept = beside(&scene, &valeria, talk).await;
    let kept: Vec<(&str, &str)> = kept.iter().map(|one| (one.key.as_str(), one.value.as_str())).collect();
    assert_eq!(kept, [("edad", "muchos"), ("motivo", "Dolor en muela")]);

    assert!(sonri(&scene, talk, &[("edad", "41")]).await.is_empty());
    assert_eq!(card_of(&scene, contact).await.attributes["edad"], "41");
    assert_eq!(beside(&scene, &valeria, talk).await.len(), 1, "what was wrong is answered");
    let told = "select count(*) from event where kind = 'data_collected' and conversation_id = $1";
    assert_eq!(scene.count(told, [talk.into()]).await, 2);
    assert!(sonri(&scene, talk, &[("edad", "041")]).await.is_empty());
    assert_eq!(scene.count(told, [talk.into()]).await, 2, "what is known already is told to nobody");
}

#[tokio::test]
async fn what_people_wrote_stays_and_knows_who_wrote_it() {
    let scene = Scene::new().await;
    fields(&scene).await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let contact = scene.conversation(talk).await.contact_id;
    sonri(&scene, talk, &[("sede", "Surco"), ("edad", "41")]).await;
    writes(&scene, &valeria, contact, "sede", "Miraflores").await;
    let card = card_of(&scene, contact).await;
    assert_eq!(card.sources["sede"].source, Source::Person { person: valeria.person });
    assert!(matches!(card.sources["edad"].source, Source::Collected { .. }), "nobody wrote there");

    sonri(&scene, talk, &[("sede", "Surco"), ("edad", "42")]).await;
    let card = card_of(&scene, contact).await;
    assert_eq!((card.attributes["sede"].as_str(), card.attributes["edad"].as_str()), ("Miraflores", "42"));
    let kept = beside(&scene, &valeria, talk).await;
    assert_eq!((kept[0].key.as_str(), kept[0].name.as_deref()), ("sede", Some("Sede")), "she sees both");
    writes(&scene, &valeria, contact, "edad", "").await;
    assert!(!card_of(&scene, contact).await.sources.contains_key("edad"));
}

#[tokio::test]
async fn who_serves_the_contact_corrects_what_was_collected_and_nobody_else() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    sonri(&scene, talk, &[("motivo", "Dolor"), ("turno", "Sábado")]).await;
    let correct = async |by: &Principal, key: &str, version, value: &str| {
        let tx = scene.begin().await;
        let done = collected::correct(&tx, by, talk, key, version, value, scene.now).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    assert!(matches!(correct(&mateo, "motivo", 1, "Otro").await, Err(CollectError::NotFound)));
    assert!(matches!(correct(&valeria, "nada", 1, "Otro").await, Err(CollectError::NotFound)));
    let long = "x".repeat(501);
    assert!(matches!(correct(&valeria, "motivo", 1, &long).await, Err(CollectError::TooLong)));
    correct(&valeria, "motivo", 1, " Dolor de muela ").await.unwrap();
    assert!(matches!(correct(&valeria, "motivo", 1, "Otro").await, Err(CollectError::ChangedSince)));
    correct(&valeria, "turno", 1, "").await.unwrap();
    sonri(&scene, talk, &[("motivo", "Limpieza")]).await;
    let kept = beside(&scene, &valeria, talk).await;
    assert_eq!(kept.len(), 1, "the other one was taken away");
    assert_eq!(
        (kept[0].value.as_str(), kept[0].corrected_by.as_deref()),
        ("Dolor de muela", Some("valeria"))
    );
    let told = "select count(*) from event where kind = 'contact_changed' and actor_id = $1";
    assert_eq!(scene.count(told, [valeria.person.into()]).await, 2);
}

#[tokio::test]
async fn sources_go_where_their_values_go() {
    let scene = Scene::new().await;
    fields(&scene).await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let (stays_talk, gone_talk) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let (stays, gone) =
        (scene.conversation(stays_talk).await.contact_id, scene.conversation(gone_talk).await.contact_id);
    writes(&scene, &valeria, stays, "sede", "Surco").await;
    sonri(&scene, gone_talk, &[("sede", "Miraflores"), ("edad", "41")]).await;
    let before = card_of(&scene, stays).await.sources;

    let tx = scene.begin().await;
    let reason = MergeReason::Person { note: String::new() };
    let join = contacts::merge(&tx, Some(gabriela.person), gone, stays, &reason, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let sources = card_of(&scene, stays).await.sources;
    assert_eq!(sources["sede"].source, Source::Person { person: valeria.person });
    assert!(matches!(sources["edad"].source, Source::Collected { .. }));

    let tx = scene.begin().await;
    contacts::undo(&tx, gabriela.person, join, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(card_of(&scene, stays).await.sources, before);
}
