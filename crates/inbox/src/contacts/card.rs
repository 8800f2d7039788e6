//! What people write on a contact: name, VIP, owner, language, and the fields of the company.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    Attribute, ContactId, ConversationId, Event, Permission, PersonId, Principal, attribute::Fault,
    collected::Origin,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use super::is_within;
use crate::{attributes, collected::sources_after, events, rows, waiting};

/// A name has no more characters.
pub const LONGEST_NAME: usize = 200;

/// What people wrote on a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// How they are called.
    pub name: String,
    /// Whether they go before others.
    pub vip: bool,
    /// Whose customer they are.
    pub owner: Option<PersonId>,
    /// The language they stated: two small letters.
    pub language: Option<String>,
    /// Values of fields by key, each in its one spelling; also of fields that were retired.
    pub attributes: BTreeMap<String, String>,
    /// From whom they are, where that is known.
    pub sources: BTreeMap<String, Origin>,
    /// Grows with every writing.
    pub version: i32,
}

/// A card as somebody wants it. Fields that are not named stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The version they looked at.
    pub version: i32,
    /// How the contact is called.
    pub name: String,
    /// Whether they go before others.
    pub vip: bool,
    /// Whose customer they are.
    pub owner: Option<PersonId>,
    /// Two small letters; empty for none.
    pub language: String,
    /// Values by key, as typed; empty for none.
    pub attributes: BTreeMap<String, String>,
}

/// A part of a card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    /// The name.
    Name,
    /// The owner.
    Owner,
    /// The language.
    Language,
    /// A field, by key.
    Attribute(String),
}

/// What is wrong with a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// There is nothing where something has to be.
    Blank,
    /// It is too long, or has characters that no line of text has.
    Unreadable,
    /// There is no such person, language or field.
    Unknown,
    /// The field's kind does not allow it.
    Value(Fault),
}

/// Why a card was not written.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// No such contact, or not for this person to write on.
    #[error("no such contact")]
    NotFound,
    /// Somebody wrote on it since they looked.
    #[error("somebody else wrote on the contact")]
    ChangedSince,
    /// Parts of it can't be so.
    #[error("parts of it can't be so")]
    Wrong(BTreeMap<Spot, Wrong>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

#[derive(FromQueryResult)]
struct Row {
    name: String,
    vip: bool,
    owner_id: Option<PersonId>,
    language: Option<String>,
    attributes: serde_json::Value,
    sources: serde_json::Value,
    version: i32,
}

impl TryFrom<Row> for Card {
    type Error = DbErr;

    fn try_from(row: Row) -> Result<Self, DbErr> {
        Ok(Self {
            name: row.name,
            vip: row.vip,
            owner: row.owner_id,
            language: row.language,
            attributes: rows::read(row.attributes)?,
            sources: rows::read(row.sources)?,
            version: row.version,
        })
    }
}

/// A contact's card; `None` for one that was joined with another.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &impl ConnectionTrait, contact: ContactId) -> Result<Option<Card>, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        "select name, vip, owner_id, language, attributes, sources, version from contact where id = $1 and merged_into is null",
        [contact.into()],
    )
    .await?;
    found.into_iter().next().map(Card::try_from).transpose()
}

/// Write on a contact, all of it or nothing. What waits of theirs takes its new place in the order: wake dispatcher and
/// relay after the commit.
///
/// # Errors
/// The refusals of [`CardError`].
pub async fn write(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    written: Written,
    now: DateTime<Utc>,
) -> Result<(), CardError> {
    if !is_within(tx, by, Permission::ContactUpdate, contact).await? {
        return Err(CardError::NotFound);
    }
    // Contacts before conversations, like whoever joins them.
    let locked: Vec<Row> = rows::all(
        tx,
        "select name, vip, owner_id, language, attributes, sources, version from contact
         where id = $1 and merged_into is null for no key update",
        [contact.into()],
    )
    .await?;
    let before = Card::try_from(locked.into_iter().next().ok_or(CardError::NotFound)?)?;
    if before.version != written.version {
        return Err(CardError::ChangedSince);
    }
    let known = attributes::all(tx).await?;
    let owner_known = match written.owner.filter(|owner| before.owner != Some(*owner)) {
        Some(owner) => is_person(tx, owner).await?,
        None => true,
    };
    let after = decide(&before, written, &known, owner_known).map_err(CardError::Wrong)?;
    if after == before {
        return Ok(());
    }
    let sources = sources_after(before.sources, &before.attributes, &after.attributes, by.person, now);
    rows::run(
        tx,
        "update contact set name = $2, vip = $3, owner_id = $4, language = $5, attributes = $6::text::jsonb,
             sources = $7::text::jsonb, version = version + 1
         where id = $1",
        [
            contact.into(),
            after.name.clone().into(),
            after.vip.into(),
            after.owner.into(),
            after.language.clone().into(),
            rows::json(&after.attributes)?,
            rows::json(&sources)?,
        ],
    )
    .await?;
    let open = open_conversations(tx, contact).await?;
    if (after.vip, after.owner) != (before.vip, before.owner) {
        waiting::place_again(tx, &open).await?;
    }
    let happened: Vec<_> = open
        .into_iter()
        .map(|conversation| (Event::ContactChanged { conversation, contact }, Some(by.person)))
        .collect();
    events::append(tx, &happened, now).await?;
    Ok(())
}

