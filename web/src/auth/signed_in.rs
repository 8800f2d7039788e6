//! The person behind a request, read with one statement.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::{Ready, ready},
    ops::Deref,
    sync::Arc,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{Bell, Permission, PersonId, Principal, QueueId, Scope, SessionId};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::token::Claims;
use crate::error::PageError;

/// A signed-in person and their session, as of a few seconds ago at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The session.
    pub session: SessionId,
    /// Who, and what they may do.
    pub principal: Principal,
    /// Full name.
    pub name: String,
    /// Sign-in name.
    pub email: String,
    /// Name of the role.
    pub role: String,
    /// Language of the interface.
    pub locale: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// `comfortable` or `compact`.
    pub density: String,
    /// `small`, `normal` or `large`.
    pub text_size: String,
    /// The zone of their times: their own, or else the company's.
    pub zone: Tz,
    /// The IANA name of their own zone, where they have chosen one.
    pub own_zone: Option<String>,
    /// A word of [`domain::Sort`].
    pub list_order: String,
    /// What stands under their answers.
    pub signature: String,
    /// How they want to be told of what calls for them.
    pub bell: Bell,
    /// Whether single keys do something on their pages.
    pub single_keys: bool,
    /// Expected on every unsafe request of this session.
    pub csrf: String,
    /// Of the person's access; raised when role or password change.
    pub version: i32,
    /// Last real activity.
    pub seen_at: DateTime<Utc>,
    /// When the session ends in any case.
    pub ends_at: DateTime<Utc>,
    secret_hash: Vec<u8>,
}

/// The person behind a request, for handlers of routes that need one.
#[derive(Debug, Clone)]
pub struct SignedIn(Arc<Viewer>);

/// How often activity is written down.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How to look at a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    pub(super) now: DateTime<Utc>,
    pub(super) idle: TimeDelta,
    pub(super) touch: bool,
    /// The zone of who has none of their own.
    pub(super) house: Tz,
}

impl SignedIn {
    pub(super) fn new(viewer: Viewer) -> Self {
        Self(Arc::new(viewer))
    }
}

impl Deref for SignedIn {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(PageError::SignedOut))
    }
}

/// `$1` finds the session, `$2` is now, `$3` what was last seen before is idle, `$4` whether to touch, `$5` touch what
/// was last seen before. The touch rides along, so that activity costs no statement of its own; the main part sees the
/// row as it was.
const QUESTION: &str = "
with live as (
    select id, person_id, token_hash, csrf_token, seen_at, ends_at
    from session
    where {found} and ended_at is null and ends_at > $2 and seen_at > $3
), touched as (
    update session set seen_at = $2 from live where session.id = live.id and $4 and session.seen_at <= $5
)
select live.id, live.token_hash, live.csrf_token, live.ends_at,
    case when $4 and live.seen_at <= $5 then $2 else live.seen_at end as seen_at,
    person.id as person_id, person.name, person.email, person.locale, person.theme, person.density, person.text_size,
    person.time_zone, person.list_order, person.signature, person.bell::text as bell, person.single_keys, person.version,
    role.name as role,
    array(select permission || ' ' || scope from role_permission where role_id = role.id) as grants,
    {queues}
from live join person on person.id = live.person_id join role on role.id = person.role_id
where person.disabled_at is null";

impl Viewer {
    /// The holder of a session's secret, by its hash.
    pub(super) async fn by_secret(
        db: &impl ConnectionTrait,
        hash: &[u8],
        sight: Sight,
    ) -> Result<Option<Self>, DbErr> {
        Self::find(db, "token_hash = $1", hash.into(), sight).await
    }

    /// The person of a session that was checked before.
    pub(super) async fn by_id(
        db: &impl ConnectionTrait,
        session: SessionId,
        sight: Sight,
    ) -> Result<Option<Self>, DbErr> {
        Self::find(db, "id = $1", session.into(), sight).await
    }

    async fn find(
        db: &impl ConnectionTrait,
        found: &'static str,
        key: Value,
        sight: Sight,
    ) -> Result<Option<Self>, DbErr> {
        let Sight { now, idle, touch, house } = sight;
        let values = [key, now.into(), (now - idle).into(), touch.into(), (now - TOUCH_EVERY).into()];
        let question = QUESTION.replace("{found}", found).replace("{queues}", inbox::principals::QUEUES);
        let question = Statement::from_sql_and_values(db.get_database_backend(), question, values);
        db.query_one_raw(question).await?.map(|row| Self::read(&row, house)).transpose()
    }

    fn read(row: &QueryResult, house: Tz) -> Result<Self, DbErr> {
        let person: PersonId = row.try_get("", "person_id")?;
        let principal = Principal {
            person,
            grants: grants(&row.try_get::<Vec<String>>("", "grants")?),
            serves: queues(row.try_get("", "serves")?),
            team_queues: queues(row.try_get("", "team_queues")?),
            shares: queues(row.try_get("", "shares")?),
        };
        let own_zone: Option<String> = row.try_get("", "time_zone")?;
        Ok(Self {
            session: row.try_get("", "id")?,
            principal,
            name: row.try_get("", "name")?,
            email: row.try_get("", "email")?,
            role: row.try_get("", "role")?,
            locale: row.try_get("", "locale")?,
            theme: row.try_get("", "theme")?,
            density: row.try_get("", "density")?,
            text_size: row.try_get("", "text_size")?,
            zone: own_zone.as_deref().and_then(|name| name.parse().ok()).unwrap_or(house),
            own_zone,
            list_order: row.try_get("", "list_order")?,
            signature: row.try_get("", "signature")?,
            bell: Bell::read(row.try_get::<Option<String>>("", "bell")?.as_deref()),
            single_keys: row.try_get("", "single_keys")?,
            csrf: row.try_get("", "csrf_token")?,
            version: row.try_get("", "version")?,
            seen_at: row.try_get("", "seen_at")?,
            ends_at: row.try_get("", "ends_at")?,
            secret_hash: row.try_get("", "token_hash")?,
        })
    }

    /// Whether the cookie and the token are both this session's, and the token not from before a change of access.
    pub(super) fn belongs_to(&self, secret_hash: &[u8], claims: &Claims) -> bool {
        bool::from(self.secret_hash.ct_eq(secret_hash))
            && claims.sid == self.session
            && claims.sub == self.principal.person
            && claims.ver == self.version
    }

    pub(super) fn is_alive(&self, now: DateTime<Utc>, idle: TimeDelta) -> bool {
        self.ends_at > now && self.seen_at > now - idle
    }

    pub(super) fn is_touch_due(&self, now: DateTime<Utc>) -> bool {
        self.seen_at <= now - TOUCH_EVERY
    }
}

/// Words of a later version that we do not know give nothing.
fn grants(words: &[String]) -> BTreeMap<Permission, Scope> {
    words
        .iter()
        .filter_map(|words| words.split_once(' '))
        .filter_map(|(permission, scope)| Some((Permission::parse(permission)?, Scope::parse(scope)?)))
        .collect()
}

fn queues(ids: Vec<Uuid>) -> BTreeSet<QueueId> {
    ids.into_iter().map(QueueId).collect()
}
