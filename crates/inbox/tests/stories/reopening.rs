//! A customer writes after closing: each channel has its own time in which the same conversation goes on.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ChannelId;
use inbox::applier;
use testing::meta;

use super::books::{Books, LUCIA};

const NOON: i64 = 1_790_000_000;

/// The clinic, Lucía's conversations with its numbers, and the time.
struct Clinic {
    books: Books,
    now: DateTime<Utc>,
    written: u32,
}

impl Clinic {
    /// Lucía has written to the numbers at Meta and at Twilio.
    async fn open() -> Self {
        let now = DateTime::from_timestamp(NOON, 0).unwrap();
        let mut clinic = Self { books: Books::open().await, now, written: 0 };
        clinic.lucia_writes().await;
        assert_eq!(clinic.counts().await, (1, 1));
        clinic
    }

    fn numbers(&self) -> (ChannelId, ChannelId) {
        (self.books.world.whatsapp, self.books.carried)
    }

    async fn reopens_within(&self, channel: ChannelId, time: TimeDelta) {
        let seconds = i32::try_from(time.num_seconds()).unwrap();
        let sql = "update channel set reopen_within = $2 where id = $1";
        self.books.run(sql, [channel.into(), seconds.into()]).await;
    }

    /// All of it was closed, so long ago.
    async fn closed(&self, ago: TimeDelta) {
        let sql = "update conversation set state = 'closed', closed_at = $1";
        self.books.run(sql, [(self.now - ago).into()]).await;
    }

    /// Lucía writes to both numbers, and one batch takes it all.
    async fn lucia_writes(&mut self) {
        self.written += 1;
        let text = meta::text(LUCIA, &format!("wamid.{}", self.written), NOON, "Hola");
        self.books.meta(meta::messages(&[text])).await;
        self.books.lucia_writes_by_twilio(&format!("SM{}", self.written), "Hola").await;
        assert_eq!(applier::step(self.books.db(), self.now).await.unwrap().messages, 2);
    }

    /// Lucía's conversations at Meta and at Twilio.
    async fn counts(&self) -> (i64, i64) {
        let of = async |channel: ChannelId| {
            let sql = format!("select count(*) from conversation where channel_id = '{channel}'");
            self.books.one(&sql).await
        };
        let (cloud, carried) = self.numbers();
        (of(cloud).await, of(carried).await)
    }
}

#[tokio::test]
async fn of_two_numbers_each_reopens_within_its_own_time() {
    let mut clinic = Clinic::open().await;
    let (cloud, carried) = clinic.numbers();
    clinic.reopens_within(cloud, TimeDelta::days(7)).await;
    clinic.reopens_within(carried, TimeDelta::hours(1)).await;
    clinic.closed(TimeDelta::minutes(59)).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (1, 1), "both go on");
    clinic.closed(TimeDelta::hours(2)).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (1, 2), "in the same batch one goes on and the other does not");
    let reopened = "select count(*) from event where kind = 'conversation_reopened'";
    assert_eq!(clinic.books.one::<i64>(reopened).await, 3);
}

#[tokio::test]
async fn the_time_ends_at_the_second() {
    let mut clinic = Clinic::open().await;
    let (cloud, carried) = clinic.numbers();
    clinic.reopens_within(carried, TimeDelta::days(30)).await;
    clinic.closed(TimeDelta::hours(24) - TimeDelta::seconds(1)).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (1, 1), "a day is what nobody has changed");
    clinic.closed(TimeDelta::hours(24)).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (2, 1));
    clinic.reopens_within(cloud, TimeDelta::days(30)).await;
    clinic.closed(TimeDelta::days(30)).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (3, 2));
}

#[tokio::test]
async fn where_nothing_is_reopened_every_message_after_closing_begins_another() {
    let mut clinic = Clinic::open().await;
    let (cloud, _) = clinic.numbers();
    clinic.reopens_within(cloud, TimeDelta::zero()).await;
    clinic.lucia_writes().await;
    assert_eq!(clinic.counts().await, (1, 1), "what is open goes on");
    // Closed by a node whose clock is ahead.
    for (ago, counts) in [(TimeDelta::zero(), (2, 1)), (-TimeDelta::seconds(1), (3, 1))] {
        clinic.closed(ago).await;
        clinic.lucia_writes().await;
        assert_eq!(clinic.counts().await, counts);
    }
}
