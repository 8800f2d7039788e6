//! What agents do with a conversation beside answering, over HTTP and the socket.

use reqwest::StatusCode;
use sea_orm::TransactionTrait as _;

use crate::clinic::{Clinic, LUCIA, Page, meta, one};

#[tokio::test]
async fn a_conversation_is_put_aside_stays_in_sight_and_comes_back_when_the_customer_writes() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Llegó mi férula?").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    hers.replies(talk, "La pregunto y le aviso").await.is(StatusCode::CREATED);

    let menu = hers.gets(&format!("/conversations/{talk}/snooze")).await.is(StatusCode::OK).body;
    for words in ["Mañana", "Hasta que responda el cliente"] {
        assert!(menu.contains(words), "{words}: {menu}");
    }
    // On Mondays these are the same.
    assert!(menu.contains("En una semana") || menu.contains("El lunes"), "{menu}");
    for bad in [
        [("until", "2020-01-01T09:00:00Z"), ("day", ""), ("hour", "")],
        [("until", "own"), ("day", "2020-01-01"), ("hour", "09:00")],
        [("until", "own"), ("day", "mañana"), ("hour", "tarde")],
        [("until", "<b>"), ("day", ""), ("hour", "")],
    ] {
        let answer = hers.posts(&format!("/conversations/{talk}/snooze"), &bad).await;
        assert!(answer.status.is_client_error() && answer.body.contains("snooze_time"), "{}", answer.body);
    }
    let answer = hers.posts(&format!("/conversations/{talk}/snooze"), &[("until", "answer")]).await;
    assert!(answer.is(StatusCode::OK).body.contains("Pospuesta hasta que responda"));
    hers.until("it left her list", |page| !page.lists(talk)).await;
    hers.until("the thread says so", |page| page.shown.state.contains("data-state=\"snoozed\"")).await;
    hers.until("a line", |page| page.shown.thread.concat().contains("la pospuso hasta que responda")).await;
    hers.becomes_a_fresh_load().await;

    let mateo = clinic.agent("Mateo").await;
    let his = mateo.opens_inbox().await;
    his.gets(&format!("/inbox/{talk}")).await.is(StatusCode::NOT_FOUND);
    his.posts(&format!("/conversations/{talk}/wake"), &[]).await.is(StatusCode::NOT_FOUND);

    clinic.vendor().lucia_writes("Hola, ¿hay novedades?").await;
    hers.until("it is back", |page| page.lists(talk)).await;
    hers.until("and says why", |page| page.shown.thread.concat().contains("ya no está pospuesta")).await;
    hers.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn whoever_put_it_aside_takes_that_back() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let tomorrow = (chrono::Utc::now() + chrono::TimeDelta::days(1)).to_rfc3339();
    hers.posts(&format!("/conversations/{talk}/snooze"), &[("until", &tomorrow)]).await.is(StatusCode::OK);
    hers.until("it left her list", |page| !page.lists(talk)).await;
    let answer = hers.posts(&format!("/conversations/{talk}/wake"), &[]).await.is(StatusCode::OK).body;
    assert!(answer.contains("La tienes otra vez"), "{answer}");
    hers.until("it is hers again", |page| page.lists(talk)).await;
    hers.until("a line", |page| page.shown.thread.concat().contains("la retomó")).await;
    hers.becomes_a_fresh_load().await;
    let again = hers.posts(&format!("/conversations/{talk}/wake"), &[]).await;
    assert!(again.is(StatusCode::CONFLICT).body.contains("not_snoozed"));
}

async fn admins_desk(clinic: &Clinic, name: &str) -> Page {
    let who = clinic.ground.world.admin(name).await;
    let admin = clinic.ground.welcome(&clinic.node.url, name, who).await;
    Page::drawn(admin, "/admin/outcomes".to_owned()).await
}

/// Outcomes as an admin types them.
async fn outcomes(clinic: &Clinic, names: &[&str]) -> Vec<String> {
    let desk = admins_desk(clinic, "Alonso").await;
    let mut ids = Vec::new();
    for name in names {
        desk.posts("/admin/outcomes", &[("name", name), ("parent", "")]).await.is(StatusCode::SEE_OTHER);
        let sql = format!("select id from outcome where name = '{name}'");
        ids.push(one::<domain::OutcomeId>(&clinic.ground.db, &sql).await.unwrap().to_string());
    }
    ids
}

