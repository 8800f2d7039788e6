//! Bandeja's own migrations.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use testing::TestDb;

/// Every column, index, constraint, function and statistic of ours, as text.
async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let select = "
        select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
               || ' ' || coalesce(column_default, '') as line
        from information_schema.columns where table_schema = 'public' and table_name <> 'schema_migration'
        union all select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'schema_migration'
        union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
            where connamespace = 'public'::regnamespace and conrelid <> 'schema_migration'::regclass
        union all select oid::regprocedure::text from pg_proc p where pronamespace = 'public'::regnamespace
            and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        union all select pg_get_statisticsobjdef(oid) from pg_statistic_ext where stxnamespace = 'public'::regnamespace
        union all select 'sequence ' || sequencename from pg_sequences where schemaname = 'public'
        union all select 'trigger ' || tgname || ' ' || tgrelid::regclass from pg_trigger where not tgisinternal
        order by line";
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, select)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

#[tokio::test]
async fn every_migration_can_be_taken_back_and_applied_again() {
    let test = TestDb::empty().await;
    let names = migrations::up(test.db()).await.unwrap();
    assert!(!names.is_empty());
    // Newest first, one at a time, each leaving exactly what was there before it.
    for depth in 1..=names.len() {
        let before_down = schema(test.db()).await;
        assert_eq!(migrations::down(test.db(), 1).await.unwrap(), [names[names.len() - depth]]);
        let without = schema(test.db()).await;
        assert_ne!(before_down, without, "{} changes something", names[names.len() - depth]);
        migrations::up(test.db()).await.unwrap();
        migrations::down(test.db(), depth).await.unwrap();
        assert_eq!(schema(test.db()).await, without);
    }
    assert_eq!(schema(test.db()).await, Vec::<String>::new(), "nothing of ours is left");
    assert_eq!(migrations::up(test.db()).await.unwrap(), names);
}

#[tokio::test]
async fn a_test_database_is_up_to_date() {
    let test = TestDb::new().await;
    let states: Vec<_> =
        migrations::status(test.db()).await.unwrap().into_iter().map(|one| one.state).collect();
    assert!(states.iter().all(|state| *state == migrations::State::Applied), "{states:?}");
    assert_eq!(migrations::up(test.db()).await.unwrap(), Vec::<&str>::new());
}

#[tokio::test]
async fn contacts_of_two_spellings_of_a_number_become_one_on_the_way_up() {
    let test = TestDb::empty().await;
    let names = migrations::up(test.db()).await.unwrap();
    migrations::down(test.db(), names.len() - 2).await.unwrap();
    test.db()
        .execute_unprepared(
            "insert into role (id, name) values (gen_random_uuid(), 'agent');
             insert into person (id, email, name, role_id) select gen_random_uuid(), 'a@b.c', 'Ana', id from role;
             insert into queue (id, name) values (gen_random_uuid(), 'Citas');
             insert into presence (person_id, load) select id, 1 from person;
             insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
             select gen_random_uuid(), 'whatsapp_cloud', 'x', 'x', 'x', 'waba:1', id from queue;
             insert into contact (id, name, created_at) values
                 ('00000000-0000-7000-8000-000000000001', 'María', now() - interval '2 days'),
                 ('00000000-0000-7000-8000-000000000002', 'María otra vez', now());
             insert into identity (id, contact_id, kind, value, created_at) values
                 (gen_random_uuid(), '00000000-0000-7000-8000-000000000001', 'phone', '+5215512345678', now() - interval '2 days'),
                 (gen_random_uuid(), '00000000-0000-7000-8000-000000000002', 'phone', '+525512345678', now()),
                 (gen_random_uuid(), '00000000-0000-7000-8000-000000000002', 'bsuid', 'MX.1', now());
             insert into conversation (id, contact_id, channel_id, queue_id, state, assignee_id, reply_address,
                 must_act_since, opened_at, queued_at, last_activity_at)
             select gen_random_uuid(), contact.id, channel.id, channel.queue_id,
                 case when contact.name = 'María' then 'queued' else 'assigned' end,
                 case when contact.name = 'María' then null else person.id end, 'x', now(), contact.created_at, now(), now()
             from contact, channel, person;
             insert into assignment (id, conversation_id, person_id, queue_id, reason, started_at)
             select gen_random_uuid(), id, assignee_id, queue_id, '{}', now() from conversation where assignee_id is not null;",
        )
        .await
        .unwrap();
    migrations::up(test.db()).await.unwrap();
    let holds = "select (select count(*) from contact where merged_into is null) = 1
        and (select count(*) from identity) = 2
        and (select count(distinct contact_id) from identity) = 1
        and (select count(*) from conversation where state <> 'closed') = 1
        and (select count(distinct contact_id) from conversation) = 1
        and (select load from presence) = 0
        and (select count(*) from assignment where ended_at is null) = 0
        and (select last_holder_id is not null from conversation where state = 'closed')
        and (select account_key = 'waba:1' from identity where kind = 'bsuid')
        and (select count(*) from contact_merge) = 1 as holds";
    let row =
        test.db().query_one_raw(Statement::from_string(DbBackend::Postgres, holds)).await.unwrap().unwrap();
    assert!(row.try_get::<bool>("", "holds").unwrap());
}

#[tokio::test]
async fn what_states_know_people_by_is_hidden_on_the_way_up_and_stays_so() {
    let test = TestDb::empty().await;
    let names = migrations::up(test.db()).await.unwrap();
    let before = names.iter().position(|name| *name == "0026_national_ids").unwrap();
    migrations::down(test.db(), names.len() - before).await.unwrap();
    let field = |key: &str, kind: &str| {
        format!(
            "insert into attribute (key, name, kind) values ('{key}', '{key}', '{{\"kind\": \"{kind}\", \"of\": \"cpf\"}}')"
        )
    };
    for sql in [field("cpf", "national_id"), field("plan", "text")] {
        test.db().execute_unprepared(&sql).await.unwrap();
    }
    migrations::up(test.db()).await.unwrap();
    let hidden = "select string_agg(key, ' ') as hidden from attribute where sensitive";
    let row = test.db().query_one_raw(Statement::from_string(DbBackend::Postgres, hidden)).await.unwrap();
    assert_eq!(row.unwrap().try_get::<String>("", "hidden").unwrap(), "cpf");
    assert!(test.db().execute_unprepared(&field("dni", "national_id")).await.is_err());
}
