//! Files that people attach: taken in piece by piece, looked at, and refused with the reason before anything is sent.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Path, Payload, Query},
};
use domain::{
    ChannelKind, Content, ConversationId, FileId,
    content::Media,
    limits::{self, Form},
};
use files::{Intake, IntakeError, Taken};
use futures_util::StreamExt as _;
use inbox::files::{AttachError, Attached, content_of};
use serde::{Deserialize, Serialize};
use views::{FileRefusal, Tx};
use voice_note::NotANote;

use super::words;
use crate::{auth::SignedIn, error::PageError, files::facts, state::AppState};

/// The largest upload the route takes; each channel has its own limit below that.
pub const LARGEST: usize = 100 * 1024 * 1024;
/// Voice notes are packed anew in memory.
const LARGEST_NOTE: u64 = 16 * 1024 * 1024;
/// A name longer than that is cut.
const LONGEST_NAME: usize = 200;

/// What the browser says about a file. The body is the file itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFile {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    claimed: String,
    #[serde(default)]
    voice: bool,
}

/// What the composer needs to send it.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    id: FileId,
    /// The word of `Content::kind`.
    kind: &'static str,
    name: Option<String>,
    voice: bool,
    /// Whether words can stand beside it.
    caption: bool,
    /// Whether there is a small picture of it.
    thumbnail: bool,
}

impl Answer {
    pub(super) fn of(id: FileId, content: &Content, name: Option<String>, thumbnail: bool) -> Self {
        let form = content.form().unwrap_or(Form::Document);
        Self {
            id,
            kind: content.kind(),
            name,
            voice: content.media().is_some_and(|media| media.voice),
            caption: matches!(form, Form::Image | Form::Video | Form::Document),
            thumbnail,
        }
    }
}

/// POST /conversations/{id}/files: attach a file. It waits for a message that takes it along.
///
/// # Errors
/// Refusals in the person's language: type, size, a recording that is none.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    about: Query<NewFile>,
    body: Payload,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx_words = words(&viewer);
    let NewFile { name, claimed, voice } = about.into_inner();
    let (channel, kind) =
        inbox::files::may_attach(&state.db, &viewer.principal, *id).await.map_err(|error| match error {
            AttachError::NotFound => PageError::NotFound,
            AttachError::Db(error) => error.into(),
        })?;
    let most = if voice { largest(kind).min(LARGEST_NOTE) } else { largest(kind) };
    let taken = receive(body, most).await?.map_err(|refusal| refused(&refusal, tx_words))?;
    let taken =
        if voice { note(&taken).await?.map_err(|refusal| refused(&refusal, tx_words))? } else { taken };
    let taken = without_notes(taken).await?;
    let content = content_of(taken.kind, voice, Media { voice, ..Media::default() });
    let form = content.form().unwrap_or(Form::Document);
    let mime = taken.kind.unwrap_or("application/octet-stream");
    limits::check_file(kind, form, mime, taken.bytes)
        .map_err(|flaw| refused(&FileRefusal::of(flaw, kind, mime), tx_words))?;

    let file = FileId::new();
    keep(&state, file, &taken).await?;
    let name = tidy_name(&name).filter(|_| !voice);
    let attached = Attached {
        id: file,
        conversation: *id,
        channel,
        name: name.clone(),
        claimed_type: Some(claimed).filter(|claimed| !claimed.is_empty()),
        voice,
    };
    let kept = state.transact(async |tx| {
        let (by, now) = (&viewer.principal, state.clock.now());
        Ok(inbox::files::attach(tx, by, &attached, &facts(&taken), now).await?)
    });
    kept.await?;
    let thumbnail = taken.picture.as_ref().is_some_and(|picture| picture.small.is_some());
    let answer = Answer::of(file, &content, name, thumbnail);
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// The bytes, in the store; a row that names them comes after.
pub(super) async fn keep(state: &AppState, file: FileId, taken: &Taken) -> Result<(), PageError> {
    let fault = |error: files::StoreError| PageError::Fault(anyhow::Error::new(error).context("keep a file"));
    if let Some(small) = taken.picture.as_ref().and_then(|picture| picture.small.clone()) {
        state.files.keep_thumbnail(file.0, small).await.map_err(fault)?;
    }
    state.files.keep(file.0, taken.path()).await.map_err(fault)
}

