//! Names of people and queues for the lines of threads, read seldom and shared by all pages of a node.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{ChannelId, PersonId, QueueId, TeamId};
use entity::{person, queue, team};
use inbox::reading::{self, choices::QueueName};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, QuerySelect};

use crate::remembered::Remembered;

/// A new name shows at the latest after this.
const FRESH: Duration = Duration::from_secs(5);

/// Names as they were a moment ago.
#[derive(Debug, Default)]
pub struct Names {
    people: HashMap<PersonId, String>,
    queues: HashMap<QueueId, String>,
    teams: HashMap<TeamId, String>,
}

impl Names {
    /// A person's full name.
    #[must_use]
    pub fn person(&self, id: PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_default()
    }

    /// A queue's name.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> String {
        self.queues.get(&id).cloned().unwrap_or_default()
    }

    /// A team's name.
    #[must_use]
    pub fn team(&self, id: TeamId) -> String {
        self.teams.get(&id).cloned().unwrap_or_default()
    }
}

/// Queues and channels as lists go by them, as they were a moment ago.
#[derive(Debug, Default)]
pub struct Places {
    /// In the order of the screen.
    queues: Vec<QueueName>,
    channels: HashMap<ChannelId, String>,
}

impl Places {
    /// The queues that are in the routing, in the order of the screen.
    pub fn queues(&self) -> impl Iterator<Item = (QueueId, &str)> {
        self.queues.iter().filter(|queue| !queue.retired).map(|queue| (queue.id, queue.name.as_str()))
    }

    /// A queue's name.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> String {
        self.queues.iter().find(|queue| queue.id == id).map(|queue| queue.name.clone()).unwrap_or_default()
    }

    /// A channel's name.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> String {
        self.channels.get(&id).cloned().unwrap_or_default()
    }
}

/// The names of this node.
#[derive(Debug, Clone)]
pub struct Directory {
    db: DatabaseConnection,
    known: Remembered<Names>,
    places: Remembered<Places>,
}

impl Directory {
    /// A directory that reads from `db`.
    #[must_use]
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, known: Remembered::new(FRESH), places: Remembered::new(FRESH) }
    }

    /// The names, a few seconds old.
    ///
    /// # Errors
    /// When the database fails and nothing is known yet.
    pub async fn names(&self) -> Result<Arc<Names>, DbErr> {
        self.known.get(self.read()).await
    }

    /// Queues and channels, a few seconds old.
    ///
    /// # Errors
    /// When the database fails and nothing is known yet.
    pub async fn places(&self) -> Result<Arc<Places>, DbErr> {
        self.places.get(self.read_places()).await
    }

    async fn read_places(&self) -> Result<Places, DbErr> {
        let reading::choices::Places { queues, channels } = reading::choices::places(&self.db).await?;
        Ok(Places { queues, channels: channels.into_iter().collect() })
    }

    async fn read(&self) -> Result<Names, DbErr> {
        let people = person::Entity::find()
            .select_only()
            .columns([person::Column::Id, person::Column::Name])
            .into_tuple::<(PersonId, String)>()
            .all(&self.db)
            .await?;
        let queues = queue::Entity::find()
            .select_only()
            .columns([queue::Column::Id, queue::Column::Name])
            .into_tuple::<(QueueId, String)>()
            .all(&self.db)
            .await?;
        let teams = team::Entity::find()
            .select_only()
            .columns([team::Column::Id, team::Column::Name])
            .into_tuple::<(TeamId, String)>()
            .all(&self.db)
            .await?;
        Ok(Names {
            people: people.into_iter().collect(),
            queues: queues.into_iter().collect(),
            teams: teams.into_iter().collect(),
        })
    }
}
