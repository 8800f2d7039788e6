//! Rate cards: what a vendor charges, from when, where we read it.

use std::{collections::HashMap, sync::LazyLock};

use chrono::NaiveDate;

use crate::{Category, Currency, Market, Micros, table::Table};

/// One of Meta's cards: the rates of one currency from a day on.
#[derive(Debug)]
pub struct Card {
    /// The currency of all its rates.
    pub currency: Currency,
    /// The first day it is good for, in the account's time zone.
    pub effective_from: NaiveDate,
    /// Where it comes from.
    pub source: &'static str,
    /// When it was read there.
    pub read_on: NaiveDate,
    rates: HashMap<(Market, Category), Rate>,
}

/// What a card says of a market and category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// So much for a delivered message.
    Per(Micros),
    /// `n/a`: the card has no price for it, which is not zero.
    NotAvailable,
}

impl Card {
    /// Its name, as it is stored beside each cost: `meta USD 2026-10-01`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("meta {} {}", self.currency, self.effective_from)
    }

    /// The rate; `None` for a market that is not on the card.
    #[must_use]
    pub fn rate(&self, market: &Market, category: Category) -> Option<Rate> {
        self.rates.get(&(market.clone(), category)).copied()
    }

    fn read(text: &'static str) -> Option<Self> {
        let table = Table::read(text);
        let mut rates = HashMap::new();
        let mut currency = None;
        for line in &table.lines {
            let code: Currency = table.cell(line, "currency")?.parse().ok()?;
            if *currency.get_or_insert(code) != code {
                return None;
            }
            let market = Market::by_name(table.cell(line, "market")?)?;
            for category in [
                Category::Marketing,
                Category::Utility,
                Category::Authentication,
                Category::AuthenticationInternational,
                Category::Service,
            ] {
                let rate = match *table.cell(line, category.as_str())? {
                    "n/a" => Rate::NotAvailable,
                    price => Rate::Per(Micros::parse(price)?),
                };
                rates.insert((market.clone(), category), rate);
            }
        }
        Some(Self {
            currency: currency?,
            effective_from: table.note("effective_from")?.parse().ok()?,
            source: table.note("source")?,
            read_on: table.note("read_on")?.parse().ok()?,
            rates,
        })
    }
}

const FILES: [&str; 3] = [
    include_str!("../cards/meta-usd-2026-07.csv"),
    include_str!("../cards/meta-usd-2026-10.csv"),
    include_str!("../cards/meta-cop-2026-10.csv"),
];

static CARDS: LazyLock<Vec<Card>> = LazyLock::new(|| {
    let mut cards: Vec<Card> = FILES.into_iter().filter_map(Card::read).collect();
    cards.sort_by_key(|card| (card.currency, card.effective_from));
    cards
});

/// All of Meta's cards that we have, by currency and day.
#[must_use]
pub fn cards() -> &'static [Card] {
    &CARDS
}

/// The card that is good on a day in a currency; `None` where we have none, or none that old.
#[must_use]
pub fn card_on(currency: Currency, day: NaiveDate) -> Option<&'static Card> {
    CARDS.iter().rfind(|card| card.currency == currency && card.effective_from <= day)
}

/// What a carrier charges for its own work, whatever the message says.
#[derive(Debug)]
pub struct Fees {
    /// The currency.
    pub currency: Currency,
    /// The first day.
    pub effective_from: NaiveDate,
    /// Where it comes from.
    pub source: &'static str,
    /// When it was read there.
    pub read_on: NaiveDate,
    /// For each message, in either direction.
    pub message: Micros,
    /// For one that failed.
    pub failed: Micros,
}

impl Fees {
    /// Its name, as it is stored beside each cost.
    #[must_use]
    pub fn name(&self) -> String {
        format!("twilio {} {}", self.currency, self.effective_from)
    }

    fn read(text: &'static str) -> Option<Self> {
        let table = Table::read(text);
        let fee = |what: &str| {
            let line =
                table.lines.iter().find(|line| table.cell(line, "what").is_some_and(|cell| *cell == what))?;
            Some((
                table.cell(line, "currency")?.parse::<Currency>().ok()?,
                Micros::parse(table.cell(line, "fee")?)?,
            ))
        };
        let ((currency, message), (_, failed)) = (fee("message")?, fee("failed")?);
        Some(Self {
            currency,
            effective_from: table.note("effective_from")?.parse().ok()?,
            source: table.note("source")?,
            read_on: table.note("read_on")?.parse().ok()?,
            message,
            failed,
        })
    }
}

static FEES: LazyLock<Vec<Fees>> =
    LazyLock::new(|| Fees::read(include_str!("../cards/twilio-usd-2025-07.csv")).into_iter().collect());

/// What Twilio charges on a day for carrying WhatsApp; `None` before our first list.
#[must_use]
pub fn fees_on(day: NaiveDate) -> Option<&'static Fees> {
    FEES.iter().rfind(|fees| fees.effective_from <= day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn usd(market: &'static str, category: Category, on: &str) -> Option<Rate> {
        card_on(Currency::USD, day(on))?.rate(&Market::Named(market), category)
    }

    #[test]
    fn every_file_is_read_whole() {
        assert_eq!(CARDS.len(), FILES.len());
        assert_eq!(FEES.len(), 1);
        for (card, text) in [(0, FILES[2]), (1, FILES[0]), (2, FILES[1])] {
            assert_eq!(CARDS[card].rates.len(), Table::read(text).lines.len() * 5);
        }
    }

    #[test]
    fn a_card_counts_from_its_first_day() {
        let per = |micros| Some(Rate::Per(Micros(micros)));
        assert_eq!(usd("PE", Category::Utility, "2026-09-30"), per(20_000));
        assert_eq!(usd("PE", Category::Utility, "2026-10-01"), per(30_000));
        assert_eq!(usd("MX", Category::Marketing, "2026-09-30"), per(30_500));
        assert_eq!(usd("MX", Category::Marketing, "2026-10-01"), per(39_700));
        assert_eq!(usd("CO", Category::Service, "2026-10-01"), per(800));
        assert_eq!(usd("CO", Category::Service, "2026-09-30"), Some(Rate::NotAvailable));
        assert!(card_on(Currency::USD, day("2026-06-30")).is_none(), "older than what we have");
        let cop: Currency = "COP".parse().unwrap();
        assert!(card_on(cop, day("2026-09-30")).is_none());
        assert_eq!(
            card_on(cop, day("2026-11-22"))
                .and_then(|card| card.rate(&Market::Named("CO"), Category::Utility)),
            per(2_945_500)
        );
        assert!(card_on("EUR".parse().unwrap(), day("2026-11-22")).is_none());
    }

    #[test]
    fn what_is_not_available_has_no_price() {
        assert_eq!(usd("CO", Category::AuthenticationInternational, "2026-11-01"), Some(Rate::NotAvailable));
        assert_eq!(usd("CO", Category::MarketingLite, "2026-11-01"), None);
    }
}
