//! The one order of events: nothing is skipped, whatever the order of commits.

use chrono::Utc;
use domain::{Event, PersonId, PresenceState};
use inbox::{events, relay};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use testing::TestDb;

fn somebody_came() -> (Event, Option<PersonId>) {
    (Event::PresenceChanged { person: PersonId::new(), state: PresenceState::Available }, None)
}

fn person(event: &Event) -> PersonId {
    event.person().expect("about a person")
}

async fn connect(test: &TestDb) -> DatabaseConnection {
    Database::connect(test.url()).await.expect("connect")
}

#[tokio::test]
async fn events_committed_in_reversed_order_are_all_seen_once() {
    let test = TestDb::new().await;
    let db = connect(&test).await;
    let (slow, fast) = (somebody_came(), somebody_came());
    let first = db.begin().await.unwrap();
    events::append(&first, std::slice::from_ref(&slow), Utc::now()).await.unwrap();
    let second = db.begin().await.unwrap();
    events::append(&second, std::slice::from_ref(&fast), Utc::now()).await.unwrap();

    second.commit().await.unwrap();
    let batch = relay::step(&db).await.unwrap();
    assert_eq!(batch.events.iter().map(|e| person(&e.event)).collect::<Vec<_>>(), [person(&fast.0)]);
    let cursor = relay::cursor(&db).await.unwrap();
    first.commit().await.unwrap();
    relay::step(&db).await.unwrap();

    let after = relay::read_after(&db, cursor, 100).await.unwrap().events;
    assert_eq!(
        after.iter().map(|e| person(&e.event)).collect::<Vec<_>>(),
        [person(&slow.0)],
        "the slower one comes after"
    );
    assert_eq!(relay::read_after(&db, 0, 100).await.unwrap().events.len(), 2);
}

#[tokio::test]
async fn two_relays_at_once_number_every_event_once_and_in_one_order() {
    let test = TestDb::new().await;
    let db = connect(&test).await;
    let all: Vec<_> = (0..200).map(|_| somebody_came()).collect();
    for some in all.chunks(20) {
        let tx = db.begin().await.unwrap();
        events::append(&tx, some, Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let (one, two) = tokio::join!(relay::step(&db), relay::step(&db));
    let numbered = one.unwrap().events.len() + two.unwrap().events.len();
    assert_eq!(numbered, 200);
    let read = relay::read_after(&db, 0, 1000).await.unwrap().events;
    assert_eq!(
        read.iter().map(|e| person(&e.event)).collect::<Vec<_>>(),
        all.iter().map(|e| person(&e.0)).collect::<Vec<_>>()
    );
    assert!(read.windows(2).all(|pair| pair[0].seq < pair[1].seq));
}

#[tokio::test]
async fn after_a_restart_of_postgres_numbering_jumps_ahead_of_all_cursors_given_out() {
    let test = TestDb::new().await;
    let db = connect(&test).await;
    let tx = db.begin().await.unwrap();
    events::append(&tx, &[somebody_came()], Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    let before = relay::step(&db).await.unwrap().events[0].seq;
    // As after a crash: the server is another one, and the last number may have been lost with its commit.
    db.execute_unprepared(
        "update relay set postmaster_started_at = postmaster_started_at - interval '1 hour'",
    )
    .await
    .unwrap();
    let tx = db.begin().await.unwrap();
    events::append(&tx, &[somebody_came()], Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    let after = relay::step(&db).await.unwrap().events[0].seq;
    assert!(after > before + 100_000, "{before} → {after}");
}

#[tokio::test]
async fn an_event_of_a_newer_version_is_passed_over_and_what_comes_after_it_is_not() {
    let test = TestDb::new().await;
    let db = connect(&test).await;
    let all: Vec<_> = (0..4).map(|_| somebody_came()).collect();
    let tx = db.begin().await.unwrap();
    events::append(&tx, &all, Utc::now()).await.unwrap();
    tx.commit().await.unwrap();
    relay::step(&db).await.unwrap();
    db.execute_unprepared("update event set data = '{\"kind\": \"trumpet_blown\"}' where seq = 2")
        .await
        .unwrap();

    let first = relay::read_after(&db, 0, 3).await.unwrap();
    assert_eq!(
        (first.events.len(), first.up_to, first.more),
        (2, 3, true),
        "there is more, whoever can read it"
    );
    let rest = relay::read_after(&db, first.up_to, 3).await.unwrap();
    assert_eq!(rest.events.iter().map(|e| person(&e.event)).collect::<Vec<_>>(), [person(&all[3].0)]);
    assert_eq!((rest.up_to, rest.more), (4, false));
}
