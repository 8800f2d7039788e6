//! What Twilio's webhooks failed to bring comes by its list: once, in order, and nothing is sent again.

use std::sync::Mutex;

use channel_gateway::twilio::Listed;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{ChannelId, DeliveryState};
use inbox::{
    gaps,
    reconciler::{self, List, NotListed, Reconciled},
};
use serde_json::{Value, json};
use testing::TWILIO_ACCOUNT;

use crate::books::Books;

const OURS: &str = "whatsapp:+14155238886";
const LUCIA: &str = "whatsapp:+51987412306";

/// Twilio's list, and how it was asked.
#[derive(Default)]
struct Twilio {
    messages: Vec<Value>,
    fails: bool,
    asked: Mutex<Vec<(DateTime<Utc>, DateTime<Utc>)>>,
}

impl Twilio {
    fn has(&mut self, sid: &str, inbound: bool, status: &str, body: &str, at: DateTime<Utc>) {
        let (from, to) = if inbound { (LUCIA, OURS) } else { (OURS, LUCIA) };
        self.messages.push(json!({
            "sid": sid, "account_sid": TWILIO_ACCOUNT, "direction": if inbound { "inbound" } else { "outbound-api" },
            "status": status, "body": body, "from": from, "to": to, "num_media": "0", "price": null,
            "error_code": null, "date_created": at.to_rfc2822(), "date_updated": at.to_rfc2822(),
        }));
    }
}

impl List for Twilio {
    async fn list(
        &self,
        _: ChannelId,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<Listed>, NotListed> {
        self.asked.lock().unwrap().push((from, until));
        if self.fails {
            return Err(NotListed("(20003) Authenticate".to_owned()));
        }
        Ok(self.messages.iter().cloned().filter_map(Listed::read).collect())
    }

    async fn fill_in_files(&self, _: ChannelId, _: &mut [Listed]) -> Result<(), NotListed> {
        Ok(())
    }
}

impl Books {
    async fn reconcile(&self, twilio: &Twilio) -> Reconciled {
        let reconciled = reconciler::reconcile(self.db(), twilio, self.carried, Utc::now()).await.unwrap();
        self.apply().await;
        reconciled
    }

    async fn thread(&self) -> Vec<String> {
        let sql = "select body from message where direction = 'in' order by written_at, position";
        self.rows(sql).await.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }
}

#[tokio::test]
async fn after_an_hour_away_every_message_comes_once_and_in_order() {
    let books = Books::open().await;
    books.lucia_writes_by_twilio("SM0", "Antes").await;
    books.apply().await;
    let mut twilio = Twilio::default();
    let hour_ago = Utc::now().trunc_subsecs(0) - TimeDelta::hours(1);
    twilio.has("SM0", true, "received", "Antes", hour_ago - TimeDelta::minutes(2));
    for (n, text) in ["Hola", "¿Hay alguien?", "Me duele una muela"].iter().enumerate() {
        let at = hour_ago + TimeDelta::minutes(10 * i64::try_from(n).unwrap());
        twilio.has(&format!("SM{}", n + 1), true, "received", text, at);
    }
    books.run("update channel set created_at = now() - interval '2 days'", []).await;
    books.run("insert into heartbeat (at) values (now() - interval '1 hour')", []).await;
    gaps::beat(books.db(), std::time::Duration::from_secs(60)).await.unwrap().unwrap();
    // The webhook of the last one comes after all, at the same time as the list.
    books.lucia_writes_by_twilio("SM3", "Me duele una muela").await;

    let first = books.reconcile(&twilio).await;
    assert_eq!((first.listed, first.messages), (4, 3));
    assert_eq!(books.thread().await[..2], ["Hola", "¿Hay alguien?"], "at the vendor's time, before today's");
    assert_eq!(books.thread().await.len(), 4);
    let again = books.reconcile(&twilio).await;
    assert_eq!(again.found(), 0);
    assert_eq!(books.thread().await.len(), 4);
    let asked = twilio.asked.lock().unwrap().clone();
    assert!(asked[1].0 < asked[0].1, "windows overlap");
    assert!(asked[1].0 > hour_ago, "but don't begin anew each time");
}

#[tokio::test]
async fn a_gap_is_closed_when_all_numbers_were_listed_beyond_it() {
    let books = Books::open().await;
    books.run("insert into heartbeat (at) values (now() - interval '1 hour')", []).await;
    gaps::beat(books.db(), std::time::Duration::from_secs(60)).await.unwrap().unwrap();
    let mut twilio = Twilio::default();
    twilio.has("SM1", true, "received", "Hola", Utc::now() - TimeDelta::minutes(30));
    let states = async || {
        let rows = books.rows("select state, coalesce(found, -1) from ledger_gap").await;
        rows.iter()
            .map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap()))
            .collect::<Vec<(String, i32)>>()
    };
    books.reconcile(&twilio).await;
    assert_eq!(states().await, [("open".to_owned(), 1)], "the SMS number is still to be listed");
    reconciler::reconcile(books.db(), &Twilio::default(), books.world.sms, Utc::now()).await.unwrap();
    assert_eq!(states().await, [("settled".to_owned(), 1)]);
}

