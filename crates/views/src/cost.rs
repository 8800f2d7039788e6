//! What sending costs, beside the field: nothing where it is free, and where nobody tells, that.

use chrono::NaiveDate;

use crate::{
    Tx,
    channels::costs::{category, market, unknown},
    money, time,
};

/// What a message will cost, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub total: Total,
    /// As what, in the word that is stored; empty where it has none.
    pub category: &'static str,
    /// The recipient's market, as it is stored; empty where it is not known.
    pub market: String,
    /// Since when the price is good.
    pub since: Option<NaiveDate>,
}

/// How much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Total {
    /// Nothing.
    Free,
    /// So much, in millionths of the currency.
    Of(i64, String),
    /// So much by whoever carries it, and what nobody tells beforehand: why.
    AtLeast(i64, String, &'static str),
    /// Nobody tells beforehand: why.
    Unknown(&'static str),
}

impl Price {
    /// What stands beside the field; free is quiet.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> Option<String> {
        match &self.total {
            Total::Free => None,
            Total::Of(micros, currency) => {
                Some(tx.a("cost-next", "amount", &money::amount(*micros, currency, tx)))
            }
            Total::AtLeast(micros, currency, _) => {
                Some(tx.a("cost-at-least", "amount", &money::amount(*micros, currency, tx)))
            }
            Total::Unknown(_) => Some(tx.t("cost-not-known")),
        }
    }

    /// The same for somebody who is about to choose: free is told.
    #[must_use]
    pub fn told(&self, tx: &Tx) -> String {
        self.words(tx).unwrap_or_else(|| tx.t("picker-free"))
    }

    /// Why: as what, where to, by the prices of which day, and what is not known of it.
    #[must_use]
    pub fn about(&self, tx: &Tx) -> String {
        let mut about = Vec::new();
        if !self.category.is_empty() {
            about.push(category(self.category, "", tx));
        }
        if !self.market.is_empty() {
            about.push(market(&self.market, tx));
        }
        if let Some(day) = self.since {
            about.push(tx.a("cost-since", "day", &time::date(day, tx)));
        }
        if let Total::Unknown(why) | Total::AtLeast(.., why) = &self.total {
            about.push(if *why == "carrier" { tx.t("cost-unknown-carrier") } else { unknown(why, tx) });
        }
        about.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Lang;

    fn price(total: Total) -> Price {
        let since = NaiveDate::from_ymd_opt(2026, 10, 1);
        Price { total, category: "utility", market: "PE".to_owned(), since }
    }

    #[test]
    fn what_is_free_is_quiet_and_what_nobody_tells_is_said_to_be_unknown() {
        let tx = Tx::new(Lang::En, chrono_tz::UTC);
        assert_eq!(price(Total::Free).words(&tx), None);
        let told = price(Total::Of(20_000, "USD".to_owned()));
        assert_eq!(told.words(&tx).as_deref(), Some("Costs about US$ 0.02"));
        assert_eq!(told.about(&tx), "utility · PE · price since 1 Oct 2026");
        let twilio = price(Total::AtLeast(5_000, "USD".to_owned(), "not_told"));
        assert_eq!(twilio.words(&tx).as_deref(), Some("Costs US$ 0.005 or more"));
        let sms =
            Price { total: Total::Unknown("carrier"), category: "", market: String::new(), since: None };
        assert_eq!(sms.words(&tx).as_deref(), Some("Cost not known"));
        assert!(sms.about(&tx).contains("carrier"), "{}", sms.about(&tx));
    }
}
