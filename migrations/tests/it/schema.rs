//! Bandeja's own migrations.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use testing::TestDb;

/// Every column, index, constraint and function of ours, as text.
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
