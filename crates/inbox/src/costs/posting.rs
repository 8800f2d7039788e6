//! Writing down what a message cost, once, in the transaction that decides its fate.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::{ChannelId, ChannelKind, ConversationId, DeliveryState, Event, MessageId, PersonId, QueueId};
use pricing::{Category, Cost, Currency, Facts, Fee, Micros, Sent, cost_of, inbound_cost_of};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Serialize;

use crate::rows;

/// Whether what was just learnt of a message of ours can decide its cost: it arrived, or the pricing came after it had,
/// or it failed at a vendor who charges for that.
pub(crate) fn decides(
    kind: ChannelKind,
    was: DeliveryState,
    state: DeliveryState,
    has_pricing: bool,
) -> bool {
    let arrived =
        |state| matches!(state, DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Played);
    if arrived(state) {
        return !arrived(was) || has_pricing;
    }
    state == DeliveryState::Failed && was != DeliveryState::Failed && kind == ChannelKind::TwilioWhatsapp
}

/// A message with all that decides its cost.
#[derive(FromQueryResult)]
struct Decided {
    message_id: MessageId,
    conversation_id: ConversationId,
    channel_id: ChannelId,
    queue_id: QueueId,
    author_id: Option<PersonId>,
    direction: String,
    kind: ChannelKind,
    address: String,
    in_window: bool,
    is_template: bool,
    template_category: Option<String>,
    state: Option<DeliveryState>,
    pricing: Option<serde_json::Value>,
    at: DateTime<Utc>,
    currency: String,
    time_zone: String,
}

impl Decided {
    fn cost(&self, price: Option<(Micros, Currency)>) -> Option<Cost> {
        let zone: Tz = self.time_zone.parse().unwrap_or(Tz::UTC);
        if self.direction == "in" {
            return inbound_cost_of(self.kind, &self.address, zone, self.at, price);
        }
        let label = self.pricing.as_ref().and_then(channel_gateway::whatsapp::price_label);
        cost_of(&Facts {
            channel: self.kind,
            recipient: &self.address,
            currency: self.currency.parse().unwrap_or(Currency::USD),
            zone,
            at: self.at,
            sent: if self.state == Some(DeliveryState::Failed) { Sent::Failed } else { Sent::Delivered },
            label: label.as_ref(),
            category: if self.is_template {
                self.template_category.as_deref().and_then(Category::parse)
            } else {
                Some(Category::Service)
            },
            in_window: self.in_window,
            price,
        })
    }
}

#[derive(Serialize)]
struct Row {
    message_id: MessageId,
    channel_id: ChannelId,
    conversation_id: ConversationId,
    queue_id: QueueId,
    person_id: Option<PersonId>,
    direction: String,
    day: NaiveDate,
    market: String,
    category: &'static str,
    basis: &'static str,
    currency: String,
    vendor_micros: Option<i64>,
    unknown: Option<&'static str>,
    card: Option<String>,
    carrier_micros: i64,
    carrier_card: Option<String>,
    estimated: bool,
}

impl Row {
    fn new(decided: Decided, cost: Cost) -> Self {
        let (vendor_micros, unknown, card, estimated) = match cost.vendor {
            Fee::Known { micros, estimated, card } => (Some(micros.0), None, Some(card), estimated),
            Fee::Unknown(why) => (None, Some(why.as_str()), None, true),
        };
        Self {
            message_id: decided.message_id,
            channel_id: decided.channel_id,
            conversation_id: decided.conversation_id,
            queue_id: decided.queue_id,
            person_id: decided.author_id,
            direction: decided.direction,
            day: cost.day,
            market: cost.market,
            category: cost.category,
            basis: cost.basis.as_str(),
            currency: cost.currency.to_string(),
            vendor_micros,
            unknown,
            card,
            carrier_micros: cost.carrier.0,
            carrier_card: cost.carrier_card,
            estimated,
        }
    }
}

