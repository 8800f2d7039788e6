//! What happens to jobs, on a real database.
#![expect(clippy::unwrap_used, reason = "a story that can't go on fails at once")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use jobs::{Failure, Job, Runner, Terms, enqueue, revive};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection, Statement, TransactionTrait as _};
use testing::TestDb;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

/// A runner that does "count" by counting, and fails as told.
fn counting(outcome: Result<(), Failure>) -> (Runner, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let runner = Runner::default().on("count", move |_: Job| {
        counted.fetch_add(1, Ordering::SeqCst);
        let outcome = outcome.clone();
        async move { outcome }
    });
    (runner, count)
}

async fn count(db: &DatabaseConnection, filter: &str) -> i64 {
    let sql = format!("select count(*) from job where {filter}");
    let row = db.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

async fn all_is_due(db: &DatabaseConnection) {
    db.execute_unprepared("update job set due_at = now(), lease_until = null").await.unwrap();
}

#[tokio::test]
async fn a_job_exists_when_its_transaction_does_and_is_gone_when_it_is_done() {
    let test = TestDb::new().await;
    let (runner, done) = counting(Ok(()));
    let tx = test.db().begin().await.unwrap();
    enqueue(&tx, "count", &1, Terms::now()).await.unwrap();
    assert_eq!(runner.step(test.db()).await.unwrap(), 0, "not committed");
    tx.rollback().await.unwrap();
    assert_eq!(runner.step(test.db()).await.unwrap(), 0, "never was");

    enqueue(test.db(), "count", &1, Terms::now()).await.unwrap();
    enqueue(test.db(), "count", &1, Terms::after(Duration::from_secs(60))).await.unwrap();
    enqueue(test.db(), "other", &1, Terms::now()).await.unwrap();
    while runner.step(test.db()).await.unwrap() > 0 {}
    assert_eq!(done.load(Ordering::SeqCst), 1, "one is not due, one is for another worker");
    assert_eq!(count(test.db(), "true").await, 2);
}

#[tokio::test]
async fn four_workers_do_twenty_jobs_once_each() {
    let test = TestDb::new().await;
    let (runner, done) = counting(Ok(()));
    for n in 0..20 {
        enqueue(test.db(), "count", &n, Terms::now()).await.unwrap();
    }
    join_all((0..4).map(|_| async { while runner.step(test.db()).await.unwrap() > 0 {} })).await;
    assert_eq!(done.load(Ordering::SeqCst), 20);
    assert_eq!(count(test.db(), "true").await, 0);
}

#[tokio::test]
async fn what_fails_is_tried_ten_times_further_and_further_apart_and_then_kept() {
    let test = TestDb::new().await;
    let (runner, done) = counting(Err(Failure::Retry("no luck".to_owned())));
    enqueue(test.db(), "count", &1, Terms::now()).await.unwrap();
    runner.step(test.db()).await.unwrap();
    assert_eq!(runner.step(test.db()).await.unwrap(), 0, "not at once");
    assert_eq!(count(test.db(), "due_at between now() and now() + interval '3 seconds'").await, 1);
    for _ in 0..12 {
        all_is_due(test.db()).await;
        runner.step(test.db()).await.unwrap();
    }
    assert_eq!(done.load(Ordering::SeqCst), 10);
    assert_eq!(count(test.db(), "failed_at is not null and last_error = 'no luck'").await, 1);

    let sql = "select id from job";
    let row = test.db().query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await.unwrap();
    let id: Uuid = row.unwrap().try_get_by_index(0).unwrap();
    assert!(revive(test.db(), id).await.unwrap());
    runner.step(test.db()).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 11);
}

#[tokio::test]
async fn hopeless_jobs_are_not_repeated_and_panics_are_failures() {
    let test = TestDb::new().await;
    let runner = Runner::default()
        .on("hopeless", |_| async { Err(Failure::GiveUp("never".to_owned())) })
        .on("panic", |_| async { panic!("a bug") });
    enqueue(test.db(), "hopeless", &1, Terms::now()).await.unwrap();
    enqueue(test.db(), "panic", &1, Terms::now()).await.unwrap();
    runner.step(test.db()).await.unwrap();
    assert_eq!(count(test.db(), "kind = 'hopeless' and failed_at is not null").await, 1);
    assert_eq!(count(test.db(), "kind = 'panic' and failed_at is null and tries = 1").await, 1);
}

