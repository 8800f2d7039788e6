//! Files come with messages, are shown to whoever sees the conversation, and to nobody else.

use domain::ConversationId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    clinic::{Clinic, Page, Person, one},
    helpers::Answer,
};

/// The first file, and the states of all, oldest first.
async fn first_file(clinic: &Clinic) -> Uuid {
    one(&clinic.ground.db, "select id from file order by created_at, id").await.unwrap()
}

async fn states(clinic: &Clinic) -> String {
    let sql = "select coalesce(string_agg(state, ' ' order by created_at, id), '') from file";
    one(&clinic.ground.db, sql).await.unwrap()
}

async fn until_heard(page: &mut Page, words: &str) {
    page.until(words, |page| page.heard.iter().any(|frame| frame.contains(words))).await;
}

async fn asks(person: &Person, path: &str, headers: &[(&'static str, &str)]) -> reqwest::Response {
    let mut request = person.browser.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    person.browser.raw(request).await
}

#[tokio::test]
async fn a_picture_comes_alive_in_the_bubble_and_an_outsider_finds_nothing() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Te mando una foto").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;
    let mateo = clinic.agent("Mateo").await;

    let media = clinic.vendor().keeps("image").await;
    clinic.vendor().lucia_sends("image", json!({ "id": media, "caption": "la de arriba" })).await;
    until_heard(&mut hers, "/thumbnail").await;
    let file = first_file(&clinic).await;
    assert_eq!(states(&clinic).await, "stored");
    hers.becomes_a_fresh_load().await;

    let small = asks(&valeria, &format!("/files/{file}/thumbnail"), &[]).await;
    assert_eq!(small.status(), StatusCode::OK);
    assert_eq!(small.headers()["content-type"], "image/jpeg");
    assert_eq!(small.headers()["x-content-type-options"], "nosniff");
    assert_eq!(small.headers()["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(small.headers()["cache-control"], "private, max-age=3600");
    assert!(small.bytes().await.unwrap().starts_with(b"\xff\xd8"));

    let whole = asks(&valeria, &format!("/files/{file}"), &[]).await;
    assert_eq!(whole.headers()["content-type"], "image/jpeg");
    assert!(whole.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; "));
    let bytes = whole.bytes().await.unwrap();
    let part = asks(&valeria, &format!("/files/{file}"), &[("range", "bytes=2-5")]).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()["content-range"], format!("bytes 2-5/{}", bytes.len()));
    assert_eq!(part.bytes().await.unwrap(), bytes[2..6]);
    let behind = asks(&valeria, &format!("/files/{file}"), &[("range", "bytes=99999999-")]).await;
    assert_eq!(behind.status(), StatusCode::RANGE_NOT_SATISFIABLE);

    for path in [format!("/files/{file}"), format!("/files/{file}/thumbnail")] {
        assert_eq!(asks(&mateo, &path, &[]).await.status(), StatusCode::NOT_FOUND);
    }
    let gabriela = clinic.supervisor("Gabriela").await;
    assert_eq!(asks(&gabriela, &format!("/files/{file}"), &[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_is_over_is_asked_for_again_and_a_file_that_is_over_is_shown_as_such() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let mut hers = valeria.opens(talk).await;

    let media = clinic.vendor().keeps("pdf").await;
    let over = format!("{}/lookaside/attachments/?mid={media}&ext=1&hash=x", clinic.vendor().graph_root());
    clinic
        .vendor()
        .lucia_sends("document", json!({ "id": media, "filename": "Cotización.pdf", "url": over }))
        .await;
    until_heard(&mut hers, "Cotización.pdf").await;
    clinic
        .until_count("select count(*) from file where state = 'stored' and type = 'application/pdf'", 1)
        .await;

    // Its life ends before anybody asks for it.
    let gone = clinic.vendor().keeps("voice").await;
    clinic.vendor().ages(8 * 24 * 3600).await;
    clinic
        .vendor()
        .lucia_sends("audio", json!({ "id": gone, "mime_type": "audio/ogg", "voice": true }))
        .await;
    until_heard(&mut hers, "Ya no está disponible en WhatsApp").await;
    assert_eq!(states(&clinic).await, "stored expired");
    // Messages went on meanwhile.
    clinic.vendor().lucia_writes("¿La recibiste?").await;
    hers.until("the bubble", |page| page.shows("¿La recibiste?")).await;
}

#[tokio::test]
async fn what_comes_by_way_of_twilio_is_fetched_with_its_credentials_and_past_its_redirect() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("Hola").await;
    let mut hers = valeria.opens(clinic.held_conversation().await).await;
    let media = clinic.vendor().keeps("image").await;
    clinic.vendor().lucia_texts_with("mira", &media).await;
    until_heard(&mut hers, "/thumbnail").await;
    assert_eq!(states(&clinic).await, "stored");
}

#[tokio::test]
async fn files_go_with_their_messages() {
    let clinic = Clinic::open().await;
    clinic.agent("Valeria").await;
    let media = clinic.vendor().keeps("image").await;
    clinic.vendor().lucia_sends("image", json!({ "id": media })).await;
    clinic.until_count("select count(*) from file where state = 'stored'", 1).await;
    let id = first_file(&clinic).await;
    let store = &clinic.node.state.files;
    assert!(store.read(id, files::Part::Whole).await.is_ok());

    clinic.ground.run("delete from message").await;
    assert_eq!(clinic.count("select count(*) from file").await, 0);
    clinic.ground.run("update job set due_at = now() where kind = 'tidy_files'").await;
    clinic.node.state.wakes.work();
    clinic.until_count("select count(*) from file_gone", 0).await;
    assert!(matches!(store.read(id, files::Part::Whole).await, Err(files::StoreError::NotFound)));
    assert!(matches!(store.read(id, files::Part::Thumbnail).await, Err(files::StoreError::NotFound)));
}

#[tokio::test]
async fn a_link_for_a_vendor_opens_one_file_for_a_while() {
    let clinic = Clinic::open().await;
    let media = clinic.vendor().keeps("pdf").await;
    clinic
        .vendor()
        .lucia_sends("document", json!({ "id": media, "filename": "Mi cotización final.pdf" }))
        .await;
    clinic.until_count("select count(*) from file where state = 'stored'", 1).await;
    let id = first_file(&clinic).await;
    let now = chrono::Utc::now();
    let link = clinic.node.state.links.to(
        domain::FileId(id),
        Some("Mi cotización final.pdf"),
        Some("application/pdf"),
        now,
    );
    let link = link.unwrap();
    for method in [Method::HEAD, Method::GET] {
        // Without cookies, as a vendor comes.
        let answer = reqwest::Client::new().request(method, link.clone()).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        assert_eq!(answer.headers()["content-disposition"], "inline; filename=\"Mi_cotizaci_n_fi.pdf\"");
        assert!(answer.headers()["content-length"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    }
    let forged = link.as_str().replace("/media/", "/media/A");
    let answer = reqwest::Client::new().get(forged).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

/// Attach a file as the composer does: the body is the file.
async fn attaches(page: &Page, talk: ConversationId, query: &str, bytes: Vec<u8>) -> Answer {
    let request = page
        .request(Method::POST, &format!("/conversations/{talk}/files?{query}"))
        .header("content-type", "application/octet-stream")
        .body(bytes);
    page.person.browser.clone().send(request).await
}

async fn sends(page: &Page, talk: ConversationId, file: &Value, caption: Option<&str>) -> Answer {
    let content = json!({
        "kind": file["kind"], "file": file["id"], "voice": file["voice"], "caption": caption,
    });
    let request = page
        .request(Method::POST, &format!("/conversations/{talk}/messages"))
        .json(&json!({ "client_id": Uuid::now_v7(), "content": content }));
    page.person.browser.clone().send(request).await
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const RECORDED: &[u8] = include_bytes!("../../crates/voice-note/fixtures/chromium.webm");

#[tokio::test]
async fn a_paper_and_a_voice_note_arrive_as_what_they_are() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("¿Me mandas la cotización?").await;
    let talk = clinic.held_conversation().await;
    let hers = valeria.opens(talk).await;

    let paper = attaches(&hers, talk, "name=Cotizaci%C3%B3n.pdf&type=application%2Fpdf", PDF.to_vec()).await;
    let paper: Value = serde_json::from_str(&paper.is(StatusCode::CREATED).body).unwrap();
    assert_eq!((&paper["kind"], &paper["caption"]), (&json!("document"), &json!(true)));
    sends(&hers, talk, &paper, Some("Aquí está")).await.is(StatusCode::CREATED);
    let sent = clinic.vendor().until_sent(1).await;
    assert_eq!(sent[0]["type"], "document", "{sent:?}");

    let note = attaches(&hers, talk, "voice=true&type=audio%2Fwebm", RECORDED.to_vec()).await;
    let note: Value = serde_json::from_str(&note.is(StatusCode::CREATED).body).unwrap();
    assert_eq!((&note["kind"], &note["voice"]), (&json!("audio"), &json!(true)));
    sends(&hers, talk, &note, None).await.is(StatusCode::CREATED);
    let sent = clinic.vendor().until_sent(2).await;
    assert_eq!(sent[1]["type"], "audio", "{sent:?}");
    clinic
        .until_count("select count(*) from file where voice and type = 'audio/ogg' and seconds > 1", 1)
        .await;
    clinic.until_count("select count(*) from file_at_vendor", 2).await;

    // What went with a message goes with no other.
    assert!(!sends(&hers, talk, &paper, None).await.status.is_success());
}

#[tokio::test]
async fn what_the_vendor_would_refuse_is_refused_here_in_the_person_s_language() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_writes("Hola").await;
    let talk = clinic.held_conversation().await;
    let hers = valeria.opens(talk).await;
    let refused = async |query: &str, bytes: Vec<u8>, words: &str| {
        let answer = attaches(&hers, talk, query, bytes).await;
        assert!(answer.status.is_client_error(), "{query}: {}", answer.status);
        assert!(answer.body.contains(words), "{query}: {}", answer.body);
    };
    refused("name=a.jpg", b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "HEIC").await;
    let mut webp = b"RIFF\0\0\0\0WEBPVP8 ".to_vec();
    webp.resize(200_000, 0);
    refused("name=foto.jpg&type=image%2Fjpeg", webp, "WebP").await;
    let mut film = b"\0\0\0\x18ftypisom\0\0\0\0".to_vec();
    film.resize(20 * 1024 * 1024, 0);
    refused("name=v.mp4", film, "demasiado grande").await;
    refused("name=x.exe", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0".to_vec(), "tipo de archivo")
        .await;
    refused("name=nada", Vec::new(), "vacío").await;
    refused("voice=true", b"no sound".to_vec(), "grabación").await;
    assert_eq!(clinic.count("select count(*) from file").await, 0);

    // Who may not answer attaches nothing, and what is attached is its person's alone.
    let mateo = clinic.agent("Mateo").await;
    let his = mateo.opens_inbox().await;
    attaches(&his, talk, "name=a.pdf", PDF.to_vec()).await.is(StatusCode::NOT_FOUND);
    let paper = attaches(&hers, talk, "name=a.pdf", PDF.to_vec()).await.is(StatusCode::CREATED);
    let paper: Value = serde_json::from_str(&paper.body).unwrap();
    let path = format!("/files/{}", paper["id"].as_str().unwrap());
    let request = his.request(Method::DELETE, &path);
    his.person.browser.clone().send(request).await.is(StatusCode::NOT_FOUND);
    let request = hers.request(Method::DELETE, &path);
    hers.person.browser.clone().send(request).await.is(StatusCode::NO_CONTENT);
    assert_eq!(clinic.count("select count(*) from file").await, 0);
}

#[tokio::test]
async fn a_paper_goes_by_way_of_twilio_as_a_link_that_the_vendor_fetches() {
    let clinic = Clinic::open().await;
    let valeria = clinic.agent("Valeria").await;
    clinic.vendor().lucia_texts("¿Me mandas la cotización?").await;
    let talk = clinic.held_conversation().await;
    let hers = valeria.opens(talk).await;
    let paper = attaches(&hers, talk, "name=Cotizaci%C3%B3n.pdf", PDF.to_vec()).await;
    let paper: Value = serde_json::from_str(&paper.is(StatusCode::CREATED).body).unwrap();
    sends(&hers, talk, &paper, Some("Aquí está")).await.is(StatusCode::CREATED);
    let sent = clinic.vendor().until_sent(1).await;
    assert_eq!(sent[0]["body"], "Aquí está", "{sent:?}");
    let link = json!(sent).to_string();
    assert!(link.contains("/media/") && link.contains("Cotizaci_n.pdf"), "{link}");
    assert_eq!(clinic.count("select count(*) from file_at_vendor").await, 0);
}
