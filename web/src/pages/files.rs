//! Files of messages: shown to whoever sees the conversation, and to a vendor with a signed link.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::{StatusCode, header},
    web::{Data, Path},
};
use domain::{FileId, file::FileState};
use files::{ByteRange, Part, Piece, StoreError, kind};
use inbox::files::FileRow;

use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry as AuditEntry},
    },
    error::PageError,
    files::links::plain_name,
    state::AppState,
};

/// Nothing in a file is ever a page of ours: no script, no form, no origin (security.md §5).
const POLICY: &str = "sandbox; default-src 'none'";
/// Redrawn bubbles don't fetch again; the browser alone keeps it, and forgets it at sign-out.
const CACHE: &str = "private, max-age=3600";

/// GET /files/{id}: the file, for downloading and for the page's own pictures and players.
///
/// # Errors
/// Not found, too, for who may not see its conversation.
pub async fn show(
    viewer: SignedIn,
    id: Path<FileId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let file = seen(&viewer, *id, &state).await?;
    if viewer.principal.sees_as_an_outsider(&file.facts) {
        let address = state.auth.client(&request).address;
        let entry = AuditEntry {
            actor: Some(viewer.principal.person),
            address: &address,
            action: "file.read",
            object: Some(file.id.to_string()),
            detail: serde_json::Value::Null,
            succeeded: true,
        };
        audit::record(&state.db, entry, state.clock.now()).await?;
    }
    let kind = file.kind.as_deref().filter(|kind| kind::is_safe(kind));
    let disposition = attachment(file.name.as_deref(), file.kind.as_deref());
    let range = range(&request);
    let is_part = range.is_some();
    match state.files.get(file.id.0, Part::Whole, range).await {
        Ok(piece) => Ok(answer(piece, is_part, kind, CACHE, &disposition)),
        // The range lies behind the end.
        Err(StoreError::Store(error)) if is_part => {
            tracing::info!(file = %file.id, %error, "a range of file {} can't be given", file.id);
            Ok(HttpResponse::RangeNotSatisfiable().finish())
        }
        Err(error) => Err(no_file(error)),
    }
}

/// GET /files/{id}/thumbnail: its small picture, made by us.
///
/// # Errors
/// As [`show`].
pub async fn thumbnail(
    viewer: SignedIn,
    id: Path<FileId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let file = seen(&viewer, *id, &state).await?;
    if !file.thumbnail {
        return Err(PageError::NotFound);
    }
    let bytes = state.files.read(file.id.0, Part::Thumbnail).await.map_err(no_file)?;
    let kind = kind::of(&bytes).filter(|kind| matches!(*kind, "image/jpeg" | "image/png"));
    let size = bytes.len() as u64;
    let bytes = futures_util::StreamExt::boxed(futures_util::stream::once(async move { Ok(bytes) }));
    let piece = Piece { size, range: 0..size, bytes };
    Ok(answer(piece, false, kind, CACHE, "inline"))
}

/// GET and HEAD /media/{token}/{name}: for a vendor that fetches what we send (twilio.md §7). The name is decoration.
///
/// # Errors
/// Not found, too, for links that are over or forged.
pub async fn fetched_by_vendor(
    path: Path<(String, String)>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (token, _) = path.into_inner();
    let id = state.links.read(&token, chrono::Utc::now()).ok_or(PageError::NotFound)?;
    let file = inbox::files::to_send(&state.db, id).await?.ok_or(PageError::NotFound)?;
    let piece = state.files.get(id.0, Part::Whole, None).await.map_err(no_file)?;
    let name = plain_name(file.name.as_deref(), file.kind.as_deref());
    let disposition = format!("inline; filename=\"{name}\"");
    Ok(answer(piece, false, file.kind.as_deref(), "private, no-store", &disposition))
}

/// A file that is no message's, as a download.
pub(super) async fn download(
    state: &AppState,
    id: FileId,
    name: Option<&str>,
    kind: Option<&str>,
) -> Result<HttpResponse, PageError> {
    let piece = state.files.get(id.0, Part::Whole, None).await.map_err(no_file)?;
    let safe = kind.filter(|kind| kind::is_safe(kind));
    Ok(answer(piece, false, safe, CACHE, &attachment(name, kind)))
}

