//! Administration: channels and people, to read.

use actix_web::{HttpResponse, web::Data};
use inbox::{alarms, reading};
use views::{AdminChannel, AdminPage, AdminPerson, ChannelTag, PersonTag, Section};

use super::{channels::alarm_lines, frame, html};
use crate::{auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState};

/// GET /admin.
///
/// # Errors
/// When the database fails.
pub async fn show(viewer: SignedIn, nonce: Nonce, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let channels = reading::admin::channels(&state.db).await?;
    let people = reading::admin::people(&state.db).await?;
    let (open, lines) = (alarms::open(&state.db).await?, reading::channels::all(&state.db).await?);
    html(&AdminPage {
        alarms: alarm_lines(&open, &lines),
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        channels: channels
            .into_iter()
            .map(|line| AdminChannel {
                id: line.id,
                tag: ChannelTag { kind: line.kind, name: line.name },
                address: line.address,
                queue: line.queue_name,
                enabled: line.enabled,
                last_inbound: line.last_inbound,
            })
            .collect(),
        people: people
            .into_iter()
            .map(|line| AdminPerson {
                tag: PersonTag { id: line.id, name: line.name },
                email: line.email,
                role: line.role,
                queues: line.queues,
                teams: line.teams,
                presence: line.presence,
                disabled: line.disabled,
            })
            .collect(),
    })
}
