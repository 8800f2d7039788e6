//! A supervisor plays a day that was under the draft before the admin publishes it; the operator does at the console.

use std::process::Output;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::America::Lima;
use domain::wall::midnight;
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::process::Command;

use crate::{
    clinic::{Clinic, Person},
    helpers::Answer,
};

const PAGE: &str = "/admin/routing/rehearsal";

/// Valeria, with one slot, at work from nine to ten the day before yesterday. Four customers wrote at nine and in the
/// three minutes after; each took her five minutes, one after the other.
async fn a_morning(clinic: &Clinic) -> (Person, NaiveDate) {
    let valeria = clinic.agent("Valeria").await;
    clinic.change("update presence set capacity = 1").await;
    let date = Utc::now().with_timezone(&Lima).date_naive() - TimeDelta::days(2);
    let at = |minutes: i64| {
        let at: DateTime<Utc> = midnight(date, Lima) + TimeDelta::minutes(540 + minutes);
        at.to_rfc3339()
    };
    clinic
        .change(&format!(
            "insert into presence_span (person_id, state, from_at, until_at)
             values ('{}', 'available', '{}', '{}')",
            valeria.id,
            at(0),
            at(60)
        ))
        .await;
    let (channel, queue) = (clinic.ground.world.whatsapp, clinic.ground.world.citas);
    for n in 0..4 {
        let (came, taken, closed) = (at(n), at(5 * n), at(5 * n + 5));
        clinic
            .change(&format!(
                "with k as (insert into contact (id, name) values (gen_random_uuid(), 'Lucía') returning id),
                 c as (insert into conversation (id, contact_id, channel_id, queue_id, state, reply_address,
                     must_act_since, opened_at, queued_at, last_activity_at, closed_at)
                 select gen_random_uuid(), k.id, '{channel}', '{queue}', 'closed', '51', '{came}', '{came}', '{came}',
                     '{came}', '{closed}' from k returning id)
                 insert into event (seq, at, kind, conversation_id, person_id, data)
                 select -10 * {n} - t.n - 1, t.at::timestamptz, t.kind, c.id, t.person::uuid, t.data::jsonb from c,
                 (values (1, '{came}', 'conversation_opened', null, '{{\"queue\": \"{queue}\"}}'),
                         (2, '{taken}', 'conversation_assigned', '{}', '{{}}'),
                         (3, '{closed}', 'conversation_closed', null, '{{}}')) as t(n, at, kind, person, data)
                 order by t.n",
                valeria.id
            ))
            .await;
    }
    (valeria, date)
}

/// Posts the form of the page, with these fields changed.
async fn rehearses(who: &mut Person, fields: &[(&str, &str)]) -> Answer {
    let page = who.get(PAGE).await.is(StatusCode::OK).body;
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    let csrf = rest.split_once('"').unwrap().0.to_owned();
    let mut form = vec![("csrf", csrf.as_str())];
    let usual = [
        ("source", "past"),
        ("days", "1"),
        ("before", "in-force"),
        ("after", "in-force"),
        ("capacity", "0"),
        ("per_hour", "30"),
        ("handle", "5"),
        ("handle.unit", "m"),
        ("vip", "5"),
        ("seed", "1"),
    ];
    form.extend(usual.into_iter().filter(|(name, _)| !fields.iter().any(|(other, _)| other == name)));
    form.extend(fields);
    who.browser.post(PAGE, &form).await
}

fn whole(page: &str) -> &str {
    assert!(!page.contains(">rehearse-") && !page.contains("{ $"), "a word is missing: {page}");
    page
}

