//! Who shows what, and what they are told. One task owns it all; sockets hold the other end of a bounded queue.

mod showing;
mod table;

use std::sync::Arc;

use anyhow::Context as _;
use bytestring::ByteString;
use domain::{ConversationFacts, ConversationId, PersonId};
use inbox::{
    Wakes,
    relay::{self, Batch},
};
pub use showing::Showing;
pub use table::Doing;
use table::State;
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use views::Tx;

use super::{
    Pulse,
    counts::{OpenNow, Saved},
};
use crate::{auth::SignedIn, database, settings::DatabaseSettings, vital::Vital};

/// How many frames may wait for one socket. A page that falls behind is closed and catches up.
pub const QUEUE: usize = 256;

/// How many commands may wait for the hub.
const COMMANDS: usize = 1024;

/// How much may wait for other nodes; more is dropped, and said again later.
const ABROAD: usize = 64;

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
    /// The views that its person saved.
    pub views: Vec<Saved>,
    /// Whether it comes only now, or shows something else.
    pub comes: bool,
    /// Where frames go from now on. A queue of its own for what is shown now: what was said before is about what was shown
    /// before.
    pub frames: mpsc::Sender<ByteString>,
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
    /// A person took their reading of a conversation back.
    Unread {
        /// Who.
        person: PersonId,
        /// What.
        conversation: ConversationId,
        /// Up to where it is read now.
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
    /// All that is open, for counting.
    pub open: OpenNow,
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
        let hub = Self {
            commands,
            abroad: Arc::new(Mutex::new(abroad)),
            pulse: Pulse::start(),
            open: OpenNow::default(),
        };
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
                            let handle_open = handle.open.clone();
                            let numbering =
                                super::relay::run(db.clone(), wakes, handle.clone(), handle.pulse, stop);
                            let state = State::new(db, handle_open, last, outlet);
                            tokio::join!(state.run(inbox), numbering);
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
