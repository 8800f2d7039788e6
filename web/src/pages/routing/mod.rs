//! How conversations are routed, for those who decide it. All of it is one draft, saved part by part and published as a
//! whole; a part that would not hold together is not saved, and stays in the form as it was typed.

mod forms;
mod lists;
mod rehearsing;
mod trying;
mod versions;

use ::inbox::{
    attributes,
    policy::{self, Draft, PolicyError},
    reading::{
        routing::{ChannelName, PersonName, TeamName, names},
        start::{Start, start},
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form as Body, Path, Query},
};
use domain::{Attribute, Permission};
use routing::{
    Policy,
    check::{Flaw, Place, check},
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use uuid::Uuid;
use views::{
    Section,
    routing::{
        Bar, FormPage, Names, Typed,
        form::{Choices, compare, place},
        words::{changes, fault, flaw},
    },
};

pub use rehearsing::{attempt as rehearse, show as rehearsal};
pub use trying::{attempt, show as trying};
pub use versions::{discard, publish, roll_back, show as overview};

use self::forms::Form;
use super::{channels::actions, frame, html, words};
use crate::{auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState};

/// Forms of the routing name many people and skills.
pub const FORM_BYTES: usize = 512 * 1024;

/// Who and what the routing may name.
pub struct Company {
    people: Vec<PersonName>,
    teams: Vec<TeamName>,
    channels: Vec<ChannelName>,
    attributes: Vec<Attribute>,
    names: Names,
}

/// Everything a page of the routing begins with.
struct Open {
    start: Start,
    draft: Draft,
    in_force: (u32, Policy),
    versions: Vec<policy::Version>,
    company: Company,
}

impl Company {
    /// The fields of contacts to choose from, with those that are chosen already.
    fn fields(&self, tx: &views::Tx, chosen: impl Iterator<Item = String>) -> Choices {
        let own = (policy::CONTACT_NAME.to_owned(), tx.t("card-name"));
        let fields = self.attributes.iter().map(|one| (one.key.clone(), one.name.clone()));
        let mut choices: Choices = std::iter::once(own).chain(fields).collect();
        for key in chosen {
            if !key.is_empty() && choices.iter().all(|(known, _)| *known != key) {
                choices.push((key.clone(), key));
            }
        }
        choices
    }
}

impl Open {
    async fn read(state: &AppState, viewer: &SignedIn) -> Result<Self, PageError> {
        let start = start(&state.db, viewer.principal.person).await?;
        let (people, teams, channels) = names(&state.db).await?;
        let draft = policy::draft(&state.db).await?;
        let in_force = policy::in_force(&state.db).await?;
        let mut names = Names::default();
        names.people = people.iter().map(|one| (one.id, one.name.clone())).collect();
        names.teams = teams.iter().map(|one| (one.id, one.name.clone())).collect();
        names.channels = channels.iter().map(|one| (one.id, one.name.clone())).collect();
        let names = names.of(&in_force.1).of(&draft.policy);
        let versions = policy::versions(&state.db, 50).await?;
        let attributes = attributes::all(&state.db).await?;
        let company = Company { people, teams, channels, attributes, names };
        Ok(Self { start, draft, in_force, versions, company })
    }

    fn changes(&self, viewer: &SignedIn) -> Vec<String> {
        changes(&words(viewer), &self.company.names, &self.in_force.1, &self.draft.policy)
    }

    fn bar(&self, viewer: &SignedIn, done: Option<&str>) -> Bar {
        let name = |id| self.company.names.people.get(&id).cloned();
        let newest = self.versions.first();
        Bar {
            version: self.in_force.0,
            by: newest.and_then(|one| one.by_id).and_then(name),
            at: newest.map(|one| one.published_at),
            changes: self.changes(viewer).len(),
            revision: self.draft.revision,
            draft_by: self.draft.by.and_then(name),
            draft_at: self.draft.changed_at,
            may_manage: viewer.principal.holds(Permission::RoutingManage),
            done: done.and_then(done_key),
            refused: Vec::new(),
        }
    }
}

fn done_key(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("routing-done-saved"),
        "published" => Some("routing-done-published"),
        "discarded" => Some("routing-done-discarded"),
        "rolled-back" => Some("routing-done-rolled-back"),
        "removed" => Some("routing-done-removed"),
        _ => None,
    }
}

/// What was just done, as the address says.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    done: String,
}

