//! The number's page: what the vendor knows of it, the calls of its life, its business profile.

use ::inbox::{
    channels::{self as rows, SetupStep},
    reading,
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Bytes, Data, Form, Path, Query},
};
use channel_gateway::whatsapp::{
    graph::{Graph, GraphFault},
    numbers::{self, CodeBy},
    profile::{self, Profile, ProfileFlaw, VERTICALS},
};
use domain::{ChannelId, checkup::NumberFacts};
use serde::Deserialize;
use views::{
    Section,
    channels::{ChannelTab, NumberPage, ProblemLine, ProfileForm, SecretRow, SetupLine},
};

use super::{
    super::{frame, html},
    actions, head, open, problem_lines,
};
use crate::{
    auth::SignedIn,
    channels::{CloudKeys, Desk, Keys, Problem, graph_problem, upkeep},
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// What was done before.
#[derive(Debug, Deserialize)]
pub struct Before {
    #[serde(default)]
    done: Option<String>,
}

impl Before {
    /// The word for it.
    #[must_use]
    pub fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }
}

/// GET /admin/channels/{id}/number.
///
/// # Errors
/// Not found; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<ChannelId>,
    before: Query<Before>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let done = actions::done_word(before.done.as_deref());
    draw(&state, &viewer, &nonce, *id, done, Vec::new(), None).await
}

/// The page again, with what is wrong.
///
/// # Errors
/// Not found; when the database fails.
pub async fn with_problems(
    state: &AppState,
    viewer: &SignedIn,
    nonce: &Nonce,
    id: ChannelId,
    problems: Vec<Problem>,
) -> Result<HttpResponse, PageError> {
    draw(state, viewer, nonce, id, None, problems, None).await
}

async fn draw(
    state: &AppState,
    viewer: &SignedIn,
    nonce: &Nonce,
    id: ChannelId,
    done: Option<&'static str>,
    problems: Vec<Problem>,
    typed: Option<ProfileForm>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = open(state, viewer, id).await?;
    let queues = reading::channels::queues(&state.db).await?;
    let secrets = rows::secrets(&state.db, id).await?;
    let setups = rows::open_setups(&state.db, id).await?;
    let newest = |name: &str| secrets.iter().find(|one| one.name == name).map(|one| one.generation);
    let profile: Option<Profile> = line.profile.clone().and_then(|value| serde_json::from_value(value).ok());
    let failed = !problems.is_empty();
    let mut answer = html(&NumberPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        head: head(&line, &alarms),
        tab: ChannelTab::Number,
        facts: line.facts.clone().and_then(|facts| serde_json::from_value::<NumberFacts>(facts).ok()),
        read_at: line.read_at,
        profile: typed.or_else(|| profile.map(form_of)),
        verticals: &VERTICALS,
        secrets: secrets
            .iter()
            .filter(|one| newest(&one.name) == Some(one.generation))
            .map(|one| SecretRow {
                name: one.name.clone(),
                last_four: one.last_four.clone(),
                changed_at: one.changed_at,
                older: secrets.iter().filter(|other| other.name == one.name).count() > 1,
            })
            .collect(),
        queues: queues.into_iter().map(|queue| (queue.id, queue.name)).collect(),
        queue: line.queue_id,
        per_second: line.per_second,
        reopen_within: line.reopen_within,
        setups: setups
            .into_iter()
            .map(|setup| SetupLine {
                id: setup.id.to_string(),
                number: setup.number,
                step: SetupStep::parse(&setup.step).unwrap_or(SetupStep::Add).as_str(),
                problem: setup.error.as_ref().and_then(|error| {
                    let says = error["says"].as_str()?;
                    Some(ProblemLine {
                        field: "",
                        says: views::channels::problem::PROBLEMS.iter().find(|one| **one == says)?,
                        detail: error["detail"].as_str().unwrap_or_default().to_owned(),
                    })
                }),
            })
            .collect(),
        done,
        problems: problem_lines(problems),
    })?;
    if failed {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn form_of(profile: Profile) -> ProfileForm {
    let mut websites = profile.websites.into_iter();
    ProfileForm {
        about: profile.about,
        address: profile.address,
        description: profile.description,
        email: profile.email,
        vertical: profile.vertical,
        website1: websites.next().unwrap_or_default(),
        website2: websites.next().unwrap_or_default(),
        has_picture: profile.picture_url.is_some(),
    }
}

/// Reads everything anew; what goes wrong is what the page then shows.
pub async fn look_again(state: &AppState, id: ChannelId) {
    if let Err(error) = upkeep::look_after(&Desk::of(state), id, state.clock.now()).await {
        tracing::warn!(channel = %id, %error, "channel {id} could not be looked at");
    }
}

/// POST /admin/channels/{id}/refresh.
///
/// # Errors
/// Not found; when the database fails.
pub async fn refresh(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<ChannelId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if reading::channels::one(&state.db, *id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    match upkeep::look_after(&Desk::of(&state), *id, state.clock.now()).await {
        Ok(_) => Ok(actions::go(&format!("/admin/channels/{id}/number?done=refreshed"))),
        Err(error) => {
            let problem = Problem::of("", "not-opened", error.to_string());
            with_problems(&state, &viewer, &nonce, *id, vec![problem]).await
        }
    }
}

/// A number of Meta's, opened.
///
/// # Errors
/// Not found, also for numbers of another vendor; when it can't be opened.
pub async fn cloud(state: &AppState, id: ChannelId) -> Result<(CloudKeys, Graph), PageError> {
    if reading::channels::one(&state.db, id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let desk = Desk::of(state);
    match Keys::of(&desk, id).await.map_err(anyhow::Error::from)? {
        Keys::Cloud(keys) => {
            let graph = keys.graph(&desk);
            Ok((keys, graph))
        }
        Keys::Twilio(_) => Err(PageError::NotFound),
    }
}

/// What comes with a request that does something with a number.
struct Deed<'a> {
    state: &'a AppState,
    viewer: &'a SignedIn,
    nonce: &'a Nonce,
    request: &'a HttpRequest,
    id: ChannelId,
    action: &'static str,
    done: &'static str,
}

impl Deed<'_> {
    /// After the vendor was asked: note it, read the number anew, and show the page.
    async fn end(self, answer: Result<(), Problem>) -> Result<HttpResponse, PageError> {
        let Self { state, viewer, nonce, request, id, action, done } = self;
        match answer {
            Ok(()) => {
                let address = actions::address(state, request);
                actions::done(&state.db, viewer, &address, action, id, state.clock.now()).await?;
                look_again(state, id).await;
                Ok(actions::go(&format!("/admin/channels/{id}/number?done={done}")))
            }
            Err(problem) => {
                let problems = vec![problem];
                actions::refused(state, viewer, request, action, Some(id), &problems).await?;
                with_problems(state, viewer, nonce, id, problems).await
            }
        }
    }
}

fn told(answer: Result<(), GraphFault>) -> Result<(), Problem> {
    answer.map_err(|fault| graph_problem(&fault))
}

/// Six digits, or what is wrong.
pub(super) fn pin(text: &str) -> Result<&str, Problem> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(Problem::of("pin", "pin-digits", ""))
    }
}

