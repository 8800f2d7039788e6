//! Who wrote: the sender of a message put together from the message and the contacts beside it.

use domain::{Address, IdentityKind};
use serde_json::value::RawValue;

use crate::json::Fields;

/// One of `value.contacts[]`.
#[derive(Debug, Default)]
pub(super) struct Contact {
    wa_id: Option<String>,
    user_id: Option<String>,
    parent_user_id: Option<String>,
    name: Option<String>,
}

impl Contact {
    /// The contacts that can be read. One that can't costs a name, never a message.
    pub(super) fn read_all(value: &Fields<'_>) -> Vec<Self> {
        value.list("contacts").unwrap_or_default().into_iter().filter_map(Self::read).collect()
    }

    fn read(raw: &RawValue) -> Option<Self> {
        let fields = Fields::read(raw)?;
        let profile = fields.object("profile");
        // A username stands in for the name of somebody who shows none.
        let name = profile.and_then(|profile| profile.name("name").or_else(|| profile.name("username")));
        Some(Self {
            wa_id: fields.text("wa_id"),
            user_id: fields.text("user_id"),
            parent_user_id: fields.text("parent_user_id"),
            name,
        })
    }

    fn has(&self, ids: &Ids) -> bool {
        let same = |mine: Option<&str>, theirs: Option<&str>| mine.is_some() && mine == theirs;
        same(self.wa_id.as_deref(), ids.phone.as_deref())
            || same(self.user_id.as_deref(), ids.user.as_deref())
    }

    fn has_no_id(&self) -> bool {
        self.wa_id.is_none() && self.user_id.is_none()
    }
}

/// An address as the vendor writes them: digits, or a user id.
pub(super) fn address(text: &str) -> Option<Address> {
    Address::phone(text).or_else(|| Address::bsuid(text))
}

/// What a message itself says about its sender. Since usernames exist, `phone` may be missing.
#[derive(Debug, Default)]
pub(super) struct Ids {
    pub(super) phone: Option<String>,
    pub(super) user: Option<String>,
    pub(super) parent: Option<String>,
}

/// The sender in our words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sender {
    pub(super) addresses: Vec<Address>,
    pub(super) reply_address: String,
    pub(super) name: Option<String>,
}

impl Sender {
    /// `None` when neither message nor contacts hold an address.
    pub(super) fn find(ids: Ids, contacts: &[Contact]) -> Option<Self> {
        let anonymous = ids.phone.is_none() && ids.user.is_none();
        let contact = contacts.iter().find(|contact| contact.has(&ids)).or(match contacts {
            // Nobody else could be meant.
            [only] if anonymous || only.has_no_id() => Some(only),
            _ => None,
        });
        let name = contact.and_then(|c| c.name.clone());
        let given: Vec<String> = [
            ids.phone,
            contact.and_then(|c| c.wa_id.clone()),
            ids.user,
            contact.and_then(|c| c.user_id.clone()),
            ids.parent,
            contact.and_then(|c| c.parent_user_id.clone()),
        ]
        .into_iter()
        .flatten()
        .collect();

        let mut reply_address = None;
        let mut addresses: Vec<Address> = Vec::new();
        for text in given {
            let Some(address) = address(&text) else { continue };
            reply_address.get_or_insert(text);
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses.sort_by_key(|address| match address.kind {
            IdentityKind::Phone => 0,
            IdentityKind::Bsuid => 1,
            IdentityKind::ParentBsuid => 2,
        });
        Some(Self { addresses, reply_address: reply_address?, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contacts(json: &str) -> Vec<Contact> {
        let raw = RawValue::from_string(format!(r#"{{"contacts":{json}}}"#)).unwrap();
        Contact::read_all(&Fields::read(&raw).unwrap())
    }

    fn ids(phone: Option<&str>, user: Option<&str>) -> Ids {
        Ids { phone: phone.map(Into::into), user: user.map(Into::into), parent: None }
    }

    const ANA_AND_LEO: &str = r#"[
        {"profile":{"name":"Ana"},"wa_id":"573001112233","user_id":"CO.1","parent_user_id":"CO.ENT.9"},
        {"profile":{"name":"Leo"},"user_id":"CO.2"}]"#;

    #[test]
    fn each_message_gets_its_own_contact() {
        let both = contacts(ANA_AND_LEO);
        let ana = Sender::find(ids(Some("573001112233"), None), &both).unwrap();
        assert_eq!((ana.name.as_deref(), ana.reply_address.as_str()), (Some("Ana"), "573001112233"));
        let values: Vec<_> = ana.addresses.iter().map(|a| a.value.as_str()).collect();
        assert_eq!(values, ["+573001112233", "CO.1", "CO.ENT.9"], "best first");

        let leo = Sender::find(ids(None, Some("CO.2")), &both).unwrap();
        assert_eq!((leo.name.as_deref(), leo.reply_address.as_str()), (Some("Leo"), "CO.2"));
    }

    #[test]
    fn a_strangers_name_is_not_borrowed() {
        let only_ana = contacts(r#"[{"profile":{"name":"Ana"},"wa_id":"573001112233"}]"#);
        assert_eq!(Sender::find(ids(Some("573009998877"), None), &only_ana).unwrap().name, None);
        assert_eq!(Sender::find(Ids::default(), &contacts(ANA_AND_LEO)), None, "either could be meant");
    }

    #[test]
    fn a_message_without_ids_is_from_the_only_contact() {
        let sender = Sender::find(Ids::default(), &contacts(r#"[{"user_id":"CO.2"}]"#)).unwrap();
        assert_eq!(sender.reply_address, "CO.2");
        assert_eq!(Sender::find(Ids::default(), &[]), None);
    }

    #[test]
    fn a_contact_that_cannot_be_read_spoils_nothing() {
        let some = contacts(r#"[7, {"wa_id":[]}, {"profile":{"name":""},"wa_id":573001112233}]"#);
        assert_eq!(some.len(), 2, "the number is no object");
        assert_eq!(Sender::find(ids(Some("573001112233"), None), &some).unwrap().name, None, "empty");
    }
}
