//! One queue, one WhatsApp channel, and whoever a story needs.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{
    ChannelId, ContactId, ConversationId, DeliveryState, MessageId, Permission, PersonId, PresenceState,
    Principal, QueueId, RoleId, Scope, TeamId, access::ready_made_roles,
};
use entity::{conversation, delivery, presence};
use inbox::reply::{self, Draft};
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, DatabaseConnection, DatabaseTransaction, EntityTrait as _,
    Statement, TransactionTrait as _, Value,
};
use testing::TestDb;
use uuid::Uuid;

pub struct Scene {
    test: TestDb,
    pub now: DateTime<Utc>,
    pub queue: QueueId,
    pub channel: ChannelId,
    team: TeamId,
}

impl Scene {
    pub async fn new() -> Self {
        let scene = Self {
            test: TestDb::new().await,
            now: Utc::now().trunc_subsecs(3),
            queue: QueueId::new(),
            channel: ChannelId::new(),
            team: TeamId::new(),
        };
        scene.run("insert into queue (id, name) values ($1, 'Citas')", [scene.queue.into()]).await;
        scene.run("insert into team (id, name) values ($1, 'Lima')", [scene.team.into()]).await;
        scene
            .run(
                "insert into queue_team (queue_id, team_id) values ($1, $2)",
                [scene.queue.into(), scene.team.into()],
            )
            .await;
        scene
            .run(
                "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
                 values ($1, 'whatsapp_cloud', 'Sonrisas', '+5115550100', 'phone_number_id:2', 'waba:1', $2)",
                [scene.channel.into(), scene.queue.into()],
            )
            .await;
        scene
    }

    pub fn db(&self) -> &DatabaseConnection {
        self.test.db()
    }

    pub async fn begin(&self) -> DatabaseTransaction {
        self.db().begin().await.unwrap()
    }

    pub async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> u64 {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().execute_raw(statement).await.unwrap().rows_affected()
    }

