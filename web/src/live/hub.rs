//! Who shows what, and what they are told. One task owns it all; sockets hold the other end of a bounded queue.

mod beside;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
pub use beside::Doing;
use bytestring::ByteString;
use chrono::Utc;
use domain::{ConversationFacts, ConversationId, PersonId};
use inbox::{
    Wakes,
    relay::{self, Batch, Numbered},
};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::{
    sync::{Mutex, mpsc, oneshot, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use views::Tx;

use self::beside::{Company, Seat};
use super::{
    Directory, Pulse, company,
    draw::{self, Drawing, Seen, Topic},
    floor,
    needs::Needs,
    protocol::{self, View},
    waiting,
};
use crate::{auth::SignedIn, database, settings::DatabaseSettings, vital::Vital};

/// How many frames may wait for one socket. A page that falls behind is closed and catches up.
pub const QUEUE: usize = 256;
/// The floor is told at most this often: one patch for a row or counter that changes faster.
const FLOOR_EVERY: Duration = Duration::from_millis(250);
/// How often open pages renew their people's presence.
const RENEW_EVERY: Duration = Duration::from_secs(15);
/// How often an idle page hears from us: that the line is alive, and how far it has come although nothing was for it.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// How many commands may wait for the hub.
const COMMANDS: usize = 1024;
/// How much may wait for other nodes; more is dropped, and said again later.
const ABROAD: usize = 64;

/// What one socket shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing {
    /// The list or board.
    pub view: View,
    /// The open conversation.
    pub conversation: Option<ConversationId>,
}

impl Showing {
    /// What it is interested in, for a person.
    pub fn topics(self, person: PersonId) -> impl Iterator<Item = Topic> {
        let view = match self.view {
            View::Mine => Some(Topic::Mine(person)),
            View::Floor => Some(Topic::Floor),
            View::Nothing => None,
        };
        let waiting = (self.view == View::Mine).then_some(Topic::Waiting);
        [Some(Topic::Me(person)), view, waiting, self.conversation.map(Topic::Thread)].into_iter().flatten()
    }
}

/// A number for a socket of this node.
pub type SocketId = u64;

/// A socket that wants to be told.
pub struct Joining {
    /// Its number.
    pub id: SocketId,
    /// Who sits there.
    pub viewer: SignedIn,
    /// In which words.
    pub tx: Tx,
    /// What it shows.
    pub showing: Showing,
    /// What the access rule knows about the open conversation.
    pub facts: Option<ConversationFacts>,
    /// Where frames go; `None` for a socket that is known and only shows something else now.
    pub frames: Option<mpsc::Sender<ByteString>>,
    /// Told from which cursor on frames will come.
    pub joined: oneshot::Sender<i64>,
}

/// What the hub is told.
pub enum HubCommand {
    /// A socket came, or shows something else now.
    Join(Box<Joining>),
    /// A socket went.
    Leave(SocketId),
    /// Somebody does something else with the conversation they have open.
    Does(SocketId, ConversationId, Doing),
    /// What another node says of who looks there.
    Abroad(uuid::Uuid, String),
    /// Somebody's rights changed.
    Viewer(SocketId, SignedIn),
    /// Events were numbered on this node, or the relay only looked.
    Numbered(Batch),
    /// A person read a conversation in one of their tabs.
    Read {
        /// In which.
        by: SocketId,
        /// Who.
        person: PersonId,
        /// What.
        conversation: ConversationId,
        /// Up to where.
        n: i64,
    },
    /// A person's draft changed in one of their tabs.
    Draft {
        /// Whose.
        person: PersonId,
        /// Of which conversation.
        conversation: ConversationId,
        /// A note; otherwise an answer.
        note: bool,
        /// Which version it is now.
        v: i64,
    },
    /// The database is away: pages are closed, say so, and come back by themselves.
    Away,
}

/// A handle to the hub. Cloning is cheap.
#[derive(Clone)]
pub struct Hub {
    commands: mpsc::Sender<HubCommand>,
    abroad: Arc<Mutex<mpsc::Receiver<String>>>,
    /// Beats while the relay goes on.
    pub pulse: Pulse,
}

impl Hub {
    /// Start the hub and the relay of this node, on a thread of their own: what they draw is shared without locks, and
    /// their few connections commit without waiting for the disk, because a number that is lost is given again.
    ///
    /// # Errors
    /// When the thread can't start or the database does not answer.
    pub async fn start(
        database: DatabaseSettings,
        wakes: Wakes,
        stop: watch::Receiver<bool>,
    ) -> anyhow::Result<Self> {
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let (outlet, abroad) = mpsc::channel(ABROAD);
        let hub = Self { commands, abroad: Arc::new(Mutex::new(abroad)), pulse: Pulse::start() };
        let (started, has_started) = oneshot::channel();
        let handle = hub.clone();
        std::thread::Builder::new()
            .name("live".to_owned())
            .spawn(move || {
                let _vital = Vital("the live thread");
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let runtime = match runtime {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(started.send(Err(error.into()))),
                };
                runtime.block_on(async move {
                    let opened = async {
                        let db = database::open_asynchronous(&database).await?;
                        let last = relay::cursor(&db).await.context("read the cursor")?;
                        anyhow::Ok((db, last))
                    };
                    match opened.await {
                        Ok((db, last)) => {
                            let _ = started.send(Ok(()));
                            let numbering =
                                super::relay::run(db.clone(), wakes, handle.clone(), handle.pulse, stop);
                            let directory = Directory::new(db.clone());
                            tokio::join!(State::new(db, directory, last, outlet).run(inbox), numbering);
                        }
                        Err(error) => drop(started.send(Err(error))),
                    }
                });
            })
            .context("start the live thread")?;
        has_started.await.context("the live thread ended")??;
        Ok(hub)
    }

    /// What other nodes should hear of who looks here: one piece of it, as soon as there is one.
    pub async fn for_others(&self) -> String {
        match self.abroad.lock().await.recv().await {
            Some(piece) => piece,
            // The hub has ended with the process.
            None => std::future::pending().await,
        }
    }

    /// Tell the hub something. Waits while it is busy; nobody's frames are lost by waiting.
    pub async fn tell(&self, command: HubCommand) {
        // A hub that is gone has ended with the process.
        let _ = self.commands.send(command).await;
    }
}

struct Socket {
    viewer: SignedIn,
    tx: Tx,
    showing: Showing,
    seat: Seat,
    frames: mpsc::Sender<ByteString>,
}

struct State {
    db: DatabaseConnection,
    directory: Directory,
    sockets: HashMap<SocketId, Socket>,
    topics: HashMap<Topic, HashSet<SocketId>>,
    /// Everything up to here was given to inbox sockets.
    last: i64,
    /// Everything up to here was given to floor sockets.
    floor_last: i64,
    /// What the floor is owed, and when.
    floor_owed: Needs,
    floor_due: Option<Instant>,
    floor_told: Instant,
    /// Who is told of whom.
    company: Company,
}

impl State {
    fn new(db: DatabaseConnection, directory: Directory, last: i64, outlet: mpsc::Sender<String>) -> Self {
        Self {
            db,
            directory,
            sockets: HashMap::new(),
            topics: HashMap::new(),
            last,
            floor_last: last,
            floor_owed: Needs::default(),
            floor_due: None,
            floor_told: Instant::now(),
            company: Company::new(outlet),
        }
    }

    async fn run(mut self, mut commands: mpsc::Receiver<HubCommand>) {
        let mut renew = interval(RENEW_EVERY);
        let mut heartbeat = interval(HEARTBEAT);
        for timer in [&mut renew, &mut heartbeat] {
            timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        loop {
            let (floor_due, company_due) = (self.floor_due, self.company.due);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                () = async { sleep_until(floor_due.unwrap_or_else(Instant::now)).await }, if floor_due.is_some() => {
                    self.tell_floor().await;
                }
                () = async { sleep_until(company_due.unwrap_or_else(Instant::now)).await }, if company_due.is_some() => {
                    self.tell_company().await;
                }
                _ = renew.tick() => {
                    self.renew_company();
                    self.renew_presence().await;
                }
                _ = heartbeat.tick() => self.beat(),
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
                    socket.viewer = viewer;
                    socket.showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
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
        let Joining { id, viewer, tx, showing, facts, frames, joined } = joining;
        let known = self.leave(id);
        // Unknown and without a queue: we let go of it a moment ago. Not answering tells it to come back.
        let Some(frames) = frames.or_else(|| known.map(|socket| socket.frames)) else { return };
        for topic in showing.topics(viewer.principal.person) {
            self.topics.entry(topic).or_default().insert(id);
        }
        showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
        self.sockets.insert(id, Socket { viewer, tx, showing, seat: Seat::new(facts), frames });
        // Also for the floor, though it may be owed some of that yet: who joins reads all of it by themselves.
        // If it went away in the meantime, its end of the queue tells with the next frame.
        let _ = joined.send(self.last);
    }

    fn leave(&mut self, id: SocketId) -> Option<Socket> {
        let socket = self.sockets.remove(&id)?;
        socket.showing.conversation.into_iter().for_each(|talk| self.company.owe(talk));
        for topic in socket.showing.topics(socket.viewer.principal.person) {
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
        let drawings = draw::prepare(
            &self.db,
            &self.directory,
            &needs,
            |topic| self.topics.contains_key(&topic),
            Utc::now(),
        )
        .await?;
        self.last = last;
        self.deliver(&drawings);
        self.floor_last = if self.topics.contains_key(&Topic::Floor) { self.floor_last } else { last };
        if self.topics.contains_key(&Topic::Floor)
            || (self.topics.contains_key(&Topic::Waiting) && needs.queues)
        {
            self.floor_owed.merge(needs);
            let earliest = self.floor_told + FLOOR_EVERY;
            self.floor_due.get_or_insert(earliest);
            if earliest <= Instant::now() {
                self.tell_floor().await;
            }
        }
        Ok(())
    }

    async fn tell_floor(&mut self) {
        self.floor_due = None;
        self.floor_told = Instant::now();
        let (owed, up_to) = (std::mem::take(&mut self.floor_owed), self.last);
        if owed.queues && self.topics.contains_key(&Topic::Waiting) {
            match waiting::prepare(&self.db, up_to, Utc::now()).await {
                Ok(drawing) => self.deliver(&[drawing]),
                // The button is told with the next change; taking the next one does not depend on it.
                Err(error) => tracing::warn!(%error, "how many wait could not be told"),
            }
        }
        if !self.topics.contains_key(&Topic::Floor) {
            self.floor_last = up_to;
            return;
        }
        match floor::prepare(&self.db, &owed, up_to, Utc::now()).await {
            Ok(drawings) => {
                self.floor_last = up_to;
                self.deliver(&drawings);
            }
            Err(error) => {
                tracing::error!(%error, "the floor could not be told; its pages reconnect and catch up");
                self.floor_last = up_to;
                for id in self.watchers(Topic::Floor) {
                    self.leave(id);
                }
            }
        }
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
                match drawing.for_viewer(&socket.viewer.principal, socket.tx) {
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
        match self.sockets.get(&id).map(|socket| socket.showing.view) {
            Some(View::Floor) => self.floor_last,
            _ => self.last,
        }
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
        for id in ids {
            self.send(id, ByteString::from(protocol::heartbeat(self.cursor_of(id))));
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
