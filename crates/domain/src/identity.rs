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
}

#[cfg(test)]
mod tests {
    use super::*;

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