#[tokio::test]
async fn closing_asks_for_an_outcome_where_the_company_wants_one_and_can_be_taken_back() {
    let clinic = Clinic::open().await;
    let ids = outcomes(&clinic, &["Cita agendada", "Spam"]).await;
    let desk = admins_desk(&clinic, "Alonsa").await;
    desk.posts("/admin/closing", &[("outcome_required", "true")]).await.is(StatusCode::SEE_OTHER);
    let twice = desk.posts("/admin/outcomes", &[("name", "SPAM"), ("parent", "")]).await;
    assert!(twice.is(StatusCode::UNPROCESSABLE_ENTITY).body.contains("Ya hay uno con ese nombre"));

    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Quiero una cita").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let path = format!("/conversations/{talk}/close");
    let bare = hers.posts(&path, &[]).await;
    assert!(bare.is(StatusCode::CONFLICT).body.contains("outcome_required"));
    let unknown = hers.posts(&path, &[("outcome", "nada")]).await;
    assert!(unknown.is(StatusCode::UNPROCESSABLE_ENTITY).body.contains("no_such_outcome"));
    let dialog = hers.gets(&path).await.is(StatusCode::OK).body;
    assert!(dialog.contains("Cita agendada") && !dialog.contains("Resolver sin resultado"), "{dialog}");
    hers.posts(&path, &[("outcome", &ids[0]), ("note", "Martes a las 9")]).await.is(StatusCode::NO_CONTENT);
    hers.until("it left her list", |page| !page.lists(talk)).await;
    hers.until("a line", |page| {
        page.shown.thread.concat().contains("la resolvió: Cita agendada: «Martes a las 9»")
    })
    .await;
    hers.becomes_a_fresh_load().await;

    let reopen = format!("/conversations/{talk}/reopen");
    let mateo = clinic.agent("Mateo").await;
    mateo.opens_inbox().await.posts(&reopen, &[]).await.is(StatusCode::NOT_FOUND);
    assert!(hers.posts(&reopen, &[]).await.is(StatusCode::OK).body.contains("la atiendes tú"));
    hers.until("it is hers again", |page| page.lists(talk)).await;
    hers.becomes_a_fresh_load().await;
    assert!(hers.posts(&reopen, &[]).await.is(StatusCode::CONFLICT).body.contains("reopened"));
}

