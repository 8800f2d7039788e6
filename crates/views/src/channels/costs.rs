//! GET /admin/channels/{id}/costs.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use super::{ChannelHead, ChannelTab};
use crate::{Arg, Frame, Tx, money, time};

/// What a channel costs in a month.
#[derive(Debug, Template)]
#[template(path = "channel_costs.html")]
pub struct CostsPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which tab this is.
    pub tab: ChannelTab,
    /// The month, as in `2026-11`.
    pub month: String,
    /// The month before.
    pub earlier: String,
    /// The month after, unless it has not begun.
    pub later: Option<String>,
    /// One for each currency.
    pub totals: Vec<Sum>,
    /// Free service messages used this month, and how many there are; where the vendor gives any.
    pub allowance: Option<(i64, i64)>,
    /// What the account is billed in.
    pub billing: BillingForm,
    /// Sums by something.
    pub tables: Vec<Grouped>,
    /// Ours beside the vendor's own books.
    pub compared: Vec<Comparison>,
    /// When the vendor's books were read.
    pub read_at: Option<DateTime<Utc>>,
    /// Why they could not be.
    pub read_error: Option<String>,
    /// The cards that decided.
    pub cards: Vec<CardLine>,
    /// Whether the billing was saved a moment ago.
    pub saved: bool,
}

impl CostsPage {
    /// The month as people name it.
    fn month_words(&self) -> String {
        let (year, month) = self.month.split_once('-').unwrap_or((&self.month, "1"));
        let month = format!("m{}", month.trim_start_matches('0'));
        self.tx().with("costs-month-of", [("month", Arg::Text(&month)), ("year", Arg::Text(year))])
    }

    const fn tx(&self) -> Tx {
        self.frame.tx
    }
}

/// A sum in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// ISO 4217.
    pub currency: String,
    /// In millionths.
    pub micros: i64,
    /// Meta's part.
    pub vendor_micros: i64,
    /// Twilio's part.
    pub carrier_micros: i64,
    /// Messages.
    pub messages: i64,
    /// Of them, those that cost anything.
    pub billed: i64,
    /// Of them, those of which a fee is not known.
    pub unknown: i64,
    /// Whether any of it follows from a card.
    pub estimated: bool,
}

impl Sum {
    /// The sum as people write it.
    #[must_use]
    pub fn shown(&self, tx: &Tx) -> String {
        money::amount(self.micros, &self.currency, tx)
    }

    /// Both parts, where there are two.
    #[must_use]
    pub fn parts(&self, tx: &Tx) -> Option<String> {
        (self.carrier_micros > 0).then(|| {
            let (vendor, carrier) = (
                money::amount(self.vendor_micros, &self.currency, tx),
                money::amount(self.carrier_micros, &self.currency, tx),
            );
            tx.with("costs-parts", [("vendor", Arg::Text(&vendor)), ("carrier", Arg::Text(&carrier))])
        })
    }
}

/// What an account is billed in, to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillingForm {
    /// ISO 4217.
    pub currency: String,
    /// The currencies to choose from.
    pub currencies: Vec<String>,
    /// By IANA name.
    pub time_zone: String,
    /// Who says so: `assumed`, `person`, `vendor`.
    pub source: &'static str,
    /// Why it was not saved.
    pub error: Option<String>,
}

impl BillingForm {
    /// Whether it is billed in that.
    #[must_use]
    pub fn is(&self, code: &str) -> bool {
        self.currency == code
    }

    /// The key of who says so.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self.source {
            "person" => "costs-billing-person",
            "vendor" => "costs-billing-vendor",
            _ => "costs-billing-assumed",
        }
    }
}

/// Sums by days, categories, agents, queues or markets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouped {
    /// The key of its title.
    pub title: &'static str,
    /// Its lines: what, and the sum of it.
    pub lines: Vec<(String, Sum)>,
}

/// Ours beside the vendor's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// What.
    pub name: String,
    /// Messages we posted, and the vendor counts.
    pub messages: (i64, i64),
    /// What we posted, and the vendor bills where it tells; in millionths.
    pub micros: (i64, Option<i64>),
    /// The vendor's currency.
    pub currency: String,
}

impl Comparison {
    /// What we posted.
    #[must_use]
    pub fn ours(&self, tx: &Tx) -> String {
        money::amount(self.micros.0, &self.currency, tx)
    }

    /// What the vendor bills.
    #[must_use]
    pub fn theirs(&self, tx: &Tx) -> String {
        self.micros.1.map_or_else(|| "–".to_owned(), |micros| money::amount(micros, &self.currency, tx))
    }

    /// Theirs less ours.
    #[must_use]
    pub fn difference(&self, tx: &Tx) -> Option<String> {
        let difference = self.micros.1? - self.micros.0;
        (difference != 0).then(|| money::amount(difference, &self.currency, tx))
    }
}

/// A rate card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLine {
    /// Whose, and in what: `Meta · USD`.
    pub name: String,
    /// Good from this day.
    pub from: NaiveDate,
    /// Read on that day.
    pub read_on: NaiveDate,
    /// Where.
    pub source: &'static str,
}

impl CardLine {
    /// Since when it is good.
    #[must_use]
    pub fn from_words(&self, tx: &Tx) -> String {
        tx.a("costs-card-from", "day", &time::date(self.from, tx))
    }

