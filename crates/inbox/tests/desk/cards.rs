//! What people write on contacts, and which fields there are to write in.

use domain::{Attribute, AttributeKind, ContactId, ConversationId, Principal, attribute::Fault};
use inbox::{
    attributes::{self, AttributeError},
    contacts::card::{self, Card, CardError, Spot, Written, Wrong},
};

use crate::scene::Scene;

async fn contact_of(scene: &Scene, talk: ConversationId) -> ContactId {
    scene.conversation(talk).await.contact_id
}

fn as_it_is(card: &Card) -> Written {
    Written {
        version: card.version,
        name: card.name.clone(),
        vip: card.vip,
        owner: card.owner,
        language: card.language.clone().unwrap_or_default(),
        attributes: [].into(),
    }
}

async fn write(
    scene: &Scene,
    by: &Principal,
    contact: ContactId,
    change: impl FnOnce(&mut Written),
) -> Result<Card, CardError> {
    let tx = scene.begin().await;
    let mut written = as_it_is(&card::read(&tx, contact).await?.unwrap());
    change(&mut written);
    card::write(&tx, by, contact, written, scene.now).await?;
    tx.commit().await?;
    Ok(card::read(scene.db(), contact).await?.unwrap())
}

#[tokio::test]
async fn who_becomes_a_vip_while_waiting_goes_before_who_came_earlier() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (earlier, later) = (scene.talk(300).await, scene.talk(60).await);
    let contact = contact_of(&scene, later).await;
    let card = write(&scene, &gabriela, contact, |card| card.vip = true).await.unwrap();
    assert!(card.vip && card.version == 2);
    let told = "select count(*) from event where kind = 'contact_changed' and conversation_id = $1 and actor_id = $2";
    assert_eq!(scene.count(told, [later.into(), gabriela.person.into()]).await, 1);

    let valeria = scene.agent("valeria").await;
    scene.run("update presence set capacity = 1 where person_id = $1", [valeria.person.into()]).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(later).await, Some(valeria.person));
    assert_eq!(scene.holder(earlier).await, None);
}

#[tokio::test]
async fn an_agent_writes_on_whom_they_serve_and_on_nobody_else() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let contact = contact_of(&scene, talk).await;
    let card = write(&scene, &valeria, contact, |card| card.name = "  Ana Ríos ".into()).await.unwrap();
    assert_eq!(card.name, "Ana Ríos");
    let other = write(&scene, &mateo, contact, |card| card.name = "Otra".into()).await;
    assert!(matches!(other, Err(CardError::NotFound)));
    assert_eq!(card::read(scene.db(), contact).await.unwrap().unwrap().name, "Ana Ríos");
}

#[tokio::test]
async fn whoever_looked_before_somebody_else_wrote_is_told_and_nothing_is_lost() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let contact = contact_of(&scene, scene.talk_of(&valeria).await).await;
    let seen = card::read(scene.db(), contact).await.unwrap().unwrap();
    write(&scene, &valeria, contact, |card| card.language = "pt".into()).await.unwrap();
    let tx = scene.begin().await;
    let late = card::write(&tx, &valeria, contact, as_it_is(&seen), scene.now).await;
    assert!(matches!(late, Err(CardError::ChangedSince)));
    let card = card::read(&tx, contact).await.unwrap().unwrap();
    assert_eq!(card.language.as_deref(), Some("pt"));
}

#[tokio::test]
async fn a_field_takes_what_its_kind_allows_and_a_card_is_written_whole_or_not_at_all() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let contact = contact_of(&scene, scene.talk_of(&valeria).await).await;
    let tx = scene.begin().await;
    let of = domain::NationalId::Dni;
    let dni = attributes::create(&tx, "DNI", AttributeKind::NationalId { of }, true).await.unwrap();
    let born = attributes::create(&tx, "Fecha de nacimiento", AttributeKind::Date, false).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((dni.as_str(), born.as_str()), ("dni", "fecha_de_nacimiento"));

    let bad = write(&scene, &valeria, contact, |card| {
        card.name = "Ana Ríos".into();
        card.attributes =
            [(dni.clone(), "12.345.678".to_owned()), (born.clone(), "30/02/1990".to_owned())].into();
    });
    let Err(CardError::Wrong(wrong)) = bad.await else { panic!("a day that never was") };
    assert_eq!(wrong, [(Spot::Attribute(born.clone()), Wrong::Value(Fault::NoDate))].into());
    assert_eq!(card::read(scene.db(), contact).await.unwrap().unwrap().name, "Ana");

    let good = write(&scene, &valeria, contact, |card| {
        card.attributes = [(dni.clone(), "12.345.678".to_owned())].into();
    });
    assert_eq!(good.await.unwrap().attributes, [(dni.clone(), "12345678".to_owned())].into());
    let gone = write(&scene, &valeria, contact, |card| card.attributes = [(dni, String::new())].into());
    assert!(gone.await.unwrap().attributes.is_empty());
}

