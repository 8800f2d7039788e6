//! The demo's people, queues and channels: Clínica Dental Sonrisas.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::Utc;
use domain::{
    ChannelId, ChannelKind, PersonId, PresenceState, QueueId, SkillId, TeamId, inbound::ChannelKey,
};
use entity::{
    channel, channel_secret, person, person_skill, presence, queue, queue_member, queue_skill, queue_team,
    role, skill, team, team_member,
};
use inbox::outcomes::Typed;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, TransactionTrait as _};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{macros, routing};
use crate::{
    auth::roles,
    secrets::{self, Keyring, Place},
    state::AppState,
    webhooks::secret_place,
};

/// Password of everybody.
pub const PASSWORD: &str = "bandeja-demo-2026";

const QUEUES: [&str; 5] = ["Citas", "Urgencias", "Ventas", "Postventa", "Português"];
const SKILLS: [&str; 5] = ["endodoncia", "ortodoncia", "urgencias", "ventas", "português"];

/// Mailbox, name, role, capacity, queues, skills with their level.
type Someone =
    (&'static str, &'static str, &'static str, i32, &'static [&'static str], &'static [(&'static str, i16)]);

const PEOPLE: [Someone; 7] = [
    ("admin", "Alonso Vega", "admin", 0, &[], &[]),
    ("gabriela", "Gabriela Núñez", "supervisor", 0, &[], &[]),
    (
        "valeria",
        "Valeria Quispe",
        "agent",
        8,
        &["Citas", "Urgencias"],
        &[("endodoncia", 4), ("urgencias", 3)],
    ),
    ("mateo", "Mateo Rojas", "agent", 8, &["Citas", "Ventas"], &[("ventas", 5), ("ortodoncia", 2)]),
    ("camila", "Camila Torres", "agent", 8, &["Citas", "Urgencias"], &[("urgencias", 5), ("endodoncia", 2)]),
    ("diego", "Diego Salazar", "agent", 8, &["Citas", "Postventa"], &[("ortodoncia", 4)]),
    (
        "renata",
        "Renata Oliveira",
        "agent",
        6,
        &["Citas", "Português", "Ventas"],
        &[("português", 5), ("ventas", 3)],
    ),
];

/// Create it all, or nothing.
///
/// # Errors
/// When the database refuses or a secret can't be sealed.
pub async fn found(state: &AppState) -> anyhow::Result<()> {
    let password = state
        .auth
        .passwords
        .hash(SecretString::from(PASSWORD.to_owned()))
        .await
        .context("hash the demo's password")?;
    let tx = state.db.begin().await?;
    roles::ensure_ready_made(&tx).await?;
    let skills = skills(&tx).await?;
    let queues = queues(&tx, &skills).await?;
    let admin = people(&tx, &password, &queues, &skills).await?;
    channels(&tx, &state.keyring, &queues).await?;
    routing::decide(&tx, admin, &queues, state.clock.now()).await?;
    outcomes(&tx).await?;
    macros::write(&tx, admin, &queues, state.clock.now()).await?;
    for account in inbox::templates::pending_accounts(&tx, false).await? {
        inbox::templates::request(&tx, &account).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn skills(tx: &impl ConnectionTrait) -> anyhow::Result<HashMap<&'static str, SkillId>> {
    let skills: HashMap<&str, SkillId> = SKILLS.into_iter().map(|name| (name, SkillId::new())).collect();
    let rows =
        skills.iter().map(|(name, id)| skill::ActiveModel { id: Set(*id), name: Set((*name).to_owned()) });
    skill::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(skills)
}

async fn queues(
    tx: &impl ConnectionTrait,
    skills: &HashMap<&str, SkillId>,
) -> anyhow::Result<HashMap<&'static str, QueueId>> {
    let queues: HashMap<&str, QueueId> = QUEUES.into_iter().map(|name| (name, QueueId::new())).collect();
    let rows = QUEUES.into_iter().zip(1..).map(|(name, position)| queue::ActiveModel {
        id: Set(queues[name]),
        name: Set(name.to_owned()),
        position: Set(position),
        priority: Set(i16::from(name == "Urgencias")),
        created_at: Set(Utc::now()),
    });
    queue::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let needed = [("Urgencias", "urgencias", 2), ("Português", "português", 3)];
    let rows = needed.into_iter().map(|(queue, skill, level)| queue_skill::ActiveModel {
        queue_id: Set(queues[queue]),
        skill_id: Set(skills[skill]),
        level: Set(level),
    });
    queue_skill::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(queues)
}

/// With what the clinic's conversations end: groups, and what is in them.
const OUTCOMES: [(&str, &[&str]); 6] = [
    ("Cita", &["Agendada", "Reprogramada", "Cancelada"]),
    ("Consulta resuelta", &[]),
    ("Venta", &["Blanqueamiento", "Implante", "Ortodoncia", "No compró"]),
    ("Reclamo", &["Resuelto", "Derivado a gerencia"]),
    ("Sin respuesta", &[]),
    ("Spam", &[]),
];

async fn outcomes(tx: &DatabaseTransaction) -> anyhow::Result<()> {
    for (name, inside) in OUTCOMES {
        let group = Typed { name: name.to_owned(), ..Typed::default() };
        let group = inbox::outcomes::create(tx, group).await.context("found an outcome")?;
        for name in inside {
            let leaf = Typed { name: (*name).to_owned(), parent: Some(group), ..Typed::default() };
            inbox::outcomes::create(tx, leaf).await.context("found an outcome")?;
        }
    }
    Ok(())
}

/// The admin of them.
async fn people(
    tx: &impl ConnectionTrait,
    password: &str,
    queues: &HashMap<&str, QueueId>,
    skills: &HashMap<&str, SkillId>,
) -> anyhow::Result<PersonId> {
    let roles: HashMap<String, _> =
        role::Entity::find().all(tx).await?.into_iter().map(|role| (role.name, role.id)).collect();
    let lima = TeamId::new();
    let row = team::ActiveModel { id: Set(lima), name: Set("Lima".to_owned()) };
    team::Entity::insert(row).exec_without_returning(tx).await?;
    let rows =
        queues.values().map(|queue| queue_team::ActiveModel { queue_id: Set(*queue), team_id: Set(lima) });
    queue_team::Entity::insert_many(rows).exec_without_returning(tx).await?;

    let mut admin = None;
    for (mailbox, name, role, capacity, serves, knows) in PEOPLE {
        let id = PersonId::new();
        let row = person::ActiveModel {
            id: Set(id),
            email: Set(format!("{mailbox}@demo.test")),
            name: Set(name.to_owned()),
            role_id: Set(*roles.get(role).with_context(|| format!("the role {role} is missing"))?),
            password_hash: Set(Some(password.to_owned())),
            locale: Set(if mailbox == "renata" { "pt-BR" } else { "es" }.to_owned()),
            theme: Set("system".to_owned()),
            version: Set(1),
            disabled_at: Set(None),
            created_at: Set(Utc::now()),
            ..Default::default()
        };
        person::Entity::insert(row).exec_without_returning(tx).await?;
        if role == "admin" {
            admin = Some(id);
        } else {
            let row = team_member::ActiveModel { team_id: Set(lima), person_id: Set(id) };
            team_member::Entity::insert(row).exec_without_returning(tx).await?;
        }
        if role != "agent" {
            continue;
        }
        let row = presence::ActiveModel {
            person_id: Set(id),
            state: Set(PresenceState::Offline),
            pause_code: Set(None),
            since: Set(Utc::now()),
            lease_until: Set(None),
            capacity: Set(capacity),
            load: Set(0),
            idle_since: Set(Utc::now()),
            version: Set(1),
            ..Default::default()
        };
        presence::Entity::insert(row).exec_without_returning(tx).await?;
        let rows = serves
            .iter()
            .map(|queue| queue_member::ActiveModel { queue_id: Set(queues[queue]), person_id: Set(id) });
        queue_member::Entity::insert_many(rows).exec_without_returning(tx).await?;
        let rows = knows.iter().map(|(skill, level)| person_skill::ActiveModel {
            person_id: Set(id),
            skill_id: Set(skills[skill]),
            level: Set(*level),
        });
        person_skill::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    admin.context("the clinic has no admin")
}

const TWILIO: &str = "AC00000000000000000000000000000001";

async fn channels(
    tx: &impl ConnectionTrait,
    keyring: &Keyring,
    queues: &HashMap<&str, QueueId>,
) -> anyhow::Result<()> {
    let phone_number_id = "200000000000001";
    let cloud = Connected {
        kind: ChannelKind::WhatsappCloud,
        name: "Sonrisas Lima",
        address: "+5115550100",
        key: ChannelKey::PhoneNumberId { id: phone_number_id.to_owned() },
        account: ChannelKey::Waba { id: "100000000000001".to_owned() }.text(),
        settings: json!({"waba": "100000000000001", "phone_number_id": phone_number_id}),
        queue: queues["Citas"],
        secrets: &[
            ("app_secret", "demo-app-secret"),
            ("verify_token", "demo-verify-token"),
            ("access_token", "demo-access-token"),
        ],
    };
    let twilio = |kind, name, address: &'static str, from: &str, queue: &str| Connected {
        kind,
        name,
        address,
        key: ChannelKey::Twilio { account: TWILIO.to_owned(), address: from.to_owned() },
        account: format!("twilio:{TWILIO}"),
        settings: json!({"account": TWILIO, "from": from}),
        queue: queues[queue],
        secrets: &[("auth_token", "demo-twilio-token")],
    };
    let whatsapp = twilio(
        ChannelKind::TwilioWhatsapp,
        "Sonrisas WhatsApp (Twilio)",
        "+14155238886",
        "whatsapp:+14155238886",
        "Ventas",
    );
    let sms = twilio(ChannelKind::TwilioSms, "Sonrisas SMS", "+14155550111", "+14155550111", "Postventa");
    for channel in [cloud, whatsapp, sms] {
        channel.insert(tx, keyring).await?;
    }
    Ok(())
}

/// A channel and its secrets, before they are sealed.
struct Connected {
    kind: ChannelKind,
    name: &'static str,
    address: &'static str,
    key: ChannelKey,
    account: String,
    settings: Value,
    queue: QueueId,
    secrets: &'static [(&'static str, &'static str)],
}

impl Connected {
    async fn insert(self, tx: &impl ConnectionTrait, keyring: &Keyring) -> anyhow::Result<()> {
        let id = ChannelId::new();
        let row = channel::ActiveModel {
            id: Set(id),
            kind: Set(self.kind),
            name: Set(self.name.to_owned()),
            address: Set(self.address.to_owned()),
            vendor_key: Set(self.key.text()),
            account_key: Set(self.account),
            settings: Set(self.settings),
            queue_id: Set(self.queue),
            per_second: Set(80),
            disabled_at: Set(None),
            created_at: Set(Utc::now()),
            ..Default::default()
        };
        channel::Entity::insert(row).exec_without_returning(tx).await?;
        for (name, secret) in self.secrets {
            let secret = SecretString::from((*secret).to_owned());
            let place_row = secret_place(id, name, 1);
            let place = Place { table: "channel_secret", column: "sealed", row: &place_row };
            let row = channel_secret::ActiveModel {
                channel_id: Set(id),
                name: Set((*name).to_owned()),
                generation: Set(1),
                sealed: Set(keyring.seal(place, &secret)?),
                last_four: Set(secrets::last_four(&secret)),
                changed_at: Set(Utc::now()),
            };
            channel_secret::Entity::insert(row).exec_without_returning(tx).await?;
        }
        Ok(())
    }
}
