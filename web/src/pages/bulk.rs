//! One thing done to many conversations: the bar, the choices, beginning it, how far it is.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json, Path},
};
use domain::{ConversationId, Permission, Sort};
use inbox::{
    bulk::{self, BulkError, Deed, MOST, Work},
    outcomes,
    reading::{self, lists::Ask},
    tagging,
};
use jobs::{Failure, Runner};
use serde::Deserialize;
use uuid::Uuid;
use views::{
    Refusal, Tx,
    bulk::{BulkBar, BulkChoice, BulkDialog, BulkGroup, BulkMay, BulkNotDone, BulkProgress},
    snooze::choices,
    time,
};

use super::{contacts, conversations::refused, html, words};
use crate::{auth::SignedIn, error::PageError, jobs::Bench, listing, state::AppState};

/// So long a job goes on before it lets others have their turn.
const TURN: std::time::Duration = std::time::Duration::from_secs(15);

/// GET /bulk: the bar of what was chosen.
///
/// # Errors
/// None of its own.
pub async fn bar(viewer: SignedIn) -> Result<HttpResponse, PageError> {
    let holds = |permission| viewer.principal.holds(permission);
    html(&BulkBar {
        tx: words(&viewer),
        may: BulkMay {
            tag: holds(Permission::ConversationTag),
            assign: holds(Permission::ConversationAssign),
            transfer: holds(Permission::ConversationTransfer),
            snooze: holds(Permission::ConversationSnooze),
            close: holds(Permission::ConversationClose),
        },
        most: MOST,
    })
}

/// GET /bulk/choices/{what}: with which tag, to whom, where, until when, with what. With a list's query it is for all of
/// it: then how many that are is said, before anything is done.
///
/// # Errors
/// Not found, for what can't be done to many or not by this person.
pub async fn show(
    viewer: SignedIn,
    what: Path<String>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let by = &viewer.principal;
    let (permission, title) = match what.as_str() {
        "tag" => (Permission::ConversationTag, "bulk-tag"),
        "assign" => (Permission::ConversationAssign, "bulk-assign"),
        "move" => (Permission::ConversationTransfer, "bulk-move"),
        "snooze" => (Permission::ConversationSnooze, "snooze"),
        "close" => (Permission::ConversationClose, "resolve"),
        _ => return Err(PageError::NotFound),
    };
    if !by.holds(permission) {
        return Err(PageError::NotFound);
    }
    let how_many = match request.query_string() {
        "" => None,
        query => Some(all_of(&viewer, &state, query).await?.len()),
    };
    let refused = match how_many {
        Some(0) => Some(Refusal::NothingChosen),
        Some(many) if many > MOST => Some(Refusal::TooManyChosen { most: MOST }),
        _ => None,
    };
    if let Some(refusal) = refused {
        let refused = refusal.words(&tx);
        return html(&BulkDialog { tx, title, groups: Vec::new(), how_many: None, refused });
    }
    let choice = |deed: &Deed, name: String, about: String| BulkChoice {
        deed: serde_json::to_string(deed).unwrap_or_default(),
        name,
        about,
    };
    let group = |title, choices| BulkGroup { title, choices };
    let groups = match what.as_str() {
        "tag" => {
            let tags = tagging::in_use(&state.db).await?;
            let each = |on: bool| {
                let one =
                    |tag: &String| choice(&Deed::Tag { tag: tag.clone(), on }, tag.clone(), String::new());
                tags.iter().map(one).collect()
            };
            vec![group("bulk-tag-on", each(true)), group("bulk-tag-off", each(false))]
        }
        "assign" => {
            let people = reading::handing::choices(&state.db, by).await?.people;
            let one = |one: reading::handing::Colleague| {
                let queues = one.queue_names.join(", ");
                choice(&Deed::Assign { to: one.person_id }, one.name, queues)
            };
            vec![group("bulk-people", people.into_iter().map(one).collect())]
        }
        "move" => {
            let queues = reading::handing::choices(&state.db, by).await?.queues;
            let queues =
                queues.into_iter().map(|one| choice(&Deed::Move { to: one.id }, one.name, String::new()));
            vec![group("bulk-queues", queues.collect())]
        }
        "snooze" => {
            let times = choices(state.clock.now(), tx.zone).into_iter().map(|one| {
                let deed = Deed::Snooze { until: Some(one.at) };
                choice(&deed, tx.t(one.word), time::moment(&one.at, &tx))
            });
            let answer = choice(&Deed::Snooze { until: None }, tx.t("snooze-answer"), String::new());
            vec![group("bulk-until", times.chain([answer]).collect())]
        }
        _ => {
            let leaves = outcomes::all(&state.db).await?.into_iter().filter(|one| !one.is_group);
            let leaves: Vec<_> = leaves
                .map(|one| choice(&Deed::Close { outcome: Some(one.id) }, one.path, String::new()))
                .collect();
            let required = outcomes::rule(&state.db).await?.outcome_required && !leaves.is_empty();
            let without = choice(&Deed::Close { outcome: None }, tx.t("close-without"), String::new());
            let without = (!required).then_some(without);
            vec![group("bulk-outcomes", leaves.into_iter().chain(without).collect())]
        }
    };
    let how_many = how_many.and_then(|many| i64::try_from(many).ok());
    html(&BulkDialog { tx, title, groups, how_many, refused: String::new() })
}

