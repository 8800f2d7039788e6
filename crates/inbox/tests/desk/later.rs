//! Answers that go out later: once, at their time, unless something has changed.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Content, ConversationId, FileId, Principal,
    content::Media,
    interactive::{Interactive, ReplyButton},
};
use futures_util::future::join_all;
use inbox::{
    closing,
    reply::{
        Draft,
        later::{self, Looked, PlanError, Planned},
    },
};
use uuid::Uuid;

use crate::scene::Scene;

fn draft(talk: ConversationId) -> Draft {
    Draft::text(talk, Uuid::now_v7(), "¿Cómo amaneció?")
}

async fn plan(
    scene: &Scene,
    by: &Principal,
    draft: &Draft,
    due: DateTime<Utc>,
) -> Result<Planned, PlanError> {
    let tx = scene.begin().await;
    let planned = later::plan(&tx, by, draft, due, scene.now).await;
    tx.commit().await.unwrap();
    planned
}

async fn look(scene: &Scene, at: DateTime<Utc>) -> (usize, usize) {
    let Looked { sent, asked, .. } = later::step(scene.db(), at).await.unwrap();
    (sent, asked)
}

async fn why(scene: &Scene) -> Option<String> {
    let standing = inbox::reading::planned::of(scene.db(), &scene.talks().await).await.unwrap();
    standing.into_values().flatten().next().and_then(|line| line.why)
}

#[tokio::test]
async fn it_goes_out_at_its_second_and_once_whoever_looks() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let (mine, due) = (draft(talk), scene.now + TimeDelta::hours(2));
    let clicks = join_all((0..3).map(|_| plan(&scene, &valeria, &mine, due))).await;
    assert_eq!(clicks.into_iter().filter(|click| click.as_ref().unwrap().new).count(), 1);

    assert_eq!(look(&scene, due - TimeDelta::seconds(1)).await, (0, 0));
    assert_eq!(scene.count("select count(*) from message", []).await, 0);
    let looks = join_all((0..3).map(|_| look(&scene, due))).await;
    assert_eq!(looks.iter().map(|(sent, _)| sent).sum::<usize>(), 1);
    assert_eq!(look(&scene, due + TimeDelta::hours(1)).await, (0, 0));
    assert_eq!(scene.count("select count(*) from message where direction = 'out'", []).await, 1);
    assert_eq!(scene.count("select count(*) from delivery", []).await, 1);
    assert_eq!(scene.conversation(talk).await.last_author_id, Some(valeria.person));
}

#[tokio::test]
async fn nothing_is_planned_for_when_it_could_not_go() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let until = scene.conversation(talk).await.window_until.unwrap();
    let refused = async |due| plan(&scene, &valeria, &draft(talk), due).await;
    assert!(matches!(refused(until).await, Err(PlanError::BeyondWindow(Some(since))) if since == until));
    assert!(matches!(refused(scene.now).await, Err(PlanError::Past)));
    assert!(matches!(refused(scene.now + TimeDelta::days(61)).await, Err(PlanError::TooFar)));
    let question = Content::Interactive(Interactive::Buttons {
        header: None,
        body: "¿Viene?".to_owned(),
        footer: None,
        buttons: vec![ReplyButton { id: "si".to_owned(), title: "Sí".to_owned() }],
    });
    let asked = Draft { content: question, ..draft(talk) };
    let refused = plan(&scene, &valeria, &asked, until + TimeDelta::minutes(1)).await;
    assert!(matches!(refused, Err(PlanError::BeyondWindow(_))), "the window is law for buttons too");
    let mateo = scene.agent("mateo").await;
    let his = plan(&scene, &mateo, &draft(talk), scene.now + TimeDelta::hours(1)).await;
    assert!(matches!(his, Err(PlanError::NotFound)));
    assert!(plan(&scene, &valeria, &draft(talk), until - TimeDelta::seconds(1)).await.is_ok());
    assert_eq!(scene.count("select count(*) from planned", []).await, 1);
}

