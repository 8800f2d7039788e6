//! The story of every day, through all rooms of the house.

use reqwest::StatusCode;

use crate::clinic::Clinic;

#[tokio::test]
async fn a_customer_writes_is_answered_and_goes_on_with_a_colleague() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    let mut her_list = valeria.opens_inbox().await;
    assert!(her_list.shown.rows.is_empty());

    // The router gives it to the only agent, whose page shows it without being asked.
    clinic.vendor().lucia_writes("Hola, ¿tienen cita hoy?").await;
    let talk = clinic.held_conversation().await;
    her_list.until("the row", |page| page.lists(talk)).await;
    assert!(her_list.shown.rows[0].contains("Hola, ¿tienen cita hoy?"));
    assert!(her_list.shown.rows[0].contains("Lucía Paredes"));

    let mut hers = valeria.opens(talk).await;
    assert_eq!(hers.bubbles(), ["Hola, ¿tienen cita hoy?"]);
    clinic.vendor().lucia_writes("Me duele una muela").await;
    hers.until("the bubble", |page| page.shows("Me duele una muela")).await;

    // The vendor gets one message; its reports become ticks, forwards only.
    hers.replies(talk, "Sí, a las 17:00").await.is(StatusCode::CREATED);
    hers.until("the blue ticks", |page| page.shows_ticks("Sí, a las 17:00", "class=\"read\"")).await;
    assert_eq!(clinic.vendor().sent_texts().await, ["Sí, a las 17:00"]);
    let versions: Vec<&str> = hers
        .heard
        .iter()
        .flat_map(|frame| frame.split("data-v="))
        .filter(|part| part.contains("17:00"))
        .collect();
    assert!(versions.len() > 1, "the bubble came and changed on the socket");

    // A supervisor gives it to Mateo. It leaves her pages and comes to his.
    let mateo = clinic.agent("Mateo").await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut his_list = mateo.opens_inbox().await;
    let supervising = gabriela.opens(talk).await;
    supervising.gives(talk, mateo.id).await.is(StatusCode::NO_CONTENT);
    his_list.until("the row", |page| page.lists(talk)).await;
    her_list.until("no row", |page| !page.lists(talk)).await;
    hers.until("the thread taken away", |page| page.talk.is_none()).await;

    // What is said from now on is his to see.
    let heard_before = hers.heard.len();
    let mut his = mateo.opens(talk).await;
    clinic.vendor().lucia_writes("¿Con quién hablo ahora?").await;
    his.until("the bubble", |page| page.shows("¿Con quién hablo ahora?")).await;
    her_list.becomes_a_fresh_load().await;
    hers.becomes_a_fresh_load().await;
    his_list.becomes_a_fresh_load().await;
    his.becomes_a_fresh_load().await;
    for frame in &hers.heard[heard_before..] {
        assert!(!frame.contains(&talk.to_string()), "{frame}");
    }
    hers.replies(talk, "¿Sigues ahí?").await.is(StatusCode::NOT_FOUND);
}
