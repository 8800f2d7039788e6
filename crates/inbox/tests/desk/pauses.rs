//! Pauses with a code, finishing before one, and writing up afterwards.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{PresenceState, Principal};
use inbox::{
    assignment, closing, dispatcher,
    presence::{self, Arrival, PresenceError},
    reading,
};
use routing::policy::Pause;

use crate::scene::Scene;

fn pause(code: &str, name: &str) -> Pause {
    Pause { code: code.to_owned(), name: name.to_owned(), longest: None, at_once: BTreeMap::new() }
}

async fn puts(
    scene: &Scene,
    by: &Principal,
    who: &Principal,
    state: PresenceState,
    code: &str,
) -> Result<(), PresenceError> {
    let tx = scene.begin().await;
    presence::set(&tx, by, who.person, state, Some(code), scene.now).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn closes(scene: &Scene, who: &Principal, talk: domain::ConversationId) {
    let tx = scene.begin().await;
    closing::close(&tx, who, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn one_chooses_from_the_published_list_and_from_a_ready_made_one_before() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    let goes_on = async |code: &str| puts(&scene, &valeria, &valeria, PresenceState::Paused, code).await;
    goes_on("coaching").await.unwrap();
    assert!(matches!(goes_on("siesta").await, Err(PresenceError::UnknownPause)));
    assert!(matches!(goes_on("silent").await, Err(PresenceError::UnknownPause)), "the house's own");
    assert_eq!(scene.desk(&valeria).await.pause_code.as_deref(), Some("coaching"));

    scene.publish(&alonso, |policy| policy.pauses = vec![pause("siesta", "Siesta")]).await;
    goes_on("siesta").await.unwrap();
    assert!(matches!(goes_on("coaching").await, Err(PresenceError::UnknownPause)));
    let mine = reading::start::start(scene.db(), valeria.person).await.unwrap().presence.unwrap();
    assert_eq!(mine.pause.map(|pause| pause.name).as_deref(), Some("Siesta"));
    assert_eq!(mine.pauses.len(), 1);
}

#[tokio::test]
async fn only_so_many_of_a_queue_lunch_at_once_unless_a_supervisor_says_so() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo, camila) = (
        scene.supervisor("alonso").await,
        scene.agent("valeria").await,
        scene.agent("mateo").await,
        scene.agent("camila").await,
    );
    let two = Pause { at_once: [(scene.queue, 2)].into(), ..pause("lunch", "Almuerzo") };
    scene.publish(&alonso, |policy| policy.pauses = vec![two, pause("bath", "Baño")]).await;
    let held = scene.talk_of(&mateo).await;
    puts(&scene, &valeria, &valeria, PresenceState::Paused, "lunch").await.unwrap();
    // Who is about to go counts already: otherwise there would be three when he has finished.
    puts(&scene, &mateo, &mateo, PresenceState::PrePause, "lunch").await.unwrap();
    match puts(&scene, &camila, &camila, PresenceState::Paused, "lunch").await {
        Err(PresenceError::PauseFull { people, queue, name, .. }) => {
            assert_eq!((people, queue.as_str(), name.as_str()), (2, "Citas", "Almuerzo"));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(scene.desk(&camila).await.state, PresenceState::Available);
    puts(&scene, &mateo, &mateo, PresenceState::Paused, "lunch").await.expect("he has his place");
    puts(&scene, &alonso, &camila, PresenceState::Paused, "lunch").await.unwrap();
    assert_eq!(scene.desk(&camila).await.state, PresenceState::Paused);
    assert_eq!(scene.holder(held).await, Some(mateo.person));
}

#[tokio::test]
async fn two_who_want_the_last_place_get_one_of_it() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    let one = Pause { at_once: [(scene.queue, 1)].into(), ..pause("lunch", "Almuerzo") };
    scene.publish(&alonso, |policy| policy.pauses = vec![one]).await;
    let (hers, his) = tokio::join!(
        puts(&scene, &valeria, &valeria, PresenceState::Paused, "lunch"),
        puts(&scene, &mateo, &mateo, PresenceState::Paused, "lunch")
    );
    assert_ne!(hers.is_ok(), his.is_ok(), "{hers:?} {his:?}");
}

#[tokio::test]
async fn who_finishes_is_on_the_pause_with_the_last_conversation() {
    let mut scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    for _ in 0..2 {
        let done = scene.talk_of(&valeria).await;
        scene.now += TimeDelta::minutes(3);
        closes(&scene, &valeria, done).await;
    }
    let (first, last) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    puts(&scene, &valeria, &valeria, PresenceState::PrePause, "lunch").await.unwrap();
    scene.talk(10).await;
    assert_eq!(scene.dispatch().await, 0, "she takes no more");
    let left =
        reading::start::start(scene.db(), valeria.person).await.unwrap().presence.unwrap().left.unwrap();
    assert_eq!((left.conversations, left.free_at), (2, Some(scene.now + TimeDelta::minutes(6))));

    closes(&scene, &valeria, first).await;
    assert_eq!(scene.desk(&valeria).await.state, PresenceState::PrePause);
    scene.now += TimeDelta::minutes(1);
    let tx = scene.begin().await;
    assignment::release(&tx, &valeria, last, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let desk = scene.desk(&valeria).await;
    assert_eq!(
        (desk.state, desk.pause_code.as_deref(), desk.since),
        (PresenceState::Paused, Some("lunch"), scene.now)
    );
    let told = "select count(*) from event where kind = 'presence_changed' and data->>'state' = 'paused'";
    assert_eq!(scene.count(told, []).await, 1);
    let line = presence::time_line(
        scene.db(),
        valeria.person,
        scene.now - TimeDelta::hours(1),
        scene.now + TimeDelta::hours(1),
    )
    .await
    .unwrap();
    let states: Vec<_> = line.iter().map(|span| span.state).collect();
    assert_eq!(states, [PresenceState::Available, PresenceState::PrePause, PresenceState::Paused]);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn who_has_nothing_left_is_on_the_pause_at_once() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    puts(&scene, &valeria, &valeria, PresenceState::PrePause, "bath").await.unwrap();
    assert_eq!(scene.desk(&valeria).await.state, PresenceState::Paused);
}

#[tokio::test]
async fn the_last_of_a_queue_with_writing_up_is_a_pause_and_no_writing_up() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, |policy| policy.queues[0].wrap_up = 60).await;
    let talk = scene.talk_of(&valeria).await;
    puts(&scene, &valeria, &valeria, PresenceState::PrePause, "lunch").await.unwrap();
    closes(&scene, &valeria, talk).await;
    let desk = scene.desk(&valeria).await;
    assert_eq!((desk.state, desk.wrap_up_until), (PresenceState::Paused, None));
}

