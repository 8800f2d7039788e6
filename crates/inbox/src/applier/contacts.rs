//! Who wrote: one contact for each customer, however many addresses they have, however those are spelled, and however
//! many messages they send at once. Who is who when a number has a new owner: docs/decisions/0016.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{Address, ContactId, ConversationId, Event, IdentityId, IdentityKind, PersonId};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

use crate::{contacts, rows};

/// Somebody a batch speaks of.
pub(crate) struct Asked<'a> {
    /// All addresses the vendor gave, best first.
    pub addresses: &'a [Address],
    /// The vendor's account: user ids hold in it alone.
    pub account: &'a str,
    /// The name they chose themselves.
    pub name: Option<&'a str>,
}

/// What two spellings of an address share.
type Key = (IdentityKind, String);

fn key(address: &Address) -> Key {
    (address.kind, address.key())
}

#[derive(Serialize)]
struct NewContact {
    id: ContactId,
    name: String,
}

#[derive(Serialize)]
struct NewIdentity {
    id: IdentityId,
    contact_id: ContactId,
    kind: IdentityKind,
    value: String,
    account_key: Option<String>,
}

#[derive(Serialize)]
struct Named {
    id: ContactId,
    name: String,
}

/// A user id of a contact, and the account it holds in; unknown for those of old.
struct User {
    address: Address,
    account: Option<String>,
}

/// What is known of the addresses of a batch, and what the batch adds to it. Pure between [`People::load`] and
/// [`People::save`].
#[derive(Default)]
struct People {
    owners: HashMap<Key, ContactId>,
    users: HashMap<ContactId, Vec<User>>,
    /// Contacts that are called by their address.
    nameless: HashSet<ContactId>,
    contacts: Vec<NewContact>,
    identities: Vec<NewIdentity>,
    named: Vec<Named>,
    ended: Vec<Address>,
    proposals: BTreeSet<(ContactId, ContactId)>,
}

/// The contact of each, in the same order; unknown ones are created.
pub(crate) async fn resolve(
    tx: &DatabaseTransaction,
    asked: &[Asked<'_>],
    now: DateTime<Utc>,
    happened: &mut Vec<(Event, Option<PersonId>)>,
) -> Result<Vec<ContactId>, DbErr> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut people = People::load(tx, asked).await?;
    let resolved = asked.iter().map(|asked| people.settle(asked)).collect();
    people.save(tx, now, happened).await?;
    Ok(resolved)
}

