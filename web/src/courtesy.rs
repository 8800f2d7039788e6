//! Small signs for customers: their message was read, somebody is writing. Best effort, a few at a time, never twice for
//! the same thing within seconds, and never tried again: replies don't wait for them.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use channel_gateway::Courtesy;
use domain::{ConversationId, PersonId};
use inbox::courtesy;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{gateway::Gateway, state::AppState};

/// Signs that may wait; more are dropped.
const WAITING: usize = 512;
/// Calls at the same time.
const AT_ONCE: usize = 4;
/// Reading is shown at most so often in a place; what is read meanwhile is shown then.
const READ_EVERY: Duration = Duration::from_secs(2);
/// The sign of writing lasts 25 seconds at the vendors (whatsapp-cloud.md §5.2, twilio.md §10).
const TYPING_EVERY: Duration = Duration::from_secs(15);
/// Conversations that are remembered before those at rest are forgotten.
const REMEMBERED: usize = 2_000;

/// What somebody did in a conversation.
#[derive(Debug, Clone, Copy)]
struct Done {
    conversation: ConversationId,
    by: PersonId,
    what: Courtesy,
}

/// Where pages say what their people do. Cheap to clone.
#[derive(Clone)]
pub struct Courtesies {
    queue: mpsc::Sender<Done>,
}

/// The other end.
pub struct Told(mpsc::Receiver<Done>);

impl Courtesies {
    /// Both ends; nothing is shown before [`watch`] has one of them.
    #[must_use]
    pub fn new() -> (Self, Told) {
        let (queue, told) = mpsc::channel(WAITING);
        (Self { queue }, Told(told))
    }

    /// A person has read a conversation to its end.
    pub fn read(&self, conversation: ConversationId, by: PersonId) {
        self.tell(Done { conversation, by, what: Courtesy::Read });
    }

    /// A person is writing in a conversation.
    pub fn typing(&self, conversation: ConversationId, by: PersonId) {
        self.tell(Done { conversation, by, what: Courtesy::Typing });
    }

    fn tell(&self, done: Done) {
        // A full queue drops it, as does a process that ends: it is a courtesy.
        if self.queue.try_send(done).is_err() {
            metrics::counter!("bandeja_courtesies_dropped_total").increment(1);
        }
    }
}

/// Who, and where: one who only watches must not use up the signs of who holds it.
type Place = (ConversationId, PersonId);

/// What was shown last in one place, and what is to be shown next.
#[derive(Debug, Default)]
struct Line {
    read_at: Option<Instant>,
    typing_at: Option<Instant>,
    wanted: Option<(Instant, Done)>,
    newest: Option<String>,
}

impl Line {
    /// Take a wish; it is due at once, after a pause, or superfluous.
    fn wish(&mut self, done: Done, now: Instant) {
        match done.what {
            Courtesy::Typing => {
                if self.typing_at.is_none_or(|at| now - at >= TYPING_EVERY) {
                    self.typing_at = Some(now);
                    self.wanted = Some((now, done));
                }
            }
            Courtesy::Read if self.wanted.is_none() => {
                let due = self.read_at.map_or(now, |at| (at + READ_EVERY).max(now));
                self.wanted = Some((due, done));
            }
            // Typing shows reading too.
            Courtesy::Read => {}
        }
    }

    fn is_at_rest(&self, now: Instant) -> bool {
        let old = |at: Option<Instant>| at.is_none_or(|at| now - at >= TYPING_EVERY);
        self.wanted.is_none() && old(self.read_at) && old(self.typing_at)
    }
}

/// Show what people do until the process ends. Without it everything else goes on.
pub async fn watch(state: AppState, told: Told) {
    if let Err(error) = run(state, told).await {
        tracing::error!(error = format!("{error:#}"), "customers are shown no signs of reading and writing");
    }
}

