//! Macros: offered in the composer, carried out, and written.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path, Query},
};
use domain::{
    ConversationId, FileId, MacroId, Permission, QueueId,
    conversation::Urgency,
    macros::{self, Action, Clash, Filled},
};
use inbox::{
    macros as kept,
    macros::{MacroError, RunError, Whose, Wish, files::Kept},
    outcomes::{self, Outcome},
    reading::{self, conversations::ConversationLine, start::start},
};
use sea_orm::TransactionTrait as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use views::{
    Refusal, Section, Tx,
    file::size,
    macros::{MacroFile, MacroForm, MacroLine, MacrosPage},
    person::first_name,
};

use super::{
    channels::actions::{self, address, go},
    closing,
    conversations::refused,
    frame, html, notes, snoozing, tagging, transfer, within_reach, words,
};
use crate::{
    auth::SignedIn, error::PageError, live::class_for, present, security_headers::Nonce, state::AppState,
};

/// One that can be used, filled from the conversation.
#[derive(Debug, Serialize)]
struct Offered {
    id: MacroId,
    name: String,
    /// Whose it is, in words.
    whose: String,
    body: Vec<Filled>,
    /// What is done after it, in words.
    actions: Vec<String>,
    /// The names of what is sent along.
    files: Vec<String>,
}

/// GET /conversations/{id}/macros: all that may be used here, filled.
///
/// # Errors
/// Not found, also for conversations that are not this person's to answer.
pub async fn offer(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (line, values) = values(&viewer, *id, &state).await?;
    let tx = words(&viewer);
    let names = state.directory.names().await?;
    let outcomes = outcomes::all(&state.db).await?;
    let offered: Vec<Offered> = kept::usable(&state.db, viewer.principal.person)
        .await?
        .into_iter()
        .map(|one| Offered {
            id: one.id,
            name: one.name,
            whose: match one.whose {
                Whose::Own => tx.t("macros-own"),
                Whose::Team(_) => one.team.unwrap_or_default(),
                Whose::All => tx.t("macros-all"),
            },
            body: macros::fill(&one.body, |place| value(&viewer, &line, &values, place)),
            actions: one
                .actions
                .iter()
                .map(|action| action_words(action, &tx, |id| names.queue(id), &outcomes))
                .collect(),
            files: listed(&one.files, tx).into_iter().map(|file| file.name).collect(),
        })
        .collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(offered))
}

type Values = std::collections::HashMap<String, String>;

async fn values(
    viewer: &SignedIn,
    id: ConversationId,
    state: &AppState,
) -> Result<(ConversationLine, Values), PageError> {
    let principal = &viewer.principal;
    let line = within_reach(viewer, state, id, Permission::ConversationReply).await?;
    let values = kept::values(&state.db, principal.person, id).await?;
    Ok((line, values))
}

/// Who is only known by an address has no name to be called by.
fn value(viewer: &SignedIn, line: &ConversationLine, values: &Values, place: &str) -> Option<String> {
    let name = || {
        let name = present::name(line, class_for(&viewer.principal, &line.facts()));
        name.starts_with(char::is_alphabetic).then_some(name)
    };
    match place {
        "contact.name" => name(),
        "contact.first_name" => Some(first_name(&name()?).to_owned()),
        other => values.get(other).cloned(),
    }
}

fn action_words(action: &Action, tx: &Tx, queue: impl Fn(QueueId) -> String, outcomes: &[Outcome]) -> String {
    match action {
        Action::Note { .. } => tx.t("macros-do-note"),
        Action::Tag { tag } => tx.a("macros-did-tag", "name", tag),
        Action::Prioritize { urgency } => {
            tx.a("macros-did-urgency", "name", &tx.t(views::system::urgency_word(*urgency)))
        }
        Action::Transfer { queue: id } => tx.a("macros-do-transfer", "name", &queue(*id)),
        Action::Snooze { hours: None } => tx.t("macros-do-snooze"),
        Action::Snooze { hours: Some(hours) } => tx.n("macros-do-snooze-hours", i64::from(*hours)),
        Action::Close { outcome } => match outcomes.iter().find(|one| Some(one.id) == *outcome) {
            Some(outcome) => tx.a("macros-do-close", "name", &outcome.path),
            None => tx.t("resolve"),
        },
    }
}

