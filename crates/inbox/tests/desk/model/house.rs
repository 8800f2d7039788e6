//! Four queues of every mode, six agents, a team, two skills, and all that time can ask for.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{ConversationId, PersonId, Principal, QueueId, SkillId, TeamId};
use inbox::{dispatcher, policy, watch};
use routing::{
    Policy,
    policy::{
        AgentSilence, CustomerSilence, Entry, EntryRule, EntryRuleId, LapsedOffer, Late, LateAction, Message,
        Mode, Overflow, Queue, Relaxation, Relaxed, SilentAgent, Skill, Sticky, StickyTo, Targets, Test,
    },
};
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, DatabaseConnection, DatabaseTransaction, FromQueryResult,
    Statement, TransactionTrait as _, TryGetable, Value,
};
use testing::{TestDb, World};
use uuid::Uuid;

pub const AGENTS: usize = 6;

/// The floor.
pub struct House {
    test: TestDb,
    pub now: DateTime<Utc>,
    pub agents: Vec<Principal>,
    pub gabriela: Principal,
    pub queues: [QueueId; 4],
    pub noche: TeamId,
    pub skills: [SkillId; 2],
}

impl House {
    pub async fn open() -> Self {
        let test = TestDb::new().await;
        let world = World::new(test.db()).await;
        let gabriela = world.admin("Gabriela").await;
        let queues = [world.citas, world.ventas, QueueId::new(), QueueId::new()];
        let mut agents = Vec::new();
        for (at, name) in ["Valeria", "Mateo", "Camila", "Bruno", "Elena", "Rosa"].into_iter().enumerate() {
            let capacity = i32::try_from(1 + at % 4).unwrap();
            let mut agent = world.agent(name, capacity).await;
            agent.serves = served_by(at).map(|queue| queues[queue]).collect();
            agents.push(agent);
        }
        let house = Self {
            test,
            now: Utc::now().trunc_subsecs(3),
            agents,
            gabriela,
            queues,
            noche: TeamId::new(),
            skills: [SkillId::new(), SkillId::new()],
        };
        house.run("insert into team (id, name) values ($1, 'Noche')", [house.noche.into()]).await;
        for at in [3, 5] {
            let member = "insert into team_member (team_id, person_id) values ($1, $2)";
            house.run(member, [house.noche.into(), house.agents[at].person.into()]).await;
        }
        let day =
            "insert into presence_span (person_id, state, from_at) select person_id, state, $1 from presence";
        house.run(day, [house.now.into()]).await;
        house.db().execute_unprepared(LAWS).await.unwrap();
        house.publishes(|policy| house.first_policy(policy)).await.unwrap();
        house
    }

    pub fn db(&self) -> &DatabaseConnection {
        self.test.db()
    }

    pub async fn begin(&self) -> Result<DatabaseTransaction, String> {
        self.db().begin().await.map_err(|error| error.to_string())
    }

    pub async fn run<const N: usize>(&self, sql: &str, values: [Value; N]) -> u64 {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        self.db().execute_raw(statement).await.unwrap().rows_affected()
    }

    pub async fn all<R: FromQueryResult, const N: usize>(&self, sql: &str, values: [Value; N]) -> Vec<R> {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        R::find_by_statement(statement).all(self.db()).await.unwrap()
    }

    /// The nth of the conversations that a question finds, counted round and round.
    pub async fn nth<const N: usize>(
        &self,
        nth: usize,
        sql: &str,
        values: [Value; N],
    ) -> Option<ConversationId> {
        let found = self.ids(sql, values).await;
        found.get(nth.checked_rem(found.len())?).copied()
    }

