//! The ledger: searching it, one receipt and its trail, its raw body on demand, applying receipts again.

use ::inbox::{
    gaps, reading, reconciler,
    replay::{self, ReplayError, ReplayLine, Selection},
    trail::{self, ReceiptLine, ReceiptState, Wanted},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data, Path, Query},
};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::{ChannelId, ChannelKind, Permission, wall};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;
use uuid::Uuid;
use views::{
    Section,
    details::mask,
    ledger::{
        AsideRow, GapRow, ItemRow, LedgerPage, ListRow, QuarantineRow, ReceiptPage, ReceiptRow, ReplayPage,
        ReplayRow, ReplayedRow, Search,
    },
};

use super::{frame, html, words};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry},
    },
    books,
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// Receipts on a page.
const PAGE: u32 = 50;

/// What is looked for, as the address has it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    number: String,
    message: String,
    from: String,
    until: String,
    state: String,
    channel: String,
    before: Option<i64>,
}

/// A date and time as a form has it, in the viewer's zone.
fn moment(text: &str, zone: Tz) -> Result<Option<DateTime<Utc>>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .map(|local| Some(wall::moment(local, zone)))
        .map_err(drop)
}

impl Asked {
    fn wanted(&self, zone: Tz) -> Result<Wanted, ()> {
        let filled = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Wanted {
            number: filled(&self.number),
            message: filled(&self.message),
            from: moment(&self.from, zone)?,
            until: moment(&self.until, zone)?,
            state: ReceiptState::parse(&self.state),
            channel: self.channel.parse::<ChannelId>().ok(),
        })
    }

    /// What narrows, as the end of an address.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("number", &self.number),
            ("message", &self.message),
            ("from", &self.from),
            ("until", &self.until),
            ("state", &self.state),
            ("channel", &self.channel),
        ] {
            if !value.trim().is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    fn search(&self) -> Search {
        Search {
            number: self.number.clone(),
            message: self.message.clone(),
            from: self.from.clone(),
            until: self.until.clone(),
            state: self.state.clone(),
            channel: self.channel.clone(),
            query: self.query(),
        }
    }
}

/// GET /admin/ledger.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    asked: Query<Asked>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    draw(&viewer, &nonce, &asked, &state, None).await
}

async fn draw(
    viewer: &SignedIn,
    nonce: &Nonce,
    asked: &Asked,
    state: &AppState,
    error: Option<&'static str>,
) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let tx = words(viewer);
    let (wanted, error) = match asked.wanted(tx.zone) {
        Ok(wanted) => (wanted, error),
        Err(()) => (Wanted::default(), Some("ledger-bad-time")),
    };
    let mut lines = trail::page(&state.db, &wanted, asked.before, PAGE + 1).await?;
    let more = lines.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    lines.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let channels = reading::channels::all(&state.db).await?;
    let first = asked.before.is_none();
    html(&LedgerPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        search: asked.search(),
        channels: channels.into_iter().map(|line| (line.id, line.name)).collect(),
        older: lines.last().filter(|_| more).map(|line| line.id),
        receipts: lines.into_iter().map(|line| row(line, viewer)).collect(),
        quarantine: if first { quarantine(state).await? } else { Vec::new() },
        gaps: if first { gap_rows(state, wanted.channel).await? } else { Vec::new() },
        lists: if first { lists(state).await? } else { Vec::new() },
        replays: if first {
            replay::recent(&state.db, 5).await?.into_iter().map(replay_row).collect()
        } else {
            Vec::new()
        },
        may_replay: viewer.principal.holds(Permission::ReceiptReplay),
        error: error.map(|key| tx.t(key)),
    })
}

async fn quarantine(state: &AppState) -> Result<Vec<QuarantineRow>, PageError> {
    let open = trail::open_quarantine(&state.db).await?;
    Ok(open
        .into_iter()
        .map(|row| QuarantineRow {
            reason: row.reason,
            receipts: row.receipts,
            newest: row.newest,
            since: row.since,
        })
        .collect())
}

