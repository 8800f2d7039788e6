//! Who is asking: sign-in, sessions, and the checks that a request comes from our own page.
//!
//! The session row in Postgres is the truth. A short signed token beside the session's cookie says which row that is,
//! and each node remembers what it read for up to five seconds: so a page costs at most one question about its
//! person, mostly none, and an ended session or a lost permission counts everywhere within those five seconds.

pub mod audit;
pub mod cookies;
pub mod csrf;
pub mod factor;
pub mod links;
mod memory;
pub mod origin;
pub mod own;
pub mod pace;
pub mod pages;
pub mod passwords;
pub mod roles;
pub mod session;
pub mod sign_in;
pub mod signed_in;
pub mod strength;
pub mod throttle;
pub mod token;

use std::sync::Arc;

use actix_web::{HttpRequest, cookie::Cookie};
use chrono::TimeDelta;
use chrono_tz::Tz;
use domain::SessionId;
use sea_orm::{DatabaseConnection, DbErr};

use crate::{
    client_address,
    clock::Clock,
    secrets::Keyring,
    settings::{AuthSettings, Network, Settings},
};

pub use memory::BELIEVED_FOR;
pub use signed_in::{SignedIn, Viewer};

use cookies::Cookies;
use memory::Memory;
use origin::Origins;
use pace::Pace;
use passwords::Passwords;
use token::{Claims, Tokens};

/// Knows who is asking.
pub struct Auth {
    /// Where our own pages are.
    pub origins: Origins,
    /// Genuine forms of pages that nobody is signed in to.
    pub forms: csrf::AnonymousForms,
    /// How fast people may ask.
    pub pace: Pace,
    /// Hashes passwords, a few at a time.
    pub passwords: Passwords,
    cookies: Cookies,
    tokens: Tokens,
    memory: Memory,
    settings: AuthSettings,
    house: Tz,
    house_name: String,
    keyring: Arc<Keyring>,
    /// What everybody may know of the company.
    known: Vec<String>,
    trusted_proxies: Vec<Network>,
    db: DatabaseConnection,
    clock: Clock,
}

/// A browser, as far as it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Where it is.
    pub address: String,
    /// What it calls itself.
    pub agent: String,
}

impl Auth {
    /// Everything derived from the settings once.
    ///
    /// # Errors
    /// When a parameter or key makes no sense.
    pub fn new(
        settings: &Settings,
        keyring: &Arc<Keyring>,
        db: DatabaseConnection,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let cookies = Cookies::new(settings.server.is_https());
        Ok(Self {
            origins: Origins::new(&settings.server.public_urls),
            forms: csrf::AnonymousForms::new(&keyring.derive("forms of pages without a session"), cookies),
            pace: Pace::new(settings.auth.requests_per_second, settings.auth.requests_at_once),
            passwords: Passwords::new(&settings.auth)?,
            cookies,
            tokens: Tokens::new(&keyring.derive("session tokens"), &settings.server.public_urls)?,
            memory: Memory::new(),
            settings: settings.auth.clone(),
            house: settings.house.time_zone,
            house_name: settings.house.name.clone(),
            keyring: keyring.clone(),
            known: known(settings),
            trusted_proxies: settings.server.trusted_proxies.clone(),
            db,
            clock,
        })
    }

