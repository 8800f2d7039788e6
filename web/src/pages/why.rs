//! Why somebody has a conversation, or nobody does.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use domain::{ConversationId, Event, Permission, PersonId, Principal, QueueId, Scope, SkillId};
use inbox::{
    dispatcher::Outcome,
    reading::{self, why::Why},
};
use routing::{Candidate, Choice, Decision, Verdict};
use views::{
    Happened,
    why::{CandidateWhy, DecisionWhy, EntryWhy, WhyPanel},
};

use super::{html, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::Names, state::AppState};

/// GET /conversations/{id}/why.
///
/// # Errors
/// Not found, also for conversations that are not this person's to see.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    within_reach(&viewer, &state, *id, Permission::ConversationRead).await?;
    let now = state.clock.now();
    let Why { entry, holder, now: waiting, past } = reading::why::why(&state.db, *id, now).await?;
    let names = state.directory.names().await?;
    let seen = Seen {
        viewer: principal,
        names: &names,
        skills: reading::why::skills(&state.db).await?.into_iter().collect(),
        somebody: words(&viewer).t("why-somebody"),
    };
    let holder = holder.and_then(|(person, reason)| {
        let event = Event::ConversationAssigned { conversation: *id, from: None, to: Some(person), reason };
        let names = seen.names;
        Happened::from_event(&event, None, |id| names.person(id), |id| names.queue(id), |id| names.team(id))
    });
    let mut decisions = Vec::with_capacity(past.len() + 1);
    if let Some(waiting) = waiting {
        let waited = waiting.work.waited_seconds(now);
        decisions.push(seen.decision(None, waiting.policy, false, waited, &waiting.choice, &waiting.people));
    }
    decisions.extend(past.iter().map(|told| {
        let waited = told.work.waited_seconds(told.at);
        let offered = told.outcome == Outcome::Offered;
        let mut decision =
            seen.decision(Some(told.at), told.policy, offered, waited, &told.choice, &told.people);
        // Who took it themselves got it, whatever the router would have done.
        decision.to = Some((seen.name(told.person, &told.people), offered));
        decision.waits = None;
        decision
    }));
    html(&WhyPanel {
        tx: words(&viewer),
        conversation: *id,
        holder,
        entry: entry.map(|entry| EntryWhy {
            rule: entry.rule,
            queue: seen.names.queue(entry.queue),
            policy: entry.policy,
            at: entry.at,
        }),
        decisions,
    })
}

/// Whom the viewer may see by name.
struct Seen<'a> {
    viewer: &'a Principal,
    names: &'a Names,
    skills: HashMap<SkillId, String>,
    /// The word for whoever the viewer may not see.
    somebody: String,
}

impl Seen<'_> {
    fn sees(&self, one: &Candidate) -> bool {
        one.person == self.viewer.person
            || self.viewer.scope(Permission::UserRead) == Some(Scope::All)
            || one.queues.iter().any(|queue| self.sees_queue(*queue))
    }

    fn name(&self, person: PersonId, people: &[Candidate]) -> String {
        match people.iter().find(|one| one.person == person) {
            Some(one) if self.sees(one) => self.names.person(person),
            _ => self.somebody.clone(),
        }
    }

    fn sees_queue(&self, queue: QueueId) -> bool {
        self.viewer.reaches_queue(Permission::UserRead, queue)
    }

    fn decision(
        &self,
        at: Option<DateTime<Utc>>,
        policy: u32,
        offered: bool,
        waited_seconds: i64,
        choice: &Choice,
        people: &[Candidate],
    ) -> DecisionWhy {
        let by_id: HashMap<PersonId, &Candidate> = people.iter().map(|one| (one.person, one)).collect();
        // Who has no part in the queue was no candidate.
        let looked_at: Vec<_> = choice
            .considered
            .iter()
            .filter(|considered| considered.verdict != Verdict::OtherQueue)
            .filter_map(|considered| Some((by_id.get(&considered.person).copied()?, considered.verdict)))
            .collect();
        let (seen, unseen): (Vec<_>, Vec<_>) = looked_at.into_iter().partition(|(one, _)| self.sees(one));
        let mut told: Vec<CandidateWhy> = seen
            .into_iter()
            .map(|(one, verdict)| CandidateWhy {
                name: self.names.person(one.person),
                verdict,
                skill: match verdict {
                    Verdict::LacksSkill { skill, .. } => self.skills.get(&skill).cloned().unwrap_or_default(),
                    _ => String::new(),
                },
                first: match verdict {
                    Verdict::ReservedFor { person, .. } => by_id
                        .get(&person)
                        .filter(|one| self.sees(one))
                        .map(|one| self.names.person(one.person))
                        .unwrap_or_default(),
                    _ => String::new(),
                },
                load: one.load,
                capacity: one.capacity,
            })
            .collect();
        told.sort_by(|one, other| (!one.is_chosen(), &one.name).cmp(&(!other.is_chosen(), &other.name)));
        let (to, waits) = match &choice.decision {
            Decision::Assign { person, .. } => (Some((self.name(*person, people), offered)), None),
            Decision::Wait { reason } => (None, Some(*reason)),
        };
        let unseen = i64::try_from(unseen.len()).unwrap_or(i64::MAX);
        DecisionWhy { at, policy, to, waits, waited_seconds, people: told, unseen }
    }
}
