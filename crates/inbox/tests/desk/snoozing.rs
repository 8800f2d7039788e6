//! A conversation is put aside, and comes back.

use chrono::TimeDelta;
use domain::{ConversationId, ConversationState, List, MustAct, Permission, PresenceState, Principal, View};
use inbox::{
    applier,
    assignment::{self, Handover},
    closing, reading,
    snoozing::{self, Fetched, LONGEST, SnoozeError, Until},
    watch,
};
use routing::policy::CustomerSilence;
use testing::{PHONE_NUMBER_ID, WABA, meta};

use crate::scene::Scene;

async fn aside(scene: &Scene, by: &Principal, talk: ConversationId, until: Until) -> Result<(), SnoozeError> {
    let tx = scene.begin().await;
    let done = snoozing::snooze(&tx, by, talk, until, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

async fn back(scene: &Scene, by: &Principal, talk: ConversationId) -> Result<Fetched, SnoozeError> {
    let tx = scene.begin().await;
    let done = snoozing::wake(&tx, by, talk, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

fn in_minutes(scene: &Scene, minutes: i64) -> Until {
    Until::Time(scene.now + TimeDelta::minutes(minutes))
}

async fn sees(scene: &Scene, who: &Principal, talk: ConversationId) -> bool {
    let reach = who.reach(Permission::ConversationRead);
    let line = reading::conversations::one(scene.db(), who.person, talk, &reach).await.unwrap();
    let by_sql = line.is_some();
    assert_eq!(
        by_sql,
        who.can_see(&scene.conversation(talk).await.facts()),
        "one rule, in memory and in SQL"
    );
    by_sql
}

async fn passes(scene: &mut Scene, minutes: i64) -> usize {
    scene.now += TimeDelta::minutes(minutes);
    watch::step(scene.db(), scene.now).await.unwrap().done
}

#[tokio::test]
async fn what_is_put_aside_frees_its_holder_and_comes_back_to_them_at_its_time() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;
    scene.reply(&valeria, talk, "Lo veo con el laboratorio y le aviso").await;
    aside(&scene, &valeria, talk, in_minutes(&scene, 60)).await.unwrap();

    let put = scene.conversation(talk).await;
    assert_eq!((put.state, put.assignee_id), (ConversationState::Snoozed, None));
    assert_eq!(put.snoozed_until, Some(scene.now + TimeDelta::minutes(60)));
    assert_eq!(scene.desk(&valeria).await.load, 0);
    assert!(scene.desk(&valeria).await.wrap_up_until.is_none(), "it is not done, so nothing is written up");
    scene.assert_books_balance().await;
    assert!(sees(&scene, &valeria, talk).await && sees(&scene, &gabriela, talk).await);
    assert!(!sees(&scene, &mateo, talk).await, "it is hers, not the whole queue's");
    assert_eq!(scene.dispatch().await, 0, "nobody is given what is put aside");

    passes(&mut scene, 59).await;
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Snoozed);
    assert_eq!(passes(&mut scene, 1).await, 1);
    let woken = scene.conversation(talk).await;
    assert_eq!((woken.state, woken.must_act), (ConversationState::Queued, MustAct::Agent));
    assert_eq!((woken.must_act_since, woken.snoozed_until), (scene.now, None), "it is our turn again");
    // Mateo has been idle for longer, and still it is hers.
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert_eq!(scene.conversation(talk).await.returns_to, None);
    scene.assert_books_balance().await;
    let kinds = "select count(*) from event where conversation_id = $1
        and kind in ('conversation_snoozed', 'conversation_woken')";
    assert_eq!(scene.count(kinds, [talk.into()]).await, 2);
}

#[tokio::test]
async fn whoever_is_away_is_not_waited_for() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    aside(&scene, &valeria, talk, in_minutes(&scene, 60)).await.unwrap();
    scene.be(&valeria, PresenceState::Offline).await;
    passes(&mut scene, 60).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    assert!(!sees(&scene, &valeria, talk).await, "it is another's by now");
}

#[tokio::test]
async fn a_message_of_the_customer_ends_it_whatever_its_time() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let number = format!("phone_number_id:{}", PHONE_NUMBER_ID);
    scene
        .run("update channel set vendor_key = $1, account_key = 'waba:' || $2", [number.into(), WABA.into()])
        .await;
    let writes = async |id: &str, words: &str| {
        let body = meta::messages(&[meta::text("51900000001", id, scene.now.timestamp(), words)]);
        let receipt = "insert into receipt (source, body, received_at) values ('whatsapp', $1, $2)";
        scene.run(receipt, [body.into(), scene.now.into()]).await;
        assert_eq!(applier::step(scene.db(), scene.now).await.unwrap().receipts, 1);
    };
    writes("wamid.1", "Hola").await;
    scene.dispatch().await;
    let talk = scene.list(&valeria, &View::of(List::Mine)).await[0];
    scene.reply(&valeria, talk, "Buenas, ¿qué día puede?").await;
    for until in [Until::Answer, in_minutes(&scene, 600)] {
        aside(&scene, &valeria, talk, until).await.unwrap();
        writes(&format!("wamid.{until:?}"), "El martes").await;
        let woken = scene.conversation(talk).await;
        assert_eq!((woken.state, woken.must_act), (ConversationState::Queued, MustAct::Agent));
        assert_eq!(scene.dispatch().await, 1);
        assert_eq!(scene.holder(talk).await, Some(valeria.person));
        scene.reply(&valeria, talk, "Anotado").await;
    }
    let opened = "select count(*) from conversation";
    assert_eq!(scene.count(opened, []).await, 1, "it goes on with the same one");
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn by_hand_it_is_the_holders_again_and_by_a_supervisors_hand_it_waits_for_them() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;
    aside(&scene, &valeria, talk, Until::Answer).await.unwrap();
    assert!(matches!(back(&scene, &mateo, talk).await, Err(SnoozeError::NotFound)));
    assert_eq!(back(&scene, &valeria, talk).await.unwrap(), Fetched::Held);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert!(matches!(back(&scene, &valeria, talk).await, Err(SnoozeError::NotSnoozed)));
    scene.assert_books_balance().await;

    aside(&scene, &gabriela, talk, Until::Answer).await.unwrap();
    assert_eq!(scene.holder(talk).await, None, "whoever holds it, a supervisor puts it aside");
    assert_eq!(back(&scene, &gabriela, talk).await.unwrap(), Fetched::Waits);
    assert_eq!(scene.conversation(talk).await.preferred_id, Some(valeria.person));
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
}