#[tokio::test]
async fn tags_and_urgency_are_seen_at_once_by_all_who_watch() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Me duele una muela").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut watching = gabriela.opens(talk).await;
    let (tags, urgency) = (format!("/conversations/{talk}/tags"), format!("/conversations/{talk}/urgency"));
    let refused = hers.posts(&tags, &[("tag", "dolor"), ("on", "true")]).await;
    assert!(refused.is(StatusCode::CONFLICT).body.contains("tag_not_in_use"));
    assert!(!hers.gets(&tags).await.is(StatusCode::OK).body.contains("data-tag-new"));
    assert!(watching.gets(&tags).await.is(StatusCode::OK).body.contains("data-tag-new"));
    watching.posts(&tags, &[("tag", "<b>dolor</b>"), ("on", "true")]).await.is(StatusCode::OK);
    hers.until("a line", |page| page.shown.thread.concat().contains("la etiqueta &#60;b&#62;dolor")).await;
    hers.posts(&tags, &[("tag", "<b>dolor</b>"), ("on", "false")]).await.is(StatusCode::OK);
    let before = hers.puts(&urgency, &[("urgency", "urgent")]).await.is(StatusCode::OK).body;
    assert!(before.contains("normal"), "{before}");
    watching.until("how urgent", |page| page.shown.state.contains(">urgente<")).await;
    hers.puts(&urgency, &[("urgency", "mañana")]).await.is(StatusCode::BAD_REQUEST);
    hers.becomes_a_fresh_load().await;
    watching.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn a_contact_is_blocked_with_a_reason_and_leaves_a_line_in_the_audit() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Insultos").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let contact = clinic.contact_of(talk).await;
    let block = format!("/contacts/{contact}/block");
    hers.gets(&block).await.is(StatusCode::FORBIDDEN);
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut watching = gabriela.opens(talk).await;
    assert!(watching.gets(&block).await.is(StatusCode::OK).body.contains("Motivo"));
    let bare = watching.posts(&block, &[("reason", " ")]).await;
    assert!(bare.is(StatusCode::CONFLICT).body.contains("no_reason"));
    watching.posts(&block, &[("reason", "Insulta al personal")]).await.is(StatusCode::NO_CONTENT);
    hers.until("it left her list", |page| !page.lists(talk)).await;
    watching.until("it says so", |page| page.shown.state.contains("bloqueado")).await;
    let says = |words: &'static str| move |page: &Page| page.heard.iter().any(|frame| frame.contains(words));
    watching.until("WhatsApp blocks her, too", says("WhatsApp también bloqueó")).await;
    // What was on its way comes all the same: it is kept, and marked.
    let (from, second) = (LUCIA.trim_start_matches('+'), chrono::Utc::now().timestamp());
    let late = meta::messages(&[meta::text(from, "wamid.late", second, "Más insultos")]);
    assert_eq!(clinic.vendor().posts(late).await, StatusCode::OK);
    watching.until("it is kept", |page| page.shows("Más insultos")).await;
    let marked = |page: &Page| {
        page.shown.thread.iter().any(|one| one.contains("Más insultos") && one.contains("no avisó a nadie"))
    };
    watching.until("it is marked", marked).await;
    assert_eq!(clinic.count("select count(*) from conversation where state <> 'closed'").await, 0);
    watching.posts(&format!("/contacts/{contact}/unblock"), &[]).await.is(StatusCode::NO_CONTENT);
    watching.until("WhatsApp lets her in, too", says("WhatsApp también desbloqueó")).await;
    let audited =
        "select count(*) from audit where action in ('contact.block', 'contact.unblock') and succeeded";
    assert_eq!(clinic.count(audited).await, 2);
    watching.becomes_a_fresh_load().await;
    let found = watching.gets(&format!("/contacts/{contact}/join?q=luc")).await.is(StatusCode::OK).body;
    assert!(found.contains("Nadie con ese nombre"), "not herself: {found}");
}

#[tokio::test]
async fn whom_whatsapp_does_not_block_stays_blocked_here_and_can_be_asked_about_again() {
    let clinic = Clinic::open().await;
    let _valeria = clinic.agent("Valeria").await;
    // WhatsApp knows nothing of it, as if it were long ago.
    let (from, second) = (LUCIA.trim_start_matches('+'), chrono::Utc::now().timestamp());
    let wrote = meta::messages(&[meta::text(from, "wamid.1", second, "Insultos")]);
    assert_eq!(clinic.vendor().posts(wrote).await, StatusCode::OK);
    let talk = clinic.held_conversation().await;
    let contact = clinic.contact_of(talk).await;
    let mut gabriela = clinic.supervisor("Gabriela").await.opens(talk).await;
    let block = format!("/contacts/{contact}/block");
    gabriela.posts(&block, &[("reason", "Insulta")]).await.is(StatusCode::NO_CONTENT);
    let why = "solo se puede a quien escribió en las últimas 24 horas";
    gabriela.until("why not", |page| page.heard.iter().any(|frame| frame.contains(why))).await;
    let refused = "select count(*) from vendor_block where state = 'failed' and code = 131047";
    assert_eq!(clinic.count(refused).await, 1);
    assert_eq!(clinic.count("select count(*) from contact where blocked_at is not null").await, 1);
    let pane = gabriela.gets(&format!("/inbox/{talk}")).await.is(StatusCode::OK).body;
    assert!(pane.contains("Pedir otra vez a WhatsApp"), "{pane}");

    clinic.vendor().lucia_writes("Y sigo").await;
    let again = format!("{block}/vendor");
    gabriela.posts(&again, &[]).await.is(StatusCode::NO_CONTENT);
    clinic.until_count("select count(*) from vendor_block where state = 'done'", 1).await;
    gabriela.posts(&again, &[]).await.is(StatusCode::CONFLICT);
    let mateo = clinic.agent("Mateo").await.opens_inbox().await;
    mateo.posts(&again, &[]).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_an_outcome_asks_for_is_filled_in_while_closing() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let tx = clinic.ground.db.begin().await.unwrap();
    let edad = inbox::attributes::create(&tx, "Edad", domain::AttributeKind::Number, false).await.unwrap();
    let typed = inbox::outcomes::Typed { name: "Cita".into(), parent: None, required: [edad.clone()].into() };
    let cita = inbox::outcomes::create(&tx, typed).await.unwrap().to_string();
    tx.commit().await.unwrap();
    clinic.vendor().lucia_writes("Quiero una cita").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    let close = format!("/conversations/{talk}/close");
    let dialog = page.gets(&close).await.is(StatusCode::OK).body;
    assert!(dialog.contains(&format!("name=\"field.{edad}\"")), "{dialog}");
    let bare = page.posts(&close, &[("outcome", &cita)]).await.is(StatusCode::CONFLICT);
    assert!(bare.body.contains("fields_missing") && bare.body.contains("Edad"), "{}", bare.body);
    let field = format!("field.{edad}");
    let wrong = page.posts(&close, &[("outcome", &cita), (&field, "muchos")]).await;
    assert!(wrong.is(StatusCode::UNPROCESSABLE_ENTITY).body.contains("Edad"));
    assert_eq!(clinic.count("select count(*) from conversation where state = 'closed'").await, 0);
    page.posts(&close, &[("outcome", &cita), (&field, "041")]).await.is(StatusCode::NO_CONTENT);
    let filled = format!("select count(*) from contact where attributes ->> '{edad}' = '41'");
    assert_eq!(clinic.count(&filled).await, 1);
    assert_eq!(clinic.count("select count(*) from conversation where state = 'closed'").await, 1);
}

