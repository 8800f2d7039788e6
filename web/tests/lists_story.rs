//! Lists keep up: what comes in, leaves, and how many each holds; for everyone exactly what they may see.

use std::{num::NonZeroU32, time::Duration};

use domain::ConversationId;
use reqwest::{Method, StatusCode};

use crate::clinic::{Clinic, Page, one};

const PEDRO: &str = "+51900000077";

/// The number of a list, as the page was told last.
fn count(page: &Page, key: &str) -> Option<i64> {
    let told = page.heard.iter().rev().find(|frame| frame.contains(r#""to":"counts""#))?;
    let frame: serde_json::Value = serde_json::from_str(told).ok()?;
    let update = frame["u"].as_array()?.iter().find(|update| update["to"] == "counts")?;
    let (_, rest) = update["h"].as_str()?.split_once("data-n=\"")?;
    let numbers = rest.split_once('"')?.0.replace("&#34;", "\"").replace("&quot;", "\"");
    let numbers: serde_json::Value = serde_json::from_str(&numbers).ok()?;
    numbers[key].as_i64()
}

async fn newest(clinic: &Clinic) -> ConversationId {
    one(&clinic.ground.db, "select id from conversation order by opened_at desc, id desc limit 1")
        .await
        .unwrap()
}

#[tokio::test]
async fn a_conversation_goes_from_list_to_list_on_everybodys_page() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut waiting = gabriela.opens_list("list=waiting").await;
    let mut closed = gabriela.opens_list("list=closed").await;
    let mut all = gabriela.opens_list("list=all").await;
    clinic.vendor().lucia_writes("Hola, quisiera una cita").await;
    waiting.until("it waits", |page| page.shown.rows.len() == 1).await;
    waiting.until("it is counted", |page| count(page, "waiting") == Some(1)).await;
    let talk = newest(&clinic).await;

    let valeria = clinic.agent("Valeria").await;
    let mut mine = valeria.opens_inbox().await;
    mine.until("the router gave it to her", |page| page.lists(talk)).await;
    mine.until("her number says so", |page| count(page, "mine") == Some(1)).await;
    waiting.until("it waits no more", |page| !page.lists(talk)).await;
    waiting.until("nor is it counted there", |page| count(page, "waiting") == Some(0)).await;
    all.until("it is still open", |page| page.lists(talk)).await;
    assert!(!closed.lists(talk));

    let answer = mine.posts(&format!("/conversations/{talk}/close"), &[]).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    mine.until("it left her list", |page| !page.lists(talk)).await;
    all.until("and all that is open", |page| !page.lists(talk)).await;
    closed.until("and is among the closed", |page| page.lists(talk)).await;
    for page in [&mut waiting, &mut closed, &mut all] {
        page.becomes_a_fresh_load().await;
    }

    clinic.vendor().lucia_writes("Una cosa más").await;
    closed.until("it is reopened", |page| !page.lists(talk)).await;
}

#[tokio::test]
async fn what_was_said_of_the_list_before_is_heard_before_what_is_said_of_the_new_one() {
    let clinic = Clinic::with(|settings| settings.auth.requests_at_once = NonZeroU32::MAX).await;
    let valeria = clinic.agent("Valeria").await;
    let mut page = valeria.opens_list("list=mine").await;
    clinic.vendor().lucia_writes("Hola, quisiera una cita").await;
    page.until("the router gave it to her", |page| page.shown.rows.len() == 1).await;
    let talk = newest(&clinic).await;
    // The list where it is not is told that it does not come in, about when she goes to the one where it is.
    for round in 0..40 {
        page.goes_to("list=waiting", Duration::ZERO, async {}).await;
        assert!(!page.lists(talk));
        let urgency = if round % 2 == 0 { "urgent" } else { "low" };
        let path = format!("/conversations/{talk}/urgency");
        let change = page.request(Method::PUT, &path).form(&[("urgency", urgency)]);
        let mut browser = page.person.browser.clone();
        let changes = async {
            browser.send(change).await.is(StatusCode::OK);
        };
        page.goes_to("list=mine", Duration::from_micros(500 * round), changes).await;
        page.becomes_a_fresh_load().await;
    }
}

#[tokio::test]
async fn a_filtered_list_takes_in_only_what_passes() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut vip = gabriela.opens_list("list=all&vip=1").await;
    let tagged = gabriela.opens_list("list=all&tag=seguro").await;
    let found = gabriela.opens_list("list=all&q=pedro").await;
    let mut all = gabriela.opens_list("list=all").await;
    clinic.vendor().lucia_writes("Hola").await;
    clinic.vendor().customer_writes(PEDRO, "Pedro", "Buenas").await;
    all.until("both are there", |page| page.shown.rows.len() == 2).await;
    assert!(vip.shown.rows.is_empty() && tagged.shown.rows.is_empty() && found.shown.rows.is_empty());

    clinic.change("update contact set vip = true where name = 'Pedro'").await;
    clinic.vendor().customer_writes(PEDRO, "Pedro", "¿Hay sitio mañana?").await;
    vip.until("who became a VIP", |page| page.shown.rows.len() == 1).await;
    assert!(vip.shown.rows[0].contains("Pedro"));
    assert_eq!(tagged.fresh().await.rows.len(), 0);
    // What is looked for in words is told anew only where it stands already.
    let mut found = gabriela.opens_list("list=all&q=PÉDRO").await;
    assert_eq!(found.shown.rows.len(), 1);
    clinic.vendor().customer_writes(PEDRO, "Pedro", "Gracias").await;
    found.until("it is kept up to date", |page| page.shown.rows[0].contains("Gracias")).await;
    clinic.vendor().lucia_writes("¿Y yo?").await;
    all.until("Lucía wrote again", |page| page.shown.rows.iter().any(|row| row.contains("¿Y yo?"))).await;
    found.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn who_may_not_see_it_hears_nothing_of_it_in_any_list() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Esto es privado").await;
    let talk = clinic.held_conversation().await;
    let mateo = clinic.agent("Mateo").await;
    let mut nosy = Vec::new();
    for list in domain::List::ALL {
        nosy.push(mateo.opens_list(&format!("list={list}")).await);
    }
    let mut hers = valeria.opens(talk).await;
    hers.replies(talk, "Claro").await.is(StatusCode::CREATED);
    clinic.vendor().lucia_writes("Gracias").await;
    hers.until("she hears of it", |page| page.shows("Gracias")).await;
    // What he may see comes after it: all that was told before is here by then.
    clinic.vendor().customer_writes(PEDRO, "Pedro", "Hola").await;
    let (words, id) = ("privado", talk.to_string());
    for page in &mut nosy {
        page.until("his numbers tell of Pedro", |page| count(page, "all") == Some(1)).await;
        let heard = page.heard.concat();
        assert!(!heard.contains(&id) && !heard.contains(words) && !heard.contains("Gracias"));
        assert!(!page.lists(talk));
    }
}

