//! Where a recipient is, in the words of the rate cards.

use std::{collections::HashMap, sync::LazyLock};

use domain::{Address, IdentityKind};

use crate::table::Table;

/// A market of the rate cards.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Market {
    /// One whose name we know: its key, `CO` or `LATAM`.
    Named(&'static str),
    /// A country of a market that no card of ours holds: its two letters, or its calling code where even that is open.
    Unlisted(String),
}

impl Market {
    /// The key as it is stored.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Named(key) => key,
            Self::Unlisted(country) => country,
        }
    }

    /// The market with that name on Meta's cards.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        MARKETS.by_name.get(name).copied().map(Self::Named)
    }

    fn of_country(country: &str) -> Self {
        match MARKETS.by_country.get(country) {
            Some(key) => Self::Named(key),
            None => Self::Unlisted(country.to_owned()),
        }
    }
}

/// The market of a recipient: by the country of a user id, or by the calling code of a number.
///
/// Meta's rule is the country code of the recipient (whatsapp-cloud.md §9.1). That the two letters before a user id are
/// that country is an inference; they tell the islands under +1 apart without an area code. `None` for what is neither.
#[must_use]
pub fn market_of(recipient: &str) -> Option<Market> {
    let plain = recipient.strip_prefix("whatsapp:").unwrap_or(recipient);
    if let Some(user) = Address::bsuid(plain) {
        debug_assert!(matches!(user.kind, IdentityKind::Bsuid | IdentityKind::ParentBsuid));
        return user.value.get(..2).map(Market::of_country);
    }
    let phone = Address::phone(plain)?.value;
    let digits = phone.trim_start_matches('+');
    // The longest code that fits: 1809 is not 1.
    let country = (1..=4.min(digits.len())).rev().find_map(|length| CODES.get(digits.get(..length)?));
    Some(match country {
        Some(country) => Market::of_country(country),
        None => Market::Unlisted(format!("+{}", digits.get(..3).unwrap_or(digits))),
    })
}

struct Markets {
    by_name: HashMap<&'static str, &'static str>,
    by_country: HashMap<&'static str, &'static str>,
}

static MARKETS: LazyLock<Markets> = LazyLock::new(|| {
    let table = Table::read(include_str!("../cards/markets.csv"));
    let mut markets = Markets { by_name: HashMap::new(), by_country: HashMap::new() };
    for line in &table.lines {
        let [key, name, countries] = line[..] else { continue };
        markets.by_name.insert(name, key);
        markets.by_country.extend(countries.split(' ').map(|country| (country, key)));
    }
    markets
});

static CODES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let table = Table::read(include_str!("../cards/calling-codes.csv"));
    let pairs = table.lines.iter().filter_map(|line| Some((*line.first()?, *line.get(1)?)));
    pairs.flat_map(|(country, codes)| codes.split(' ').map(move |code| (code, country))).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    fn key(recipient: &str) -> Option<String> {
        market_of(recipient).map(|market| market.key().to_owned())
    }

    #[test]
    fn a_number_is_in_the_market_of_its_calling_code() {
        for (number, market) in [
            ("573001112233", "CO"),
            ("+51987412306", "PE"),
            ("whatsapp:+5215512345678", "MX"),
            ("5491155550000", "AR"),
            ("5511987654321", "BR"),
            ("59177712345", "LATAM"),
            ("50688881234", "LATAM"),
            ("5978123456", "OTHER"),
            ("34600111222", "ES"),
            ("33612345678", "FR"),
            ("99812345678", "+998"),
        ] {
            assert_eq!(key(number).as_deref(), Some(market), "{number}");
        }
    }

    #[test]
    fn under_plus_one_the_area_code_tells_who_is_not_north_america() {
        for (number, market) in [
            ("+12125550100", "NA"),
            ("+14165550100", "NA"),
            ("+18095550100", "LATAM"),
            ("+18295550100", "LATAM"),
            ("+17875550100", "LATAM"),
            ("+18765550100", "LATAM"),
            ("+18685550100", "OTHER"),
            ("+16715550100", "GU"),
        ] {
            assert_eq!(key(number).as_deref(), Some(market), "{number}");
        }
    }

    #[test]
    fn a_user_id_names_its_country() {
        assert_eq!(key("CO.40123").as_deref(), Some("CO"));
        assert_eq!(key("whatsapp:PR.ENT.501").as_deref(), Some("LATAM"));
        assert_eq!(key("FR.40123").as_deref(), Some("FR"), "a market of its own, on no card of ours");
        assert_eq!(key("somebody"), None);
        assert_eq!(key(""), None);
    }

    #[test]
    fn no_country_and_no_calling_code_stands_twice() {
        for (table, column) in
            [(include_str!("../cards/markets.csv"), 2), (include_str!("../cards/calling-codes.csv"), 1)]
        {
            let mut seen = std::collections::HashSet::new();
            for line in Table::read(table).lines {
                for word in line[column].split(' ') {
                    assert!(seen.insert(word), "{word}");
                }
            }
        }
    }
}