#[tokio::test]
async fn whoever_has_no_room_any_more_does_not_get_it_by_hand_either() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    aside(&scene, &valeria, talk, Until::Answer).await.unwrap();
    for _ in 0..3 {
        scene.talk_of(&valeria).await;
    }
    assert_eq!(back(&scene, &valeria, talk).await.unwrap(), Fetched::Waits);
    assert_eq!((scene.holder(talk).await, scene.desk(&valeria).await.load), (None, 3));
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Queued);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn what_is_put_aside_can_be_given_put_aside_longer_and_closed() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;
    aside(&scene, &valeria, talk, in_minutes(&scene, 10)).await.unwrap();
    aside(&scene, &valeria, talk, in_minutes(&scene, 30)).await.unwrap();
    assert_eq!(scene.conversation(talk).await.returns_to, Some(valeria.person));
    assert_eq!(passes(&mut scene, 10).await, 0, "the later time holds");

    let wish = Handover { conversation: talk, from: None, to: mateo.person };
    let tx = scene.begin().await;
    assignment::assign(&tx, &gabriela, wish, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let given = scene.conversation(talk).await;
    assert_eq!((given.assignee_id, given.snoozed_until, given.returns_to), (Some(mateo.person), None, None));
    assert_eq!(passes(&mut scene, 60).await, 0, "nothing comes back any more");

    aside(&scene, &mateo, talk, Until::Answer).await.unwrap();
    let tx = scene.begin().await;
    closing::close(&tx, &mateo, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed);
    assert!(matches!(aside(&scene, &mateo, talk, Until::Answer).await, Err(SnoozeError::Closed)));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_moment_that_is_over_or_years_away_is_refused() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let stranger = scene.stranger("renata").await;
    for until in [scene.now, scene.now - TimeDelta::hours(1), scene.now + LONGEST + TimeDelta::seconds(1)] {
        assert!(matches!(aside(&scene, &valeria, talk, Until::Time(until)).await, Err(SnoozeError::BadTime)));
    }
    assert!(matches!(aside(&scene, &stranger, talk, Until::Answer).await, Err(SnoozeError::NotFound)));
    assert_eq!(scene.holder(talk).await, Some(valeria.person), "nothing has changed");
}

#[tokio::test]
async fn a_silence_that_was_agreed_upon_closes_nothing() {
    let mut scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    scene
        .publish(&gabriela, |policy| {
            policy.queues[0].customer_silence = Some(CustomerSilence {
                remind_after: None,
                reminder: routing::policy::Message([].into()),
                close_after: Some(1800),
                outcome: "sin respuesta".into(),
            });
        })
        .await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    scene.reply(&valeria, talk, "¿Le va bien el jueves?").await;
    aside(&scene, &valeria, talk, in_minutes(&scene, 120)).await.unwrap();
    passes(&mut scene, 60).await;
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Snoozed);
    assert_eq!(back(&scene, &valeria, talk).await.unwrap(), Fetched::Held);
    passes(&mut scene, 29).await;
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Assigned);
    passes(&mut scene, 1).await;
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed, "the silence began anew");
}