#[tokio::test]
async fn a_list_goes_on_where_it_ended_and_is_the_same_for_the_address() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    for n in 0..53 {
        clinic.vendor().customer_writes(&format!("+519000001{n:02}"), &format!("Cliente {n}"), "Hola").await;
    }
    clinic.until_count("select count(*) from conversation where last_position > 0", 53).await;
    let page = gabriela.opens_list("list=waiting&sort=longest").await;
    assert_eq!(page.shown.rows.len(), 50);
    let whole = page.gets("/inbox/list?list=waiting&sort=longest").await.is(StatusCode::OK).body;
    let (_, more) = whole.split_once("data-more=\"").unwrap();
    let more = more.split_once('"').unwrap().0;
    let rest = page.gets(&format!("/inbox/list?list=waiting&sort=longest&after={more}")).await;
    let rest = rest.is(StatusCode::OK).body;
    assert_eq!(rest.matches("<li id=\"row-").count(), 3);
    assert!(!rest.contains("data-more"));
    // A window that ends changes the order by waiting alone: the page asks again by itself.
    for (sort, ages) in [("window", true), ("newest", false)] {
        let drawn = page.gets(&format!("/inbox/list?list=waiting&sort={sort}")).await.is(StatusCode::OK).body;
        assert_eq!(drawn.contains("data-ages"), ages, "{sort}");
    }
    let nonsense = page.gets("/inbox/list?list=waiting&after=nonsense").await;
    assert_eq!(nonsense.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_a_note_names_has_it_in_a_list_of_its_own_until_it_is_out_of_sight() {
    let clinic = Clinic::open().await;
    let (valeria, gabriela) = (clinic.agent("Valeria").await, clinic.supervisor("Gabriela").await);
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut named = gabriela.opens_list("list=mentions").await;
    let mut hers = valeria.opens_list("list=mentions").await;
    let page = valeria.opens(talk).await;
    let note = [
        ("client_id", uuid::Uuid::now_v7().to_string()),
        ("body", "@Gabriela ¿le doy descuento?".to_owned()),
    ];
    let note: Vec<(&str, &str)> = note.iter().map(|(name, value)| (*name, value.as_str())).collect();
    page.posts(&format!("/conversations/{talk}/notes"), &note).await.is(StatusCode::CREATED);
    named.until("it is there", |page| page.lists(talk)).await;
    named.until("and counted", |page| count(page, "mentions") == Some(1)).await;
    named.becomes_a_fresh_load().await;
    hers.until("nobody named her", |page| count(page, "mine") == Some(1)).await;
    assert!(!hers.lists(talk) && count(&hers, "mentions") == Some(0));

    let mut reads = gabriela.opens(talk).await;
    reads.says(&serde_json::json!({"t": "seen", "conv": talk, "n": 1, "mentioned": true})).await;
    named.until("she has seen it", |page| count(page, "mentions") == Some(0)).await;
    assert!(named.lists(talk), "it stays to be found again");
}

#[tokio::test]
async fn one_thing_is_done_to_all_that_a_list_holds() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    for n in 0..52 {
        clinic.vendor().customer_writes(&format!("+519000002{n:02}"), &format!("Cliente {n}"), "Hola").await;
    }
    clinic.until_count("select count(*) from conversation where last_position > 0", 52).await;
    clinic.change("update contact set vip = true where name in ('Cliente 3', 'Cliente 51')").await;
    let page = gabriela.opens_list("list=waiting").await;
    let deed = serde_json::json!({"do": "close", "outcome": null});
    let begun =
        page.posts_json("/bulk", &serde_json::json!({"deed": deed, "view": "list=waiting&vip=1"})).await;
    begun.is(StatusCode::CREATED);
    clinic.until_count("select count(*) from conversation where state = 'closed'", 2).await;
    let begun = page.posts_json("/bulk", &serde_json::json!({"deed": deed, "view": "list=waiting"})).await;
    begun.is(StatusCode::CREATED);
    clinic.until_count("select count(*) from conversation where state = 'closed'", 52).await;
    let nothing = page.posts_json("/bulk", &serde_json::json!({"deed": deed, "view": "list=mine"})).await;
    assert!(nothing.status.is_client_error(), "{}", nothing.body);
}

