//! How many customers a business may begin to write to in a day, kept before the vendor has to refuse: what is over it
//! waits until the first of them counts no more, and says so.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    ContactId, ConversationId, DeliveryState, Event, MessageId,
    limits::portfolio::{COUNTS_FOR, CustomersADay},
    outbound::Hold,
};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::{events, rows};

/// A message that has to wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub message: MessageId,
    pub conversation: ConversationId,
}

/// What is left of a day's customers, for as long as a claim takes. No other claim of the same business spends meanwhile.
#[derive(Debug)]
pub(super) struct Budget {
    portfolio: String,
    left: Option<i64>,
    known: HashSet<ContactId>,
    spent: Vec<ContactId>,
    put_off: Vec<Waiting>,
}

impl Budget {
    /// Reads what was spent by now. `limit` is the vendor's word for it, `customers` those this claim is about.
    pub async fn open(
        tx: &DatabaseTransaction,
        portfolio: &str,
        limit: Option<&str>,
        customers: &[ContactId],
    ) -> Result<Self, DbErr> {
        #[derive(FromQueryResult)]
        struct Spent {
            customers: i64,
            known: Vec<Uuid>,
        }

        rows::run(tx, "select pg_advisory_xact_lock(1113, hashtext($1))", [portfolio.into()]).await?;
        let ours: Vec<Uuid> = customers.iter().map(|customer| customer.0).collect();
        let spent: Vec<Spent> = rows::all(
            tx,
            "select count(*) as customers,
                 coalesce(array_agg(contact_id) filter (where contact_id = any($2)), '{}') as known
             from customer_begun where portfolio = $1 and at > clock_timestamp() - make_interval(secs => $3)",
            [portfolio.into(), ours.into(), COUNTS_FOR.as_secs_f64().into()],
        )
        .await?;
        let spent = spent.into_iter().next().unwrap_or(Spent { customers: 0, known: Vec::new() });
        let left = match limit.and_then(CustomersADay::parse) {
            Some(CustomersADay::AtMost(most)) => Some(i64::from(most) - spent.customers),
            Some(CustomersADay::Unlimited) | None => None,
        };
        Ok(Self {
            portfolio: portfolio.to_owned(),
            left,
            known: spent.known.into_iter().map(ContactId).collect(),
            spent: Vec::new(),
            put_off: Vec::new(),
        })
    }

    /// Whether this customer is one too many. One who counts already is none.
    pub fn is_spent_for(&self, customer: ContactId) -> bool {
        self.left.is_some_and(|left| left <= 0) && !self.known.contains(&customer)
    }

    /// The customer is written to.
    pub fn spend(&mut self, customer: ContactId) {
        if self.known.insert(customer) {
            self.left = self.left.map(|left| left - 1);
        }
        self.spent.push(customer);
    }

    /// The message waits.
    pub fn put_off(&mut self, message: Waiting) {
        self.put_off.push(message);
    }

    /// How many wait.
    pub fn put_off_count(&self) -> usize {
        self.put_off.len()
    }

    /// Writes down who was written to, and until when the others wait: the first of them until the customer who has
    /// counted longest counts no more, the second until the second one, and so on.
    pub async fn close(self, tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), DbErr> {
        #[derive(Serialize)]
        struct Row {
            message_id: MessageId,
            place: usize,
        }

        if !self.spent.is_empty() {
            let spent: Vec<Uuid> = self.spent.iter().map(|customer| customer.0).collect();
            rows::run(
                tx,
                "insert into customer_begun (portfolio, contact_id, at)
                 select $1, customer, clock_timestamp() from (select distinct unnest($2::uuid[])) as t(customer)
                 on conflict (portfolio, contact_id) do update set at = excluded.at",
                [self.portfolio.as_str().into(), spent.into()],
            )
            .await?;
        }
        if self.put_off.is_empty() {
            return Ok(());
        }
        // A limit that was lowered is overspent: so many more have to go first.
        let over = usize::try_from(self.left.map_or(0, i64::abs)).unwrap_or(0);
        let waiting: Vec<Row> = (over..)
            .zip(&self.put_off)
            .map(|(place, waiting)| Row { message_id: waiting.message, place })
            .collect();
        rows::run(
            tx,
            "with waiting as (
                 select * from json_to_recordset($1::text::json) as t(message_id uuid, place bigint)
             ), ends as (
                 select at + make_interval(secs => $3) as at, row_number() over (order by at) - 1 as place
                 from customer_begun where portfolio = $2 and at > clock_timestamp() - make_interval(secs => $3)
             ), shown as (
                 update message m set version = m.version + 1 from waiting where m.id = waiting.message_id
             )
             update delivery d set held = $4, changed_at = $5,
                 due_at = coalesce((select at from ends where ends.place = waiting.place),
                     clock_timestamp() + interval '1 hour')
             from waiting where d.message_id = waiting.message_id",
            [
                rows::recordset(&waiting)?,
                self.portfolio.as_str().into(),
                COUNTS_FOR.as_secs_f64().into(),
                Hold::CustomersADay.as_str().into(),
                now.into(),
            ],
        )
        .await?;
        let told: Vec<_> = self
            .put_off
            .iter()
            .map(|Waiting { message, conversation }| {
                let (conversation, message) = (*conversation, *message);
                (Event::DeliveryChanged { conversation, message, state: DeliveryState::Queued }, None)
            })
            .collect();
        events::append(tx, &told, now).await
    }
}
