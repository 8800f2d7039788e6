//! A small company to tell stories about: a clinic with one WhatsApp number, queues and people.

use chrono::Utc;
use domain::{
    ChannelId, ChannelKind, Permission, PersonId, PresenceState, Principal, QueueId, RoleId, Scope, TeamId,
    access::ready_made_roles,
};
use entity::{
    channel, person, presence, queue, queue_member, queue_team, role, role_permission, team, team_member,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseConnection, EntityTrait};

/// The vendor's id of the clinic's WhatsApp number.
pub const PHONE_NUMBER_ID: &str = "200000000000001";
/// Its account.
pub const WABA: &str = "100000000000001";
/// The clinic's Twilio account.
pub const TWILIO_ACCOUNT: &str = "AC00000000000000000000000000000001";

/// The clinic.
#[derive(Debug, Clone)]
pub struct World {
    db: DatabaseConnection,
    /// The queue where conversations begin.
    pub citas: QueueId,
    /// Another queue, of another team.
    pub ventas: QueueId,
    /// WhatsApp Cloud, `Sonrisas Lima`.
    pub whatsapp: ChannelId,
    /// SMS by Twilio.
    pub sms: ChannelId,
    /// The team of `citas`.
    pub lima: TeamId,
    roles: [RoleId; 3],
}

impl World {
    /// Found the clinic in an empty, migrated database.
    pub async fn new(db: &DatabaseConnection) -> Self {
        let mut roles = [RoleId::new(), RoleId::new(), RoleId::new()];
        for ((name, grants), id) in ready_made_roles().into_iter().zip(&mut roles) {
            insert(
                db,
                role::ActiveModel { id: Set(*id), name: Set(name.to_owned()), created_at: Set(Utc::now()) },
            )
            .await;
            role_permission::Entity::insert_many(grants.into_iter().map(
                |(permission, scope): (Permission, Scope)| role_permission::ActiveModel {
                    role_id: Set(*id),
                    permission: Set(permission),
                    scope: Set(scope),
                },
            ))
            .exec_without_returning(db)
            .await
            .expect("grant the role's permissions");
        }
        let (citas, ventas, lima) = (QueueId::new(), QueueId::new(), TeamId::new());
        for (id, name, position) in [(citas, "Citas", 1), (ventas, "Ventas", 2)] {
            let row = queue::ActiveModel {
                id: Set(id),
                name: Set(name.to_owned()),
                position: Set(position),
                priority: Set(0),
                created_at: Set(Utc::now()),
            };
            insert(db, row).await;
        }
        insert(db, team::ActiveModel { id: Set(lima), name: Set("Lima".to_owned()) }).await;
        insert(db, queue_team::ActiveModel { queue_id: Set(citas), team_id: Set(lima) }).await;
        let (whatsapp, sms) = (ChannelId::new(), ChannelId::new());
        let channels = [
            (
                whatsapp,
                ChannelKind::WhatsappCloud,
                "Sonrisas Lima",
                "+5115550100",
                format!("phone_number_id:{PHONE_NUMBER_ID}"),
                format!("waba:{WABA}"),
            ),
            (
                sms,
                ChannelKind::TwilioSms,
                "Sonrisas SMS",
                "+14155550111",
                format!("twilio:{TWILIO_ACCOUNT}:+14155550111"),
                format!("twilio:{TWILIO_ACCOUNT}"),
            ),
        ];
        for (id, kind, name, address, vendor_key, account_key) in channels {
            let row = channel::ActiveModel {
                id: Set(id),
                kind: Set(kind),
                name: Set(name.to_owned()),
                address: Set(address.to_owned()),
                vendor_key: Set(vendor_key),
                account_key: Set(account_key),
                settings: Set(serde_json::json!({})),
                queue_id: Set(citas),
                per_second: Set(80),
                disabled_at: Set(None),
                created_at: Set(Utc::now()),
                ..Default::default()
            };
            insert(db, row).await;
        }
        Self { db: db.clone(), citas, ventas, whatsapp, sms, lima, roles }
    }

    /// An agent who serves `citas` and is available, with room for `capacity` conversations.
    pub async fn agent(&self, name: &str, capacity: i32) -> Principal {
        let person = self.person(name, self.roles[0]).await;
        insert(&self.db, queue_member::ActiveModel { queue_id: Set(self.citas), person_id: Set(person) })
            .await;
        insert(
            &self.db,
            presence::ActiveModel {
                person_id: Set(person),
                state: Set(PresenceState::Available),
                pause_code: Set(None),
                since: Set(Utc::now()),
                lease_until: Set(Some(Utc::now() + chrono::TimeDelta::hours(1))),
                capacity: Set(capacity),
                load: Set(0),
                idle_since: Set(Utc::now()),
                version: Set(1),
                ..Default::default()
            },
        )
        .await;
        self.principal(person, 0, [self.citas].into(), [].into())
    }

    /// A supervisor of team Lima, which has `citas`.
    pub async fn supervisor(&self, name: &str) -> Principal {
        let person = self.person(name, self.roles[1]).await;
        insert(&self.db, team_member::ActiveModel { team_id: Set(self.lima), person_id: Set(person) }).await;
        self.principal(person, 1, [].into(), [self.citas].into())
    }

    /// An admin.
    pub async fn admin(&self, name: &str) -> Principal {
        let person = self.person(name, self.roles[2]).await;
        self.principal(person, 2, [].into(), [].into())
    }

    fn principal(
        &self,
        person: PersonId,
        role: usize,
        serves: std::collections::BTreeSet<QueueId>,
        team_queues: std::collections::BTreeSet<QueueId>,
    ) -> Principal {
        let [agent, supervisor, admin] = ready_made_roles().map(|(_, grants)| grants);
        let grants = [agent, supervisor, admin][role].clone();
        Principal { person, grants, serves, team_queues, shares: [].into() }
    }

    async fn person(&self, name: &str, role_id: RoleId) -> PersonId {
        let id = PersonId::new();
        let row = person::ActiveModel {
            id: Set(id),
            email: Set(format!("{}@clinic.test", name.to_lowercase())),
            name: Set(name.to_owned()),
            role_id: Set(role_id),
            password_hash: Set(None),
            locale: Set("es".to_owned()),
            theme: Set("system".to_owned()),
            version: Set(1),
            disabled_at: Set(None),
            created_at: Set(Utc::now()),
            ..Default::default()
        };
        insert(&self.db, row).await;
        id
    }
}

async fn insert<A>(db: &DatabaseConnection, row: A)
where
    A: ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
    A::Entity: EntityTrait,
{
    <A::Entity as EntityTrait>::insert(row)
        .exec_without_returning(db)
        .await
        .expect("insert a row of the world");
}
