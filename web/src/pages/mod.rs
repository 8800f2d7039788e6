//! Pages and what they post: who may is in the route table; a handler calls one operation, commits, answers.

pub mod admin;
pub mod assets;
pub mod attributes;
pub mod bell;
pub mod builders;
pub mod bulk;
pub mod card;
pub mod channels;
pub mod closing;
pub mod contacts;
pub mod conversations;
pub mod cost;
pub mod day;
pub mod drafts;
pub mod factor;
pub mod files;
pub mod floor;
pub mod inbox;
pub mod known;
pub mod later;
pub mod ledger;
pub mod lists;
pub mod macro_files;
pub mod macros;
pub mod me;
pub mod messages;
pub mod notes;
pub mod offers;
pub mod originals;
pub mod outcomes;
pub mod past;
pub mod picker;
pub mod presence;
pub mod routing;
pub mod search;
pub mod snoozing;
pub mod tagging;
pub mod templates;
pub mod transfer;
pub mod uploads;
pub mod why;

use ::inbox::reading::{conversations::ConversationLine, start::Start};
use actix_web::{HttpResponse, http::header, web::Redirect};
use domain::{ConversationId, Permission};
use views::{Density, Frame, Lang, Section, Template, TextSize, Theme, Tx, Viewer};

use crate::{auth::SignedIn, error::PageError, present, security_headers::Nonce, state::AppState};

/// GET /: where work is.
pub async fn home(viewer: SignedIn) -> Redirect {
    let supervises = viewer.principal.holds(Permission::ConversationAssign);
    Redirect::to(if supervises { "/floor" } else { "/inbox" }).see_other()
}

/// The words and the time zone of a person: the one place that decides in which zone their times are.
#[must_use]
pub fn words(viewer: &SignedIn) -> Tx {
    Tx::new(Lang::parse(&viewer.locale).unwrap_or_default(), viewer.zone)
}

/// A conversation that the person may do this to, as screens read it.
///
/// # Errors
/// Not found, also for conversations that are there and not theirs.
pub async fn within_reach(
    viewer: &SignedIn,
    state: &AppState,
    id: ConversationId,
    permission: Permission,
) -> Result<ConversationLine, PageError> {
    let reach = viewer.principal.reach(permission);
    ::inbox::reading::conversations::one(&state.db, viewer.principal.person, id, &reach)
        .await?
        .ok_or(PageError::NotFound)
}

/// What is around every page.
#[must_use]
pub fn frame(
    viewer: &SignedIn,
    nonce: &Nonce,
    start: &Start,
    section: Section,
    live_view: impl Into<String>,
) -> Frame {
    Frame {
        tx: words(viewer),
        theme: Theme::parse(&viewer.theme),
        text: TextSize::parse(&viewer.text_size),
        density: Density::parse(&viewer.density),
        nonce: nonce.to_string(),
        csrf: viewer.csrf.clone(),
        assets: assets::prefix().to_owned(),
        cursor: start.cursor,
        live_view: live_view.into(),
        now: start.now,
        section,
        viewer: Viewer {
            id: viewer.principal.person,
            name: viewer.name.clone(),
            sees_floor: viewer.principal.holds(Permission::ConversationAssign),
            sees_admin: viewer.principal.holds(Permission::ChannelManage),
            sees_routing: viewer.principal.holds(Permission::RoutingRead),
            sees_attributes: viewer.principal.holds(Permission::AttributeManage),
            sees_outcomes: viewer.principal.holds(Permission::OutcomeManage),
            presence: start.presence.as_ref().map(present::me),
            offers: start.offers.iter().map(|line| present::offer(line, start.now)).collect(),
            bell: viewer.bell.clone(),
            single_keys: viewer.single_keys,
        },
    }
}

/// A page or fragment as an answer. It is about people, so nobody keeps it.
///
/// # Errors
/// When it can't be drawn, which is a fault of ours.
pub fn html(template: &impl Template) -> Result<HttpResponse, PageError> {
    let body = template.render().map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "HX-Request"))
        .body(body))
}
