//! What a message cost, from what the vendor says of it and the card of that day.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::ChannelKind;

use crate::{Category, Currency, Market, Micros, Rate, card_on, fees_on, market_of, rules_on};

/// What Meta says of one message, in its status (whatsapp-cloud.md §3). The gateway reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Whether and why it is billed.
    pub basis: Basis,
    /// What it is billed as; `None` for a word this version does not know.
    pub category: Option<Category>,
    /// The vendor's own figure, where it gives one.
    pub told: Option<(Micros, Currency)>,
}

/// Why a message costs what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Billed at the rate.
    Regular,
    /// Free: an answer within the window, or one of the month's free ones.
    FreeCustomerService,
    /// Free: the customer came by an ad.
    FreeEntryPoint,
    /// It did not arrive.
    Failed,
    /// The vendor told the price of this very message.
    VendorPrice,
    /// A customer's message.
    Inbound,
}

impl Basis {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Regular,
        Self::FreeCustomerService,
        Self::FreeEntryPoint,
        Self::Failed,
        Self::VendorPrice,
        Self::Inbound,
    ];

    /// The word that is stored; Meta's where it is Meta's.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::FreeCustomerService => "free_customer_service",
            Self::FreeEntryPoint => "free_entry_point",
            Self::Failed => "failed",
            Self::VendorPrice => "vendor_price",
            Self::Inbound => "inbound",
        }
    }

    /// The basis behind a word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.as_str() == word)
    }
}

/// What became of a message of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// It arrived, perhaps it was read.
    Delivered,
    /// The vendor had it, and it will not arrive.
    Failed,
}

/// Everything that decides what a message of ours cost.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// What it went through.
    pub channel: ChannelKind,
    /// The customer's address.
    pub recipient: &'a str,
    /// What the account is billed in.
    pub currency: Currency,
    /// The account's time zone: its days and months are counted in it.
    pub zone: Tz,
    /// When its fate was decided, by the vendor's clock where it tells.
    pub at: DateTime<Utc>,
    /// Its fate.
    pub sent: Sent,
    /// What Meta says of it.
    pub label: Option<&'a Label>,
    /// What we sent it as. It counts only where the vendor does not say.
    pub category: Option<Category>,
    /// Whether the reply window was open. It counts only where the vendor does not say.
    pub in_window: bool,
    /// The vendor's price of this very message.
    pub price: Option<(Micros, Currency)>,
}

/// What a message cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// The day it is billed on, in the account's time zone.
    pub day: NaiveDate,
    /// The recipient's market; empty where even that is not known.
    pub market: String,
    /// What it was billed as, as stored; `inbound` for customers' messages, empty where nobody told.
    pub category: &'static str,
    /// Why it costs what it costs.
    pub basis: Basis,
    /// Of both fees.
    pub currency: Currency,
    /// Meta's fee, or the carrier's own price.
    pub vendor: Fee,
    /// Twilio's fee for carrying it.
    pub carrier: Micros,
    /// Which list the carrier's fee is of.
    pub carrier_card: Option<String>,
}

/// One fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fee {
    /// So much.
    Known {
        /// In millionths of the cost's currency.
        micros: Micros,
        /// Whether it follows from a card: the invoice knows tiers and rounding, we don't (whatsapp-cloud.md §9.3).
        estimated: bool,
        /// What decided it: a card by name, or whose word it was.
        card: String,
    },
    /// Nobody told, and it is not guessed.
    Unknown(Unknown),
}

/// Why a fee is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// The recipient's address names no country.
    NoMarket,
    /// We have no card in the account's currency for that day.
    NoCard,
    /// The card of that day does not have the recipient's market.
    NotOnCard,
    /// The card has the market, and no price for this category.
    NotAvailable,
    /// Nobody told what it is billed as.
    NoCategory,
    /// The vendor does not tell what it passes on.
    NotTold,
}

impl Unknown {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::NoMarket, Self::NoCard, Self::NotOnCard, Self::NotAvailable, Self::NoCategory, Self::NotTold];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoMarket => "no_market",
            Self::NoCard => "no_card",
            Self::NotOnCard => "not_on_card",
            Self::NotAvailable => "not_available",
            Self::NoCategory => "no_category",
            Self::NotTold => "not_told",
        }
    }

    /// The reason behind a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unknown| unknown.as_str() == word)
    }
}

/// The word for decisions that no card made.
const VENDOR: &str = "vendor";

impl Fee {
    /// Nothing, by the vendor's word or rule.
    pub(crate) fn free(card: &str) -> Self {
        Self::Known { micros: Micros::ZERO, estimated: false, card: card.to_owned() }
    }

    /// What the card of the day says.
    pub(crate) fn by_card(
        currency: Currency,
        day: NaiveDate,
        market: Option<&Market>,
        category: Option<Category>,
    ) -> Self {
        let Some(category) = category else { return Self::Unknown(Unknown::NoCategory) };
        let Some(market) = market else { return Self::Unknown(Unknown::NoMarket) };
        let Some(card) = card_on(currency, day) else { return Self::Unknown(Unknown::NoCard) };
        match card.rate(market, category) {
            Some(Rate::Per(micros)) => Self::Known { micros, estimated: true, card: card.name() },
            Some(Rate::NotAvailable) => Self::Unknown(Unknown::NotAvailable),
            None if matches!(market, Market::Unlisted(_)) => Self::Unknown(Unknown::NotOnCard),
            // The market is there, the category has no column.
            None if card.rate(market, Category::Marketing).is_some() => Self::Unknown(Unknown::NotAvailable),
            None => Self::Unknown(Unknown::NotOnCard),
        }
    }
}

