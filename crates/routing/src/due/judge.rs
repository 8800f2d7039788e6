//! What is to be done about one conversation at one moment.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{ConversationState, MustAct, QueueId, conversation::ReplyWindow};

use super::{
    Action, DueFacts, Episode, Judged, Memory, STALE, Said, Silence, WAIT_TOLD_AFTER, Wait,
    asked::{expected_wait, steps_at},
};
use crate::{
    Policy, Promise,
    hours::{self, after_open_seconds},
    policy::{AgentSilence, Calendar, CustomerSilence, LateAction, Message, Queue},
    promise::DueTimes,
};

/// Says what is to be done about a conversation `now`, given what was done before.
#[must_use]
pub fn judge(facts: &DueFacts, memory: &Memory, policy: &Policy, now: DateTime<Utc>) -> Judged {
    let mut memory = memory.clone();
    if memory.sent_from.as_ref() == Some(&facts.standing()) {
        return Judged { actions: Vec::new(), memory, next: None };
    }
    memory.sent_from = None;

    let queue = policy.queue(facts.queue);
    let judge = Judge { facts, queue: &queue, calendar: policy.calendar_of(&queue), now };
    let episode = judge.episode(&mut memory);
    let wait = judge.wait(&mut memory);
    let silence = judge.silence(&mut memory);
    let due = judge.due_times();

    let mut actions = Vec::new();
    if due != memory.due {
        memory.due = due;
        actions.push(Action::Due(due));
    }
    let mut steps = Vec::new();
    judge.promises(&due, &episode, &silence, &mut steps);
    judge.greeting(&episode, &mut steps);
    judge.waiting(&wait, &mut steps);
    judge.agent_silence(&silence, &mut steps);
    judge.customer_silence(&silence, &mut steps);
    judge.put_aside(&mut steps);
    steps.sort_unstable_by_key(|(at, step)| (*at, *step));

    let (mut episode, mut wait, mut silence) = (episode, wait, silence);
    let mut next = None;
    for (at, step) in steps {
        if at > now {
            next = Some(at);
            break;
        }
        mark(step, &mut episode, &mut wait, &mut silence);
        let Some(action) = judge.action(at, step) else { continue };
        let ends = action.goes_elsewhere();
        actions.push(action);
        if ends {
            memory.sent_from = Some(facts.standing());
            break;
        }
    }
    memory.episode = Some(episode);
    memory.wait = Some(wait);
    memory.silence = Some(silence);
    Judged { actions, memory, next }
}

/// Things to be done. What comes first here is done first when two are due at the same moment; what sends the
/// conversation elsewhere comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Greet,
    TellWait,
    Breach(Promise),
    Relax(u32),
    Late(usize),
    /// A late step that moves it.
    LateMove(usize),
    Overflow(QueueId),
    Warn,
    Remind,
    Leave,
    Close,
    Wake,
}

/// Notes that a step was taken.
fn mark(step: Step, episode: &mut Episode, wait: &mut Wait, silence: &mut Silence) {
    match step {
        Step::Greet => episode.greeted = true,
        Step::TellWait => episode.wait_told = true,
        Step::Breach(Promise::First) => episode.first_breached = true,
        Step::Breach(Promise::Next) => silence.next_breached = true,
        Step::Breach(Promise::Resolution) => episode.resolution_breached = true,
        Step::Relax(steps) => wait.relaxed = steps,
        Step::Late(step) | Step::LateMove(step) => {
            wait.late.insert(step);
        }
        Step::Warn => silence.warned = true,
        Step::Remind => silence.reminded = true,
        Step::Leave => silence.left = true,
        // The conversation goes elsewhere: `sent_from` remembers.
        Step::Overflow(_) | Step::Close | Step::Wake => {}
    }
}

type Steps = Vec<(DateTime<Utc>, Step)>;

struct Judge<'a> {
    facts: &'a DueFacts,
    queue: &'a Queue,
    calendar: Option<&'a Calendar>,
    now: DateTime<Utc>,
}

