//! What every answer carries.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};

use crate::helpers::{TestApp, by_script};

#[tokio::test]
async fn every_page_names_its_scripts_and_nothing_else_runs() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let mut nonces = BTreeSet::new();
    for _ in 0..3 {
        let answer = browser.get("/sign-in").await.is(StatusCode::OK);
        let policy = answer.header("content-security-policy");
        for part in
            ["default-src 'none'", "trusted-types bandeja", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script-src 'self'"), "{policy}");
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        nonces.insert(nonce.to_owned());
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(nonces.len(), 3, "a new one for every page");
}

#[tokio::test]
async fn every_answer_is_guarded_also_the_refusals() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    for path in ["/sign-in", "/health/live", "/nothing-here", "/sign-out"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(answer.header("strict-transport-security").contains("max-age=31536000"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_page_for_people_and_json_for_scripts() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let page = browser.get("/nothing-here").await.is(StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));
    let request = browser.request(Method::GET, "/nothing-here");
    let fragment = browser.send(by_script(request)).await.is(StatusCode::NOT_FOUND);
    assert!(fragment.body.contains("\"error\":\"not_found\""), "{}", fragment.body);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    let long = "x".repeat(100_000);
    browser.post("/sign-in", &[("email", &long)]).await.is(StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_node_says_whether_it_is_ready_and_why_not() {
    let app = TestApp::new().await;
    let mut browser = app.browser();
    browser.get("/health/live").await.is(StatusCode::OK);
    browser.get("/health/ready").await.is(StatusCode::OK);
    let metrics = browser.get("/metrics").await.is(StatusCode::OK);
    assert!(metrics.body.contains("bandeja_request_seconds"), "{}", metrics.body);
    app.state.readiness.require("relay", || Err("numbers no events".to_owned()));
    let answer = browser.get("/health/ready").await.is(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.body, "relay: numbers no events\n");
}