    /// Who is asking, with a renewed token for the answer where the old one is used up. `activity` says whether the
    /// request is something the person did, which keeps the session from going idle.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn authenticate(
        &self,
        request: &HttpRequest,
        activity: bool,
    ) -> Result<Option<(SignedIn, Option<Cookie<'static>>)>, DbErr> {
        let Some(secret) = self.cookies.session(request) else { return Ok(None) };
        let hash = session::hash(&secret);
        let now = self.clock.now();
        let claims = self.cookies.token(request).and_then(|token| self.tokens.read(&token, now).ok());
        if let Some(claims) = &claims
            && let Some(viewer) = self.memory.recall(claims.sid, self.clock.uptime())
            && viewer.belongs_to(&hash, claims)
            && !(activity && viewer.is_touch_due(now))
        {
            let cookie = self.tokens.is_worn(claims, now).then(|| self.token_cookie(&viewer)).flatten();
            return Ok(Some((viewer, cookie)));
        }
        let read_at = self.clock.uptime();
        let found = Viewer::by_secret(&self.db, &hash, self.sight(activity)).await?;
        let Some(viewer) = found.map(SignedIn::new) else { return Ok(None) };
        self.memory.keep(viewer.clone(), read_at);
        let fresh = claims
            .is_some_and(|claims| viewer.belongs_to(&hash, &claims) && !self.tokens.is_worn(&claims, now));
        let cookie = if fresh { None } else { self.token_cookie(&viewer) };
        Ok(Some((viewer, cookie)))
    }

    /// Asks again for an open socket: `None` when its session has ended or its person was shut out. The answer is at
    /// most five seconds old.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn recheck(&self, session: SessionId) -> Result<Option<SignedIn>, DbErr> {
        let read_at = self.clock.uptime();
        if let Some(viewer) = self.memory.recall(session, read_at)
            && viewer.is_alive(self.clock.now(), self.idle())
        {
            return Ok(Some(viewer));
        }
        let found = Viewer::by_id(&self.db, session, self.sight(false)).await?;
        let Some(viewer) = found.map(SignedIn::new) else {
            self.memory.forget(session);
            return Ok(None);
        };
        self.memory.keep(viewer.clone(), read_at);
        Ok(Some(viewer))
    }

    /// The person did something that no request tells of: typed or clicked in an open page.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn touch(&self, session: SessionId) -> Result<(), DbErr> {
        Viewer::by_id(&self.db, session, self.sight(true)).await.map(drop)
    }

    /// Forgets what this node remembers of a session, so that the next question goes to the database. For news of the
    /// bus and for whoever ends sessions on this node; other nodes notice within five seconds by themselves.
    pub fn forget(&self, session: SessionId) {
        self.memory.forget(session);
    }

    /// Gives a browser a session's secret.
    #[must_use]
    pub fn session_cookie(&self, secret: String) -> Cookie<'static> {
        self.cookies.carry_session(secret)
    }

    /// Whose browser this is.
    #[must_use]
    pub fn client(&self, request: &HttpRequest) -> Client {
        let address = client_address::of(request, &self.trusted_proxies)
            .map_or_else(|| "unknown".to_owned(), |address| address.to_string());
        let agent = request
            .headers()
            .get(actix_web::http::header::USER_AGENT)
            .and_then(|agent| agent.to_str().ok())
            .map(|agent| agent.chars().take(200).collect())
            .unwrap_or_default();
        Client { address, agent }
    }

    /// What a browser shows that gave the right password and owes the second factor still.
    #[must_use]
    pub fn half_secret(&self, request: &HttpRequest) -> Option<String> {
        self.cookies.half(request)
    }

    fn token_cookie(&self, viewer: &Viewer) -> Option<Cookie<'static>> {
        let claims = Claims::new(viewer.session, viewer.principal.person, viewer.version);
        match self.tokens.write(claims, self.clock.now()) {
            Ok(token) => Some(self.cookies.carry_token(token)),
            Err(error) => {
                // Without it every request asks the database: slower, not wrong.
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a session token could not be signed"
                );
                None
            }
        }
    }

    fn idle(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.settings.idle_minutes))
    }

    fn sight(&self, touch: bool) -> signed_in::Sight {
        signed_in::Sight { now: self.clock.now(), idle: self.idle(), touch, house: self.house }
    }
}

/// What everybody may know of the company, and nobody should have for a password: its name and where its pages are.
fn known(settings: &Settings) -> Vec<String> {
    let hosts = settings.server.public_urls.iter().filter_map(|url| url.host_str());
    std::iter::once(settings.house.name.as_str()).chain(hosts).map(str::to_owned).collect()
}

/// Random bytes as text for a cookie, a code or a token.
fn random_text<const BYTES: usize>() -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use rand::RngCore;
    let mut bytes = [0; BYTES];
    rand::rng().fill_bytes(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