/// What a use of a macro posts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    client_id: Uuid,
}

/// POST /conversations/{id}/macros/{macro}: do what it does; its text went the way of all messages.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then. Accepted, with a sentence, says that all is done but closing,
/// which asks for more.
pub async fn run(
    viewer: SignedIn,
    path: Path<(ConversationId, MacroId)>,
    form: Form<Used>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (conversation, id) = *path;
    let (line, values) = values(&viewer, conversation, &state).await?;
    let value = |place: &str| value(&viewer, &line, &values, place);
    let at = (conversation, id);
    let ran = state
        .transact(async |tx| {
            match kept::run(tx, &viewer.principal, at, form.client_id, value, state.clock.now()).await {
                Ok(ran) => Ok(ran),
                Err(error) => Err(run_refusal(error, &viewer, &state).await),
            }
        })
        .await?;
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
    let Some(asks) = ran.left_open else { return Ok(HttpResponse::NoContent().finish()) };
    let tx = words(&viewer);
    let why = closing::why(asks, tx)?.words(&tx);
    let said = format!("{} {why}", tx.t("macros-left-open"));
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "said": said })))
}

async fn run_refusal(error: RunError, viewer: &SignedIn, state: &AppState) -> PageError {
    let tx = words(viewer);
    match error {
        RunError::NotFound => PageError::NotFound,
        RunError::Db(error) => error.into(),
        RunError::Missing(places) => {
            refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::PlacesMissing(places), tx)
        }
        RunError::Note(error) => notes::refusal(error, tx),
        RunError::Tag(error) => tagging::refusal(error, tx),
        RunError::HandOver(error) => transfer::refusal(error, viewer, state).await,
        RunError::Snooze(error) => snoozing::refusal(error, tx),
        RunError::Close(error) => closing::refusal(error, tx),
    }
}

/// Which one is looked at, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    id: String,
    #[serde(default)]
    done: String,
}

/// GET /macros: those one may change, and one of them or a new one in the form.
///
/// # Errors
/// Not found, for a macro that is not this person's to change.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PageError> {
    let form = if asked.id.is_empty() {
        MacroForm::default()
    } else {
        let all = kept::changeable(&state.db, &viewer.principal).await?;
        let one = all.into_iter().find(|one| one.id.to_string() == asked.id).ok_or(PageError::NotFound)?;
        MacroForm {
            files: listed(&one.files, words(&viewer)),
            ..MacroForm::of(one.id, &one.name, &one.body, &one.actions, whose_word(one.whose))
        }
    };
    let done = match asked.done.as_str() {
        "saved" => Some("macros-saved"),
        "removed" => Some("macros-removed"),
        _ => None,
    };
    page(&viewer, &nonce, &state, form, done, None).await
}

/// Its files, as its form lists them.
fn listed(files: &[Kept], tx: Tx) -> Vec<MacroFile> {
    files
        .iter()
        .map(|file| MacroFile {
            id: file.id,
            name: file.name.clone().unwrap_or_else(|| tx.t("macros-file-unnamed")),
            size: size(file.bytes, &tx),
        })
        .collect()
}

fn whose_word(whose: Whose) -> String {
    match whose {
        Whose::Own => "own".to_owned(),
        Whose::Team(team) => format!("team:{team}"),
        Whose::All => "all".to_owned(),
    }
}

async fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    form: MacroForm,
    done: Option<&'static str>,
    refusal: Option<String>,
) -> Result<HttpResponse, PageError> {
    let start = start(&state.db, viewer.principal.person).await?;
    let tx = words(viewer);
    let principal = &viewer.principal;
    let wrong = refusal.is_some();
    let names = state.directory.names().await?;
    let queues = reading::handing::choices(&state.db, principal).await?.queues;
    let outcomes = outcomes::all(&state.db).await?;
    let mut endings = vec![("with-none".to_owned(), tx.t("macros-do-close-plain"))];
    endings.extend(
        outcomes.iter().filter(|one| !one.is_group).map(|one| (one.id.to_string(), one.path.clone())),
    );
    let mut whose = vec![("own".to_owned(), tx.t("macros-own"))];
    whose.extend(
        kept::teams(&state.db, principal)
            .await?
            .into_iter()
            .map(|team| (format!("team:{}", team.id), team.name)),
    );
    if principal.scope(Permission::MacroManage) == Some(domain::Scope::All) {
        whose.push(("all".to_owned(), tx.t("macros-all")));
    }
    let fields = inbox::attributes::all(&state.db).await?;
    let places = macros::PLACES
        .iter()
        .map(|place| (*place).to_owned())
        .chain(fields.iter().filter(|one| !one.sensitive).map(|one| format!("{}{}", macros::FIELD, one.key)))
        .collect();
    let lines = kept::changeable(&state.db, principal).await?;
    let mut answer = html(&MacrosPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        lines: lines
            .into_iter()
            .map(|one| MacroLine {
                id: one.id,
                name: one.name,
                body: one.body,
                actions: one
                    .actions
                    .iter()
                    .map(|action| action_words(action, &tx, |id| names.queue(id), &outcomes))
                    .collect(),
                files: listed(&one.files, tx).into_iter().map(|file| file.name).collect(),
                whose: match one.whose {
                    Whose::Own => tx.t("macros-own"),
                    Whose::Team(_) => one.team.unwrap_or_default(),
                    Whose::All => tx.t("macros-all"),
                },
            })
            .collect(),
        form,
        whose,
        outcomes: endings,
        queues: queues.into_iter().map(|queue| (queue.id, queue.name)).collect(),
        places,
        done,
        refused: refusal,
    })?;
    if wrong {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// What the form posts.
#[derive(Debug, Deserialize)]
pub struct Posted {
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    whose: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    tag: String,
    #[serde(default)]
    urgency: String,
    #[serde(default)]
    queue: String,
    #[serde(default)]
    snooze: String,
    #[serde(default)]
    close: String,
    /// Ids of files, with commas between them.
    #[serde(default)]
    files: String,
}

impl Posted {
    fn form(self) -> MacroForm {
        let tidy = |text: String| text.replace('\0', "");
        MacroForm {
            id: self.id.parse().ok(),
            name: tidy(self.name),
            body: tidy(self.body),
            whose: self.whose,
            note: tidy(self.note),
            tag: tidy(self.tag),
            urgency: self.urgency,
            queue: self.queue,
            snooze: self.snooze,
            close: self.close,
            files: Vec::new(),
        }
    }
}

/// What was posted as files: ids with commas between them.
fn file_ids(posted: &str) -> Option<Vec<FileId>> {
    posted.split(',').filter(|id| !id.is_empty()).map(|id| id.parse().ok()).collect()
}

fn wish(form: &MacroForm, files: Vec<FileId>) -> Option<Wish> {
    let whose = match form.whose.as_str() {
        "own" => Whose::Own,
        "all" => Whose::All,
        other => Whose::Team(other.strip_prefix("team:")?.parse().ok()?),
    };
    let mut actions = Vec::new();
    if !form.note.trim().is_empty() {
        actions.push(Action::Note { body: form.note.trim().to_owned() });
    }
    if !form.tag.trim().is_empty() {
        actions.push(Action::Tag { tag: form.tag.trim().to_owned() });
    }
    if !form.urgency.is_empty() {
        actions.push(Action::Prioritize { urgency: Urgency::parse(&form.urgency)? });
    }
    if !form.queue.is_empty() {
        actions.push(Action::Transfer { queue: form.queue.parse().ok()? });
    }
    match form.snooze.as_str() {
        "" => {}
        "answer" => actions.push(Action::Snooze { hours: None }),
        hours => actions.push(Action::Snooze { hours: Some(hours.parse().ok()?) }),
    }
    match form.close.as_str() {
        "" => {}
        "with-none" => actions.push(Action::Close { outcome: None }),
        outcome => actions.push(Action::Close { outcome: Some(outcome.parse().ok()?) }),
    }
    Some(Wish { id: form.id, name: form.name.clone(), body: form.body.clone(), actions, files, whose })
}

/// POST /macros: a new one, or another shape of one that is there.
///
/// # Errors
/// When the database fails. A refusal is the page again, as it was typed.
pub async fn save(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Form<Posted>,
) -> Result<HttpResponse, PageError> {
    let posted = posted.into_inner();
    let Some(files) = file_ids(&posted.files) else { return Err(PageError::NotFound) };
    let mut form = posted.form();
    let Some(wish) = wish(&form, files.clone()) else { return Err(PageError::NotFound) };
    let tx = state.db.begin().await?;
    match kept::save(&tx, &viewer.principal, wish, state.clock.now()).await {
        Ok(id) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "macro.save", &id.to_string(), state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/macros?done=saved"))
        }
        Err(error) => {
            let why = refusal(error, words(&viewer))?;
            tx.rollback().await?;
            // As it was typed, with the files that are still there.
            for file in files {
                form.files.extend(
                    kept::files::seen_by(&state.db, &viewer.principal, file)
                        .await?
                        .map(|file| listed(&[file], words(&viewer)))
                        .unwrap_or_default(),
                );
            }
            page(&viewer, &nonce, &state, form, None, Some(why)).await
        }
    }
}

