//! A contact is blocked, and let in again; and one is found to be joined with another.

use domain::{ConversationState, MustAct, Permission, typed::Typed};
use inbox::{
    applier,
    contacts::{
        blocking::{self, BlockError},
        vendor_block::{self, Ask, Outcome},
    },
    reopening::{ReopenError, reopen},
    search::{self, Filters},
};
use testing::meta;

use crate::scene::Scene;

pub async fn writes(scene: &Scene, from: &str, id: &str) {
    let body = meta::messages(&[meta::text(from, id, scene.now.timestamp(), "Hola")]);
    let receipt = "insert into receipt (source, body, received_at) values ('whatsapp', $1, $2)";
    scene.run(receipt, [body.into(), scene.now.into()]).await;
    assert_eq!(applier::step(scene.db(), scene.now).await.unwrap().receipts, 1);
}

#[tokio::test]
async fn what_a_blocked_contact_writes_is_kept_and_asks_nobody_for_anything() {
    let scene = Scene::new().await;
    scene.knows_its_number().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    writes(&scene, "51900000009", "wamid.1").await;
    scene.dispatch().await;
    assert_eq!(scene.desk(&valeria).await.load, 1);
    let held = inbox::reading::conversations::within(scene.db(), &domain::Visibility::Everything, 5);
    let line = held.await.unwrap().remove(0);

    let block = async |by: &domain::Principal, reason: &str| {
        let tx = scene.begin().await;
        let done = blocking::block(&tx, by, line.contact_id, reason, scene.now).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    assert!(matches!(block(&valeria, "Insulta").await, Err(BlockError::NotFound)), "supervisors do");
    assert!(matches!(block(&gabriela, "  ").await, Err(BlockError::NoReason)));
    block(&gabriela, "Insulta").await.unwrap();
    assert!(matches!(block(&gabriela, "Otra vez").await, Err(BlockError::Already)));
    let closed = scene.conversation(line.id).await;
    assert_eq!((closed.state, scene.desk(&valeria).await.load), (ConversationState::Closed, 0));

    writes(&scene, "51900000009", "wamid.2").await;
    let still = scene.conversation(line.id).await;
    assert_eq!((still.state, still.must_act), (ConversationState::Closed, closed.must_act));
    assert_eq!(scene.dispatch().await, 0);
    assert_eq!(scene.count("select count(*) from message where direction = 'in'", []).await, 2, "it is kept");
    let marked = "select count(*) from message where muted and vendor_id = 'wamid.2'";
    assert_eq!(scene.count(marked, []).await, 1, "and marked");
    assert_eq!(scene.count("select count(*) from message where muted", []).await, 1);
    assert_eq!(scene.count("select count(*) from conversation where state <> 'closed'", []).await, 0);
    writes(&scene, "51900000010", "wamid.3").await;
    assert_eq!(scene.dispatch().await, 1, "others are heard as ever");
    scene.assert_books_balance().await;

    let tx = scene.begin().await;
    blocking::unblock(&tx, &gabriela, line.contact_id, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    writes(&scene, "51900000009", "wamid.4").await;
    let again = scene.conversation(line.id).await;
    assert_eq!((again.state, again.must_act), (ConversationState::Queued, MustAct::Agent));
}

#[tokio::test]
async fn nobody_opens_for_a_blocked_contact_by_hand_what_was_closed() {
    let scene = Scene::new().await;
    scene.knows_its_number().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    writes(&scene, "51900000009", "wamid.1").await;
    scene.dispatch().await;
    let talk = scene.talks().await[0];
    let contact = scene.contact_of(talk).await;
    let tx = scene.begin().await;
    blocking::block(&tx, &gabriela, contact, "Insulta", scene.now).await.unwrap();
    tx.commit().await.unwrap();
    for by in [&valeria, &gabriela] {
        let tx = scene.begin().await;
        let refused = reopen(&tx, by, talk, scene.now).await;
        assert!(matches!(refused, Err(ReopenError::Blocked)), "{refused:?}");
    }

    // Should one be open all the same, it asks for nothing and nobody: it came to be open that very moment.
    scene.run("update conversation set state = 'queued', closed_at = null, must_act = 'customer'", []).await;
    writes(&scene, "51900000009", "wamid.2").await;
    assert_eq!(scene.conversation(talk).await.must_act, MustAct::Customer);
    assert_eq!(scene.count("select count(*) from message where muted", []).await, 1);
    scene.run("update conversation set state = 'snoozed', returns_to = $1", [valeria.person.into()]).await;
    writes(&scene, "51900000009", "wamid.3").await;
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Snoozed);
    scene
        .run(
            "update conversation set state = 'closed', closed_at = $1, returns_to = null",
            [scene.now.into()],
        )
        .await;

    let tx = scene.begin().await;
    blocking::unblock(&tx, &gabriela, contact, scene.now).await.unwrap();
    reopen(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    writes(&scene, "51900000009", "wamid.4").await;
    assert_eq!(scene.conversation(talk).await.must_act, MustAct::Agent);
}

#[tokio::test]
async fn blocking_ends_every_open_conversation_and_frees_everybody_who_held_one() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (one, other) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    let contact = scene.contact_of(one).await;
    let sms = domain::ChannelId::new();
    scene
        .run(
            "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
             values ($1, 'twilio_sms', 'SMS', '+14155550111', 'number:1', 'twilio:AC1', $2)",
            [sms.into(), scene.queue.into()],
        )
        .await;
    let theirs = "update conversation set contact_id = $2, channel_id = $3 where id = $1";
    scene.run(theirs, [other.into(), contact.into(), sms.into()]).await;
    let tx = scene.begin().await;
    blocking::block(&tx, &gabriela, contact, "Insulta", scene.now).await.unwrap();
    tx.commit().await.unwrap();
    for talk in [one, other] {
        assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed);
    }
    assert_eq!((scene.desk(&valeria).await.load, scene.desk(&mateo).await.load), (0, 0));
    assert_eq!(scene.count("select count(*) from event where kind = 'contact_blocked'", []).await, 2);
    assert_eq!(scene.count("select count(*) from vendor_block", []).await, 1, "by SMS nobody can be asked");
    assert_eq!(scene.count("select count(*) from watch", []).await, 0);
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn the_vendor_is_asked_until_it_answers_and_only_the_newest_wish_counts() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk(5).await;
    let contact = inbox::reading::conversations::some(scene.db(), &[talk]).await.unwrap()[0].contact_id;
    let ask = Ask { contact, channel: scene.channel };
    let wish = async |on: bool| {
        let tx = scene.begin().await;
        if on {
            blocking::block(&tx, &gabriela, contact, "Insulta", scene.now).await.unwrap();
        } else {
            blocking::unblock(&tx, &gabriela, contact, scene.now).await.unwrap();
        }
        tx.commit().await.unwrap();
    };
    let question = async || {
        let question = vendor_block::waiting(scene.db(), ask).await.unwrap().pop()?;
        assert!(vendor_block::begin(scene.db(), ask, &question).await.unwrap());
        Some(question)
    };
    let answer = async |question: &vendor_block::Question, outcome: Outcome| {
        let tx = scene.begin().await;
        vendor_block::answered(&tx, ask, question, &outcome, scene.now).await.unwrap();
        tx.commit().await.unwrap();
    };
    let told = "select count(*) from event where kind = 'vendor_blocked'";
    wish(true).await;
    let mut asked = 0;
    while let Some(question) = question().await {
        assert!(question.wanted && question.tries == asked, "{question:?}");
        answer(&question, Outcome::NoAnswer("away".to_owned())).await;
        asked += 1;
    }
    assert_eq!((asked, scene.count(told, []).await), (8, 1), "then somebody is told");
    assert_eq!(scene.count("select count(*) from contact where blocked_at is not null", []).await, 1);

    let again = async || {
        let tx = scene.begin().await;
        let done = vendor_block::again(&tx, &gabriela, contact, scene.now).await;
        tx.commit().await.unwrap();
        done
    };
    again().await.unwrap();
    assert!(matches!(again().await, Err(BlockError::Already)));
    let first = question().await.unwrap();
    wish(false).await;
    let newer = vendor_block::waiting(scene.db(), ask).await.unwrap().pop().unwrap();
    // Another worker has the job, and finds that it is not its turn.
    scene.run("update job set lease_until = clock_timestamp() + interval '1 minute'", []).await;
    let crosses = vendor_block::begin(scene.db(), ask, &newer).await.unwrap();
    assert!(!newer.wanted && !crosses, "of two calls at once nobody knows which one comes last");
    let due = "select count(*) from job where kind = 'vendor_block' and due_at <= clock_timestamp()";
    assert_eq!(scene.count(due, []).await, 0);
    answer(&first, Outcome::Done).await;
    assert_eq!(scene.count(due, []).await, 1, "it is its turn now");
    let second = question().await.unwrap();
    assert!(!second.wanted, "what was wished before is answered too late");
    answer(&second, Outcome::Done).await;
    assert_eq!((question().await, scene.count(told, []).await), (None, 2));
    assert_eq!(
        scene.count("select count(*) from vendor_block where state = 'done' and not wanted", []).await,
        1
    );

    wish(true).await;
    let third = question().await.unwrap();
    assert!(!vendor_block::begin(scene.db(), ask, &third).await.unwrap(), "somebody is asking");
    scene.run("update vendor_block set asking_until = clock_timestamp()", []).await;
    assert!(vendor_block::begin(scene.db(), ask, &third).await.unwrap(), "they died of it");
}

