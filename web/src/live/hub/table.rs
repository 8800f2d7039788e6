//! What the hub's task holds: who sits where, what they are owed, and the telling of it.

mod beside;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

pub use beside::Doing;
use bytestring::ByteString;
use chrono::Utc;
use domain::{ConversationId, List, Permission, PersonId};
use inbox::relay::{self, Batch, Numbered};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use views::{CountsFragment, Template as _, Tx};

use self::beside::{Company, Seat};
use super::{
    HubCommand, Joining, Showing, SocketId,
    showing::{topics_of, watches_alarms},
};
use crate::{
    auth::SignedIn,
    live::{
        Directory, company,
        counts::{self, OpenNow, Saved},
        draw::{Drawing, Eyes, Seen, Topic},
        floor,
        needs::Needs,
        prepare,
        protocol::{self, How, View},
        waiting,
    },
};

/// Floors and lists of what others hold too are told at most this often: one patch for a row or counter that changes
/// faster.
const SLOW: Duration = Duration::from_millis(250);

/// How often open pages renew their people's presence.
const RENEW_EVERY: Duration = Duration::from_secs(15);

/// How often an idle page hears from us: that the line is alive, and how far it has come although nothing was for it.
const HEARTBEAT: Duration = Duration::from_secs(20);

struct Socket {
    viewer: SignedIn,
    tx: Tx,
    showing: Showing,
    seat: Seat,
    views: Vec<Saved>,
    /// The numbers it was told last.
    counts: String,
    frames: mpsc::Sender<ByteString>,
}

impl Socket {
    /// Its person, if it shows what mentions them.
    fn looks_for_mentions(&self) -> Option<PersonId> {
        let list = self.showing.view.list().map(|view| view.list);
        (list == Some(List::Mentions)).then_some(self.viewer.principal.person)
    }

    fn eyes(&self) -> Eyes<'_> {
        Eyes { viewer: &self.viewer.principal, tx: self.tx, showing: &self.showing }
    }
}

pub(super) struct State {
    db: DatabaseConnection,
    directory: Directory,
    sockets: HashMap<SocketId, Socket>,
    topics: HashMap<Topic, HashSet<SocketId>>,
    /// Everything up to here was given to those who are told at once.
    last: i64,
    /// Everything up to here was given to those who are told after a while: floors, and lists of what others hold too.
    slow_last: i64,
    /// What those are owed, and when.
    owed: Needs,
    due: Option<Instant>,
    told: Instant,
    open: OpenNow,
    /// Whether numbers may be other than they were told, and from when on they are read again.
    uncounted: bool,
    count_from: Instant,
    /// Who is told of whom.
    company: Company,
}

impl State {
    pub(super) fn new(
        db: DatabaseConnection,
        open: OpenNow,
        last: i64,
        outlet: mpsc::Sender<String>,
    ) -> Self {
        Self {
            directory: Directory::new(db.clone()),
            db,
            sockets: HashMap::new(),
            topics: HashMap::new(),
            last,
            slow_last: last,
            owed: Needs::default(),
            due: None,
            told: Instant::now(),
            open,
            uncounted: false,
            count_from: Instant::now(),
            company: Company::new(outlet),
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<HubCommand>) {
        let mut renew = interval(RENEW_EVERY);
        let mut heartbeat = interval(HEARTBEAT);
        for timer in [&mut renew, &mut heartbeat] {
            timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            let (due, company_due) = (self.due, self.company.due);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                () = async { sleep_until(due.unwrap_or_else(Instant::now)).await }, if due.is_some() => {
                    self.tell_slow().await;
                }
                () = async { sleep_until(company_due.unwrap_or_else(Instant::now)).await }, if company_due.is_some() => {
                    self.tell_company().await;
                }
                _ = renew.tick() => {
                    self.renew_company();
                    self.renew_presence().await;
                }
                _ = heartbeat.tick() => {
                    self.beat();
                    // A queue's light changes by waiting alone.
                    self.count_again();
                    self.open.keep(&self.db);
                }
            }
        }
    }

