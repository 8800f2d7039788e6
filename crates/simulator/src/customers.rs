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
    /// Id across the portfolios of a company that has several.
    pub parent_user_id: Option<String>,
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
            None => {
                let key = key(address)?;
                if is_user_id(&key) { known(&all, key) } else { canonical(&key) }
            }
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

    /// Give somebody another number or another user id; answers who they are then.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Customer)) -> Option<Customer> {
        let mut all = lock(&self.0);
        let mut customer = all.remove(key)?;
        change(&mut customer);
        all.insert(customer.key.clone(), customer.clone());
        Some(customer)
    }

    /// Back to the cast alone.
    pub fn clear(&self) {
        *lock(&self.0) = cast().into_iter().map(|customer| (customer.key.clone(), customer)).collect();
    }
}

/// The key of whoever has this user id: that of their number, where it is known.
fn known(all: &HashMap<String, Customer>, user_id: String) -> String {
    all.values()
        .find(|one| one.user_id == user_id || one.parent_user_id.as_ref() == Some(&user_id))
        .map_or(user_id, |one| one.key.clone())
}

/// Proof of somebody's device, which changes with it (whatsapp-cloud.md §2.1).
pub fn identity_hash(customer: &Customer) -> String {
    hex::encode(&Sha256::digest(format!("identity:{}", customer.user_id).as_bytes())[..10])
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
            parent_user_id: None,
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

/// The number under which WhatsApp knows somebody: Mexico's mobiles with `521`, Argentina's with `549`, Brazil's
/// with the ninth digit in the south-east and without it elsewhere (whatsapp-cloud.md §2.1, §5.1).
pub fn canonical(digits: &str) -> String {
    let (rest, length) = (|prefix: usize| digits.get(prefix..).unwrap_or_default(), digits.len());
    match digits.get(..2) {
        Some("52") if length == 12 => format!("521{}", rest(2)),
        Some("54") if length == 12 => format!("549{}", rest(2)),
        Some("55") => {
            let area: u32 = digits.get(2..4).and_then(|area| area.parse().ok()).unwrap_or_default();
            let local = rest(4);
            let mobile = local.starts_with(['6', '7', '8', '9']);
            if area >= 31 && local.len() == 9 && local.starts_with('9') {
                format!("55{area}{}", &local[1..])
            } else if (11..31).contains(&area) && local.len() == 8 && mobile {
                format!("55{area}9{local}")
            } else {
                digits.to_owned()
            }
        }
        _ => digits.to_owned(),
    }
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
        parent_user_id: None,
    }
}

/// The same number always has the same user id, as with Meta (per business).
pub fn user_id(phone: &str) -> String {
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
    fn numbers_of_mexico_argentina_and_brazil_have_one_form_each() {
        for (given, known) in [
            ("525512345678", "5215512345678"),
            ("5215512345678", "5215512345678"),
            ("541123456789", "5491123456789"),
            ("5531987654321", "553187654321"),
            ("553187654321", "553187654321"),
            ("551187654321", "5511987654321"),
            ("5511987654321", "5511987654321"),
            ("51987412306", "51987412306"),
        ] {
            assert_eq!(canonical(given), known);
        }
    }

    #[test]
    fn somebody_with_a_username_has_no_number() {
        let all = Customers::default();
        let kevin = all.find("@kevin.huaman", None, None).unwrap();
        assert_eq!(kevin.phone, None);
        assert_eq!(all.find(&kevin.user_id, None, None), Some(kevin));
    }
}
