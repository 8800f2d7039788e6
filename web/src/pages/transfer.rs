//! Handing a conversation on: the dialog, and doing it.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission, PresenceState, SkillId};
use inbox::{
    handing_over::{self, HandOver, HandOverError, Handed, LONGEST_NOTE, To},
    reading,
};
use routing::Skills;
use serde::Deserialize;
use views::{
    Refusal,
    transfer::{TransferDialog, TransferGroup, TransferPerson},
};

use super::{conversations::refused, html, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present, state::AppState};

/// GET /conversations/{id}/transfer: to whom it may be handed, as they stand.
///
/// # Errors
/// Not found, also for conversations that are not this person's to hand on.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let line = within_reach(&viewer, &state, *id, Permission::ConversationTransfer).await?;
    let choices = reading::handing::choices(&state.db, principal).await?;
    html(&TransferDialog {
        tx: words(&viewer),
        conversation: *id,
        contact_name: present::name(&line, class_for(principal, &line.facts())),
        people: choices
            .people
            .into_iter()
            .filter(|one| line.assignee_id != Some(one.person_id) && one.state != PresenceState::Offline)
            .map(|one| TransferPerson {
                id: one.person_id,
                name: one.name,
                state: one.state,
                load: i64::from(one.load),
                capacity: i64::from(one.capacity),
                queues: one.queue_names,
            })
            .collect(),
        teams: choices
            .teams
            .into_iter()
            .map(|one| TransferGroup {
                id: one.id,
                name: one.name,
                available: one.available,
                takes: one.at_work > 0,
            })
            .collect(),
        queues: choices
            .queues
            .into_iter()
            .filter(|one| one.id != line.queue_id)
            .map(|one| TransferGroup { id: one.id, name: one.name, available: one.available, takes: true })
            .collect(),
        skills: choices.skills.into_iter().map(|one| (one.id, one.name)).collect(),
        longest: LONGEST_NOTE,
    })
}

/// What the dialog posts: `to` is `queue:…`, `team:…` or `person:…`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHandOver {
    to: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    skill: String,
    #[serde(default)]
    level: Option<u8>,
}

impl NewHandOver {
    fn wish(self, conversation: ConversationId) -> Option<HandOver> {
        let (kind, id) = self.to.split_once(':')?;
        let to = match kind {
            "queue" => To::Queue(id.parse().ok()?),
            "team" => To::Team(id.parse().ok()?),
            "person" => To::Person(id.parse().ok()?),
            _ => return None,
        };
        let mut skills = Skills::new();
        if !self.skill.is_empty() {
            let skill: SkillId = self.skill.parse().ok()?;
            skills.insert(skill, self.level?);
        }
        Some(HandOver { conversation, to, note: Some(self.note), skills })
    }
}

/// POST /conversations/{id}/transfer.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<NewHandOver>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let wish = form
        .into_inner()
        .wish(*id)
        .ok_or_else(|| refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::NoSuchTarget, tx))?;
    let (by, now) = (&viewer.principal, state.clock.now());
    let handed =
        state.transact(async |begun| match handing_over::hand_over(begun, by, wish.clone(), now).await {
            Ok(handed) => Ok(handed),
            Err(error) => Err(refusal(error, &viewer, &state).await),
        });
    let handed = handed.await?;
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
    let word = match handed {
        Handed::Waits => "waits",
        Handed::Offered(_) => "offered",
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({ "handed": word })))
}

/// POST /conversations/{id}/transfer/undo: what was just handed on, and nobody has taken.
///
/// # Errors
/// Refusals in the person's language.
pub async fn undo(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (by, now) = (&viewer.principal, state.clock.now());
    let taken = state.transact(async |begun| match handing_over::take_back(begun, by, *id, now).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refusal(error, &viewer, &state).await),
    });
    taken.await?;
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn refusal(error: HandOverError, viewer: &SignedIn, state: &AppState) -> PageError {
    let tx = words(viewer);
    let name =
        async |person| state.directory.names().await.map(|names| names.person(person)).unwrap_or_default();
    let refusal = match error {
        HandOverError::NotFound => return PageError::NotFound,
        HandOverError::Db(error) => return error.into(),
        HandOverError::Closed => Refusal::ConversationClosed,
        HandOverError::NoSuchQueue
        | HandOverError::NoSuchTeam
        | HandOverError::NoSuchPerson
        | HandOverError::BadSkill => Refusal::NoSuchTarget,
        HandOverError::SameQueue => Refusal::SameQueue,
        HandOverError::NobodyOfTheTeam => Refusal::NobodyOfTheTeam,
        HandOverError::TheirsAlready => Refusal::TheirsAlready,
        HandOverError::Away => Refusal::TargetAway,
        HandOverError::Full => Refusal::TargetFull,
        HandOverError::OfferedTo(person) => Refusal::OfferedTo(name(person).await),
        HandOverError::HeldBy(Some(person)) => Refusal::HeldBy(Some(name(person).await)),
        HandOverError::HeldBy(None) => Refusal::HeldBy(None),
        HandOverError::NoteTooLong(length) => Refusal::NoteTooLong { length, longest: LONGEST_NOTE },
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}