/// GET /admin/routing/{part}: a list, or a form of the whole company.
///
/// # Errors
/// Not found; when the database fails.
pub async fn part(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    part: Path<String>,
    after: Query<After>,
) -> Result<HttpResponse, PageError> {
    if let Some(form) = Form::find(&part, None) {
        return form_page(&viewer, &nonce, &state, form, &after).await;
    }
    let open = Open::read(&state, &viewer).await?;
    lists::page(&viewer, &nonce, &open, &part, &after)
}

/// GET /admin/routing/{part}/{id}: a form of one thing. An id that is not known yet is a new one.
///
/// # Errors
/// Not found; when the database fails.
pub async fn one(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    path: Path<(String, String)>,
    after: Query<After>,
) -> Result<HttpResponse, PageError> {
    let form = find(&path.0, &path.1)?;
    form_page(&viewer, &nonce, &state, form, &after).await
}

/// What an address asks for; `new` is one with a new id.
fn find(part: &str, id: &str) -> Result<Form, PageError> {
    let id = if id == "new" && part != "agents" { Some(Uuid::now_v7()) } else { id.parse().ok() };
    id.and_then(|id| Form::find(part, Some(id))).ok_or(PageError::NotFound)
}

async fn form_page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    form: Form,
    after: &After,
) -> Result<HttpResponse, PageError> {
    let open = Open::read(state, viewer).await?;
    if let Form::Agent(id) = form
        && !open.company.people.iter().any(|one| one.id == id)
    {
        return Err(PageError::NotFound);
    }
    let policy = &open.draft.policy;
    let typed = form.fill(policy);
    html(&FormPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, Some(&after.done)),
        tab: form.tab(),
        title: form.title(policy, &open.company, &words(viewer)),
        action: form.href(),
        revision: open.draft.revision,
        parts: form.parts(&typed, policy, &open.company, words(viewer)),
        flaws: Vec::new(),
        stale: None,
        removable: form.is_removable(policy),
    })
}

/// What every form of the routing says about the draft it was drawn from.
fn revision(typed: &Typed) -> i64 {
    typed.get("revision").parse().unwrap_or(-1)
}

/// POST /admin/routing/{part}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn save_part(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    part: Path<String>,
    body: Body<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let form = Form::find(&part, None).ok_or(PageError::NotFound)?;
    save(&viewer, &nonce, &request, &state, form, Typed::read(body.into_inner())).await
}

/// POST /admin/routing/{part}/{id}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn save_one(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    path: Path<(String, String)>,
    body: Body<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let form = find(&path.0, &path.1)?;
    save(&viewer, &nonce, &request, &state, form, Typed::read(body.into_inner())).await
}

async fn save(
    viewer: &SignedIn,
    nonce: &Nonce,
    request: &HttpRequest,
    state: &AppState,
    form: Form,
    mut typed: Typed,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    form.tidy(&mut typed);
    let mut candidate = policy::draft(&state.db).await?.policy;
    let misread = form.apply(&typed, &mut candidate);
    let mut refusal = None;
    if misread.is_empty() {
        let tx = state.db.begin().await?;
        let change = |policy: &mut Policy| drop(form.apply(&typed, policy));
        match policy::save(&tx, &viewer.principal, revision(&typed), change, now).await {
            Ok(_) => {
                let address = actions::address(state, request);
                actions::done(&tx, viewer, &address, "routing_change", form.href(), now).await?;
                tx.commit().await?;
                return Ok(actions::go(&format!("{}?done=saved", form.href())));
            }
            Err(PolicyError::Db(error)) => return Err(error.into()),
            Err(refused) => refusal = Some(refused),
        }
        tx.rollback().await?;
    }
    // Refused: what was typed stays in the form, with what is wrong beside it.
    let open = Open::read(state, viewer).await?;
    let tx = words(viewer);
    let mut parts = form.parts(&typed, &open.draft.policy, &open.company, tx);
    let mut flaws: Vec<String> = Vec::new();
    let mut found: Vec<Flaw> = Vec::new();
    if !misread.is_empty() {
        flaws.push(tx.t("routing-misread"));
        // Everything at once, but for what follows from what could not be read.
        found = check(&candidate, &policy::known(&state.db).await?);
        let follows = |spot: &Place| {
            let field = form.field(*spot, &candidate);
            field.is_none_or(|field| misread.iter().any(|(name, _)| name.starts_with(&field)))
        };
        found.retain(|one| !one.places.iter().any(follows));
    }
    let mut beside: Vec<(String, String)> =
        misread.into_iter().map(|(name, key)| (name, tx.t(key))).collect();
    let mut stale = None;
    match refusal {
        Some(PolicyError::Flawed(flawed)) => found = flawed,
        Some(_) => {
            let by = open.draft.by.map(|id| open.company.names.person(&tx, id));
            stale = Some(by.unwrap_or_else(|| tx.t("routing-somebody")));
            let theirs = form.fill(&open.draft.policy);
            let mut theirs = form.parts(&theirs, &open.draft.policy, &open.company, tx);
            compare(&mut parts, &mut theirs, &tx);
        }
        None => {}
    }
    let names = open.company.names.clone().of(&candidate);
    for one in &found {
        flaws.push(flaw(&tx, &names, one));
        let sentence = fault(&tx, &names, &one.fault);
        let fields = one.places.iter().filter_map(|spot| form.field(*spot, &candidate));
        beside.extend(fields.map(|name| (name, sentence.clone())));
    }
    // What is not in this form stands above it already.
    drop(place(&mut parts, beside));
    let status = if stale.is_some() { 409 } else { 422 };
    let mut answer = html(&FormPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, None),
        tab: form.tab(),
        title: form.title(&open.draft.policy, &open.company, &tx),
        action: form.href(),
        revision: open.draft.revision,
        parts,
        flaws,
        stale,
        removable: form.is_removable(&open.draft.policy),
    })?;
    *answer.status_mut() = actix_web::http::StatusCode::from_u16(status).unwrap_or_default();
    Ok(answer)
}

