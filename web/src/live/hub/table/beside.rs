//! The hub's part about who else has a conversation open: told over the sockets that are there already, at most a few
//! times a second, to other nodes too.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bytestring::ByteString;
use domain::{ConversationFacts, ConversationId};
use tokio::{sync::mpsc, time::Instant};
use uuid::Uuid;
use views::{Companion, CompanyFragment, PersonTag, Template as _};

use super::{SocketId, State, Topic};
use crate::live::{
    company::{self, Look, Lookers, Told},
    protocol::{self, How},
};

/// Colleagues are told at most this often.
const EVERY: Duration = Duration::from_millis(150);
/// Who writes says so every four seconds; silent for longer, they have stopped.
const TYPING: Duration = Duration::from_secs(6);
/// When a name was not known yet.
const AGAIN: Duration = Duration::from_secs(1);
/// What another node said is believed for so long; it says it again with every renewal of presence.
const BELIEVED: Duration = Duration::from_secs(40);

/// What somebody does with the conversation on their screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It is before their eyes.
    Looking,
    /// The page is hidden behind others.
    Away,
    /// They write.
    Typing,
    /// They have sent it, or left it.
    Resting,
    /// They may not see it any more.
    Gone,
}

/// What one socket does in the conversation it shows.
#[derive(Debug, Default)]
pub(super) struct Seat {
    /// What the access rule has to know; `None` without a conversation.
    pub facts: Option<ConversationFacts>,
    away: bool,
    typing_until: Option<Instant>,
    told: Vec<Look>,
}

impl Seat {
    pub fn new(facts: Option<ConversationFacts>) -> Self {
        Self { facts, ..Self::default() }
    }
}

/// Whom the hub has to tell, and what other nodes told.
pub(super) struct Company {
    owed: HashSet<ConversationId>,
    /// When there is something to do again.
    pub due: Option<Instant>,
    told_at: Instant,
    abroad: HashMap<ConversationId, HashMap<Uuid, (Instant, Vec<Look>)>>,
    outlet: mpsc::Sender<String>,
}

impl Company {
    pub fn new(outlet: mpsc::Sender<String>) -> Self {
        let owed = HashSet::new();
        Self { owed, due: None, told_at: Instant::now(), abroad: HashMap::new(), outlet }
    }

    /// Somebody came, went, or does something else there.
    pub fn owe(&mut self, conversation: ConversationId) {
        self.owed.insert(conversation);
        self.wake_by(self.told_at + EVERY);
    }

    fn wake_by(&mut self, at: Instant) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    fn of_others(&self, conversation: ConversationId, now: Instant) -> impl Iterator<Item = Look> {
        let nodes = self.abroad.get(&conversation).into_iter().flat_map(HashMap::values);
        nodes.filter(move |(at, _)| now - *at < BELIEVED).flat_map(|(_, looks)| looks).copied()
    }

    /// What a whole piece of another node's says.
    pub fn hear(&mut self, node: Uuid, told: Told, now: Instant) {
        for (conversation, looks) in told {
            let nodes = self.abroad.entry(conversation).or_default();
            if looks.is_empty() {
                nodes.remove(&node);
            } else {
                nodes.insert(node, (now, looks));
            }
            if nodes.is_empty() {
                self.abroad.remove(&conversation);
            }
            self.owe(conversation);
        }
    }

    fn forget_silent_nodes(&mut self, now: Instant) {
        let mut changed = Vec::new();
        self.abroad.retain(|conversation, nodes| {
            let before = nodes.len();
            nodes.retain(|_, (at, _)| now - *at < BELIEVED);
            if nodes.len() != before {
                changed.push(*conversation);
            }
            !nodes.is_empty()
        });
        changed.into_iter().for_each(|conversation| self.owe(conversation));
    }

    /// Best effort: what is lost is said again with the next renewal.
    fn tell_others(&self, told: Told) {
        for piece in company::pieces(told) {
            if self.outlet.try_send(piece).is_err() {
                return;
            }
        }
    }
}

impl State {
    /// Somebody does something else with the conversation on their screen.
    pub(super) fn does(&mut self, id: SocketId, conversation: ConversationId, doing: Doing) {
        let Some(socket) = self.sockets.get_mut(&id) else { return };
        if socket.showing.conversation != Some(conversation) {
            return;
        }
        let seat = &mut socket.seat;
        match doing {
            Doing::Looking => seat.away = false,
            Doing::Away => (seat.away, seat.typing_until) = (true, None),
            Doing::Typing => (seat.away, seat.typing_until) = (false, Some(Instant::now() + TYPING)),
            Doing::Resting => seat.typing_until = None,
            Doing::Gone => self.take_away(id, conversation),
        }
        self.company.owe(conversation);
    }

