//! Conversations are offered: who may answer an offer, what their pages show, and taking the next one.

use domain::{ConversationId, PersonId};
use reqwest::StatusCode;
use routing::policy::{LapsedOffer, Mode};
use sea_orm::TransactionTrait as _;

use crate::clinic::{Clinic, Page, one, until};

async fn publish(clinic: &Clinic, change: impl Fn(&mut routing::policy::Queue)) {
    let alonso = clinic.ground.world.admin("Alonso").await;
    let tx = clinic.ground.db.begin().await.unwrap();
    let draft = inbox::policy::draft(&tx).await.unwrap();
    let now = chrono::Utc::now();
    let all = |policy: &mut routing::Policy| policy.queues.iter_mut().for_each(&change);
    let saved = inbox::policy::save(&tx, &alonso, draft.revision, all, now).await.unwrap();
    inbox::policy::publish(&tx, &alonso, saved.revision, "", now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn offered(clinic: &Clinic, to: PersonId) -> ConversationId {
    let sql = format!("select id from conversation where offered_to = '{to}'");
    until("an offer", || async { one(&clinic.ground.db, &sql).await }).await
}

fn heard(page: &Page, words: &str) -> bool {
    page.heard.iter().any(|frame| frame.contains(words))
}

#[tokio::test]
async fn an_offer_comes_to_its_page_goes_to_a_colleague_and_is_nobody_elses_to_answer() {
    let clinic = Clinic::open().await;
    publish(&clinic, |queue| {
        queue.mode = Mode::Offer { seconds: 600, lapsed: LapsedOffer { pause_after: 0 } };
    })
    .await;
    let valeria = clinic.agent("Valeria").await;
    let mut hers = valeria.opens_inbox().await;
    clinic.vendor().lucia_writes("Se me salió una corona").await;
    let talk = offered(&clinic, valeria.id).await;
    let card = format!("id=\\\"offer-{talk}\\\"");
    hers.until("the card", |page| heard(page, &card)).await;
    assert!(heard(&hers, "Se me salió una corona") && heard(&hers, "data-left"));
    let drawn = hers.person.browser.clone().get("/inbox").await.is(StatusCode::OK).body;
    assert!(drawn.contains(&format!("id=\"offer-{talk}\"")), "it survives a reload");

    let mateo = clinic.agent("Mateo").await;
    let mut his = mateo.opens_inbox().await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let floor = gabriela.opens_floor().await;
    assert!(floor.floor_says("floor-conversations", "Ofrecida a Valeria"));
    for page in [&his, &floor] {
        for how in ["accept", "decline"] {
            let answer = page.posts(&format!("/conversations/{talk}/offer/{how}"), &[]).await;
            answer.is(StatusCode::NOT_FOUND);
        }
    }
    assert_eq!(offered(&clinic, valeria.id).await, talk, "nothing changed");

    hers.heard.clear();
    hers.posts(&format!("/conversations/{talk}/offer/decline"), &[]).await.is(StatusCode::NO_CONTENT);
    let gone = format!("\"to\":\"offer-{talk}\",\"how\":\"delete\"");
    hers.until("no card", |page| heard(page, &gone)).await;
    assert_eq!(offered(&clinic, mateo.id).await, talk);
    his.until("his card", |page| heard(page, &card)).await;
    his.posts(&format!("/conversations/{talk}/offer/accept"), &[]).await.is(StatusCode::NO_CONTENT);
    his.until("his row", |page| page.lists(talk)).await;
    his.posts(&format!("/conversations/{talk}/offer/accept"), &[]).await.is(StatusCode::NOT_FOUND);
    let thread = mateo.opens(talk).await.shown.thread.concat();
    for line in ["Se le ofrece a Valeria", "Valeria no la aceptó", "Se le ofrece a Mateo"] {
        assert!(thread.contains(line), "{line}: {thread}");
    }
}

#[tokio::test]
async fn the_next_one_is_taken_where_it_is_theirs_and_refused_with_words() {
    let clinic = Clinic::open().await;
    publish(&clinic, |queue| queue.mode = Mode::Pull).await;
    let valeria = clinic.agent("Valeria").await;
    let mut hers = valeria.opens_inbox().await;
    hers.posts("/next", &[]).await.is(StatusCode::NO_CONTENT);

    clinic.vendor().lucia_writes("Hola").await;
    hers.until("the button", |page| heard(page, "1 espera")).await;
    let set =
        |state: &'static str| hers.request(reqwest::Method::PUT, "/me/presence").form(&[("state", state)]);
    hers.person.browser.clone().send(set("paused")).await.is(StatusCode::NO_CONTENT);
    let refused = hers.posts("/next", &[]).await.is(StatusCode::CONFLICT);
    assert!(refused.body.contains("not_available"), "{}", refused.body);
    hers.person.browser.clone().send(set("available")).await.is(StatusCode::NO_CONTENT);
    let taken = hers.posts("/next", &[]).await.is(StatusCode::OK).body;
    let talk = clinic.held_conversation().await;
    assert!(taken.contains(&talk.to_string()), "{taken}");
    hers.until("the row", |page| page.lists(talk)).await;
}

#[tokio::test]
async fn a_conversation_is_handed_to_a_colleague_who_declines_and_then_to_one_who_accepts() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola, quiero blanquear mis dientes").await;
    let talk = clinic.held_conversation().await;
    let (mateo, camila) = (clinic.agent("Mateo").await, clinic.agent("Camila").await);
    let (mut his, mut theirs) = (mateo.opens_inbox().await, camila.opens_inbox().await);
    let mut hers = valeria.opens(talk).await;
    let path = format!("/conversations/{talk}/transfer");
    let dialog = hers.gets(&path).await.is(StatusCode::OK).body;
    assert!(dialog.contains(&format!("person:{}", mateo.id)) && dialog.contains("Mateo"), "{dialog}");

    // Who does not hold it neither sees nor does anything; what is nonsense changes nothing.
    his.gets(&path).await.is(StatusCode::NOT_FOUND);
    let to_himself = format!("person:{}", mateo.id);
    his.posts(&path, &[("to", &to_himself)]).await.is(StatusCode::NOT_FOUND);
    for nonsense in ["", "person:", "planet:mars", "queue:0198aaaa-0000-7000-8000-000000000000"] {
        let answer = hers.posts(&path, &[("to", nonsense)]).await;
        assert!(answer.status.is_client_error(), "{nonsense}: {}", answer.body);
    }
    assert_eq!(clinic.count("select count(*) from offer").await, 0);

    let note = "Ya tiene presupuesto";
    hers.posts(&path, &[("to", &to_himself), ("note", note)]).await.is(StatusCode::OK);
    his.until("the card", |page| heard(page, note) && heard(page, "Te la pasa Valeria")).await;
    hers.until("the line", |page| page.shown.thread.concat().contains("se la ofrece a Mateo: «Ya tiene"))
        .await;
    assert!(hers.shown.state.contains("ofrecida a Mateo"), "{}", hers.shown.state);
    his.posts(&format!("/conversations/{talk}/offer/decline"), &[]).await.is(StatusCode::NO_CONTENT);
    hers.until("it stays with her", |page| heard(page, "Mateo no aceptó a Lucía Paredes")).await;
    assert!(hers.lists(talk));

    let to_camila = format!("person:{}", camila.id);
    hers.posts(&path, &[("to", &to_camila)]).await.is(StatusCode::OK);
    theirs.until("the card", |page| heard(page, &format!("offer-{talk}"))).await;
    theirs.posts(&format!("/conversations/{talk}/offer/accept"), &[]).await.is(StatusCode::NO_CONTENT);
    theirs.until("the row", |page| page.lists(talk)).await;
    hers.until("no row", |page| !page.lists(talk)).await;

    // Why it is where it is, for whoever may see it.
    let theirs = camila.opens(talk).await;
    let why = theirs.gets(&format!("/conversations/{talk}/why")).await.is(StatusCode::OK).body;
    for words in ["Camila la recibió de Valeria", "Se asignó a Valeria", "Elegida"] {
        assert!(why.contains(words), "{words}: {why}");
    }
    hers.gets(&format!("/conversations/{talk}/why")).await.is(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_may_see_what_waits_is_told_why_it_does() {
    let clinic = Clinic::open().await;
    publish(&clinic, |queue| queue.mode = Mode::Pull).await;
    let valeria = clinic.agent("Valeria").await;
    let page = valeria.opens_inbox().await;
    let set = page.request(reqwest::Method::PUT, "/me/presence").form(&[("state", "paused")]);
    page.person.browser.clone().send(set).await.is(StatusCode::NO_CONTENT);
    clinic.vendor().lucia_writes("Hola").await;
    clinic.until_count("select count(*) from conversation where state = 'queued'", 1).await;
    let talk: ConversationId = one(&clinic.ground.db, "select id from conversation").await.unwrap();
    let why = page.gets(&format!("/conversations/{talk}/why")).await.is(StatusCode::OK).body;
    for words in ["Quienes podrían están en pausa o desconectados.", "En pausa", "enrutamiento versión 1"]
    {
        assert!(why.contains(words), "{words}: {why}");
    }
}
