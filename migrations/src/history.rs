//! Going up, going down, and saying where we are.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};

use crate::{
    Error, Migration,
    migration::fnv1a,
    record::{self, Applied},
};

/// Migrations in their order.
#[derive(Debug, Clone, Copy)]
pub struct History(&'static [Migration]);

/// A migration and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: State,
}

/// Where a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Known and in the database.
    Applied,
    /// Known, and still to be applied.
    Pending,
    /// In the database with other SQL than the program has.
    Changed,
    /// In the database, made by a later version of the program.
    Unknown,
}

impl History {
    /// A history, oldest first.
    #[must_use]
    pub const fn new(migrations: &'static [Migration]) -> Self {
        Self(migrations)
    }

    /// See [`crate::up`].
    ///
    /// # Errors
    /// See [`crate::up`].
    pub async fn up(&self, db: &DatabaseConnection) -> Result<Vec<&'static str>, Error> {
        let mut done = Vec::new();
        for migration in self.0 {
            if apply(db, migration).await? {
                tracing::info!(migration = migration.name(), "applied migration {}", migration.name());
                done.push(migration.name());
            }
        }
        Ok(done)
    }

    /// See [`crate::down`].
    ///
    /// # Errors
    /// See [`crate::down`].
    pub async fn down(&self, db: &DatabaseConnection, steps: usize) -> Result<Vec<&'static str>, Error> {
        let mut done = Vec::new();
        while done.len() < steps {
            let Some(name) = self.take_back_newest(db).await? else { break };
            tracing::info!(migration = name, "took back migration {name}");
            done.push(name);
        }
        Ok(done)
    }

    /// See [`crate::status`].
    ///
    /// # Errors
    /// See [`crate::status`].
    pub async fn status(&self, db: &DatabaseConnection) -> Result<Vec<Status>, Error> {
        Ok(self.compare(&record::applied(db).await?))
    }

    /// See [`crate::hash`].
    #[must_use]
    pub fn hash(&self) -> String {
        let all: Vec<_> = self.0.iter().flat_map(|one| [one.name().to_owned(), one.checksum()]).collect();
        format!("{:016x}", fnv1a(all.join("\n").as_bytes()))
    }

    fn compare(&self, applied: &[Applied]) -> Vec<Status> {
        let of_known = |one: &Migration| match applied.iter().find(|found| found.name == one.name()) {
            None => State::Pending,
            Some(found) if found.checksum == one.checksum() => State::Applied,
            Some(_) => State::Changed,
        };
        let known = self.0.iter().map(|one| Status { name: one.name().to_owned(), state: of_known(one) });
        let unknown = applied
            .iter()
            .filter(|found| self.find(&found.name).is_none())
            .map(|found| Status { name: found.name.clone(), state: State::Unknown });
        let mut all: Vec<_> = known.chain(unknown).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    fn find(&self, name: &str) -> Option<&'static Migration> {
        self.0.iter().find(|one| one.name() == name)
    }

    async fn take_back_newest(&self, db: &DatabaseConnection) -> Result<Option<&'static str>, Error> {
        let tx = db.begin().await?;
        record::lock(&tx).await?;
        let Some(newest) = record::applied(&tx).await?.pop() else {
            return Ok(None);
        };
        let Some(migration) = self.find(&newest.name) else {
            return Err(Error::Unknown { name: newest.name });
        };
        run(&tx, migration, migration.down()).await?;
        record::remove(&tx, migration.name()).await?;
        tx.commit().await?;
        Ok(Some(migration.name()))
    }
}

/// Applies one migration unless it is there. The look, the change and the record are one transaction
/// under the lock, so of two nodes one applies it and the other finds it done.
async fn apply(db: &DatabaseConnection, migration: &Migration) -> Result<bool, Error> {
    let tx = db.begin().await?;
    record::lock(&tx).await?;
    record::prepare(&tx).await?;
    if let Some(found) = record::applied(&tx).await?.into_iter().find(|found| found.name == migration.name())
    {
        return if found.checksum == migration.checksum() {
            Ok(false)
        } else {
            Err(Error::Changed { name: found.name })
        };
    }
    run(&tx, migration, migration.up()).await?;
    record::add(&tx, migration.name(), &migration.checksum()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn run(tx: &sea_orm::DatabaseTransaction, migration: &Migration, sql: &str) -> Result<(), Error> {
    let failed = |source| Error::Failed { name: migration.name().to_owned(), source };
    // Unprepared, since only the simple protocol takes several statements at once.
    tx.execute_unprepared(sql).await.map(drop).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration::new("0001_one", "create table one ()", "drop table one");
    const TWO: Migration = Migration::new("0002_two", "create table two ()", "drop table two");

    fn applied(migration: &Migration) -> Applied {
        Applied { name: migration.name().into(), checksum: migration.checksum() }
    }

    fn states(history: History, applied: &[Applied]) -> Vec<State> {
        history.compare(applied).into_iter().map(|status| status.state).collect()
    }

    #[test]
    fn the_status_tells_applied_pending_changed_and_unknown_apart() {
        let both = History::new(&[ONE, TWO]);
        assert_eq!(states(both, &[]), [State::Pending, State::Pending]);
        assert_eq!(states(both, &[applied(&ONE)]), [State::Applied, State::Pending]);
        let edited = Applied { checksum: "other".into(), ..applied(&ONE) };
        assert_eq!(states(both, &[edited]), [State::Changed, State::Pending]);
        assert_eq!(
            states(History::new(&[ONE]), &[applied(&ONE), applied(&TWO)]),
            [State::Applied, State::Unknown]
        );
    }

    #[test]
    fn the_hash_changes_with_names_and_sql() {
        const EDITED: Migration = Migration::new("0001_one", "create table one (id int)", "drop table one");
        const RENAMED: Migration = Migration::new("0001_uno", "create table one ()", "drop table one");
        let of = |history: History| history.hash();
        assert_eq!(of(History::new(&[ONE])), of(History::new(&[ONE])));
        assert_ne!(of(History::new(&[ONE])), of(History::new(&[ONE, TWO])));
        assert_ne!(of(History::new(&[ONE])), of(History::new(&[EDITED])));
        assert_ne!(of(History::new(&[ONE])), of(History::new(&[RENAMED])));
    }

    #[test]
    fn bandejas_own_names_are_in_order() {
        assert!(crate::HISTORY.0.is_sorted_by(|a, b| a.name() < b.name()));
    }
}
