//! How migrations are run, told with small ones.

use migrations::{Error, History, Migration, State};
use sea_orm::{ConnectionTrait as _, Database};
use testing::TestDb;

const ONE: Migration =
    Migration::new("0001_one", "create table one (id int); insert into one values (1);", "drop table one;");
const TWO: Migration = Migration::new("0002_two", "create table two ();", "drop table two;");
const BROKEN: Migration = Migration::new("0002_two", "create table half (); select no_such_thing();", "");

#[tokio::test]
async fn a_file_may_hold_several_statements_and_runs_once() {
    let test = TestDb::empty().await;
    let history = History::new(&[ONE, TWO]);
    assert_eq!(history.up(test.db()).await.unwrap(), ["0001_one", "0002_two"]);
    assert!(history.up(test.db()).await.unwrap().is_empty());
    assert_eq!(test.db().execute_unprepared("update one set id = 2").await.unwrap().rows_affected(), 1);
}

#[tokio::test]
async fn nodes_that_start_together_apply_each_migration_once() {
    let test = TestDb::empty().await;
    let history = History::new(&[ONE, TWO]);
    let mut nodes = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let url = test.url().to_owned();
        nodes.spawn(async move { history.up(&Database::connect(url).await.unwrap()).await.unwrap().len() });
    }
    assert_eq!(nodes.join_all().await.iter().sum::<usize>(), 2);
}

#[tokio::test]
async fn one_that_fails_leaves_nothing_and_names_itself() {
    let test = TestDb::empty().await;
    let failed = History::new(&[ONE, BROKEN]).up(test.db()).await.unwrap_err();
    assert!(matches!(&failed, Error::Failed { name, .. } if name == "0002_two"), "{failed}");
    assert!(test.db().execute_unprepared("select from half").await.is_err());
    // The one before it stays, and the mended one goes on from there.
    assert_eq!(History::new(&[ONE, TWO]).up(test.db()).await.unwrap(), ["0002_two"]);
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    const EDITED: Migration = Migration::new("0001_one", "create table uno ();", "");
    let test = TestDb::empty().await;
    History::new(&[ONE]).up(test.db()).await.unwrap();
    assert!(matches!(History::new(&[EDITED]).up(test.db()).await, Err(Error::Changed { .. })));
}

#[tokio::test]
async fn an_older_program_runs_beside_a_newer_schema_but_does_not_take_it_back() {
    let test = TestDb::empty().await;
    let (newer, older) = (History::new(&[ONE, TWO]), History::new(&[ONE]));
    newer.up(test.db()).await.unwrap();
    assert!(older.up(test.db()).await.unwrap().is_empty());
    assert_eq!(older.status(test.db()).await.unwrap()[1].state, State::Unknown);
    assert!(matches!(older.down(test.db(), 1).await, Err(Error::Unknown { .. })));
}

#[tokio::test]
async fn asking_for_the_status_changes_nothing() {
    let test = TestDb::empty().await;
    let status = History::new(&[ONE]).status(test.db()).await.unwrap();
    assert_eq!(status[0].state, State::Pending);
    assert!(test.db().execute_unprepared("select from schema_migration").await.is_err());
}
