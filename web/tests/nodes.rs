//! Several nodes give out work: nobody hands anything over to anybody, and one that hangs is waited for a moment only.

use std::time::{Duration, Instant};

use bandeja::database;
use reqwest::StatusCode;
use routing::policy::{Late, LateAction};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};

use crate::clinic::{Clinic, Node, one, until};

/// Far more than Postgres waits for who says nothing, and far less than anybody would for a lease.
const SECONDS: Duration = Duration::from_secs(15);

/// A node that stops in the midst of a transaction, with its connection open: what it did last was this.
async fn hangs_after(clinic: &Clinic, sql: &str) -> DatabaseTransaction {
    let theirs = database::open_for_loops(&clinic.ground.settings.database).await.unwrap();
    let hung = theirs.begin().await.unwrap();
    hung.execute_unprepared(sql).await.unwrap();
    hung
}

#[tokio::test]
async fn a_node_that_hangs_in_the_midst_of_a_pass_is_waited_for_a_moment_only() {
    let clinic = Clinic::with(|settings| settings.database.silent_seconds = 1).await;
    let valeria = clinic.agent("Valeria").await;
    let mut page = valeria.opens_inbox().await;
    // As the dispatcher begins a pass.
    let hung = hangs_after(&clinic, "select pg_advisory_xact_lock(1112, 3)").await;
    let began = Instant::now();
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    page.until("the row", |page| page.lists(talk)).await;
    assert!(began.elapsed() < SECONDS, "{:?}", began.elapsed());
    assert!(
        hung.execute_unprepared("select 1").await.is_err(),
        "it finds out when it wakes up, and gave nothing"
    );
}

#[tokio::test]
async fn what_a_node_that_hangs_was_looking_at_is_looked_at_by_another_and_the_rest_at_once() {
    let clinic = Clinic::with(|settings| settings.database.silent_seconds = 1).await;
    let alonso = clinic.ground.world.admin("Alonso").await;
    let tx = clinic.ground.db.begin().await.unwrap();
    let draft = inbox::policy::draft(&tx).await.unwrap();
    let now = chrono::Utc::now();
    let late = |policy: &mut routing::Policy| {
        for queue in &mut policy.queues {
            queue.late = vec![Late { after: 1, action: LateAction::Tag { tag: "tarde".into() } }];
        }
    };
    let saved = inbox::policy::save(&tx, &alonso, draft.revision, late, now).await.unwrap();
    inbox::policy::publish(&tx, &alonso, saved.revision, "", now).await.unwrap();
    tx.commit().await.unwrap();

    // Nobody is at work: all of them wait until they are late.
    clinic.vendor().lucia_writes("Hola").await;
    let waiting = "select id from conversation where state = 'queued'";
    let lucia: uuid::Uuid = until("a conversation", || async { one(&clinic.ground.db, waiting).await }).await;
    let began = Instant::now();
    let hung =
        hangs_after(&clinic, &format!("select from conversation where id = '{lucia}' for no key update"))
            .await;
    clinic.vendor().customer_writes("+51900000002", "Bruno", "Hola").await;
    let tagged = "select count(*) from conversation_tag where tag = 'tarde'";
    clinic.until_count(tagged, 2).await;
    assert!(began.elapsed() < SECONDS, "{:?}", began.elapsed());
    let told = "select count(*) from event where kind = 'conversation_tagged'";
    assert_eq!(clinic.count(told).await, 2, "each once");
    drop(hung);
}

#[tokio::test]
async fn who_is_freed_through_one_node_is_given_what_came_through_another() {
    // Neither looks by itself: what happens on one is heard by the other, or nothing happens.
    let clinic = Clinic::that_only_listens().await;
    let other = Node::that_only_serves(&clinic.ground).await;
    clinic.change("update presence set capacity = 1").await;
    let valeria = clinic.agent("Valeria").await;
    clinic.change("update presence set capacity = 1").await;
    let mut there = valeria.at(&other.url).opens_inbox().await;
    there.puts("/me/presence", &[("state", "paused")]).await.is(StatusCode::NO_CONTENT);
    clinic.vendor().lucia_writes("Hola").await;
    let held = "select id from conversation where state = 'assigned'";
    clinic.until_count("select count(*) from conversation where state = 'queued'", 1).await;
    // Until both nodes have joined the bus a word between them may be lost.
    let lucia = until("the other node is heard", || async {
        there.puts("/me/presence", &[("state", "paused")]).await.is(StatusCode::NO_CONTENT);
        there.puts("/me/presence", &[("state", "available")]).await.is(StatusCode::NO_CONTENT);
        tokio::time::sleep(Duration::from_millis(200)).await;
        one::<uuid::Uuid>(&clinic.ground.db, held).await
    })
    .await;

    clinic.vendor().customer_writes("+51900000002", "Bruno", "Hola").await;
    let queued = "select id from conversation where state = 'queued'";
    let bruno: uuid::Uuid = until("Bruno waits", || async { one(&clinic.ground.db, queued).await }).await;
    there.posts(&format!("/conversations/{lucia}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    there.until("Bruno's row", |page| page.lists(domain::ConversationId(bruno))).await;
    there.becomes_a_fresh_load().await;
}
