//! The ledger: every receipt is found, explained, and can be applied again without doubling anything.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use domain::{DeliveryState, PersonId};
use inbox::{
    gaps::{self, Cause},
    replay::{self, ReplayError, Selection},
    retention, trail,
    trail::{ReceiptLine, ReceiptState, Wanted},
};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement, TransactionTrait as _};
use testing::meta;

use crate::books::{Books, LUCIA, seconds};

const NOVEMBER: &str = "2026-11-20T15:00:00Z";

impl Books {
    /// What receipts told is noted, however fresh they are.
    async fn note(&self) {
        while trail::index_step(self.db(), Duration::ZERO).await.unwrap() > 0 {}
    }

    async fn find(&self, wanted: Wanted) -> Vec<i64> {
        self.lines(wanted).await.into_iter().map(|line| line.id).collect()
    }

    async fn lines(&self, wanted: Wanted) -> Vec<ReceiptLine> {
        trail::page(self.db(), &wanted, None, 50).await.unwrap()
    }

    async fn replay(&self, by: Option<PersonId>, selection: Selection) -> replay::ReplayLine {
        let tx = self.db().begin().await.unwrap();
        let (id, _) = replay::request(&tx, by, &selection, Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        loop {
            let stepped = replay::step(self.db(), Utc::now()).await.unwrap();
            self.apply().await;
            if !stepped.more {
                return replay::one(self.db(), id).await.unwrap().unwrap();
            }
        }
    }
}

fn hola(id: &str, from: &str) -> Vec<u8> {
    meta::messages(&[meta::text(from, id, seconds(NOVEMBER), "Hola")])
}

#[tokio::test]
async fn a_receipt_is_found_by_customer_message_time_state_and_channel() {
    let books = Books::open().await;
    let first = books.meta(hola("wamid.1", LUCIA)).await;
    let again = books.meta(hola("wamid.1", LUCIA)).await;
    let other = books.meta(hola("wamid.2", "5215512345678")).await;
    let broken = books.meta(b"{ this is no JSON".to_vec()).await;
    let by_twilio = books.lucia_writes_by_twilio("SM1", "Hola").await;
    books.apply().await;
    let reply = books.reply(books.world.whatsapp, "Ya", Some("wamid.3"), DeliveryState::Accepted).await;
    let status =
        books.meta(meta::statuses(&[meta::status("wamid.3", "sent", seconds(NOVEMBER), None)])).await;
    books.apply().await;
    books.note().await;

    let number = |text: &str| Wanted { number: Some(text.to_owned()), ..Wanted::default() };
    let message = |text: &str| Wanted { message: Some(text.to_owned()), ..Wanted::default() };
    assert_eq!(books.find(Wanted::default()).await, [status, by_twilio, broken, other, again, first]);
    assert_eq!(books.find(number("+51 987 412 306")).await, [by_twilio, again, first], "whichever vendor");
    for spelling in ["+52 55 1234 5678", "+52 1 55 1234 5678"] {
        assert_eq!(books.find(number(spelling)).await, [other]);
    }
    assert_eq!(books.find(number("nobody")).await, Vec::<i64>::new());
    assert_eq!(books.find(message("wamid.1")).await, [again, first], "the repeated one is found too");
    assert_eq!(books.find(message(&reply.to_string())).await, [status], "by our own id");
    assert_eq!(books.find(message(&domain::MessageId::new().to_string())).await, Vec::<i64>::new());
    let aside = Wanted { state: Some(ReceiptState::Quarantined), ..Wanted::default() };
    let lines = books.lines(aside.clone()).await;
    assert_eq!((lines.len(), lines[0].id), (1, broken));
    assert!(lines[0].reason.as_deref().is_some_and(|reason| reason.contains("JSON")));
    let on = |channel| Wanted { channel: Some(channel), ..Wanted::default() };
    assert_eq!(books.find(on(books.carried)).await, [by_twilio]);
    assert_eq!(books.find(Wanted { channel: Some(books.carried), ..aside }).await, Vec::<i64>::new());

    let now = Utc::now();
    let between =
        |from, until| Wanted { from: Some(now + from), until: Some(now + until), ..Wanted::default() };
    assert_eq!(books.find(between(TimeDelta::hours(-1), TimeDelta::hours(1))).await.len(), 6);
    assert_eq!(books.find(between(TimeDelta::hours(-2), TimeDelta::hours(-1))).await, Vec::<i64>::new());

    // Page by page, nothing twice and nothing left out.
    let mut seen = Vec::new();
    while let Some(line) =
        trail::page(books.db(), &number(LUCIA), seen.last().copied(), 1).await.unwrap().pop()
    {
        seen.push(line.id);
    }
    assert_eq!(seen, [by_twilio, again, first]);
}

#[tokio::test]
async fn a_receipt_tells_what_became_of_it() {
    let books = Books::open().await;
    let first = books.meta(hola("wamid.1", LUCIA)).await;
    let again = books.meta(hola("wamid.1", LUCIA)).await;
    books.apply().await;
    books.note().await;
    let made = trail::trail(books.db(), first).await.unwrap().unwrap();
    assert_eq!((made.line.state.as_str(), made.line.told), ("applied", 1));
    assert!(made.line.items[0].made && made.line.items[0].conversation_id.is_some());
    let repeated = trail::trail(books.db(), again).await.unwrap().unwrap();
    assert!(!repeated.line.items[0].made, "the message was there already");
    assert_eq!(repeated.line.items[0].message_id, made.line.items[0].message_id);
    let (_, body) = trail::raw(books.db(), first).await.unwrap().unwrap();
    assert_eq!(body, hola("wamid.1", LUCIA));
    assert!(trail::trail(books.db(), 7).await.unwrap().is_none());
}

#[tokio::test]
async fn everything_applied_again_changes_nothing_but_what_was_missing() {
    let books = Books::open().await;
    let ana = books.world.admin("Ana").await;
    books.meta(hola("wamid.1", LUCIA)).await;
    books.apply().await;
    books.reply(books.world.whatsapp, "Ya", Some("wamid.3"), DeliveryState::Accepted).await;
    books.meta(meta::statuses(&[meta::status("wamid.3", "delivered", seconds(NOVEMBER), None)])).await;
    let unknown = String::from_utf8(hola("wamid.2", LUCIA)).unwrap().replace(testing::PHONE_NUMBER_ID, "999");
    let aside = books.meta(unknown.into_bytes()).await;
    books.apply().await;
    books.note().await;
    let figures = async || {
        let messages: i64 = books.one("select count(*) from message").await;
        let reports: i64 = books.one("select count(*) from status_report").await;
        let events: i64 = books.one("select count(*) from event").await;
        (messages, reports, events)
    };
    let before = figures().await;
    let all = books.replay(Some(ana.person), Selection::Found(Wanted::default())).await;
    assert_eq!((all.total, all.applied, all.quarantined, all.made), (3, 2, 1, 0));
    assert_eq!((all.by.as_deref(), all.finished_at.is_some()), (Some("Ana"), true));
    assert_eq!(figures().await, before);

    // The number is connected now: what waited in quarantine is taken up, once.
    let key = "update channel set vendor_key = 'phone_number_id:999' where id = $1";
    books.run(key, [books.world.whatsapp.into()]).await;
    let reasons = trail::open_quarantine(books.db()).await.unwrap();
    assert_eq!((reasons.len(), reasons[0].receipts), (1, 1));
    for made in [1, 0] {
        let mended = books.replay(None, Selection::Receipts(vec![aside])).await;
        assert_eq!((mended.applied, mended.made), (1, made));
    }
    assert_eq!(trail::open_quarantine(books.db()).await.unwrap().len(), 0);
    let history = trail::trail(books.db(), aside).await.unwrap().unwrap();
    assert_eq!((history.line.state.as_str(), history.replayed.len()), ("applied", 3));
    assert!(history.quarantined.iter().all(|entry| entry.released_at.is_some()));
}

#[tokio::test]
async fn bodies_are_forgotten_and_the_trail_stays_until_its_own_time_is_over() {
    let books = Books::open().await;
    let old = books.meta(hola("wamid.1", LUCIA)).await;
    let broken = books.meta(b"{ this is no JSON".to_vec()).await;
    books.apply().await;
    books.note().await;
    books.run("update receipt set received_at = now() - interval '40 days'", []).await;
    let fresh = books.meta(hola("wamid.2", LUCIA)).await;
    books.apply().await;
    books.note().await;

    assert_eq!(retention::forget_bodies(books.db(), 30).await.unwrap(), 1);
    assert_eq!(retention::forget_bodies(books.db(), 30).await.unwrap(), 0);
    assert!(trail::raw(books.db(), old).await.unwrap().is_none());
    assert!(trail::raw(books.db(), broken).await.unwrap().is_some(), "what is in quarantine keeps its body");
    assert!(trail::raw(books.db(), fresh).await.unwrap().is_some());
    let line = trail::trail(books.db(), old).await.unwrap().unwrap().line;
    assert!(line.forgotten_at.is_some() && line.items[0].made, "what it made is still told");
    let again = books.replay(None, Selection::Receipts(vec![old, fresh])).await;
    assert_eq!((again.applied, again.refused), (1, 1), "what was forgotten can't be applied again");

    assert_eq!(retention::forget_trail(books.db(), 60).await.unwrap(), 0);
    assert_eq!(retention::forget_trail(books.db(), 35).await.unwrap(), 1);
    assert!(trail::trail(books.db(), old).await.unwrap().is_none());
    let messages: i64 = books.one("select count(*) from message").await;
    assert_eq!(messages, 2, "the messages themselves stay");
}

#[tokio::test]
async fn nothing_chosen_is_nothing_done() {
    let books = Books::open().await;
    for selection in [
        Selection::Receipts(vec![]),
        Selection::Receipts(vec![404]),
        Selection::Found(Wanted { number: Some("+51 1".to_owned()), ..Wanted::default() }),
    ] {
        let tx = books.db().begin().await.unwrap();
        let asked = replay::request(&tx, None, &selection, Utc::now()).await;
        assert!(matches!(asked, Err(ReplayError::Nothing)), "{selection:?}");
        tx.rollback().await.unwrap();
    }
    let replays: i64 = books.one("select count(*) from replay").await;
    assert_eq!(replays, 0);
}

#[tokio::test]
async fn a_silence_of_all_nodes_is_a_gap_and_one_that_beats_is_none() {
    let books = Books::open().await;
    let minute = Duration::from_secs(60);
    assert_eq!(gaps::beat(books.db(), minute).await.unwrap(), None, "the first breath");
    assert_eq!(gaps::beat(books.db(), minute).await.unwrap(), None);
    books.run("update heartbeat set at = now() - interval '1 hour'", []).await;
    let (one, two) = tokio::join!(gaps::beat(books.db(), minute), gaps::beat(books.db(), minute));
    let found: Vec<_> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(found.len(), 1, "two nodes that start together find it once");
    assert_eq!((found[0].cause, found[0].channel), (Cause::Stopped, None));
    assert!((found[0].until - found[0].from - TimeDelta::hours(1)).abs() < TimeDelta::seconds(30));
    let shown = gaps::recent(books.db(), Some(books.world.sms), 10).await.unwrap();
    assert_eq!((shown.len(), shown[0].state.as_str()), (1, "open"));
}

#[tokio::test]
async fn statuses_of_unknown_messages_and_quotes_of_missing_ones_are_gaps_once() {
    let books = Books::open().await;
    let mut quoting = meta::text(LUCIA, "wamid.1", seconds(NOVEMBER), "¿Y eso?");
    quoting["context"] = serde_json::json!({"from": "5115550100", "id": "wamid.never"});
    books.meta(meta::messages(&[quoting])).await;
    books.apply().await;
    books.reply(books.world.whatsapp, "Ya", Some("wamid.3"), DeliveryState::Accepted).await;
    for id in ["wamid.3", "wamid.4", "wamid.5"] {
        books.meta(meta::statuses(&[meta::status(id, "sent", seconds(NOVEMBER), None)])).await;
    }
    books.apply().await;
    books.note().await;
    assert_eq!(
        gaps::watch(books.db(), Duration::from_secs(900)).await.unwrap(),
        [],
        "they may still become known"
    );

    books.run("update ledger_minute set minute = minute - interval '1 hour'", []).await;
    books.meta(hola("wamid.9", LUCIA)).await;
    books.note().await;
    books.run("update ledger_minute set minute = minute + interval '3 hours' where receipt_id = (select max(id) from receipt)", []).await;
    let found = gaps::watch(books.db(), Duration::from_secs(900)).await.unwrap();
    let seen: Vec<_> = found.iter().map(|gap| (gap.cause, gap.channel, gap.seen)).collect();
    let whatsapp = Some(books.world.whatsapp);
    assert_eq!(seen, [(Cause::UnknownStatus, whatsapp, 2), (Cause::Quoted, whatsapp, 1)]);
    assert_eq!(gaps::watch(books.db(), Duration::from_secs(900)).await.unwrap().len(), 0);

    // Meta repeats for seven days; then there is nothing more to wait for.
    gaps::settle(books.db(), Utc::now()).await.unwrap();
    let open = async || books.one::<i64>("select count(*) from ledger_gap where state = 'open'").await;
    assert_eq!(open().await, 2);
    gaps::settle(books.db(), Utc::now() + TimeDelta::days(8)).await.unwrap();
    assert_eq!(open().await, 0);
}

/// Plans don't read the ledger whole: nowhere a sequential scan over receipts or their items, whatever is looked for.
#[tokio::test]
async fn a_search_in_a_long_ledger_reads_what_it_shows_and_little_more() {
    let books = Books::open().await;
    let many = "with made as (
            insert into receipt (source, body, state, received_at, applied_at)
            select 'whatsapp', '{}', case when n % 5000 = 0 then 'quarantined' else 'applied' end,
                now() - make_interval(secs => 100000 - n), now()
            from generate_series(1, 100000) n order by n returning id, received_at)
        insert into receipt_item (receipt_id, item, channel_id, what, vendor_id, number_key)
        select id, 0, $1, 'message', 'wamid.' || id, '+51987' || (id % 1000) from made";
    books.run(many, [books.world.whatsapp.into()]).await;
    books
        .run(
            "insert into ledger_minute select date_trunc('minute', received_at), min(id) from receipt group by 1",
            [],
        )
        .await;
    books.run("analyze receipt, receipt_item, ledger_minute, message, quarantine", []).await;
    let hour_ago = Utc::now() - TimeDelta::hours(1);
    let looks = [
        ("all", Wanted::default()),
        ("a number", Wanted { number: Some("51987123".to_owned()), ..Wanted::default() }),
        ("a message", Wanted { message: Some("wamid.777".to_owned()), ..Wanted::default() }),
        ("quarantine", Wanted { state: Some(ReceiptState::Quarantined), ..Wanted::default() }),
        ("new", Wanted { state: Some(ReceiptState::New), ..Wanted::default() }),
        ("a channel", Wanted { channel: Some(books.world.whatsapp), ..Wanted::default() }),
        (
            "an hour",
            Wanted {
                from: Some(hour_ago),
                until: Some(hour_ago + TimeDelta::minutes(5)),
                ..Wanted::default()
            },
        ),
    ];
    for (what, wanted) in looks {
        let tx = books.db().begin().await.unwrap();
        // What this transaction alone has read so far.
        let reads = async || -> i64 {
            let sql =
                "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint from pg_stat_xact_user_tables
                       where relname in ('receipt', 'receipt_item')";
            let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
            tx.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
        };
        let before = reads().await;
        let page = trail::page(&tx, &wanted, None, 50).await.unwrap();
        assert!(page.len() <= 50);
        let read = reads().await - before;
        assert!(read < 5_000, "{what}: {read} rows were read for {} lines", page.len());
    }
}