/// Fill in fields that are empty, as closing asks for them. What somebody filled in meanwhile stays, and so does everything
/// else. Nothing to fill in is nothing to ask permission for.
///
/// # Errors
/// The refusals of [`CardError`].
pub async fn fill(
    tx: &DatabaseTransaction,
    by: &Principal,
    contact: ContactId,
    values: BTreeMap<String, String>,
    now: DateTime<Utc>,
) -> Result<(), CardError> {
    if values.is_empty() {
        return Ok(());
    }
    if !is_within(tx, by, Permission::ContactUpdate, contact).await? {
        return Err(CardError::NotFound);
    }
    let locked: Vec<Row> = rows::all(
        tx,
        "select name, vip, owner_id, language, attributes, sources, version from contact
         where id = $1 and merged_into is null for no key update",
        [contact.into()],
    )
    .await?;
    let before = Card::try_from(locked.into_iter().next().ok_or(CardError::NotFound)?)?;
    let filled = filled(&before.attributes, values, &attributes::all(tx).await?).map_err(CardError::Wrong)?;
    if filled == before.attributes {
        return Ok(());
    }
    let sources = sources_after(before.sources, &before.attributes, &filled, by.person, now);
    rows::run(
        tx,
        "update contact set attributes = $2::text::jsonb, sources = $3::text::jsonb, version = version + 1 where id = $1",
        [contact.into(), rows::json(&filled)?, rows::json(&sources)?],
    )
    .await?;
    let happened: Vec<_> = open_conversations(tx, contact)
        .await?
        .into_iter()
        .map(|conversation| (Event::ContactChanged { conversation, contact }, Some(by.person)))
        .collect();
    events::append(tx, &happened, now).await?;
    Ok(())
}

/// The fields with what was filled in, or everything that is wrong with it.
fn filled(
    before: &BTreeMap<String, String>,
    values: BTreeMap<String, String>,
    known: &[Attribute],
) -> Result<BTreeMap<String, String>, BTreeMap<Spot, Wrong>> {
    let (mut after, mut wrong) = (before.clone(), BTreeMap::new());
    for (key, text) in values.into_iter().filter(|(key, _)| !before.contains_key(key)) {
        match known.iter().find(|attribute| attribute.key == key).map(|one| one.kind.normalise(&text)) {
            Some(Ok(Some(value))) => {
                after.insert(key, value);
            }
            Some(Ok(None)) => {}
            Some(Err(fault)) => {
                wrong.insert(Spot::Attribute(key), Wrong::Value(fault));
            }
            None => {
                wrong.insert(Spot::Attribute(key), Wrong::Unknown);
            }
        }
    }
    if wrong.is_empty() { Ok(after) } else { Err(wrong) }
}

/// What the card is afterwards, or everything that is wrong with it.
fn decide(
    before: &Card,
    written: Written,
    known: &[Attribute],
    owner_known: bool,
) -> Result<Card, BTreeMap<Spot, Wrong>> {
    let mut wrong = BTreeMap::new();
    let name = written.name.trim();
    if name.is_empty() {
        wrong.insert(Spot::Name, Wrong::Blank);
    } else if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        wrong.insert(Spot::Name, Wrong::Unreadable);
    }
    if !owner_known {
        wrong.insert(Spot::Owner, Wrong::Unknown);
    }
    let language = Some(written.language.trim().to_owned()).filter(|language| !language.is_empty());
    let two_letters = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
    if !language.as_ref().is_none_or(two_letters) {
        wrong.insert(Spot::Language, Wrong::Unknown);
    }
    let mut attributes = before.attributes.clone();
    for (key, text) in written.attributes {
        let Some(attribute) = known.iter().find(|attribute| attribute.key == key) else {
            wrong.insert(Spot::Attribute(key), Wrong::Unknown);
            continue;
        };
        // What was fine when it was written stays fine, whatever the choices are now.
        if before.attributes.get(&key) == Some(&text) {
            continue;
        }
        match attribute.kind.normalise(&text) {
            Ok(Some(value)) => {
                attributes.insert(key, value);
            }
            Ok(None) => {
                attributes.remove(&key);
            }
            Err(fault) => {
                wrong.insert(Spot::Attribute(key), Wrong::Value(fault));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(Card {
        name: name.to_owned(),
        vip: written.vip,
        owner: written.owner,
        language,
        attributes,
        sources: before.sources.clone(),
        version: before.version,
    })
}

/// The contact's open conversations, locked.
async fn open_conversations(
    tx: &DatabaseTransaction,
    contact: ContactId,
) -> Result<Vec<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        id: ConversationId,
    }
    let open: Vec<Open> = rows::all(
        tx,
        "select id from conversation where contact_id = $1 and state <> 'closed' order by id for no key update",
        [contact.into()],
    )
    .await?;
    Ok(open.into_iter().map(|open| open.id).collect())
}

