//! The app on a port of its own, and people with browsers.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, cookie::Cookie, test::TestRequest};
use bandeja::{
    clock::Clock,
    secrets, server,
    settings::{FactorPolicy, Settings},
    state::AppState,
};
use domain::{PersonId, Principal};
use entity::person;
use reqwest::{
    Method, RequestBuilder, Response, StatusCode,
    header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseConnection, Statement};
use secrecy::SecretString;
use testing::{TestDb, World};
use tokio::task::JoinHandle;
use url::Url;

/// Everybody's password.
pub const PASSWORD: &str = "bandeja-de-prueba";

/// The running app.
pub struct TestApp {
    pub state: AppState,
    pub world: World,
    pub url: Url,
    /// Questions that requests have asked Postgres.
    pub questions: Arc<AtomicUsize>,
    server: JoinHandle<std::io::Result<()>>,
    test_db: TestDb,
    _media: tempfile::TempDir,
}

impl TestApp {
    /// The clinic's app, on a port of its own, at a time that only moves when told to.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let test_db = TestDb::new().await;
        let world = World::new(test_db.db()).await;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let mut settings = Settings::defaults().unwrap();
        settings.server.public_urls = vec![url.clone()];
        settings.server.workers = 1;
        settings.keys.current = Some(secrets::new_key());
        settings.auth.second_factor = FactorPolicy::Nobody;
        // Right and wrong passwords differ as much with a quick hash as with a slow one.
        (settings.auth.argon2_memory_kib, settings.auth.argon2_passes) = (64, 1);
        let clock = Clock::manual(chrono::Utc::now());
        settings.database.url = Some(test_db.url().into());
        let media = tempfile::tempdir().unwrap();
        settings.media.url = format!("file://{}", media.path().display());
        change(&mut settings);
        let questions = Arc::new(AtomicUsize::new(0));
        let (mut db, counted) = (test_db.db().clone(), questions.clone());
        db.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let state = AppState::start(settings, db, clock).await.unwrap();
        let server = tokio::spawn(server::run(listener, &state).unwrap());
        Self { state, world, url, questions, server, test_db, _media: media }
    }

    pub fn db(&self) -> &DatabaseConnection {
        self.test_db.db()
    }

    /// Another node of the same installation.
    pub async fn another_node(&self) -> AppState {
        let settings = (*self.state.settings).clone();
        AppState::start(settings, self.db().clone(), self.state.clock.clone()).await.unwrap()
    }

    /// Where our pages are, as a browser says it.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub fn later(&self, seconds: u64) {
        self.state.clock.advance(Duration::from_secs(seconds));
    }

    /// Lets a person in with everybody's password.
    pub async fn with_password(&self, who: Principal) -> Principal {
        let hash = self.state.auth.passwords.hash(SecretString::from(PASSWORD)).await.unwrap();
        let row =
            person::ActiveModel { id: Set(who.person), password_hash: Set(Some(hash)), ..Default::default() };
        row.update(self.db()).await.unwrap();
        who
    }

    pub async fn agent(&self, name: &str) -> Principal {
        self.with_password(self.world.agent(name, 8).await).await
    }

    /// A browser in which the person has signed in.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_in(&email(name), PASSWORD).await.is(StatusCode::SEE_OTHER);
        browser
    }

    pub fn browser(&self) -> Browser {
        Browser::at(self.url.clone(), self.origin())
    }

    pub async fn run(&self, sql: &str, who: PersonId) {
        let statement = Statement::from_sql_and_values(self.db().get_database_backend(), sql, [who.into()]);
        self.db().execute_raw(statement).await.unwrap();
    }

    /// How many rows a question counts.
    pub async fn count(&self, sql: &str) -> i64 {
        let statement = Statement::from_string(self.db().get_database_backend(), sql);
        self.db().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.state.stop.send_replace(true);
        self.server.abort();
    }
}

pub fn email(name: &str) -> String {
    format!("{}@clinic.test", name.to_lowercase())
}

/// Keeps cookies, follows nothing, and says where it comes from, as browsers do.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    url: Url,
    origin: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser that reaches a node directly, and its pages under the installation's origin.
    pub fn at(url: Url, origin: String) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, url, origin, cookies: BTreeMap::new() }
    }

    /// A request as a page of ours would make it; the caller may change it before [`Self::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method.clone(), self.url.join(path).unwrap())
            .header("accept", "text/html")
            .header("sec-fetch-mode", "navigate");
        if method.is_safe() { request } else { request.header("origin", &self.origin) }
    }

    /// What comes back, as it is.
    pub async fn raw(&self, request: RequestBuilder) -> Response {
        self.with_cookies(request).send().await.unwrap()
    }

    /// The status alone, for answers whose body never ends.
    pub async fn status_of(&self, request: RequestBuilder) -> StatusCode {
        self.with_cookies(request).send().await.unwrap().status()
    }

    fn with_cookies(&self, request: RequestBuilder) -> RequestBuilder {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, cookies.join("; "))
    }

    pub async fn send(&mut self, request: RequestBuilder) -> Answer {
        let response = self.with_cookies(request).send().await.unwrap();
        for line in response.headers().get_all(SET_COOKIE) {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer::read(response).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(Method::POST, path).form(form);
        self.send(request).await
    }

    /// Opens the sign-in page, fills it in and sends it.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let csrf = self.get("/sign-in").await.csrf();
        self.post("/sign-in", &[("email", email), ("password", password), ("csrf", &csrf)]).await
    }

    /// A request of this browser, for asking the app's parts themselves.
    pub fn as_seen_by_handlers(&self) -> HttpRequest {
        let request = self.cookies.iter().fold(TestRequest::get(), |request, (name, value)| {
            request.cookie(Cookie::new(name.clone(), value.clone()))
        });
        request.to_http_request()
    }

    /// Who is signed in is sent on from the sign-in page.
    pub async fn is_signed_in(&mut self) -> bool {
        self.get("/sign-in").await.status == StatusCode::SEE_OTHER
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    /// The status it has to be.
    #[track_caller]
    pub fn is(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The token in the page's form.
    #[track_caller]
    pub fn csrf(&self) -> String {
        let Some((_, rest)) = self.body.split_once("name=\"csrf\" value=\"") else {
            panic!("a page without a form: {} {}", self.status, self.body)
        };
        rest.split_once('"').unwrap().0.to_owned()
    }
}

/// The request with another value of a header it has.
pub fn with(request: RequestBuilder, name: &'static str, value: &str) -> RequestBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(name, value.parse().unwrap());
    request.headers(headers)
}

/// The request as a script makes it.
pub fn by_script(request: RequestBuilder) -> RequestBuilder {
    with(with(request, "accept", "application/json"), "sec-fetch-mode", "cors")
}

impl TestApp {
    /// The session of the only person who has one.
    pub async fn only_session(&self) -> domain::SessionId {
        let statement = Statement::from_string(
            self.db().get_database_backend(),
            "select id from session where ended_at is null",
        );
        let rows = self.db().query_all_raw(statement).await.unwrap();
        assert_eq!(rows.len(), 1);
        rows[0].try_get_by_index(0).unwrap()
    }
}