/// Six digits, hyphen or not, or what is wrong.
pub(super) fn code(text: &str) -> Result<String, Problem> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 6 { Ok(digits) } else { Err(Problem::of("", "code-digits", "")) }
}

/// How a code is to come.
pub(super) fn code_by(word: &str) -> CodeBy {
    if word == "voice" { CodeBy::Voice } else { CodeBy::Sms }
}

/// What a person types about a number.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    by: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    name: String,
}

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident, $action:literal, $done:literal, |$keys:ident, $graph:ident, $typed:ident| $call:expr;)+) => { $(
        $(#[$doc])*
        ///
        /// # Errors
        /// Not found; when the database fails. What the vendor refuses stands on the page.
        pub async fn $name(
            viewer: SignedIn,
            nonce: Nonce,
            request: HttpRequest,
            id: Path<ChannelId>,
            form: Form<Typed>,
            state: Data<AppState>,
        ) -> Result<HttpResponse, PageError> {
            let ($keys, $graph) = cloud(&state, *id).await?;
            let $typed = form.into_inner();
            let answer: Result<(), Problem> = async { $call }.await;
            let deed = Deed {
                state: &state, viewer: &viewer, nonce: &nonce, request: &request, id: *id, action: $action, done: $done,
            };
            deed.end(answer).await
        }
    )+ };
}

deeds! {
    /// POST /admin/channels/{id}/code: a code goes to the number.
    request_code, "number_code", "code", |keys, graph, typed| {
        let language = if typed.language.is_empty() { "es" } else { &typed.language };
        told(numbers::request_code(&graph, &keys.number, code_by(&typed.by), language).await)
    };
    /// POST /admin/channels/{id}/verify: the code that came.
    verify_code, "number_verify", "verified", |keys, graph, typed| {
        told(numbers::verify_code(&graph, &keys.number, &code(&typed.code)?).await)
    };
    /// POST /admin/channels/{id}/register.
    register, "number_register", "registered", |keys, graph, typed| {
        told(numbers::register(&graph, &keys.number, pin(&typed.pin)?).await).map_err(|one| one.about("pin"))
    };
    /// POST /admin/channels/{id}/deregister.
    deregister, "number_deregister", "deregistered", |keys, graph, _typed| {
        told(numbers::deregister(&graph, &keys.number).await)
    };
    /// POST /admin/channels/{id}/pin: another two-step PIN.
    change_pin, "number_pin", "pin", |keys, graph, typed| {
        told(numbers::change_pin(&graph, &keys.number, pin(&typed.pin)?).await)
    };
    /// POST /admin/channels/{id}/rename: another name is asked for.
    rename, "number_rename", "renamed", |keys, graph, typed| {
        let name = typed.name.trim();
        if !(3..=75).contains(&name.chars().count()) {
            return Err(Problem::of("", "name", ""));
        }
        told(numbers::rename(&graph, &keys.number, name).await)
    };
}

