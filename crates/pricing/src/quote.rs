//! What a message will cost if it is sent now.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::ChannelKind;

use crate::{Basis, Category, Currency, Fee, Micros, fees_on, market_of, rules_on};

/// A message that somebody thinks of sending.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// Through what.
    pub channel: ChannelKind,
    /// To whom.
    pub recipient: &'a str,
    /// As what.
    pub category: Category,
    /// What the account is billed in.
    pub currency: Currency,
    /// The account's time zone.
    pub zone: Tz,
    /// Whether the reply window is open.
    pub in_window: bool,
    /// Until when an arrival by an ad makes everything free.
    pub free_entry_until: Option<DateTime<Utc>>,
    /// How many free service messages the number has had this month, by the vendor's labels.
    pub free_used: u32,
}

/// What it would cost. Always an estimate: the vendor decides when it has delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Of both fees.
    pub currency: Currency,
    /// Meta's fee.
    pub vendor: Fee,
    /// Twilio's fee.
    pub carrier: Micros,
    /// Why.
    pub basis: Basis,
    /// How many free ones are left this month, where that decides.
    pub free_left: Option<u32>,
}

/// What a message would cost now; `None` for SMS, whose price only the carrier tells, and then only afterwards.
#[must_use]
pub fn quote(plan: &Plan<'_>, now: DateTime<Utc>) -> Option<Quote> {
    let day = now.with_timezone(&plan.zone).date_naive();
    let by_twilio = match plan.channel {
        ChannelKind::WhatsappCloud => false,
        ChannelKind::TwilioWhatsapp => true,
        ChannelKind::TwilioSms => return None,
    };
    let rules = rules_on(day)?;
    let (currency, carrier) = if by_twilio {
        let fees = fees_on(day)?;
        (fees.currency, fees.message)
    } else {
        (plan.currency, Micros::ZERO)
    };
    let service = plan.category == Category::Service;
    let free_left = (service && rules.service_billed && !by_twilio)
        .then(|| rules.free_service_messages.saturating_sub(plan.free_used));
    let (basis, vendor) = if !by_twilio && plan.free_entry_until.is_some_and(|until| now < until) {
        (Basis::FreeEntryPoint, Fee::free("rules"))
    } else if service && !rules.service_billed
        || plan.category == Category::Utility && plan.in_window && !rules.utility_in_window_billed
        || free_left.is_some_and(|left| left > 0)
    {
        (Basis::FreeCustomerService, Fee::free("rules"))
    } else if service && by_twilio && !rules.twilio_tells_service {
        (Basis::Regular, Fee::Unknown(crate::Unknown::NotTold))
    } else {
        let market = market_of(plan.recipient);
        (Basis::Regular, Fee::by_card(currency, day, market.as_ref(), Some(plan.category)))
    };
    Some(Quote { currency, vendor, carrier, basis, free_left })
}
