//! People: those who sign in.

use chrono::{DateTime, Utc};
use domain::{PersonId, RoleId};
use sea_orm::entity::prelude::*;

/// People: those who sign in.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    /// Lower-case address; the sign-in name.
    pub email: String,
    /// Full name.
    pub name: String,
    /// The role, which gives permissions.
    pub role_id: RoleId,
    /// Argon2id; missing until the one-time link was used.
    pub password_hash: Option<String>,
    /// Language of the interface.
    pub locale: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// How much room things take: `comfortable` or `compact`.
    pub density: String,
    /// How large text is: `small`, `normal` or `large`.
    pub text_size: String,
    /// IANA name; missing: the company's.
    pub time_zone: Option<String>,
    /// In which order they want their list: `activity` or `sla`.
    pub list_order: String,
    /// Raised when role, password or access changes.
    pub version: i32,
    /// No longer lets in since.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
