//! What stands above and beside an open conversation of its contact's past, and what a contact said they allow.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use domain::{ContactId, ConversationId, FileId, Permission, consent::Purpose};
use inbox::{
    consent::{self, NoteError},
    contacts,
    reading::{self, messages::Place, notes},
};
use serde::Deserialize;
use views::{
    Refusal,
    past::{ConsentDialog, ContactFile, ContactFiles, PastTalk},
    time,
};

use super::{
    html,
    inbox::{Between, LINES, Stretch, audit_outsider},
    words,
};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry as AuditEntry},
    },
    error::PageError,
    live::class_for,
    present,
    state::AppState,
};

/// How many files come at a time.
const FILES: u64 = 24;

/// Which stretch.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// With `before`: more of this one. Without: the one before it.
    of: Option<ConversationId>,
    /// Where to go on backwards in it.
    before: Option<String>,
    /// This one itself, from its end.
    talk: Option<ConversationId>,
}

/// GET /inbox/{conversation}/past: another conversation of the same contact, from its end.
///
/// # Errors
/// Not found, also for conversations that are not this person's to see; 204 when there is none before.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    query: Query<Wanted>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let reach = viewer.principal.reach(Permission::ConversationRead);
    let person = viewer.principal.person;
    let seen = |id| reading::conversations::one(&state.db, person, id, &reach);
    let here = seen(*id).await?.ok_or(PageError::NotFound)?;
    let before = match &query.before {
        Some(place) => {
            let (written_at, position) = time::parse_seq(place).ok_or(PageError::NotFound)?;
            Some(Place { written_at, position })
        }
        None => None,
    };
    let wanted = match (query.talk, query.of, before) {
        (Some(talk), ..) => talk,
        (None, Some(of), Some(_)) => of,
        (None, of, _) => match reading::past::before(&state.db, &reach, of.unwrap_or(*id)).await? {
            Some(past) => past.id,
            None => return Ok(HttpResponse::NoContent().finish()),
        },
    };
    let line = seen(wanted).await?.filter(|line| line.contact_id == here.contact_id);
    let line = line.ok_or(PageError::NotFound)?;
    audit_outsider(&viewer, &request, &state, &line).await?;
    let class = class_for(&viewer.principal, &line.facts());
    let stretch = Stretch::read(&state.db, line.id, before).await?;
    let until = before.map(|place| place.written_at);
    let events = reading::timeline::events(&state.db, line.id, stretch.since(), until, LINES).await?;
    let notes = notes::between(&state.db, line.id, stretch.since(), until).await?;
    // The open conversation is one of those that began after this one, and has them all.
    let between = Between { events, notes, parallel: Vec::new() };
    let names = state.directory.names().await?;
    let past = reading::past::line(&state.db, line.id).await?.ok_or(PageError::NotFound)?;
    html(&PastTalk {
        tx: words(&viewer),
        talk: &present::talk(&past),
        entries: &stretch.entries(&between, &names, class),
        earlier: stretch.earlier().as_deref(),
    })
}

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct MoreFiles {
    before: Option<FileId>,
}

/// GET /contacts/{id}/files: files of a contact's conversations within reach.
///
/// # Errors
/// Not found, for contacts of whom this person may see nothing.
pub async fn files(
    viewer: SignedIn,
    id: Path<ContactId>,
    query: Query<MoreFiles>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let by = &viewer.principal;
    if !contacts::is_within(&state.db, by, Permission::ConversationRead, *id).await? {
        return Err(PageError::NotFound);
    }
    let reach = by.reach(Permission::ConversationRead);
    let found = reading::past::files(&state.db, &reach, *id, query.before, FILES).await?;
    let more = found.last().filter(|_| found.len() as u64 >= FILES).map(|file| file.id);
    let files: Vec<ContactFile> = found
        .into_iter()
        .map(|line| ContactFile {
            id: line.id,
            message: line.message_id,
            conversation: line.conversation_id,
            kind: line.kind,
            name: line.name,
            bytes: line.bytes,
            thumbnail: line.thumbnail,
            at: line.written_at,
        })
        .collect();
    html(&ContactFiles { tx: words(&viewer), contact: *id, files: &files, more })
}

/// GET /contacts/{id}/consent: the dialog.
///
/// # Errors
/// Not found, also for contacts that are not this person's to write on.
pub async fn ask_consent(
    viewer: SignedIn,
    id: Path<ContactId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if !contacts::is_within(&state.db, &viewer.principal, Permission::ContactUpdate, *id).await? {
        return Err(PageError::NotFound);
    }
    html(&ConsentDialog { tx: words(&viewer), contact: *id, longest: consent::LONGEST_PROOF })
}

/// What a contact said.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    purpose: String,
    given: bool,
    proof: String,
}

/// POST /contacts/{id}/consent: what a contact told this person they allow, or no longer.
///
/// # Errors
/// Refusals in the person's language; nothing is written then.
pub async fn note_consent(
    viewer: SignedIn,
    id: Path<ContactId>,
    form: Form<Said>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let refused = || {
        let refusal = Refusal::ConsentUnproven;
        PageError::refused(StatusCode::UNPROCESSABLE_ENTITY, refusal.code(), refusal.words(&tx))
    };
    let purpose = Purpose::parse(&form.purpose).ok_or_else(refused)?;
    let by = &viewer.principal;
    let (address, now) = (state.auth.client(&request).address, state.clock.now());
    let noted = state.transact(async |begun| {
        let noted = consent::note(begun, by, *id, (purpose, form.given), &form.proof, now).await;
        noted.map_err(|error| match error {
            NoteError::NotFound => PageError::NotFound,
            NoteError::Unproven => refused(),
            NoteError::Db(error) => error.into(),
        })?;
        let entry = AuditEntry {
            actor: Some(by.person),
            address: &address,
            action: "contact.consent",
            object: Some(id.to_string()),
            detail: serde_json::json!({ "purpose": purpose, "given": form.given }),
            succeeded: true,
        };
        Ok(audit::record(begun, entry, now).await?)
    });
    noted.await?;
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}
