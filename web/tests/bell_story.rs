//! What pages are told so that they can ring and count, wherever they are; and how people say that they want to be told.

use domain::{
    Bell,
    bell::{Call, Ring, Tone},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::clinic::{Clinic, Page, one};

/// What a page was told for an element, in order.
fn told(page: &Page, to: &str) -> Vec<String> {
    let frames = page.heard.iter().map(|frame| serde_json::from_str::<Value>(frame).unwrap());
    frames
        .flat_map(|frame| frame["u"].as_array().cloned().unwrap_or_default())
        .filter(|update| update["to"] == to)
        .map(|update| update["h"].as_str().unwrap_or("").to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_theirs_is_told_to_all_pages_of_whoever_holds_it_and_taken_from_who_lost_it() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let mut me = Page::open(valeria.clone(), "/me".to_owned()).await;
    assert_eq!(told(&me, "mine"), ["<ul id=\"mine\" hidden data-told></ul>"], "all of it, when a page comes");

    clinic.vendor().lucia_writes("Mi clave es 4711").await;
    let talk = clinic.held_conversation().await;
    let mark = |page: &Page| told(page, "mine").pop().unwrap();
    me.until("it is hers", |page| mark(page).contains(&format!("mine-{talk}"))).await;
    let first = mark(&me);
    assert!(
        first.contains("data-in=\"1\"") && first.contains("data-waits=\"") && first.contains("data-shuts=\"")
    );
    assert!(!first.contains("data-taken"), "the router gave it: {first}");
    clinic.vendor().lucia_writes("¿Me oyen?").await;
    me.until("counted", |page| mark(page).contains("data-in=\"2\"")).await;

    // What she has read is known on the next page, and when it becomes somebody's who had read it before.
    let mut desk = valeria.opens(talk).await;
    desk.says(&json!({ "t": "seen", "conv": talk, "n": 2 })).await;
    me.until("read elsewhere", |page| page.heard.last().is_some_and(|frame| frame.contains("\"read\"")))
        .await;
    let again = Page::open(valeria.clone(), "/me/day".to_owned()).await;
    assert!(mark(&again).contains("data-read=\"2\""), "{}", mark(&again));
    // Taken back, every page of hers hears it; and read again.
    desk.says(&json!({ "t": "unseen", "conv": talk })).await;
    for page in [&mut me, &mut desk] {
        let taken_back = |page: &Page| page.heard.iter().any(|frame| frame.contains("\"unread\",\"conv\""));
        page.until("unread again", taken_back).await;
    }
    desk.says(&json!({ "t": "seen", "conv": talk, "n": 2 })).await;
    me.until("read again", |page| page.heard.last().is_some_and(|frame| frame.contains("\"read\""))).await;

    let mateo = clinic.agent("Mateo").await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut his = Page::open(mateo.clone(), "/me".to_owned()).await;
    let floor = gabriela.opens_floor().await;
    floor.gives(talk, mateo.id).await.is(StatusCode::NO_CONTENT);
    his.until("it is his", |page| mark(page).contains(&format!("mine-{talk}"))).await;
    me.until("hers no more", |page| !told(page, &format!("mine-{talk}")).is_empty()).await;
    floor.gives(talk, valeria.id).await.is(StatusCode::NO_CONTENT);
    me.until("hers again", |page| mark(page).contains("data-read=\"2\"")).await;
}

#[tokio::test]
async fn whoever_takes_a_conversation_is_not_told_as_if_somebody_had_given_it() {
    let clinic = Clinic::open().await;
    clinic.vendor().lucia_writes("Hola").await;
    clinic.until_count("select count(*) from conversation where state = 'queued'", 1).await;
    let talk = one(&clinic.ground.db, "select id from conversation").await.unwrap();
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut page = gabriela.opens(talk).await;
    page.posts(&format!("/conversations/{talk}/claim"), &[]).await.is(StatusCode::NO_CONTENT);
    page.until("hers", |page| told(page, "mine").iter().any(|mark| mark.contains("data-taken"))).await;
}

#[tokio::test]
async fn supervisors_are_told_of_alarms_on_every_page_and_nobody_else_is() {
    let clinic = Clinic::open().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let stranger = clinic.supervisor("Otilia").await;
    clinic.change(&format!("delete from team_member where person_id = '{}'", stranger.id)).await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Hay cita?").await;
    let talk = clinic.held_conversation().await;
    let mut hers = Page::open(gabriela.clone(), "/me".to_owned()).await;
    let mut elsewhere = Page::open(stranger, "/me".to_owned()).await;
    let mut desk = valeria.opens_inbox().await;
    assert_eq!(told(&hers, "alarms"), ["<ul id=\"alarms\" hidden data-told></ul>"]);
    assert!(told(&desk, "alarms").is_empty(), "an agent watches over nobody");

    // As the clocks raise it.
    let raise = format!(
        "with raised as (insert into alert (conversation_id, queue_id, kind, raised_at)
             select id, queue_id, 'next_response_late', now() from conversation where id = '{talk}')
         update conversation set version = version + 1 where id = '{talk}'"
    );
    clinic.change(&raise).await;
    clinic.vendor().lucia_writes("¿Hola?").await;
    let id = format!("alarm-{talk}");
    hers.until("the alarm", |page| told(page, "alarms").concat().contains(&id)).await;
    let again = gabriela.opens_inbox().await;
    let all = told(&again, "alarms").concat();
    assert!(all.contains(&id) && all.contains("data-who=\"Lucía Paredes\""), "{all}");

    again.posts(&format!("/conversations/{talk}/alerts/seen"), &[]).await.is(StatusCode::NO_CONTENT);
    hers.until("over", |page| {
        page.heard.iter().any(|frame| frame.contains(&format!("\"{id}\",\"how\":\"delete\"")))
    })
    .await;
    for page in [&mut elsewhere, &mut desk] {
        page.says(&json!({ "t": "view", "since": 1, "view": "none" })).await;
        page.until("an answer", |page| page.heard.last().is_some_and(|frame| frame.contains("\"ready\"")))
            .await;
        assert!(!page.heard.concat().contains(&id), "{:?}", page.heard);
    }
}

#[tokio::test]
async fn people_say_how_they_want_to_be_told_and_what_makes_no_sense_changes_nothing() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let mateo = clinic.agent("Mateo").await;
    let page = valeria.opens_inbox().await;
    let bell = async |name: &str| {
        let sql = format!("select coalesce(bell::text, '') from person where name = '{name}'");
        Bell::read(one::<String>(&clinic.ground.db, &sql).await.as_deref())
    };
    let mut form = vec![
        ("message_tone", "drop"),
        ("message_desktop", "on"),
        ("offer_tone", ""),
        ("volume", "35"),
        ("quiet", "on"),
        ("quiet_from", "22:00"),
        ("quiet_until", "07:00"),
        ("day_1", "on"),
    ];
    page.posts("/me/bell", &form).await.is(StatusCode::NO_CONTENT);
    let hers = bell("Valeria").await;
    assert_eq!(hers.ring(Call::Message), Ring { desktop: true, tone: Some(Tone::Drop) });
    assert_eq!(hers.ring(Call::Offer), Ring { desktop: false, tone: None });
    assert_eq!((hers.volume, hers.text), (35, false));
    assert_eq!(bell("Mateo").await, Bell::default(), "hers alone");
    drop(mateo);

    form[6] = ("quiet_until", "22:00");
    let refused = page.posts("/me/bell", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("misma hora"), "{}", refused.body);
    form[5] = ("quiet_from", "<script>");
    page.posts("/me/bell", &form).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(bell("Valeria").await, hers);

    // Every page of hers goes by it at once, and the form shows it.
    let mut browser = valeria.browser.clone();
    let drawn = browser.get("/me").await.is(StatusCode::OK).body;
    assert!(drawn.contains("&#34;volume&#34;:35") && drawn.contains("value=\"22:00\""));
    page.posts("/me/keys", &[]).await.is(StatusCode::NO_CONTENT);
    assert!(browser.get("/inbox").await.body.contains("id=\"keys\" aria-labelledby=\"keys-title\" data-off"));
    page.posts("/me/keys", &[("on", "1")]).await.is(StatusCode::NO_CONTENT);
    assert!(!browser.get("/inbox").await.body.contains("\" data-off"));
}