/// Post the costs of these messages of ours; those that have one now. The caller holds their deliveries locked; whoever
/// calls twice posts once.
pub(crate) async fn decided(
    tx: &impl ConnectionTrait,
    messages: &[MessageId],
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>, DbErr> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<uuid::Uuid> = messages.iter().map(|id| id.0).collect();
    let found: Vec<Decided> = rows::all(
        tx,
        // The vendor's own time of arrival, where it tells; the earliest report of it counts.
        "select m.id as message_id, m.conversation_id, m.channel_id, c.queue_id, m.author_id, m.direction, ch.kind,
             c.reply_address as address, coalesce(m.created_at < c.window_until, false) as in_window,
             m.kind = 'template' as is_template, m.content->>'category' as template_category, d.state, d.pricing,
             coalesce((select min(r.at) from status_report r
                       where r.channel_id = m.channel_id and r.vendor_id = m.vendor_id
                           and r.state in ('delivered', 'read', 'played')), $2) as at,
             coalesce(b.currency, 'USD') as currency, coalesce(b.time_zone, 'UTC') as time_zone
         from delivery d
         join message m on m.id = d.message_id
         join conversation c on c.id = m.conversation_id
         join channel ch on ch.id = m.channel_id
         left join account_billing b on b.account_key = ch.account_key
         where d.message_id = any($1) and m.vendor_id is not null
             and not exists (select from message_cost k where k.message_id = d.message_id and k.basis <> 'failed')",
        [ids.into(), now.into()],
    )
    .await?;
    let posted = found.into_iter().filter_map(|decided| {
        let cost = decided.cost(None)?;
        Some(Row::new(decided, cost))
    });
    let posted: Vec<Row> = posted.collect();
    insert(tx, &posted, now).await?;
    Ok(posted.into_iter().map(|row| row.message_id).collect())
}

/// Post what customers' messages cost that were just stored, where the vendor charges for them.
pub(crate) async fn received(
    tx: &impl ConnectionTrait,
    happened: &[(Event, Option<PersonId>)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids = happened.iter().filter_map(|(event, _)| match event {
        Event::MessageReceived { message, .. } => Some(message.0),
        _ => None,
    });
    let ids: Vec<uuid::Uuid> = ids.collect();
    let found: Vec<Decided> = rows::all(
        tx,
        "select m.id as message_id, m.conversation_id, m.channel_id, c.queue_id, m.author_id, m.direction, ch.kind,
             c.reply_address as address, false as in_window, false as is_template, null::text as template_category,
             null::text as state, null::jsonb as pricing, m.written_at as at,
             coalesce(b.currency, 'USD') as currency, coalesce(b.time_zone, 'UTC') as time_zone
         from message m
         join conversation c on c.id = m.conversation_id
         join channel ch on ch.id = m.channel_id and ch.kind = 'twilio_whatsapp'
         left join account_billing b on b.account_key = ch.account_key
         where m.id = any($1) and m.direction = 'in'",
        [ids.into()],
    )
    .await?;
    let posted = found.into_iter().filter_map(|decided| {
        let cost = decided.cost(None)?;
        Some(Row::new(decided, cost))
    });
    insert(tx, &posted.collect::<Vec<_>>(), now).await
}

/// A price that the vendor lists for one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPrice {
    /// The vendor's id of the message.
    pub vendor_id: String,
    /// What it took off the account: negative at Twilio.
    pub micros: Micros,
    /// In what.
    pub currency: Currency,
}