/// POST /macros/{id}/remove.
///
/// # Errors
/// Not found, for one that is not this person's to change.
pub async fn remove(
    viewer: SignedIn,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<MacroId>,
) -> Result<HttpResponse, PageError> {
    let tx = state.db.begin().await?;
    kept::remove(&tx, &viewer.principal, *id).await.map_err(|error| match error {
        MacroError::Db(error) => error.into(),
        _ => PageError::NotFound,
    })?;
    let from = address(&state, &request);
    actions::done(&tx, &viewer, &from, "macro.remove", &id.to_string(), state.clock.now()).await?;
    tx.commit().await?;
    Ok(go("/macros?done=removed"))
}

fn refusal(error: MacroError, tx: Tx) -> Result<String, PageError> {
    Ok(match error {
        MacroError::NotFound => return Err(PageError::NotFound),
        MacroError::Db(error) => return Err(error.into()),
        MacroError::BadName => tx.t("macros-bad-name"),
        MacroError::Taken => tx.t("macros-taken"),
        MacroError::Empty => tx.t("macros-empty"),
        MacroError::TooLong(_) => tx.n("macros-too-long", macros::LONGEST),
        MacroError::Unknown(places) => {
            let places: Vec<String> = places.iter().map(|place| format!("{{{{{place}}}}}")).collect();
            tx.a("macros-unknown", "places", &places.join(", "))
        }
        MacroError::Clash(Clash::TwoEnds) => tx.t("macros-two-ends"),
        MacroError::Clash(Clash::Aside) => {
            tx.n("macros-aside-too-long", i64::from(macros::LONGEST_ASIDE / 24))
        }
        MacroError::TooManyFiles => tx.n("macros-too-many-files", kept::files::MOST),
        MacroError::FileGone => tx.t("macros-file-gone-here"),
        MacroError::NotForSoMany => tx.t("macros-not-for-so-many"),
    })
}
