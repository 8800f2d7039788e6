//! How long a session lives, and how soon its end is noticed.

use reqwest::StatusCode;

use crate::helpers::{TestApp, email};

const HOUR: u64 = 3600;

#[tokio::test]
async fn who_is_shut_out_is_out_within_five_seconds() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    assert!(browser.is_signed_in().await);
    app.run("update person set disabled_at = now() where id = $1", valeria.person).await;
    app.later(5);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_lost_permission_is_lost_within_five_seconds() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    assert!(browser.is_signed_in().await);
    let session = app.only_session().await;
    let before = app.state.auth.recheck(session).await.unwrap().unwrap();
    assert_eq!(before.principal, valeria);
    app.run(
        "delete from role_permission where permission = 'conversation.reply'
             and role_id = (select role_id from person where id = $1)",
        valeria.person,
    )
    .await;
    app.later(5);
    let after = app.state.auth.recheck(session).await.unwrap().unwrap();
    assert!(!after.principal.holds(domain::Permission::ConversationReply));
    assert!(after.principal.holds(domain::Permission::ConversationRead));
}

#[tokio::test]
async fn signing_out_on_one_node_is_noticed_on_the_other() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let (other, session) = (app.another_node().await, app.only_session().await);
    let known = other.auth.recheck(session).await.unwrap().unwrap();
    browser.post("/sign-out", &[("csrf", &known.csrf)]).await.is(StatusCode::SEE_OTHER);
    app.later(5);
    assert!(other.auth.recheck(session).await.unwrap().is_none());
}

#[tokio::test]
async fn a_warm_page_asks_the_database_nothing_about_its_person() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    assert!(browser.is_signed_in().await);
    // Whoever asks now waits until the lock is gone.
    let lock = sea_orm::TransactionTrait::begin(app.db()).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&lock, "lock table session in access exclusive mode")
        .await
        .unwrap();
    let soon = std::time::Duration::from_secs(20);
    assert!(tokio::time::timeout(soon, browser.is_signed_in()).await.unwrap());
    lock.rollback().await.unwrap();
}

#[tokio::test]
async fn a_session_ends_an_hour_after_the_last_activity() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let session = app.only_session().await;
    for _ in 0..3 {
        app.later(HOUR - 60);
        app.state.auth.touch(session).await.unwrap();
        assert!(browser.is_signed_in().await, "she types and clicks");
    }
    app.later(HOUR - 60);
    assert!(browser.is_signed_in().await, "looking at a page that asks by itself is no activity");
    app.later(60);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let session = app.only_session().await;
    for _ in 0..23 {
        app.later(HOUR / 2);
        app.state.auth.touch(session).await.unwrap();
    }
    assert!(browser.is_signed_in().await);
    app.later(HOUR / 2);
    assert!(!browser.is_signed_in().await);
}

#[tokio::test]
async fn the_eleventh_browser_ends_the_first() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browsers = Vec::new();
    for _ in 0..11 {
        browsers.push(app.signed_in("Valeria").await);
        app.later(1);
    }
    app.later(5);
    assert!(!browsers[0].is_signed_in().await);
    assert!(browsers[1].is_signed_in().await);
    assert!(browsers[10].is_signed_in().await);
    assert_eq!(app.count("select count(*) from session where ended_at is null").await, 10);
}

#[tokio::test]
async fn the_short_token_alone_opens_nothing() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    app.agent("Mateo").await;
    let mut valeria = app.signed_in("Valeria").await;
    let mut mateo = app.signed_in("Mateo").await;
    assert!(valeria.is_signed_in().await && mateo.is_signed_in().await);
    let mut alone = app.browser();
    alone.cookies.insert("t".to_owned(), valeria.cookies["t"].clone());
    assert!(!alone.is_signed_in().await);
    // Mateo's session with Valeria's token is Mateo.
    mateo.cookies.insert("t".to_owned(), valeria.cookies["t"].clone());
    let request = mateo.as_seen_by_handlers();
    let (who, cookie) = app.state.auth.authenticate(&request, false).await.unwrap().unwrap();
    assert_eq!(who.email, email("Mateo"));
    assert!(cookie.is_some(), "and he gets a token of his own");
}

#[tokio::test]
async fn a_token_from_before_a_change_of_access_is_replaced() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    assert!(browser.is_signed_in().await);
    let before = browser.cookies["t"].clone();
    app.run("update person set version = version + 1 where id = $1", valeria.person).await;
    app.later(5);
    assert!(browser.is_signed_in().await, "her session goes on");
    assert_ne!(browser.cookies["t"], before);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut browsers = [app.signed_in("Valeria").await, app.signed_in("Valeria").await];
    let now = app.state.clock.now();
    bandeja::auth::session::end_all(app.db(), valeria.person, now).await.unwrap();
    app.later(5);
    for browser in &mut browsers {
        assert!(!browser.is_signed_in().await);
    }
}
