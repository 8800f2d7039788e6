//! One's own settings: how things look, where one is signed in, another password.

use reqwest::StatusCode;

use crate::{
    clinic::{Clinic, Person},
    helpers::{Answer, Browser, PASSWORD, TestApp, email},
};

const ANOTHER: &str = "mi abuela vende mangos en Piura";

/// The settings, and the token of their forms.
async fn settings(browser: &mut Browser) -> (Answer, String) {
    let page = browser.get("/me").await.is(StatusCode::OK);
    let csrf = page.csrf();
    (page, csrf)
}

#[tokio::test]
async fn what_valeria_likes_is_on_the_next_page_and_only_on_hers() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    app.agent("Mateo").await;
    let (mut valeria, mut mateo) = (app.signed_in("Valeria").await, app.signed_in("Mateo").await);
    let (page, csrf) = settings(&mut valeria).await;
    assert!(page.body.contains("data-density=\"comfortable\" data-tz=\"America/Lima\""), "{}", page.body);
    assert!(page.body.contains("La de la empresa (America/Lima)"), "{}", page.body);

    let form = [
        ("csrf", csrf.as_str()),
        ("locale", "pt-BR"),
        ("theme", "dark"),
        ("density", "compact"),
        ("text_size", "large"),
        ("zone", "America/Sao_Paulo"),
    ];
    let answer = valeria.post("/me/preferences", &form).await.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/me?saved=look#look");
    for path in ["/inbox", "/me?saved=look"] {
        let body = valeria.get(path).await.is(StatusCode::OK).body;
        let head = "<html lang=\"pt-BR\" data-theme=\"dark\" data-text=\"large\" data-density=\"compact\" data-tz=\"America/Sao_Paulo\">";
        assert!(body.contains(head), "{path}: {body}");
    }
    assert!(mateo.get("/inbox").await.body.contains("data-density=\"comfortable\" data-tz=\"America/Lima\""));

    // What is not named stays; the empty zone is the company's again.
    valeria.post("/me/preferences", &[("csrf", &csrf), ("zone", "")]).await.is(StatusCode::SEE_OTHER);
    let body = valeria.get("/inbox").await.body;
    assert!(body.contains("data-density=\"compact\" data-tz=\"America/Lima\""), "{body}");
}

#[tokio::test]
async fn a_zone_that_is_none_is_refused_at_its_field_and_changes_nothing() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut valeria = app.signed_in("Valeria").await;
    let (_, csrf) = settings(&mut valeria).await;
    let form = [("csrf", csrf.as_str()), ("theme", "dark"), ("zone", "America/<b>Macondo")];
    let page = valeria.post("/me/preferences", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("id=\"zone-wrong\"") && page.contains("America/&#60;b&#62;Macondo"), "{page}");
    let body = valeria.get("/inbox").await.body;
    assert!(body.contains("data-theme=\"system\"") && body.contains("data-tz=\"America/Lima\""));
}

#[tokio::test]
async fn the_company_moves_and_who_chose_no_zone_moves_along() {
    let app = TestApp::with(|settings| settings.house.time_zone = chrono_tz::Tz::America__Bogota).await;
    app.agent("Valeria").await;
    let mut valeria = app.signed_in("Valeria").await;
    assert!(valeria.get("/inbox").await.body.contains("data-tz=\"America/Bogota\""));
}

#[tokio::test]
async fn what_the_line_tells_her_is_in_her_own_zone() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let here = valeria.opens_inbox().await;
    here.posts("/me/preferences", &[("zone", "Asia/Tokyo")]).await.is(StatusCode::SEE_OTHER);
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let until = chrono::Utc::now() + chrono::TimeDelta::days(1);
    let asked = until.to_rfc3339();
    hers.posts(&format!("/conversations/{talk}/snooze"), &[("until", &asked)]).await.is(StatusCode::OK);
    let there = until.with_timezone(&chrono_tz::Asia::Tokyo).format(", %-H:%M").to_string();
    hers.until("it is put aside by her clock", |page| page.shown.state.contains(&there)).await;
    hers.until("and the line says so", |page| page.shown.thread.concat().contains(&there)).await;
    hers.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn she_sees_where_she_is_signed_in_and_ends_what_she_does_not_know() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    app.agent("Mateo").await;
    let mut elsewhere = app.signed_in("Valeria").await;
    let strange = app.only_session().await;
    app.run(
        "update session set agent = 'Mozilla/5.0 (Linux; Android 14) Chrome/142.0 Mobile', address = '203.0.113.9'
         where person_id = $1",
        valeria.person,
    )
    .await;
    app.later(60);
    let mut here = app.signed_in("Valeria").await;
    let mut mateo = app.signed_in("Mateo").await;
    let (page, csrf) = settings(&mut here).await;
    assert_eq!(page.body.matches("data-session=").count(), 2, "hers, and not Mateo's");
    let [this, other] = ["Este equipo", "Chrome en Android"].map(|words| page.body.find(words).unwrap());
    assert!(this < other && page.body.contains("203.0.113.9"), "{}", page.body);

    let path = format!("/me/sessions/{strange}/end");
    let (_, his) = settings(&mut mateo).await;
    mateo.post(&path, &[("csrf", &his)]).await.is(StatusCode::NOT_FOUND);
    assert!(elsewhere.is_signed_in().await);

    here.post(&path, &[("csrf", &csrf)]).await.is(StatusCode::SEE_OTHER);
    assert!(!elsewhere.is_signed_in().await, "at once on this node");
    assert!(here.is_signed_in().await);
    assert_eq!(settings(&mut here).await.0.body.matches("data-session=").count(), 1);
    here.post(&path, &[("csrf", &csrf)]).await.is(StatusCode::NOT_FOUND);
    assert_eq!(
        app.count("select count(*) from audit where action = 'sessions_ended' and succeeded").await,
        1
    );
}

