//! Every route is asked by every role. The list is the route table itself, so a new route is asked too.

use bandeja::routes::{self, Access, Route};
use domain::{Principal, access::ready_made_roles};
use reqwest::{Method, StatusCode};

use std::num::NonZeroU32;

use crate::helpers::{Answer, Browser, TestApp, with};

/// An app for one person who asks every route in a row, faster than people are let otherwise.
async fn unhurried() -> TestApp {
    TestApp::with(|settings| settings.auth.requests_at_once = NonZeroU32::MAX).await
}

/// A path with something in every hole.
fn filled_in(path: &str) -> String {
    let parts: Vec<String> = path
        .split('/')
        .map(|part| if part.starts_with('{') { uuid::Uuid::now_v7().to_string() } else { part.to_owned() })
        .collect();
    parts.join("/")
}

async fn ask(app: &TestApp, browser: &mut Browser, route: &Route) -> Answer {
    let method: Method = route.method.as_str().parse().unwrap();
    let mut request = browser.request(method.clone(), &filled_in(route.path));
    if !method.is_safe() {
        request = request.header("x-csrf", csrf(app, browser, route.access).await);
    } else if route.path == "/live" {
        // A socket says where it comes from, though its method is safe.
        request = request.header("origin", app.origin());
    }
    let answer = browser.send(request).await;
    // Whatever nonsense is asked, and whoever asks it, nothing breaks.
    assert!(!answer.status.is_server_error(), "{} {} gave {}", route.method, route.path, answer.status);
    answer
}

/// The token that a page with this route's form would hold.
async fn csrf(app: &TestApp, browser: &mut Browser, access: Access) -> String {
    let request = browser.as_seen_by_handlers();
    match app.state.auth.authenticate(&request, false).await.unwrap() {
        Some((viewer, _)) if access != Access::Public => viewer.csrf.clone(),
        _ => {
            let (token, cookie) = app.state.auth.forms.begin(&request);
            browser.cookies.extend(cookie.map(|one| (one.name().to_owned(), one.value().to_owned())));
            token
        }
    }
}

fn refused(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS)
        || answer.location().starts_with("/sign-in")
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let app = TestApp::new().await;
    for route in routes::table() {
        let answer = ask(&app, &mut app.browser(), &route).await;
        let what = format!("{} {} gave {}", route.method, route.path, answer.status);
        match route.access {
            Access::Public => assert!(!refused(&answer), "{what}"),
            Access::Signed => assert_ne!(answer.status, StatusCode::SEE_OTHER, "{what}"),
            Access::SignedIn | Access::Permission(_) => {
                assert!(
                    answer.status == StatusCode::UNAUTHORIZED || answer.location().starts_with("/sign-in"),
                    "{what}"
                );
            }
        }
    }
}

#[tokio::test]
async fn every_role_gets_what_it_was_given_and_nothing_more() {
    let app = unhurried().await;
    let people: [(&str, Principal); 3] = [
        ("Valeria", app.agent("Valeria").await),
        ("Gabriela", app.with_password(app.world.supervisor("Gabriela").await).await),
        ("Ana", app.with_password(app.world.admin("Ana").await).await),
    ];
    for (name, principal) in &people {
        let mut browser = app.signed_in(name).await;
        for route in routes::table() {
            // Signing in again or out ends the session the others are asked with.
            if route.path.starts_with("/sign-") {
                continue;
            }
            let answer = ask(&app, &mut browser, &route).await;
            let what = format!("{name} asked {} {} and got {}", route.method, route.path, answer.status);
            match route.access {
                Access::Permission(permission) if !principal.holds(permission) => {
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                }
                Access::Signed => {}
                _ => assert!(!refused(&answer), "{what}"),
            }
        }
    }
    assert_eq!(ready_made_roles().len(), people.len(), "a new ready-made role has to be asked too");
}

#[tokio::test]
async fn no_unsafe_route_does_anything_without_its_token() {
    let app = unhurried().await;
    app.with_password(app.world.admin("Ana").await).await;
    let mut browser = app.signed_in("Ana").await;
    for route in routes::table() {
        if route.method.is_safe() || route.access == Access::Signed {
            continue;
        }
        let method: Method = route.method.as_str().parse().unwrap();
        let request = browser.request(method, &filled_in(route.path));
        let answer = browser.send(request).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn who_asks_too_fast_is_told_so_and_nobody_else() {
    let app = TestApp::with(|settings| {
        (settings.auth.requests_per_second, settings.auth.requests_at_once) =
            (NonZeroU32::MIN, NonZeroU32::MIN);
    })
    .await;
    app.agent("Valeria").await;
    app.agent("Rosa").await;
    let (mut valeria, mut rosa) = (app.signed_in("Valeria").await, app.signed_in("Rosa").await);
    let mut told = StatusCode::OK;
    for _ in 0..20 {
        let request = valeria.request(Method::GET, "/inbox");
        told = told.max(valeria.send(request).await.status);
    }
    assert_eq!(told, StatusCode::TOO_MANY_REQUESTS);
    let request = rosa.request(Method::GET, "/inbox");
    rosa.send(request).await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_socket_opens_only_from_our_own_pages() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let open = |browser: &Browser| {
        with(browser.request(Method::GET, "/live"), "sec-fetch-mode", "websocket")
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
    };
    for origin in ["https://evil.test", "null", ""] {
        let request = open(&browser).header("origin", origin);
        browser.send(request).await.is(StatusCode::FORBIDDEN);
    }
    let request = open(&browser);
    browser.send(request).await.is(StatusCode::FORBIDDEN);
    let mut nobody = app.browser();
    let request = open(&nobody).header("origin", app.origin());
    nobody.send(request).await.is(StatusCode::UNAUTHORIZED);
    let request = open(&browser).header("origin", app.origin());
    assert_eq!(browser.status_of(request).await, StatusCode::SWITCHING_PROTOCOLS);
}