/// What a message of ours cost; `None` while nobody can say, or when there is nothing to post: one of Meta's that failed
/// costs nothing, and the price of an SMS is the carrier's to tell.
///
/// The vendor's label decides whether it is billed. The month's free messages are never counted again here: a label that
/// says `regular` is billed, whatever we would have thought (whatsapp-cloud.md §3).
#[must_use]
pub fn cost_of(facts: &Facts<'_>) -> Option<Cost> {
    match facts.channel {
        ChannelKind::WhatsappCloud => by_meta(facts),
        ChannelKind::TwilioWhatsapp => by_twilio(facts),
        ChannelKind::TwilioSms => by_price(facts, "service"),
    }
}

fn day(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

fn market_key(market: Option<&Market>) -> String {
    market.map(|market| market.key().to_owned()).unwrap_or_default()
}

fn by_meta(facts: &Facts<'_>) -> Option<Cost> {
    let label = facts.label?;
    if facts.sent == Sent::Failed {
        return None;
    }
    let day = day(facts.at, facts.zone);
    let market = market_of(facts.recipient);
    let mut currency = facts.currency;
    let vendor = match (label.basis, label.told) {
        (Basis::Regular, Some((micros, told_in))) => {
            currency = told_in;
            // An estimate by Meta's own words.
            Fee::Known { micros, estimated: true, card: VENDOR.to_owned() }
        }
        (Basis::Regular, None) => Fee::by_card(currency, day, market.as_ref(), label.category),
        _ => Fee::free(VENDOR),
    };
    Some(Cost {
        day,
        market: market_key(market.as_ref()),
        category: label.category.map_or("", Category::as_str),
        basis: label.basis,
        currency,
        vendor,
        carrier: Micros::ZERO,
        carrier_card: None,
    })
}

fn by_twilio(facts: &Facts<'_>) -> Option<Cost> {
    let day = day(facts.at, facts.zone);
    let fees = fees_on(day)?;
    let market = market_of(facts.recipient);
    let failed = facts.sent == Sent::Failed;
    let (basis, vendor) =
        if failed { (Basis::Failed, Fee::free(VENDOR)) } else { passed_on(facts, day, market.as_ref()) };
    Some(Cost {
        day,
        market: market_key(market.as_ref()),
        category: facts.category.map_or("", Category::as_str),
        basis,
        currency: fees.currency,
        vendor,
        carrier: if failed { fees.failed } else { fees.message },
        carrier_card: Some(fees.name()),
    })
}

/// What Twilio passes on of Meta's fee, by the rules of the day: it tells no label.
fn passed_on(facts: &Facts<'_>, day: NaiveDate, market: Option<&Market>) -> (Basis, Fee) {
    let Some(rules) = rules_on(day) else { return (Basis::Regular, Fee::Unknown(Unknown::NotTold)) };
    match facts.category {
        Some(Category::Service) if !rules.service_billed => (Basis::FreeCustomerService, Fee::free("rules")),
        Some(Category::Service) if !rules.twilio_tells_service => {
            (Basis::Regular, Fee::Unknown(Unknown::NotTold))
        }
        Some(Category::Utility) if facts.in_window && !rules.utility_in_window_billed => {
            (Basis::FreeCustomerService, Fee::free("rules"))
        }
        category => (Basis::Regular, Fee::by_card(Currency::USD, day, market, category)),
    }
}

/// The carrier's own price of this message, in whichever direction it went.
fn by_price(facts: &Facts<'_>, category: &'static str) -> Option<Cost> {
    let (micros, currency) = facts.price?;
    Some(Cost {
        day: day(facts.at, facts.zone),
        market: market_key(market_of(facts.recipient).as_ref()),
        category,
        basis: Basis::VendorPrice,
        currency,
        // Listed as what is taken off the account: negative.
        vendor: Fee::Known { micros: Micros(micros.0.abs()), estimated: false, card: VENDOR.to_owned() },
        carrier: Micros::ZERO,
        carrier_card: None,
    })
}

/// What a customer's message cost us; `None` where it costs nothing (Meta) or the carrier has not told its price (SMS).
#[must_use]
pub fn inbound_cost_of(
    channel: ChannelKind,
    from: &str,
    zone: Tz,
    at: DateTime<Utc>,
    price: Option<(Micros, Currency)>,
) -> Option<Cost> {
    let on = day(at, zone);
    match channel {
        ChannelKind::WhatsappCloud => None,
        ChannelKind::TwilioWhatsapp => {
            let fees = fees_on(on)?;
            Some(Cost {
                day: on,
                market: market_key(market_of(from).as_ref()),
                category: "inbound",
                basis: Basis::Inbound,
                currency: fees.currency,
                vendor: Fee::free("rules"),
                carrier: fees.message,
                carrier_card: Some(fees.name()),
            })
        }
        ChannelKind::TwilioSms => {
            let facts = Facts {
                channel,
                recipient: from,
                currency: Currency::USD,
                zone,
                at,
                sent: Sent::Delivered,
                label: None,
                category: None,
                in_window: false,
                price,
            };
            by_price(&facts, "inbound")
        }
    }
}