    async fn obey(&mut self, command: HubCommand) {
        match command {
            HubCommand::Join(joining) => self.join(*joining),
            HubCommand::Leave(id) => drop(self.leave(id)),
            HubCommand::Does(id, conversation, doing) => self.does(id, conversation, doing),
            HubCommand::Abroad(node, piece) => {
                self.company.hear(node, company::read(&piece), Instant::now());
            }
            HubCommand::Viewer(id, viewer) => {
                if let Some(socket) = self.sockets.get_mut(&id) {
                    let watches = self.topics.entry(Topic::Alarms).or_default();
                    if watches_alarms(&viewer) {
                        watches.insert(id)
                    } else {
                        watches.remove(&id)
                    };
                    if watches.is_empty() {
                        self.topics.remove(&Topic::Alarms);
                    }
                    let has_pages = viewer.principal.holds(Permission::ConversationRead);
                    socket.viewer = viewer;
                    socket.showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
                    // What they see now and did not is in no event, nor what they may do with it. It is said behind all
                    // that was told by their rights of before.
                    if has_pages {
                        self.send(id, ByteString::from(protocol::reset(0)));
                    }
                }
            }
            HubCommand::Numbered(batch) => {
                if let Err(error) = self.follow(batch).await {
                    tracing::error!(%error, "open pages could not be told; they reconnect and catch up");
                    self.close_all();
                }
            }
            HubCommand::Read { by, person, conversation, n } => {
                let frame = ByteString::from(protocol::read(conversation, n));
                for id in self.watchers(Topic::Me(person)) {
                    if id != by {
                        self.send(id, frame.clone());
                    }
                }
            }
            HubCommand::Unread { person, conversation, n } => {
                let frame = ByteString::from(protocol::unread(conversation, n));
                for id in self.watchers(Topic::Me(person)) {
                    self.send(id, frame.clone());
                }
            }
            HubCommand::Draft { person, conversation, note, v } => {
                let frame = ByteString::from(protocol::draft(conversation, note, v));
                for id in self.watchers(Topic::Me(person)) {
                    self.send(id, frame.clone());
                }
            }
            HubCommand::Away => self.close_all(),
        }
    }

    fn join(&mut self, joining: Joining) {
        let Joining { id, viewer, tx, showing, facts, views, comes, frames, joined } = joining;
        let known = self.leave(id);
        // We let go of it a moment ago, and with its queue of what it was to be told. Not answering makes it come back.
        if known.is_none() && !comes {
            return;
        }
        for topic in topics_of(&showing, &viewer) {
            self.topics.entry(topic).or_default().insert(id);
        }
        showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
        if matches!(showing.view, View::Inbox(_)) {
            self.count_again();
        }
        let (seat, counts) = (Seat::new(facts), String::new());
        self.sockets.insert(id, Socket { viewer, tx, showing, seat, views, counts, frames });
        // Also for what is told after a while, though it may be owed some of that yet: who joins reads all of it by
        // themselves, and hears it once more. A page that goes to another list meanwhile lets go of rows of the one before.
        // If it went away in the meantime, its end of the queue tells with the next frame.
        let _ = joined.send(self.last);
    }

    fn leave(&mut self, id: SocketId) -> Option<Socket> {
        let socket = self.sockets.remove(&id)?;
        socket.showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
        for topic in topics_of(&socket.showing, &socket.viewer) {
            if let Some(watchers) = self.topics.get_mut(&topic) {
                watchers.remove(&id);
                if watchers.is_empty() {
                    self.topics.remove(&topic);
                }
            }
        }
        Some(socket)
    }

    fn close_all(&mut self) {
        let shown = self.sockets.values().filter_map(|socket| socket.showing.conversation);
        shown.for_each(|conversation| self.company.owe(conversation));
        // Dropping its queue closes a socket; the page says that it reconnects.
        self.sockets.clear();
        self.topics.clear();
    }

    fn watchers(&self, topic: Topic) -> Vec<SocketId> {
        self.topics.get(&topic).map(|ids| ids.iter().copied().collect()).unwrap_or_default()
    }

    /// Give the events of a batch to whom they concern, and before them whatever other nodes have numbered.
    async fn follow(&mut self, batch: Batch) -> Result<(), DbErr> {
        if batch.after > self.last {
            self.catch_up_with_log(batch.after).await?;
        }
        self.publish(batch.events).await
    }

