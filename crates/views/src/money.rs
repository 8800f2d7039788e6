//! Amounts of money, in the language's own form and always with the currency's code.

use crate::{Lang, Tx};

/// An amount in millionths: two places at least, and as many more as it takes to tell it from nothing.
#[must_use]
pub fn amount(micros: i64, currency: &str, tx: &Tx) -> String {
    let decimal = decimal(tx);
    let code = if currency == "USD" { "US$" } else { currency };
    let sign = if micros < 0 { "−" } else { "" };
    let micros = micros.unsigned_abs();
    let whole = thousands(micros / 1_000_000, tx);
    let part = format!("{:06}", micros % 1_000_000);
    let places = part.trim_end_matches('0').len().max(2);
    format!("{sign}{code} {whole}{decimal}{}", &part[..places])
}

/// What stands before decimals.
pub(crate) const fn decimal(tx: &Tx) -> &'static str {
    match tx.lang {
        Lang::PtBr => ",",
        Lang::Es | Lang::En => ".",
    }
}

/// A whole number with its thousands told apart.
#[must_use]
pub fn grouped(number: i64, tx: &Tx) -> String {
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", thousands(number.unsigned_abs(), tx))
}

fn thousands(number: u64, tx: &Tx) -> String {
    let group = if tx.lang == Lang::PtBr { '.' } else { ',' };
    let digits = number.to_string();
    let mut whole = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            whole.push(group);
        }
        whole.push(digit);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(micros: i64, currency: &str, lang: Lang) -> String {
        amount(micros, currency, &Tx::new(lang, chrono_tz::UTC))
    }

    #[test]
    fn an_amount_has_its_code_and_as_many_places_as_it_needs() {
        assert_eq!(shown(800, "USD", Lang::Es), "US$ 0.0008");
        assert_eq!(shown(800, "USD", Lang::PtBr), "US$ 0,0008");
        assert_eq!(shown(2_945_500, "COP", Lang::En), "COP 2.9455");
        assert_eq!(shown(1_234_567_000_000, "COP", Lang::PtBr), "COP 1.234.567,00");
        assert_eq!(shown(0, "USD", Lang::En), "US$ 0.00");
        assert_eq!(shown(-7_500, "USD", Lang::Es), "−US$ 0.0075");
    }
}
