//! Searching over HTTP: what is found, how it is shown, and what nobody finds who may not see it.

use domain::ConversationId;
use reqwest::StatusCode;

use crate::clinic::{Clinic, LUCIA, Person, one};

/// What somebody finds, as the list of results alone.
async fn finds(who: &mut Person, words: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", words).finish();
    let answer = who.get(&format!("/search?{query}")).await.is(StatusCode::OK);
    let from = answer.body.find("id=\"search-found\"").unwrap();
    answer.body[from..answer.body.find("</main>").unwrap()].to_owned()
}

async fn indexed(clinic: &Clinic, messages: i64) {
    clinic.until_count("select count(*) from search_entry", messages).await;
}

#[tokio::test]
async fn a_message_is_found_and_opens_in_its_place() {
    let clinic = Clinic::open().await;
    let mut valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    for n in 0..45 {
        vendor.lucia_writes(&format!("línea {n}")).await;
    }
    vendor.lucia_writes("Se me rompió la <b>coróna</b> & ya").await;
    let talk = clinic.held_conversation().await;
    indexed(&clinic, 46).await;

    let found = finds(&mut valeria, "CORONA").await;
    assert!(
        found.contains("&#60;b&#62;<mark>coróna</mark>&#60;/b&#62; &#38; ya"),
        "escaped, and marked: {found}"
    );
    let found = finds(&mut valeria, "linea 17").await;
    let link = found.split("href=\"").find(|part| part.contains("?at=")).unwrap();
    let link = &link[..link.find('"').unwrap()];
    let page = valeria.get(link).await.is(StatusCode::OK).body;
    assert!(
        page.contains("línea 17<") && page.contains("data-newer=") && !page.contains("línea 40<"),
        "around it"
    );
    let after = page.split("data-newer=\"").nth(1).unwrap();
    let after = &after[..after.find('"').unwrap()];
    let later = valeria.get(&format!("/inbox/{talk}/later?after={after}")).await.is(StatusCode::OK).body;
    assert!(later.contains("línea 40<") && later.contains("data-newer=\"\""), "and on to the end");

    // Neither a message of nobody nor of another conversation is a reason not to open this one.
    let nobody = uuid::Uuid::now_v7();
    let page = valeria.get(&format!("/inbox/{talk}?at={nobody}")).await.is(StatusCode::OK).body;
    assert!(page.contains("coróna") && !page.contains("data-newer="));
    valeria.get(&format!("/inbox/{nobody}?at={nobody}")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see_and_hidden_digits_stay_hidden() {
    let clinic = Clinic::open().await;
    let mut valeria = clinic.agent("Valeria").await;
    let vendor = clinic.vendor();
    vendor.lucia_writes("Tengo una muela rota").await;
    let talk: ConversationId = clinic.held_conversation().await;
    let (mut mateo, mut gabriela) = (clinic.agent("Mateo").await, clinic.supervisor("Gabriela").await);
    indexed(&clinic, 1).await;

    assert!(finds(&mut valeria, "muela").await.contains("<mark>muela</mark>"));
    assert!(finds(&mut gabriela, "muela").await.contains("<mark>muela</mark>"));
    for words in ["muela", "Lucía", "lusia", "987 412"] {
        let found = finds(&mut mateo, words).await;
        assert!(!found.contains("data-hit") && !found.contains(&talk.to_string()), "{words}: {found}");
    }
    mateo
        .get(&format!("/inbox/{talk}/later?after=0000000000-000000000000000"))
        .await
        .is(StatusCode::NOT_FOUND);

    // It waits in his queue now: he sees it, with the number hidden, and can't fish for the digits.
    clinic
        .change("update assignment set ended_at = now(); update conversation set state = 'queued', assignee_id = null")
        .await;
    let name: String = one(&clinic.ground.db, "select name from contact").await.unwrap();
    assert!(finds(&mut mateo, "muela").await.contains("data-hit"));
    let found = finds(&mut mateo, &name).await;
    assert!(found.contains("data-hit") && !found.contains(LUCIA.trim_start_matches('+')), "{found}");
    assert!(found.contains('•'), "hidden: {found}");
    for digits in ["987 412", "2306", LUCIA] {
        let found = finds(&mut mateo, digits).await;
        assert!(!found.contains("data-hit") && found.contains("found-hint"), "{digits}: {found}");
    }
    assert!(finds(&mut gabriela, "412 306").await.contains("<mark>"));
}

#[tokio::test]
async fn what_can_not_be_searched_is_told_kindly() {
    let clinic = Clinic::open().await;
    let mut valeria = clinic.agent("Valeria").await;
    for (words, said) in
        [("", "Busca en todo"), ("a", "Escribe un poco más"), ("nada de esto", "No se encontró nada")]
    {
        let found = finds(&mut valeria, words).await;
        assert!(found.contains(said), "{words}: {found}");
    }
    for broken in [
        "?q=hola&channel=x&queue=&from=ayer&kind=nada&before=x",
        "?before=1.2",
        "?q=%27%29%3B--&direction=up",
    ] {
        valeria.get(&format!("/search{broken}")).await.is(StatusCode::OK);
    }
    let long = format!("/search?q={}", "palabra%20".repeat(200));
    valeria.get(&long).await.is(StatusCode::OK);
    let palette = valeria.get("/palette").await.is(StatusCode::OK).body;
    assert!(palette.contains("id=\"palette\"") && !palette.contains("/admin") && !palette.contains("/floor"));
}

#[tokio::test]
async fn an_admin_who_finds_what_is_anothers_leaves_one_line_and_a_colleague_none() {
    let clinic = Clinic::open().await;
    let (mut gabriela, mut ana) = (clinic.supervisor("Gabriela").await, clinic.admin("Ana").await);
    clinic.vendor().lucia_writes("Tengo una muela rota").await;
    indexed(&clinic, 1).await;
    let lines = "select count(*) from audit where action = 'search.read'";

    assert!(finds(&mut gabriela, "muela").await.contains("<mark>muela</mark>"));
    assert!(finds(&mut ana, "nadie").await.contains("No se encontró nada"));
    assert_eq!(clinic.count(lines).await, 0, "of what is theirs, and of nothing, there is nothing to tell");
    assert!(finds(&mut ana, "muela").await.contains("<mark>muela</mark>"));
    let told: bool = one(
        &clinic.ground.db,
        "select detail -> 'messages' ? (select id::text from message) and not detail::text like '%muela%'
         from audit where action = 'search.read'",
    )
    .await
    .unwrap();
    assert!(told);
    ana.get("/search?q=lucia&palette=1").await.is(StatusCode::OK);
    assert_eq!(clinic.count(lines).await, 2, "in the palette, too");
    let contact: uuid::Uuid = one(&clinic.ground.db, "select id from contact").await.unwrap();
    clinic.vendor().customer_writes("+51900000777", "Otra Lucía", "Hola").await;
    clinic.until_count("select count(*) from contact", 2).await;
    let found = ana.get(&format!("/contacts/{contact}/join?q=luci")).await.is(StatusCode::OK).body;
    assert!(found.contains("Otra Lucía") && found.contains("data-join-with"), "{found}");
    assert_eq!(clinic.count(lines).await, 3, "and where it is looked for somebody to join");

    // What somebody else is writing is read as the conversation is.
    let talk: uuid::Uuid =
        one(&clinic.ground.db, "select id from conversation order by opened_at").await.unwrap();
    clinic
        .change(
            "insert into draft (conversation_id, person_id, note, body, at)
             select c.id, p.id, false, 'Le dejo el horario', now() from conversation c, person p where p.name = 'Gabriela'",
        )
        .await;
    let read = format!("select count(*) from audit where action = 'conversation.read' and object = '{talk}'");
    for (who, lines) in [(&mut gabriela, 0), (&mut ana, 1)] {
        let drafts = who.get(&format!("/conversations/{talk}/drafts")).await.is(StatusCode::OK).body;
        assert!(drafts.contains("Le dejo el horario"), "{drafts}");
        assert_eq!(clinic.count(&read).await, lines);
    }
    // So is each stretch of it, also where it was never opened.
    let place = "9999999999-000000000000000";
    let stretches = [
        format!("earlier?before={place}"),
        "later?after=0000000000-000000000000".to_owned(),
        format!("past?talk={talk}&before={place}"),
    ];
    for (at, stretch) in stretches.iter().enumerate() {
        let found = ana.get(&format!("/inbox/{talk}/{stretch}")).await.is(StatusCode::OK).body;
        assert!(found.contains("id=\"m-"), "{found}");
        assert_eq!(clinic.count(&read).await, 2 + i64::try_from(at).unwrap(), "{stretch}");
    }
}

#[tokio::test]
async fn who_looks_faster_than_people_type_is_told_to_wait_and_nobody_else() {
    let clinic = Clinic::open().await;
    let (mut valeria, mut mateo) = (clinic.agent("Valeria").await, clinic.agent("Mateo").await);
    // A dozen letters one after the other are looked for.
    for n in 0..12 {
        valeria.get(&format!("/search?q=palabra{n}&palette=1")).await.is(StatusCode::OK);
    }
    let mut told = None;
    for _ in 0..40 {
        let answer = valeria.get("/search?q=palabra").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            told = Some(answer);
            break;
        }
    }
    assert_eq!(told.unwrap().header("retry-after"), "1");
    valeria.get("/search?q=a").await.is(StatusCode::OK);
    mateo.get("/search?q=palabra").await.is(StatusCode::OK);
}

#[tokio::test]
async fn a_day_without_a_midnight_is_a_day_to_search_in() {
    let clinic = Clinic::open().await;
    clinic.vendor().lucia_writes("Tengo una muela rota").await;
    indexed(&clinic, 1).await;
    // Chile's clocks go from 24:00 of 5 September 2026 to 1:00 of the 6th.
    let who = clinic.ground.world.supervisor("Gabriela").await;
    clinic.change("update person set time_zone = 'America/Santiago'").await;
    let mut gabriela = clinic.ground.welcome(&clinic.node.url, "Gabriela", who).await;
    clinic.change("update search_entry set at = '2026-09-06 04:00Z'").await;
    clinic.change("update message set written_at = '2026-09-06 04:00Z'").await;
    for (days, found) in [
        ("from=2026-09-06&to=2026-09-06", true),
        ("from=2026-09-05&to=2026-09-05", false),
        ("from=2026-09-07", false),
    ] {
        let answer = gabriela.get(&format!("/search?q=muela&{days}")).await.is(StatusCode::OK).body;
        assert_eq!(answer.contains("<mark>muela</mark>"), found, "{days}");
    }
}
