//! Meta's own books: what arrived, and what it is billed at (whatsapp-cloud.md §9).
//!
//! The rates are typed off the reference once more, and not taken from the product's cards: two hands, one sum.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::sim::lock;

/// A message that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// Account.
    pub waba: String,
    /// Our number, digits.
    pub number: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The recipient's country, two letters.
    pub country: String,
    /// `REGULAR`, `FREE_CUSTOMER_SERVICE`, `FREE_ENTRY_POINT`.
    pub kind: String,
    /// `SERVICE`, `UTILITY`, …
    pub category: String,
    /// What it costs, in millionths of the account's currency; `None` where no card is known here.
    pub micros: Option<i64>,
}

/// Everything that arrived.
#[derive(Default)]
pub struct Books(Mutex<Vec<Arrived>>);

impl Books {
    /// One more.
    pub fn post(&self, arrived: Arrived) {
        lock(&self.0).push(arrived);
    }

    /// Those that fit.
    pub fn list(&self, wanted: impl Fn(&Arrived) -> bool) -> Vec<Arrived> {
        lock(&self.0).iter().filter(|arrived| wanted(arrived)).cloned().collect()
    }

    /// Forget everything.
    pub fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// Marketing, and everything else, of 2026-10-01, in millionths (whatsapp-cloud.md §9.2).
const USD: [(&str, i64, i64); 12] = [
    ("AR", 61_800, 26_000),
    ("BR", 62_500, 6_800),
    ("CL", 88_900, 20_000),
    ("CO", 12_500, 800),
    ("MX", 39_700, 8_500),
    ("PE", 70_300, 30_000),
    ("US", 25_000, 3_400),
    ("CA", 25_000, 3_400),
    ("ES", 70_700, 20_000),
    ("GB", 63_500, 22_000),
    ("DE", 136_500, 55_000),
    ("IN", 11_800, 1_400),
];
const COP: [(&str, i64, i64); 9] = [
    ("AR", 227_536_100, 95_727_100),
    ("BR", 230_113_300, 25_036_300),
    ("CL", 327_313_200, 73_636_300),
    ("CO", 46_022_700, 2_945_500),
    ("MX", 145_983_900, 31_295_400),
    ("PE", 258_831_500, 110_454_500),
    ("US", 92_045_300, 12_518_200),
    ("CA", 92_045_300, 12_518_200),
    ("ES", 260_396_200, 73_636_300),
];
/// Rest of Latin America.
const REST: &str = "BO CR DO EC SV GT HT HN JM NI PA PY PR UY VE";

/// What a message with this price of a status is billed at.
pub fn billed(pricing: &Value, country: &str, currency: &str) -> Option<i64> {
    if pricing["billable"] != true {
        return Some(0);
    }
    let (card, rest, other): (&[(&str, i64, i64)], _, _) = match currency {
        "USD" => (&USD, (74_000, 11_300), Some((60_400, 7_700))),
        "COP" => (&COP, (272_454_200, 41_604_500), None),
        _ => return None,
    };
    let row =
        card.iter().find(|(known, ..)| *known == country).map(|(_, marketing, other)| (*marketing, *other));
    let latin = || REST.split(' ').any(|known| known == country).then_some(rest);
    let (marketing, everything_else) = row.or_else(latin).or(other)?;
    let is_marketing = pricing["category"].as_str().is_some_and(|category| category.starts_with("marketing"));
    Some(if is_marketing { marketing } else { everything_else })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rate_is_that_of_the_country_and_the_currency_and_what_is_free_is_nothing() {
        let of = |category: &str, billable: bool| json!({ "billable": billable, "category": category });
        assert_eq!(billed(&of("service", true), "PE", "USD"), Some(30_000));
        assert_eq!(billed(&of("marketing_lite", true), "CO", "COP"), Some(46_022_700));
        assert_eq!(billed(&of("utility", true), "EC", "USD"), Some(11_300), "rest of Latin America");
        assert_eq!(billed(&of("utility", true), "JP", "COP"), None, "no card here");
        assert_eq!(billed(&of("service", false), "PE", "EUR"), Some(0));
    }
}
