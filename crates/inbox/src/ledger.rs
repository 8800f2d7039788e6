//! The inbound ledger: a webhook is acknowledged only after its bytes are durable.
//!
//! While one commit runs the next batch gathers, so no timer is needed: an idle system commits one receipt at once, a
//! busy one commits hundreds together.

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Statement};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::Wakes;

/// Where a webhook came in; decides how it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Meta's events of all WhatsApp Cloud channels.
    Whatsapp,
    /// Twilio's inbound messages.
    TwilioMessage,
    /// Twilio's status callbacks.
    TwilioStatus,
    /// Messages that Twilio lists and its webhooks did not bring.
    TwilioListed,
}

impl Source {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Whatsapp, Self::TwilioMessage, Self::TwilioStatus, Self::TwilioListed];

    /// The word in `receipt.source`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::TwilioMessage => "twilio_message",
            Self::TwilioStatus => "twilio_status",
            Self::TwilioListed => "twilio_listed",
        }
    }

    /// The source behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// A verified webhook on its way into the ledger.
#[derive(Debug)]
pub struct Receipt {
    /// Where it came in.
    pub source: Source,
    /// The query string of the request; Twilio's status URL carries our message id there.
    pub query: String,
    /// The body, byte for byte.
    pub body: Vec<u8>,
}

/// Why a webhook could not be taken. The vendor is told to come again.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// More webhooks wait than the ledger holds in memory.
    #[error("the ledger is full")]
    Full,
    /// Postgres is away or refused.
    #[error("the receipt could not be committed")]
    NotCommitted,
}

/// The most receipts in one commit, and the most bytes.
const MOST_ROWS: usize = 500;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// How many webhooks may wait for a commit.
const WAITING: usize = 4096;

type Waiting = (Receipt, oneshot::Sender<Result<(), NotTaken>>);

/// A handle to the ledger's writer. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Waiting>,
}

impl Ledger {
    /// Start the writer. Its task ends when the last handle is dropped and everything taken is committed; one that ends
    /// with an error has broken off, and nothing is taken any more.
    pub fn start(db: DatabaseConnection, wakes: Wakes) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(WAITING);
        let writer = tokio::spawn(write_batches(db, wakes, waiting));
        (Self { queue }, writer)
    }

    /// Commit a receipt. When this returns `Ok`, the bytes survive a power cut.
    ///
    /// # Errors
    /// See [`NotTaken`]; nothing may be acknowledged then.
    pub async fn take(&self, receipt: Receipt) -> Result<(), NotTaken> {
        let (done, committed) = oneshot::channel();
        self.queue.try_send((receipt, done)).map_err(|_| NotTaken::Full)?;
        committed.await.unwrap_or(Err(NotTaken::NotCommitted))
    }
}

async fn write_batches(db: DatabaseConnection, wakes: Wakes, mut waiting: mpsc::Receiver<Waiting>) {
    while let Some(first) = waiting.recv().await {
        let mut bytes = first.0.body.len();
        let mut batch = vec![first];
        while batch.len() < MOST_ROWS && bytes < MOST_BYTES {
            let Ok(next) = waiting.try_recv() else { break };
            bytes += next.0.body.len();
            batch.push(next);
        }
        let (receipts, waiters): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let committed = insert(&db, receipts).await;
        if let Err(error) = &committed {
            tracing::error!(receipts = waiters.len(), %error, "receipts could not be committed; vendors are told to repeat");
        }
        for waiter in waiters {
            // A vendor that hung up in the meantime will repeat; the receipt is there either way.
            let _ = waiter.send(committed.as_ref().map(|_| ()).map_err(|_| NotTaken::NotCommitted));
        }
        if committed.is_ok() {
            wakes.apply();
        }
    }
}

/// One statement, one commit.
async fn insert(db: &impl ConnectionTrait, receipts: Vec<Receipt>) -> Result<(), DbErr> {
    let sources: Vec<String> = receipts.iter().map(|r| r.source.as_str().to_owned()).collect();
    let (queries, bodies): (Vec<String>, Vec<Vec<u8>>) =
        receipts.into_iter().map(|r| (r.query, r.body)).unzip();
    db.execute_raw(Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        "insert into receipt (source, query, body)
         select source, query, body
         from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality as row(source, query, body, n)
         order by n",
        [sources.into(), queries.into(), bodies.into()],
    ))
    .await?;
    Ok(())
}
