//! An admin decides what is written down about contacts, an agent writes it, and rules go by it.

use reqwest::StatusCode;
use serde_json::Value;

use crate::clinic::{Clinic, Person};

/// The value of a page's first field of this name.
fn value(page: &str, name: &str) -> String {
    let found =
        page.split_once(&format!("name=\"{name}\" value=\"")).and_then(|(_, rest)| rest.split_once('"'));
    found.map(|(value, _)| value.to_owned()).unwrap_or_default()
}

async fn admin(clinic: &Clinic) -> Person {
    let who = clinic.ground.world.admin("Alonso").await;
    clinic.ground.welcome(&clinic.node.url, "Alonso", who).await
}

async fn makes(alonso: &mut Person, fields: &[(&str, &str)]) -> crate::helpers::Answer {
    let page = alonso.get("/admin/attributes").await.is(StatusCode::OK).body;
    let csrf = value(&page, "csrf");
    let mut form = vec![("csrf", csrf.as_str())];
    form.extend(fields);
    alonso.browser.post("/admin/attributes", &form).await
}

#[tokio::test]
async fn what_the_company_wants_to_know_is_asked_for_checked_and_shown() {
    let clinic = Clinic::open().await;
    let mut alonso = admin(&clinic).await;
    // Nobody ticked that it is hidden, and it is.
    let saved = makes(&mut alonso, &[("name", "DNI"), ("kind", "national_id:dni")]).await;
    assert_eq!(saved.is(StatusCode::SEE_OTHER).location(), "/admin/attributes?done=saved");
    let form = alonso.get("/admin/attributes?key=dni").await.is(StatusCode::OK).body;
    assert!(form.contains("name=\"sensitive\" value=\"1\" checked disabled"), "{form}");
    makes(&mut alonso, &[("name", "Saldo"), ("kind", "number")]).await.is(StatusCode::SEE_OTHER);
    makes(&mut alonso, &[("name", "Plan"), ("kind", "choice"), ("options", "Oro\r\nPlata\r\n")])
        .await
        .is(StatusCode::SEE_OTHER);
    let twice = makes(&mut alonso, &[("name", "plan"), ("kind", "text")]).await;
    let page = twice.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Ya hay un dato con ese nombre") && page.contains("value=\"plan\""), "{page}");
    let page = alonso.get("/admin/attributes").await.body;
    assert!(page.contains("Lista: Oro, Plata") && page.contains("reservado"), "{page}");

    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let contact = clinic.contact_of(talk).await;
    let card = format!("/contacts/{contact}/card");
    let valeria = valeria.opens(talk).await;
    let dialog = valeria.gets(&card).await.is(StatusCode::OK).body;
    assert!(dialog.contains("name=\"field.dni\"") && dialog.contains("<option>Oro</option>"), "{dialog}");
    let version = value(&dialog, "version");
    let write = |fields: &[(&'static str, &'static str)]| {
        let mut form = vec![("version", version.as_str()), ("name", "Lucía F.")];
        form.extend(fields);
        form
    };
    let bad = valeria.posts(&card, &write(&[("field.dni", "12"), ("field.plan", "Bronce")])).await;
    let said: Value = serde_json::from_str(&bad.is(StatusCode::UNPROCESSABLE_ENTITY).body).unwrap();
    assert_eq!(said["message"], "DNI: no tiene la forma de un DNI. Plan: elige una de las opciones.");
    let twofold = valeria.posts(&card, &write(&[("field.saldo", "1.500")])).await;
    let said: Value = serde_json::from_str(&twofold.is(StatusCode::UNPROCESSABLE_ENTITY).body).unwrap();
    let why = "Saldo: puede leerse como miles o como decimales: escribe 1500, o 1,5.";
    assert_eq!(said["message"], why);
    let good = write(&[("field.dni", "12.345.678"), ("field.plan", "oro"), ("language", "pt"), ("vip", "1")]);
    valeria.posts(&card, &good).await.is(StatusCode::NO_CONTENT);
    let page = valeria.gets(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(page.contains(">1••••678<") && !page.contains("12345678") && page.contains(">Oro<"), "{page}");
    assert!(page.contains("Portugués"), "the language she asked for");
    let late = valeria.posts(&card, &write(&[])).await;
    let said: Value = serde_json::from_str(&late.is(StatusCode::CONFLICT).body).unwrap();
    assert_eq!(said["error"], "card_changed_since");

    // Whoever does not hold it has nothing to write on it.
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.gets(&card).await.is(StatusCode::NOT_FOUND);
    mateo.posts(&card, &write(&[])).await.is(StatusCode::NOT_FOUND);
    let held = "select count(*) from conversation where state = 'assigned' and assignee_id is not null";
    assert_eq!(clinic.count(held).await, 1);
}

