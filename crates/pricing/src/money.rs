//! Money in millionths, always with its currency.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Millionths of a unit of some currency: exact, and small enough for what one message costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// A price as cards and vendors write it, `0.0008`; `None` for anything else, above all `n/a`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(part) || part.len() > 6 {
            return None;
        }
        let whole: i64 = whole.parse().ok()?;
        let part: i64 = format!("{part:0<6}").parse().ok()?;
        whole.checked_mul(1_000_000)?.checked_add(part)?.checked_mul(sign).map(Self)
    }
}

/// As vendors write it: all six places, without currency. For people, the views format it.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:06}", whole / 1_000_000, whole % 1_000_000)
    }
}

/// A currency by its ISO 4217 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollars: what Twilio bills in, and Meta where an account names nothing else.
    pub const USD: Self = Self(*b"USD");

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

/// Not three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a currency is three letters")]
pub struct NoCurrency;

impl FromStr for Currency {
    type Err = NoCurrency;

    fn from_str(text: &str) -> Result<Self, NoCurrency> {
        let code: [u8; 3] = text.to_ascii_uppercase().into_bytes().try_into().map_err(|_| NoCurrency)?;
        if code.iter().all(u8::is_ascii_uppercase) { Ok(Self(code)) } else { Err(NoCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_price_is_read_exactly_and_not_available_is_not_nothing() {
        assert_eq!(Micros::parse("0.0008"), Some(Micros(800)));
        assert_eq!(Micros::parse("2.9455"), Some(Micros(2_945_500)));
        assert_eq!(Micros::parse("-0.00750"), Some(Micros(-7_500)), "Twilio's prices are negative");
        assert_eq!(Micros::parse("7"), Some(Micros(7_000_000)));
        for text in ["n/a", "", ".5", "-", "1,5", "0.0000001", "1e3", "99999999999999999999"] {
            assert_eq!(Micros::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!("cop".parse().map(|code: Currency| code.to_string()).as_deref(), Ok("COP"));
        for text in ["", "US", "US$", "USDT", "ÄÖ"] {
            assert_eq!(text.parse::<Currency>(), Err(NoCurrency), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_price_comes_back_as_it_was_written(micros in -9_000_000_000_000_i64..9_000_000_000_000) {
            prop_assert_eq!(Micros::parse(&Micros(micros).to_string()), Some(Micros(micros)));
        }
    }
}
