//! What is there before any node runs: database, people's passwords, channels, and the vendors.

use std::any::Any;

use bandeja::{
    auth::passwords::Passwords,
    secrets::{self, Keyring, Place},
    settings::{FactorPolicy, Settings},
    webhooks::secret_place,
};
use domain::{ChannelId, Principal};
use entity::{channel, channel_secret, person};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait as _, DatabaseConnection, EntityTrait as _,
    Statement, TryGetable,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use testing::{PHONE_NUMBER_ID, TWILIO_ACCOUNT, WABA, World};
use url::Url;

use super::{Person, Vendor};
use crate::helpers::PASSWORD;

/// A company that nobody serves yet.
pub struct Ground {
    pub db: DatabaseConnection,
    pub world: World,
    pub settings: Settings,
    pub vendor: Vendor,
    passwords: Passwords,
    /// Go with us.
    _media: tempfile::TempDir,
    _database: Box<dyn Any + Send>,
}

impl Ground {
    /// Found the clinic in an empty database, for a server that will be reached at `url`.
    pub async fn lay(
        database: Box<dyn Any + Send>,
        database_url: &str,
        db: DatabaseConnection,
        url: Url,
        change: impl FnOnce(&mut simulator::Settings),
    ) -> Self {
        let world = World::new(&db).await;
        let vendor = Vendor::start(&url, change).await;
        let mut settings = Settings::defaults().unwrap();
        settings.server.public_urls = vec![url];
        settings.server.workers = 1;
        settings.keys.current = Some(secrets::new_key());
        settings.database.url = Some(database_url.into());
        let media = tempfile::tempdir().unwrap();
        settings.media.url = format!("file://{}", media.path().display());
        settings.vendors.whatsapp_url = vendor.graph_url();
        settings.vendors.twilio_url = vendor.twilio_url();
        settings.vendors.twilio_content_url = vendor.twilio_url();
        settings.vendors.twilio_messaging_url = vendor.twilio_url();
        (settings.vendors.connect_seconds, settings.vendors.answer_seconds) = (1, 3);
        settings.auth.second_factor = FactorPolicy::Nobody;
        // Right and wrong passwords differ as much with a quick hash as with a slow one.
        (settings.auth.argon2_memory_kib, settings.auth.argon2_passes) = (64, 1);
        let passwords = Passwords::new(&settings.auth).unwrap();
        let keyring = Keyring::load(&settings.keys).unwrap();
        let cloud = json!({ "waba": WABA, "phone_number_id": PHONE_NUMBER_ID });
        let secrets = [
            ("app_secret", "demo-app-secret"),
            ("verify_token", "demo-verify-token"),
            ("access_token", "demo-access-token"),
        ];
        connect(&db, &keyring, world.whatsapp, cloud, &secrets).await;
        let twilio = json!({ "account": TWILIO_ACCOUNT, "from": "+14155550111" });
        let secrets = [("auth_token", "demo-twilio-token"), ("shared_key:SHK1", "demo-shared-key")];
        connect(&db, &keyring, world.sms, twilio, &secrets).await;
        Self { db, world, settings, vendor, passwords, _media: media, _database: database }
    }

    /// Let a person in at one of the nodes.
    pub async fn welcome(&self, node: &Url, name: &str, who: Principal) -> Person {
        let hash = self.passwords.hash(SecretString::from(PASSWORD)).await.unwrap();
        let row =
            person::ActiveModel { id: Set(who.person), password_hash: Set(Some(hash)), ..Default::default() };
        row.update(&self.db).await.unwrap();
        Person::sign_in(node, self.origin(), name, who).await
    }

    /// Where our pages are, as a browser says it.
    pub fn origin(&self) -> String {
        self.settings.server.public_urls[0].origin().ascii_serialization()
    }

    pub async fn run(&self, sql: &str) {
        self.db.execute_unprepared(sql).await.unwrap();
    }
}

/// Gives a channel what it is called and opened with.
async fn connect(
    db: &DatabaseConnection,
    keyring: &Keyring,
    id: ChannelId,
    settings: Value,
    secrets: &[(&str, &str)],
) {
    let row = channel::ActiveModel { id: Set(id), settings: Set(settings), ..Default::default() };
    row.update(db).await.unwrap();
    for (name, secret) in secrets {
        let secret = SecretString::from(*secret);
        let row = secret_place(id, name, 1);
        let place = Place { table: "channel_secret", column: "sealed", row: &row };
        let row = channel_secret::ActiveModel {
            channel_id: Set(id),
            name: Set((*name).to_owned()),
            generation: Set(1),
            sealed: Set(keyring.seal(place, &secret).unwrap()),
            last_four: Set("····".to_owned()),
            changed_at: Set(chrono::Utc::now()),
        };
        channel_secret::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
}

/// The first column of the first row.
pub async fn one<T: TryGetable>(db: &DatabaseConnection, sql: &str) -> Option<T> {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().map(|row| row.try_get_by_index(0).unwrap())
}

/// How many rows a question counts.
pub async fn count(db: &DatabaseConnection, sql: &str) -> i64 {
    one(db, sql).await.unwrap()
}