async fn seen(viewer: &SignedIn, id: FileId, state: &AppState) -> Result<FileRow, PageError> {
    inbox::files::seen_by(&state.db, &viewer.principal, id)
        .await?
        .filter(|file| file.state == FileState::Stored)
        .ok_or(PageError::NotFound)
}

fn no_file(error: StoreError) -> PageError {
    match error {
        StoreError::NotFound => PageError::NotFound,
        error => PageError::Fault(anyhow::Error::new(error).context("read a file")),
    }
}

fn answer(piece: Piece, is_part: bool, kind: Option<&str>, cache: &str, disposition: &str) -> HttpResponse {
    let status = if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut answer = HttpResponse::build(status);
    answer
        .content_type(kind.unwrap_or("application/octet-stream"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // Sizes and ranges count the bytes as they are.
        .insert_header((header::CONTENT_ENCODING, "identity"));
    let length = piece.range.end - piece.range.start;
    if is_part {
        let range =
            format!("bytes {}-{}/{}", piece.range.start, piece.range.end.saturating_sub(1), piece.size);
        answer.insert_header((header::CONTENT_RANGE, range));
    }
    // Of an answer to HEAD, the server sends the size and not the bytes.
    answer.body(SizedStream::new(length, piece.bytes))
}

/// The one range that players ask for; several, and what can't be read, are the whole (RFC 9110 §14.2).
fn range(request: &HttpRequest) -> Option<ByteRange> {
    let asked = request.headers().get(header::RANGE)?.to_str().ok()?;
    let (first, last) = asked.strip_prefix("bytes=")?.split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", last) => last.parse().ok().filter(|bytes| *bytes > 0).map(ByteRange::Suffix),
        (first, "") => first.parse().ok().map(ByteRange::Offset),
        (first, last) => {
            let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then(|| ByteRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

/// A download under the sender's name, in the two ways browsers read it (RFC 6266). Whatever is in the name, it stays
/// one: no path, no quote, no line end.
fn attachment(name: Option<&str>, kind: Option<&str>) -> String {
    let name = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let kept = kept.trim().trim_start_matches('.').to_owned();
    let named = if kept.is_empty() { plain_name(None, kind) } else { kept };
    let plain: String = named
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' })
        .collect();
    let encoded: String = named.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
        text
    });
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(range_header: &str) -> Option<ByteRange> {
        range(&TestRequest::get().insert_header((header::RANGE, range_header)).to_http_request())
    }

    #[test]
    fn players_ask_for_one_range_and_anything_else_is_the_whole() {
        assert_eq!(asked("bytes=0-"), Some(ByteRange::Offset(0)));
        assert_eq!(asked("bytes=10-19"), Some(ByteRange::Bounded(10..20)));
        assert_eq!(asked("bytes=-500"), Some(ByteRange::Suffix(500)));
        for whole in ["bytes=5-2", "bytes=0-1,5-6", "items=0-1", "bytes=", "bytes=-", "bytes=-0", "bytes=x-y"]
        {
            assert_eq!(asked(whole), None, "{whole}");
        }
        assert_eq!(asked("bytes=0-18446744073709551615"), Some(ByteRange::Bounded(0..u64::MAX)));
    }

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(
            attachment(Some("Cotización \"final\".pdf"), None),
            "attachment; filename=\"Cotizaci_n _final_.pdf\"; filename*=UTF-8''Cotizaci%C3%B3n%20%22final%22.pdf"
        );
        let plain = |name| attachment(Some(name), Some("image/png"));
        assert!(plain("../../etc/passwd").contains("filename=\"passwd\""));
        assert!(plain("a\r\nX-Evil: 1").contains("filename=\"aX-Evil_ 1\""));
        assert!(plain("..").contains("filename=\"file.png\""));
        assert!(attachment(None, Some("audio/ogg")).contains("filename=\"file.ogg\""));
    }
}
