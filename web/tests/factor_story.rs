//! The second factor: set up, asked for, lost, and what nobody gets past it.

use bandeja::{
    auth::factor::{self, codes},
    settings::FactorPolicy,
};
use chrono::{DateTime, Utc};
use reqwest::StatusCode;

use crate::helpers::{Answer, Browser, PASSWORD, TestApp, email};

/// What stands in a page between two pieces of text.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let Some((_, rest)) = page.split_once(before) else { panic!("no {before} in {page}") };
    rest.split_once(after).unwrap().0
}

/// The app on Valeria's phone.
struct Phone(String);

impl Phone {
    /// Reads the key that a page shows.
    fn scans(page: &Answer) -> Self {
        Self(between(&page.body, "id=\"key-text\" translate=\"no\">", "<").replace(' ', ""))
    }

    fn code(&self, now: DateTime<Utc>) -> String {
        let app = codes::app(&self.0.clone().into(), "", "valeria").unwrap();
        app.generate(now.timestamp().unsigned_abs()).to_string()
    }
}

fn now(app: &TestApp) -> DateTime<Utc> {
    app.state.clock.now()
}

fn recovery_codes(page: &Answer) -> Vec<String> {
    let codes = page.body.split("<li><code>").skip(1);
    codes.map(|rest| rest.split_once('<').unwrap().0.to_owned()).collect()
}

async fn csrf(browser: &mut Browser) -> String {
    browser.get("/me").await.is(StatusCode::OK).csrf()
}

/// Sets the second factor up in the settings: the phone, and the recovery codes.
async fn set_up(app: &TestApp, browser: &mut Browser) -> (Phone, Vec<String>) {
    let csrf = csrf(browser).await;
    let page =
        browser.post("/me/factor", &[("csrf", &csrf), ("password", PASSWORD)]).await.is(StatusCode::OK);
    let phone = Phone::scans(&page);
    let shown = between(&page.body, "name=\"shown\" value=\"", "\"").to_owned();
    let code = phone.code(now(app));
    let form = [("csrf", csrf.as_str()), ("shown", &shown), ("code", &code)];
    let done = browser.post("/me/factor/confirm", &form).await.is(StatusCode::OK);
    (phone, recovery_codes(&done))
}

/// Gives the password, and then a code.
async fn signs_in(app: &TestApp, code: &str) -> (Browser, Answer) {
    let mut browser = app.browser();
    let asked = browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_eq!(asked.location(), "/sign-in/code");
    assert!(!browser.is_signed_in().await);
    let page = browser.get("/sign-in/code").await.is(StatusCode::OK);
    let csrf = page.csrf();
    let answer = browser.post("/sign-in/code", &[("csrf", &csrf), ("code", code)]).await;
    (browser, answer)
}

#[tokio::test]
async fn valeria_sets_it_up_and_signs_in_with_it() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let (mut here, mut elsewhere) = (app.signed_in("Valeria").await, app.signed_in("Valeria").await);
    let (phone, recovery) = set_up(&app, &mut here).await;
    assert_eq!(recovery.len(), 10);
    assert!(here.is_signed_in().await && !elsewhere.is_signed_in().await, "other sessions end");
    let settings = here.get("/me").await.body;
    assert!(settings.contains("Te quedan 10 códigos de respaldo."), "{settings}");

    app.later(30);
    let (mut browser, answer) = signs_in(&app, &phone.code(now(&app))).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
    assert!(browser.is_signed_in().await);
    assert!(!browser.cookies.contains_key("h"), "what stood between is taken back");
    for action in ["second_factor_set", "second_factor_asked"] {
        let count = format!("select count(*) from audit where action = '{action}' and succeeded");
        assert_eq!(app.count(&count).await, 1, "{action}");
    }
    assert_eq!(app.count("select count(*) from audit where detail::text ~ '[A-Z2-7]{16}'").await, 0);
}

