//! The floor's pieces.

use chrono::{DateTime, Utc};
use domain::Principal;
use sea_orm::{DatabaseConnection, DbErr};
use views::{Tx, askama};

use super::{draw::Drawing, needs::Needs};
use crate::present::Class;

/// One element of the floor.
pub enum Piece {}

impl Piece {
    /// In which class a viewer may see it, if at all.
    pub fn class_for(&self, _viewer: &Principal) -> Option<Class> {
        match *self {}
    }

    /// The update for a viewer who may not see it any more.
    pub fn absent(&self) -> Option<String> {
        match *self {}
    }

    /// The update.
    pub fn draw(&self, _tx: Tx, _class: Class, _now: DateTime<Utc>) -> Result<String, askama::Error> {
        match *self {}
    }
}

/// Read what the floor is owed.
pub async fn prepare(
    _db: &DatabaseConnection,
    _owed: &Needs,
    _now: DateTime<Utc>,
) -> Result<Vec<Drawing>, DbErr> {
    Ok(Vec::new())
}
