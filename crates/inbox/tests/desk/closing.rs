//! A conversation is closed with an outcome, and opened again by hand.

use chrono::TimeDelta;
use domain::{AttributeKind, ConversationId, ConversationState, Event, OutcomeId, Principal};
use inbox::{
    attributes,
    closing::{self, CloseError, With},
    outcomes::{self, ClosingRule, OutcomeError, Typed},
    reopening::{self, ReopenError},
    snoozing::Fetched,
    watch,
};
use routing::policy::{CustomerSilence, Message};

use crate::scene::Scene;

async fn closes(scene: &Scene, by: &Principal, talk: ConversationId, with: With) -> Result<(), CloseError> {
    let tx = scene.begin().await;
    let done = closing::close_with(&tx, by, talk, with, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

async fn reopens(scene: &Scene, by: &Principal, talk: ConversationId) -> Result<Fetched, ReopenError> {
    let tx = scene.begin().await;
    let done = reopening::reopen(&tx, by, talk, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

async fn outcome(scene: &Scene, name: &str, parent: Option<OutcomeId>) -> OutcomeId {
    let tx = scene.begin().await;
    let typed = Typed { name: name.into(), parent, ..Typed::default() };
    let id = outcomes::create(&tx, typed).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn with(outcome: OutcomeId) -> With {
    With { outcome: Some(outcome), ..With::default() }
}

#[tokio::test]
async fn a_leaf_is_kept_with_its_words_and_a_group_or_a_retired_one_is_refused() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let venta = outcome(&scene, "Venta", None).await;
    let implante = outcome(&scene, "Implante", Some(venta)).await;
    let spam = outcome(&scene, "Spam", None).await;
    let tx = scene.begin().await;
    outcomes::retire(&tx, spam, scene.now).await.unwrap();
    tx.commit().await.unwrap();

    let talk = scene.talk_of(&valeria).await;
    for refused in [venta, spam, OutcomeId::new()] {
        let closed = closes(&scene, &valeria, talk, with(refused)).await;
        assert!(matches!(closed, Err(CloseError::NoSuchOutcome)));
    }
    let note = Some("  Paga en dos cuotas ".to_owned());
    closes(&scene, &valeria, talk, With { note, ..with(implante) }).await.unwrap();
    let closed = scene.conversation(talk).await;
    assert_eq!(closed.outcome.as_deref(), Some("Venta › Implante"));
    assert_eq!((closed.state, closed.outcome_id), (ConversationState::Closed, Some(implante)));
    let told = "select count(*) from event where conversation_id = $1 and kind = 'conversation_closed'
        and data->>'outcome' = 'Venta › Implante' and data->>'note' = 'Paga en dos cuotas'";
    assert_eq!(scene.count(told, [talk.into()]).await, 1);

    let tx = scene.begin().await;
    let typed = Typed { name: "Implantes".into(), parent: Some(venta), ..Typed::default() };
    outcomes::change(&tx, implante, typed).await.unwrap();
    outcomes::retire(&tx, venta, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(outcomes::all(scene.db()).await.unwrap().is_empty(), "what is in a group goes with it");
    let kept = scene.conversation(talk).await;
    assert_eq!(kept.outcome.as_deref(), Some("Venta › Implante"), "in the words of then");
}

#[tokio::test]
async fn closing_asks_for_what_the_company_and_the_outcome_ask_for() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let tx = scene.begin().await;
    let seguro = attributes::create(&tx, "Seguro", AttributeKind::Text, false).await.unwrap();
    let dni = attributes::create(&tx, "DNI", AttributeKind::Text, true).await.unwrap();
    let rule = ClosingRule { outcome_required: true, required: [seguro.clone()].into() };
    outcomes::set_rule(&tx, rule.clone()).await.unwrap();
    tx.commit().await.unwrap();

    let talk = scene.talk_of(&valeria).await;
    let missing = |closed: Result<(), CloseError>| match closed {
        Err(CloseError::Missing(names)) => names,
        other => panic!("{other:?}"),
    };
    // Where there are no outcomes yet, none can be asked for.
    assert_eq!(missing(closes(&scene, &valeria, talk, With::default()).await), ["Seguro"]);
    let tx = scene.begin().await;
    let typed = Typed { name: "Cita".into(), parent: None, required: [dni.clone()].into() };
    let cita = outcomes::create(&tx, typed).await.unwrap();
    tx.commit().await.unwrap();
    let closed = closes(&scene, &valeria, talk, With::default()).await;
    assert!(matches!(closed, Err(CloseError::OutcomeRequired)));
    assert_eq!(missing(closes(&scene, &valeria, talk, with(cita)).await), ["Seguro", "DNI"]);
    let fill = "update contact set attributes = jsonb_build_object($1::text, 'x', $2::text, 'y')";
    scene.run(fill, [seguro.into(), dni.clone().into()]).await;
    let long = With { note: Some("a".repeat(1001)), ..with(cita) };
    assert!(matches!(closes(&scene, &valeria, talk, long).await, Err(CloseError::NoteTooLong(1001))));
    closes(&scene, &valeria, talk, with(cita)).await.unwrap();

    // Filled in on the way, by whoever may write on the contact; with a refusal, nothing of it stays.
    let other = scene.talk_of(&valeria).await;
    scene.run("update contact set attributes = '{}'", []).await;
    let fields = [("seguro".to_owned(), "Rímac".to_owned()), (dni.clone(), "41".to_owned())];
    let part = With { fields: [fields[0].clone()].into(), ..with(cita) };
    assert_eq!(missing(closes(&scene, &valeria, other, part).await), ["DNI"]);
    assert_eq!(scene.count("select count(*) from contact where attributes <> '{}'", []).await, 0);
    let whole = With { fields: fields.clone().into(), ..with(cita) };
    closes(&scene, &valeria, other, whole).await.unwrap();
    assert_eq!(
        scene.count("select count(*) from contact where attributes ->> 'seguro' = 'Rímac'", []).await,
        1
    );
    let mut reader = valeria.clone();
    reader.grants.remove(&domain::Permission::ContactUpdate);
    let third = scene.talk_of(&valeria).await;
    scene.run("update contact set attributes = '{}'", []).await;
    let whole = With { fields: fields.into(), ..with(cita) };
    assert_eq!(
        missing(closes(&scene, &reader, third, whole).await),
        ["Seguro", "DNI"],
        "not theirs to write"
    );

    let tx = scene.begin().await;
    attributes::retire(&tx, &dni).await.unwrap();
    tx.commit().await.unwrap();
    scene.run("update contact set attributes = attributes - $1::text", [dni.into()]).await;
    let talk = scene.talk_of(&valeria).await;
    assert_eq!(
        missing(closes(&scene, &valeria, talk, with(cita)).await),
        ["Seguro"],
        "a retired field is not missed"
    );
}

#[tokio::test]
async fn time_closes_with_the_leaf_of_that_name_and_asks_nobody() {
    let mut scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let silent = outcome(&scene, "Sin respuesta", None).await;
    let tx = scene.begin().await;
    outcomes::set_rule(&tx, ClosingRule { outcome_required: true, required: [].into() }).await.unwrap();
    tx.commit().await.unwrap();
    scene
        .publish(&gabriela, |policy| {
            policy.queues[0].customer_silence = Some(CustomerSilence {
                remind_after: None,
                reminder: Message([].into()),
                close_after: Some(600),
                outcome: "sin respuesta".into(),
            });
        })
        .await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    scene.reply(&valeria, talk, "¿Le va bien?").await;
    scene.now += TimeDelta::seconds(600);
    watch::step(scene.db(), scene.now).await.unwrap();
    let closed = scene.conversation(talk).await;
    assert_eq!((closed.outcome.as_deref(), closed.outcome_id), (Some("sin respuesta"), Some(silent)));
}

#[tokio::test]
async fn a_tree_has_three_levels_no_circle_and_no_name_twice_in_a_group() {
    let scene = Scene::new().await;
    let venta = outcome(&scene, "Venta", None).await;
    let implante = outcome(&scene, "Implante", Some(venta)).await;
    let uno = outcome(&scene, "Uno", Some(implante)).await;
    let cita = outcome(&scene, "Cita", None).await;
    outcome(&scene, "Implante", Some(cita)).await;
    let tx = scene.begin().await;
    let typed = |name: &str, parent| Typed { name: name.into(), parent, required: [].into() };
    assert!(matches!(outcomes::create(&tx, typed("Más", Some(uno))).await, Err(OutcomeError::TooDeep)));
    assert!(matches!(outcomes::create(&tx, typed("venta", None)).await, Err(OutcomeError::Taken)));
    assert!(matches!(outcomes::create(&tx, typed(" ", None)).await, Err(OutcomeError::BadName)));
    assert!(matches!(outcomes::create(&tx, typed("a\nb", None)).await, Err(OutcomeError::BadName)));
    let unknown = Typed { required: ["nada".to_owned()].into(), ..typed("Otra", None) };
    assert!(matches!(outcomes::create(&tx, unknown).await, Err(OutcomeError::NoSuchField)));
    assert!(matches!(
        outcomes::change(&tx, venta, typed("Venta", Some(uno))).await,
        Err(OutcomeError::TooDeep)
    ));
    assert!(matches!(
        outcomes::change(&tx, venta, typed("Venta", Some(cita))).await,
        Err(OutcomeError::TooDeep)
    ));
    outcomes::shift(&tx, cita, true).await.unwrap();
    outcomes::shift(&tx, cita, true).await.unwrap();
    let paths: Vec<String> = outcomes::all(&tx).await.unwrap().into_iter().map(|one| one.path).collect();
    let expected = ["Cita", "Cita › Implante", "Venta", "Venta › Implante", "Venta › Implante › Uno"];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn what_was_closed_by_a_slip_goes_on_as_if_it_had_not_been() {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let before = scene.conversation(talk).await;
    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    scene.now += TimeDelta::seconds(5);
    assert!(matches!(reopens(&scene, &mateo, talk).await, Err(ReopenError::NotFound)));
    assert_eq!(reopens(&scene, &valeria, talk).await.unwrap(), Fetched::Held);
    let again = scene.conversation(talk).await;
    assert_eq!((again.assignee_id, again.state), (Some(valeria.person), ConversationState::Assigned));
    assert_eq!((again.begun_at, again.closed_at, again.outcome), (before.begun_at, None, None));
    assert_eq!(scene.desk(&valeria).await.load, 1);
    scene.assert_books_balance().await;
    let said = scene.count("select count(*) from message where direction = 'out'", []).await;
    watch::step(scene.db(), scene.now).await.unwrap();
    let after = scene.count("select count(*) from message where direction = 'out'", []).await;
    assert_eq!(said, after, "nobody is greeted twice");
    assert!(matches!(reopens(&scene, &valeria, talk).await, Err(ReopenError::Open)));
    let event = Event::ConversationReopened { conversation: talk, queue: scene.queue };
    let reopened = "select count(*) from event where kind = $1 and actor_id = $2";
    assert_eq!(scene.count(reopened, [event.kind().into(), valeria.person.into()]).await, 1);
}

#[tokio::test]
async fn what_is_reopened_waits_for_its_last_holder_where_it_is_not_theirs_by_hand() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    scene.agent("mateo").await;
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;
    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    assert_eq!(reopens(&scene, &gabriela, talk).await.unwrap(), Fetched::Waits);
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    for _ in 0..3 {
        scene.talk_of(&valeria).await;
    }
    assert_eq!(reopens(&scene, &valeria, talk).await.unwrap(), Fetched::Waits, "she has no room any more");
    assert_eq!(scene.desk(&valeria).await.load, 3);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn after_a_day_it_is_history_and_beside_an_open_one_too() {
    let mut scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    let other = scene.talk(0).await;
    let same = "update conversation set contact_id = (select contact_id from conversation where id = $2) where id = $1";
    scene.run(same, [other.into(), talk.into()]).await;
    assert!(matches!(reopens(&scene, &valeria, talk).await, Err(ReopenError::Another(id)) if id == other));
    scene.run("delete from conversation where id = $1", [other.into()]).await;
    scene.now += TimeDelta::hours(24);
    assert!(matches!(reopens(&scene, &valeria, talk).await, Err(ReopenError::TooLate)));
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed);
}

#[tokio::test]
async fn by_hand_a_day_holds_whatever_the_channel_s_time() {
    let mut scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    scene.run("update channel set reopen_within = 0", []).await;
    assert_eq!(reopens(&scene, &valeria, talk).await.unwrap(), Fetched::Held);
    closes(&scene, &valeria, talk, With::default()).await.unwrap();
    scene.run("update channel set reopen_within = 2592000", []).await;
    scene.now += TimeDelta::hours(24);
    assert!(matches!(reopens(&scene, &valeria, talk).await, Err(ReopenError::TooLate)));
}