async fn gap_rows(state: &AppState, channel: Option<ChannelId>) -> Result<Vec<GapRow>, PageError> {
    let recent = gaps::recent(&state.db, channel, 8).await?;
    Ok(recent
        .into_iter()
        .map(|gap| GapRow {
            listed: gap.kind != Some(ChannelKind::WhatsappCloud),
            channel: gap.channel,
            cause: gap.cause,
            from_at: gap.from_at,
            until_at: gap.until_at,
            seen: gap.seen,
            state: gap.state,
            found: gap.found.unwrap_or(0),
        })
        .collect())
}

async fn lists(state: &AppState) -> Result<Vec<ListRow>, PageError> {
    let standing = reconciler::standing(&state.db).await?;
    Ok(standing
        .into_iter()
        .map(|row| ListRow {
            channel: row.channel,
            until_at: row.until_at,
            last: row.listed.zip(row.found),
            error: row.error,
        })
        .collect())
}

/// An address as this viewer may see it.
fn address(number: &str, viewer: &SignedIn) -> String {
    match viewer.principal.holds(Permission::ContactPiiReveal) {
        true if number.starts_with('+') => views::phone::grouped(number),
        true => number.to_owned(),
        false => mask(number),
    }
}

fn row(line: ReceiptLine, viewer: &SignedIn) -> ReceiptRow {
    let first = line.items.first();
    ReceiptRow {
        id: line.id,
        what: first.map(|item| item.what.clone()),
        more: (line.told - 1).max(0),
        channel: first.and_then(|item| item.channel.clone()),
        number: first.and_then(|item| item.number_key.as_deref()).map(|number| address(number, viewer)),
        vendor_id: first.and_then(|item| item.vendor_id.clone()),
        made: line.items.iter().any(|item| item.made),
        source: line.source,
        received_at: line.received_at,
        state: line.state,
        reason: line.reason,
        tries: line.tries,
    }
}

fn replay_row(line: ReplayLine) -> ReplayRow {
    ReplayRow {
        id: line.id.to_string(),
        by: line.by,
        at: line.created_at,
        finished: line.finished_at.is_some(),
        counts: [i64::from(line.total), line.applied, line.quarantined, line.refused],
        made: line.made,
    }
}

/// GET /admin/channels/{id}/ledger: the ledger, narrowed to that channel.
pub async fn of_channel(id: Path<ChannelId>) -> HttpResponse {
    let place = format!("/admin/ledger?channel={}", *id);
    HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()
}

/// GET /admin/ledger/{id}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn receipt(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<i64>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    one(&viewer, &nonce, *id, None, &state).await
}

/// GET /admin/ledger/{id}/raw: the same page with the body as it came. As text, and whoever looks is noted.
///
/// # Errors
/// Not found, also when it was forgotten; when the database fails.
pub async fn raw(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<i64>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (query, body) = trail::raw(&state.db, *id).await?.ok_or(PageError::NotFound)?;
    let entry = Entry {
        actor: Some(viewer.principal.person),
        address: &state.auth.client(&request).address,
        action: "receipt.read_raw",
        object: Some(id.to_string()),
        detail: json!({}),
        succeeded: true,
    };
    audit::record(&state.db, entry, state.clock.now()).await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    one(&viewer, &nonce, *id, Some((query, text)), &state).await
}

async fn one(
    viewer: &SignedIn,
    nonce: &Nonce,
    id: i64,
    raw: Option<(String, String)>,
    state: &AppState,
) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let trail = trail::trail(&state.db, id).await?.ok_or(PageError::NotFound)?;
    let line = trail.line;
    html(&ReceiptPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        applied_at: line.applied_at,
        forgotten_at: line.forgotten_at,
        bytes: line.bytes,
        items: line
            .items
            .iter()
            .map(|item| ItemRow {
                what: item.what.clone(),
                channel: item.channel.clone(),
                number: item.number_key.as_deref().map(|number| address(number, viewer)),
                vendor_id: item.vendor_id.clone(),
                conversation: item.conversation_id,
                made: item.made,
            })
            .collect(),
        quarantined: trail
            .quarantined
            .into_iter()
            .map(|row| AsideRow {
                // People count from one.
                item: row.item.map(|item| item + 1),
                reason: row.reason,
                at: row.at,
                released_at: row.released_at,
            })
            .collect(),
        replays: trail
            .replayed
            .into_iter()
            .map(|row| ReplayedRow {
                replay: row.replay_id.to_string(),
                by: row.by,
                at: row.at,
                result: row.result,
                made: row.made.unwrap_or(0),
            })
            .collect(),
        receipt: row(line, viewer),
        raw,
        may_replay: viewer.principal.holds(Permission::ReceiptReplay),
    })
}

