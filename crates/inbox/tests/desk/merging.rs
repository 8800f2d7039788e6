//! One who is blocked and one who is not are found to be one person; and it was a mistake.

use domain::{ContactId, ConversationId, ConversationState, Principal};
use inbox::contacts::{
    self, MergeReason,
    blocking::{self, BlockError},
    vendor_block::{self, Ask, Outcome},
};
use uuid::Uuid;

use crate::{blocking::writes, scene::Scene};

const ANA: &str = "51900000009";
const LUIS: &str = "51900000010";

/// Gabriela has blocked Ana, whom WhatsApp blocked, too; Luis is talking with Valeria.
struct Clinic {
    scene: Scene,
    valeria: Principal,
    gabriela: Principal,
    ana: ContactId,
    luis: ContactId,
    talk_of_luis: ConversationId,
}

impl Clinic {
    async fn open() -> Self {
        let scene = Scene::new().await;
        scene.knows_its_number().await;
        let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
        writes(&scene, ANA, "wamid.1").await;
        let ana = scene.contact_of(scene.talks().await[0]).await;
        let block = scene.begin().await;
        blocking::block(&block, &gabriela, ana, "Insulta", scene.now).await.unwrap();
        block.commit().await.unwrap();
        writes(&scene, LUIS, "wamid.2").await;
        assert_eq!(scene.dispatch().await, 1);
        let open = scene.ids("select id from conversation where state = 'assigned'").await;
        let (talk_of_luis, luis) = (open[0], scene.contact_of(open[0]).await);
        let clinic = Self { scene, valeria, gabriela, ana, luis, talk_of_luis };
        assert_eq!(clinic.asks(ana).await, [(ANA.to_owned(), true)]);
        clinic.answers(ana).await;
        clinic
    }

