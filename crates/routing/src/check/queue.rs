//! What can be wrong with queues.

use super::{At, Checker, Fault, Field, Kind, LEVELS, SHORTEST_OFFER, Thing, circle};
use crate::{
    Promise,
    policy::{AgentSilence, CustomerSilence, Late, LateAction, Mode, Queue, Relaxation, Relaxed},
};

impl Checker<'_> {
    pub(super) fn queues(&mut self, queues: &[Queue]) {
        let named = queues.iter().map(|queue| (queue.name.as_str(), Thing::Queue(queue.id)));
        self.names(Kind::Queue, named);
        let ids = queues.iter().map(|queue| (queue.id, Thing::Queue(queue.id)));
        self.once(ids, Field::Id, |_| Fault::IdTwice { of: Kind::Queue });
        for queue in queues {
            self.at(Thing::Queue(queue.id)).queue_itself(queue);
        }
        for (fault, places) in circle::circles(queues) {
            for place in places {
                self.add(fault.clone(), place);
            }
        }
    }
}

impl At<'_, '_> {
    fn queue_itself(&mut self, queue: &Queue) {
        for person in &queue.members {
            self.person(*person, Field::Members);
        }
        self.teams(&queue.served_by, Field::ServedBy);
        self.teams(&queue.teams, Field::Teams);
        self.skills(&queue.skills, Field::Skills);
        self.priority(queue.priority);
        if let Mode::Offer { seconds, .. } = queue.mode {
            let too_short = Fault::TooShort { least: SHORTEST_OFFER };
            self.refuse(seconds < SHORTEST_OFFER, too_short, Field::Offer);
        }
        self.relaxation(&queue.relaxation);
        for (to, field) in circle::exits(queue) {
            self.queue(to, field);
            self.refuse(to == queue.id, Fault::ToItself, field);
        }
        self.late(&queue.late);
        for promise in Promise::ALL {
            let zero = queue.targets.of(promise) == Some(0);
            self.refuse(zero, Fault::Zero, Field::Target { promise });
        }
        if let Some(calendar) = queue.calendar {
            self.calendar(calendar, Field::Calendar);
        }
        let messages = &queue.messages;
        for (message, field) in [
            (&messages.welcome, Field::Welcome),
            (&messages.closed, Field::Closed),
            (&messages.expected_wait, Field::ExpectedWait),
        ] {
            if let Some(message) = message {
                self.message(message, field);
            }
        }
        if let Some(silence) = &queue.agent_silence {
            self.agent_silence(*silence);
        }
        if let Some(silence) = &queue.customer_silence {
            self.customer_silence(silence);
        }
        let thresholds = queue.thresholds;
        self.refuse(thresholds.amber > thresholds.red, Fault::AmberAfterRed, Field::Thresholds);
    }

    fn relaxation(&mut self, steps: &[Relaxation]) {
        for (step, relaxation) in steps.iter().enumerate() {
            let field = Field::Relaxation { step };
            match &relaxation.relaxed {
                Relaxed::Lower { levels } => {
                    self.refuse(!LEVELS.contains(levels), Fault::Level { level: *levels }, field);
                }
                Relaxed::Drop { skill } => self.skill(*skill, field),
                Relaxed::Widen { teams } => {
                    self.refuse(teams.is_empty(), Fault::NothingChosen, field);
                    self.teams(teams, field);
                }
            }
        }
        self.in_order(steps.iter().map(|step| step.after), |step| Field::Relaxation { step });
    }

    fn late(&mut self, steps: &[Late]) {
        for (step, late) in steps.iter().enumerate() {
            let field = Field::Late { step };
            match &late.action {
                LateAction::Tell { message } => self.message(message, field),
                LateAction::Tag { tag } => self.name(tag, field),
                // Where it moves to was looked at with all other ways out.
                LateAction::Alert | LateAction::Move { .. } => {}
            }
        }
        self.in_order(steps.iter().map(|step| step.after), |step| Field::Late { step });
    }

    /// Several steps at one time are fine; one that is written after a later one is not.
    fn in_order(&mut self, times: impl Iterator<Item = u32>, field: impl Fn(usize) -> Field) {
        let mut before = 0;
        for (step, after) in times.enumerate() {
            self.refuse(after < before, Fault::OutOfOrder, field(step));
            before = before.max(after);
        }
    }

    fn agent_silence(&mut self, silence: AgentSilence) {
        let AgentSilence { warn_after, leave_after, .. } = silence;
        self.refuse(warn_after == 0, Fault::Zero, Field::AgentSilence);
        let before = leave_after != 0 && leave_after <= warn_after;
        self.refuse(before, Fault::LeaveBeforeWarning, Field::AgentSilence);
    }

    fn customer_silence(&mut self, silence: &CustomerSilence) {
        let CustomerSilence { remind_after, reminder, close_after, outcome } = silence;
        let zero = [remind_after, close_after].contains(&&Some(0));
        self.refuse(zero, Fault::Zero, Field::CustomerSilence);
        if let (Some(remind), Some(close)) = (remind_after, close_after) {
            self.refuse(close <= remind, Fault::CloseBeforeReminder, Field::CustomerSilence);
        }
        if remind_after.is_some() {
            self.message(reminder, Field::Reminder);
        } else {
            self.texts(reminder, Field::Reminder);
        }
        if close_after.is_some() || !outcome.is_empty() {
            self.name(outcome, Field::Outcome);
        }
    }
}