    async fn catch_up_with_log(&mut self, up_to: i64) -> Result<(), DbErr> {
        while self.last < up_to {
            let mut missed = relay::read_after(&self.db, self.last, relay::MOST).await?;
            missed.events.retain(|event| event.seq <= up_to);
            self.publish(missed.events).await?;
            // Behind the last one may stand some that this version does not know.
            self.last = if missed.more { missed.up_to.min(up_to) } else { up_to };
        }
        Ok(())
    }

    async fn publish(&mut self, events: Vec<Numbered>) -> Result<(), DbErr> {
        let Some(last) = events.last().map(|event| event.seq).filter(|last| *last > self.last) else {
            return Ok(());
        };
        let needs = Needs::of(&events);
        let drawings = prepare::prepare(
            &self.db,
            &self.directory,
            &needs,
            |topic| self.topics.contains_key(&topic),
            Utc::now(),
        )
        .await?;
        self.last = last;
        self.deliver(&drawings);
        if !self.has_slow() {
            self.slow_last = last;
        }
        self.uncounted |= needs.queues || !needs.mentions.is_empty();
        if self.has_slow() || self.has_alarms() || self.topics.contains_key(&Topic::Counts) {
            self.owed.merge(needs);
            let earliest = self.told + SLOW;
            self.due.get_or_insert(earliest);
            if earliest <= Instant::now() {
                self.tell_slow().await;
            }
        }
        Ok(())
    }

    fn has_slow(&self) -> bool {
        self.topics.contains_key(&Topic::Floor) || self.topics.contains_key(&Topic::Lists)
    }

    fn has_alarms(&self) -> bool {
        self.topics.contains_key(&Topic::Alarms)
    }

    /// Tell the floor, lists and counters what they are owed.
    async fn tell_slow(&mut self) {
        self.due = None;
        self.told = Instant::now();
        let (owed, up_to) = (std::mem::take(&mut self.owed), self.last);
        if owed.queues && self.topics.contains_key(&Topic::Waiting) {
            match waiting::prepare(&self.db, up_to, Utc::now()).await {
                Ok(drawing) => self.deliver(&[drawing]),
                // The button is told with the next change; taking the next one does not depend on it.
                Err(error) => tracing::warn!(%error, "how many wait could not be told"),
            }
        }
        let drawings = if self.has_slow() || self.has_alarms() {
            self.draw_slow(&owed, up_to).await
        } else {
            Ok(Vec::new())
        };
        self.slow_last = up_to;
        match drawings {
            Ok(drawings) => self.deliver(&drawings),
            Err(error) => {
                tracing::error!(%error, "floors and lists could not be told; their pages reconnect and catch up");
                for id in
                    [Topic::Floor, Topic::Lists, Topic::Alarms].map(|topic| self.watchers(topic)).concat()
                {
                    self.leave(id);
                }
            }
        }
        self.tell_counts().await;
    }

    async fn draw_slow(&self, owed: &Needs, up_to: i64) -> Result<Vec<Drawing>, DbErr> {
        let now = Utc::now();
        let lines = prepare::lines(&self.db, owed).await?;
        let mut drawings = Vec::new();
        if self.topics.contains_key(&Topic::Floor) {
            drawings = floor::prepare(&self.db, owed, &lines, up_to, now).await?;
        }
        if self.has_alarms() {
            drawings.extend(floor::alarms(owed, &lines, now));
        }
        if self.topics.contains_key(&Topic::Lists) {
            let showing = self.watchers(Topic::Lists).into_iter().filter_map(|id| self.sockets.get(&id));
            let mentioned: Vec<PersonId> = showing.filter_map(Socket::looks_for_mentions).collect();
            drawings.extend(prepare::lists(&self.db, &lines, owed, &mentioned, now).await?);
        }
        Ok(drawings)
    }

    /// Have the numbers read and told anew as soon as they may be.
    fn count_again(&mut self) {
        self.uncounted = true;
        self.due.get_or_insert(self.told + SLOW);
    }