    async fn joins(&self, from: ContactId, into: ContactId, by: Option<&Principal>) -> Uuid {
        let tx = self.scene.begin().await;
        let reason = by.map_or(MergeReason::SameUser, |_| MergeReason::Person { note: "Es ella".into() });
        let by = by.map(|by| by.person);
        let join = contacts::merge(&tx, by, from, into, &reason, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
        join
    }

    async fn parts(&self, join: Uuid) {
        let tx = self.scene.begin().await;
        contacts::undo(&tx, self.gabriela.person, join, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn lets_in(&self, contact: ContactId) -> Result<(), BlockError> {
        let tx = self.scene.begin().await;
        blocking::unblock(&tx, &self.gabriela, contact, self.scene.now).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// What WhatsApp is still to be asked about a contact.
    async fn asks(&self, contact: ContactId) -> Vec<(String, bool)> {
        let ask = Ask { contact, channel: self.scene.channel };
        let asked = vendor_block::waiting(self.scene.db(), ask).await.unwrap();
        let job = "select count(*) from job where kind = 'vendor_block' and payload->>'contact' = $1";
        let jobs = self.scene.count(job, [contact.to_string().into()]).await;
        assert!(asked.is_empty() || jobs == 1, "nobody will ask {asked:?}");
        asked.into_iter().map(|question| (question.address, question.wanted)).collect()
    }

    async fn answers(&self, contact: ContactId) {
        let ask = Ask { contact, channel: self.scene.channel };
        for question in vendor_block::waiting(self.scene.db(), ask).await.unwrap() {
            assert!(vendor_block::begin(self.scene.db(), ask, &question).await.unwrap());
            let tx = self.scene.begin().await;
            vendor_block::answered(&tx, ask, &question, &Outcome::Done, self.scene.now).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn is_blocked(&self, contact: ContactId) -> bool {
        let blocked = "select count(*) from contact where id = $1 and blocked_at is not null";
        self.scene.count(blocked, [contact.into()]).await == 1
    }

    /// Whom WhatsApp blocks, as it was told last.
    async fn blocked_there(&self) -> i64 {
        self.scene.count("select count(*) from vendor_block where state = 'done' and wanted", []).await
    }

    async fn open_ones(&self) -> i64 {
        self.scene.count("select count(*) from conversation where state <> 'closed'", []).await
    }
}

#[tokio::test]
async fn whoever_is_joined_with_a_blocked_contact_is_blocked_and_nobody_is_forgotten() {
    for ana_goes_on in [false, true] {
        let clinic = Clinic::open().await;
        let (ana, luis) = (clinic.ana, clinic.luis);
        let (from, into) = if ana_goes_on { (luis, ana) } else { (ana, luis) };
        // In the one direction a person says so, in the other one WhatsApp does.
        let join = clinic.joins(from, into, ana_goes_on.then_some(&clinic.gabriela)).await;
        assert!(clinic.is_blocked(into).await);
        assert_eq!((clinic.open_ones().await, clinic.scene.desk(&clinic.valeria).await.load), (0, 0));
        assert_eq!(clinic.asks(into).await, [(LUIS.to_owned(), true)], "Ana is blocked there already");
        assert_eq!(clinic.asks(from).await, []);
        for (n, who) in [ANA, LUIS].into_iter().enumerate() {
            writes(&clinic.scene, who, &format!("wamid.muted.{n}")).await;
        }
        assert_eq!((clinic.open_ones().await, clinic.scene.dispatch().await), (0, 0));
        assert_eq!(clinic.scene.count("select count(*) from message where muted", []).await, 2);
        clinic.answers(into).await;
        assert_eq!(clinic.blocked_there().await, 2);

        // It was a mistake: everything is as it was, also where Luis wrote meanwhile.
        clinic.parts(join).await;
        assert_eq!((clinic.is_blocked(ana).await, clinic.is_blocked(luis).await), (true, false));
        assert_eq!(clinic.scene.holder(clinic.talk_of_luis).await, Some(clinic.valeria.person));
        assert_eq!(clinic.open_ones().await, 1);
        clinic.scene.assert_books_balance().await;
        assert_eq!(
            (clinic.asks(luis).await, clinic.asks(ana).await),
            (vec![(LUIS.to_owned(), false)], vec![])
        );
        clinic.answers(luis).await;
        assert_eq!(clinic.blocked_there().await, 1);
        assert!(matches!(clinic.lets_in(luis).await, Err(BlockError::Already)));

        // Of one person they are let in together, and stay so when they are two.
        let join = clinic.joins(from, into, Some(&clinic.gabriela)).await;
        clinic.lets_in(into).await.unwrap();
        let both = [(ANA.to_owned(), false), (LUIS.to_owned(), false)];
        assert_eq!(clinic.asks(into).await, both);
        clinic.parts(join).await;
        assert_eq!((clinic.is_blocked(ana).await, clinic.is_blocked(luis).await), (false, false));
        clinic.answers(ana).await;
        clinic.answers(luis).await;
        assert_eq!(clinic.blocked_there().await, 0, "nobody is left behind at WhatsApp");
        writes(&clinic.scene, ANA, "wamid.again").await;
        assert_eq!(clinic.scene.count("select count(*) from message where muted", []).await, 2);
    }
}

#[tokio::test]
async fn a_question_that_waits_while_they_are_joined_is_asked_of_the_one_who_goes_on() {
    let clinic = Clinic::open().await;
    let (ana, luis) = (clinic.ana, clinic.luis);
    clinic.lets_in(ana).await.unwrap();
    assert_eq!(clinic.asks(ana).await, [(ANA.to_owned(), false)]);
    clinic.joins(ana, luis, None).await;
    assert!(!clinic.is_blocked(luis).await);
    assert_eq!(clinic.asks(luis).await, [(ANA.to_owned(), false)]);
    assert_eq!(clinic.scene.conversation(clinic.talk_of_luis).await.state, ConversationState::Assigned);
    clinic.answers(luis).await;
    assert_eq!(clinic.blocked_there().await, 0);
}

#[tokio::test]
async fn who_are_two_again_are_answered_each_at_their_own_address() {
    let clinic = Clinic::open().await;
    let (ana, luis) = (clinic.ana, clinic.luis);
    clinic.lets_in(ana).await.unwrap();
    writes(&clinic.scene, ANA, "wamid.3").await;
    let wrote_last =
        "update conversation set last_activity_at = last_activity_at + interval '1 second' where id = $1";
    clinic.scene.run(wrote_last, [clinic.talk_of_luis.into()]).await;
    let join = clinic.joins(ana, luis, Some(&clinic.gabriela)).await;
    let goes_on =
        "select count(*) from conversation where state <> 'closed' and reply_address = $1 and id <> $2";
    let goes_on = clinic.scene.count(goes_on, [LUIS.into(), clinic.talk_of_luis.into()]).await;
    assert_eq!((clinic.open_ones().await, goes_on), (1, 1), "the older goes on, with whoever wrote last");
    clinic.parts(join).await;
    assert_eq!(clinic.open_ones().await, 2);
    for (contact, address) in [(ana, ANA), (luis, LUIS)] {
        let theirs = "select count(*) from conversation where contact_id = $1 and reply_address = $2";
        assert_eq!(clinic.scene.count(theirs, [contact.into(), address.into()]).await, 1);
    }
}
