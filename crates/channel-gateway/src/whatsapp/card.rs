//! A contact card in a message (whatsapp-cloud.md §2.2).

use domain::content::ContactCard;
use serde_json::value::RawValue;

use crate::{json::Fields, vcard};

/// The parts of a postal address, in the order in which they are written.
const LINES: [&str; 5] = ["street", "city", "state", "zip", "country"];

/// A card; `None` when it is no object. What the fields don't tell, the card's own text may.
pub(super) fn read(raw: &RawValue) -> Option<ContactCard> {
    let wire = Fields::read(raw)?;
    let all = |list: &str, names: &[&str]| -> Vec<String> {
        let parts = wire.list(list).unwrap_or_default().into_iter().filter_map(Fields::read);
        parts.filter_map(|part| names.iter().find_map(|name| part.name(name))).collect()
    };
    let organisation = wire.object("org");
    let company = organisation.as_ref().and_then(|org| org.name("company"));
    let addresses = wire.list("addresses").unwrap_or_default().into_iter().filter_map(Fields::read);
    let told = ContactCard {
        name: wire.object("name").and_then(|name| full(&name)).unwrap_or_default(),
        phones: all("phones", &["phone", "wa_id"]),
        emails: all("emails", &["email"]),
        title: organisation.and_then(|org| org.name("title").or_else(|| org.name("department"))),
        organisation: company,
        addresses: addresses
            .map(|part| LINES.iter().filter_map(|name| part.name(name)).collect::<Vec<_>>().join(", "))
            .filter(|line| !line.is_empty())
            .collect(),
        urls: all("urls", &["url"]),
        birthday: wire.name("birthday"),
    };
    let card =
        match wire.text("vcard").map(|text| vcard::read(&text)).and_then(|cards| cards.into_iter().next()) {
            Some(written) => filled_up(told, written),
            None => told,
        };
    let name = if card.name.is_empty() { card.organisation.clone().unwrap_or_default() } else { card.name };
    Some(ContactCard { name, ..card })
}

fn full(name: &Fields<'_>) -> Option<String> {
    name.name("formatted_name").or_else(|| {
        let parts = ["prefix", "first_name", "middle_name", "last_name", "suffix"];
        let joined = parts.iter().filter_map(|part| name.name(part)).collect::<Vec<_>>().join(" ");
        (!joined.is_empty()).then_some(joined)
    })
}

fn filled_up(told: ContactCard, written: ContactCard) -> ContactCard {
    let list = |told: Vec<String>, written| if told.is_empty() { written } else { told };
    ContactCard {
        name: if told.name.is_empty() { written.name } else { told.name },
        phones: list(told.phones, written.phones),
        emails: list(told.emails, written.emails),
        organisation: told.organisation.or(written.organisation),
        title: told.title.or(written.title),
        addresses: list(told.addresses, written.addresses),
        urls: list(told.urls, written.urls),
        birthday: told.birthday.or(written.birthday),
    }
}