/// What is done, to which.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewBulk {
    deed: Deed,
    #[serde(default)]
    conversations: Vec<ConversationId>,
    /// Instead of them: all of a list, as its query says.
    #[serde(default)]
    view: Option<String>,
}

/// POST /bulk: begin.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    body: Json<NewBulk>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let NewBulk { deed, mut conversations, view } = body.into_inner();
    if deed == Deed::Undo {
        return Err(PageError::NotFound);
    }
    if let Some(query) = view {
        conversations = all_of(&viewer, &state, &query).await?;
    }
    let begun = state.transact(async |tx| {
        let begun = bulk::begin(tx, &viewer.principal, &deed, &conversations, state.clock.now()).await;
        begun.map_err(|error| refusal(error, words(&viewer)))
    });
    let id = begun.await?;
    state.wakes.work();
    Ok(HttpResponse::Created().json(serde_json::json!({ "bulk": id })))
}

/// What a list holds for this person; one more than can be done at once is told as too many.
async fn all_of(viewer: &SignedIn, state: &AppState, query: &str) -> Result<Vec<ConversationId>, PageError> {
    let principal = &viewer.principal;
    let view = listing::view(query);
    let reach = principal.reach(Permission::ConversationRead);
    let mut ask = Ask {
        person: principal.person,
        reach: &reach,
        addresses: listing::sees_addresses(principal),
        view: &view,
        sort: view.sorted(Sort::Newest),
        after: None,
        limit: MOST as u64 + 1,
        now: state.clock.now(),
    };
    let mut all = Vec::new();
    loop {
        let page = reading::lists::page(&state.db, &ask).await?;
        all.extend(page.lines.into_iter().map(|line| line.id));
        // A page need not be full, nor hold anything, for there to be more.
        ask.after = page.more;
        if ask.after.is_none() || all.len() > MOST {
            return Ok(all);
        }
    }
}

/// GET /bulk/{id}: how far it is.
///
/// # Errors
/// Not found, for another person's.
pub async fn progress(
    viewer: SignedIn,
    id: Path<Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (by, now) = (&viewer.principal, state.clock.now());
    let mut found = bulk::progress(&state.db, by, *id, now).await?.ok_or(PageError::NotFound)?;
    if !found.ended && bulk::end_given_up(&state.db, Some(*id), now).await? > 0 {
        found = bulk::progress(&state.db, by, *id, now).await?.ok_or(PageError::NotFound)?;
    }
    let class = contacts::class(&viewer);
    html(&BulkProgress {
        tx: words(&viewer),
        id: id.to_string(),
        total: found.total,
        done: found.done,
        refused: found.refused,
        cancelled: found.cancelled,
        ended: found.ended,
        undoable: found.undoable,
        not_done: found
            .not_done
            .into_iter()
            .map(|one| BulkNotDone {
                conversation: one.conversation_id,
                name: class.name(&one.contact_name),
                why: one.result,
            })
            .collect(),
    })
}

/// POST /bulk/{id}/cancel: what was not done yet is not done any more.
///
/// # Errors
/// Not found, for another person's.
pub async fn cancel(
    viewer: SignedIn,
    id: Path<Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let cancelled = state.transact(async |tx| {
        let cancelled = bulk::cancel(tx, &viewer.principal, *id, state.clock.now()).await;
        cancelled.map_err(|error| refusal(error, words(&viewer)))
    });
    cancelled.await?;
    Ok(HttpResponse::NoContent().finish())
}

/// POST /bulk/{id}/undo: what of it can be is taken back.
///
/// # Errors
/// Refusals in the person's language.
pub async fn undo(
    viewer: SignedIn,
    id: Path<Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let back = state.transact(async |tx| {
        let back = bulk::undo(tx, &viewer.principal, *id, state.clock.now()).await;
        back.map_err(|error| refusal(error, words(&viewer)))
    });
    let back = back.await?;
    state.wakes.work();
    Ok(HttpResponse::Created().json(serde_json::json!({ "bulk": back })))
}

fn refusal(error: BulkError, tx: Tx) -> PageError {
    let refusal = match error {
        BulkError::NotFound => return PageError::NotFound,
        BulkError::Db(error) => return error.into(),
        BulkError::Nothing => Refusal::NothingChosen,
        BulkError::TooMany => Refusal::TooManyChosen { most: MOST },
        BulkError::NotUndoable => Refusal::NotUndoable,
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}

/// Teaches a runner to do them.
#[must_use]
pub fn teach(runner: Runner, bench: &Bench) -> Runner {
    let state = bench.state.clone();
    runner.on(bulk::JOB, move |job| {
        let state = state.clone();
        async move { work(&state, job.payload).await }
    })
}

async fn work(state: &AppState, payload: serde_json::Value) -> Result<(), Failure> {
    let Work { bulk: id } =
        serde_json::from_value(payload).map_err(|error| Failure::GiveUp(error.to_string()))?;
    let begun = std::time::Instant::now();
    loop {
        let more = bulk::step(&state.db, id, chrono::Utc::now()).await?;
        state.wakes.dispatch();
        state.wakes.watch.notify_one();
        state.wakes.relay();
        if !more {
            return Ok(());
        }
        if begun.elapsed() > TURN {
            jobs::enqueue(&state.db, bulk::JOB, &Work { bulk: id }, jobs::Terms::now().keyed(id.to_string()))
                .await?;
            return Ok(());
        }
    }
}
