//! The phone app beside us echoes what we send too, now and then before the vendor has answered us: it stays one message.

use std::sync::{Arc, Mutex};

use chrono::Utc;
use domain::{
    ChannelId, ConversationId, DeliveryState, MessageId, Principal,
    outbound::{Outbound, SendOutcome, Ticket},
};
use inbox::{
    applier,
    reply::{self, Draft},
    sending::{ChannelSender, Transmit},
};
use sea_orm::{DatabaseConnection, TransactionTrait as _};
use serde_json::json;
use testing::{PHONE_NUMBER_ID, WABA, meta};
use uuid::Uuid;

use crate::books::{Books, LUCIA};

/// What comes in while the vendor has our message and has not answered yet.
#[derive(Debug, Clone, Copy)]
enum Early {
    Echo,
    StatusByOurs,
    StatusByTheirs,
}

/// A vendor whose webhooks are faster than its answers.
struct Hasty {
    db: DatabaseConnection,
    early: Vec<Early>,
    answers: bool,
    sent: Mutex<Vec<Ticket>>,
}

fn echo(vendor_id: &str, text: &str) -> Vec<u8> {
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5115550100", "phone_number_id": PHONE_NUMBER_ID},
        "message_echoes": [{"from": "5115550100", "to": LUCIA, "id": vendor_id,
            "timestamp": Utc::now().timestamp().to_string(), "type": "text", "text": {"body": text}}]});
    let entry = json!({"id": WABA, "changes": [{"field": "smb_message_echoes", "value": value}]});
    serde_json::to_vec(&json!({"object": "whatsapp_business_account", "entry": [entry]})).unwrap()
}

fn status(vendor_id: &str, state: &str, ours: Option<Ticket>) -> Vec<u8> {
    let ours = ours.map(|ticket| ticket.to_string());
    meta::statuses(&[meta::status(vendor_id, state, Utc::now().timestamp(), ours.as_deref())])
}

async fn hear(db: &DatabaseConnection, body: Vec<u8>) {
    use sea_orm::ConnectionTrait as _;
    let statement = sea_orm::Statement::from_sql_and_values(
        sea_orm::DatabaseBackend::Postgres,
        "insert into receipt (source, query, body) values ('whatsapp', '', $1)",
        [body.into()],
    );
    db.execute_raw(statement).await.unwrap();
    while applier::step(db, Utc::now()).await.unwrap().receipts > 0 {}
}

fn vendor_id(message: MessageId) -> String {
    format!("wamid.{message}")
}

impl Transmit for Hasty {
    async fn send(&self, _: ChannelId, message: &Outbound) -> SendOutcome {
        let ticket = Ticket { message: message.message, attempt: Some(message.attempt) };
        let id = vendor_id(message.message);
        for early in &self.early {
            let body = match early {
                Early::Echo => echo(&id, message.content.text().unwrap()),
                Early::StatusByOurs => status(&id, "sent", Some(ticket)),
                Early::StatusByTheirs => status(&id, "sent", None),
            };
            hear(&self.db, body).await;
        }
        self.sent.lock().unwrap().push(ticket);
        if self.answers {
            SendOutcome::Accepted { vendor_id: id, held: None }
        } else {
            SendOutcome::Uncertain { reason: "the answer was lost".into() }
        }
    }
}

struct Desk {
    books: Books,
    gabriela: Principal,
    talk: ConversationId,
    sender: Uuid,
}

impl Desk {
    async fn open() -> Self {
        let books = Books::open().await;
        let gabriela = books.world.supervisor("Gabriela").await;
        let hola = meta::text(LUCIA, "wamid.hers", Utc::now().timestamp(), "¿Atienden hoy?");
        hear(books.db(), meta::messages(&[hola])).await;
        let talk = ConversationId(books.one("select id from conversation").await);
        Self { books, gabriela, talk, sender: Uuid::now_v7() }
    }

    /// Gabriela answers; what came of it.
    async fn answers(&self, early: &[Early], answers: bool) -> (MessageId, Ticket) {
        let (db, now) = (self.books.db(), Utc::now());
        let tx = db.begin().await.unwrap();
        let draft = Draft::text(self.talk, Uuid::now_v7(), "Sí, hasta las 8");
        let message = reply::submit(&tx, &self.gabriela, draft, now).await.unwrap().message;
        tx.commit().await.unwrap();
        let vendor =
            Arc::new(Hasty { db: db.clone(), early: early.to_vec(), answers, sent: Mutex::default() });
        let channel = self.books.world.whatsapp;
        let mut sender = ChannelSender::new(db.clone(), Arc::clone(&vendor), channel, self.sender);
        sender.until_idle(now).await.unwrap();
        let sent = vendor.sent.lock().unwrap().clone();
        assert_eq!(sent.len(), 1, "sent once");
        (message, sent[0])
    }

    /// How many lines of ours people see.
    async fn lines(&self) -> i64 {
        self.books.one("select count(*) from message where direction = 'out' and applied_to is null").await
    }

    async fn id_of(&self, message: MessageId) -> Option<String> {
        self.books.one(&format!("select vendor_id from message where id = '{message}'")).await
    }
}

#[tokio::test]
async fn an_echo_that_is_faster_than_the_answer_is_no_second_message() {
    use Early::{Echo, StatusByOurs, StatusByTheirs};
    let desk = Desk::open().await;
    let orders: [&[Early]; 6] = [
        &[Echo],
        &[Echo, StatusByTheirs],
        &[StatusByTheirs, Echo],
        &[Echo, StatusByOurs],
        &[StatusByOurs, Echo],
        &[Echo, StatusByOurs, Echo],
    ];
    for (n, early) in (1..).zip(orders) {
        let (message, _) = desk.answers(early, true).await;
        assert_eq!(desk.lines().await, n, "{early:?}");
        assert_eq!(desk.id_of(message).await, Some(vendor_id(message)), "{early:?}");
        // Told again, it still is the same; and reports find ours.
        hear(desk.books.db(), echo(&vendor_id(message), "Sí, hasta las 8")).await;
        hear(desk.books.db(), status(&vendor_id(message), "delivered", None)).await;
        assert_eq!(desk.lines().await, n, "{early:?}");
        assert_eq!(desk.books.state(message).await, DeliveryState::Delivered, "{early:?}");
    }
    desk.books.run("update receipt set state = 'new'", []).await;
    desk.books.apply().await;
    assert_eq!(desk.lines().await, 6, "a replay finds nothing new");
}

#[tokio::test]
async fn when_the_answer_is_lost_the_report_by_our_own_name_joins_the_echo() {
    let desk = Desk::open().await;
    let (message, ticket) = desk.answers(&[Early::Echo], false).await;
    assert_eq!(desk.books.state(message).await, DeliveryState::Uncertain);
    assert_eq!(desk.lines().await, 2, "nobody can know yet");
    hear(desk.books.db(), status(&vendor_id(message), "sent", Some(ticket))).await;
    assert_eq!((desk.lines().await, desk.books.state(message).await), (1, DeliveryState::Sent));
    assert_eq!(desk.id_of(message).await, Some(vendor_id(message)));
}