#[tokio::test]
async fn all_of_a_list_is_all_of_it_and_how_many_is_said_before() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    clinic.vendor().lucia_writes("Hola").await;
    clinic.until_count("select count(*) from conversation where last_position > 0", 1).await;
    let more = |many| {
        format!(
            "with known as (insert into contact (id, name) select gen_random_uuid(), 'Otro ' || n
                 from generate_series(1, {many}) n returning id)
             insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address, must_act_since,
                 opened_at, queued_at, last_activity_at)
             select gen_random_uuid(), known.id, c.channel_id, c.queue_id, 'queued', '+51', now(), now(), now(), now()
             from known, (select channel_id, queue_id from conversation limit 1) c"
        )
    };
    // Hers is late, and behind more that is not than one look for what is late goes through.
    clinic.change(&more(2_100)).await;
    clinic
        .change(
            "update conversation set must_act_since = must_act_since - interval '3 hours',
                 last_activity_at = last_activity_at - interval '3 hours' where last_position > 0",
        )
        .await;
    let page = gabriela.opens_list("list=waiting").await;
    let late = "list=waiting&risk=1&sort=newest";
    let asked = page.gets(&format!("/bulk/choices/close?{late}")).await.is(StatusCode::OK).body;
    assert!(asked.contains("1 elegida<") && asked.contains("data-bulk-deed"), "{asked}");
    assert!(!page.gets("/bulk/choices/close").await.body.contains("elegida"), "what she chose she sees");
    let deed = serde_json::json!({"do": "close", "outcome": null});
    page.posts_json("/bulk", &serde_json::json!({"deed": deed, "view": late})).await.is(StatusCode::CREATED);
    clinic.until_count("select count(*) from conversation where state = 'closed'", 1).await;

    let none = page.gets(&format!("/bulk/choices/close?{late}")).await.is(StatusCode::OK).body;
    assert!(!none.contains("data-bulk-deed"), "{none}");
    clinic.change(&more(3_000)).await;
    let many = page.gets("/bulk/choices/close?list=waiting").await.is(StatusCode::OK).body;
    assert!(many.contains("Filtra un poco más") && !many.contains("data-bulk-deed"), "{many}");
    let refused = page.posts_json("/bulk", &serde_json::json!({"deed": deed, "view": "list=waiting"})).await;
    assert!(refused.is(StatusCode::CONFLICT).body.contains("too_many"));
}