    /// Who it belongs to has changed, and with that perhaps who may see it.
    pub(super) fn learn(&mut self, conversation: ConversationId, facts: &ConversationFacts) {
        let mut changed = false;
        for id in self.topics.get(&Topic::Thread(conversation)).into_iter().flatten() {
            let Some(socket) = self.sockets.get_mut(id) else { continue };
            if socket.seat.facts.as_ref() != Some(facts) {
                socket.seat.facts = Some(facts.clone());
                changed = true;
            }
        }
        if changed {
            self.company.owe(conversation);
        }
    }

    fn lookers(&self, conversation: ConversationId) -> Lookers {
        let mut all = Lookers::default();
        for id in self.topics.get(&Topic::Thread(conversation)).into_iter().flatten() {
            let Some(socket) = self.sockets.get(id).filter(|socket| !socket.seat.away) else { continue };
            let typing = socket.seat.typing_until.is_some();
            let look = socket
                .seat
                .facts
                .as_ref()
                .and_then(|facts| Look::of(&socket.viewer.principal, facts, typing));
            look.into_iter().for_each(|look| all.add(look));
        }
        all
    }

    /// Tell whoever is owed something, and other nodes.
    pub(super) async fn tell_company(&mut self) {
        let now = Instant::now();
        (self.company.due, self.company.told_at) = (None, now);
        for socket in self.sockets.values_mut() {
            if socket.seat.typing_until.is_some_and(|until| until <= now) {
                socket.seat.typing_until = None;
                self.company.owed.extend(socket.showing.conversation);
            }
        }
        let owed = std::mem::take(&mut self.company.owed);
        let names = match self.directory.names().await {
            Ok(names) => names,
            Err(error) => {
                tracing::warn!(%error, "colleagues could not be told of each other");
                return;
            }
        };
        let mut abroad = Told::new();
        for conversation in owed {
            let mut nameless = false;
            let here = self.lookers(conversation);
            abroad.push((conversation, here.all()));
            let mut all = here;
            self.company.of_others(conversation, now).for_each(|look| all.add(look));
            for id in self.watchers(Topic::Thread(conversation)) {
                let Some(socket) = self.sockets.get_mut(&id) else { continue };
                let Some(facts) = &socket.seat.facts else { continue };
                let mut told = all.beside(&socket.viewer.principal, facts);
                // Names are some seconds old: who has just been created is told of as soon as theirs is known.
                let known = told.len();
                told.retain(|look| !names.person(look.person).is_empty());
                nameless |= known != told.len();
                if told == socket.seat.told {
                    continue;
                }
                let company: Vec<Companion> = told
                    .iter()
                    .map(|look| Companion {
                        person: PersonTag { id: look.person, name: names.person(look.person) },
                        typing: look.typing,
                    })
                    .collect();
                socket.seat.told = told;
                let tx = socket.tx;
                match (CompanyFragment { tx, conversation, company: &company }).render() {
                    Ok(html) => {
                        let update = protocol::update(&format!("company-{conversation}"), How::Morph, &html);
                        let frame = protocol::frame(self.cursor_of(id), [update.as_str()]);
                        self.send(id, ByteString::from(frame));
                    }
                    Err(error) => tracing::error!(%error, "who else is there could not be drawn"),
                }
            }
            if nameless {
                self.company.owed.insert(conversation);
                self.company.wake_by(now + AGAIN);
            }
        }
        self.company.tell_others(abroad);
        if let Some(next) = self.sockets.values().filter_map(|socket| socket.seat.typing_until).min() {
            self.company.wake_by(next);
        }
    }

    /// Tell other nodes again what they may have missed, and forget those that say nothing any more.
    pub(super) fn renew_company(&mut self) {
        self.company.forget_silent_nodes(Instant::now());
        let shown: Vec<ConversationId> = self
            .topics
            .keys()
            .filter_map(|topic| match topic {
                Topic::Thread(conversation) => Some(*conversation),
                _ => None,
            })
            .collect();
        let told = shown.into_iter().map(|conversation| (conversation, self.lookers(conversation).all()));
        let told: Told = told.filter(|(_, looks)| !looks.is_empty()).collect();
        self.company.tell_others(told);
    }
}