#[tokio::test]
async fn a_lost_worker_loses_its_job_to_another() {
    let test = TestDb::new().await;
    let stuck = Runner::default().on("count", |_| std::future::pending());
    enqueue(test.db(), "count", &1, Terms::now()).await.unwrap();
    let lost = tokio::time::timeout(Duration::from_millis(300), stuck.step(test.db())).await;
    assert!(lost.is_err());
    let (runner, done) = counting(Ok(()));
    assert_eq!(runner.step(test.db()).await.unwrap(), 0, "its lease still runs");
    test.db().execute_unprepared("update job set lease_until = now() - interval '1 second'").await.unwrap();
    runner.step(test.db()).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    let test = TestDb::new().await;
    let (runner, done) = counting(Ok(()));
    enqueue(test.db(), "count", &1, Terms::now()).await.unwrap();
    test.db()
        .execute_unprepared("update job set tries = 10, lease_until = now() - interval '1 second'")
        .await
        .unwrap();
    runner.step(test.db()).await.unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 0);
    assert_eq!(count(test.db(), "failed_at is not null").await, 1);
}

#[tokio::test]
async fn a_keyed_job_waits_once_and_runs_again_when_asked_for_while_it_runs() {
    let test = TestDb::new().await;
    let soon = || Terms::now().keyed("sweep");
    enqueue(test.db(), "count", &1, Terms::after(Duration::from_secs(60)).keyed("sweep")).await.unwrap();
    enqueue(test.db(), "count", &2, soon()).await.unwrap();
    assert_eq!(count(test.db(), "payload = '2' and due_at <= now()").await, 1, "brought forward");

    let runs = Arc::new(AtomicUsize::new(0));
    let (db, counted) = (test.db().clone(), Arc::clone(&runs));
    let runner = Runner::default().on("count", move |_| {
        let (db, first) = (db.clone(), counted.fetch_add(1, Ordering::SeqCst) == 0);
        async move {
            if first {
                enqueue(&db, "count", &3, Terms::now().keyed("sweep")).await?;
            }
            Ok(())
        }
    });
    while runner.step(test.db()).await.unwrap() > 0 {}
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(count(test.db(), "true").await, 0);
}

#[tokio::test]
async fn a_periodic_job_is_there_once_comes_again_and_is_never_given_up() {
    let test = TestDb::new().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let runner = Runner::default().every("sweep", Duration::from_secs(600), move |_| {
        let fails = counted.fetch_add(1, Ordering::SeqCst) > 0;
        async move { if fails { Err(Failure::GiveUp("no luck".to_owned())) } else { Ok(()) } }
    });
    for _ in 0..2 {
        runner.schedule(test.db()).await.unwrap();
    }
    assert_eq!(runner.step(test.db()).await.unwrap(), 1, "once, however many nodes ask for it");
    assert_eq!(runner.step(test.db()).await.unwrap(), 0);
    assert_eq!(count(test.db(), "due_at > now() + interval '9 minutes' and tries = 0").await, 1);
    for _ in 0..15 {
        all_is_due(test.db()).await;
        runner.step(test.db()).await.unwrap();
    }
    assert_eq!(runs.load(Ordering::SeqCst), 16);
    assert_eq!(count(test.db(), "failed_at is null and due_at < now() + interval '9 minutes'").await, 1);
}

#[tokio::test]
async fn a_slow_kind_holds_up_no_other_and_a_stop_waits_for_what_was_begun() {
    let test = TestDb::new().await;
    let (go_on, wait) = watch::channel(false);
    let began = Arc::new(Notify::new());
    let say = Arc::clone(&began);
    let quick = Arc::new(Notify::new());
    let (did, slow_done) = (Arc::clone(&quick), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&slow_done);
    let runner = Runner::default()
        .on("slow", move |_| {
            let (mut wait, say, counted) = (wait.clone(), Arc::clone(&say), Arc::clone(&counted));
            async move {
                say.notify_one();
                let _ = wait.wait_for(|go_on| *go_on).await;
                counted.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        })
        .on("quick", move |_| {
            did.notify_one();
            async { Ok(()) }
        });
    for n in 0..5 {
        enqueue(test.db(), "slow", &n, Terms::now()).await.unwrap();
    }
    let (bell, (stop, stopped)) = (Arc::new(Notify::new()), watch::channel(false));
    let running = tokio::spawn(runner.run(test.db().clone(), Arc::clone(&bell), stopped));
    began.notified().await;
    enqueue(test.db(), "quick", &1, Terms::now()).await.unwrap();
    bell.notify_one();
    quick.notified().await;
    assert_eq!(count(test.db(), "kind = 'slow' and lease_until is not null").await, 2, "two at a time");

    stop.send_replace(true);
    go_on.send_replace(true);
    running.await.unwrap();
    assert_eq!(slow_done.load(Ordering::SeqCst), 2);
    assert_eq!(
        count(test.db(), "kind = 'slow' and lease_until is null").await,
        3,
        "left for the next worker"
    );
}
