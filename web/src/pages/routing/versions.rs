//! What changed and what was published: publish, discard, roll back.

use std::fmt::Display;

use ::inbox::policy::{self, PolicyError};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form as Body, Path, Query},
};
use sea_orm::{DatabaseTransaction, TransactionTrait as _};
use serde::Deserialize;
use views::{
    Section,
    routing::{OverviewPage, VersionLine, words::flaw},
};

use super::{After, Open, actions};
use crate::{
    auth::SignedIn,
    error::PageError,
    pages::{frame, html, words},
    security_headers::Nonce,
    state::AppState,
};

/// GET /admin/routing.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    after: Query<After>,
) -> Result<HttpResponse, PageError> {
    let open = Open::read(&state, &viewer).await?;
    html(&page(&viewer, &nonce, &open, Some(&after.done)))
}

fn page(viewer: &SignedIn, nonce: &Nonce, open: &Open, done: Option<&str>) -> OverviewPage {
    OverviewPage {
        frame: frame(viewer, nonce, &open.start, Section::Admin, "none"),
        bar: open.bar(viewer, done),
        changes: open.changes(viewer),
        versions: open
            .versions
            .iter()
            .map(|one| VersionLine {
                version: one.version.unsigned_abs(),
                note: one.note.clone(),
                by: one.by_id.and_then(|id| open.company.names.people.get(&id).cloned()),
                at: one.published_at,
            })
            .collect(),
    }
}

/// The overview, with why something was refused.
pub(super) async fn refused(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    refused: PolicyError,
) -> Result<HttpResponse, PageError> {
    let open = Open::read(state, viewer).await?;
    let tx = words(viewer);
    let (status, told) = match refused {
        PolicyError::Db(error) => return Err(error.into()),
        PolicyError::NoSuchVersion => return Err(PageError::NotFound),
        PolicyError::Stale { .. } => (StatusCode::CONFLICT, vec![tx.t("routing-stale")]),
        PolicyError::NoDraft => (StatusCode::CONFLICT, vec![tx.t("routing-no-draft")]),
        PolicyError::Flawed(flaws) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            flaws.iter().map(|one| flaw(&tx, &open.company.names, one)).collect(),
        ),
    };
    let mut page = page(viewer, nonce, &open, None);
    page.bar.refused = told;
    let mut answer = html(&page)?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// What is published or thrown away.
#[derive(Debug, Deserialize)]
pub struct Seen {
    #[serde(default)]
    revision: i64,
    #[serde(default)]
    note: String,
}

/// POST /admin/routing/publish: from now on the draft decides.
///
/// # Errors
/// When the database fails.
pub async fn publish(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    seen: Body<Seen>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let version = policy::publish(&tx, &viewer.principal, seen.revision, &note(&seen.note), now).await;
    let deed = Deed { action: "routing_publish", done: "published" };
    deed.settle(&viewer, &nonce, &request, &state, tx, version).await
}

/// POST /admin/routing/discard: the draft goes.
///
/// # Errors
/// When the database fails.
pub async fn discard(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    seen: Body<Seen>,
) -> Result<HttpResponse, PageError> {
    let tx = state.db.begin().await?;
    let gone = policy::discard(&tx, seen.revision).await.map(|()| seen.revision);
    let deed = Deed { action: "routing_discard", done: "discarded" };
    deed.settle(&viewer, &nonce, &request, &state, tx, gone).await
}

/// POST /admin/routing/versions/{version}: an earlier version decides again, as a new one.
///
/// # Errors
/// Not found; when the database fails.
pub async fn roll_back(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    state: Data<AppState>,
    version: Path<String>,
) -> Result<HttpResponse, PageError> {
    let to: u32 = version.parse().map_err(|_| PageError::NotFound)?;
    if i32::try_from(to).is_err() {
        return Err(PageError::NotFound);
    }
    let words = words(&viewer).n("routing-rolled-back-note", i64::from(to));
    let tx = state.db.begin().await?;
    let version = policy::roll_back(&tx, &viewer.principal, to, &words, state.clock.now()).await;
    let deed = Deed { action: "routing_roll_back", done: "rolled-back" };
    deed.settle(&viewer, &nonce, &request, &state, tx, version).await
}

/// What is done with draft and versions: its word in the audit, and the one the page says afterwards.
struct Deed {
    action: &'static str,
    done: &'static str,
}

impl Deed {
    /// Commit what was done and say so, or say why it was not.
    async fn settle(
        self,
        viewer: &SignedIn,
        nonce: &Nonce,
        request: &HttpRequest,
        state: &AppState,
        tx: DatabaseTransaction,
        outcome: Result<impl Display, PolicyError>,
    ) -> Result<HttpResponse, PageError> {
        match outcome {
            Ok(what) => {
                let address = actions::address(state, request);
                actions::done(&tx, viewer, &address, self.action, what, state.clock.now()).await?;
                tx.commit().await?;
                // Whoever waits is looked at again.
                state.wakes.dispatch();
                state.wakes.relay();
                Ok(actions::go(&format!("/admin/routing?done={}", self.done)))
            }
            Err(error) => {
                tx.rollback().await?;
                refused(viewer, nonce, state, error).await
            }
        }
    }
}

/// A note as it is kept.
fn note(written: &str) -> String {
    written.replace('\0', "").trim().chars().take(200).collect()
}