#[tokio::test]
async fn a_missed_status_is_taken_in_and_a_known_one_is_not_asked_about_again() {
    let books = Books::open().await;
    books.lucia_writes_by_twilio("SM0", "Hola").await;
    books.apply().await;
    let id = books.reply(books.carried, "A las 5", Some("SM1"), DeliveryState::Sent).await;
    let mut twilio = Twilio::default();
    twilio.has("SM1", false, "read", "A las 5", Utc::now());
    assert_eq!(books.reconcile(&twilio).await.statuses, 1);
    assert_eq!(books.state(id).await, DeliveryState::Read);
    assert_eq!(books.reconcile(&twilio).await.found(), 0);
    let cost: i64 =
        books.one(&format!("select carrier_micros from message_cost where message_id = '{id}'")).await;
    assert_eq!(cost, 5_000, "what arrives is posted, however we hear of it");
}

#[tokio::test]
async fn the_list_settles_sends_of_which_nobody_knew() {
    let books = Books::open().await;
    books.lucia_writes_by_twilio("SM0", "Hola").await;
    books.apply().await;
    let taken = books.reply(books.carried, "A las 5", None, DeliveryState::Uncertain).await;
    let lost = books.reply(books.carried, "A las 6", None, DeliveryState::Uncertain).await;
    let fresh = books.reply(books.carried, "A las 7", None, DeliveryState::Uncertain).await;
    let tried =
        "update delivery_attempt set started_at = now() - interval '12 minutes' where message_id in ($1, $2)";
    books.run(tried, [taken.into(), lost.into()]).await;
    books.run("update channel set created_at = now() - interval '1 day'", []).await;
    let mut twilio = Twilio::default();
    twilio.has("SM9", false, "delivered", "A las 5", Utc::now() - TimeDelta::minutes(12));

    assert_eq!(books.reconcile(&twilio).await.settled, 2);
    assert_eq!(books.state(taken).await, DeliveryState::Delivered);
    let sid: String = books.one(&format!("select vendor_id from message where id = '{taken}'")).await;
    assert_eq!(sid, "SM9");
    assert_eq!(books.state(lost).await, DeliveryState::Failed, "a person may send it again");
    assert_eq!(books.state(fresh).await, DeliveryState::Uncertain, "it may still turn up");
    let attempts: i64 = books.one("select count(*) from delivery_attempt").await;
    assert_eq!(attempts, 3, "nothing was sent again");
    assert_eq!(books.reconcile(&twilio).await.found(), 0);
}

#[tokio::test]
async fn a_list_that_fails_leaves_the_stretch_for_the_next_one() {
    let books = Books::open().await;
    let mut twilio = Twilio { fails: true, ..Twilio::default() };
    for _ in 0..2 {
        let failed = reconciler::reconcile(books.db(), &twilio, books.carried, Utc::now()).await;
        assert!(failed.is_err());
    }
    let standing = reconciler::standing(books.db()).await.unwrap();
    let carried = standing.iter().find(|one| one.channel_id == books.carried).unwrap();
    assert_eq!(carried.error.as_deref(), Some("(20003) Authenticate"));
    twilio.fails = false;
    twilio.has("SM1", true, "received", "Hola", Utc::now());
    assert_eq!(books.reconcile(&twilio).await.messages, 1);
    let asked = twilio.asked.lock().unwrap().clone();
    assert!((asked[2].0 - asked[0].0).abs() < TimeDelta::seconds(5), "it begins where the first one did");
    assert_eq!(books.thread().await, ["Hola"]);
}
