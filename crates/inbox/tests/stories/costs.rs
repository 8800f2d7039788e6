//! What messages cost: posted once, whatever the order of reports.

use chrono::Utc;
use domain::DeliveryState;
use inbox::costs::{
    self, ListedPrice,
    reading::{By, Of},
};
use pricing::{Category, Currency, Fee, Micros};
use serde_json::{Value, json};
use testing::meta;

use crate::books::{Books, LUCIA, seconds};

const NOVEMBER: &str = "2026-11-20T15:00:00Z";

fn priced(id: &str, state: &str, at: &str, kind: &str, category: &str) -> Value {
    let mut status = meta::status(id, state, seconds(at), None);
    status["pricing"] = json!({
        "billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category,
    });
    status
}

/// Lucía has written to the clinic, so that it can answer her.
async fn clinic() -> Books {
    let books = Books::open().await;
    books.meta(meta::messages(&[meta::text(LUCIA, "wamid.in", seconds(NOVEMBER), "Hola")])).await;
    books.apply().await;
    books
}

/// Fee, category, day and card of everything that was posted.
async fn posted(books: &Books) -> Vec<(Option<i64>, String, String, Option<String>)> {
    let rows = books
        .rows("select vendor_micros, category, day::text as day, card from message_cost order by posted_at, message_id")
        .await;
    rows.iter()
        .map(|row| {
            (
                row.try_get("", "vendor_micros").unwrap(),
                row.try_get("", "category").unwrap(),
                row.try_get("", "day").unwrap(),
                row.try_get("", "card").unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_message_is_posted_when_it_arrives_and_never_again() {
    let books = clinic().await;
    let id = books.reply(books.world.whatsapp, "Hola", Some("wamid.1"), DeliveryState::Accepted).await;
    books.meta(meta::statuses(&[priced("wamid.1", "sent", NOVEMBER, "regular", "service")])).await;
    books.apply().await;
    assert_eq!(posted(&books).await, [], "sent is not delivered");

    // Five in the morning in Greenwich is midnight in Lima; a minute before, it is still the day before.
    let delivered = priced("wamid.1", "delivered", "2026-11-21T04:59:00Z", "regular", "service");
    books.meta(meta::statuses(std::slice::from_ref(&delivered))).await;
    books.apply().await;
    let once = [(
        Some(30_000),
        "service".to_owned(),
        "2026-11-20".to_owned(),
        Some("meta USD 2026-10-01".to_owned()),
    )];
    assert_eq!(posted(&books).await, once);

    for again in [delivered, priced("wamid.1", "read", "2026-11-22T12:00:00Z", "regular", "marketing")] {
        books.meta(meta::statuses(&[again])).await;
        books.apply().await;
    }
    assert_eq!((posted(&books).await, books.state(id).await), (once.to_vec(), DeliveryState::Read));
}

#[tokio::test]
async fn reports_in_any_order_post_the_same_cost() {
    let sent = || priced("wamid.1", "sent", NOVEMBER, "regular", "utility");
    let plain = |state: &str| meta::status("wamid.1", state, seconds(NOVEMBER), None);
    for order in [
        vec![vec![sent()], vec![plain("delivered")], vec![plain("read")]],
        vec![vec![plain("read")], vec![plain("delivered")], vec![sent()]],
        vec![vec![plain("delivered"), sent()]],
        vec![vec![sent(), plain("read")]],
        vec![vec![plain("delivered")], vec![priced("wamid.1", "read", NOVEMBER, "regular", "utility")]],
    ] {
        let books = clinic().await;
        books.reply(books.world.whatsapp, "Hola", Some("wamid.1"), DeliveryState::Accepted).await;
        for batch in &order {
            books.meta(meta::statuses(batch)).await;
            books.apply().await;
        }
        let fees: Vec<Option<i64>> = posted(&books).await.into_iter().map(|(fee, ..)| fee).collect();
        assert_eq!(fees, [Some(30_000)], "{order:?}");
    }
}

#[tokio::test]
async fn free_by_label_is_nothing_and_without_a_card_it_is_unknown() {
    let books = clinic().await;
    for (id, kind, category) in [
        ("wamid.free", "free_customer_service", "service"),
        ("wamid.ad", "free_entry_point", "marketing"),
        ("wamid.abroad", "regular", "authentication-international"),
    ] {
        books.reply(books.world.whatsapp, "Hola", Some(id), DeliveryState::Accepted).await;
        books.meta(meta::statuses(&[priced(id, "delivered", NOVEMBER, kind, category)])).await;
        books.apply().await;
    }
    let fees: Vec<_> = posted(&books).await.into_iter().map(|(fee, category, ..)| (fee, category)).collect();
    let expected = [(Some(0), "service"), (Some(0), "marketing"), (None, "authentication_international")];
    assert_eq!(fees, expected.map(|(fee, category)| (fee, category.to_owned())));
    let why: String = books.one("select unknown from message_cost where vendor_micros is null").await;
    assert_eq!(why, "not_available");

    let now = NOVEMBER.parse().unwrap();
    let day = "2026-11-20".parse().unwrap();
    assert_eq!(costs::reading::free_used(books.db(), books.world.whatsapp, day).await.unwrap(), 1);
    let ask = |category| costs::quote(books.db(), books.world.whatsapp, LUCIA, category, true, now);
    let service = ask(Category::Service).await.unwrap().unwrap();
    assert_eq!(
        (service.free_left, service.vendor),
        (Some(999), Fee::Known { micros: Micros::ZERO, estimated: false, card: "rules".to_owned() })
    );
    let offer = ask(Category::Marketing).await.unwrap().unwrap();
    assert!(matches!(offer.vendor, Fee::Known { micros: Micros(70_300), .. }));
}

#[tokio::test]
async fn a_failure_costs_nothing_at_meta_and_a_fee_at_twilio_until_it_proves_to_be_none() {
    let books = clinic().await;
    books.reply(books.world.whatsapp, "Hola", Some("wamid.1"), DeliveryState::Accepted).await;
    books.meta(meta::statuses(&[meta::status("wamid.1", "failed", seconds(NOVEMBER), None)])).await;
    books.lucia_writes_by_twilio("SM0", "Hola").await;
    books.apply().await;
    books.reply(books.carried, "Hola", Some("SM1"), DeliveryState::Accepted).await;
    let status = async |word: &str| {
        let form = [
            ("MessageSid", "SM1"),
            ("AccountSid", testing::TWILIO_ACCOUNT),
            ("From", "whatsapp:+14155238886"),
            ("To", "whatsapp:+51987412306"),
            ("MessageStatus", word),
        ];
        books.twilio("twilio_status", "", &form).await;
        books.apply().await;
    };
    let fees = async || {
        let rows = books.rows("select carrier_micros, basis from message_cost order by basis").await;
        rows.iter()
            .map(|row| (row.try_get("", "carrier_micros").unwrap(), row.try_get("", "basis").unwrap()))
            .collect::<Vec<(i64, String)>>()
    };
    status("undelivered").await;
    assert_eq!(fees().await, [(1_000, "failed".to_owned()), (5_000, "inbound".to_owned())]);
    status("delivered").await;
    assert_eq!(fees().await, [(5_000, "inbound".to_owned()), (5_000, "regular".to_owned())]);
    status("read").await;
    assert_eq!(fees().await.len(), 2);
    let unknown: String = books.one("select unknown from message_cost where basis = 'regular'").await;
    assert_eq!(unknown, "not_told", "what Twilio passes on for free text since October");
}

#[tokio::test]
async fn sums_are_by_currency_and_count_what_is_unknown_apart() {
    let books = clinic().await;
    books.lucia_writes_by_twilio("SM0", "Hola").await;
    books.apply().await;
    for (id, category) in [("wamid.1", "marketing"), ("wamid.2", "service"), ("wamid.3", "marketing_lite")] {
        books.reply(books.world.whatsapp, "Hola", Some(id), DeliveryState::Accepted).await;
        books.meta(meta::statuses(&[priced(id, "delivered", NOVEMBER, "regular", category)])).await;
    }
    books.apply().await;
    let talk =
        books.one::<uuid::Uuid>("select conversation_id from message where vendor_id = 'wamid.1'").await;
    let totals = costs::reading::of_conversation(books.db(), domain::ConversationId(talk)).await.unwrap();
    assert_eq!(totals.len(), 1);
    assert_eq!((totals[0].micros, totals[0].messages, totals[0].unknown), (70_300 + 30_000, 3, 1));
    assert!(totals[0].estimated);

    let of = Of { channel: Some(books.world.whatsapp), ..Of::default() };
    for by in [By::Day, By::Category, By::Agent, By::Queue, By::Market, By::Channel] {
        let lines = costs::reading::by(books.db(), by, of).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.total.micros).sum::<i64>(), 100_300, "{by:?}");
    }
    let all = costs::reading::by(books.db(), By::Channel, Of::default()).await.unwrap();
    assert_eq!(all.len(), 2, "the other number's inbound message costs too");
    let rows = costs::reading::rows_of(
        books.db(),
        books.world.whatsapp,
        "2026-11-20".parse().unwrap(),
        "2026-11-20".parse().unwrap(),
        None,
        2,
    )
    .await
    .unwrap();
    assert_eq!(rows.len(), 2);
    let place = rows.last().map(|row| (row.day, row.message_id));
    let rest = costs::reading::rows_of(
        books.db(),
        books.world.whatsapp,
        "2026-11-20".parse().unwrap(),
        "2026-11-20".parse().unwrap(),
        place,
        2,
    );
    assert_eq!(rest.await.unwrap().len(), 1, "the next page goes on where the last one ended");
}

#[tokio::test]
async fn an_sms_costs_what_the_carrier_lists() {
    let books = clinic().await;
    let form = [
        ("MessageSid", "SM7"),
        ("AccountSid", testing::TWILIO_ACCOUNT),
        ("From", "+51987412306"),
        ("To", "+14155550111"),
        ("Body", "Hola"),
        ("NumMedia", "0"),
    ];
    books.twilio("twilio_message", "", &form).await;
    books.apply().await;
    let prices =
        [ListedPrice { vendor_id: "SM7".to_owned(), micros: Micros(-7_500), currency: Currency::USD }];
    for expected in [1, 0] {
        let posted = costs::post_listed(books.db(), books.world.sms, &prices, Utc::now()).await.unwrap();
        assert_eq!(posted.len(), expected, "listed twice, posted once");
    }
    let cost: i64 = books.one("select vendor_micros from message_cost where not estimated").await;
    assert_eq!(cost, 7_500);
}

#[tokio::test]
async fn the_vendors_books_stand_beside_ours_and_change_nothing() {
    let books = clinic().await;
    books.reply(books.world.whatsapp, "Hola", Some("wamid.1"), DeliveryState::Accepted).await;
    books.meta(meta::statuses(&[priced("wamid.1", "delivered", NOVEMBER, "regular", "service")])).await;
    books.apply().await;
    let point = costs::vendor::Point {
        day: "2026-11-20".parse().unwrap(),
        number: "5115550100".to_owned(),
        category: "service".to_owned(),
        basis: "regular".to_owned(),
        country: "PE".to_owned(),
        volume: 2,
        cost_micros: Some(60_000),
    };
    let account: String = books.one("select account_key from channel where kind = 'whatsapp_cloud'").await;
    for _ in 0..2 {
        costs::vendor::record(books.db(), &account, "USD", std::slice::from_ref(&point), Utc::now())
            .await
            .unwrap();
    }
    let (from, until) = ("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap());
    let compared = costs::vendor::compare(books.db(), books.world.whatsapp, from, until).await.unwrap();
    assert_eq!(compared.len(), 1);
    assert_eq!((compared[0].ours, compared[0].theirs), (1, 2));
    assert_eq!((compared[0].our_micros, compared[0].their_micros), (30_000, Some(60_000)));
    assert_eq!(posted(&books).await.len(), 1);
}