#[tokio::test]
async fn a_code_opens_once() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (phone, _) = set_up(&app, &mut here).await;
    let code = phone.code(now(&app));
    let (mut browser, answer) = signs_in(&app, &code).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "it confirmed the app already");
    assert!(answer.body.contains("ya se usó") && !browser.is_signed_in().await);
    app.later(30);
    let code = phone.code(now(&app));
    assert_eq!(signs_in(&app, &code).await.1.status, StatusCode::SEE_OTHER);
    assert_eq!(signs_in(&app, &code).await.1.status, StatusCode::UNPROCESSABLE_ENTITY, "overheard");
}

#[tokio::test]
async fn a_recovery_code_opens_once_too() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (_, recovery) = set_up(&app, &mut here).await;
    let typed = recovery[3].to_lowercase().replace('-', " ");
    let (mut browser, answer) = signs_in(&app, &typed).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(browser.get("/me").await.body.contains("Te quedan 9 códigos de respaldo."));
    assert_eq!(signs_in(&app, &typed).await.1.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.count("select count(*) from audit where action = 'recovery_code_used'").await, 1);
    assert_eq!(app.count("select count(*) from recovery_code where hash like '$argon2id$%'").await, 10);
}

#[tokio::test]
async fn of_two_with_the_same_code_one_is_let_in() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (_, recovery) = set_up(&app, &mut here).await;
    let mut tries = Vec::new();
    for _ in 0..4 {
        let mut browser = app.browser();
        browser.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
        let csrf = browser.get("/sign-in/code").await.csrf();
        tries.push((browser, csrf));
    }
    let tries = tries.into_iter().map(|(mut browser, csrf)| {
        let code = recovery[0].clone();
        tokio::spawn(async move {
            browser.post("/sign-in/code", &[("csrf", &csrf), ("code", &code)]).await.status
        })
    });
    let mut let_in = 0;
    for one in tries.collect::<Vec<_>>() {
        let_in += usize::from(one.await.unwrap() == StatusCode::SEE_OTHER);
    }
    assert_eq!(let_in, 1);
}

#[tokio::test]
async fn five_wrong_codes_and_everybody_waits_whatever_their_browser() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (phone, _) = set_up(&app, &mut here).await;
    for _ in 0..5 {
        assert_eq!(signs_in(&app, "000000").await.1.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (_, answer) = signs_in(&app, &phone.code(now(&app))).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "300");
    app.later(300);
    assert_eq!(signs_in(&app, &phone.code(now(&app))).await.1.status, StatusCode::SEE_OTHER);
    assert_eq!(
        app.count("select count(*) from audit where action = 'second_factor' and not succeeded").await,
        5
    );
}

#[tokio::test]
async fn the_password_alone_opens_nothing() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (phone, _) = set_up(&app, &mut here).await;
    app.later(30);
    let mut thief = app.browser();
    thief.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    for path in ["/inbox", "/me", "/live"] {
        assert!(thief.get(path).await.location().starts_with("/sign-in"), "{path}");
    }
    // What stands between is no session, under whatever name, and belongs to its browser.
    let half = thief.cookies["h"].clone();
    thief.cookies.insert("s".to_owned(), half.clone());
    assert!(!thief.is_signed_in().await);
    let page = app.browser().get("/sign-in/code").await.is(StatusCode::OK);
    assert!(page.body.contains("name=\"password\""), "without it the password is asked");

    let mut late = app.browser();
    late.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    let csrf = late.get("/sign-in/code").await.csrf();
    app.later(600);
    let form = [("csrf", csrf.as_str()), ("code", &phone.code(now(&app)))];
    let answer = late.post("/sign-in/code", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("name=\"password\""), "after ten minutes too");
}