#[tokio::test]
async fn a_number_of_a_state_is_hidden_whatever_was_ticked() {
    let scene = Scene::new().await;
    let kind = AttributeKind::NationalId { of: domain::NationalId::Cpf };
    let hidden =
        async |tx: &sea_orm::DatabaseTransaction| attributes::all(tx).await.unwrap().remove(0).sensitive;
    let tx = scene.begin().await;
    let key = attributes::create(&tx, "CPF", kind.clone(), false).await.unwrap();
    assert!(hidden(&tx).await);
    let wanted = Attribute { key: key.clone(), name: "CPF del titular".into(), kind, sensitive: false };
    attributes::change(&tx, wanted).await.unwrap();
    assert!(hidden(&tx).await && attributes::is_sensitive(&tx, &key).await.unwrap());
}

#[tokio::test]
async fn a_field_that_rules_look_at_can_not_go() {
    let scene = Scene::new().await;
    let alonso = scene.supervisor("alonso").await;
    let tx = scene.begin().await;
    let options = vec![" Oro ".to_owned(), "oro".to_owned(), "Plata".to_owned(), String::new()];
    let plan = attributes::create(&tx, "Plan", AttributeKind::Choice { options }, false).await.unwrap();
    tx.commit().await.unwrap();
    let kind = attributes::all(scene.db()).await.unwrap().remove(0).kind;
    assert_eq!(kind, AttributeKind::Choice { options: vec!["Oro".into(), "Plata".into()] });
    scene
        .publish(&alonso, |policy| {
            policy.rules = vec![
                serde_json::from_value(serde_json::json!({
                    "id": uuid::Uuid::from_u128(1), "name": "Plan oro", "on": true,
                    "tests": [{"test": "attribute", "name": plan, "any": ["Oro"]}], "entry": {"queue": scene.queue},
                }))
                .unwrap(),
            ];
        })
        .await;
    let tx = scene.begin().await;
    let Err(AttributeError::InUse(rules)) = attributes::retire(&tx, &plan).await else { panic!("in use") };
    assert_eq!(rules, ["Plan oro"]);
    tx.rollback().await.unwrap();
    scene.publish(&alonso, |policy| policy.rules.clear()).await;
    let tx = scene.begin().await;
    attributes::retire(&tx, &plan).await.unwrap();
    assert!(matches!(attributes::retire(&tx, &plan).await, Err(AttributeError::NotFound)));
    assert!(attributes::all(&tx).await.unwrap().is_empty());
    let again = attributes::create(&tx, "plan", AttributeKind::Text, false).await;
    assert!(matches!(again, Err(AttributeError::Taken)), "values of the old one are still with contacts");
}

#[tokio::test]
async fn a_field_keeps_its_kind_and_its_name_is_its_own() {
    let scene = Scene::new().await;
    let tx = scene.begin().await;
    let key = attributes::create(&tx, "Póliza", AttributeKind::Text, false).await.unwrap();
    attributes::create(&tx, "Edad", AttributeKind::Number, false).await.unwrap();
    let wanted = |name: &str, kind| Attribute { key: key.clone(), name: name.into(), kind, sensitive: true };
    let kind = attributes::change(&tx, wanted("Póliza", AttributeKind::Number)).await;
    assert!(matches!(kind, Err(AttributeError::KindStays)));
    let name = attributes::change(&tx, wanted("EDAD", AttributeKind::Text)).await;
    assert!(matches!(name, Err(AttributeError::Taken)));
    let name = attributes::change(&tx, wanted("\u{7}", AttributeKind::Text)).await;
    assert!(matches!(name, Err(AttributeError::BadName)));
    attributes::change(&tx, wanted("Número de póliza", AttributeKind::Text)).await.unwrap();
    let all = attributes::all(&tx).await.unwrap();
    assert_eq!(
        (all[0].key.as_str(), all[0].name.as_str(), all[0].sensitive),
        ("poliza", "Número de póliza", true)
    );
    let own = attributes::create(&tx, "Name", AttributeKind::Text, false).await;
    assert!(matches!(own, Err(AttributeError::Taken)), "rules call the contact's own name so");
    let none =
        attributes::create(&tx, "Plan", AttributeKind::Choice { options: vec![" ".into()] }, false).await;
    assert!(matches!(none, Err(AttributeError::BadChoices)));
}