/// POST /admin/ledger/replays: the chosen receipts, or all that a search finds, are applied again in the background.
///
/// # Errors
/// When the database fails.
pub async fn replay(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    body: Bytes,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let value = |name: &str| pairs.iter().find_map(|(key, value)| (key == name).then_some(value.as_str()));
    // The form sends its search along as the end of an address.
    let asked: Asked = serde_urlencoded(value("query").unwrap_or_default());
    let chosen =
        || pairs.iter().filter(|(name, _)| name == "receipt").filter_map(|(_, id)| id.parse().ok()).collect();
    let selection = match (value("what"), asked.wanted(words(&viewer).zone)) {
        (Some("found"), Ok(wanted)) => Selection::Found(wanted),
        _ => Selection::Receipts(chosen()),
    };
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let (id, total) = match replay::request(&tx, Some(viewer.principal.person), &selection, now).await {
        Ok(asked) => asked,
        Err(ReplayError::Nothing) => {
            tx.rollback().await?;
            return draw(&viewer, &nonce, &asked, &state, Some("replay-nothing")).await;
        }
        Err(ReplayError::Db(error)) => return Err(error.into()),
    };
    let entry = Entry {
        actor: Some(viewer.principal.person),
        address: &state.auth.client(&request).address,
        action: "receipt.replay",
        object: Some(id.to_string()),
        detail: json!({ "receipts": total }),
        succeeded: true,
    };
    audit::record(&tx, entry, now).await?;
    jobs::enqueue(&tx, books::REPLAY, &json!({}), jobs::Terms::now().keyed("all")).await?;
    tx.commit().await?;
    state.wakes.work();
    let place = format!("/admin/ledger/replays/{id}");
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish())
}

/// The pairs of a query as what is asked; what can't be read asks nothing.
fn serde_urlencoded(query: &str) -> Asked {
    Query::<Asked>::from_query(query).map(Query::into_inner).unwrap_or_default()
}

/// GET /admin/ledger/replays/{id}: how far it has come. The page comes anew by itself until it is over.
///
/// # Errors
/// Not found; when the database fails.
pub async fn replayed(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let line = replay::one(&state.db, *id).await?.ok_or(PageError::NotFound)?;
    let receipts = replay::receipts(&state.db, *id, 200).await?;
    let running = line.finished_at.is_none();
    let mut answer = html(&ReplayPage {
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        replay: replay_row(line),
        receipts: receipts
            .into_iter()
            .map(|row| (row.receipt_id, row.result, row.made.unwrap_or(0)))
            .collect(),
    })?;
    if running {
        answer.headers_mut().insert(header::REFRESH, header::HeaderValue::from_static("2"));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_the_viewers_own() {
        let lima = Tz::America__Lima;
        assert_eq!(moment("2026-11-22T00:30", lima), Ok("2026-11-22T05:30:00Z".parse().ok()));
        assert_eq!(moment("", lima), Ok(None));
        for text in ["yesterday", "2026-13-01T00:00", "2026-11-22"] {
            assert_eq!(moment(text, lima), Err(()), "{text}");
        }
    }

    #[test]
    fn a_search_comes_back_as_it_went() {
        let asked = Asked { number: "+51 987&x=1".to_owned(), state: "new".to_owned(), ..Asked::default() };
        let again = serde_urlencoded(&asked.query());
        assert_eq!((again.number.as_str(), again.state.as_str()), ("+51 987&x=1", "new"));
        assert_eq!(Asked::default().query(), "");
    }
}
