//! The one-time link with which a new person chooses their password.

use bandeja::auth::links;
use reqwest::StatusCode;
use secrecy::ExposeSecret;

use crate::helpers::{TestApp, email};

const CHOSEN: &str = "una clave que nadie sabe";

#[tokio::test]
async fn renata_chooses_her_password_once() {
    let app = TestApp::new().await;
    let renata = app.world.agent("Renata", 8).await;
    let code = links::make(app.db(), renata.person, app.state.clock.now()).await.unwrap();
    let path = format!("/welcome/{}", code.expose_secret());

    let mut browser = app.browser();
    let csrf = browser.get(&path).await.is(StatusCode::OK).csrf();
    let mut form = [("csrf", csrf.as_str()), ("password", "corta")];
    browser.post(&path, &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    form[1].1 = CHOSEN;
    browser.post(&path, &form).await.is(StatusCode::SEE_OTHER);
    assert!(browser.is_signed_in().await);

    let mut later = app.browser();
    later.get(&path).await.is(StatusCode::NOT_FOUND);
    later.sign_in(&email("Renata"), CHOSEN).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_is_good_for_a_day_and_an_invented_one_never() {
    let app = TestApp::new().await;
    let renata = app.world.agent("Renata", 8).await;
    let code = links::make(app.db(), renata.person, app.state.clock.now()).await.unwrap();
    let path = format!("/welcome/{}", code.expose_secret());
    let mut browser = app.browser();
    browser.get("/welcome/invented").await.is(StatusCode::NOT_FOUND);
    browser.get("/welcome/").await.is(StatusCode::NOT_FOUND);
    app.later(24 * 3600 - 1);
    browser.get(&path).await.is(StatusCode::OK);
    app.later(1);
    browser.get(&path).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_two_who_use_a_link_at_once_one_is_let_in() {
    let app = TestApp::new().await;
    let renata = app.world.agent("Renata", 8).await;
    let code = links::make(app.db(), renata.person, app.state.clock.now()).await.unwrap();
    let path = format!("/welcome/{}", code.expose_secret());
    let mut forms = Vec::new();
    for _ in 0..4 {
        let mut browser = app.browser();
        let csrf = browser.get(&path).await.is(StatusCode::OK).csrf();
        forms.push((browser, csrf));
    }
    let tries = forms.into_iter().map(|(mut browser, csrf)| {
        let path = path.clone();
        tokio::spawn(
            async move { browser.post(&path, &[("csrf", &csrf), ("password", CHOSEN)]).await.status },
        )
    });
    let mut let_in = 0;
    for one in tries.collect::<Vec<_>>() {
        let_in += usize::from(one.await.unwrap() == StatusCode::SEE_OTHER);
    }
    assert_eq!(let_in, 1);
}
