//! What a conversation's events say of its waits: each time it came to wait is a visit, with how long it was held then.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, QueueId};
use sea_orm::FromQueryResult;

/// An event of a conversation, in its order.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Step {
    pub conversation_id: ConversationId,
    pub at: DateTime<Utc>,
    pub kind: String,
    /// The queue it came to, or moved to.
    pub queue: Option<QueueId>,
    /// Who holds it from now on.
    pub to: Option<PersonId>,
    /// Whether a person did it.
    pub by_hand: bool,
}

/// One wait, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Visit {
    pub conversation: ConversationId,
    /// When it came.
    pub at: DateTime<Utc>,
    /// Where it waited. What a person moved while it waited counts for where they moved it.
    pub queue: QueueId,
    /// Whether the conversation began with it.
    pub begins: bool,
    /// When somebody took it.
    pub taken_at: Option<DateTime<Utc>>,
    /// When it was closed, or went back to wait.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who had the conversation before.
    pub last_agent: Option<PersonId>,
}

/// The visits of conversations whose steps stand in order, one conversation after the other.
///
/// Overflows and other moves by the house itself while it waits are no visits: the rehearsal makes its own. Handing it
/// from one agent to the next is none either: it is one long visit.
pub(super) fn visits(steps: &[Step]) -> Vec<Visit> {
    steps.chunk_by(|one, next| one.conversation_id == next.conversation_id).flat_map(of_one).collect()
}

fn of_one(steps: &[Step]) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    // Where it is, and who had it last.
    let (mut place, mut last_agent) = (None, None);
    for step in steps {
        let open = visits.last_mut().filter(|visit| visit.ended_at.is_none());
        match (step.kind.as_str(), open) {
            ("conversation_opened" | "conversation_reopened", open) => {
                if let Some(visit) = open {
                    visit.ended_at = Some(step.at);
                }
                place = step.queue.or(place);
                visits.extend(come(step, place, last_agent));
            }
            ("conversation_assigned", Some(visit)) => match step.to {
                Some(to) => {
                    visit.taken_at = visit.taken_at.or(Some(step.at));
                    last_agent = Some(to);
                }
                None => {
                    visit.ended_at = Some(step.at);
                    visits.extend(come(step, place, last_agent));
                }
            },
            ("conversation_transferred", Some(visit)) => {
                place = step.queue.or(place);
                if visit.taken_at.is_some() {
                    visit.ended_at = Some(step.at);
                    visits.extend(come(step, place, last_agent));
                } else if let Some(to) = step.queue
                    && (step.by_hand || visit.at == step.at)
                {
                    visit.queue = to;
                }
            }
            ("conversation_closed", Some(visit)) => visit.ended_at = Some(step.at),
            _ => {}
        }
    }
    visits
}

fn come(step: &Step, place: Option<QueueId>, last_agent: Option<PersonId>) -> Option<Visit> {
    Some(Visit {
        conversation: step.conversation_id,
        at: step.at,
        queue: place?,
        begins: step.kind == "conversation_opened",
        taken_at: None,
        ended_at: None,
        last_agent,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const CITAS: QueueId = QueueId(Uuid::from_u128(1));
    const VENTAS: QueueId = QueueId(Uuid::from_u128(2));
    const ANA: PersonId = PersonId(Uuid::from_u128(3));
    const BEN: PersonId = PersonId(Uuid::from_u128(4));

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_189_440 + second, 0).unwrap()
    }

    /// Second, what, queue, to whom, by hand.
    type Done<'a> = (i64, &'a str, Option<QueueId>, Option<PersonId>, bool);

    /// The visits of a conversation.
    fn told(steps: &[Done<'_>]) -> Vec<Visit> {
        let conversation_id = ConversationId(Uuid::from_u128(9));
        let step = |(second, kind, queue, to, by_hand): &Done<'_>| Step {
            conversation_id,
            at: at(*second),
            kind: format!("conversation_{kind}"),
            queue: *queue,
            to: *to,
            by_hand: *by_hand,
        };
        visits(&steps.iter().map(step).collect::<Vec<_>>())
    }

    /// Came, where, begins, taken, ended.
    type Told = (i64, QueueId, bool, Option<i64>, Option<i64>);

    fn short(visits: &[Visit]) -> Vec<Told> {
        let second = |moment: DateTime<Utc>| (moment - at(0)).num_seconds();
        let one = |visit: &Visit| {
            let (taken, ended) = (visit.taken_at.map(second), visit.ended_at.map(second));
            (second(visit.at), visit.queue, visit.begins, taken, ended)
        };
        visits.iter().map(one).collect()
    }

    #[test]
    fn a_plain_conversation_is_one_visit_and_its_return_another() {
        let visits = told(&[
            (0, "opened", Some(CITAS), None, false),
            (30, "assigned", None, Some(ANA), false),
            (300, "closed", None, None, true),
            (900, "reopened", Some(CITAS), None, false),
            (960, "assigned", None, Some(BEN), true),
        ]);
        assert_eq!(
            short(&visits),
            [(0, CITAS, true, Some(30), Some(300)), (900, CITAS, false, Some(960), None)]
        );
        assert_eq!(visits.iter().map(|visit| visit.last_agent).collect::<Vec<_>>(), [None, Some(ANA)]);
    }

    #[test]
    fn whoever_closes_it_while_it_waits_ends_it_untaken() {
        let visits = told(&[(0, "opened", Some(CITAS), None, false), (200, "closed", None, None, false)]);
        assert_eq!(short(&visits), [(0, CITAS, true, None, Some(200))]);
    }

    #[test]
    fn moved_while_it_waits_it_counts_for_where_a_person_put_it_and_not_for_the_overflow() {
        let by_hand = told(&[
            (0, "opened", Some(CITAS), None, false),
            (10, "transferred", Some(VENTAS), None, true),
            (40, "assigned", None, Some(ANA), false),
        ]);
        assert_eq!(short(&by_hand), [(0, VENTAS, true, Some(40), None)]);
        let overflow = told(&[
            (0, "opened", Some(CITAS), None, false),
            (10, "transferred", Some(VENTAS), None, false),
            (40, "assigned", None, Some(ANA), false),
            (90, "assigned", None, None, true),
        ]);
        assert_eq!(
            short(&overflow),
            [
                (0, CITAS, true, Some(40), Some(90)),
                // Put back where it was.
                (90, VENTAS, false, None, None)
            ]
        );
    }

    #[test]
    fn from_hand_to_hand_is_one_visit_and_to_another_queue_a_new_one() {
        let visits = told(&[
            (0, "opened", Some(CITAS), None, false),
            (5, "assigned", None, Some(ANA), false),
            (60, "assigned", None, Some(BEN), true),
            // A transfer puts it back and moves it at once.
            (100, "assigned", None, None, true),
            (100, "transferred", Some(VENTAS), None, true),
            (130, "assigned", None, Some(ANA), false),
            (200, "closed", None, None, true),
        ]);
        assert_eq!(
            short(&visits),
            [(0, CITAS, true, Some(5), Some(100)), (100, VENTAS, false, Some(130), Some(200))]
        );
        assert_eq!(visits[1].last_agent, Some(BEN));
    }

    #[test]
    fn what_began_out_of_sight_is_left_out() {
        assert_eq!(told(&[(0, "assigned", None, Some(ANA), false), (9, "closed", None, None, true)]), []);
    }
}
