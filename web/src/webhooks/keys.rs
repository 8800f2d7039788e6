//! What vendors sign with: the secrets of all channels, opened and remembered for a few seconds.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use channel_gateway::twilio::SharedKey;
use domain::ChannelId;
use entity::channel_secret;
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    remembered::Remembered,
    secrets::{Keyring, Place},
};

/// A secret entered by an admin counts at the latest after this.
const FRESH: Duration = Duration::from_secs(5);

/// The secrets that webhooks are checked with.
#[derive(Debug, Default)]
pub struct Secrets {
    /// Meta's apps: each distinct one, old and new during rotation.
    pub app_secrets: Vec<SecretString>,
    /// What Meta repeats when a webhook URL is set up.
    pub verify_tokens: Vec<SecretString>,
    /// Twilio's accounts.
    pub auth_tokens: Vec<SecretString>,
    /// Twilio's keys for signatures alone, under the names `shared_key:<id>` (twilio.md §2).
    pub shared_keys: Vec<SharedKey>,
}

/// What stands before the id of a shared key in the name of its secret.
const SHARED_KEY: &str = "shared_key:";

/// The secrets of this installation. While Postgres is away the last known ones still tell friend from foe.
#[derive(Clone)]
pub struct VendorKeys {
    db: DatabaseConnection,
    keyring: Arc<Keyring>,
    known: Remembered<Secrets>,
}

impl VendorKeys {
    /// Keys that are read from `db` and opened with `keyring`.
    #[must_use]
    pub fn new(db: DatabaseConnection, keyring: Arc<Keyring>) -> Self {
        Self { db, keyring, known: Remembered::new(FRESH) }
    }

    /// The secrets, a few seconds old at most while Postgres answers.
    ///
    /// # Errors
    /// When Postgres does not answer and nothing is known yet.
    pub async fn get(&self) -> Result<Arc<Secrets>, DbErr> {
        self.known.get(self.read()).await
    }

    /// A secret was just changed here: it counts at once on this node, and within seconds on others.
    pub fn doubt(&self) {
        self.known.doubt();
    }

    async fn read(&self) -> Result<Secrets, DbErr> {
        let rows = channel_secret::Entity::find()
            .filter(
                channel_secret::Column::Name
                    .is_in(["app_secret", "verify_token", "auth_token"])
                    .or(channel_secret::Column::Name.starts_with(SHARED_KEY)),
            )
            .order_by_desc(channel_secret::Column::Generation)
            .all(&self.db)
            .await?;
        let mut secrets = Secrets::default();
        let mut seen = BTreeSet::new();
        for row in rows {
            let place_row = secret_place(row.channel_id, &row.name, row.generation);
            let place = Place { table: "channel_secret", column: "sealed", row: &place_row };
            let secret = match self.keyring.open(place, &row.sealed) {
                Ok(secret) => secret,
                Err(error) => {
                    tracing::error!(channel = %row.channel_id, name = row.name, %error, "a channel's secret can't be opened");
                    continue;
                }
            };
            if !seen.insert((row.name.clone(), secret.expose_secret().to_owned())) {
                continue;
            }
            match row.name.as_str() {
                "app_secret" => secrets.app_secrets.push(secret),
                "verify_token" => secrets.verify_tokens.push(secret),
                name => match name.strip_prefix(SHARED_KEY) {
                    Some(id) => secrets.shared_keys.push(SharedKey { id: id.to_owned(), secret }),
                    None => secrets.auth_tokens.push(secret),
                },
            }
        }
        Ok(secrets)
    }
}

/// How a row of `channel_secret` is named where it is sealed.
#[must_use]
pub fn secret_place(channel: ChannelId, name: &str, generation: i32) -> String {
    format!("{channel}/{name}/{generation}")
}
