//! A conversation is offered, and taken or not.

use chrono::TimeDelta;
use domain::PresenceState;
use inbox::{
    assignment::{AssignError, Handover, assign, claim, offers},
    closing, dispatcher,
};
use routing::policy::{LapsedOffer, Mode, Sticky, StickyTo};
use sea_orm::TransactionTrait as _;

use crate::scene::Scene;

fn offered(policy: &mut routing::Policy) {
    policy.queues[0].mode = Mode::Offer { seconds: 20, lapsed: LapsedOffer { pause_after: 2 } };
}

#[tokio::test]
async fn an_offer_keeps_a_slot_and_becomes_a_conversation_when_it_is_accepted() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, offered).await;
    let talk = scene.talk(30).await;

    assert_eq!(scene.dispatch().await, 1);
    let waits = scene.conversation(talk).await;
    assert_eq!((waits.assignee_id, waits.offered_to), (None, Some(valeria.person)));
    assert_eq!(waits.offered_until, Some(scene.now + TimeDelta::seconds(20)));
    assert_eq!(scene.desk(&valeria).await.load, 1);
    assert_eq!(scene.dispatch().await, 0, "one offer at a time");
    scene.assert_books_balance().await;

    let tx = scene.begin().await;
    offers::accept(&tx, &valeria, talk, scene.now).await.unwrap();
    let twice = offers::accept(&tx, &valeria, talk, scene.now).await;
    assert!(matches!(twice, Err(AssignError::NotFound)));
    tx.commit().await.unwrap();
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert_eq!(scene.desk(&valeria).await.load, 1);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_declined_offer_goes_to_a_colleague_and_not_back() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    scene.publish(&alonso, offered).await;
    scene.be(&mateo, PresenceState::Paused).await;
    let talk = scene.talk(30).await;
    assert_eq!(scene.dispatch().await, 1);

    let tx = scene.begin().await;
    assert!(matches!(offers::decline(&tx, &mateo, talk, scene.now).await, Err(AssignError::NotFound)));
    offers::decline(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(scene.desk(&valeria).await.load, 0);
    assert_eq!(scene.dispatch().await, 0, "she does not want it, he is on a pause");
    scene.be(&mateo, PresenceState::Available).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.conversation(talk).await.offered_to, Some(mateo.person));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn whoever_lets_two_offers_run_out_is_paused() {
    let mut scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, offered).await;
    for (missed, state) in [(1, PresenceState::Available), (2, PresenceState::Paused)] {
        scene.talk(30).await;
        assert_eq!(scene.dispatch().await, 1);
        let tx = scene.begin().await;
        assert_eq!(offers::lapse(&tx, scene.now + TimeDelta::seconds(19)).await.unwrap(), 0, "it stands");
        scene.now += TimeDelta::seconds(20);
        assert_eq!(offers::lapse(&tx, scene.now).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let desk = scene.desk(&valeria).await;
        assert_eq!((desk.offers_missed, desk.state, desk.load), (missed, state, 0));
    }
    assert_eq!(scene.desk(&valeria).await.pause_code.as_deref(), Some("offers_missed"));
    let spans = "select count(*) from presence_span where state = 'paused' and until_at is null";
    assert_eq!(scene.count(spans, []).await, 1);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_supervisor_goes_over_an_offer_and_a_colleague_does_not() {
    let scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    scene.publish(&alonso, offered).await;
    scene.be(&mateo, PresenceState::Paused).await;
    let talk = scene.talk(30).await;
    assert_eq!(scene.dispatch().await, 1);

    let tx = scene.begin().await;
    let refused = claim(&tx, &mateo, talk, scene.now).await;
    assert!(matches!(refused, Err(AssignError::OfferedTo(person)) if person == valeria.person));
    let wish = Handover { conversation: talk, from: None, to: mateo.person };
    assign(&tx, &alonso, wish, scene.now).await.unwrap();
    let gone = offers::accept(&tx, &valeria, talk, scene.now).await;
    assert!(matches!(gone, Err(AssignError::NotFound)));
    tx.commit().await.unwrap();
    assert_eq!(scene.holder(talk).await, Some(mateo.person));
    assert_eq!(scene.desk(&valeria).await.load, 0, "her slot is free again");
    let withdrawn = "select count(*) from offer where outcome = 'withdrawn'";
    assert_eq!(scene.count(withdrawn, []).await, 1);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn the_next_one_is_what_the_router_would_give() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, |policy| policy.queues[0].mode = Mode::Pull).await;
    let (young, old) = (scene.talk(10).await, scene.talk(100).await);
    assert_eq!(scene.dispatch().await, 0, "who pulls is given nothing");

    let tx = scene.begin().await;
    assert_eq!(dispatcher::take_next(&tx, &valeria, scene.now).await.unwrap(), Some(old));
    assert_eq!(dispatcher::take_next(&tx, &valeria, scene.now).await.unwrap(), Some(young));
    assert_eq!(dispatcher::take_next(&tx, &valeria, scene.now).await.unwrap(), None);
    tx.commit().await.unwrap();
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn a_contact_comes_back_to_who_served_them_and_waits_for_them_a_while() {
    let mut scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    let sticky = Sticky { to: StickyTo::LastAgent, wait: 60 };
    scene.publish(&alonso, |policy| policy.queues[0].sticky = Some(sticky)).await;
    scene.run("update presence set capacity = 1", []).await;
    let talk = scene.talk_of(&valeria).await;
    let tx = scene.begin().await;
    inbox::assignment::release(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    // She has put it back, so it is not hers any more, whatever the queue says.
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(mateo.person));

    let tx = scene.db().begin().await.unwrap();
    closing::close(&tx, &mateo, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    let busy = scene.talk_of(&mateo).await;
    scene
        .run(
            "update conversation set state = 'queued', queued_at = $2 - interval '1 second', preferred_id = $3,
                  preferred_until = $2 + interval '60 seconds', preferred_why = 'last_agent' where id = $1",
            [talk.into(), scene.now.into(), mateo.person.into()],
        )
        .await;
    assert_eq!(scene.dispatch().await, 0, "valeria could, but mateo goes first for a minute");
    let stepped = dispatcher::step(scene.db(), scene.now).await.unwrap();
    assert_eq!(stepped.next, Some(scene.now + TimeDelta::seconds(60)), "and then it is looked at again");
    scene.now += TimeDelta::seconds(61);
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    assert_eq!(scene.holder(busy).await, Some(mateo.person));
}

#[tokio::test]
async fn every_decision_tells_later_how_everybody_fared() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let camila = scene.agent("camila").await;
    scene.be(&camila, PresenceState::Paused).await;
    scene.talk_of(&mateo).await;
    let talk = scene.talk(40).await;
    assert_eq!(scene.dispatch().await, 1);
    // Whatever they do since.
    scene.be(&camila, PresenceState::Available).await;

    let told = dispatcher::explain_past(scene.db(), talk, 5).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].person, told[0].policy), (valeria.person, 0));
    let verdict = |who: domain::PersonId| {
        told[0].choice.considered.iter().find(|considered| considered.person == who).unwrap().verdict
    };
    assert_eq!(verdict(valeria.person), routing::Verdict::Chosen);
    assert_eq!(verdict(mateo.person), routing::Verdict::Busier { load: 1 });
    assert_eq!(verdict(camila.person), routing::Verdict::Away { presence: PresenceState::Paused });
}

