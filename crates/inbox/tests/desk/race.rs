//! Everything at once: agents write, the vendor answers, its reports overtake the answers, customers write back.

use std::{sync::Arc, time::Duration};

use domain::{
    ChannelId,
    outbound::{Outbound, SendOutcome},
};
use inbox::{Wakes, applier, sending};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::scene::Scene;

/// A vendor whose reports come before, while and after it answers, each with a word of the customer.
#[derive(Debug)]
struct Hasty {
    db: DatabaseConnection,
}

impl Hasty {
    async fn hook(&self, value: Value) {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [
            {"field": "messages", "value": value}
        ]}]});
        let statement = Statement::from_sql_and_values(
            DatabaseBackend::Postgres,
            "insert into receipt (source, body) values ('whatsapp', $1)",
            [body.to_string().into_bytes().into()],
        );
        self.db.execute_raw(statement).await.unwrap();
    }

    /// As the reports of Meta without our opaque id, so that only the vendor's id connects them.
    async fn report(&self, id: &str, status: &str, to: &str) {
        self.hook(json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "5115550100", "phone_number_id": "2"},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": to}],
            "statuses": [{"id": id, "status": status, "timestamp": "1763700000", "recipient_id": to}],
            "messages": [{"from": to, "id": format!("{id}.{status}"), "timestamp": "1763700000", "type": "text",
                "text": {"body": "gracias"}}],
        }))
        .await;
    }
}

impl sending::Transmit for Hasty {
    async fn send(&self, _: ChannelId, message: &Outbound) -> SendOutcome {
        let id = format!("wamid.{}", message.message);
        let pause = u64::from(message.message.0.as_bytes()[15] % 4);
        self.report(&id, "sent", &message.to).await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let late = Self { db: self.db.clone() };
        let (late_id, to) = (id.clone(), message.to.clone());
        tokio::spawn(async move { late.report(&late_id, "delivered", &to).await });
        SendOutcome::Accepted { vendor_id: id, held: None }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_report_is_lost_however_it_crosses_the_answer() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    scene.run("update presence set capacity = 10", []).await;
    scene.run("update channel set per_second = 100000", []).await;
    let mut talks = Vec::new();
    for customer in 0..8 {
        let (talk, phone) = (scene.talk_of(&valeria).await, format!("5198700000{customer}"));
        scene
            .run(
                "update conversation set reply_address = $2 where id = $1",
                [talk.into(), phone.clone().into()],
            )
            .await;
        scene
            .run(
                "insert into identity (id, contact_id, kind, value)
                 select gen_random_uuid(), contact_id, 'phone', '+' || $2 from conversation where id = $1",
                [talk.into(), phone.into()],
            )
            .await;
        talks.push(talk);
    }
    let wakes = Wakes::default();
    let (stop, stopped) = watch::channel(false);
    let vendor = Arc::new(Hasty { db: scene.db().clone() });
    let sender = tokio::spawn(sending::run(scene.db().clone(), vendor, wakes.clone(), stopped.clone()));
    let applier = tokio::spawn(applier::run(scene.db().clone(), wakes.clone(), stopped));

    for line in 0..80 {
        scene.reply(&valeria, talks[line % 8], &format!("line {line}")).await;
        wakes.send();
        wakes.apply();
    }
    let unsettled = "select count(*) from delivery where state <> 'delivered'";
    let settled = async {
        while scene.count(unsettled, []).await > 0 {
            wakes.apply();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), settled).await;
    stop.send(true).unwrap();
    sender.await.unwrap();
    applier.await.unwrap();

    assert!(in_time.is_ok(), "{} never settled", scene.count(unsettled, []).await);
    assert_eq!(scene.count("select count(*) from message where direction = 'in'", []).await, 160);
    assert_eq!(scene.count("select count(*) from conversation", []).await, 8);
    assert_eq!(scene.count("select count(*) from quarantine", []).await, 0);
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(scene.count(deadlocks, []).await, 0);
    scene.assert_books_balance().await;
}