#[tokio::test]
async fn all_others_end_at_once_and_their_open_pages_are_told() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let mut elsewhere = valeria.opens_inbox().await;
    let mut browser = Browser::at(valeria.node.clone(), valeria.origin.clone());
    browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    let here = Person { browser, ..valeria.clone() }.opens_inbox().await;
    here.posts("/me/sessions/end-others", &[]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(elsewhere.until_it_ends().await, 4401);
    here.gets("/inbox").await.is(StatusCode::OK);
}

#[tokio::test]
async fn another_password_ends_everything_but_this_browser() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let (mut here, mut elsewhere) = (app.signed_in("Valeria").await, app.signed_in("Valeria").await);
    let (_, csrf) = settings(&mut here).await;
    let mut thief = here.clone();
    let form = [("csrf", csrf.as_str()), ("current", PASSWORD), ("password", ANOTHER)];
    let answer = here.post("/me/password", &form).await.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/me?saved=password#password");
    assert!(here.is_signed_in().await);
    assert!(!elsewhere.is_signed_in().await && !thief.is_signed_in().await, "old secrets open nothing");
    assert!(here.get("/me?saved=password").await.body.contains("Contraseña cambiada"));

    app.browser().sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    app.browser().sign_in(&email("Valeria"), ANOTHER).await.is(StatusCode::SEE_OTHER);
    assert_eq!(
        app.count("select count(*) from audit where action = 'password_changed' and succeeded").await,
        1
    );
}

#[tokio::test]
async fn a_password_that_can_not_be_had_is_refused_with_a_reason() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let (_, csrf) = settings(&mut browser).await;
    for (current, wanted, why) in [
        ("no-es-esta-clave", ANOTHER, "Esa no es tu contraseña actual."),
        (PASSWORD, "corta", "entre 12 y 128 caracteres"),
        (PASSWORD, "contraseña123", "fácil de adivinar"),
        (PASSWORD, "valeria-clinic", "fácil de adivinar"),
        (ANOTHER, ANOTHER, "Esa no es tu contraseña actual."),
    ] {
        let form = [("csrf", csrf.as_str()), ("current", current), ("password", wanted)];
        let answer = browser.post("/me/password", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(why), "{wanted}: {}", answer.body);
        assert!(!answer.body.contains(wanted), "what was typed is not sent back");
    }
    app.browser().sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_same_password_again_is_no_other() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let (_, csrf) = settings(&mut browser).await;
    let form = |current: &'static str| [("csrf", csrf.as_str()), ("current", current), ("password", ANOTHER)];
    browser.post("/me/password", &form(PASSWORD)).await.is(StatusCode::SEE_OTHER);
    let answer = browser.post("/me/password", &form(ANOTHER)).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Es la misma"), "{}", answer.body);
}

#[tokio::test]
async fn who_guesses_the_password_from_an_open_page_has_to_wait() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let (_, csrf) = settings(&mut browser).await;
    let form = |current: &'static str| [("csrf", csrf.as_str()), ("current", current), ("password", ANOTHER)];
    for _ in 0..5 {
        browser.post("/me/password", &form("adivinando")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = browser.post("/me/password", &form(PASSWORD)).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Espera 30 segundos"), "{}", answer.body);
    app.later(30);
    browser.post("/me/password", &form(PASSWORD)).await.is(StatusCode::SEE_OTHER);
}