#[tokio::test]
async fn several_are_resolved_in_one_go_with_a_result_for_each() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().customer_writes("51911111111", "Uno", "Hola").await;
    clinic.vendor().customer_writes("51922222222", "Dos", "Hola").await;
    clinic.until_count("select count(*) from conversation where state = 'assigned'", 2).await;
    let mut hers = valeria.opens_inbox().await;
    hers.until("both", |page| page.shown.rows.len() == 2).await;
    assert!(hers.gets("/bulk").await.is(StatusCode::OK).body.contains("Resolver"));
    assert!(!hers.gets("/bulk").await.body.contains("Asignar"), "supervisors give");
    hers.gets("/bulk/choices/assign").await.is(StatusCode::NOT_FOUND);
    assert!(hers.gets("/bulk/choices/snooze").await.is(StatusCode::OK).body.contains("Mañana"));
    let ids: Vec<String> =
        hers.shown.rows.iter().map(|row| row.split("row-").nth(1).unwrap()[..36].to_owned()).collect();
    let deed = serde_json::json!({"do": "close", "outcome": null});
    let bad =
        hers.posts_json("/bulk", &serde_json::json!({"deed": {"do": "undo"}, "conversations": ids})).await;
    bad.is(StatusCode::NOT_FOUND);
    let none = hers.posts_json("/bulk", &serde_json::json!({"deed": deed, "conversations": []})).await;
    assert!(none.is(StatusCode::CONFLICT).body.contains("nothing_chosen"));
    let begun = hers.posts_json("/bulk", &serde_json::json!({"deed": deed, "conversations": ids})).await;
    let begun: serde_json::Value = serde_json::from_str(&begun.is(StatusCode::CREATED).body).unwrap();
    let path = format!("/bulk/{}", begun["bulk"].as_str().unwrap());
    hers.until("both left", |page| page.shown.rows.is_empty()).await;
    crate::clinic::until("the end", || async {
        hers.gets(&path).await.body.contains("data-ended").then_some(())
    })
    .await;
    assert!(hers.gets(&path).await.body.contains("2 hechas"));
    let mateo = clinic.agent("Mateo").await;
    mateo.opens_inbox().await.gets(&path).await.is(StatusCode::NOT_FOUND);
    hers.posts(&format!("{path}/undo"), &[]).await.is(StatusCode::CREATED);
    hers.until("both are back", |page| page.shown.rows.len() == 2).await;
    let again = hers.posts(&format!("{path}/undo"), &[]).await;
    assert!(again.is(StatusCode::CONFLICT).body.contains("not_undoable"));
}
