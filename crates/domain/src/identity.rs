//! Addresses of contacts. A contact has many; a phone may be missing among them.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What an address is. One value of a kind belongs to one contact, whichever channel it came through.
    IdentityKind {
        /// A phone number in E.164 form, with `+`.
        Phone = "phone",
        /// WhatsApp's business-scoped user id: `CC.` and up to 128 alphanumerics (whatsapp-cloud.md §2.1).
        Bsuid = "bsuid",
        /// The parent id of portfolios that share users: `CC.ENT.…`.
        ParentBsuid = "parent_bsuid",
    }
}

/// One address of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// What the value is.
    pub kind: IdentityKind,
    /// The value in its normal form.
    pub value: String,
}

impl Address {
    /// A phone number given as digits with or without `+` and ornaments; `None` without 5 to 15 digits.
    #[must_use]
    pub fn phone(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let ornaments_only =
            text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.'));
        (ornaments_only && (5..=15).contains(&digits.len()))
            .then(|| Self { kind: IdentityKind::Phone, value: format!("+{digits}") })
    }

    /// A business-scoped user id or its parent form; `None` when the text has not that shape.
    #[must_use]
    pub fn bsuid(text: &str) -> Option<Self> {
        let (country, rest) = text.split_once('.')?;
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let (kind, id) = match rest.strip_prefix("ENT.") {
            Some(id) => (IdentityKind::ParentBsuid, id),
            None => (IdentityKind::Bsuid, rest),
        };
        let well_formed = (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
        well_formed.then(|| Self { kind, value: text.to_owned() })
    }

    /// What two spellings of one address have in common. It is for comparing alone: a reply goes to the address that the
    /// vendor gave (whatsapp-cloud.md §2.1).
    ///
    /// - Mexico: mobiles were `+52 1` and ten digits until 2019; no area code begins with 1.
    /// - Argentina: `+54 9` and ten digits to a mobile from abroad, `15` after the area code at home. The ten digits are
    ///   given out once, to a mobile or to a fixed line.
    /// - Brazil: mobiles (6 to 9) gained a ninth digit in front; fixed lines (2 to 5) did not, and there are new mobiles
    ///   whose number without it is somebody's fixed line.
    #[must_use]
    pub fn key(&self) -> String {
        match self.kind {
            IdentityKind::Phone => phone_key(&self.value).unwrap_or_else(|| self.value.clone()),
            IdentityKind::Bsuid | IdentityKind::ParentBsuid => self.value.clone(),
        }
    }

    /// Whether both are the same address, however they are spelled.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key() == other.key()
    }

    /// Whether it names a user of a vendor, not a number that can be given to somebody else.
    #[must_use]
    pub const fn is_user(&self) -> bool {
        matches!(self.kind, IdentityKind::Bsuid | IdentityKind::ParentBsuid)
    }

    /// Whether a text is an address, not a name: contacts without a name are called by their address.
    #[must_use]
    pub fn is_address(text: &str) -> bool {
        let is_phone =
            text.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        is_phone || Self::bsuid(text).is_some()
    }
}

/// The common spelling of a number that has several; `None` for all others.
fn phone_key(value: &str) -> Option<String> {
    let digits = value.strip_prefix('+').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    if let Some(rest) = digits.strip_prefix("52") {
        let rest = rest.strip_prefix('1').filter(|rest| rest.len() == 10)?;
        return matches!(rest.as_bytes().first(), Some(b'2'..=b'9')).then(|| format!("+52{rest}"));
    }
    if let Some(rest) = digits.strip_prefix("54") {
        let national = argentine(rest.strip_prefix('9').unwrap_or(rest))?;
        return Some(format!("+54{national}"));
    }
    let rest = digits.strip_prefix("55").filter(|rest| rest.len() == 10)?;
    match rest.as_bytes() {
        [b'1'..=b'9', b'1'..=b'9', b'6'..=b'9', ..] => {
            let (area, number) = rest.split_at(2);
            Some(format!("+55{area}9{number}"))
        }
        _ => None,
    }
}