impl Judge<'_> {
    fn episode(&self, memory: &mut Memory) -> Episode {
        let opened_at = self.facts.opened_at;
        memory.episode.take().filter(|episode| episode.opened_at == opened_at).unwrap_or(Episode {
            opened_at,
            greeted: false,
            wait_told: false,
            first_breached: false,
            resolution_breached: false,
        })
    }

    fn wait(&self, memory: &mut Memory) -> Wait {
        let DueFacts { queue, queued_at, .. } = *self.facts;
        memory
            .wait
            .take()
            .filter(|wait| (wait.queue, wait.queued_at) == (queue, queued_at))
            .unwrap_or_else(|| Wait { queue, queued_at, relaxed: 0, late: [].into() })
    }

    fn silence(&self, memory: &mut Memory) -> Silence {
        let DueFacts { must_act_since: since, assigned_at, .. } = *self.facts;
        let same = memory.silence.take().filter(|silence| silence.since == since);
        let next_breached = same.as_ref().is_some_and(|silence| silence.next_breached);
        // The same message of the customer, but another agent: they have not been silent yet.
        same.filter(|silence| silence.assigned_at == assigned_at).unwrap_or(Silence {
            since,
            assigned_at,
            next_breached,
            warned: false,
            left: false,
            reminded: false,
        })
    }

    fn is_closed(&self) -> bool {
        self.facts.state == ConversationState::Closed
    }

    fn owes(&self, who: MustAct) -> bool {
        self.facts.must_act == who && !self.is_closed()
    }

    fn due_times(&self) -> DueTimes {
        let facts = self.facts;
        let due = |owed: bool, promise: Promise, from: DateTime<Utc>| {
            let seconds = self.queue.targets.of(promise).filter(|_| owed)?;
            after_open_seconds(self.calendar, from, seconds)
        };
        let (owes, answered) = (self.owes(MustAct::Agent), facts.first_answered_at.is_some());
        DueTimes {
            first: due(owes && !answered, Promise::First, facts.opened_at),
            next: due(owes && answered, Promise::Next, facts.must_act_since),
            resolution: due(!self.is_closed(), Promise::Resolution, facts.opened_at),
        }
    }

    fn promises(&self, due: &DueTimes, episode: &Episode, silence: &Silence, steps: &mut Steps) {
        for promise in Promise::ALL {
            let told = match promise {
                Promise::First => episode.first_breached,
                Promise::Next => silence.next_breached,
                Promise::Resolution => episode.resolution_breached,
            };
            steps.extend(due.of(promise).filter(|_| !told).map(|at| (at, Step::Breach(promise))));
        }
    }

    /// Whether somebody of the house, not a bot, has to say the first word.
    fn is_new(&self) -> bool {
        let with_people = matches!(self.facts.state, ConversationState::Queued | ConversationState::Assigned);
        with_people && self.facts.must_act == MustAct::Agent && self.facts.first_answered_at.is_none()
    }

    fn greeting(&self, episode: &Episode, steps: &mut Steps) {
        if !self.is_new() {
            return;
        }
        if !episode.greeted {
            steps.push((self.facts.opened_at, Step::Greet));
        }
        if !episode.wait_told && self.facts.state == ConversationState::Queued {
            let told = after_open_seconds(self.calendar, self.facts.queued_at, WAIT_TOLD_AFTER);
            steps.extend(told.map(|at| (at, Step::TellWait)));
        }
    }

    fn waiting(&self, wait: &Wait, steps: &mut Steps) {
        if self.facts.state != ConversationState::Queued {
            return;
        }
        let queued_at = self.facts.queued_at;
        for (step, at) in (1..).zip(steps_at(self.queue, self.calendar, queued_at)) {
            steps.extend(at.filter(|_| step > wait.relaxed).map(|at| (at, Step::Relax(step))));
        }
        let mut after = |seconds: u32, step: Step| {
            let at = after_open_seconds(self.calendar, queued_at, seconds);
            steps.extend(at.map(|at| (at, step)));
        };
        for (index, late) in
            self.queue.late.iter().enumerate().filter(|(index, _)| !wait.late.contains(index))
        {
            match late.action {
                LateAction::Move { .. } => after(late.after, Step::LateMove(index)),
                _ => after(late.after, Step::Late(index)),
            }
        }
        if let Some(overflow) = self.queue.overflow {
            after(overflow.after, Step::Overflow(overflow.to));
        }
    }

    fn agent_silence(&self, silence: &Silence, steps: &mut Steps) {
        let held = self.facts.state == ConversationState::Assigned && self.owes(MustAct::Agent);
        let Some(settings) = self.queue.agent_silence.filter(|_| held) else { return };
        let AgentSilence { warn_after, leave_after, .. } = settings;
        let since =
            self.facts.must_act_since.max(self.facts.assigned_at.unwrap_or(self.facts.must_act_since));
        let mut after = |wanted: bool, seconds: u32, step: Step| {
            let at = wanted.then(|| after_open_seconds(self.calendar, since, seconds)).flatten();
            steps.extend(at.map(|at| (at, step)));
        };
        after(!silence.warned, warn_after, Step::Warn);
        after(leave_after > 0 && !silence.left, leave_after, Step::Leave);
    }

    fn customer_silence(&self, silence: &Silence, steps: &mut Steps) {
        let open = matches!(self.facts.state, ConversationState::Queued | ConversationState::Assigned);
        let asked = open && self.owes(MustAct::Customer);
        let Some(settings) = self.queue.customer_silence.as_ref().filter(|_| asked) else { return };
        let at = |seconds: u32| self.facts.must_act_since + TimeDelta::seconds(seconds.into());
        if !silence.reminded {
            steps.extend(settings.remind_after.map(|seconds| (at(seconds), Step::Remind)));
        }
        steps.extend(settings.close_after.map(|seconds| (at(seconds), Step::Close)));
    }

    fn put_aside(&self, steps: &mut Steps) {
        let until = self.facts.snoozed_until.filter(|_| self.facts.state == ConversationState::Snoozed);
        steps.extend(until.map(|at| (at, Step::Wake)));
    }

    /// What a step that was due `at` comes to; `None`: there is nothing to say, or it is too late for it.
    fn action(&self, at: DateTime<Utc>, step: Step) -> Option<Action> {
        match step {
            Step::Greet => self.greet(),
            Step::TellWait => {
                let message = self.queue.messages.expected_wait.as_ref()?;
                let DueFacts { waiting_before, agents_at_work, seconds_each, .. } = *self.facts;
                let open = hours::is_open(self.calendar, self.now);
                let seconds = expected_wait(waiting_before, agents_at_work, seconds_each).filter(|_| open)?;
                self.answer(Said::ExpectedWait { seconds }, message)
            }
            Step::Breach(promise) => Some(Action::Breached { promise }),
            Step::Relax(steps) => Some(Action::Relax { steps }),
            Step::Late(index) | Step::LateMove(index) => {
                let late = self.queue.late.get(index)?;
                match &late.action {
                    LateAction::Tell { message } => self.say_at(at, Said::Late, message),
                    LateAction::Tag { tag } => Some(Action::Tag { tag: tag.clone() }),
                    LateAction::Alert => Some(Action::Alert { waited: late.after }),
                    LateAction::Move { to } => Some(Action::Move { to: *to }),
                }
            }
            Step::Overflow(to) => Some(Action::Overflow { to }),
            Step::Warn => Some(Action::WarnSilentAgent),
            Step::Leave => {
                let AgentSilence { then, pause, .. } = self.queue.agent_silence?;
                Some(Action::LeaveSilentAgent { then, pause })
            }
            Step::Remind => {
                let CustomerSilence { reminder, close_after, .. } = self.queue.customer_silence.as_ref()?;
                // Nobody is reminded and sent away in one breath.
                let closes = close_after.map(|seconds| TimeDelta::seconds(seconds.into()));
                let gone = closes.is_some_and(|closes| self.facts.must_act_since + closes <= self.now);
                self.say_at(at, Said::Reminder, reminder).filter(|_| !gone)
            }
            Step::Wake => Some(Action::Wake),
            Step::Close => {
                let outcome = self.queue.customer_silence.as_ref()?.outcome.clone();
                Some(Action::CloseSilent { outcome })
            }
        }
    }

    /// What is said first. While closed, what the queue says of that goes before the greeting of a rule.
    fn greet(&self) -> Option<Action> {
        let messages = &self.queue.messages;
        let greeting = self.facts.greeting.as_ref();
        if hours::is_open(self.calendar, self.now) {
            return self.answer(Said::Welcome, greeting.or(messages.welcome.as_ref())?);
        }
        match &messages.closed {
            Some(closed) => {
                let opens = hours::opens_after(self.calendar, self.now);
                self.answer(Said::Closed { opens }, closed)
            }
            None => self.answer(Said::Welcome, greeting?),
        }
    }

    /// Says something in answer to the customer's message, unless that is old.
    fn answer(&self, what: Said, message: &Message) -> Option<Action> {
        self.say_at(self.facts.customer_wrote_at?, what, message)
    }

    /// Says something for which it was time `at`, unless that is long ago or the window is closed.
    fn say_at(&self, at: DateTime<Utc>, what: Said, message: &Message) -> Option<Action> {
        let DueFacts { kind, window_until, .. } = *self.facts;
        let allowed = ReplyWindow::at(kind, window_until, self.now).allows_text() && self.now - at <= STALE;
        let words = message.words(self.facts.language.as_deref().unwrap_or("es")).filter(|_| allowed)?;
        Some(Action::Say { what, words: words.to_owned() })
    }
}