    /// Where it was read; which of our own papers tells more is nothing for the screen.
    #[must_use]
    pub fn source_words(&self, tx: &Tx) -> String {
        let (source, paper) = self.source.rsplit_once(" (").unwrap_or((self.source, ""));
        tx.a("costs-card-source", "source", if paper.contains(".md §") { source } else { self.source })
    }

    /// When it was read.
    #[must_use]
    pub fn read_words(&self, tx: &Tx) -> String {
        tx.a("costs-card-read", "day", &time::date(self.read_on, tx))
    }
}

/// The word for what a message was billed as, and why it costs what it costs.
#[must_use]
pub fn category(category: &str, basis: &str, tx: &Tx) -> String {
    let name = tx.t(match category {
        "marketing" | "group_marketing" => "cost-category-marketing",
        "marketing_lite" => "cost-category-marketing-lite",
        "utility" | "group_utility" => "cost-category-utility",
        "authentication" => "cost-category-authentication",
        "authentication_international" => "cost-category-authentication-international",
        "service" | "group_service" => "cost-category-service",
        "referral_conversion" => "cost-category-referral",
        "general_purpose_ai" => "cost-category-ai",
        "inbound" => "cost-category-inbound",
        _ => "cost-category-unknown",
    });
    match basis {
        "free_customer_service" => format!("{name} · {}", tx.t("cost-basis-free")),
        "free_entry_point" => format!("{name} · {}", tx.t("cost-basis-entry")),
        "failed" => format!("{name} · {}", tx.t("cost-basis-failed")),
        _ => name,
    }
}

/// The word for a market.
#[must_use]
pub fn market(key: &str, tx: &Tx) -> String {
    match key {
        "LATAM" => tx.t("cost-market-latam"),
        "NA" => tx.t("cost-market-na"),
        "OTHER" => tx.t("cost-market-other"),
        "" => tx.t("cost-market-unknown"),
        country => country.to_owned(),
    }
}

/// Why a fee is not known.
#[must_use]
pub fn unknown(why: &str, tx: &Tx) -> String {
    tx.t(match why {
        "no_market" => "cost-unknown-market",
        "no_card" => "cost-unknown-card",
        "not_on_card" => "cost-unknown-on-card",
        "not_available" => "cost-unknown-available",
        "no_category" => "cost-unknown-category",
        _ => "cost-unknown-told",
    })
}

/// What one message cost, as a sentence for its tooltip.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct MessageCost {
    /// Meta's fee or the carrier's price; `None` when it is not known.
    pub vendor_micros: Option<i64>,
    /// Twilio's fee.
    pub carrier_micros: i64,
    /// Of both.
    pub currency: String,
    /// As stored.
    pub category: String,
    /// As stored.
    pub basis: String,
    /// Which card decided it; `vendor` for the vendor's own word.
    pub card: Option<String>,
    /// Why the fee is not known.
    pub unknown: Option<String>,
    /// Whether it follows from a card.
    pub estimated: bool,
}

impl MessageCost {
    /// «costó US$ 0.0008 · utilidad · tarjeta 2026-10-01».
    #[must_use]
    pub fn sentence(&self, tx: &Tx) -> String {
        let known = self.vendor_micros.unwrap_or(0) + self.carrier_micros;
        let mut parts = Vec::with_capacity(4);
        if self.vendor_micros.is_some() || self.carrier_micros > 0 {
            let amount = money::amount(known, &self.currency, tx);
            let key = if self.estimated && self.vendor_micros.is_some() { "cost-about" } else { "cost-was" };
            parts.push(tx.a(key, "amount", &amount));
        }
        if let Some(why) = &self.unknown {
            parts.push(unknown(why, tx));
        }
        parts.push(category(&self.category, &self.basis, tx));
        // The card's day is the last word of its name.
        let day = self.card.as_deref().and_then(|card| card.rsplit(' ').next()).filter(|day| day.len() == 10);
        parts.extend(day.map(|day| tx.a("cost-card", "day", day)));
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;

    #[test]
    fn a_messages_cost_is_a_sentence() {
        let cost = MessageCost {
            vendor_micros: Some(800),
            carrier_micros: 0,
            currency: "USD".to_owned(),
            category: "utility".to_owned(),
            basis: "regular".to_owned(),
            card: Some("meta USD 2026-10-01".to_owned()),
            unknown: None,
            estimated: true,
        };
        let tx = Tx::new(Lang::Es, chrono_tz::UTC);
        assert_eq!(cost.sentence(&tx), "costó aprox. US$ 0.0008 · utilidad · tarjeta 2026-10-01");
        let untold = MessageCost {
            vendor_micros: None,
            carrier_micros: 5_000,
            category: "service".to_owned(),
            card: None,
            unknown: Some("not_told".to_owned()),
            ..cost.clone()
        };
        assert!(untold.sentence(&tx).starts_with("costó US$ 0.005 · "), "{}", untold.sentence(&tx));
        let nothing = MessageCost { unknown: Some("no_card".to_owned()), carrier_micros: 0, ..untold };
        assert!(!nothing.sentence(&tx).contains("US$"), "never zero: {}", nothing.sentence(&tx));
    }
}