    /// Tell each page its numbers, if they are others than it knows.
    async fn tell_counts(&mut self) {
        let watchers = self.watchers(Topic::Counts);
        if !self.uncounted || watchers.is_empty() {
            return;
        }
        if Instant::now() < self.count_from {
            self.due.get_or_insert(self.count_from);
            return;
        }
        let version = self.last;
        let begun = Instant::now();
        let open = match self.open.read(&self.db).await {
            Ok(open) => open,
            Err(error) => {
                return tracing::warn!(%error, "counters could not be told; the next change tells them");
            }
        };
        self.uncounted = false;
        let now = Utc::now();
        for id in watchers {
            let Some(socket) = self.sockets.get_mut(&id) else { continue };
            let counts = counts::of(&open, &socket.viewer.principal, &socket.views, version, now);
            let told = counts.json();
            if told == socket.counts {
                continue;
            }
            socket.counts = told;
            match (CountsFragment { counts: &counts }).render() {
                Ok(html) => {
                    let update = protocol::update("counts", How::Morph, &html);
                    let frame = protocol::frame(self.cursor_of(id), [update.as_str()]);
                    self.send(id, ByteString::from(frame));
                }
                Err(error) => tracing::error!(%error, "counters could not be drawn"),
            }
        }
        self.count_from = Instant::now() + counts::rest(begun.elapsed());
    }

    /// One frame for each socket, with all that concerns it.
    fn deliver(&mut self, drawings: &[Drawing]) {
        let mut frames: HashMap<SocketId, Vec<std::rc::Rc<str>>> = HashMap::new();
        let mut gone = HashSet::new();
        for drawing in drawings {
            if let Some((conversation, facts)) = drawing.facts() {
                self.learn(conversation, facts);
            }
            let Some(watchers) = self.topics.get(&drawing.topic) else { continue };
            for id in watchers {
                let Some(socket) = self.sockets.get(id) else { continue };
                match drawing.for_viewer(socket.eyes()) {
                    Seen::Update(update) => frames.entry(*id).or_default().push(update),
                    Seen::Gone(conversation) => {
                        if gone.insert((*id, conversation)) {
                            frames.entry(*id).or_default().push(protocol::gone(conversation).into());
                        }
                    }
                    Seen::Nothing => {}
                }
            }
        }
        for (id, conversation) in gone {
            self.take_away(id, conversation);
        }
        for (id, updates) in frames {
            let seq = self.cursor_of(id);
            let frame = protocol::frame(seq, updates.iter().map(AsRef::as_ref));
            self.send(id, ByteString::from(frame));
        }
    }

    /// A conversation that went out of somebody's sight is told once, and after that nothing tells that it lives on.
    fn take_away(&mut self, id: SocketId, conversation: ConversationId) {
        if let Some(watchers) = self.topics.get_mut(&Topic::Thread(conversation)) {
            watchers.remove(&id);
            if watchers.is_empty() {
                self.topics.remove(&Topic::Thread(conversation));
            }
        }
        if let Some(socket) = self.sockets.get_mut(&id) {
            (socket.showing.conversation, socket.seat) = (None, Seat::default());
        }
        self.company.owe(conversation);
    }

    fn cursor_of(&self, id: SocketId) -> i64 {
        let slow = self.sockets.get(&id).is_some_and(|socket| socket.showing.is_slow());
        if slow { self.slow_last } else { self.last }
    }

    /// A full queue closes its socket: a dropped frame would go unnoticed, a reconnect catches up.
    fn send(&mut self, id: SocketId, frame: ByteString) {
        let full = self.sockets.get(&id).is_some_and(|socket| socket.frames.try_send(frame).is_err());
        if full {
            metrics::counter!("bandeja_pages_let_go_total", "why" => "behind").increment(1);
            tracing::info!(socket = id, "socket {id} fell behind and is closed");
            self.leave(id);
        }
    }

    /// Through the queues, so that the cursor never runs ahead of the frames it counts.
    fn beat(&mut self) {
        let ids: Vec<SocketId> = self.sockets.keys().copied().collect();
        let now = Utc::now();
        for id in ids {
            self.send(id, ByteString::from(protocol::heartbeat(self.cursor_of(id), now)));
        }
    }

    async fn renew_presence(&self) {
        let people: HashSet<PersonId> =
            self.sockets.values().map(|socket| socket.viewer.principal.person).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        if let Err(error) = inbox::presence::renew(&self.db, &people).await {
            tracing::warn!(%error, "presence could not be renewed; it is tried again before it runs out");
        }
    }
}