#[tokio::test]
async fn a_supervisor_sees_what_the_draft_would_have_done_and_publishes_nothing() {
    let clinic = Clinic::open().await;
    let (valeria, date) = a_morning(&clinic).await;
    let day = date.to_string();
    let alonso = clinic.ground.world.admin("Alonso").await;
    let mut alonso = clinic.ground.welcome(&clinic.node.url, "Alonso", alonso).await;
    let mut gabriela = clinic.supervisor("Gabriela").await;

    // Alonso gives Valeria three slots, in the draft.
    let agent = format!("/admin/routing/agents/{}", valeria.id);
    let page = alonso.get(&agent).await.is(StatusCode::OK).body;
    let value = |name: &str| {
        let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (csrf, revision) = (value("csrf"), value("revision"));
    let citas = clinic.ground.world.citas.to_string();
    let form = [("csrf", csrf.as_str()), ("revision", &revision), ("capacity", "3"), ("serves", &citas)];
    alonso.browser.post(&agent, &form).await.is(StatusCode::SEE_OTHER);

    // From the bar above every page of the routing she comes to the rehearsal.
    let page = gabriela.get("/admin/routing").await.is(StatusCode::OK).body;
    assert!(page.contains("Ensayar antes de publicar") && page.contains(PAGE), "{page}");
    assert!(!page.contains("/admin/routing/publish"), "a supervisor can't publish");
    let answer = rehearses(&mut gabriela, &[("date", &day), ("after", "draft")]).await;
    let page = answer.is(StatusCode::OK).body;
    // 0, 4, 8 and 12 minutes; with three slots only the last one waits, for two minutes.
    assert!(whole(&page).contains("Con «Borrador», la espera media baja de 6:00 a 0:30."), "{page}");
    assert!(page.contains("−5:30 · mejor") && page.contains("4 conversaciones · 1 persona"), "{page}");
    assert!(
        page.contains("Esperas más largas antes: Vigente") && page.contains("Quienes podrían están al tope.")
    );
    assert!(page.contains("La tomó Valeria"), "{page}");
    assert!(page.contains(&format!("value=\"{day}\"")), "the form stays as it was");

    // What if somebody like her came too, or she had a slot more, on top of what holds.
    let more = [("date", day.as_str()), ("more_queue", citas.as_str()), ("more", "1")];
    let page = rehearses(&mut gabriela, &more).await.is(StatusCode::OK).body;
    assert!(page.contains("Con «Vigente con cambios», la espera media baja de 6:00 a 1:30."), "{page}");
    assert!(page.contains("Persona extra 1"), "{page}");
    let slot = [("date", day.as_str()), ("capacity", "1")];
    let page = rehearses(&mut gabriela, &slot).await.is(StatusCode::OK).body;
    assert!(page.contains("Con «Vigente con cambios», la espera media baja de 6:00 a 1:30."), "{page}");

    assert_eq!(clinic.count("select count(*) from routing_policy").await, 0);
    assert_eq!(clinic.count("select revision from routing_draft").await, 1);
    let mut valeria = valeria;
    valeria.get(PAGE).await.is(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_day_nobody_had_is_made_up_and_the_same_again() {
    let clinic = Clinic::open().await;
    clinic.agent("Valeria").await;
    clinic.change("update presence set capacity = 2").await;
    let mut gabriela = clinic.supervisor("Gabriela").await;
    let fields = [("source", "made"), ("seed", "7"), ("capacity", "-1")];
    let page = rehearses(&mut gabriela, &fields).await.is(StatusCode::OK).body;
    assert!(whole(&page).contains("Día inventado, semilla 7 · 330 conversaciones · 1 persona"), "{page}");
    assert!(page.contains("· peor"), "{page}");
    let again = rehearses(&mut gabriela, &fields).await.is(StatusCode::OK).body;
    let result = |page: &str| page.split_once("id=\"result\"").unwrap().1.to_owned();
    assert_eq!(result(&again), result(&page));
    // Most of the team stays at home: nobody is left to make a day of.
    clinic.change("update presence set capacity = 0").await;
    let page = rehearses(&mut gabriela, &fields).await.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("no hay día que inventar"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_rehearsed_says_why_and_what_to_do() {
    let clinic = Clinic::open().await;
    let (_, date) = a_morning(&clinic).await;
    let mut gabriela = clinic.supervisor("Gabriela").await;
    let day = date.to_string();
    let (tomorrow, before) =
        ((date + TimeDelta::days(4)).to_string(), (date - TimeDelta::days(1)).to_string());
    let ventas = clinic.ground.world.ventas.to_string();
    let refusals: [(&[(&str, &str)], &str); 9] = [
        (&[("date", &tomorrow)], "Ese día todavía no empieza"),
        (&[("date", &before)], "no entró ninguna conversación"),
        (&[("date", &day), ("after", "9")], "No existe la versión 9"),
        (&[("date", &day), ("after", "draft")], "No hay borrador"),
        (&[("date", "ayer")], "Elige un día."),
        (&[("date", &day), ("days", "8")], "entre 1 y 7"),
        (&[("date", &day), ("before", "la de siempre")], "Elige una opción."),
        (&[("source", "made"), ("per_hour", "1801")], "entre 1 y 1800"),
        (&[("date", &day), ("more_queue", &ventas), ("more", "2")], "Nadie de Ventas estuvo ese día"),
    ];
    for (fields, why) in refusals {
        let answer = rehearses(&mut gabriela, fields).await;
        let page = answer.is(StatusCode::UNPROCESSABLE_ENTITY).body;
        assert!(whole(&page).contains(why) && page.contains("No se ensayó nada"), "{fields:?}: {page}");
        assert!(!page.contains("id=\"result\""), "{page}");
    }
    // A draft that names somebody who is gone by now can't be published, and so not rehearsed.
    let gone = "insert into routing_draft (base, revision, document, changed_at) values (0, 1,
         '{\"queues\": [{\"id\": \"00000000-0000-0000-0000-000000000001\", \"name\": \"Citas\",
             \"members\": [\"00000000-0000-0000-0000-000000000002\"]}]}', now())";
    clinic.change(gone).await;
    let answer = rehearses(&mut gabriela, &[("date", &day), ("after", "draft")]).await;
    let page = answer.is(StatusCode::UNPROCESSABLE_ENTITY).body;
    assert!(page.contains("Corrige primero:") && page.contains("Cola «Citas» (personas)"), "{page}");
}

/// The program, asked for a rehearsal.
async fn console(clinic: &Clinic, folder: &std::path::Path, options: &[&str]) -> Output {
    let settings = &clinic.ground.settings;
    Command::new(env!("CARGO_BIN_EXE_bandeja"))
        .arg("rehearse")
        .args(options)
        .current_dir(folder)
        .env("DATABASE_URL", settings.database.url.as_ref().unwrap().expose_secret())
        .env("BANDEJA_SERVER__PUBLIC_URLS", format!("[\"{}\"]", settings.server.public_urls[0]))
        .env("BANDEJA_KEYS__CURRENT", settings.keys.current.as_ref().unwrap().expose_secret())
        .env("BANDEJA_LOG__FILTER", "warn")
        .output()
        .await
        .unwrap()
}

#[tokio::test]
async fn the_operator_rehearses_a_file_of_their_own_and_is_told_what_is_missing() {
    let clinic = Clinic::open().await;
    let (valeria, date) = a_morning(&clinic).await;
    let (folder, day) = (tempfile::tempdir().unwrap(), date.to_string());
    let folder = folder.path();
    let asked = async |options: &[&str]| {
        let output = console(&clinic, folder, options).await;
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let mut policy: Value = serde_json::from_str(&asked(&["--print", "in-force"]).await).unwrap();
    policy["agents"][valeria.id.to_string()]["capacity"] = 3.into();
    std::fs::write(folder.join("three.json"), policy.to_string()).unwrap();

    let options = ["--day", &day, "--against", "three.json"];
    let table = asked(&options).await;
    assert!(table.contains("With “three.json”, the mean wait goes down from 6:00 to 0:30."), "{table}");
    assert!(table.contains("-5:30 better") || table.contains("−5:30 better"), "{table}");
    let told: Value = serde_json::from_str(&asked(&[&options[..], &["--json"]].concat()).await).unwrap();
    assert_eq!(told["before"]["total"]["waits"]["mean"], 360.0);
    assert_eq!(told["after"]["total"]["waits"]["mean"], 30.0);
    assert_eq!((&told["conversations"], &told["from"]), (&4.into(), &"In force".into()));
    assert_eq!(told["names"]["people"][valeria.id.to_string()], "Valeria");
    let more = asked(&["--day", &day, "--against", "in-force", "--more", "Citas=1"]).await;
    assert!(more.contains("from 6:00 to 1:30") && more.contains("Extra person 1"), "{more}");
    let made = asked(&["--generate", "--per-hour", "20", "--against", "three.json"]).await;
    assert!(made.contains("Made-up day, seed 1 · 220 conversations · 1 person"), "{made}");

    std::fs::write(folder.join("broken.json"), "{\"queues\": 3}").unwrap();
    let mut flawed = policy.clone();
    flawed["queues"][0]["members"] = serde_json::json!([uuid::Uuid::nil()]);
    std::fs::write(folder.join("flawed.json"), flawed.to_string()).unwrap();
    let refusals: [(&[&str], &str); 9] = [
        (&[], "--day"),
        (&["--day", "mañana"], "invalid value"),
        (&["--day", "2020-02-02", "--against", "in-force"], "No conversation came on that day"),
        (&["--day", "2120-02-02", "--against", "in-force"], "has not begun"),
        (&["--day", &day], "There is no draft"),
        (&["--day", &day, "--against", "7"], "There is no version 7"),
        (&["--day", &day, "--against", "nothing.json"], "neither draft, in-force"),
        (&["--day", &day, "--against", "broken.json"], "--print in-force"),
        (&["--day", &day, "--against", "flawed.json"], "can no longer sign in"),
    ];
    for (options, why) in refusals {
        let output = console(&clinic, folder, options).await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(why), "{options:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
    let unknown =
        console(&clinic, folder, &["--day", &day, "--against", "in-force", "--more", "Caja=1"]).await;
    assert!(
        String::from_utf8_lossy(&unknown.stderr).contains("there is no queue Caja; there are: Citas, Ventas")
    );
}