#[tokio::test]
async fn whoever_is_on_a_pause_or_full_is_told_so_when_they_ask_for_the_next_one() {
    let scene = Scene::new().await;
    let (alonso, valeria) = (scene.supervisor("alonso").await, scene.agent("valeria").await);
    scene.publish(&alonso, |policy| policy.queues[0].mode = Mode::Pull).await;
    let ask = async || {
        let tx = scene.begin().await;
        let answer = dispatcher::take_next(&tx, &valeria, scene.now).await;
        tx.commit().await.unwrap();
        answer
    };
    scene.be(&valeria, PresenceState::Paused).await;
    assert!(matches!(ask().await, Ok(None)), "nobody waits");
    let first = scene.talk(30).await;
    assert!(matches!(ask().await, Err(AssignError::TargetOffline)));
    scene.be(&valeria, PresenceState::Available).await;
    scene.run("update presence set wrap_up_until = now() + interval '1 hour'", []).await;
    assert!(matches!(ask().await, Ok(Some(talk)) if talk == first), "who asks is done with writing up");
    scene.talk(20).await;
    scene.run("update presence set capacity = 1", []).await;
    assert!(matches!(ask().await, Err(AssignError::Full)));
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn what_was_handed_to_a_team_waits_for_its_people_until_less_is_asked() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk(30).await;
    scene.run("update conversation set team_id = (select id from team)", []).await;
    assert_eq!(scene.dispatch().await, 0, "neither is of the team");
    let why = dispatcher::explain(scene.db(), talk, scene.now).await.unwrap().unwrap();
    assert_eq!(why.decision, routing::Decision::Wait { reason: routing::WaitReason::NobodyOfTheTeam });
    let tx = scene.begin().await;
    assert!(matches!(claim(&tx, &mateo, talk, scene.now).await, Err(AssignError::OtherTeam)));
    drop(tx);
    scene
        .run("insert into team_member (team_id, person_id) select id, $1 from team", [valeria.person.into()])
        .await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    let other = scene.talk(30).await;
    scene.run("update presence set state = 'paused' where person_id = $1", [valeria.person.into()]).await;
    scene.run("update conversation set team_id = (select id from team) where id = $1", [other.into()]).await;
    assert_eq!(scene.dispatch().await, 0, "of the team she alone");
    scene.run("update conversation set relaxed = 1 where id = $1", [other.into()]).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!(scene.holder(other).await, Some(mateo.person), "it is the queue's again");
    scene.assert_books_balance().await;
}
