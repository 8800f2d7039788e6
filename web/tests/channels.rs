//! Channels: connected from a form, looked after, repaired.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    AlarmKind, ChannelId, Severity,
    checkup::{CheckName, CheckResult, Finding},
};
use inbox::{
    alarms::{self, Subject},
    channels::{count_hours, judge_silence, keep_checks},
    gaps,
};
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait as _, TransactionTrait as _};
use serde_json::json;
use testing::{TestDb, World};

use crate::{
    clinic::{Clinic, Ground, Node, Person, Place, one, until},
    helpers::Answer,
};

const BOGOTA: &str = "Sonrisas Bogotá";
const PACIENTE: &str = "+573001112233";

/// A clinic that has bought a number in Bogotá, which nobody has connected yet. Its app sends webhooks nowhere.
async fn clinic() -> (Clinic, Person) {
    let test = TestDb::new().await;
    let (url, db) = (test.url().to_owned(), test.db().clone());
    let place = Place::free();
    let ground = Ground::lay(Box::new(test), &url, db, place.url.clone(), |settings| {
        settings.cloud.push(simulator::CloudChannel {
            name: BOGOTA.to_owned(),
            waba_id: "100000000000002".to_owned(),
            phone_number_id: "200000000000002".to_owned(),
            number: "+576015803314".to_owned(),
            app_id: "400000000000002".to_owned(),
            app_secret: "bogota-app-secret".to_owned(),
            verify_token: "nobody-uses-this".to_owned(),
            access_token: "bogota-access-token".to_owned(),
            ..simulator::CloudChannel::default()
        });
    })
    .await;
    ground.vendor.becomes("app", json!({ "app": "400000000000002", "callback": "" })).await;
    ground.vendor.becomes("account", json!({ "waba": "100000000000002", "subscribed": false })).await;
    let node = Node::start(&ground, place, bandeja::clock::Clock::system()).await;
    let who = ground.world.admin("Ana").await;
    let ana = ground.welcome(&node.url, "Ana", who).await;
    (Clinic { ground, node }, ana)
}

/// What Ana types, with changes.
fn typed<'a>(queue: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = vec![
        ("kind", "whatsapp_cloud"),
        ("name", BOGOTA),
        ("queue", queue),
        ("waba", "100000000000002"),
        ("phone_number_id", "200000000000002"),
        ("app", "400000000000002"),
        ("app_secret", "bogota-app-secret"),
        ("access_token", "bogota-access-token"),
        ("verify_token", "made-by-the-form"),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

/// Posts a form as the page would.
async fn submits(ana: &mut Person, page: &str, to: &str, form: &[(&str, &str)]) -> Answer {
    let csrf = ana.get(page).await.csrf();
    let mut form = form.to_vec();
    form.push(("csrf", &csrf));
    ana.browser.post(to, &form).await
}

const NEW: &str = "/admin/channels/new?kind=whatsapp_cloud";

fn lima(clinic: &Clinic) -> String {
    format!("/admin/channels/{}", clinic.ground.world.whatsapp)
}