/// Post the prices that a vendor's list tells, for messages of a channel whose price only the vendor knows (SMS).
/// Those that were posted for the first time.
///
/// # Errors
/// When the database fails.
pub async fn post_listed(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    prices: &[ListedPrice],
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>, DbErr> {
    if prices.is_empty() {
        return Ok(Vec::new());
    }
    #[derive(FromQueryResult)]
    struct Priced {
        vendor_id: String,
        #[sea_orm(nested)]
        decided: Decided,
    }
    let ids: Vec<String> = prices.iter().map(|price| price.vendor_id.clone()).collect();
    let found: Vec<Priced> = rows::all(
        tx,
        "select m.vendor_id, m.id as message_id, m.conversation_id, m.channel_id, c.queue_id, m.author_id, m.direction,
             ch.kind, c.reply_address as address, false as in_window, false as is_template,
             null::text as template_category, d.state, null::jsonb as pricing, m.written_at as at,
             coalesce(b.currency, 'USD') as currency, coalesce(b.time_zone, 'UTC') as time_zone
         from message m
         join conversation c on c.id = m.conversation_id
         join channel ch on ch.id = m.channel_id and ch.kind = 'twilio_sms'
         left join delivery d on d.message_id = m.id
         left join account_billing b on b.account_key = ch.account_key
         where m.channel_id = $1 and m.vendor_id = any($2)
             and not exists (select from message_cost k where k.message_id = m.id)",
        [channel.into(), ids.into()],
    )
    .await?;
    let posted: Vec<Row> = found
        .into_iter()
        .filter_map(|Priced { vendor_id, decided }| {
            let price = prices.iter().find(|price| price.vendor_id == vendor_id)?;
            let cost = decided.cost(Some((price.micros, price.currency)))?;
            Some(Row::new(decided, cost))
        })
        .collect();
    insert(tx, &posted, now).await?;
    show(tx, posted.iter().filter(|row| row.direction == "out").map(|row| row.message_id)).await?;
    Ok(posted.iter().map(|row| row.message_id).collect())
}

/// Pages show these anew: what they cost was learnt without anything else having happened to them.
pub(crate) async fn show(
    tx: &impl ConnectionTrait,
    messages: impl IntoIterator<Item = MessageId>,
) -> Result<(), DbErr> {
    let ids: Vec<uuid::Uuid> = messages.into_iter().map(|id| id.0).collect();
    if !ids.is_empty() {
        rows::run(tx, "update message set version = version + 1 where id = any($1)", [ids.into()]).await?;
    }
    Ok(())
}

/// Once posted it stays, but for a failure that turned out to be none.
async fn insert(tx: &impl ConnectionTrait, posted: &[Row], now: DateTime<Utc>) -> Result<(), DbErr> {
    if posted.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "insert into message_cost as k (message_id, channel_id, conversation_id, queue_id, person_id, direction, day,
             market, category, basis, currency, vendor_micros, unknown, card, carrier_micros, carrier_card, estimated,
             posted_at)
         select message_id, channel_id, conversation_id, queue_id, person_id, direction, day, market, category, basis,
             currency, vendor_micros, unknown, card, carrier_micros, carrier_card, estimated, $2
         from json_to_recordset($1::text::json) as row(message_id uuid, channel_id uuid, conversation_id uuid,
             queue_id uuid, person_id uuid, direction text, day date, market text, category text, basis text,
             currency text, vendor_micros bigint, unknown text, card text, carrier_micros bigint, carrier_card text,
             estimated boolean)
         on conflict (message_id) do update set day = excluded.day, market = excluded.market,
             category = excluded.category, basis = excluded.basis, currency = excluded.currency,
             vendor_micros = excluded.vendor_micros, unknown = excluded.unknown, card = excluded.card,
             carrier_micros = excluded.carrier_micros, carrier_card = excluded.carrier_card,
             estimated = excluded.estimated, posted_at = excluded.posted_at
         where k.basis = 'failed' and excluded.basis <> 'failed'",
        [rows::recordset(posted)?, now.into()],
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use ChannelKind::{TwilioWhatsapp, WhatsappCloud};
    use DeliveryState::{Accepted, Delivered, Failed, Read, Sent as OnItsWay};

    use super::*;

    #[test]
    fn arriving_decides_and_so_does_a_price_that_comes_after_it() {
        assert!(decides(WhatsappCloud, OnItsWay, Delivered, false));
        assert!(decides(WhatsappCloud, Accepted, Read, true), "read at once");
        assert!(decides(WhatsappCloud, Delivered, Delivered, true), "its price came with a late `sent`");
        assert!(!decides(WhatsappCloud, Delivered, Read, false), "nothing new: no question is asked");
        assert!(!decides(WhatsappCloud, Accepted, OnItsWay, true), "only what arrives counts");
    }

    #[test]
    fn failing_costs_something_only_where_the_vendor_takes_a_fee_for_it() {
        assert!(decides(TwilioWhatsapp, OnItsWay, Failed, false));
        assert!(!decides(WhatsappCloud, OnItsWay, Failed, false));
    }
}
