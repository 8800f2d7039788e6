//! What every other test relies on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};
use testing::TestDb;

async fn count(db: &DatabaseConnection, of: &str) -> i64 {
    let select = format!("select count(*) as found from {of}");
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, select)).await.unwrap().unwrap();
    row.try_get("", "found").unwrap()
}

#[tokio::test]
async fn a_test_finds_the_schema_and_no_rows() {
    let test = TestDb::new().await;
    assert_eq!(count(test.db(), "person").await, 0);
}

#[tokio::test]
async fn two_tests_do_not_see_each_other() {
    let (one, two) = tokio::join!(TestDb::new(), TestDb::new());
    one.db().execute_unprepared("create table mine ()").await.unwrap();
    assert!(two.db().execute_unprepared("select 1 from mine").await.is_err());
}

#[tokio::test]
async fn the_address_works_for_others_and_the_database_goes_with_the_test() {
    let test = TestDb::new().await;
    let url = test.url().to_owned();
    let other = sea_orm::Database::connect(&url).await.unwrap();
    assert_eq!(count(&other, "person").await, 0);
    drop(test);
    assert!(sea_orm::Database::connect(&url).await.is_err());
}

#[tokio::test]
async fn an_empty_database_has_no_tables() {
    let test = TestDb::empty().await;
    assert_eq!(count(test.db(), "pg_tables where schemaname = 'public'").await, 0);
}
