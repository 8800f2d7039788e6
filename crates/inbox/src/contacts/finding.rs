//! Finding a contact by hand, to join it with another: by name, or by a piece of its number.

use domain::{ContactId, Permission, Principal};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::rows::{self, Reach, within};

/// How many are found.
const MOST: i64 = 12;
/// Fewer letters or figures find nobody.
pub const SHORTEST: usize = 2;

/// A contact that was found.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    /// Who.
    pub id: ContactId,
    /// How they are called.
    pub name: String,
    /// Their oldest address.
    pub address: Option<String>,
}

/// Contacts beside this one whose name has these words in it, accents or not, or whose address has these figures; those
/// alone that a permission of the person reaches.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    by: &Principal,
    permission: Permission,
    beside: ContactId,
    words: &str,
) -> Result<Vec<Found>, DbErr> {
    let words = words.trim();
    if words.chars().count() < SHORTEST || words.contains('\0') {
        return Ok(Vec::new());
    }
    let figures: String = words.chars().filter(char::is_ascii_digit).collect();
    let by_figures = (figures.len() >= 3).then(|| format!("%{figures}%"));
    let like = format!("%{}%", words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
    let [everything, person, unassigned_in, all_in, near] = Reach::of(&by.reach(permission)).values();
    rows::all(
        db,
        concat!(
            "select k.id, k.name, (select i.value from identity i where i.contact_id = k.id and i.ended_at is null
                 order by i.created_at, i.id limit 1) as address
             from contact k
             where k.merged_into is null and k.id <> $6
                 and (unaccent(lower(k.name)) like unaccent(lower($7))
                     or exists (select from identity i where i.contact_id = k.id and i.ended_at is null
                         and i.value like $8))
                 and ($1 or exists (select from conversation c where c.contact_id = k.id and ",
            within!(1, 2, 3, 4, 5),
            "))
             order by k.name, k.id limit $9"
        ),
        [
            everything,
            person,
            unassigned_in,
            all_in,
            near,
            beside.into(),
            like.into(),
            by_figures.into(),
            MOST.into(),
        ],
    )
    .await
}