async fn is_person(tx: &DatabaseTransaction, person: PersonId) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        #[expect(dead_code, reason = "that there is a row is the answer")]
        id: PersonId,
    }
    let found: Vec<Found> =
        rows::all(tx, "select id from person where id = $1 and disabled_at is null", [person.into()]).await?;
    Ok(!found.is_empty())
}

#[cfg(test)]
mod tests {
    use domain::AttributeKind;

    use super::*;

    fn card() -> Card {
        Card {
            name: "Ana".into(),
            vip: false,
            owner: None,
            language: None,
            attributes: [("plan".to_owned(), "Bronce".to_owned()), ("vieja".to_owned(), "x".to_owned())]
                .into(),
            sources: [].into(),
            version: 3,
        }
    }

    fn written(attributes: &[(&str, &str)]) -> Written {
        let attributes = attributes.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Written {
            version: 3,
            name: " Ana Ríos ".into(),
            vip: true,
            owner: None,
            language: "es".into(),
            attributes: attributes.collect(),
        }
    }

    fn fields() -> [Attribute; 2] {
        let field = |key: &str, kind| Attribute { key: key.into(), name: key.into(), kind, sensitive: false };
        let options = vec!["Oro".to_owned(), "Plata".to_owned()];
        [field("plan", AttributeKind::Choice { options }), field("edad", AttributeKind::Number)]
    }

    #[test]
    fn what_is_empty_is_filled_in_and_nothing_is_written_over() {
        let values = |all: &[(&str, &str)]| {
            all.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
        };
        let before = card().attributes;
        let after = filled(&before, values(&[("edad", " 041 "), ("plan", "Oro")]), &fields()).unwrap();
        assert_eq!(after.get("edad").map(String::as_str), Some("41"));
        assert_eq!(after.get("plan").map(String::as_str), Some("Bronce"), "somebody was there first");
        assert_eq!(filled(&before, values(&[("edad", "")]), &fields()).unwrap(), before);
        let wrong = filled(&before, values(&[("edad", "muchos"), ("nada", "x")]), &fields()).unwrap_err();
        assert_eq!(wrong.len(), 2);
    }

    #[test]
    fn what_is_named_is_written_and_the_rest_stays() {
        let after = decide(&card(), written(&[("edad", "041")]), &fields(), true).unwrap();
        assert_eq!(after.name, "Ana Ríos");
        assert_eq!(after.language.as_deref(), Some("es"));
        let values: Vec<(&str, &str)> =
            after.attributes.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(values, [("edad", "41"), ("plan", "Bronce"), ("vieja", "x")]);
        let after = decide(&card(), written(&[("plan", "")]), &fields(), true).unwrap();
        assert!(!after.attributes.contains_key("plan"));
    }

    #[test]
    fn a_choice_that_is_offered_no_longer_stays_until_somebody_changes_it() {
        assert!(decide(&card(), written(&[("plan", "Bronce")]), &fields(), true).is_ok());
        let mut other = card();
        other.attributes.remove("plan");
        assert!(decide(&other, written(&[("plan", "Bronce")]), &fields(), true).is_err());
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let mut bad = written(&[("plan", "Cobre"), ("edad", "tres"), ("altura", "1")]);
        bad.name = "  ".into();
        bad.language = "español".into();
        let wrong = decide(&card(), bad, &fields(), false).unwrap_err();
        let field = |key: &str| Spot::Attribute(key.to_owned());
        assert_eq!(
            wrong.into_iter().collect::<Vec<_>>(),
            [
                (Spot::Name, Wrong::Blank),
                (Spot::Owner, Wrong::Unknown),
                (Spot::Language, Wrong::Unknown),
                (field("altura"), Wrong::Unknown),
                (field("edad"), Wrong::Value(Fault::NoNumber)),
                (field("plan"), Wrong::Value(Fault::NoChoice)),
            ]
        );
    }
}
