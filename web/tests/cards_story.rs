//! An admin decides what is written down about contacts, an agent writes it, and rules go by it.

use reqwest::StatusCode;
use serde_json::Value;

use crate::clinic::{Clinic, Person, one};

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
    let saved = makes(&mut alonso, &[("name", "DNI"), ("kind", "national_id:dni"), ("sensitive", "1")]).await;
    assert_eq!(saved.is(StatusCode::SEE_OTHER).location(), "/admin/attributes?done=saved");
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
    let contact: uuid::Uuid =
        one(&clinic.ground.db, &format!("select contact_id from conversation where id = '{talk}'"))
            .await
            .unwrap();
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
    let good = write(&[("field.dni", "12.345.678"), ("field.plan", "oro"), ("language", "pt"), ("vip", "1")]);
    valeria.posts(&card, &good).await.is(StatusCode::NO_CONTENT);
    let page = valeria.gets(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(page.contains("<dd dir=\"auto\">12345678<") && page.contains(">Oro<"), "{page}");
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