    /// Ids that a question finds.
    pub async fn ids(&self, sql: &str) -> Vec<ConversationId> {
        let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
        let rows = self.db().query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    pub async fn count<const N: usize>(&self, sql: &str, values: [Value; N]) -> i64 {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    async fn person(&self, name: &str, grants: BTreeMap<Permission, Scope>) -> Principal {
        let (person, role) = (PersonId::new(), RoleId::new());
        self.run("insert into role (id, name) values ($1, $2)", [role.into(), role.to_string().into()]).await;
        for (permission, scope) in &grants {
            self.run(
                "insert into role_permission (role_id, permission, scope) values ($1, $2, $3)",
                [role.into(), permission.as_str().into(), scope.as_str().into()],
            )
            .await;
        }
        self.run(
            "insert into person (id, email, name, role_id) values ($1, $2, $3, $4)",
            [
                person.into(),
                format!("{}@demo.test", name.to_lowercase().replace(' ', ".")).into(),
                name.into(),
                role.into(),
            ],
        )
        .await;
        Principal { person, grants, serves: [].into(), team_queues: [].into(), shares: [].into() }
    }

    fn role(name: &str) -> BTreeMap<Permission, Scope> {
        ready_made_roles().into_iter().find(|(role, _)| *role == name).unwrap().1
    }

    /// An agent of the queue, available, with room for three.
    pub async fn agent(&self, name: &str) -> Principal {
        let mut agent = self.person(name, Self::role("agent")).await;
        agent.serves.insert(self.queue);
        self.run(
            "insert into queue_member (queue_id, person_id) values ($1, $2)",
            [self.queue.into(), agent.person.into()],
        )
        .await;
        self.run("insert into presence (person_id, capacity) values ($1, 3)", [agent.person.into()]).await;
        self.be(&agent, PresenceState::Available).await;
        agent
    }

    /// An agent who serves another queue.
    pub async fn stranger(&self, name: &str) -> Principal {
        let mut stranger = self.person(name, Self::role("agent")).await;
        stranger.serves.insert(QueueId::new());
        self.run("insert into presence (person_id) values ($1)", [stranger.person.into()]).await;
        self.be(&stranger, PresenceState::Available).await;
        stranger
    }

    /// A supervisor of the queue's team.
    pub async fn supervisor(&self, name: &str) -> Principal {
        let mut supervisor = self.person(name, Self::role("supervisor")).await;
        supervisor.team_queues.insert(self.queue);
        self.run(
            "insert into team_member (team_id, person_id) values ($1, $2)",
            [self.team.into(), supervisor.person.into()],
        )
        .await;
        supervisor
    }

    pub async fn be(&self, who: &Principal, state: PresenceState) {
        let tx = self.begin().await;
        inbox::presence::set(&tx, who, who.person, state, None, self.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A new customer wrote `ago` seconds ago and waits in the queue.
    pub async fn talk(&self, ago: i64) -> ConversationId {
        let (contact, talk) = (ContactId::new(), ConversationId::new());
        let wrote = self.now - TimeDelta::seconds(ago);
        self.run("insert into contact (id, name) values ($1, 'Ana')", [contact.into()]).await;
        self.run(
            "insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act_since,
                 window_until, opened_at, queued_at, turn_at, last_activity_at)
             values ($1, $2, $3, $4, 'queued', $5, $6, $6 + interval '24 hours', $6, $6, $6, $6)",
            [
                talk.into(),
                contact.into(),
                self.channel.into(),
                self.queue.into(),
                format!("to-{talk}").into(),
                wrote.into(),
            ],
        )
        .await;
        talk
    }

    /// A new customer writes now and waits in the queue.
    pub async fn begin_talk(&self) -> ConversationId {
        let talk = self.talk(0).await;
        // With a message of theirs, and looked at as whatever begins to wait is.
        self.run(
            "insert into message (id, conversation_id, channel_id, direction, kind, body, content, written_at, position)
             select $2, id, channel_id, 'in', 'text', 'Hola', '{\"kind\": \"text\", \"body\": \"Hola\"}', $3, 4096
             from conversation where id = $1",
            [talk.into(), Uuid::now_v7().into(), self.now.into()],
        )
        .await;
        self.run(
            "update conversation set begun_at = $2, must_act_since = $2 where id = $1",
            [talk.into(), self.now.into()],
        )
        .await;
        self.run(
            "insert into watch (conversation_id, look_at) values ($1, $2)",
            [talk.into(), self.now.into()],
        )
        .await;
        talk
    }

    /// A conversation that `who` took a moment ago.
    pub async fn talk_of(&self, who: &Principal) -> ConversationId {
        let talk = self.talk(60).await;
        let tx = self.begin().await;
        inbox::assignment::claim(&tx, who, talk, self.now).await.unwrap();
        tx.commit().await.unwrap();
        talk
    }

    pub async fn reply(&self, who: &Principal, talk: ConversationId, text: &str) -> MessageId {
        let tx = self.begin().await;
        let draft = Draft::text(talk, Uuid::now_v7(), text);
        let submitted = reply::submit(&tx, who, draft, self.now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(submitted.new);
        submitted.message
    }

    /// Publish the routing that the tables hold, changed.
    pub async fn publish(&self, by: &Principal, change: impl FnOnce(&mut routing::Policy)) -> u32 {
        let tx = self.begin().await;
        let draft = inbox::policy::draft(&tx).await.unwrap();
        let saved = inbox::policy::save(&tx, by, draft.revision, change, self.now).await.unwrap();
        let version = inbox::policy::publish(&tx, by, saved.revision, "", self.now).await.unwrap();
        tx.commit().await.unwrap();
        version
    }

    /// Until one transaction waits for another's locks.
    pub async fn until_somebody_waits(&self) {
        self.until_so_many_wait(1).await;
    }

    pub async fn until_so_many_wait(&self, many: i64) {
        let waits = "select count(*) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'";
        while self.count(waits, []).await < many {
            tokio::task::yield_now().await;
        }
    }

    pub async fn dispatch(&self) -> usize {
        inbox::dispatcher::step(self.db(), self.now).await.unwrap().given
    }

    pub async fn conversation(&self, talk: ConversationId) -> conversation::Model {
        conversation::Entity::find_by_id(talk).one(self.db()).await.unwrap().unwrap()
    }

    /// All conversations there are.
    pub async fn talks(&self) -> Vec<ConversationId> {
        let all = conversation::Entity::find().all(self.db()).await.unwrap();
        all.into_iter().map(|talk| talk.id).collect()
    }

    pub async fn contact_of(&self, talk: ConversationId) -> ContactId {
        self.conversation(talk).await.contact_id
    }

    /// Webhooks of [`testing::meta`] are for its channel.
    pub async fn knows_its_number(&self) {
        let number = format!("phone_number_id:{}", testing::PHONE_NUMBER_ID);
        let known = "update channel set vendor_key = $1, account_key = 'waba:' || $2";
        self.run(known, [number.into(), testing::WABA.into()]).await;
    }

    pub async fn holder(&self, talk: ConversationId) -> Option<PersonId> {
        self.conversation(talk).await.assignee_id
    }

    pub async fn desk(&self, who: &Principal) -> presence::Model {
        presence::Entity::find_by_id(who.person).one(self.db()).await.unwrap().unwrap()
    }

    pub async fn delivery(&self, message: MessageId) -> delivery::Model {
        delivery::Entity::find_by_id(message).one(self.db()).await.unwrap().unwrap()
    }

    pub async fn stands(&self, message: MessageId) -> DeliveryState {
        self.delivery(message).await.state
    }

    /// What must be true whatever happened: loads are what is held, every holder has one current assignment.
    pub async fn assert_books_balance(&self) {
        let wrong_loads = self
            .count(
                "select count(*) from presence p
                 where load <> (select coalesce(sum(c.weight), 0) from conversation c where c.assignee_id = p.person_id)
                     + (select coalesce(sum(c.weight), 0) from conversation c where c.offered_to = p.person_id)
                     or load <> (select coalesce(sum(c.weight), 0) from conversation c where c.assignee_id = p.person_id)
                     + (select coalesce(sum(o.weight), 0) from offer o where o.person_id = p.person_id
                            and o.ended_at is null)",
                [],
            )
            .await;
        let wrong_assignments = self
            .count(
                "select count(*) from conversation c full join (select * from assignment where ended_at is null) a
                     on a.conversation_id = c.id
                 where c.assignee_id is distinct from a.person_id",
                [],
            )
            .await;
        assert_eq!((wrong_loads, wrong_assignments), (0, 0));
    }
}
