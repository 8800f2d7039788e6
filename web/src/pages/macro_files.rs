//! Files of macros: brought with one, given to a conversation's tray by using it.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path, Payload, Query},
};
use domain::{
    ChannelKind, ConversationId, FileId, MacroId,
    content::Media,
    limits::{self, Flaw, Form},
};
use files::StoreError;
use inbox::{
    files::{AttachError, Attached, content_of},
    macros::files::{self as kept, Whole},
};
use sea_orm::TransactionTrait as _;
use serde::{Deserialize, Serialize};
use views::{FileRefusal, Tx, file::size};

use super::{files as answers, uploads, words};
use crate::{auth::SignedIn, error::PageError, files::facts, state::AppState};

/// What the browser says about a file. The body is the file itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    #[serde(default)]
    name: String,
}

/// A file as the macro's form lists it.
#[derive(Debug, Serialize)]
struct Brought {
    id: FileId,
    name: Option<String>,
    /// Its size, in words.
    size: String,
}

/// POST /macros/files: bring a file for a macro that is being written.
///
/// # Errors
/// Refusals in the person's language: type and size, where no channel would take it.
pub async fn create(
    viewer: SignedIn,
    about: Query<NewFile>,
    body: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx_words = words(&viewer);
    let most = ChannelKind::ALL.iter().map(|kind| uploads::largest(*kind)).max().unwrap_or(0);
    let taken =
        uploads::receive(body, most).await?.map_err(|refusal| uploads::refused(&refusal, tx_words))?;
    let taken = uploads::without_notes(taken).await?;
    let mime = taken.kind.unwrap_or("application/octet-stream");
    if let Some(refusal) = nowhere(mime, taken.bytes) {
        return Err(uploads::refused(&refusal, tx_words));
    }
    let id = FileId::new();
    uploads::keep(&state, id, &taken).await?;
    let name = uploads::tidy_name(&about.name);
    let tx = state.db.begin().await?;
    let named = (id, name.clone());
    kept::keep(&tx, viewer.principal.person, named, &facts(&taken), state.clock.now()).await?;
    tx.commit().await?;
    let size = size(i64::try_from(taken.bytes).unwrap_or(i64::MAX), &tx_words);
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(Brought {
        id,
        name,
        size,
    }))
}

/// Why no channel would take a file; `None` where one does. The channel with the widest limits says why.
fn nowhere(mime: &str, bytes: u64) -> Option<FileRefusal> {
    let mut why = None;
    for &kind in ChannelKind::ALL {
        match check(kind, mime, bytes) {
            Ok(()) => return None,
            Err(flaw) => why = why.or(Some(FileRefusal::of(flaw, kind, mime))),
        }
    }
    why
}

fn check(kind: ChannelKind, mime: &str, bytes: u64) -> Result<(), Flaw> {
    let content = content_of(Some(mime), false, Media::default());
    limits::check_file(kind, content.form().unwrap_or(Form::Document), mime, bytes)
}

/// GET /macros/files/{id}: a file of a macro, to look at.
///
/// # Errors
/// Not found, also for files of macros that are not this person's to use.
pub async fn show(
    viewer: SignedIn,
    id: Path<FileId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let file = kept::seen_by(&state.db, &viewer.principal, *id).await?.ok_or(PageError::NotFound)?;
    answers::download(&state, file.id, file.name.as_deref(), file.kind.as_deref()).await
}

/// What using a macro put into the tray of a conversation.
#[derive(Debug, Serialize)]
struct Put {
    files: Vec<Answered>,
}

/// A file for the tray, or why it can't be there.
#[derive(Debug, Serialize)]
struct Answered {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<uploads::Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// POST /conversations/{id}/macros/{macro}/files: its files, attached here as if they had been picked by hand.
///
/// # Errors
/// Not found, also for conversations that are not this person's to answer. What is wrong with one file is said of that
/// one; the others are attached.
pub async fn put(
    viewer: SignedIn,
    path: Path<(ConversationId, MacroId)>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (conversation, id) = path.into_inner();
    let (channel, kind) = inbox::files::may_attach(&state.db, &viewer.principal, conversation)
        .await
        .map_err(|error| match error {
            AttachError::NotFound => PageError::NotFound,
            AttachError::Db(error) => error.into(),
        })?;
    let mut files = Vec::new();
    for whole in kept::usable(&state.db, viewer.principal.person, id).await? {
        let name = whole.name.clone().unwrap_or_default();
        files.push(match copy(&viewer, &state, (conversation, channel, kind), whole).await? {
            Ok(file) => Answered { name, file: Some(file), why: None },
            Err(why) => Answered { name, file: None, why: Some(why) },
        });
    }
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(Put { files }))
}

async fn copy(
    viewer: &SignedIn,
    state: &AppState,
    (conversation, channel, kind): (ConversationId, domain::ChannelId, ChannelKind),
    whole: Whole,
) -> Result<Result<uploads::Answer, String>, PageError> {
    let tx_words: Tx = words(viewer);
    let mime = whole.facts.kind.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    let bytes = u64::try_from(whole.facts.bytes).unwrap_or(0);
    if let Err(flaw) = check(kind, &mime, bytes) {
        return Ok(Err(FileRefusal::of(flaw, kind, &mime).words(&tx_words)));
    }
    let id = FileId::new();
    match state.files.copy(whole.id.0, id.0, whole.facts.thumbnail).await {
        Ok(()) => {}
        Err(StoreError::NotFound) => {
            tracing::warn!(file = %whole.id, "the file {} of a macro is not in the store", whole.id);
            return Ok(Err(tx_words.t("macros-file-gone")));
        }
        Err(error) => {
            return Err(PageError::Fault(anyhow::Error::new(error).context("copy a macro's file")));
        }
    }
    let attached =
        Attached { id, conversation, channel, name: whole.name.clone(), claimed_type: None, voice: false };
    let tx = state.db.begin().await?;
    inbox::files::attach(&tx, &viewer.principal, &attached, &whole.facts, state.clock.now()).await?;
    tx.commit().await?;
    let content = content_of(Some(&mime), false, Media::default());
    Ok(Ok(uploads::Answer::of(id, &content, whole.name, whole.facts.thumbnail)))
}
