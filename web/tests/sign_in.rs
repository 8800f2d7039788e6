//! Signing in and out.

use reqwest::{Method, StatusCode, header::SET_COOKIE};

use crate::helpers::{Answer, PASSWORD, TestApp, by_script, email, with};

#[tokio::test]
async fn valeria_signs_in_works_and_signs_out() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    assert!(!browser.is_signed_in().await);

    let answer = browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/");
    assert!(browser.is_signed_in().await);

    let session = app.state.auth.recheck(app.only_session().await).await.unwrap().unwrap();
    let answer = browser.post("/sign-out", &[("csrf", &session.csrf)]).await.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/sign-in");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"cookies\", \"storage\"");
    assert!(!browser.is_signed_in().await);
    assert_eq!(
        app.count("select count(*) from audit where action in ('sign_in', 'sign_out') and succeeded").await,
        2
    );
}

#[tokio::test]
async fn the_old_cookies_are_worthless_after_signing_out() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    assert!(browser.is_signed_in().await);
    let mut thief = browser.clone();
    let session = app.state.auth.recheck(app.only_session().await).await.unwrap().unwrap();
    browser.post("/sign-out", &[("csrf", &session.csrf)]).await.is(StatusCode::SEE_OTHER);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    let wrong = browser.sign_in(&email("Valeria"), "no-es-esta-clave").await;
    let unknown = browser.sign_in(&email("Nadie"), PASSWORD).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let shape = |body: &str, email: &str, csrf: &str, nonce: &str| {
        body.replace(email, "").replace(csrf, "").replace(nonce, "")
    };
    let of = |answer: &Answer, name: &str| {
        let policy = answer.header("content-security-policy").to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        shape(&answer.body, &email(name), &answer.csrf(), &nonce)
    };
    assert_eq!(of(&wrong, "Valeria"), of(&unknown, "Nadie"));
    assert!(!browser.is_signed_in().await);
    assert_eq!(app.count("select count(*) from audit where action = 'sign_in' and not succeeded").await, 2);
}

#[tokio::test]
async fn a_person_without_a_password_or_shut_out_does_not_get_in() {
    let app = TestApp::new().await;
    app.world.agent("Camila", 8).await;
    let diego = app.agent("Diego").await;
    app.run("update person set disabled_at = now() where id = $1", diego.person).await;
    for name in ["Camila", "Diego"] {
        app.browser().sign_in(&email(name), PASSWORD).await.is(StatusCode::UNPROCESSABLE_ENTITY);
        app.browser().sign_in(&email(name), "").await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_session_somebody_else_chose_is_never_signed_in() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    browser.cookies.insert("s".to_owned(), "chosen-by-somebody-else".to_owned());
    browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_ne!(browser.cookies["s"], "chosen-by-somebody-else");
    let mut other = app.browser();
    other.cookies.insert("s".to_owned(), "chosen-by-somebody-else".to_owned());
    assert!(!other.is_signed_in().await);
}

#[tokio::test]
async fn a_new_sign_in_ends_what_the_browser_had_before() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    app.agent("Mateo").await;
    let mut browser = app.browser();
    // The page was opened in two tabs before anybody had signed in.
    let csrf = browser.get("/sign-in").await.csrf();
    browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    let mut before = browser.clone();
    let form = [("email", "mateo@clinic.test"), ("password", PASSWORD), ("csrf", csrf.as_str())];
    browser.post("/sign-in", &form).await.is(StatusCode::SEE_OTHER);
    assert!(browser.is_signed_in().await);
    assert!(!before.is_signed_in().await, "Valeria's session is over");
}