#[tokio::test]
async fn what_is_hidden_is_shown_to_whoever_may_ask_and_the_house_knows_that_they_did() {
    let clinic = Clinic::open().await;
    let mut alonso = admin(&clinic).await;
    makes(&mut alonso, &[("name", "DNI"), ("kind", "national_id:dni"), ("sensitive", "1")])
        .await
        .is(StatusCode::SEE_OTHER);
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let contact = clinic.contact_of(talk).await;
    clinic.change("update contact set attributes = '{\"dni\": \"12345678\"}'").await;
    collects(&clinic, talk, &[("dni", "87654321"), ("motivo", "Dolor")]).await;

    let valeria = valeria.opens(talk).await;
    let panel = valeria.gets(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(
        panel.contains("Datos del bot") && panel.contains(">Dolor<") && panel.contains("Sonri, "),
        "{panel}"
    );
    assert!(
        panel.contains("1••••678") && panel.contains("8••••321") && !panel.contains("12345678"),
        "{panel}"
    );
    let card = format!("/contacts/{contact}/card");
    let dialog = valeria.gets(&card).await.is(StatusCode::OK).body;
    assert!(dialog.contains("1••••678") && !dialog.contains("field.dni"), "{dialog}");
    let lines = "select count(*) from audit where action = 'contact.reveal' and detail ->> 'field' = 'dni'";
    assert_eq!(clinic.count(lines).await, 0, "nobody saw it");

    let reveal = format!("/contacts/{contact}/reveal");
    let said = valeria.posts(&reveal, &[("key", "dni")]).await.is(StatusCode::OK).body;
    assert!(said.contains("12345678"), "{said}");
    let here = talk.to_string();
    let said =
        valeria.posts(&reveal, &[("key", "dni"), ("conversation", &here)]).await.is(StatusCode::OK).body;
    assert!(said.contains("87654321"), "{said}");
    let dialog = valeria.gets(&format!("{card}?field=dni")).await.is(StatusCode::OK).body;
    assert!(dialog.contains("name=\"field.dni\" value=\"12345678\""), "{dialog}");
    let collected = format!("/conversations/{talk}/collected");
    let form = valeria.gets(&format!("{collected}?key=dni")).await.is(StatusCode::OK).body;
    assert!(form.contains("87654321"), "{form}");
    assert_eq!(clinic.count(lines).await, 4, "a line for each time");
    let told = "select count(*) from audit where detail::text like '%8765%' or detail::text like '%1234%'";
    assert_eq!(clinic.count(told).await, 0, "and none says what she saw");
    valeria.posts(&reveal, &[("key", "motivo")]).await.is(StatusCode::NOT_FOUND);

    let form = valeria.gets(&format!("{collected}?key=motivo")).await.is(StatusCode::OK).body;
    assert!(form.contains("Motivo") || form.contains("motivo"), "{form}");
    let right = [("key", "motivo"), ("version", "1"), ("value", "Dolor de muela")];
    valeria.posts(&collected, &right).await.is(StatusCode::NO_CONTENT);
    valeria.posts(&collected, &right).await.is(StatusCode::CONFLICT);
    let panel = valeria.gets(&format!("/inbox/{talk}")).await.body;
    assert!(panel.contains("Dolor de muela") && panel.contains("Corregido por Valeria"), "{panel}");

    // Who does not serve the contact is told nothing of it.
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.posts(&reveal, &[("key", "dni")]).await.is(StatusCode::NOT_FOUND);
    mateo.posts(&reveal, &[("key", "dni"), ("conversation", &here)]).await.is(StatusCode::NOT_FOUND);
    mateo.gets(&format!("{collected}?key=dni")).await.is(StatusCode::NOT_FOUND);
    mateo.posts(&collected, &right).await.is(StatusCode::NOT_FOUND);
    assert_eq!(clinic.count(lines).await, 4);
}

/// The clinic's bot was told something.
async fn collects(clinic: &Clinic, talk: domain::ConversationId, said: &[(&str, &str)]) {
    use inbox::collected::{Answer, collect};
    use sea_orm::TransactionTrait as _;

    let answer = |(key, value): &(&str, &str)| Answer {
        key: (*key).to_owned(),
        name: None,
        value: (*value).to_owned(),
    };
    let tx = clinic.ground.db.begin().await.unwrap();
    let by = domain::collected::Collector::Bot;
    collect(&tx, talk, by, "Sonri", said.iter().map(answer).collect(), chrono::Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
}
