//! Whoever guesses passwords has to wait; the owner does not.

use reqwest::StatusCode;

use crate::helpers::{PASSWORD, TestApp, email};

#[tokio::test]
async fn after_five_wrong_passwords_even_the_right_one_has_to_wait() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    app.agent("Mateo").await;
    let mut browser = app.browser();
    for _ in 0..5 {
        browser.sign_in(&email("Valeria"), "adivinando").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "30");
    app.browser().sign_in(&email("Mateo"), PASSWORD).await.is(StatusCode::SEE_OTHER);

    app.later(30);
    browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn being_told_to_wait_does_not_make_the_wait_longer() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    for _ in 0..12 {
        browser.sign_in(&email("Valeria"), "adivinando").await;
    }
    assert_eq!(app.count("select count(*) from sign_in_failure").await, 5);
    app.later(30);
    browser.sign_in(&email("Valeria"), "adivinando").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn twenty_tries_at_once_are_no_more_than_five() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let tries = (0..20).map(|_| {
        let mut browser = app.browser();
        tokio::spawn(async move { browser.sign_in(&email("Valeria"), "adivinando").await.status })
    });
    let mut looked_at = 0;
    for one in tries.collect::<Vec<_>>() {
        if one.await.unwrap() == StatusCode::UNPROCESSABLE_ENTITY {
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn strangers_elsewhere_do_not_keep_her_out_of_her_own_office() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    app.signed_in("Valeria").await;
    app.run(
        "insert into sign_in_failure (account, address, at)
         select email, '203.0.113.' || n, now() + interval '1 minute' from person, generate_series(1, 200) n where id = $1",
        valeria.person,
    )
    .await;
    app.browser().sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_has_to_wait_too() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    for n in 0..20 {
        browser
            .sign_in(&email(&format!("nadie{n}")), "adivinando")
            .await
            .is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::TOO_MANY_REQUESTS);
}