/// Area code and number, ten digits, without the `15` between them.
fn argentine(rest: &str) -> Option<String> {
    // Two digits for Buenos Aires, three or four that begin with 2 or 3 elsewhere.
    let areas: &[usize] = match rest.as_bytes() {
        [b'1', b'1', ..] => &[2],
        [b'2' | b'3', ..] => &[3, 4],
        _ => return None,
    };
    match rest.len() {
        10 => Some(rest.to_owned()),
        12 => areas.iter().find_map(|area| {
            let (area, number) = rest.split_at(*area);
            number.strip_prefix("15").map(|number| format!("{area}{number}"))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn phone(value: &str) -> Address {
        Address::phone(value).unwrap()
    }

    #[test]
    fn spellings_of_one_number_have_one_key() {
        for (one, other) in [
            ("+5215512345678", "+525512345678"),
            ("+5491123456789", "+541123456789"),
            ("+541115 23456789", "+5491123456789"),
            ("+54911 15 23456789", "+541123456789"),
            ("+54 351 15 2345678", "+5493512345678"),
            ("+54 3541 15 234567", "+5493541234567"),
            ("+551187654321", "+5511987654321"),
        ] {
            assert!(phone(one).is_same_as(&phone(other)), "{one} and {other}");
        }
    }

    #[test]
    fn different_numbers_stay_different() {
        for (one, other) in [
            // A fixed line in São Paulo, and a mobile that would be it without its ninth digit.
            ("+551150123456", "+5511950123456"),
            ("+525512345678", "+525512345679"),
            ("+51987412306", "+5198741230"),
            ("+5215512345678", "+5115512345678"),
            ("+541523456789", "+5491523456789"),
            ("+56912345678", "+5612345678"),
        ] {
            assert!(!phone(one).is_same_as(&phone(other)), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(value in "\\+(52|54|55|51|1)?[0-9]{5,13}") {
            let address = Address { kind: IdentityKind::Phone, value };
            let key = Address { kind: IdentityKind::Phone, value: address.key() };
            prop_assert_eq!(key.key(), key.value);
        }

        #[test]
        fn only_numbers_of_three_countries_change(value in "\\PC{0,20}") {
            let address = Address { kind: IdentityKind::Phone, value: value.clone() };
            if address.key() != value {
                prop_assert!(["+52", "+54", "+55"].iter().any(|code| value.starts_with(code)));
            }
        }

        /// Who shares a key differs only by the digits the rule speaks of: what is left of both is one number.
        #[test]
        fn the_end_of_a_number_always_counts(
            country in prop::sample::select(vec!["52", "521", "54", "549", "55"]),
            one in "[0-9]{10,12}",
            other in "[0-9]{10,12}",
        ) {
            let (one, other) = (format!("+{country}{one}"), format!("+{country}{other}"));
            let key = |value: &str| Address { kind: IdentityKind::Phone, value: value.to_owned() }.key();
            if key(&one) == key(&other) {
                prop_assert_eq!(&one[one.len() - 6..], &other[other.len() - 6..]);
            }
        }
    }

    #[test]
    fn a_phone_is_the_same_however_it_is_written() {
        for text in ["51987412306", "+51987412306", "+51 987 412-306", "(51) 987.412.306"] {
            assert_eq!(Address::phone(text).map(|a| a.value).as_deref(), Some("+51987412306"), "{text}");
        }
        for text in ["", "+", "1234", "1234567890123456", "PE.40123", "51987x412306"] {
            assert_eq!(Address::phone(text), None, "{text}");
        }
    }

    #[test]
    fn a_bsuid_is_told_from_its_parent_and_from_noise() {
        assert_eq!(Address::bsuid("CO.4012").map(|a| a.kind), Some(IdentityKind::Bsuid));
        assert_eq!(Address::bsuid("CO.ENT.5012").map(|a| a.kind), Some(IdentityKind::ParentBsuid));
        for text in ["CO.", "C.12", "co.12", "CO.ENT.", "CO.1 2", "+51987412306"] {
            assert_eq!(Address::bsuid(text), None, "{text}");
        }
    }
}