    /// The first column of what a question finds.
    pub async fn ids<T: TryGetable, const N: usize>(&self, sql: &str, values: [Value; N]) -> Vec<T> {
        let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
        let found = self.db().query_all_raw(statement).await.unwrap();
        found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    pub async fn held_by(&self, who: PersonId, nth: usize) -> Option<ConversationId> {
        let held = "select id from conversation where assignee_id = $1 order by id";
        self.nth(nth, held, [who.into()]).await
    }

    pub fn passes(&mut self, seconds: u16) -> DateTime<Utc> {
        // No two rounds are at the same moment: what is decided in one is told from what was decided before.
        self.now += TimeDelta::seconds(seconds.into()) + TimeDelta::milliseconds(1);
        self.now
    }

    /// A dispatcher looks so often.
    pub async fn gives_out(&self, times: usize) -> Result<(), String> {
        for _ in 0..times {
            dispatcher::step(self.db(), self.now).await.map_err(|error| format!("a dispatcher: {error}"))?;
        }
        Ok(())
    }

    /// A watch looks so often.
    pub async fn looks(&self, times: usize) -> Result<(), String> {
        for _ in 0..times {
            watch::step(self.db(), self.now).await.map_err(|error| format!("a watch: {error}"))?;
        }
        Ok(())
    }

    /// Until neither dispatcher nor watch finds anything to do.
    pub async fn comes_to_rest(&self, passes: usize) -> Result<(), String> {
        for _ in 0..passes {
            let watched = watch::step(self.db(), self.now).await.map_err(|error| error.to_string())?;
            let given = dispatcher::step(self.db(), self.now).await.map_err(|error| error.to_string())?.given;
            if watched.done == 0 && !watched.more && given == 0 {
                return Ok(());
            }
        }
        Err("it does not come to rest".to_owned())
    }

    /// Change the routing; somebody else's change first is no failure.
    pub async fn publishes(&self, change: impl FnOnce(&mut Policy)) -> Result<(), String> {
        use policy::PolicyError::{NoDraft, Stale};
        let tx = self.begin().await?;
        let now = self.now;
        let published = async {
            let draft = policy::draft(&tx).await?;
            let saved = policy::save(&tx, &self.gabriela, draft.revision, change, now).await?;
            policy::publish(&tx, &self.gabriela, saved.revision, "", now).await
        };
        match published.await {
            Ok(_) => tx.commit().await.map_err(|error| error.to_string()),
            Err(Stale { .. } | NoDraft) => Ok(()),
            Err(error) => Err(format!("{error:?}")),
        }
    }

    fn first_policy(&self, policy: &mut Policy) {
        let [citas, ventas, cobros, urgencias] = self.queues;
        let [dental, english] = self.skills;
        let skill = |id: SkillId, name: &str| Skill { id, name: name.into(), language: None };
        policy.skills = vec![skill(dental, "dental"), skill(english, "english")];
        for (at, agent) in self.agents.iter().enumerate() {
            let level = |step: usize| u8::try_from(1 + (at + step) % 5).unwrap();
            let agent = policy.agents.entry(agent.person).or_default();
            agent.skills = [(dental, level(0)), (english, level(2))].into();
        }
        let members = |queue: usize| {
            let serves = |at: &usize| served_by(*at).any(|served| served == queue);
            (0..AGENTS).filter(serves).map(|at| self.agents[at].person).collect()
        };
        let usual = |at: usize, name: &str| Queue {
            name: name.into(),
            position: i32::try_from(at).unwrap(),
            members: members(at),
            targets: Targets { first_response: Some(90), next_response: Some(60), resolution: Some(900) },
            ..Queue::usual(self.queues[at])
        };
        let offers = Mode::Offer { seconds: 20, lapsed: LapsedOffer { pause_after: 2 } };
        policy.queues = vec![
            Queue {
                relaxation: vec![
                    Relaxation { after: 60, relaxed: Relaxed::Lower { levels: 2 } },
                    Relaxation { after: 120, relaxed: Relaxed::Widen { teams: [self.noche].into() } },
                ],
                late: vec![
                    Late { after: 45, action: LateAction::Tag { tag: "espera".into() } },
                    Late { after: 90, action: LateAction::Alert },
                    Late { after: 100, action: LateAction::Tell { message: words("Ya casi") } },
                ],
                overflow: Some(Overflow { after: 300, to: ventas }),
                sticky: Some(Sticky { to: StickyTo::OwnerOrLastAgent, wait: 40 }),
                agent_silence: Some(silence(SilentAgent::BackToQueue, true)),
                customer_silence: Some(CustomerSilence {
                    remind_after: Some(120),
                    reminder: words("¿Sigue ahí?"),
                    close_after: Some(300),
                    outcome: "sin respuesta".into(),
                }),
                ..usual(0, "Citas")
            },
            Queue {
                mode: offers,
                wrap_up: 25,
                agent_silence: Some(silence(SilentAgent::Supervisor, false)),
                ..usual(1, "Ventas")
            },
            Queue {
                mode: Mode::Pull,
                late: vec![Late { after: 150, action: LateAction::Move { to: ventas } }],
                ..usual(2, "Cobros")
            },
            Queue {
                priority: 2,
                skills: [(dental, 3)].into(),
                relaxation: vec![Relaxation { after: 80, relaxed: Relaxed::Drop { skill: dental } }],
                agent_silence: Some(silence(SilentAgent::BackToQueue, false)),
                wrap_up: 10,
                ..usual(3, "Urgencias")
            },
        ];
        let rule = |word: &str, queue: QueueId, skills: BTreeMap<SkillId, u8>| EntryRule {
            id: EntryRuleId(Uuid::now_v7()),
            name: word.into(),
            on: true,
            tests: vec![Test::Keyword { any: vec![word.into()] }],
            entry: Entry {
                queue,
                skills,
                speaks_language: false,
                priority: 0,
                tags: [].into(),
                greeting: None,
            },
        };
        policy.rules = vec![
            rule("ventas", ventas, [].into()),
            rule("cobros", cobros, [].into()),
            rule("dolor", urgencias, [].into()),
            rule("english", citas, [(english, 3)].into()),
        ];
    }
}

/// Who serves which queue.
fn served_by(agent: usize) -> impl Iterator<Item = usize> {
    let serves: &[usize] = match agent {
        0 => &[0, 2],
        1 => &[0, 3],
        2 => &[0, 1],
        3 => &[0, 1, 2],
        4 => &[1, 2],
        _ => &[1, 3],
    };
    serves.iter().copied()
}

fn silence(then: SilentAgent, pause: bool) -> AgentSilence {
    AgentSilence { warn_after: 70, leave_after: 140, then, pause }
}

fn words(text: &str) -> Message {
    Message(BTreeMap::from([("es".to_owned(), text.to_owned())]))
}

/// What no transaction may do, watched while it happens: nobody comes to hold more than they may but by a supervisor's hand,
/// and what the router decides is right by what stands in the tables under its locks.
const LAWS: &str = r"
create table broken (what text not null);
create function watch_load() returns trigger language plpgsql as $$ begin
    if new.load > new.capacity and new.load > old.load
        and coalesce(current_setting('model.above', true), '') <> 'on' then
        insert into broken values (format('%s holds %s of %s', new.person_id, new.load, new.capacity));
    end if;
    return new;
end $$;
create trigger watch_load before update on presence for each row execute function watch_load();
create function watch_decision() returns trigger language plpgsql as $$
declare c conversation; p presence; taken boolean; wrong text; at_most int;
begin
    select (document->'agents'->new.person_id::text->'at_most'->>(new.work->>'queue'))::int into at_most
    from routing_policy order by version desc limit 1;
    select * into c from conversation where id = new.conversation_id;
    select * into p from presence where person_id = new.person_id;
    taken := not new.offered and exists (select from assignment a where a.conversation_id = c.id
        and a.ended_at is null and a.reason->>'why' = 'taken');
    wrong := case
        when new.offered and c.offered_to is distinct from new.person_id then 'is not offered to them'
        when not new.offered and c.assignee_id is distinct from new.person_id then 'is not theirs'
        when not new.offered and c.offered_to is not null then 'is held and offered'
        when (new.work->>'queue')::uuid <> c.queue_id then 'was decided for another queue'
        when not taken and (p.state <> 'available' or p.lease_until < clock_timestamp()) then 'went to who is away'
        when not taken and p.wrap_up_until > new.at then 'went to who writes up'
        when at_most < (select sum(weight) from conversation h where h.queue_id = c.queue_id
                and (h.assignee_id = new.person_id or h.offered_to = new.person_id))
            then 'is more of its queue than they may have'
        when new.person_id = any(c.declined_by) then 'was declined by them'
        when new.offered and c.returned_by = new.person_id and c.queued_at > new.at - interval '2 minutes'
            then 'was put back by them'
        when c.team_id is not null and c.relaxed = 0 and not exists (
            select from team_member t where t.team_id = c.team_id and t.person_id = new.person_id)
            then 'waits for another team'
        when (c.team_id is null or c.relaxed > 0) and not exists (
            select from queue_member m where m.queue_id = c.queue_id and m.person_id = new.person_id)
            and not exists (select from team_member t where t.person_id = new.person_id
                and new.work->'widened' ? t.team_id::text)
            then 'is of a queue they do not serve'
        when exists (select from jsonb_each_text(new.work->'skills') s
            where s.value::int > coalesce((select level from person_skill k
                where k.person_id = new.person_id and k.skill_id = s.key::uuid), 0))
            then 'asks for what they can not do'
        when c.relaxed = 0 and exists (select from jsonb_each_text(c.skills) s
            where s.value::int > coalesce((select level from person_skill k
                where k.person_id = new.person_id and k.skill_id = s.key::uuid), 0))
            then 'asks for more than was known'
    end;
    if wrong is not null then
        insert into broken values (format('%s, given to %s, %s', c.id, p.person_id, wrong));
    end if;
    return new;
end $$;
create trigger watch_decision after insert on decision for each row execute function watch_decision();
";