impl People {
    async fn load(tx: &DatabaseTransaction, asked: &[Asked<'_>]) -> Result<Self, DbErr> {
        #[derive(Serialize)]
        struct Wanted {
            kind: IdentityKind,
            key: String,
        }
        #[derive(FromQueryResult)]
        struct Known {
            kind: IdentityKind,
            match_key: String,
            contact_id: ContactId,
            name: String,
        }

        let wanted: HashSet<Key> = asked.iter().flat_map(|asked| asked.addresses).map(key).collect();
        let wanted: Vec<Wanted> = wanted.into_iter().map(|(kind, key)| Wanted { kind, key }).collect();
        let known: Vec<Known> = rows::all(
            tx,
            "select identity.kind, identity.match_key, identity.contact_id, contact.name
             from json_to_recordset($1::text::json) as asked(kind text, key text)
             join identity on identity.kind = asked.kind and identity.match_key = asked.key and identity.ended_at is null
             join contact on contact.id = identity.contact_id",
            [rows::recordset(&wanted)?],
        )
        .await?;
        let mut people = Self::default();
        for row in known {
            if Address::is_address(&row.name) {
                people.nameless.insert(row.contact_id);
            }
            people.owners.insert((row.kind, row.match_key), row.contact_id);
        }
        people.load_users(tx, asked).await?;
        Ok(people)
    }

    /// The other user ids of those who are known by their number, when somebody comes with it under an id we don't know.
    async fn load_users(&mut self, tx: &DatabaseTransaction, asked: &[Asked<'_>]) -> Result<(), DbErr> {
        #[derive(FromQueryResult)]
        struct Found {
            contact_id: ContactId,
            kind: IdentityKind,
            value: String,
            account_key: Option<String>,
        }

        let mut doubtful = BTreeSet::new();
        for asked in asked {
            let owners: BTreeSet<ContactId> = asked
                .addresses
                .iter()
                .filter_map(|address| self.owners.get(&key(address)))
                .copied()
                .collect();
            let has_new_id = asked
                .addresses
                .iter()
                .any(|address| address.is_user() && !self.owners.contains_key(&key(address)));
            if owners.len() > 1 || has_new_id {
                doubtful.extend(owners.into_iter().map(|contact| contact.0));
            }
        }
        if doubtful.is_empty() {
            return Ok(());
        }
        let found: Vec<Found> = rows::all(
            tx,
            "select contact_id, kind, value, account_key from identity
             where contact_id = any($1) and kind in ('bsuid', 'parent_bsuid') and ended_at is null",
            [doubtful.into_iter().collect::<Vec<Uuid>>().into()],
        )
        .await?;
        for row in found {
            let user =
                User { address: Address { kind: row.kind, value: row.value }, account: row.account_key };
            self.users.entry(row.contact_id).or_default().push(user);
        }
        Ok(())
    }

    /// The contact of one who is spoken of. What the vendor calls a user goes before a number: numbers change hands.
    fn settle(&mut self, asked: &Asked<'_>) -> ContactId {
        let owner = |address: &Address| self.owners.get(&key(address)).copied();
        let user = asked.addresses.iter().filter(|address| address.is_user()).find_map(owner);
        let phone = asked.addresses.iter().find(|address| !address.is_user());
        let phone_owner = phone.and_then(owner);
        let contact = match (user, phone_owner, phone) {
            (Some(user), Some(other), Some(phone)) if user != other => {
                if self.is_somebody_else(other, asked) {
                    self.end(phone);
                } else {
                    // Perhaps one person whom we met twice; a person decides.
                    self.proposals.insert(contacts::pair(user, other));
                }
                user
            }
            (Some(user), ..) => user,
            (None, Some(other), Some(phone)) if self.is_somebody_else(other, asked) => {
                self.end(phone);
                self.create(asked)
            }
            (None, Some(owner), _) => owner,
            (None, None, _) => self.create(asked),
        };
        for address in asked.addresses {
            self.attach(contact, address, asked.account);
        }
        if let Some(name) = asked.name.map(str::trim).filter(|name| !name.is_empty())
            && self.nameless.remove(&contact)
        {
            self.named.push(Named { id: contact, name: name.to_owned() });
        }
        contact
    }

    /// Whether a number's owner is known to the same account by another id than the one who now comes with the number.
    fn is_somebody_else(&self, owner: ContactId, asked: &Asked<'_>) -> bool {
        let ids = |kind| asked.addresses.iter().filter(move |address| address.kind == kind);
        self.users.get(&owner).into_iter().flatten().any(|user| {
            let mut theirs = ids(user.address.kind).peekable();
            user.account.as_deref() == Some(asked.account)
                && theirs.peek().is_some()
                && theirs.all(|id| id.value != user.address.value)
        })
    }

    fn end(&mut self, address: &Address) {
        self.owners.remove(&key(address));
        // One that this very batch added never was.
        let before = self.identities.len();
        self.identities.retain(|new| !(new.kind == address.kind && new_key(new) == address.key()));
        if self.identities.len() == before {
            self.ended.push(address.clone());
        }
    }

    fn create(&mut self, asked: &Asked<'_>) -> ContactId {
        let id = ContactId::new();
        let name = display_name(asked.name, asked.addresses);
        if Address::is_address(name) {
            self.nameless.insert(id);
        }
        self.contacts.push(NewContact { id, name: name.to_owned() });
        id
    }

    /// Note an address that nobody has yet.
    fn attach(&mut self, contact: ContactId, address: &Address, account: &str) {
        if self.owners.contains_key(&key(address)) {
            return;
        }
        self.owners.insert(key(address), contact);
        let account = address.is_user().then(|| account.to_owned());
        if address.is_user() {
            let user = User { address: address.clone(), account: account.clone() };
            self.users.entry(contact).or_default().push(user);
        }
        self.identities.push(NewIdentity {
            id: IdentityId::new(),
            contact_id: contact,
            kind: address.kind,
            value: address.value.clone(),
            account_key: account,
        });
    }

    async fn save(
        self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
        happened: &mut Vec<(Event, Option<PersonId>)>,
    ) -> Result<(), DbErr> {
        if !self.ended.is_empty() {
            end(tx, &self.ended, now).await?;
        }
        if !self.contacts.is_empty() {
            rows::run(
                tx,
                "insert into contact (id, name, created_at)
                 select id, name, $2 from json_to_recordset($1::text::json) as row(id uuid, name text)",
                [rows::recordset(&self.contacts)?, now.into()],
            )
            .await?;
        }
        insert(tx, &self.identities, now).await?;
        if !self.named.is_empty() {
            happened.extend(name(tx, &self.named).await?.into_iter().map(|event| (event, None)));
        }
        for (one, other) in self.proposals {
            contacts::propose(tx, one, other, &contacts::ProposalReason::SameMessage, now).await?;
        }
        Ok(())
    }
}

fn new_key(new: &NewIdentity) -> String {
    Address { kind: new.kind, value: new.value.clone() }.key()
}

/// Give names. Answers what pages with their conversations have to be told.
async fn name(tx: &DatabaseTransaction, named: &[Named]) -> Result<Vec<Event>, DbErr> {
    #[derive(FromQueryResult)]
    struct Shown {
        conversation_id: ConversationId,
        contact_id: ContactId,
    }
    let shown: Vec<Shown> = rows::all(
        tx,
        "with named as (
             update contact set name = row.name
             from json_to_recordset($1::text::json) as row(id uuid, name text) where contact.id = row.id
             returning contact.id)
         select c.id as conversation_id, c.contact_id
         from named join conversation c on c.contact_id = named.id and c.state <> 'closed'",
        [rows::recordset(named)?],
    )
    .await?;
    Ok(shown
        .into_iter()
        .map(|row| Event::ContactChanged { conversation: row.conversation_id, contact: row.contact_id })
        .collect())
}

/// These addresses are nobody's any more.
pub(super) async fn end(
    tx: &DatabaseTransaction,
    addresses: &[Address],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "update identity set ended_at = $2
         from json_to_recordset($1::text::json) as row(kind text, value text)
         where identity.kind = row.kind and identity.match_key = match_key(row.kind, row.value)
             and identity.ended_at is null",
        [rows::recordset(addresses)?, now.into()],
    )
    .await?;
    Ok(())
}

