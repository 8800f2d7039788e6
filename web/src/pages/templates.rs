//! Templates of a channel: the list, the builder, and what is done with one.

mod shown;

use ::inbox::{
    reading::channels::ChannelLine,
    templates::{self, Template},
};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Bytes, Data, Json, Path, Query, Redirect},
};
use domain::{
    ChannelId, Permission, TemplateId,
    template::{Definition, Draft, Format, Status},
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use serde_json::{Value, json};
use views::{
    BuilderPage, Section, TemplatesPage,
    channels::ChannelTab,
    templates::{list::GROUPS, list::Group, words as said},
};

use self::shown::{note, refusal, row, why};
use super::{channels, frame, html, words};
use crate::{
    auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState, templates as vendors,
};

/// Sample files of headers: the largest a header takes is a film of 16 MB (whatsapp-cloud.md §6).
pub const SAMPLE_BYTES: usize = 16 * 1024 * 1024;

/// What of the list is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    status: String,
    q: String,
    category: String,
    language: String,
}

/// GET /admin/channels/{id}/templates.
///
/// # Errors
/// Not found; when the database fails.
pub async fn list(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    id: Path<ChannelId>,
    Query(wanted): Query<Wanted>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = channels::open(&state, &viewer, *id).await?;
    let all = templates::all(&state.db, &line.account_key).await?;
    let sync = templates::state(&state.db, &line.account_key).await?;
    let tx = words(&viewer);
    let groups = GROUPS.map(|(name, word, belongs)| Group {
        name,
        word,
        count: all.iter().filter(|template| belongs(&template.status)).count(),
    });
    let mut languages: Vec<String> = all.iter().map(|template| template.language.clone()).collect();
    languages.sort();
    languages.dedup();
    let belongs =
        GROUPS.iter().find(|(name, ..)| *name == wanted.status).map_or(GROUPS[0].2, |group| group.2);
    let q = wanted.q.trim().to_lowercase();
    let matches = |template: &&Template| {
        belongs(&template.status)
            && (wanted.category.is_empty() || template.category == wanted.category)
            && (wanted.language.is_empty() || template.language == wanted.language)
            && (q.is_empty()
                || template.name.contains(&q)
                || template.definition.body.text.to_lowercase().contains(&q))
    };
    let mut found: Vec<&Template> = all.iter().filter(matches).collect();
    // What needs somebody comes first, then what changed last.
    found.sort_by_key(|template| (why(template, &tx).is_none(), std::cmp::Reverse(template.changed_at)));
    html(&TemplatesPage {
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        head: channels::head(&line, &alarms),
        tab: ChannelTab::Templates,
        may_manage: viewer.principal.holds(Permission::TemplateManage),
        synced_at: sync.as_ref().and_then(|sync| sync.finished_at),
        syncing: sync.as_ref().is_some_and(|sync| sync.finished_at.is_none_or(|at| at < sync.started_at)),
        sync_error: sync.and_then(|sync| sync.error),
        groups: groups.to_vec(),
        group: wanted.status,
        search: wanted.q,
        category: wanted.category,
        language: wanted.language,
        languages,
        total: all.len(),
        rows: found.into_iter().map(|template| row(template, &tx)).collect(),
    })
}

/// POST /admin/channels/{id}/templates/sync: the vendor's list is taken over in a moment.
///
/// # Errors
/// Not found; when the database fails.
pub async fn sync(
    state: Data<AppState>,
    viewer: SignedIn,
    id: Path<ChannelId>,
) -> Result<Redirect, PageError> {
    let (_, line, _) = channels::open(&state, &viewer, *id).await?;
    let tx = state.db.begin().await?;
    templates::begin(&tx, &line.account_key, state.clock.now()).await?;
    templates::request(&tx, &line.account_key).await?;
    tx.commit().await?;
    state.wakes.work();
    Ok(Redirect::to(format!("/admin/channels/{id}/templates")).see_other())
}

/// GET /admin/channels/{id}/templates/new.
///
/// # Errors
/// Not found; when the database fails.
pub async fn new(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    id: Path<ChannelId>,
) -> Result<HttpResponse, PageError> {
    builder(&viewer, &nonce, &state, *id, None).await
}

/// GET /admin/channels/{id}/templates/{template}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    path: Path<(ChannelId, TemplateId)>,
) -> Result<HttpResponse, PageError> {
    builder(&viewer, &nonce, &state, path.0, Some(path.1)).await
}

async fn builder(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    id: ChannelId,
    template: Option<TemplateId>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = channels::open(state, viewer, id).await?;
    let tx = words(viewer);
    let found = match template {
        Some(id) => Some(find(state, &line, id).await?),
        None => None,
    };
    let manages = viewer.principal.holds(Permission::TemplateManage);
    let draft = found.as_ref().map_or_else(
        || Draft { language: "es".to_owned(), category: "UTILITY".to_owned(), ..Draft::default() },
        Template::draft,
    );
    let status = found.as_ref().map_or(Status::Draft, |template| template.status.clone());
    let at_vendor = found.as_ref().is_some_and(|template| template.vendor_id.is_some());
    let twilio = line.account_key.starts_with("twilio:");
    let may_edit = manages && status.can_be_edited() && !(twilio && at_vendor);
    let model = json!({
        "name": draft.name, "language": draft.language, "category": draft.category,
        "format": draft.format, "ttl_seconds": draft.ttl_seconds, "definition": draft.definition,
    });
    html(&BuilderPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        head: channels::head(&line, &alarms),
        id: template,
        quality: found.as_ref().and_then(|template| template.quality.clone()),
        // A closing tag in somebody's text must not end the element it stands in.
        model: model.to_string().replace('<', "\\u003c"),
        fixed: at_vendor,
        category_fixed: status == Status::Approved,
        may_edit,
        may_submit: may_edit || (manages && status == Status::Unsubmitted),
        may_delete: manages && template.is_some() && status.can_be_deleted(),
        may_unpause: manages && !twilio && status == Status::Paused,
        edited: found.as_ref().is_some_and(|template| template.edited.is_some()),
        twilio,
        why: found.as_ref().and_then(|template| why(template, &tx)),
        note: note(&status, at_vendor, twilio, manages),
        draft,
        status,
    })
}