/// A name without what no name has.
pub(super) fn tidy_name(name: &str) -> Option<String> {
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The largest file the channel takes, in bytes.
pub(super) fn largest(kind: ChannelKind) -> u64 {
    limits::files::of(kind).iter().map(|rule| rule.most).max().unwrap_or(0)
}

/// DELETE /files/{id}: a file that was attached and is not to be sent.
///
/// # Errors
/// Not found, where it is not the person's own or went with a message.
pub async fn discard(
    viewer: SignedIn,
    id: Path<FileId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let discarded = state.transact(async |tx| {
        let found = inbox::files::discard(tx, &viewer.principal, *id).await?;
        if found { Ok(()) } else { Err(PageError::NotFound) }
    });
    discarded.await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn receive(mut body: Payload, most: u64) -> Result<Result<Taken, FileRefusal>, PageError> {
    let fault = |error: std::io::Error| PageError::Fault(anyhow::Error::new(error).context("take a file in"));
    let mut intake = match Intake::new(most).await {
        Ok(intake) => intake,
        Err(IntakeError::Io(error)) => return Err(fault(error)),
        Err(IntakeError::TooBig(most)) => return Ok(Err(FileRefusal::TooBig { most })),
    };
    while let Some(piece) = body.next().await {
        // Who hangs up gets no answer, but the file must not stay.
        let piece = piece.map_err(|_| PageError::TooLarge)?;
        match intake.take(&piece).await {
            Ok(()) => {}
            Err(IntakeError::TooBig(most)) => return Ok(Err(FileRefusal::TooBig { most })),
            Err(IntakeError::Io(error)) => return Err(fault(error)),
        }
    }
    match intake.finish().await {
        Ok(taken) if taken.bytes == 0 => Ok(Err(FileRefusal::Empty)),
        Ok(taken) => Ok(Ok(taken)),
        Err(IntakeError::Io(error)) => Err(fault(error)),
        Err(IntakeError::TooBig(most)) => Ok(Err(FileRefusal::TooBig { most })),
    }
}

/// A photo without what the camera wrote into it: where it was taken, above all.
pub(super) async fn without_notes(taken: Taken) -> Result<Taken, PageError> {
    const LARGEST: u64 = 32 * 1024 * 1024;
    let Some(kind @ ("image/jpeg" | "image/png")) = taken.kind else { return Ok(taken) };
    if taken.bytes > LARGEST {
        return Ok(taken);
    }
    let fault = |error: anyhow::Error| PageError::Fault(error.context("take the notes out of a photo"));
    let bytes = taken.read().await.map_err(|error| fault(error.into()))?;
    match files::metadata::without_notes(&bytes, kind) {
        Some(clean) => Taken::from_bytes(&clean).await.map_err(|error| fault(error.into())),
        None => Ok(taken),
    }
}

/// The recording as WhatsApp takes it: Ogg with Opus, one channel.
async fn note(recorded: &Taken) -> Result<Result<Taken, FileRefusal>, PageError> {
    let fault = |error: anyhow::Error| PageError::Fault(error.context("pack a voice note"));
    let bytes = recorded.read().await.map_err(|error| fault(error.into()))?;
    let made = tokio::task::spawn_blocking(move || voice_note::make(&bytes)).await;
    let note = match made.map_err(|error| fault(error.into()))? {
        Ok(note) => note,
        Err(NotANote::Empty) => return Ok(Err(FileRefusal::SilentNote)),
        Err(NotANote::Channels(_)) => return Ok(Err(FileRefusal::StereoNote)),
        Err(_) => return Ok(Err(FileRefusal::NotANote)),
    };
    Ok(Ok(Taken::from_bytes(&note.ogg).await.map_err(|error| fault(error.into()))?))
}

pub(super) fn refused(refusal: &FileRefusal, tx: Tx) -> PageError {
    let status = match refusal {
        FileRefusal::TooBig { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    PageError::refused(status, refusal.code(), refusal.words(&tx))
}
