//! The assistant that gets a number ready, or moves it here: a step at a time, each of which can wait for days
//! (whatsapp-cloud.md §8.2, §8.5).

use ::inbox::channels::{self as rows, NewChannel, Setup, SetupStep};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Path},
};
use channel_gateway::whatsapp::{app, graph::Graph, numbers};
use domain::{ChannelId, ChannelKind, inbound::ChannelKey};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{actions, number};
use crate::{
    auth::SignedIn,
    channels::{CloudKeys, Desk, Problem, graph_problem},
    connections::NotConnected,
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// A number to get ready.
#[derive(Debug, Deserialize)]
pub struct Begin {
    #[serde(default)]
    cc: String,
    #[serde(default)]
    local: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    moved: Option<String>,
}

/// POST /admin/channels/{id}/setups.
///
/// # Errors
/// Not found; when the database fails.
pub async fn begin(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<Begin>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    number::cloud(&state, *id).await?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (cc, local, name) = (digits(&form.cc), digits(&form.local), form.name.trim());
    let problem = if !(1..=3).contains(&cc.len()) || !(4..=14).contains(&local.len()) {
        Some(Problem::of("setup", "number", ""))
    } else if !(3..=75).contains(&name.chars().count()) {
        Some(Problem::of("setup", "name", ""))
    } else {
        None
    };
    if let Some(problem) = problem {
        return number::with_problems(&state, &viewer, &nonce, *id, vec![problem]).await;
    }
    let data = json!({ "cc": cc, "local": local, "name": name, "moved": form.moved.is_some() });
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    rows::begin_setup(&tx, *id, &format!("+{cc}{local}"), data, viewer.principal.person, now).await?;
    actions::done(&tx, &viewer, &actions::address(&state, &request), "number_setup", *id, now).await?;
    tx.commit().await?;
    Ok(actions::go(&format!("/admin/channels/{id}/number")))
}

/// What a step needs.
#[derive(Deserialize)]
pub struct Step {
    #[serde(default)]
    step: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    pin: String,
}

/// POST /admin/channels/{id}/setups/{setup}: the next step, or no more of them.
///
/// # Errors
/// Not found; when the database fails.
pub async fn advance(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    path: Path<(ChannelId, Uuid)>,
    form: Form<Step>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (id, setup_id) = path.into_inner();
    let setup = rows::setup(&state.db, setup_id).await?.filter(|setup| setup.channel_id == Some(id));
    let setup = setup.ok_or(PageError::NotFound)?;
    let (keys, graph) = number::cloud(&state, id).await?;
    let (now, page) = (state.clock.now(), format!("/admin/channels/{id}/number"));
    if form.step == "stop" {
        rows::finish_setup(&state.db, setup_id, now).await?;
        return Ok(actions::go(&format!("{page}?done=stopped")));
    }
    let from = SetupStep::parse(&form.step).filter(|step| step.as_str() == setup.step);
    let Some(from) = from else {
        return number::with_problems(&state, &viewer, &nonce, id, vec![Problem::of("", "step-passed", "")])
            .await;
    };
    match take(&state, &keys, &graph, &setup, from, &form).await? {
        Ok((to, vendor_id)) => {
            let tx = state.db.begin().await?;
            rows::next_step(&tx, setup_id, from, to, vendor_id.as_deref(), now).await?;
            if to == SetupStep::Done {
                rows::finish_setup(&tx, setup_id, now).await?;
            }
            actions::done(&tx, &viewer, &actions::address(&state, &request), "number_setup", id, now).await?;
            tx.commit().await?;
            Ok(actions::go(&page))
        }
        Err(problem) => {
            let error = json!({ "says": problem.says, "detail": problem.detail });
            rows::failed_step(&state.db, setup_id, error, now).await?;
            Ok(actions::go(&page))
        }
    }
}

type Taken = Result<(SetupStep, Option<String>), Problem>;

/// Takes a step at the vendor; the one after it, and the number's new id.
async fn take(
    state: &AppState,
    keys: &CloudKeys,
    graph: &Graph,
    setup: &Setup,
    step: SetupStep,
    typed: &Step,
) -> Result<Taken, PageError> {
    let number = setup.vendor_id.clone().unwrap_or_default();
    let problem = |fault| graph_problem(&fault);
    Ok(match step {
        SetupStep::Add => {
            let text = |name: &str| setup.data[name].as_str().unwrap_or_default();
            let moved = setup.data["moved"].as_bool().unwrap_or_default();
            let name = (!moved).then(|| text("name"));
            numbers::add(graph, &keys.waba, text("cc"), text("local"), name)
                .await
                .map(|id| (SetupStep::Code, Some(id)))
                .map_err(problem)
        }
        SetupStep::Code => numbers::request_code(graph, &number, number::code_by(&typed.by), "es")
            .await
            .map(|()| (SetupStep::Verify, None))
            .map_err(problem),
        SetupStep::Verify => match number::code(&typed.code) {
            Ok(code) => numbers::verify_code(graph, &number, &code)
                .await
                .map(|()| (SetupStep::Register, None))
                .map_err(problem),
            Err(problem) => Err(problem),
        },
        SetupStep::Register => match number::pin(&typed.pin) {
            Ok(pin) => numbers::register(graph, &number, pin)
                .await
                .map(|()| (SetupStep::Connect, None))
                .map_err(problem),
            Err(problem) => Err(problem),
        },
        SetupStep::Connect => match app::listen(graph, &keys.waba).await {
            Ok(()) => return connect(state, setup, &number).await,
            Err(fault) => Err(problem(fault)),
        },
        SetupStep::Done => Ok((SetupStep::Done, None)),
    })
}

/// The number becomes a channel, with the keys of the one whose account it is in.
async fn connect(state: &AppState, setup: &Setup, number: &str) -> Result<Taken, PageError> {
    let desk = Desk::of(state);
    let Some(model) = setup.channel_id else { return Err(PageError::NotFound) };
    let of = desk.connections.channel(model).await.map_err(anyhow::Error::from)?;
    let id = ChannelId::new();
    let mut secrets = Vec::new();
    for name in ["app_secret", "access_token", "verify_token"] {
        match desk.connections.secret(model, name).await {
            Ok(secret) => secrets.push(desk.seal(id, name, 1, &secret).map_err(anyhow::Error::from)?),
            Err(NotConnected::NoSecret(_)) => {}
            Err(error) => return Err(anyhow::Error::from(error).into()),
        }
    }
    let mut settings = of.channel.settings;
    settings["phone_number_id"] = number.into();
    let new = NewChannel {
        id,
        kind: ChannelKind::WhatsappCloud,
        name: setup.data["name"].as_str().unwrap_or_default().to_owned(),
        address: setup.number.clone(),
        vendor_key: ChannelKey::PhoneNumberId { id: number.to_owned() }.text(),
        account_key: of.channel.account_key,
        settings,
        queue: of.channel.queue_id,
        per_second: 80,
        secrets,
    };
    let tx = state.db.begin().await?;
    match rows::connect(&tx, new, state.clock.now()).await {
        Ok(_) => tx.commit().await?,
        // Somebody connected it by hand meanwhile, which is what this step is for.
        Err(rows::ConnectError::Connected) => tx.rollback().await?,
        Err(error) => return Err(anyhow::Error::from(error).into()),
    }
    state.vendor_keys.doubt();
    number::look_again(state, id).await;
    Ok(Ok((SetupStep::Done, None)))
}