async fn find(state: &AppState, line: &ChannelLine, id: TemplateId) -> Result<Template, PageError> {
    templates::find(&state.db, &line.account_key, id).await?.ok_or(PageError::NotFound)
}

/// A template as the builder posts it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Which, if it was saved before.
    #[serde(default)]
    id: Option<TemplateId>,
    name: String,
    language: String,
    category: String,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    ttl_seconds: Option<i32>,
    definition: Definition,
}

impl Written {
    fn draft(self) -> Draft {
        let Self { name, language, category, format, ttl_seconds, definition, .. } = self;
        Draft { name: name.replace('\0', ""), language, category, format, definition, ttl_seconds }
    }
}

fn answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// POST /admin/channels/{id}/templates/check: what is wrong with it, in words.
///
/// # Errors
/// Not found; when the database fails.
pub async fn check(
    viewer: SignedIn,
    state: Data<AppState>,
    id: Path<ChannelId>,
    Json(written): Json<Written>,
) -> Result<HttpResponse, PageError> {
    let (_, line, _) = channels::open(&state, &viewer, *id).await?;
    let template = written.id;
    let flaws =
        templates::flaws(&state.db, &line.account_key, template, &written.draft(), state.clock.now()).await?;
    let tx = words(&viewer);
    let flaws: Vec<Value> = flaws
        .iter()
        .map(|flaw| {
            let mut value = serde_json::to_value(&flaw.at).unwrap_or_default();
            value["blocks"] = flaw.blocks.into();
            value["where"] = said::spot(&flaw.at, &tx).into();
            value["text"] = said::flaw(flaw, &tx).into();
            value
        })
        .collect();
    Ok(answer(&json!({ "flaws": flaws })))
}

/// POST /admin/channels/{id}/templates: keeps what was written so far.
///
/// # Errors
/// Refusals in the person's language.
pub async fn save(
    viewer: SignedIn,
    state: Data<AppState>,
    id: Path<ChannelId>,
    Json(written): Json<Written>,
) -> Result<HttpResponse, PageError> {
    let (_, line, _) = channels::open(&state, &viewer, *id).await?;
    let template = written.id;
    let tx = state.db.begin().await?;
    let by = viewer.principal.person;
    let saved = templates::save(&tx, &line.account_key, template, by, &written.draft(), state.clock.now())
        .await
        .map_err(|error| refusal(error.into(), &words(&viewer)))?;
    tx.commit().await?;
    Ok(answer(&json!({ "id": saved })))
}

/// POST /admin/channels/{id}/templates/{template}/submit: hands it in for review.
///
/// # Errors
/// Refusals in the person's language, the vendor's among them with the vendor's own sentence.
pub async fn submit(
    viewer: SignedIn,
    state: Data<AppState>,
    path: Path<(ChannelId, TemplateId)>,
) -> Result<HttpResponse, PageError> {
    vendors::submit(&state, path.0, path.1).await.map_err(|error| refusal(error, &words(&viewer)))?;
    Ok(HttpResponse::NoContent().finish())
}

/// POST /admin/channels/{id}/templates/{template}/unpause.
///
/// # Errors
/// Refusals in the person's language.
pub async fn unpause(
    viewer: SignedIn,
    state: Data<AppState>,
    path: Path<(ChannelId, TemplateId)>,
) -> Result<HttpResponse, PageError> {
    vendors::unpause(&state, path.0, path.1).await.map_err(|error| refusal(error, &words(&viewer)))?;
    Ok(HttpResponse::NoContent().finish())
}

/// POST /admin/channels/{id}/templates/{template}/discard: forgets a change that was not handed in.
///
/// # Errors
/// Not found; when the database fails.
pub async fn discard(
    viewer: SignedIn,
    state: Data<AppState>,
    path: Path<(ChannelId, TemplateId)>,
) -> Result<HttpResponse, PageError> {
    let (_, line, _) = channels::open(&state, &viewer, path.0).await?;
    find(&state, &line, path.1).await?;
    templates::discard(&state.db, path.1, state.clock.now()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// DELETE /admin/channels/{id}/templates/{template}.
///
/// # Errors
/// Refusals in the person's language.
pub async fn delete(
    viewer: SignedIn,
    state: Data<AppState>,
    path: Path<(ChannelId, TemplateId)>,
) -> Result<HttpResponse, PageError> {
    vendors::delete(&state, path.0, path.1).await.map_err(|error| refusal(error, &words(&viewer)))?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a sample file is.
#[derive(Debug, Deserialize)]
pub struct Sample {
    name: String,
    #[serde(rename = "type")]
    mime: String,
}

/// POST /admin/channels/{id}/templates/sample: gives the vendor a header's sample; answers what to name it by.
///
/// # Errors
/// Refusals in the person's language.
pub async fn sample(
    viewer: SignedIn,
    state: Data<AppState>,
    id: Path<ChannelId>,
    Query(Sample { name, mime }): Query<Sample>,
    bytes: Bytes,
) -> Result<HttpResponse, PageError> {
    let handle = vendors::sample(&state, *id, &name, &mime, bytes.to_vec())
        .await
        .map_err(|error| refusal(error, &words(&viewer)))?;
    Ok(answer(&json!({ "handle": handle })))
}