#[tokio::test]
async fn a_view_is_kept_shared_and_taken_away() {
    let clinic = Clinic::open().await;
    let (gabriela, valeria) = (clinic.supervisor("Gabriela").await, clinic.agent("Valeria").await);
    let (supervises, mut works) = (gabriela.opens_inbox().await, valeria.opens_inbox().await);
    let view = [("name", "Espera > 10 <b>"), ("query", "list=all&waits=10&page=7"), ("shared", "true")];
    let forbidden = works.posts("/me/views", &view).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let kept = supervises.posts("/me/views", &view).await.is(StatusCode::OK).body;
    assert!(
        kept.contains("Espera &#62; 10 &#60;b&#62;") && kept.contains("list=all&#38;waits=10\""),
        "{kept}"
    );
    let nameless = supervises.posts("/me/views", &[("name", " "), ("query", "")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Everybody has it, and it is counted.
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    clinic.change("update conversation set must_act_since = now() - interval '11 minutes'").await;
    works = valeria.opens_inbox().await;
    let id: uuid::Uuid = one(&clinic.ground.db, "select id from saved_view").await.unwrap();
    let key = format!("v-{id}");
    works.until("it is counted for her", |page| count(page, &key) == Some(1)).await;
    let opened = valeria.opens_list("list=all&waits=10").await;
    assert!(opened.lists(talk));

    let path = format!("/me/views/{id}");
    let removes = async |page: &Page| {
        let request = page.request(Method::DELETE, &path).form(&[("query", "list=mine")]);
        page.person.browser.clone().send(request).await.status
    };
    assert_eq!(removes(&works).await, StatusCode::NOT_FOUND);
    assert_eq!(removes(&supervises).await, StatusCode::OK);
    assert_eq!(clinic.count("select count(*) from saved_view").await, 0);
}

#[tokio::test]
async fn a_thanks_that_nobody_answered_runs_no_clock_once_it_is_resolved() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Gracias").await;
    let talk = clinic.held_conversation().await;
    let mine = valeria.opens_inbox().await;
    assert!(mine.shown.rows[0].contains("data-since"), "{:?}", mine.shown.rows);
    let mut closed = valeria.opens_list("list=closed").await;
    mine.posts(&format!("/conversations/{talk}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    closed.until("it is over", |page| page.lists(talk)).await;
    for clock in ["data-since", "data-due", "data-until"] {
        assert!(!closed.shown.rows[0].contains(clock), "{:?}", closed.shown.rows);
    }
    closed.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn what_was_closed_before_leaves_the_list_of_who_serves_the_contact_no_more() {
    let clinic = Clinic::open().await;
    let mateo = clinic.agent("Mateo").await;
    clinic.vendor().lucia_writes("Quiero blanqueamiento").await;
    let first = clinic.held_conversation().await;
    mateo
        .opens(first)
        .await
        .posts(&format!("/conversations/{first}/close"), &[])
        .await
        .is(StatusCode::NO_CONTENT);
    for column in ["opened_at", "closed_at", "last_activity_at"] {
        clinic.change(&format!("update conversation set {column} = {column} - interval '20 days'")).await;
    }
    clinic.change("update presence set state = 'offline'").await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola de nuevo").await;
    let second = clinic.held_conversation().await;
    let mut closed = valeria.opens_list("list=closed").await;
    assert!(closed.lists(first), "she serves Lucía, and reads what was said before");

    closed.posts(&format!("/conversations/{second}/close"), &[]).await.is(StatusCode::NO_CONTENT);
    closed.until("her own is closed", |page| page.lists(second)).await;
    closed.until("and the other one is Mateo's alone", |page| !page.lists(first)).await;
    closed.becomes_a_fresh_load().await;
}
