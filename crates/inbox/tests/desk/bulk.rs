//! One thing is done to many conversations, row by row.

use chrono::TimeDelta;
use domain::{ConversationId, ConversationState, PresenceState, Principal, QueueId};
use inbox::{
    assignment,
    bulk::{self, BulkError, Deed, MOST, Progress},
};
use uuid::Uuid;

use crate::scene::Scene;

async fn begins(
    scene: &Scene,
    by: &Principal,
    deed: &Deed,
    talks: &[ConversationId],
) -> Result<Uuid, BulkError> {
    let tx = scene.begin().await;
    let begun = bulk::begin(&tx, by, deed, talks, scene.now).await;
    if begun.is_ok() {
        tx.commit().await.unwrap();
    }
    begun
}

async fn takes_back(scene: &Scene, by: &Principal, id: Uuid) -> Result<Uuid, BulkError> {
    let tx = scene.begin().await;
    let begun = bulk::undo(&tx, by, id, scene.now).await;
    if begun.is_ok() {
        tx.commit().await.unwrap();
    }
    begun
}

async fn ends(scene: &Scene, by: &Principal, id: Uuid) -> Progress {
    while bulk::step(scene.db(), id, scene.now).await.unwrap() {}
    bulk::progress(scene.db(), by, id, scene.now).await.unwrap().unwrap()
}

fn whys(progress: &Progress) -> Vec<&str> {
    progress.not_done.iter().map(|one| one.result.as_str()).collect()
}

#[tokio::test]
async fn each_row_has_its_own_result_and_what_was_done_is_taken_back() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (one, two) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let (closed, his) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    let tx = scene.begin().await;
    inbox::closing::close(&tx, &valeria, closed, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let close = Deed::Close { outcome: None };
    let chosen = [one, closed, his, two, one, ConversationId::new()];
    let id = begins(&scene, &valeria, &close, &chosen).await.unwrap();
    let progress = ends(&scene, &valeria, id).await;
    assert_eq!((progress.total, progress.done, progress.refused), (4, 2, 2), "none twice");
    assert_eq!(whys(&progress), ["closed", "not_found"]);
    assert_eq!(progress.not_done[1].contact_name, "", "what she may not see has no name");
    assert!(progress.ended && progress.undoable);
    assert_eq!(scene.desk(&valeria).await.load, 0);
    assert_eq!(scene.holder(his).await, Some(mateo.person));
    assert!(bulk::progress(scene.db(), &mateo, id, scene.now).await.unwrap().is_none(), "it is hers");
    assert!(matches!(takes_back(&scene, &mateo, id).await, Err(BulkError::NotFound)));

    let back = takes_back(&scene, &valeria, id).await.unwrap();
    let progress = ends(&scene, &valeria, back).await;
    assert_eq!((progress.total, progress.done), (2, 2));
    assert_eq!(
        (scene.holder(one).await, scene.holder(two).await),
        (Some(valeria.person), Some(valeria.person))
    );
    assert_eq!(scene.conversation(closed).await.state, ConversationState::Closed);
    for again in [id, back] {
        assert!(matches!(takes_back(&scene, &valeria, again).await, Err(BulkError::NotUndoable)));
    }
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_supervisor_tags_gives_and_puts_aside_and_each_comes_back() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let (held, waits) = (scene.talk_of(&valeria).await, scene.talk(30).await);
    let until = Some(scene.now + TimeDelta::hours(1));
    let does = async |deed: Deed| {
        let id = begins(&scene, &gabriela, &deed, &[held, waits]).await.unwrap();
        let progress = ends(&scene, &gabriela, id).await;
        assert_eq!((progress.done, progress.refused), (2, 0), "{deed:?}: {:?}", whys(&progress));
        id
    };
    let back = async |id: Uuid| {
        let id = takes_back(&scene, &gabriela, id).await.unwrap();
        let progress = ends(&scene, &gabriela, id).await;
        assert_eq!((progress.done, progress.refused), (2, 0), "{:?}", whys(&progress));
        scene.assert_books_balance().await;
    };
    let tagged = does(Deed::Tag { tag: "campaña".into(), on: true }).await;
    let tags = "select count(*) from conversation_tag where tag = 'campaña'";
    assert_eq!(scene.count(tags, []).await, 2);
    back(tagged).await;
    assert_eq!(scene.count(tags, []).await, 0);

    let given = does(Deed::Assign { to: mateo.person }).await;
    assert_eq!(scene.desk(&mateo).await.load, 2);
    back(given).await;
    assert_eq!((scene.holder(held).await, scene.holder(waits).await), (Some(valeria.person), None));

    let aside = does(Deed::Snooze { until }).await;
    assert_eq!(scene.conversation(held).await.state, ConversationState::Snoozed);
    back(aside).await;
    assert_eq!(scene.conversation(held).await.preferred_id, Some(valeria.person));

    does(Deed::Snooze { until }).await;
    let longer = does(Deed::Snooze { until: until.map(|at| at + TimeDelta::hours(1)) }).await;
    back(longer).await;
    for talk in [held, waits] {
        let found = scene.conversation(talk).await;
        assert_eq!(
            (found.state, found.snoozed_until),
            (ConversationState::Snoozed, until),
            "as it was before"
        );
    }
}