#[tokio::test]
async fn contacts_to_join_are_found_within_reach_alone_and_by_figures_where_those_are_seen() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (one, other) = (scene.talk(5).await, scene.talk(6).await);
    let contact = async |talk| {
        let held = inbox::reading::conversations::some(scene.db(), &[talk]).await.unwrap();
        held[0].contact_id
    };
    let (lucia, ramiro) = (contact(one).await, contact(other).await);
    let named = "update contact set name = $2 where id = $1";
    scene.run(named, [lucia.into(), "Lucía Fernández".into()]).await;
    scene.run(named, [ramiro.into(), "Ramiro 100% Díaz".into()]).await;
    let address = "insert into identity (id, contact_id, kind, value) values (gen_random_uuid(), $1, 'phone', '+51987412306')";
    scene.run(address, [lucia.into()]).await;
    let find = async |by: &domain::Principal, words: &str| {
        let (typed, filters) = (Typed::parse(words), Filters::default());
        let tx = search::begin(scene.db(), search::LONGEST).await.unwrap();
        let found =
            search::contacts::find(&tx, by, Permission::ContactMerge, &typed, &filters, 12).await.unwrap();
        found.hits.into_iter().map(|one| one.contact_id).collect::<Vec<_>>()
    };
    for words in ["lucia fern", "LUCÍA", "987 412", "412306"] {
        assert_eq!(find(&gabriela, words).await, [lucia], "{words}");
    }
    for words in ["l", "%", "__", "nadie", "\0\0"] {
        assert!(find(&gabriela, words).await.is_empty(), "{words:?}");
    }
    // Who sees numbers hidden does not find anybody by them, nor who joins nobody by anything.
    let mut blind = gabriela.clone();
    blind.grants.remove(&Permission::ContactPiiReveal);
    assert_eq!(find(&blind, "lucia").await, [lucia]);
    assert!(find(&blind, "987412").await.is_empty());
    let stranger = domain::Principal { team_queues: [].into(), ..gabriela.clone() };
    let mut agent = gabriela;
    agent.grants.remove(&Permission::ContactMerge);
    assert!(find(&stranger, "lucia").await.is_empty() && find(&agent, "lucia").await.is_empty());
}