/// A profile as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct TypedProfile {
    about: String,
    address: String,
    description: String,
    email: String,
    vertical: String,
    website1: String,
    website2: String,
}

/// POST /admin/channels/{id}/profile: limits are looked at here before Meta is asked.
///
/// # Errors
/// Not found; when the database fails.
pub async fn save_profile(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<TypedProfile>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (keys, graph) = cloud(&state, *id).await?;
    let typed = form.into_inner();
    let trimmed = |text: &str| text.trim().replace("\r\n", "\n");
    let now = Profile {
        about: trimmed(&typed.about),
        address: trimmed(&typed.address),
        description: trimmed(&typed.description),
        email: trimmed(&typed.email),
        vertical: typed.vertical,
        websites: [&typed.website1, &typed.website2]
            .map(|site| trimmed(site))
            .into_iter()
            .filter(|site| !site.is_empty())
            .collect(),
        picture_url: None,
    };
    let answer = match profile::read(&graph, &keys.number).await {
        Err(fault) => Err(vec![graph_problem(&fault)]),
        Ok(before) => {
            let flaws: Vec<Problem> = now.flaws(&before).into_iter().map(flaw).collect();
            if flaws.is_empty() {
                let written = profile::write(&graph, &keys.number, &before, &now).await;
                written.map_err(|fault| vec![graph_problem(&fault)])
            } else {
                Err(flaws)
            }
        }
    };
    match answer {
        Ok(()) => {
            let address = actions::address(&state, &request);
            actions::done(&state.db, &viewer, &address, "number_profile", *id, state.clock.now()).await?;
            look_again(&state, *id).await;
            Ok(actions::go(&format!("/admin/channels/{id}/number?done=profile")))
        }
        // What was typed stays in the form.
        Err(problems) => draw(&state, &viewer, &nonce, *id, None, problems, Some(form_of(now))).await,
    }
}

fn flaw(flaw: ProfileFlaw) -> Problem {
    match flaw {
        ProfileFlaw::TooLong { field, most } => Problem::of(field, "too-long", most.to_string()),
        ProfileFlaw::AboutEmpty => Problem::of("about", "about-empty", ""),
        ProfileFlaw::Email => Problem::of("email", "email", ""),
        ProfileFlaw::TooManySites => Problem::of("websites", "sites", ""),
        ProfileFlaw::Site => Problem::of("websites", "site", ""),
        ProfileFlaw::Vertical => Problem::of("vertical", "vertical", ""),
    }
}

/// The largest picture, with room for what is around it.
pub const PICTURE_BYTES: usize = profile::LARGEST_PICTURE;

/// PUT /admin/channels/{id}/picture: the bytes of a JPEG or PNG.
///
/// # Errors
/// A refusal in the person's language.
pub async fn picture(
    viewer: SignedIn,
    request: HttpRequest,
    id: Path<ChannelId>,
    bytes: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (keys, graph) = cloud(&state, *id).await?;
    let refused = |problem: Problem| {
        let tx = super::super::words(&viewer);
        let line = ProblemLine { field: problem.field, says: problem.says, detail: problem.detail };
        PageError::refused(StatusCode::UNPROCESSABLE_ENTITY, "picture", line.words(&tx))
    };
    let mime = match bytes.get(..4) {
        Some([0xff, 0xd8, 0xff, _]) => "image/jpeg",
        Some([0x89, b'P', b'N', b'G']) => "image/png",
        _ => return Err(refused(Problem::of("picture", "picture", ""))),
    };
    let desk = Desk::of(&state);
    let app = match &keys.app {
        Some(app) => app.clone(),
        None => {
            channel_gateway::whatsapp::app::debug_token(&graph, &keys.token)
                .await
                .map_err(|fault| refused(graph_problem(&fault)))?
                .app
        }
    };
    let set = async {
        let handle = keys.graph(&desk).upload(&app, "profile", mime, bytes.to_vec()).await?;
        profile::set_picture(&graph, &keys.number, &handle).await
    };
    set.await.map_err(|fault| refused(graph_problem(&fault)))?;
    let address = actions::address(&state, &request);
    actions::done(&state.db, &viewer, &address, "number_picture", *id, state.clock.now()).await?;
    look_again(&state, *id).await;
    Ok(HttpResponse::NoContent().finish())
}
