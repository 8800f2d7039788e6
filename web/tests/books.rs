//! The books: what Twilio could not deliver comes by its list, the ledger shows it, the costs are there to read.

use reqwest::StatusCode;
use testing::TestDb;

use bandeja::{books, clock::Clock};

use crate::clinic::{Ground, LUCIA, Node, Place, count, one, until};

async fn settled(ground: &Ground, sql: &str, wanted: i64) {
    until(&format!("{wanted}: {sql}"), || async { (count(&ground.db, sql).await == wanted).then_some(()) })
        .await;
}

#[tokio::test]
async fn what_twilio_could_not_deliver_comes_by_its_list_once_and_in_order() {
    let test = TestDb::new().await;
    let (url, db) = (test.url().to_owned(), test.db().clone());
    let place = Place::free();
    // Twilio knocks where nobody opens: it gives each message up within seconds.
    let ground = Ground::lay(Box::new(test), &url, db, place.url.clone(), |settings| {
        settings.twilio.inbound_path = "/nowhere".to_owned();
    })
    .await;
    ground.run("insert into heartbeat (at) values (now() - interval '1 hour')").await;
    ground.run("update channel set created_at = now() - interval '1 day'").await;
    let texts = ["¿Están abiertos?", "<b>Me duele</b> una muela", "¿Hola?"];
    for text in texts {
        ground.vendor.lucia_texts_in_vain(text).await;
    }

    let node = Node::start(&ground, place, Clock::system()).await;
    settled(&ground, "select count(*) from message where direction = 'in'", 3).await;
    settled(&ground, "select count(*) from ledger_gap where state = 'settled' and found >= 3", 1).await;
    let told: String = one(
        &ground.db,
        "select string_agg(body, '|' order by written_at, position) from message where direction = 'in'",
    )
    .await
    .unwrap();
    assert_eq!(told, texts.join("|"));
    assert_eq!(count(&ground.db, "select count(distinct conversation_id) from message").await, 1);

    // Listed again, nothing comes twice.
    let ran: i64 = one(&ground.db, "select count(*) from receipt").await.unwrap();
    ground.run("update reconciled set ran_at = now() - interval '1 day'").await;
    books::list_at_once(&node.state).await.unwrap();
    settled(&ground, "select count(*) from reconciled where ran_at < now() - interval '1 hour'", 0).await;
    assert_eq!(count(&ground.db, "select count(*) from receipt").await, ran);

    // The ledger shows where they came from, and keeps them as text.
    let who = ground.world.admin("Ana").await;
    let mut ana = ground.welcome(&node.url, "Ana", who).await;
    while inbox::trail::index_step(&ground.db, std::time::Duration::ZERO).await.unwrap() > 0 {}
    let found = ana.get(&format!("/admin/ledger?number={}", LUCIA.trim_start_matches('+'))).await;
    let found = found.is(StatusCode::OK);
    let receipt: i64 =
        one(&ground.db, "select id from receipt where source = 'twilio_listed' order by id offset 1 limit 1")
            .await
            .unwrap();
    assert!(found.body.contains(&format!("/admin/ledger/{receipt}\"")), "{}", found.body);
    let raw = ana.get(&format!("/admin/ledger/{receipt}/raw")).await;
    let raw = raw.is(StatusCode::OK);
    assert!(raw.body.contains("Me duele") && !raw.body.contains("<b>Me duele"), "never as HTML");
    assert_eq!(count(&ground.db, "select count(*) from audit where action = 'receipt.read_raw'").await, 1);

    // Applied again: in the background, audited, and nothing new.
    let (csrf, number) = (found.csrf(), receipt.to_string());
    let form = [("csrf", csrf.as_str()), ("what", "chosen"), ("receipt", number.as_str())];
    let asked = ana.browser.post("/admin/ledger/replays", &form).await.is(StatusCode::SEE_OTHER);
    settled(&ground, "select count(*) from replay where finished_at is not null", 1).await;
    assert_eq!(count(&ground.db, "select count(*) from message where direction = 'in'").await, 3);
    let shown = ana.get(asked.location()).await;
    let shown = shown.is(StatusCode::OK);
    assert!(shown.body.contains("1 / 1"), "{}", shown.body);
    assert_eq!(count(&ground.db, "select count(*) from audit where action = 'receipt.replay'").await, 1);
    ana.browser.post("/admin/ledger/replays", &form[..2]).await.is(StatusCode::OK);
    ana.get("/admin/ledger/7").await.is(StatusCode::NOT_FOUND);
    ana.get("/admin/ledger?from=yesterday").await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_reply_has_its_cost_beside_it_and_on_the_channels_page() {
    let clinic = crate::clinic::Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let hers = valeria.opens(talk).await;
    hers.replies(talk, "Buenas").await.is(StatusCode::CREATED);
    clinic.until_count("select count(*) from message_cost", 1).await;

    let mut ana =
        clinic.ground.welcome(&clinic.node.url, "Ana", clinic.ground.world.admin("Ana").await).await;
    let channel = clinic.ground.world.whatsapp;
    let costs = ana.get(&format!("/admin/channels/{channel}/costs")).await;
    let costs = costs.is(StatusCode::OK);
    assert!(costs.body.contains("US$ "), "{}", costs.body);
    let file = ana.get(&format!("/admin/channels/{channel}/costs.csv")).await;
    let file = file.is(StatusCode::OK);
    assert_eq!(file.body.lines().count(), 2, "{}", file.body);
    assert!(file.body.contains("service"));

    let billing = format!("/admin/channels/{channel}/costs/billing");
    let csrf = costs.csrf();
    let form = |zone| [("csrf", csrf.as_str()), ("currency", "COP"), ("time_zone", zone)];
    ana.browser.post(&billing, &form("Colombia")).await.is(StatusCode::OK);
    let is_cop = "select count(*) from account_billing where currency = 'COP'";
    assert_eq!(clinic.count(is_cop).await, 0, "nothing was changed");
    ana.browser.post(&billing, &form("America/Bogota")).await.is(StatusCode::SEE_OTHER);
    assert_eq!(clinic.count(is_cop).await, 1);
    let thread = valeria.clone().get(&format!("/inbox/{talk}")).await;
    assert!(thread.body.contains("US$ "), "the message tells what it cost");
}

#[tokio::test]
async fn metas_own_books_say_what_ours_say() {
    let test = TestDb::new().await;
    let (url, db) = (test.url().to_owned(), test.db().clone());
    let place = Place::free();
    let ground = Ground::lay(Box::new(test), &url, db, place.url.clone(), |settings| {
        settings.free_service = 1;
    })
    .await;
    let node = Node::start(&ground, place, Clock::system()).await;
    let valeria = ground.welcome(&node.url, "Valeria", ground.world.agent("Valeria", 8).await).await;
    ground.vendor.lucia_writes("Hola").await;
    let talk = until("a conversation that somebody holds", || async {
        one(&ground.db, "select id from conversation where state = 'assigned'").await
    })
    .await;
    let talk = domain::ConversationId(talk);
    let hers = valeria.opens(talk).await;
    for text in ["Buenas", "¿Le sirve mañana?", "¿A las 10?"] {
        hers.replies(talk, text).await.is(StatusCode::CREATED);
    }
    settled(&ground, "select count(*) from message_cost", 3).await;

    ground.run("update job set due_at = now() where kind = 'vendor_costs'").await;
    node.state.wakes.work();
    settled(&ground, "select count(*) from vendor_cost", 2).await;
    let today = chrono::Utc::now().date_naive();
    let (from, until) = (today - chrono::Days::new(2), today + chrono::Days::new(2));
    let compared =
        inbox::costs::vendor::compare(&ground.db, ground.world.whatsapp, from, until).await.unwrap();
    let lines: Vec<_> = compared
        .iter()
        .map(|line| (line.basis.as_str(), line.ours, line.theirs, line.our_micros, line.their_micros))
        .collect();
    assert_eq!(
        lines,
        [("free_customer_service", 1, 1, 0, Some(0)), ("regular", 2, 2, 60_000, Some(60_000))],
        "Peru's service messages, the first of the month free"
    );
}