async fn run(state: AppState, Told(mut told): Told) -> anyhow::Result<()> {
    let gateway = Arc::new(Gateway::new(&state, state.settings.vendors.http()?));
    let mut lines: HashMap<Place, Line> = HashMap::new();
    let mut calls: JoinSet<(Place, Option<String>)> = JoinSet::new();
    let mut stop = state.stop.subscribe();
    loop {
        let now = Instant::now();
        let mut next = None;
        for line in lines.values_mut() {
            let Some((due, done)) = line.wanted else { continue };
            if due > now || calls.len() >= AT_ONCE {
                next = Some(next.map_or(due, |next: Instant| next.min(due)));
                continue;
            }
            line.wanted = None;
            line.read_at = Some(now);
            let known = line.newest.clone().filter(|_| done.what == Courtesy::Read);
            calls.spawn(show(Arc::clone(&gateway), state.clone(), done, known));
        }
        // With every call taken, the end of one is the next thing that happens.
        let wait = next.filter(|_| calls.len() < AT_ONCE).map(|next| next.saturating_duration_since(now));
        tokio::select! {
            done = told.recv() => match done {
                None => return Ok(()),
                Some(done) => {
                    if lines.len() >= REMEMBERED {
                        lines.retain(|_, line| !line.is_at_rest(now));
                    }
                    let settings = &state.settings.vendors;
                    let wanted = match done.what {
                        Courtesy::Read => settings.mark_read,
                        Courtesy::Typing => settings.show_typing,
                    };
                    if wanted {
                        lines.entry((done.conversation, done.by)).or_default().wish(done, Instant::now());
                    }
                }
            },
            Some(ended) = calls.join_next() => {
                if let Ok((place, Some(newest))) = ended
                    && let Some(line) = lines.get_mut(&place)
                {
                    line.newest = Some(newest);
                }
            }
            () = tokio::time::sleep(wait.unwrap_or(TYPING_EVERY)) => {}
            _ = stop.changed() => return Ok(()),
        }
    }
}

/// Show one sign; the message it was shown at.
async fn show(
    gateway: Arc<Gateway>,
    state: AppState,
    done: Done,
    known: Option<String>,
) -> (Place, Option<String>) {
    let Done { conversation, by, what } = done;
    let place = (conversation, by);
    let newest = match courtesy::newest(&state.db, conversation, by).await {
        Ok(newest) => newest.filter(|newest| known.as_deref() != Some(&newest.vendor_id)),
        Err(error) => {
            tracing::debug!(%error, %conversation, "conversation {conversation}: no sign was shown");
            None
        }
    };
    let Some(newest) = newest else { return (place, None) };
    match gateway.show(newest.channel_id, what, &newest.vendor_id).await {
        Ok(_) => (place, Some(newest.vendor_id)),
        Err(error) => {
            let error = format!("{error:#}");
            tracing::debug!(error, %conversation, "conversation {conversation}: no sign was shown");
            (place, None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(what: Courtesy) -> Done {
        Done { conversation: ConversationId::new(), by: PersonId::new(), what }
    }

    fn due(line: &mut Line) -> Option<(Instant, Courtesy)> {
        line.wanted.take().map(|(due, done)| (due, done.what))
    }

    #[test]
    fn what_is_read_within_two_seconds_is_shown_once_and_not_forgotten() {
        let start = Instant::now();
        let mut line = Line::default();
        line.wish(done(Courtesy::Read), start);
        assert_eq!(due(&mut line), Some((start, Courtesy::Read)));
        line.read_at = Some(start);
        let soon = start + Duration::from_millis(500);
        line.wish(done(Courtesy::Read), soon);
        line.wish(done(Courtesy::Read), soon);
        assert_eq!(due(&mut line), Some((start + READ_EVERY, Courtesy::Read)));
        assert_eq!(due(&mut line), None);
    }

    #[test]
    fn writing_on_and_on_is_one_sign_until_it_has_almost_ended() {
        let start = Instant::now();
        let mut line = Line::default();
        for second in 0..31 {
            line.wish(done(Courtesy::Typing), start + Duration::from_secs(second));
            let shown = due(&mut line).is_some();
            assert_eq!(shown, second % 15 == 0, "second {second}");
        }
    }

    #[test]
    fn writing_shows_reading_too() {
        let now = Instant::now();
        let mut line = Line::default();
        line.wish(done(Courtesy::Typing), now);
        line.wish(done(Courtesy::Read), now);
        assert_eq!(due(&mut line), Some((now, Courtesy::Typing)));
        assert!(!line.is_at_rest(now) && line.is_at_rest(now + TYPING_EVERY));
    }
}