#[tokio::test]
async fn a_new_password_ends_what_stood_half_way() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (phone, _) = set_up(&app, &mut here).await;
    app.later(30);
    let mut thief = app.browser();
    thief.sign_in(&email("Valeria"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    let csrf = thief.get("/sign-in/code").await.csrf();
    app.run("update person set version = version + 1 where id = $1", valeria.person).await;
    let form = [("csrf", csrf.as_str()), ("code", &phone.code(now(&app)))];
    thief.post("/sign-in/code", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!thief.is_signed_in().await);
}

#[tokio::test]
async fn a_new_password_by_link_does_not_skip_it() {
    use secrecy::ExposeSecret as _;
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    let (phone, _) = set_up(&app, &mut here).await;
    app.later(30);
    let link = bandeja::auth::links::make(app.db(), valeria.person, now(&app)).await.unwrap();
    let path = format!("/welcome/{}", link.expose_secret());
    let mut browser = app.browser();
    let csrf = browser.get(&path).await.csrf();
    let form = [("csrf", csrf.as_str()), ("password", "mi abuela vende mangos en Piura")];
    let answer = browser.post(&path, &form).await.is(StatusCode::SEE_OTHER);
    assert_eq!(answer.location(), "/sign-in/code");
    assert!(!browser.is_signed_in().await);
    let csrf = browser.get("/sign-in/code").await.csrf();
    let form = [("csrf", csrf.as_str()), ("code", &phone.code(now(&app)))];
    browser.post("/sign-in/code", &form).await.is(StatusCode::SEE_OTHER);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn it_is_set_up_only_with_the_password_and_with_a_code_of_that_key() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    app.agent("Mateo").await;
    let mut valeria = app.signed_in("Valeria").await;
    let token = csrf(&mut valeria).await;
    let form = |password: &'static str| [("csrf", token.as_str()), ("password", password)];
    let refused = valeria.post("/me/factor", &form("otra")).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Esa no es tu contraseña actual."));
    let page = valeria.post("/me/factor", &form(PASSWORD)).await.is(StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    let (phone, shown) = (Phone::scans(&page), between(&page.body, "name=\"shown\" value=\"", "\""));
    let code = phone.code(now(&app));
    let form = [("csrf", token.as_str()), ("shown", shown), ("code", "000000")];
    let again = valeria.post("/me/factor/confirm", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(Phone::scans(&again).0, phone.0, "the same key is shown again");

    // Mateo's page, a changed one, and one of a quarter of an hour ago are worthless.
    let mut mateo = app.signed_in("Mateo").await;
    let his = csrf(&mut mateo).await;
    let form = [("csrf", his.as_str()), ("shown", shown), ("code", code.as_str())];
    assert_eq!(mateo.post("/me/factor/confirm", &form).await.location(), "/me?told=stale#factor");
    app.later(15 * 60);
    let code = phone.code(now(&app));
    let form = [("csrf", token.as_str()), ("shown", shown), ("code", code.as_str())];
    assert_eq!(valeria.post("/me/factor/confirm", &form).await.location(), "/me?told=stale#factor");
    assert_eq!(app.count("select count(*) from second_factor").await, 0);
}

#[tokio::test]
async fn turning_it_off_asks_for_both_and_new_codes_void_the_old() {
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut browser = app.signed_in("Valeria").await;
    let (phone, old) = set_up(&app, &mut browser).await;
    app.later(30);
    let token = csrf(&mut browser).await;
    let code = phone.code(now(&app));
    for (password, wrong) in [("otra", code.as_str()), (PASSWORD, "000000")] {
        let form = [("csrf", token.as_str()), ("password", password), ("code", wrong)];
        browser.post("/me/factor/codes", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let form = [("csrf", token.as_str()), ("password", PASSWORD), ("code", code.as_str())];
    let made = browser.post("/me/factor/codes", &form).await.is(StatusCode::OK);
    let new = recovery_codes(&made);
    assert_eq!(new.len(), 10);
    assert_eq!(signs_in(&app, &old[0]).await.1.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(signs_in(&app, &new[0]).await.1.status, StatusCode::SEE_OTHER);

    let refused = browser.post("/me/factor/off", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "that code was used");
    let form = [("csrf", token.as_str()), ("password", PASSWORD), ("code", new[1].as_str())];
    browser.post("/me/factor/off", &form).await.is(StatusCode::SEE_OTHER);
    assert!(browser.is_signed_in().await);
    app.signed_in("Valeria").await;
    assert_eq!(app.count("select count(*) from recovery_code").await, 0);
    assert_eq!(app.count("select count(*) from audit where action = 'second_factor_off'").await, 1);
}

#[tokio::test]
async fn who_must_have_one_sets_it_up_at_the_next_sign_in() {
    let app = TestApp::with(|settings| settings.auth.second_factor = FactorPolicy::Leads).await;
    app.agent("Valeria").await;
    app.with_password(app.world.supervisor("Gabriela").await).await;
    app.signed_in("Valeria").await;

    let mut gabriela = app.browser();
    let asked = gabriela.sign_in(&email("Gabriela"), PASSWORD).await.is(StatusCode::SEE_OTHER);
    assert_eq!(asked.location(), "/sign-in/enrol");
    assert!(!gabriela.is_signed_in().await);
    let page = gabriela.get("/sign-in/enrol").await.is(StatusCode::OK);
    let phone = Phone::scans(&page);
    let (csrf, shown) = (page.csrf(), between(&page.body, "name=\"shown\" value=\"", "\""));
    let wrong = [("csrf", csrf.as_str()), ("shown", shown), ("code", "123")];
    gabriela.post("/sign-in/enrol", &wrong).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!gabriela.is_signed_in().await);
    let code = phone.code(now(&app));
    let form = [("csrf", csrf.as_str()), ("shown", shown), ("code", code.as_str())];
    let done = gabriela.post("/sign-in/enrol", &form).await.is(StatusCode::OK);
    assert_eq!(recovery_codes(&done).len(), 10);
    assert!(gabriela.is_signed_in().await);

    // She can't go without it.
    app.later(30);
    let page = gabriela.get("/me").await;
    assert!(page.body.contains("Tu empresa pide el segundo paso") && !page.body.contains("/me/factor/off"));
    let (csrf, code) = (page.csrf(), phone.code(now(&app)));
    let form = [("csrf", csrf.as_str()), ("password", PASSWORD), ("code", code.as_str())];
    gabriela.post("/me/factor/off", &form).await.is(StatusCode::CONFLICT);
    assert_eq!(app.count("select count(*) from second_factor").await, 1);
}

#[tokio::test]
async fn the_operator_lets_in_who_has_lost_everything() {
    let app = TestApp::new().await;
    let valeria = app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    set_up(&app, &mut here).await;
    assert!(factor::remove(app.db(), valeria.person, now(&app)).await.unwrap());
    assert!(!factor::remove(app.db(), valeria.person, now(&app)).await.unwrap());
    app.later(5);
    assert!(!here.is_signed_in().await);
    app.signed_in("Valeria").await;
    let told = "select count(*) from audit
                where action = 'second_factor_removed' and address = 'console' and succeeded and object is not null";
    assert_eq!(app.count(told).await, 1);
}

#[tokio::test]
async fn a_program_learns_that_it_is_not_in_yet() {
    use crate::helpers::by_script;
    let app = TestApp::new().await;
    app.agent("Valeria").await;
    let mut here = app.signed_in("Valeria").await;
    set_up(&app, &mut here).await;
    let mut program = app.browser();
    let csrf = program.get("/sign-in").await.csrf();
    let form = [("email", "valeria@clinic.test"), ("password", PASSWORD), ("csrf", csrf.as_str())];
    let request = by_script(program.request(reqwest::Method::POST, "/sign-in")).form(&form);
    let answer = program.send(request).await.is(StatusCode::ACCEPTED);
    assert!(answer.body.contains("\"next\":\"/sign-in/code\""), "{}", answer.body);
}
