//! Drafts: kept for who writes, never written over unseen, there for who takes over.

use inbox::{
    assignment::{self, Handover},
    drafts::{self, Kept},
};

use crate::scene::Scene;

#[tokio::test]
async fn of_two_tabs_the_later_one_is_told_before_it_writes_over_the_other() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let keep = async |body: &str, base| {
        drafts::keep(scene.db(), &valeria, (talk, false), body, base, scene.now).await.unwrap()
    };

    assert_eq!(keep("Buenas", 0).await, Kept::As(1));
    assert_eq!(keep("Buenas tardes", 1).await, Kept::As(2));
    let Kept::Changed(other) = keep("Buenos días", 1).await else { panic!("unseen") };
    assert_eq!((other.body.as_str(), other.version), ("Buenas tardes", 2));
    assert_eq!(keep("Buenos días", other.version).await, Kept::As(3), "chosen, now that it was seen");
    assert_eq!(keep("Buenos días", 1).await, Kept::As(4), "the same words are no quarrel");
    assert_eq!(keep("", 4).await, Kept::As(5), "sent");
    assert_eq!(keep("Otra cosa", 2).await, Kept::As(6), "nothing is lost where nothing was");

    let note = drafts::keep(scene.db(), &valeria, (talk, true), "Llamar", 0, scene.now).await.unwrap();
    assert_eq!(note, Kept::As(1), "a note is another draft");
    assert_eq!(drafts::mine(scene.db(), valeria.person).await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_takes_over_sees_the_answer_and_who_wrote_it_keeps_it() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;
    let write = async |who, note, body: &str, base| {
        drafts::keep(scene.db(), who, (talk, note), body, base, scene.now).await.unwrap()
    };
    assert_eq!(write(&mateo, false, "Hola", 0).await, Kept::NotFound, "not his to write in");
    write(&valeria, false, "También el vier", 0).await;
    write(&valeria, true, "Es complicado", 0).await;

    let seen = drafts::of(scene.db(), &gabriela, talk).await.unwrap();
    let seen: Vec<_> = seen.iter().map(|draft| (draft.name.as_str(), draft.body.as_str())).collect();
    assert_eq!(seen, [("valeria", "También el vier")], "notes are their author's until they are written");
    assert!(drafts::of(scene.db(), &mateo, talk).await.unwrap().is_empty());

    let tx = scene.begin().await;
    let wish = Handover { conversation: talk, from: Some(valeria.person), to: mateo.person };
    assignment::assign(&tx, &gabriela, wish, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(drafts::of(scene.db(), &mateo, talk).await.unwrap().len(), 1);
    assert_eq!(write(&valeria, false, "También el viernes", 1).await, Kept::As(2), "the end of her sentence");
}
