//! The people who write: a small cast for the phone page, and anybody else a caller names.

use std::{collections::HashMap, sync::Mutex};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::sim::lock;

/// Somebody with a phone.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Customer {
    /// Digits of the number, or the business-scoped user id of somebody who hides it.
    pub key: String,
    /// Digits of the number, if the business may see it.
    pub phone: Option<String>,
    /// Business-scoped user id.
    pub user_id: String,
    /// Name in the profile.
    pub name: String,
    /// Chosen username.
    pub username: Option<String>,
}

/// Everybody who ever wrote or was written to.
pub struct Customers(Mutex<HashMap<String, Customer>>);

impl Default for Customers {
    fn default() -> Self {
        let all = cast().into_iter().map(|customer| (customer.key.clone(), customer)).collect();
        Self(Mutex::new(all))
    }
}

impl Customers {
    /// The customer behind an address, made up where it is new. `None` for text that is no address.
    pub fn find(&self, address: &str, name: Option<&str>, username: Option<&str>) -> Option<Customer> {
        let mut all = lock(&self.0);
        let key = match address.strip_prefix('@') {
            Some(wanted) => all.values().find(|known| known.username.as_deref() == Some(wanted))?.key.clone(),
            None => key(address)?,
        };
        let customer = all.entry(key.clone()).or_insert_with(|| stranger(&key));
        if let Some(name) = name {
            name.clone_into(&mut customer.name);
        }
        if username.is_some() {
            customer.username = username.map(str::to_owned);
        }
        Some(customer.clone())
    }

    /// Back to the cast alone.
    pub fn clear(&self) {
        *lock(&self.0) = cast().into_iter().map(|customer| (customer.key.clone(), customer)).collect();
    }
}

/// The people of the phone page.
pub fn cast() -> Vec<Customer> {
    let by_phone = |phone: &str, name: &str| Customer { name: name.to_owned(), ..stranger(phone) };
    vec![
        by_phone("51987412306", "Lucía Fernández"),
        by_phone("51955208841", "Jorge Ramírez"),
        by_phone("5511987654321", "Ana Paula Souza"),
        Customer {
            key: "PE.70312984417203365518".to_owned(),
            phone: None,
            user_id: "PE.70312984417203365518".to_owned(),
            name: "Kevin Huamán".to_owned(),
            username: Some("kevin.huaman".to_owned()),
        },
    ]
}

/// What identifies an address: digits of a number (with or without `+`, blanks or `whatsapp:`), or a user id.
pub fn key(address: &str) -> Option<String> {
    let address = address.trim();
    let address = address.strip_prefix("whatsapp:").unwrap_or(address);
    if is_user_id(address) {
        return Some(address.to_owned());
    }
    let digits: String = address.chars().filter(char::is_ascii_digit).collect();
    let only_number = address.chars().all(|c| c.is_ascii_digit() || "+ -().".contains(c));
    (only_number && (5..=15).contains(&digits.len())).then_some(digits)
}

/// Two letters of a country, a dot, and up to 128 letters and digits (`CC.ENT.…` for parent ids).
pub fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn stranger(key: &str) -> Customer {
    let hidden = is_user_id(key);
    Customer {
        key: key.to_owned(),
        phone: (!hidden).then(|| key.to_owned()),
        user_id: if hidden { key.to_owned() } else { user_id(key) },
        name: if hidden { "Cliente".to_owned() } else { format!("Cliente {}", &key[key.len() - 4..]) },
        username: None,
    }
}

/// The same number always has the same user id, as with Meta (per business).
fn user_id(phone: &str) -> String {
    let hash = Sha256::digest(phone.as_bytes());
    let digits: String = hash.iter().take(20).map(|byte| char::from(b'0' + byte % 10)).collect();
    format!("{}.{digits}", country(phone))
}

fn country(phone: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 12] = [
        ("593", "EC"),
        ("595", "PY"),
        ("598", "UY"),
        ("51", "PE"),
        ("52", "MX"),
        ("54", "AR"),
        ("55", "BR"),
        ("56", "CL"),
        ("57", "CO"),
        ("34", "ES"),
        ("49", "DE"),
        ("1", "US"),
    ];
    PREFIXES.iter().find(|(prefix, _)| phone.starts_with(prefix)).map_or("PE", |(_, country)| country)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_an_address_finds_the_same_customer() {
        let all = Customers::default();
        let lucia = all.find("51987412306", None, None).unwrap();
        assert_eq!(lucia.name, "Lucía Fernández");
        for address in ["+51987412306", "whatsapp:+51987412306", "+51 987 412 306"] {
            assert_eq!(all.find(address, None, None).as_ref(), Some(&lucia));
        }
        assert_eq!(all.find("hola", None, None), None);
    }

    #[test]
    fn somebody_with_a_username_has_no_number() {
        let all = Customers::default();
        let kevin = all.find("@kevin.huaman", None, None).unwrap();
        assert_eq!(kevin.phone, None);
        assert_eq!(all.find(&kevin.user_id, None, None), Some(kevin));
    }
}
