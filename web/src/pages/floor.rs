//! The live floor.

use actix_web::{HttpResponse, web::Data};
use domain::Permission;
use inbox::reading;
use views::{FloorPage, Section};

use super::{frame, html};
use crate::{
    auth::SignedIn, error::PageError, live::class_for, present, security_headers::Nonce, state::AppState,
};

/// Conversations on one page: those that fall due first. Figures count all.
const MOST: u64 = 200;
/// Of those that call for a supervisor, the ones that do for longest.
const ALERTS: u64 = 50;

/// GET /floor.
///
/// # Errors
/// When the database fails.
pub async fn show(viewer: SignedIn, nonce: Nonce, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    // The cursor comes first: what happens while the rows are read is told again, never missed.
    let start = reading::start::start(&state.db, principal.person).await?;
    let queues = reading::floor::queues(&state.db, None).await?;
    let agents = reading::floor::agents(&state.db, None).await?;
    let reach = principal.reach(Permission::ConversationRead);
    let conversations = reading::conversations::within(&state.db, &reach, MOST).await?;
    let to_steer = principal.reach(Permission::ConversationAssign);
    let alerted = reading::conversations::alerted(&state.db, &to_steer, ALERTS).await?;
    let now = state.clock.now();
    html(&FloorPage {
        frame: frame(&viewer, &nonce, &start, Section::Floor, "floor"),
        totals: present::floor_totals(&queues, &agents, principal, start.cursor),
        queues: queues
            .iter()
            .filter(|line| principal.reaches_queue(Permission::QueueRead, line.id))
            .map(|line| present::floor_queue(line, start.cursor))
            .collect(),
        agents: agents.iter().filter_map(|line| present::floor_agent(line, principal)).collect(),
        conversations: conversations
            .iter()
            .map(|line| present::floor_conversation(line, class_for(principal, &line.facts()), now))
            .collect(),
        alerts: alerted
            .iter()
            .filter_map(|line| present::floor_alert(line, class_for(principal, &line.facts())))
            .collect(),
        may_assign: principal.holds(Permission::ConversationAssign),
    })
}