#[tokio::test]
async fn from_the_form_to_the_first_answer() {
    let (clinic, mut ana) = clinic().await;
    let valeria = clinic.agent("Valeria").await;
    let queue = clinic.ground.world.citas.to_string();
    let form = ana.get(NEW).await.is(StatusCode::OK);
    assert!(form.body.contains("/webhooks/whatsapp") && form.body.contains("name=\"verify_token\""));
    let answer =
        submits(&mut ana, NEW, "/admin/channels", &typed(&queue, &[])).await.is(StatusCode::SEE_OTHER);
    let page = answer.location().to_owned();
    let shown = ana.get(&page).await.is(StatusCode::OK);
    assert!(shown.body.contains("Canal conectado") && !shown.body.contains("bogota-a"), "{}", shown.body);

    // The app listens to the account now, and its webhook was verified and leads here.
    let checks = ana.get(&page.replace("?done=connected", "/checks")).await;
    for check in ["token", "webhook", "fields", "subscription", "number"] {
        let fine = format!("data-check=\"{check}\" data-result=\"ok\"");
        assert!(checks.body.contains(&fine), "{check}: {}", checks.body);
    }
    clinic.vendor().writes_to(BOGOTA, PACIENTE, "Camila", "¿Atienden hoy?").await;
    let talk = clinic.held_conversation().await;
    for _ in 0..2 {
        count_hours(&clinic.ground.db, Utc::now()).await.unwrap();
        assert_eq!(
            clinic.count("select coalesce(sum(inbound), 0) from channel_hour").await,
            1,
            "counted once"
        );
    }
    let page = valeria.opens(talk).await;
    page.replies(talk, "Sí, hasta las ocho").await.is(StatusCode::CREATED);
    clinic.vendor().until_sent(1).await;
    assert_eq!(clinic.vendor().sent_texts().await, ["Sí, hasta las ocho"]);
    assert_eq!(
        clinic.count("select count(*) from audit where action = 'channel_connect' and succeeded").await,
        1
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_connected() {
    let (clinic, mut ana) = clinic().await;
    let queue = clinic.ground.world.citas.to_string();
    for (changes, says) in [
        (vec![("access_token", "stolen")], "Meta rechaza el token"),
        (vec![("app_secret", "wrong")], "la clave secreta de la app no son correctos"),
        (vec![("phone_number_id", "200000000000009")], "El número no pertenece a esta cuenta"),
        (vec![("phone_number_id", "200000000000001")], "ya está conectado"),
        (vec![("waba", "100000000000001")], "no tiene asignada la cuenta"),
        (vec![("waba", "no digits")], "Son solo cifras"),
        (vec![("app", "400000000000001")], "El token pertenece a otra app"),
        (vec![("name", " ")], "Falta este dato"),
    ] {
        let answer = submits(&mut ana, NEW, "/admin/channels", &typed(&queue, &changes)).await;
        let answer = answer.is(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
        assert!(!answer.body.contains("bogota-access-token"), "secrets are not drawn again");
    }
    clinic.vendor().becomes("token", json!({ "token": "bogota-access-token", "scopes": ["whatsapp_business_messaging", "whatsapp_business_management"], "valid": false })).await;
    let answer = submits(&mut ana, NEW, "/admin/channels", &typed(&queue, &[])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(clinic.count("select count(*) from channel").await, 2);
    assert_eq!(
        clinic.count("select count(*) from audit where action = 'channel_connect' and succeeded").await,
        0
    );
}

#[tokio::test]
async fn a_wrong_pin_is_told_apart_and_the_right_one_registers() {
    let (clinic, mut ana) = clinic().await;
    clinic.vendor().becomes("number", json!({ "channel": "Sonrisas Lima", "pin": "123456" })).await;
    let (page, to) = (format!("{}/number", lima(&clinic)), format!("{}/register", lima(&clinic)));
    let short = submits(&mut ana, &page, &to, &[("pin", "12")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.body.contains("El PIN tiene seis cifras"));
    let wrong =
        submits(&mut ana, &page, &to, &[("pin", "000000")]).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("El PIN no coincide"), "{}", wrong.body);
    let right = submits(&mut ana, &page, &to, &[("pin", "123456")]).await.is(StatusCode::SEE_OTHER);
    assert!(ana.get(right.location()).await.body.contains("Número registrado"));
}

#[tokio::test]
async fn a_profile_that_meta_would_refuse_is_not_sent() {
    let (clinic, mut ana) = clinic().await;
    let (page, to) = (format!("{}/number", lima(&clinic)), format!("{}/profile", lima(&clinic)));
    submits(&mut ana, &page, &format!("{}/refresh", lima(&clinic)), &[]).await.is(StatusCode::SEE_OTHER);
    let long = "x".repeat(140);
    let profile = |about: &'static str| {
        vec![("about", about), ("vertical", "HEALTH"), ("website1", "https://sonrisas.example")]
    };
    let mut too_long = profile("");
    too_long[0].1 = &long;
    let refused = submits(&mut ana, &page, &to, &too_long).await.is(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Máximo 139 caracteres") && refused.body.contains(&long),
        "what was typed stays"
    );
    let site = submits(&mut ana, &page, &to, &[("about", "Hola"), ("website1", "sonrisas")]).await;
    assert!(site.is(StatusCode::UNPROCESSABLE_ENTITY).body.contains("empieza por https://"));
    let saved =
        submits(&mut ana, &page, &to, &profile("Sonrisas para todos")).await.is(StatusCode::SEE_OTHER);
    let shown = ana.get(saved.location()).await;
    assert!(
        shown.body.contains("value=\"Sonrisas para todos\"")
            && shown.body.contains("value=\"HEALTH\" selected")
    );
}

#[tokio::test]
async fn a_lost_subscription_is_found_and_repaired() {
    let (clinic, mut ana) = clinic().await;
    clinic.vendor().becomes("account", json!({ "waba": "100000000000001", "subscribed": false })).await;
    let page = format!("{}/checks", lima(&clinic));
    submits(&mut ana, &page, &page, &[]).await.is(StatusCode::SEE_OTHER);
    let found = ana.get(&page).await;
    assert!(found.body.contains("data-check=\"subscription\" data-result=\"failed\""), "{}", found.body);
    assert!(ana.get("/admin/channels").await.body.contains("no nos llegan sus mensajes"));
    submits(&mut ana, &page, &format!("{}/repair", lima(&clinic)), &[]).await.is(StatusCode::SEE_OTHER);
    assert!(ana.get(&page).await.body.contains("data-check=\"subscription\" data-result=\"ok\""));
    assert!(!ana.get("/admin/channels").await.body.contains("no nos llegan sus mensajes"));
}

#[tokio::test]
async fn a_token_that_was_revoked_is_found() {
    let (clinic, mut ana) = clinic().await;
    clinic.vendor().becomes("token", json!({ "token": "demo-access-token", "valid": false })).await;
    let page = format!("{}/checks", lima(&clinic));
    submits(&mut ana, &page, &page, &[]).await.is(StatusCode::SEE_OTHER);
    assert!(ana.get(&page).await.body.contains("data-check=\"token\" data-result=\"failed\""));
    assert!(ana.get("/admin/channels").await.body.contains("el proveedor rechaza la clave"));
}

#[tokio::test]
async fn a_disabled_number_sends_nothing_and_still_takes_what_comes() {
    let (clinic, mut ana) = clinic().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let page = valeria.opens(talk).await;
    let (number, to) = (format!("{}/number", lima(&clinic)), format!("{}/state", lima(&clinic)));
    submits(&mut ana, &number, &to, &[("enabled", "0")]).await.is(StatusCode::SEE_OTHER);
    page.replies(talk, "Buenas").await.is(StatusCode::CREATED);
    clinic.vendor().lucia_writes("¿Están?").await;
    clinic.until_count("select count(*) from message where direction = 'in'", 2).await;
    assert_eq!(clinic.vendor().sent().await.len(), 0);
    submits(&mut ana, &number, &to, &[("enabled", "1")]).await.is(StatusCode::SEE_OTHER);
    clinic.vendor().until_sent(1).await;
}

#[tokio::test]
async fn each_number_has_its_own_time_of_reopening() {
    let (clinic, mut ana) = clinic().await;
    let world = clinic.ground.world.clone();
    let queue = world.citas.to_string();
    for channel in [world.whatsapp, world.sms] {
        let to = format!("/admin/channels/{channel}");
        let page = format!("{to}/number");
        let fresh = ana.get(&page).await;
        assert!(fresh.body.contains("<option value=\"86400\" selected>24 horas</option>"), "{}", fresh.body);
        let form = |within| {
            [("name", "Sonrisas"), ("queue", queue.as_str()), ("per_second", "80"), ("reopen_within", within)]
        };
        for wrong in ["-1", "2592001"] {
            let answer =
                submits(&mut ana, &page, &to, &form(wrong)).await.is(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("como mucho, 30 días"), "{}", answer.body);
        }
        for (within, words) in [("0", "nunca"), ("5400", "1:30:00"), ("2592000", "30 días")] {
            let saved = submits(&mut ana, &page, &to, &form(within)).await.is(StatusCode::SEE_OTHER);
            let shown = ana.get(saved.location()).await.body;
            let chosen = format!("<option value=\"{within}\" selected>{words}</option>");
            assert!(shown.contains("Cambios guardados") && shown.contains(&chosen), "{shown}");
            assert!(ana.get(&to).await.body.contains(&format!("<dd>{words}</dd>")));
        }
    }
    let audited = "select count(*) from audit where action = 'channel_change' and succeeded";
    assert_eq!(clinic.count(audited).await, 6);
    // Whoever may not change channels does not change this either.
    let mut valeria = clinic.agent("Valeria").await;
    let request = valeria.browser.request(Method::POST, &lima(&clinic));
    valeria.browser.send(request).await.is(StatusCode::FORBIDDEN);
    assert_eq!(clinic.count("select count(*) from channel where reopen_within = 2592000").await, 2);
}

#[tokio::test]
async fn a_new_secret_counts_beside_the_old_one_until_that_is_retired() {
    let (clinic, mut ana) = clinic().await;
    let (number, to) = (format!("{}/number", lima(&clinic)), format!("{}/secrets", lima(&clinic)));
    let form = [("name", "app_secret"), ("value", "a-quite-new-app-secret")];
    submits(&mut ana, &number, &to, &form).await.is(StatusCode::SEE_OTHER);
    let shown = ana.get(&number).await;
    assert!(shown.body.contains("····cret") && shown.body.contains("Hay dos activas"), "{}", shown.body);
    assert!(!shown.body.contains("a-quite-new-app-secret"));
    // Meta still signs with the old one.
    clinic.vendor().lucia_writes("Hola").await;
    submits(&mut ana, &number, &format!("{to}/retire"), &[("name", "app_secret")])
        .await
        .is(StatusCode::SEE_OTHER);
    let body = crate::clinic::meta::messages(&[]);
    assert_eq!(clinic.vendor().posts(body).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_notice_of_meta_rings_and_is_shown_as_it_came() {
    let (clinic, mut ana) = clinic().await;
    clinic.vendor().becomes("number", json!({ "channel": "Sonrisas Lima", "quality": "RED" })).await;
    until("the alarm", || async {
        one::<String>(
            &clinic.ground.db,
            "select kind from alarm where kind = 'number_flagged' and cleared_at is null",
        )
        .await
    })
    .await;
    assert!(ana.get("/admin/channels").await.body.contains("Meta marcó el número"));
    assert!(ana.get(&lima(&clinic)).await.body.contains("phone_number_quality_update"));
}

#[tokio::test]
async fn an_alarm_is_not_cleared_by_what_was_asked_before_it_rang() {
    let test = TestDb::new().await;
    let world = World::new(test.db()).await;
    let asked = Utc::now();
    let well = Finding {
        check: CheckName::Number,
        result: CheckResult::Ok,
        says: "number-on",
        detail: String::new(),
    };
    let (about, kind) = (Subject::Channel(world.whatsapp), AlarmKind::NumberFlagged);
    let told = asked + TimeDelta::seconds(1);
    alarms::raise(test.db(), about, kind, Severity::Warning, json!({}), told).await.unwrap();
    for (asked, rings) in [(asked, true), (told + TimeDelta::seconds(1), false)] {
        let tx = test.db().begin().await.unwrap();
        keep_checks(&tx, world.whatsapp, std::slice::from_ref(&well), asked).await.unwrap();
        tx.commit().await.unwrap();
        let open = alarms::of_channel(test.db(), world.whatsapp).await.unwrap();
        assert_eq!(open.iter().any(|alarm| alarm.kind == "number_flagged"), rings);
    }
}

#[tokio::test]
async fn what_came_in_a_moment_ago_is_counted_on_the_page_once() {
    let (clinic, mut ana) = clinic().await;
    let shows = async |ana: &mut Person, count: i64| {
        let page = ana.get("/admin/channels").await.body;
        let line = page.split("<tr>").find(|row| row.contains("Sonrisas Lima")).unwrap();
        assert!(line.contains(&format!("<span class=\"num muted\">{count}</span>")), "{line}");
    };
    for count in 1..=2 {
        clinic.vendor().lucia_writes("Hola").await;
        clinic.until_count("select count(*) from message", count).await;
        shows(&mut ana, count).await;
        // Whether the job has counted since makes no difference.
        count_hours(&clinic.ground.db, Utc::now()).await.unwrap();
        shows(&mut ana, count).await;
    }
}

#[tokio::test]
async fn a_number_of_twilio_s_without_a_fallback_address_is_noticed() {
    let (clinic, mut ana) = clinic().await;
    let channel = format!("/admin/channels/{}", clinic.ground.world.sms);
    let page = format!("{channel}/checks");
    let result = async |ana: &mut Person| {
        submits(ana, &page, &page, &[]).await.is(StatusCode::SEE_OTHER);
        let shown = ana.get(&page).await.body;
        let check = shown.split("data-check=\"fallback\" data-result=\"").nth(1).unwrap();
        (check.split('"').next().unwrap().to_owned(), shown)
    };
    let (before, shown) = result(&mut ana).await;
    assert_eq!(before, "warning");
    assert!(shown.contains("como URL de respaldo"), "{shown}");
    assert!(shown.contains("Es un número de esta cuenta."), "{shown}");
    clinic.vendor().becomes("twilio", json!({ "fallback": "/webhooks/twilio/messages" })).await;
    assert_eq!(result(&mut ana).await.0, "ok");
    assert!(ana.get(&format!("{channel}/number")).await.body.contains("en uso"));
    let missing = json!({ "path": "IncomingPhoneNumbers", "code": 20_404, "status": 404 });
    clinic.vendor().refuses_once(missing).await;
    submits(&mut ana, &page, &page, &[]).await.is(StatusCode::SEE_OTHER);
    let unlisted = ana.get(&page).await.body;
    assert!(unlisted.contains("no se puede leer") && !unlisted.contains("404"), "{unlisted}");
}

#[tokio::test]
async fn a_number_is_added_step_by_step_and_each_step_can_fail_first() {
    let (clinic, mut ana) = clinic().await;
    let number = format!("{}/number", lima(&clinic));
    let form = [("cc", "51"), ("local", "15550177"), ("name", "Sonrisas Callao")];
    submits(&mut ana, &number, &format!("{}/setups", lima(&clinic)), &form).await.is(StatusCode::SEE_OTHER);
    let id: uuid::Uuid = one(&clinic.ground.db, "select id from channel_setup").await.unwrap();
    let to = format!("{}/setups/{id}", lima(&clinic));
    for step in [vec![("step", "add")], vec![("step", "code"), ("by", "sms")]] {
        submits(&mut ana, &number, &to, &step).await.is(StatusCode::SEE_OTHER);
    }
    submits(&mut ana, &number, &to, &[("step", "verify"), ("code", "000-000")])
        .await
        .is(StatusCode::SEE_OTHER);
    assert!(ana.get(&number).await.body.contains("El código no es válido"));
    let code = clinic.vendor().code_of("+5115550177").await;
    for step in [
        vec![("step", "verify"), ("code", code.as_str())],
        vec![("step", "register"), ("pin", "246810")],
        vec![("step", "connect")],
    ] {
        submits(&mut ana, &number, &to, &step).await.is(StatusCode::SEE_OTHER);
    }
    assert!(ana.get("/admin/channels").await.body.contains("Sonrisas Callao"));
    clinic.vendor().writes_to("+5115550177", PACIENTE, "Camila", "Hola").await;
    clinic.until_count("select count(*) from message", 1).await;
}

#[tokio::test]
async fn a_round_trip_is_followed_to_the_answer() {
    let (clinic, mut ana) = clinic().await;
    let page = format!("{}/checks", lima(&clinic));
    let to = format!("{}/test", lima(&clinic));
    let nobody = submits(&mut ana, &page, &to, &[("number", PACIENTE)]).await;
    assert!(nobody.is(StatusCode::UNPROCESSABLE_ENTITY).body.contains("Nadie con ese número"));
    clinic.vendor().lucia_writes("Hola").await;
    until("the conversation", || async {
        one::<uuid::Uuid>(&clinic.ground.db, "select id from conversation").await
    })
    .await;
    let sent = submits(&mut ana, &page, &to, &[("number", crate::clinic::LUCIA)]).await.is(StatusCode::OK);
    let follow = sent.body.split("data-follow=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    clinic.vendor().until_sent(1).await;
    clinic.vendor().lucia_writes("Recibido").await;
    until("all four steps", || {
        let (mut ana, follow) = (ana.clone(), follow.clone());
        async move { Some(ana.get(&follow).await).filter(|page| page.body.matches("i-circle-check").count() == 4) }
    })
    .await;
}

#[tokio::test]
async fn silence_of_a_busy_number_rings_and_a_message_ends_it() {
    let test = TestDb::new().await;
    let world = World::new(test.db()).await;
    let noon: DateTime<Utc> = "2026-11-18T15:00:00Z".parse().unwrap();
    let usual: ChannelId = world.whatsapp;
    for week in 1..=3 {
        for hour in 0..6 {
            let at = noon - TimeDelta::weeks(week) - TimeDelta::hours(hour);
            let sql = format!("insert into channel_hour values ('{usual}', '{}', 40)", at.to_rfc3339());
            test.db().execute_unprepared(&sql).await.unwrap();
        }
    }
    let heard = |at: DateTime<Utc>| {
        format!(
            "insert into channel_heard (channel_id, message_at) values ('{usual}', '{}')
             on conflict (channel_id) do update set message_at = excluded.message_at",
            at.to_rfc3339()
        )
    };
    let silent = async |now: DateTime<Utc>| {
        let tx = test.db().begin().await.unwrap();
        let silent = judge_silence(&tx, now).await.unwrap();
        tx.commit().await.unwrap();
        silent
    };
    test.db().execute_unprepared(&heard(noon - TimeDelta::minutes(5))).await.unwrap();
    assert_eq!(silent(noon).await, 0);
    assert_eq!(silent(noon + TimeDelta::minutes(1)).await, 0, "a few minutes are nothing");
    test.db().execute_unprepared(&heard(noon - TimeDelta::minutes(40))).await.unwrap();
    assert_eq!(silent(noon).await, 1);
    let open = "select kind from alarm where cleared_at is null";
    assert_eq!(one::<String>(test.db(), open).await.as_deref(), Some("silent"));
    test.db().execute_unprepared(&heard(noon)).await.unwrap();
    assert_eq!(silent(noon).await, 0);
    assert_eq!(one::<String>(test.db(), open).await, None);
}

#[tokio::test]
async fn a_silence_is_one_gap_of_the_ledger_until_somebody_writes_again() {
    let test = TestDb::new().await;
    let world = World::new(test.db()).await;
    let noon: DateTime<Utc> = "2026-11-18T15:00:00Z".parse().unwrap();
    let later = |minutes| noon + TimeDelta::minutes(minutes);
    let run = async |sql: String| test.db().execute_unprepared(&sql).await.unwrap();
    let heard = async |at: DateTime<Utc>| {
        for channel in [world.whatsapp, world.sms] {
            let at = at.to_rfc3339();
            run(format!(
                "insert into channel_heard (channel_id, message_at) values ('{channel}', '{at}')
                 on conflict (channel_id) do update set message_at = excluded.message_at"
            ))
            .await;
        }
    };
    let judged = async |now: DateTime<Utc>| {
        let tx = test.db().begin().await.unwrap();
        let silent = judge_silence(&tx, now).await.unwrap();
        tx.commit().await.unwrap();
        gaps::settle(test.db(), now).await.unwrap();
        silent
    };
    let gap = async |channel: ChannelId| {
        let sql = format!(
            "select string_agg(concat_ws(' ', state, seen, round(extract(epoch from until_at - from_at) / 60)), ', ')
             from ledger_gap where cause = 'silent' and channel_id = '{channel}'"
        );
        one::<Option<String>>(test.db(), &sql).await.unwrap().unwrap_or_default()
    };
    for channel in [world.whatsapp, world.sms] {
        for week in 1..=3 {
            for hour in -2..6 {
                let at = (noon - TimeDelta::weeks(week) - TimeDelta::hours(hour)).to_rfc3339();
                run(format!("insert into channel_hour values ('{channel}', '{at}', 40)")).await;
            }
        }
    }
    heard(later(-40)).await;
    assert_eq!(judged(noon).await, 2);
    run(format!(
        "insert into reconciled (channel_id, until_at, ran_at) values ('{}', '{}', now())",
        world.sms,
        later(30).to_rfc3339()
    ))
    .await;
    assert_eq!(judged(later(10)).await, 2);
    for channel in [world.whatsapp, world.sms] {
        assert_eq!(gap(channel).await, "open 1 50", "it goes on, listed or not");
    }
    heard(later(15)).await;
    assert_eq!(judged(later(16)).await, 0);
    assert_eq!(gap(world.whatsapp).await, "noted 1 55");
    assert_eq!(gap(world.sms).await, "settled 1 55", "the list has gone beyond it");
    assert_eq!(judged(later(20)).await, 0);
    assert_eq!(gap(world.whatsapp).await, "noted 1 55");
}

#[tokio::test]
async fn a_silent_twilio_number_is_listed_before_its_gap_is_closed() {
    let test = TestDb::new().await;
    let world = World::new(test.db()).await;
    let sms = world.sms;
    let run = async |sql: String| test.db().execute_unprepared(&sql).await.unwrap();
    run(format!(
        "insert into ledger_gap (id, channel_id, cause, from_at, until_at)
         values (gen_random_uuid(), '{sms}', 'silent', now() - interval '2 hours', now() - interval '1 hour');
         insert into channel_heard (channel_id, message_at) values ('{sms}', now())"
    ))
    .await;
    let state = async || {
        let tx = test.db().begin().await.unwrap();
        judge_silence(&tx, Utc::now()).await.unwrap();
        tx.commit().await.unwrap();
        gaps::settle(test.db(), Utc::now()).await.unwrap();
        one::<String>(test.db(), "select state from ledger_gap").await.unwrap()
    };
    assert_eq!(state().await, "open");
    run(format!("insert into reconciled (channel_id, until_at, ran_at) values ('{sms}', now(), now())"))
        .await;
    assert_eq!(state().await, "settled");
}

#[tokio::test]
async fn only_admins_see_channels() {
    let (clinic, _) = clinic().await;
    let mut valeria = clinic.agent("Valeria").await;
    for path in ["/admin/channels".to_owned(), lima(&clinic), format!("{}/checks", lima(&clinic))] {
        valeria.get(&path).await.is(StatusCode::FORBIDDEN);
    }
    let request = valeria.browser.request(Method::POST, &format!("{}/state", lima(&clinic)));
    valeria.browser.send(request).await.is(StatusCode::FORBIDDEN);
}