#[tokio::test]
async fn cookies_are_out_of_reach_for_scripts_and_other_sites() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    let mut answers = vec![browser.sign_in(&email("Valeria"), PASSWORD).await];
    answers.push(browser.get("/sign-in").await);
    let lines: Vec<String> = answers
        .iter()
        .flat_map(|answer| answer.headers.get_all(SET_COOKIE))
        .map(|line| line.to_str().unwrap().to_owned())
        .collect();
    assert_eq!(lines.len(), 2, "the session and its short token: {lines:?}");
    for line in lines {
        assert!(
            line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/"),
            "{line}"
        );
        assert!(!line.contains("Domain"), "{line}");
    }
}

#[tokio::test]
async fn a_form_without_its_token_is_refused() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    let form = [("email", "valeria@clinic.test"), ("password", PASSWORD)];
    browser.post("/sign-in", &form).await.is(StatusCode::FORBIDDEN);
    let csrf = browser.get("/sign-in").await.csrf();
    let mut other = app.browser();
    other.get("/sign-in").await;
    let form = [form[0], form[1], ("csrf", csrf.as_str())];
    other.post("/sign-in", &form).await.is(StatusCode::FORBIDDEN);
    browser.post("/sign-in", &form).await.is(StatusCode::SEE_OTHER);

    browser.post("/sign-out", &[]).await.is(StatusCode::FORBIDDEN);
    browser.post("/sign-out", &[("csrf", &csrf)]).await.is(StatusCode::FORBIDDEN);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_form_on_somebody_elses_page_is_refused() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let session = app.state.auth.recheck(app.only_session().await).await.unwrap().unwrap();
    for origin in ["https://evil.test", "null"] {
        let request = browser.request(Method::POST, "/sign-out").header("x-csrf", &session.csrf);
        browser.send(with(request, "origin", origin)).await.is(StatusCode::FORBIDDEN);
    }
    let request = browser.request(Method::POST, "/sign-out").header("x-csrf", &session.csrf);
    browser.send(request.header("sec-fetch-site", "cross-site")).await.is(StatusCode::FORBIDDEN);
    assert!(browser.is_signed_in().await);
    let request = browser.request(Method::POST, "/sign-out").header("x-csrf", &session.csrf);
    browser.send(request.header("sec-fetch-site", "same-origin")).await.is(StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn scripts_get_json_instead_of_pages() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let request = browser.request(Method::POST, "/sign-out");
    let answer = browser.send(by_script(request)).await.is(StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("\"error\":\"signed_out\""), "{}", answer.body);
}

#[tokio::test]
async fn the_form_speaks_the_browsers_language_until_another_is_chosen() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    assert!(browser.get("/sign-in").await.body.contains("Entra a tu bandeja"));
    let request = browser.request(Method::GET, "/sign-in").header("accept-language", "pt-PT,en;q=0.5");
    assert!(browser.send(request).await.body.contains("Entre na sua caixa"));
    browser.get("/sign-in?lang=en").await;
    let answer = browser.sign_in("nobody@clinic.test", "wrong").await;
    assert!(answer.body.contains("does not match"), "{}", answer.body);
}

#[tokio::test]
async fn after_signing_in_she_is_where_she_wanted_to_go_but_never_elsewhere() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    for (next, place) in [("/inbox/42", "/inbox/42"), ("https://evil.test/", "/"), ("//evil.test", "/")] {
        let mut browser = app.browser();
        let csrf = browser.get("/sign-in").await.csrf();
        let form =
            [("email", "valeria@clinic.test"), ("password", PASSWORD), ("csrf", &csrf), ("next", next)];
        assert_eq!(browser.post("/sign-in", &form).await.location(), place);
    }
}

#[tokio::test]
async fn a_form_from_before_the_browser_was_closed_is_drawn_again() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.browser();
    let old = browser.get("/sign-in").await.csrf();
    browser.cookies.clear();
    let form = |csrf| [("email", "valeria@clinic.test"), ("password", PASSWORD), ("csrf", csrf)];
    let again = browser.post("/sign-in", &form(&old)).await.is(StatusCode::FORBIDDEN);
    browser.post("/sign-in", &form(&again.csrf())).await.is(StatusCode::SEE_OTHER);
}
