//! How many customers a business may begin to write to in a day (whatsapp-cloud.md §5.5).

use std::time::Duration;

/// How long a customer counts after the business wrote to them outside the reply window.
pub const COUNTS_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The limit, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomersADay {
    /// At most so many.
    AtMost(u32),
    /// As many as wanted.
    Unlimited,
}

impl CustomersADay {
    /// The limit behind a vendor's word: Meta's `TIER_250`, `TIER_2K`, `TIER_UNLIMITED`, Twilio's `10K Customers/24hr`.
    /// `None` for a word that says nothing we know: then no limit is kept, and the vendor's own refusal tells.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_uppercase();
        let word = word.strip_prefix("TIER_").unwrap_or(&word);
        if word.starts_with("UNLIMITED") {
            return Some(Self::Unlimited);
        }
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        let number: u32 = digits.parse().ok().filter(|number| *number > 0)?;
        match word[digits.len()..].chars().next() {
            Some('K') => number.checked_mul(1_000).map(Self::AtMost),
            Some('M') => number.checked_mul(1_000_000).map(Self::AtMost),
            None | Some(' ' | '/') => Some(Self::AtMost(number)),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CustomersADay::{self, *};

    #[test]
    fn both_vendors_words_are_understood() {
        for (word, limit) in [
            ("TIER_250", Some(AtMost(250))),
            ("TIER_2K", Some(AtMost(2_000))),
            ("TIER_100K", Some(AtMost(100_000))),
            ("TIER_UNLIMITED", Some(Unlimited)),
            ("10K Customers/24hr", Some(AtMost(10_000))),
            ("250", Some(AtMost(250))),
            ("TIER_NOT_SET", None),
            ("", None),
            ("0", None),
            ("9999999K", None),
        ] {
            assert_eq!(CustomersADay::parse(word), limit, "{word}");
        }
    }
}