/// POST /admin/routing/{part}/{id}/remove: it goes, unless something still leads to it.
///
/// # Errors
/// Not found; when the database fails.
pub async fn remove(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    path: Path<(String, String)>,
    body: Body<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let form = find(&path.0, &path.1)?;
    let typed = Typed::read(body.into_inner());
    if !form.is_removable(&policy::draft(&state.db).await?.policy) {
        return Err(PageError::NotFound);
    }
    let change = |policy: &mut Policy| form.remove(policy);
    let then = format!("{}?done=removed", form.tab().href());
    change_draft(&viewer, &nonce, &request, &state, revision(&typed), change, &then).await
}

/// What is to become of a line of an ordered list.
#[derive(Debug, Deserialize)]
pub struct Moved {
    #[serde(default)]
    revision: i64,
    #[serde(default)]
    to: String,
}

/// POST /admin/routing/{part}/{id}/move: a rule goes up or down, or is turned on or off.
///
/// # Errors
/// Not found; when the database fails.
pub async fn move_one(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    path: Path<(String, String)>,
    body: Body<Moved>,
) -> Result<HttpResponse, PageError> {
    let Form::Rule(id) = find(&path.0, &path.1)? else { return Err(PageError::NotFound) };
    let rules = policy::draft(&state.db).await?.policy.rules;
    if !rules.iter().any(|rule| rule.id == id) {
        return Err(PageError::NotFound);
    }
    let change = |policy: &mut Policy| {
        let Some(at) = policy.rules.iter().position(|rule| rule.id == id) else { return };
        match body.to.as_str() {
            "up" if at > 0 => policy.rules.swap(at - 1, at),
            "down" if at + 1 < policy.rules.len() => policy.rules.swap(at, at + 1),
            "on" => policy.rules[at].on = true,
            "off" => policy.rules[at].on = false,
            _ => {}
        }
    };
    change_draft(&viewer, &nonce, &request, &state, body.revision, change, "/admin/routing/rules?done=saved")
        .await
}

/// Changes the draft without a form to come back to; what is refused is told above the overview.
async fn change_draft(
    viewer: &SignedIn,
    nonce: &Nonce,
    request: &HttpRequest,
    state: &AppState,
    revision: i64,
    change: impl FnOnce(&mut Policy),
    then: &str,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    match policy::save(&tx, &viewer.principal, revision, change, now).await {
        Ok(_) => {
            let address = actions::address(state, request);
            actions::done(&tx, viewer, &address, "routing_change", request.path(), now).await?;
            tx.commit().await?;
            Ok(actions::go(then))
        }
        Err(refused) => {
            tx.rollback().await?;
            versions::refused(viewer, nonce, state, refused).await
        }
    }
}
