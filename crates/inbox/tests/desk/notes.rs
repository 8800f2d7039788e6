//! Notes: by whom, whenever, once, and about whom.

use chrono::TimeDelta;
use domain::{ConversationId, Principal};
use futures_util::future::join_all;
use inbox::{
    closing,
    notes::{self, NewNote, NoteError, Written},
    reading,
};
use uuid::Uuid;

use crate::scene::Scene;

fn new(conversation: ConversationId, body: &str) -> NewNote {
    NewNote { conversation, client_id: Uuid::now_v7(), body: body.to_owned() }
}

async fn write(scene: &Scene, by: &Principal, note: NewNote) -> Result<Written, NoteError> {
    let tx = scene.begin().await;
    let written = notes::write(&tx, by, note, scene.now + TimeDelta::days(3)).await;
    tx.commit().await.unwrap();
    written
}

#[tokio::test]
async fn a_note_is_written_whatever_the_window_and_whoever_holds_it_and_goes_nowhere() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;

    assert!(
        write(&scene, &valeria, new(talk, "Llamar el lunes")).await.is_ok(),
        "days after the window's end"
    );
    assert!(write(&scene, &gabriela, new(talk, "Bien llevado")).await.is_ok(), "held by somebody else");
    assert!(matches!(write(&scene, &mateo, new(talk, "Hola")).await, Err(NoteError::NotFound)));
    let tx = scene.begin().await;
    closing::close(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(write(&scene, &valeria, new(talk, "Quedó contenta")).await.is_ok(), "closed");

    let notes = reading::notes::between(scene.db(), talk, None, None).await.unwrap();
    let said: Vec<&str> = notes.iter().map(|note| note.body.as_str()).collect();
    assert_eq!(said, ["Llamar el lunes", "Bien llevado", "Quedó contenta"]);
    assert_eq!(notes[1].author_name, "gabriela");
    for nothing in ["select count(*) from message", "select count(*) from delivery"] {
        assert_eq!(scene.count(nothing, []).await, 0, "{nothing}");
    }
    let conversation = scene.conversation(talk).await;
    assert_eq!(conversation.last_answered_at, None, "a note answers nobody");
}

#[tokio::test]
async fn a_nervous_click_is_one_note() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let note = new(scene.talk_of(&valeria).await, "Pidió factura");

    let clicks = join_all((0..5).map(|_| write(&scene, &valeria, note.clone()))).await;

    let clicks: Vec<Written> = clicks.into_iter().map(Result::unwrap).collect();
    assert_eq!(clicks.iter().filter(|click| click.new).count(), 1);
    assert!(clicks.iter().all(|click| click.note == clicks[0].note));
    assert_eq!(scene.count("select count(*) from note", []).await, 1);
    assert_eq!(scene.count("select count(*) from event where kind = 'note_written'", []).await, 1);
}

#[tokio::test]
async fn what_says_nothing_or_too_much_is_refused() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    assert!(matches!(write(&scene, &valeria, new(talk, " \r\n\0 ")).await, Err(NoteError::Empty)));
    let long = "ñ".repeat(domain::note::LONGEST + 1);
    let refused = write(&scene, &valeria, new(talk, &long)).await;
    assert!(matches!(refused, Err(NoteError::TooLong(length)) if length == domain::note::LONGEST + 1));
    assert!(write(&scene, &valeria, new(talk, &long[2..])).await.is_ok(), "as long as it may be");
    assert_eq!(scene.count("select count(*) from note", []).await, 1);
}

#[tokio::test]
async fn only_people_who_can_see_it_are_named_and_they_are_told_until_they_have_seen_it() {
    let scene = Scene::new().await;
    let (valeria, _mateo) = (scene.agent("Valeria Quispe").await, scene.agent("Mateo Rojas").await);
    let gabriela = scene.supervisor("Gabriela Soto").await;
    let talk = scene.talk_of(&valeria).await;

    let refused = write(&scene, &valeria, new(talk, "@Mateo Rojas y @Gabriela Soto, ¿qué opinan?")).await;
    let Err(NoteError::OutOfSight(names)) = refused else { panic!("{refused:?}") };
    assert_eq!(names, ["Mateo Rojas"]);
    assert_eq!(scene.count("select count(*) from note", []).await, 0, "nothing was changed");

    let naming = new(talk, "@gabriela soto, ¿puedes ver esto? (@Valeria Quispe)");
    let written = write(&scene, &valeria, naming).await.unwrap();
    let told = "select count(*) from mention where seen_at is null";
    assert_eq!(scene.count(told, []).await, 1, "nobody is told of what they wrote themselves");
    let unseen = reading::notes::unseen(scene.db(), &[(gabriela.person, talk)]).await.unwrap();
    assert_eq!((unseen.len(), unseen[0].note.id), (1, written.note));

    assert!(!notes::see(scene.db(), &valeria, talk, scene.now).await.unwrap(), "she was not called");
    assert!(notes::see(scene.db(), &gabriela, talk, scene.now).await.unwrap());
    assert!(!notes::see(scene.db(), &gabriela, talk, scene.now).await.unwrap(), "once");
    assert_eq!(scene.count(told, []).await, 0);
    assert_eq!(scene.count("select count(*) from event where kind = 'mentions_seen'", []).await, 1);
}