#[tokio::test]
async fn what_is_moved_comes_back_to_whoever_held_it_and_what_cannot_be_is_refused() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let ventas = QueueId::new();
    scene.run("insert into queue (id, name) values ($1, 'Ventas')", [ventas.into()]).await;
    let (held, waits) = (scene.talk_of(&valeria).await, scene.talk(30).await);
    let (closed, his) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    let tx = scene.begin().await;
    inbox::closing::close(&tx, &valeria, closed, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let place = async |talk| (scene.conversation(talk).await.queue_id, scene.holder(talk).await);
    let to = Deed::Move { to: ventas };

    let moved = begins(&scene, &gabriela, &to, &[held, waits, closed]).await.unwrap();
    let progress = ends(&scene, &gabriela, moved).await;
    assert_eq!((progress.done, whys(&progress)), (2, vec!["closed"]));
    assert_eq!((place(held).await, place(waits).await), ((ventas, None), (ventas, None)));
    let back = takes_back(&scene, &gabriela, moved).await.unwrap();
    assert_eq!(ends(&scene, &gabriela, back).await.done, 2);
    assert_eq!(place(held).await, (scene.queue, Some(valeria.person)));
    assert_eq!(place(waits).await, (scene.queue, None));
    scene.assert_books_balance().await;

    // An agent moves what is hers, out of her own sight, and fetches it back.
    let moved = begins(&scene, &valeria, &to, &[held, his]).await.unwrap();
    let progress = ends(&scene, &valeria, moved).await;
    assert_eq!((progress.done, whys(&progress)), (1, vec!["not_found"]));
    let back = takes_back(&scene, &valeria, moved).await.unwrap();
    assert_eq!(whys(&ends(&scene, &valeria, back).await), [""; 0]);
    assert_eq!(place(held).await, (scene.queue, Some(valeria.person)));
    assert_eq!(place(his).await, (scene.queue, Some(mateo.person)));

    // Who held it has gone: it waits where it waited.
    let moved = begins(&scene, &gabriela, &to, &[held]).await.unwrap();
    ends(&scene, &gabriela, moved).await;
    scene.be(&valeria, PresenceState::Offline).await;
    let back = takes_back(&scene, &gabriela, moved).await.unwrap();
    assert_eq!(ends(&scene, &gabriela, back).await.done, 1);
    assert_eq!(place(held).await, (scene.queue, None));

    let nowhere = Deed::Move { to: QueueId::new() };
    let refused = begins(&scene, &gabriela, &nowhere, &[held]).await.unwrap();
    assert_eq!(whys(&ends(&scene, &gabriela, refused).await), ["no_such_target"]);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn what_somebody_has_by_now_is_not_taken_from_them_and_later_nothing_is() {
    let mut scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (one, two) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let given = begins(&scene, &gabriela, &Deed::Assign { to: mateo.person }, &[one, two]).await.unwrap();
    ends(&scene, &gabriela, given).await;
    // Of the two he puts one back, and Valeria takes it up.
    let tx = scene.begin().await;
    assignment::release(&tx, &mateo, one, scene.now).await.unwrap();
    assignment::claim(&tx, &valeria, one, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let back = takes_back(&scene, &gabriela, given).await.unwrap();
    let progress = ends(&scene, &gabriela, back).await;
    assert_eq!((progress.done, whys(&progress)), (1, vec!["changed"]));
    assert_eq!(
        (scene.holder(one).await, scene.holder(two).await),
        (Some(valeria.person), Some(valeria.person))
    );

    let closed = begins(&scene, &gabriela, &Deed::Close { outcome: None }, &[one, two]).await.unwrap();
    assert!(ends(&scene, &gabriela, closed).await.undoable);
    scene.now += TimeDelta::minutes(3);
    // She went on with one of them, and is done with it.
    let tx = scene.begin().await;
    inbox::reopening::reopen(&tx, &valeria, one, scene.now).await.unwrap();
    inbox::closing::close(&tx, &valeria, one, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let back = takes_back(&scene, &gabriela, closed).await.unwrap();
    assert_eq!(whys(&ends(&scene, &gabriela, back).await), ["changed"]);
    assert_eq!(scene.conversation(one).await.state, ConversationState::Closed);
    assert_ne!(scene.conversation(two).await.state, ConversationState::Closed);

    let later = begins(&scene, &gabriela, &Deed::Close { outcome: None }, &[two]).await.unwrap();
    assert!(ends(&scene, &gabriela, later).await.undoable);
    scene.now += bulk::UNDO_WITHIN + TimeDelta::seconds(1);
    assert!(!ends(&scene, &gabriela, later).await.undoable);
    assert!(matches!(takes_back(&scene, &gabriela, later).await, Err(BulkError::NotUndoable)));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn one_that_never_gets_through_holds_up_nobody_and_a_job_that_was_given_up_ends_its_deed() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (one, two) = (scene.talk(5).await, scene.talk(5).await);
    let stuck = "create function stuck() returns trigger language plpgsql as $$
        begin raise exception 'stuck' using errcode = tg_argv[0]; end $$";
    scene.run(stuck, []).await;
    for (code, again) in [("40P01", 0), ("55P03", 4)] {
        let trigger = format!(
            "create trigger stuck before insert on conversation_tag for each row
             when (new.conversation_id = '{one}') execute function stuck('{code}')"
        );
        scene.run(&trigger, []).await;
        let tag = Deed::Tag { tag: code.to_lowercase(), on: true };
        let id = begins(&scene, &gabriela, &tag, &[one, two]).await.unwrap();
        for _ in 0..again {
            bulk::step(scene.db(), id, scene.now).await.unwrap_err();
        }
        let progress = ends(&scene, &gabriela, id).await;
        assert_eq!((progress.done, progress.ended, whys(&progress)), (1, true, vec!["failed"]), "{code}");
        scene.run("drop trigger stuck on conversation_tag", []).await;
    }

    let tag = Deed::Tag { tag: "x".into(), on: true };
    let id = begins(&scene, &gabriela, &tag, &[one, two]).await.unwrap();
    assert_eq!(bulk::end_given_up(scene.db(), Some(id), scene.now).await.unwrap(), 0, "its turn will come");
    scene.run("update job set failed_at = clock_timestamp()", []).await;
    assert_eq!(bulk::end_given_up(scene.db(), Some(Uuid::now_v7()), scene.now).await.unwrap(), 0);
    assert_eq!(bulk::end_given_up(scene.db(), Some(id), scene.now).await.unwrap(), 1);
    let progress = ends(&scene, &gabriela, id).await;
    assert_eq!((progress.ended, whys(&progress)), (true, vec!["failed", "failed"]));
}

#[tokio::test]
async fn what_was_cancelled_is_left_as_it_was_and_a_lost_permission_stops_it() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let gabriela = scene.supervisor("gabriela").await;
    let mut talks = Vec::new();
    for _ in 0..25 {
        talks.push(scene.talk(5).await);
    }
    let tag = Deed::Tag { tag: "x".into(), on: true };
    let id = begins(&scene, &gabriela, &tag, &talks).await.unwrap();
    assert!(bulk::step(scene.db(), id, scene.now).await.unwrap(), "there is more");
    let tx = scene.begin().await;
    assert!(matches!(bulk::cancel(&tx, &valeria, id, scene.now).await, Err(BulkError::NotFound)));
    bulk::cancel(&tx, &gabriela, id, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let progress = ends(&scene, &gabriela, id).await;
    assert_eq!((progress.done, progress.cancelled, progress.ended), (20, 5, true));

    let id = begins(&scene, &gabriela, &Deed::Close { outcome: None }, &talks[..1]).await.unwrap();
    scene.run("delete from role_permission where permission = 'conversation.close'", []).await;
    let progress = ends(&scene, &gabriela, id).await;
    assert_eq!(whys(&progress), ["not_found"]);
    assert_eq!(scene.conversation(talks[0]).await.state, ConversationState::Queued);
}

#[tokio::test]
async fn nothing_and_more_than_are_taken_at_once_are_refused() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let tag = Deed::Tag { tag: "x".into(), on: true };
    assert!(matches!(begins(&scene, &gabriela, &tag, &[]).await, Err(BulkError::Nothing)));
    let strangers: Vec<_> = (0..3).map(|_| ConversationId::new()).collect();
    assert!(matches!(begins(&scene, &gabriela, &tag, &strangers).await, Err(BulkError::Nothing)));
    let many: Vec<_> = (0..=MOST).map(|_| ConversationId::new()).collect();
    assert!(matches!(begins(&scene, &gabriela, &tag, &many).await, Err(BulkError::TooMany)));
    let jobs = "select count(*) from job";
    assert_eq!(scene.count(jobs, []).await, 0);
}