/// A contact has these addresses from now on; nobody else has them.
pub(super) async fn add(
    tx: &DatabaseTransaction,
    contact: ContactId,
    addresses: &[Address],
    account: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let new: Vec<NewIdentity> = addresses
        .iter()
        .map(|address| NewIdentity {
            id: IdentityId::new(),
            contact_id: contact,
            kind: address.kind,
            value: address.value.clone(),
            account_key: address.is_user().then(|| account.to_owned()),
        })
        .collect();
    insert(tx, &new, now).await
}

async fn insert(
    tx: &DatabaseTransaction,
    identities: &[NewIdentity],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if identities.is_empty() {
        return Ok(());
    }
    // No ON CONFLICT: whoever was faster (an import, an agent) makes this transaction start again and find them.
    rows::run(
        tx,
        "insert into identity (id, contact_id, kind, value, account_key, created_at)
         select id, contact_id, kind, value, account_key, $2
         from json_to_recordset($1::text::json)
             as row(id uuid, contact_id uuid, kind text, value text, account_key text)",
        [rows::recordset(identities)?, now.into()],
    )
    .await?;
    Ok(())
}

/// The name the customer chose, else the address they wrote from.
fn display_name<'a>(name: Option<&'a str>, from: &'a [Address]) -> &'a str {
    name.map(str::trim)
        .filter(|name| !name.is_empty())
        .or_else(|| from.first().map(|address| address.value.as_str()))
        .unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: &str = "waba:1";

    fn phone(value: &str) -> Address {
        Address::phone(value).unwrap()
    }

    fn user(value: &str) -> Address {
        Address::bsuid(value).unwrap()
    }

    fn ask(people: &mut People, addresses: &[Address], account: &str) -> ContactId {
        people.settle(&Asked { addresses, account, name: None })
    }

    #[test]
    fn a_number_that_comes_with_another_user_id_is_another_person() {
        let mut people = People::default();
        let ana = ask(&mut people, &[phone("51987412306"), user("PE.1")], META);
        let luis = ask(&mut people, &[phone("51987412306"), user("PE.2")], META);
        assert_ne!(ana, luis);
        assert_eq!(ask(&mut people, &[phone("51987412306")], META), luis, "the number is his now");
        assert_eq!(ask(&mut people, &[user("PE.1")], META), ana);
    }

    #[test]
    fn another_account_knows_the_same_person_by_another_id() {
        let mut people = People::default();
        let ana = ask(&mut people, &[phone("51987412306"), user("PE.1")], META);
        assert_eq!(ask(&mut people, &[phone("51987412306"), user("PE.77")], "waba:2"), ana);
        assert!(people.ended.is_empty());
    }

    #[test]
    fn who_is_known_by_number_here_and_by_id_there_is_proposed_and_not_joined() {
        let mut people = People::default();
        let by_sms = ask(&mut people, &[phone("51987412306")], "twilio:AC1");
        let by_name = ask(&mut people, &[user("PE.1")], META);
        let now = ask(&mut people, &[phone("51987412306"), user("PE.1")], META);
        assert_eq!(now, by_name);
        assert_eq!(people.proposals, BTreeSet::from([contacts::pair(by_sms, by_name)]));
    }

    #[test]
    fn every_spelling_of_a_number_is_the_same_contact() {
        let mut people = People::default();
        let ana = ask(&mut people, &[phone("5215512345678")], META);
        assert_eq!(ask(&mut people, &[phone("525512345678")], "twilio:AC1"), ana);
        assert_eq!(people.identities.len(), 1);
    }
}
