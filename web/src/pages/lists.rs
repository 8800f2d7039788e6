//! Lists of the inbox by themselves, their filters, and views that people keep.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Path},
};
use domain::{Permission, View, ViewId};
use inbox::{
    reading::{
        self,
        conversations::ConversationLine,
        lists::{Ask, Page, Place},
        start::Start,
    },
    saved_views::{self, SavedView, SavedViewError},
};
use serde::Deserialize;
use url::form_urlencoded;
use views::{Counts, FiltersFragment, ListFragment, ListView, NextUp, RowsFragment, SavedFragment};

use super::{html, words};
use crate::{
    auth::SignedIn,
    error::PageError,
    listing::{self, Around},
    live::{Places, counts, next_up},
    state::AppState,
};

/// How many rows come at once.
const ROWS: u64 = 50;

/// A list with what is needed around it.
pub(super) struct Listed {
    /// The list.
    pub list: ListView,
    /// What they and others have saved.
    pub saved: Vec<SavedView>,
    /// Queues and channels.
    pub places: std::sync::Arc<Places>,
    /// What was read for it.
    pub lines: Vec<ConversationLine>,
    /// How many each list holds.
    pub counts: Counts,
}

/// A list as of `start`.
pub(super) async fn listed(
    viewer: &SignedIn,
    state: &AppState,
    start: &Start,
    view: &View,
    after: Option<Place>,
) -> Result<Listed, PageError> {
    let principal = &viewer.principal;
    let page = page(viewer, state, view, after).await?;
    let saved = start.views.clone();
    let places = state.directory.places().await?;
    let now = state.clock.now();
    let open = state.hub.open.get(&state.db).await?;
    let counts = counts::of(&open, principal, &listing::saved(&saved), start.cursor, now);
    let next = principal
        .holds(Permission::ConversationClaim)
        .then(|| -> NextUp { next_up(&start.waiting, principal, start.cursor) });
    let around = Around { tx: words(viewer), viewer: principal, saved: &saved, places: &places };
    let sort = view.sorted(listing::usual(&viewer.list_order));
    let list = around.list(view, sort, &page, start.cursor, next, now);
    Ok(Listed { list, saved, places, lines: page.lines, counts })
}

async fn page(
    viewer: &SignedIn,
    state: &AppState,
    view: &View,
    after: Option<Place>,
) -> Result<Page, PageError> {
    let principal = &viewer.principal;
    let reach = principal.reach(Permission::ConversationRead);
    let ask = Ask {
        person: principal.person,
        reach: &reach,
        addresses: listing::sees_addresses(principal),
        view,
        sort: view.sorted(listing::usual(&viewer.list_order)),
        after,
        limit: ROWS,
        now: state.clock.now(),
    };
    Ok(reading::lists::page(&state.db, &ask).await?)
}

/// GET /inbox/list: a list's column, or with `after` its rows from there on.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let view = listing::view(request.query_string());
    let sort = view.sorted(listing::usual(&viewer.list_order));
    let after = form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == "after")
        .map(|(_, value)| listing::after(&value, view.list, sort).ok_or(PageError::NotFound))
        .transpose()?;
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let Listed { list, .. } = listed(&viewer, &state, &start, &view, after).await?;
    let tx = words(&viewer);
    if after.is_some() {
        html(&RowsFragment { tx, list: &list })
    } else {
        html(&ListFragment { tx, list: &list })
    }
}

/// GET /inbox/filters: all filters of a list.
///
/// # Errors
/// When the database fails.
pub async fn filters(
    viewer: SignedIn,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let view = listing::view(request.query_string());
    let reach = viewer.principal.reach(Permission::ConversationRead);
    let choices = reading::choices::choices(&state.db, &viewer.principal).await?;
    let tags = reading::choices::tags(&state.db, &reach).await?;
    let saved = saved_views::of(&state.db, viewer.principal.person).await?;
    let places = state.directory.places().await?;
    let around = Around { tx: words(&viewer), viewer: &viewer.principal, saved: &saved, places: &places };
    html(&FiltersFragment { tx: words(&viewer), filters: around.filters(&view, &choices.channels, &tags) })
}

/// A view to keep.
#[derive(Debug, Deserialize)]
pub struct Keep {
    name: String,
    /// Of its address.
    query: String,
    #[serde(default)]
    shared: bool,
}

/// POST /me/views: keep a view. Answers the saved views of the side.
///
/// # Errors
/// A refusal in words for a name that is none, too many, or sharing without the permission.
pub async fn save(
    viewer: SignedIn,
    form: Form<Keep>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let view = listing::view(&form.query);
    let query = listing::query(&view);
    saved_views::save(&state.db, &viewer.principal, &form.name, &query, form.shared)
        .await
        .map_err(|error| refusal(&viewer, error))?;
    side(&viewer, &state, &view).await
}

/// What the page shows, for the saved views of its side.
#[derive(Debug, Deserialize)]
pub struct Shown {
    /// Of its address.
    #[serde(default)]
    query: String,
}

/// DELETE /me/views/{id}: take a view away. Answers the saved views of the side.
///
/// # Errors
/// Not found, also for those of others.
pub async fn remove(
    viewer: SignedIn,
    id: Path<ViewId>,
    form: Form<Shown>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    saved_views::remove(&state.db, &viewer.principal, *id).await.map_err(|error| refusal(&viewer, error))?;
    side(&viewer, &state, &listing::view(&form.query)).await
}

async fn side(viewer: &SignedIn, state: &AppState, view: &View) -> Result<HttpResponse, PageError> {
    let saved = saved_views::of(&state.db, viewer.principal.person).await?;
    let places = state.directory.places().await?;
    let open = state.hub.open.get(&state.db).await?;
    let counts = counts::of(&open, &viewer.principal, &listing::saved(&saved), 0, state.clock.now());
    let tx = words(viewer);
    let around = Around { tx, viewer: &viewer.principal, saved: &saved, places: &places };
    html(&SavedFragment { tx, side: &around.side(view, &counts) })
}

fn refusal(viewer: &SignedIn, error: SavedViewError) -> PageError {
    use actix_web::http::StatusCode;
    let tx = words(viewer);
    let refused = |code, words| PageError::refused(StatusCode::UNPROCESSABLE_ENTITY, code, words);
    match error {
        SavedViewError::NoName => refused("no_name", tx.t("view-no-name")),
        SavedViewError::LongName(_) => refused(
            "long_name",
            tx.n("view-long-name", i64::try_from(saved_views::LONGEST_NAME).unwrap_or_default()),
        ),
        SavedViewError::TooMany => refused("too_many", tx.n("view-too-many", saved_views::MOST)),
        SavedViewError::Forbidden => PageError::Forbidden,
        SavedViewError::NotFound => PageError::NotFound,
        SavedViewError::Db(error) => error.into(),
    }
}