#[tokio::test]
async fn writing_up_ends_by_hand_or_by_the_clock_and_stands_in_the_line() {
    let mut scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, |policy| policy.queues[0].wrap_up = 60).await;
    let begun = scene.now;
    let talk = scene.talk_of(&valeria).await;
    scene.now += TimeDelta::seconds(10);
    closes(&scene, &valeria, talk).await;
    let waits = scene.talk(30).await;
    assert_eq!(scene.dispatch().await, 0);
    scene.now += TimeDelta::seconds(20);
    let tx = scene.begin().await;
    assert!(presence::end_wrap_up(&tx, &valeria, scene.now).await.unwrap());
    assert!(!presence::end_wrap_up(&tx, &valeria, scene.now).await.unwrap(), "there is no more to end");
    tx.commit().await.unwrap();
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(waits).await, Some(valeria.person));

    scene.now += TimeDelta::seconds(10);
    closes(&scene, &valeria, waits).await;
    let stepped = dispatcher::step(scene.db(), scene.now).await.unwrap();
    assert_eq!(stepped.given, 0);
    // Swept late, it ended when it did.
    let ended = scene.now + TimeDelta::seconds(60);
    let tx = scene.begin().await;
    assert_eq!(presence::sweep(&tx, scene.now + TimeDelta::seconds(59)).await.unwrap(), 0);
    assert_eq!(presence::sweep(&tx, ended + TimeDelta::seconds(4)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let line =
        presence::time_line(scene.db(), valeria.person, begun, ended + TimeDelta::hours(1)).await.unwrap();
    let told: Vec<_> =
        line.iter().map(|span| (span.code.as_deref(), (span.from_at - begun).num_seconds())).collect();
    assert_eq!(told, [(None, 0), (Some("wrap_up"), 10), (None, 30), (Some("wrap_up"), 40), (None, 100)]);
}

#[tokio::test]
async fn who_was_lost_on_a_pause_comes_back_to_it() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    puts(&scene, &valeria, &valeria, PresenceState::Paused, "lunch").await.unwrap();
    let lost = async || {
        scene.run("update presence set lease_until = now() - interval '2 minutes'", []).await;
        let tx = scene.begin().await;
        assert_eq!(presence::sweep(&tx, scene.now + TimeDelta::minutes(2)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    };
    let comes = async |how| {
        let tx = scene.begin().await;
        assert!(presence::arrive(&tx, valeria.person, how, scene.now + TimeDelta::minutes(3)).await.unwrap());
        tx.commit().await.unwrap();
        let desk = scene.desk(&valeria).await;
        (desk.state, desk.pause_code)
    };
    lost().await;
    assert_eq!(comes(Arrival::Reconnected).await, (PresenceState::Paused, Some("lunch".to_owned())));
    lost().await;
    assert_eq!(comes(Arrival::SignedIn).await, (PresenceState::Available, None), "a new day");
}