#[tokio::test]
async fn whatever_changed_is_asked_about_and_nothing_goes_out() {
    let due = |scene: &Scene| scene.now + TimeDelta::hours(2);
    let begun = async || {
        let scene = Scene::new().await;
        let valeria = scene.agent("valeria").await;
        let talk = scene.talk_of(&valeria).await;
        let planned = plan(&scene, &valeria, &draft(talk), due(&scene)).await.unwrap();
        (scene, valeria, talk, planned.id)
    };
    let nothing_left = async |scene: &Scene| scene.count("select count(*) from message", []).await == 0;

    // The customer wrote: asked at once, not at the time.
    let (scene, valeria, talk, planned) = begun().await;
    scene.run("update conversation set inbound_count = inbound_count + 1 where id = $1", [talk.into()]).await;
    assert_eq!(look(&scene, scene.now).await, (0, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("customer_wrote"));
    assert_eq!(look(&scene, due(&scene)).await, (0, 0), "asked once");
    assert!(nothing_left(&scene).await);
    let tx = scene.begin().await;
    later::send_now(&tx, &valeria, planned, scene.now).await.unwrap();
    assert!(matches!(later::cancel(&tx, &valeria, planned, scene.now).await, Err(PlanError::NotFound)));
    tx.commit().await.unwrap();
    assert_eq!(scene.count("select count(*) from delivery", []).await, 1, "all the same");

    // It was closed.
    let (scene, valeria, talk, planned) = begun().await;
    let tx = scene.begin().await;
    closing::close(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(look(&scene, scene.now).await, (0, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("closed"));
    let tx = scene.begin().await;
    assert!(matches!(later::send_now(&tx, &valeria, planned, scene.now).await, Err(PlanError::NotSent(_))));
    drop(tx);
    assert!(nothing_left(&scene).await);

    // Somebody else has it; the window is over earlier than it was; the customer wants nothing more.
    let (scene, valeria, talk, _) = begun().await;
    let tx = scene.begin().await;
    inbox::assignment::release(&tx, &scene.supervisor("gabriela").await, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(look(&scene, due(&scene)).await, (0, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("not_theirs"));
    assert!(nothing_left(&scene).await);
    drop(valeria);

    let (scene, _, talk, _) = begun().await;
    scene
        .run("update conversation set window_until = $2 where id = $1", [talk.into(), scene.now.into()])
        .await;
    assert_eq!(look(&scene, due(&scene)).await, (0, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("window_closed"));
    assert!(nothing_left(&scene).await);
}

#[tokio::test]
async fn one_that_the_database_refuses_is_asked_about_and_holds_up_no_other() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let due = scene.now + TimeDelta::hours(2);
    let (hers, his) = (draft(scene.talk_of(&valeria).await), draft(scene.talk_of(&mateo).await));
    plan(&scene, &valeria, &hers, due).await.unwrap();
    plan(&scene, &mateo, &his, due + TimeDelta::minutes(1)).await.unwrap();
    // A message has taken its number since: whoever made both up did so by hand.
    let taken = scene.reply(&valeria, hers.conversation, "Buenos días").await;
    scene
        .run(
            "update message set client_id = $1, author_id = $2 where id = $3",
            [hers.client_id.into(), mateo.person.into(), taken.into()],
        )
        .await;

    assert_eq!(look(&scene, due + TimeDelta::hours(1)).await, (1, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("refused"));
    let again = Draft::text(hers.conversation, hers.client_id, "¿Y hoy?");
    assert!(matches!(plan(&scene, &mateo, &again, due).await, Err(PlanError::NotFound)));
}

#[tokio::test]
async fn what_is_done_is_forgotten_in_time_and_what_waits_is_not() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let due = |hours| scene.now + TimeDelta::hours(hours);
    plan(&scene, &valeria, &draft(talk), due(1)).await.unwrap();
    plan(&scene, &valeria, &draft(talk), due(23)).await.unwrap();
    assert_eq!(look(&scene, due(2)).await, (1, 0));
    inbox::drafts::keep(scene.db(), &valeria, (talk, false), "Ya le", 0, scene.now).await.unwrap();

    let forgotten = async |days| {
        inbox::retention::forget_work(scene.db(), scene.now + TimeDelta::days(days)).await.unwrap()
    };
    assert_eq!(forgotten(29).await, 0);
    assert_eq!(forgotten(32).await, 1, "the one that went out");
    assert_eq!(forgotten(181).await, 1, "the draft");
    assert_eq!(scene.count("select count(*) from planned where state = 'waiting'", []).await, 1);
    assert_eq!(scene.count("select count(*) from message where body = '¿Cómo amaneció?'", []).await, 1);
}

#[tokio::test]
async fn what_is_taken_back_does_not_go_out() {
    let scene = Scene::new().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let mateo = scene.agent("mateo").await;
    let talk = scene.talk_of(&valeria).await;
    let due = scene.now + TimeDelta::hours(1);
    let planned = plan(&scene, &valeria, &draft(talk), due).await.unwrap();
    let tx = scene.begin().await;
    assert!(matches!(later::cancel(&tx, &mateo, planned.id, scene.now).await, Err(PlanError::NotFound)));
    later::cancel(&tx, &gabriela, planned.id, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(look(&scene, due).await, (0, 0));
    assert_eq!(scene.count("select count(*) from message", []).await, 0);
}

/// A paper that the person attached there.
async fn paper(scene: &Scene, by: &Principal, talk: ConversationId) -> (FileId, Draft) {
    let file = FileId::new();
    scene
        .run(
            "insert into file (id, channel_id, conversation_id, person_id, state, type, bytes, name)
             values ($1, $2, $3, $4, 'stored', 'application/pdf', 9, 'precios.pdf')",
            [file.into(), scene.channel.into(), talk.into(), by.person.into()],
        )
        .await;
    let media = Media { file: Some(file), caption: Some("Los precios".to_owned()), ..Media::default() };
    (file, Draft { content: Content::Document(media), ..draft(talk) })
}

#[tokio::test]
async fn a_planned_file_is_kept_until_it_goes_and_goes_with_whoever_sends_it() {
    let scene = Scene::new().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let talk = scene.talk_of(&valeria).await;
    let due = scene.now + TimeDelta::hours(1);
    let (file, mine) = paper(&scene, &valeria, talk).await;
    plan(&scene, &valeria, &mine, due).await.unwrap();
    let twice = Draft { client_id: Uuid::now_v7(), ..mine.clone() };
    assert!(matches!(plan(&scene, &valeria, &twice, due).await, Err(PlanError::FileGone)), "it goes once");
    scene
        .run("update file set created_at = $1, changed_at = $1", [(scene.now - TimeDelta::days(3)).into()])
        .await;
    assert_eq!(inbox::files::sweep(scene.db(), std::time::Duration::from_secs(60)).await.unwrap(), 0);
    let tx = scene.begin().await;
    assert!(!inbox::files::discard(&tx, &valeria, file).await.unwrap(), "it is planned");
    tx.commit().await.unwrap();
    assert_eq!(look(&scene, due).await, (1, 0));
    assert_eq!(scene.count("select count(*) from file where message_id is not null", []).await, 1);

    // A supervisor sends it before its time.
    let (_, mine) = paper(&scene, &valeria, talk).await;
    let planned = plan(&scene, &valeria, &mine, due).await.unwrap().id;
    let tx = scene.begin().await;
    later::send_now(&tx, &gabriela, planned, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.count("select count(*) from file where message_id is not null", []).await, 2);

    // Taken back, it is there to be attached anew, and swept like any other that nobody sends.
    let (_, mine) = paper(&scene, &valeria, talk).await;
    let planned = plan(&scene, &valeria, &mine, due).await.unwrap().id;
    scene.run("update file set changed_at = $1", [(scene.now - TimeDelta::days(3)).into()]).await;
    let tx = scene.begin().await;
    later::cancel(&tx, &valeria, planned, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(inbox::files::sweep(scene.db(), std::time::Duration::from_secs(3600)).await.unwrap(), 0);
    plan(&scene, &valeria, &Draft { client_id: Uuid::now_v7(), ..mine }, due).await.unwrap();
}

#[tokio::test]
async fn when_its_file_is_gone_nothing_goes_out_and_its_author_is_told() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let mateo = scene.agent("mateo").await;
    let talk = scene.talk_of(&valeria).await;
    let due = scene.now + TimeDelta::hours(1);
    let (file, mine) = paper(&scene, &valeria, talk).await;
    let planned = plan(&scene, &valeria, &mine, due).await.unwrap().id;
    scene.run("delete from file where id = $1", [file.into()]).await;
    assert_eq!(look(&scene, due).await, (0, 1));
    assert_eq!(why(&scene).await.as_deref(), Some("file_gone"));
    assert_eq!(scene.count("select count(*) from message", []).await, 0);
    let tx = scene.begin().await;
    assert!(matches!(later::send_now(&tx, &mateo, planned, due).await, Err(PlanError::NotFound)));
    drop(tx);
    let tx = scene.begin().await;
    assert!(matches!(later::send_now(&tx, &valeria, planned, due).await, Err(PlanError::FileGone)));
    drop(tx);
    assert!(matches!(plan(&scene, &valeria, &mine, due).await.map(|one| one.new), Ok(false)));
    let again = Draft { client_id: Uuid::now_v7(), ..mine };
    assert!(matches!(plan(&scene, &valeria, &again, due).await, Err(PlanError::FileGone)));
}
