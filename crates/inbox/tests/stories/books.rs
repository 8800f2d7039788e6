//! The clinic's books: receipts as they come, messages of ours as the sender leaves them, and what was written down.

use chrono::{DateTime, Utc};
use domain::{ChannelId, DeliveryState, MessageId};
use inbox::applier;
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, DatabaseConnection, QueryResult, Statement, TryGetable, Value,
};
use serde_json::json;
use testing::{TWILIO_ACCOUNT, TestDb, World};

/// Lucía, who writes to every number of the clinic.
pub const LUCIA: &str = "51987412306";

pub struct Books {
    test: TestDb,
    pub world: World,
    /// WhatsApp by Twilio.
    pub carried: ChannelId,
}

impl Books {
    pub async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let books = Self { test, world, carried: ChannelId::new() };
        books
            .run(
                "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
                 values ($1, 'twilio_whatsapp', 'Sonrisas Twilio', '+14155238886', $2, $3, $4)",
                [
                    books.carried.into(),
                    format!("twilio:{TWILIO_ACCOUNT}:whatsapp:+14155238886").into(),
                    format!("twilio:{TWILIO_ACCOUNT}").into(),
                    books.world.citas.into(),
                ],
            )
            .await;
        inbox::costs::account::assume(books.db(), chrono_tz::America::Lima).await.unwrap();
        books
    }

    pub fn db(&self) -> &DatabaseConnection {
        self.test.db()
    }

    pub async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> u64 {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().execute_raw(statement).await.unwrap().rows_affected()
    }

    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        self.db().query_all_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await.unwrap()
    }

    pub async fn one<T: TryGetable>(&self, sql: &str) -> T {
        self.rows(sql).await.first().unwrap_or_else(|| panic!("nothing: {sql}")).try_get_by_index(0).unwrap()
    }

    /// A webhook has come in; its number in the ledger.
    pub async fn receipt(&self, source: &str, query: &str, body: Vec<u8>) -> i64 {
        let sql = "insert into receipt (source, query, body) values ($1, $2, $3) returning id";
        let values: [Value; 3] = [source.into(), query.into(), body.into()];
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    pub async fn meta(&self, body: Vec<u8>) -> i64 {
        self.receipt("whatsapp", "", body).await
    }

    /// A form of Twilio's, by name and value.
    pub async fn twilio(&self, source: &str, query: &str, form: &[(&str, &str)]) -> i64 {
        let body: String = form
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace('+', "%2B").replace(' ', "+")))
            .collect::<Vec<_>>()
            .join("&");
        self.receipt(source, query, body.into_bytes()).await
    }

    /// Lucía writes to the clinic's number at Twilio.
    pub async fn lucia_writes_by_twilio(&self, sid: &str, text: &str) -> i64 {
        self.twilio(
            "twilio_message",
            "",
            &[
                ("MessageSid", sid),
                ("AccountSid", TWILIO_ACCOUNT),
                ("From", "whatsapp:+51987412306"),
                ("To", "whatsapp:+14155238886"),
                ("Body", text),
                ("NumMedia", "0"),
            ],
        )
        .await
    }

    /// Apply until nothing is left.
    pub async fn apply(&self) {
        while applier::step(self.db(), Utc::now()).await.expect("apply").receipts > 0 {}
    }

    /// A message of ours to Lucía through a channel she has written to, as the sender leaves it.
    pub async fn reply(
        &self,
        channel: ChannelId,
        text: &str,
        vendor_id: Option<&str>,
        state: DeliveryState,
    ) -> MessageId {
        self.send(channel, json!({"kind": "text", "body": text}), vendor_id, state).await
    }

    pub async fn send(
        &self,
        channel: ChannelId,
        content: serde_json::Value,
        vendor_id: Option<&str>,
        state: DeliveryState,
    ) -> MessageId {
        let id = MessageId::new();
        let kind = content["kind"].as_str().unwrap_or("text").to_owned();
        let body = content["body"].as_str().map(str::to_owned);
        self.run(
            "with talk as (select id, channel_id from conversation where channel_id = $2 limit 1), m as (
                 insert into message (id, conversation_id, channel_id, direction, kind, body, content, vendor_id,
                     written_at, position)
                 select $1, id, channel_id, 'out', $3, $4, $5, $6, now(), nextval('thread_position') * 4096 from talk
                 returning id, channel_id, conversation_id, position
             ), d as (
                 insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, attempts,
                     due_at)
                 select id, channel_id, conversation_id, position, $7, now(), 1, now() from m
             )
             insert into delivery_attempt (message_id, number, started_at, finished_at, outcome)
             select id, 1, now(), now(), 'accepted' from m",
            [
                id.into(),
                channel.into(),
                kind.into(),
                body.into(),
                content.into(),
                vendor_id.map(str::to_owned).into(),
                state.into(),
            ],
        )
        .await;
        id
    }

    pub async fn state(&self, id: MessageId) -> DeliveryState {
        self.one(&format!("select state from delivery where message_id = '{id}'")).await
    }
}

/// The moment, in seconds as webhooks write it.
pub fn seconds(text: &str) -> i64 {
    text.parse::<DateTime<Utc>>().unwrap().timestamp()
}
