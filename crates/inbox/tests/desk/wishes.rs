//! What customers asked us not to send them: it is not taken from the writer, and not sent if it was taken before.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use domain::{
    ChannelId, ContactId, Content, ConversationId, DeliveryState, MessageId, Permission, Principal,
    consent::Purpose,
    outbound::{Advice, Outbound, SendOutcome},
    template::TemplateMessage,
};
use inbox::{
    consent::{self, Given},
    reading::details::details,
    reply::{self, Draft, ReplyError},
    sending::{ChannelSender, Transmit},
};
use uuid::Uuid;

use crate::scene::Scene;

/// A vendor that takes everything.
#[derive(Debug, Default)]
struct Vendor(Mutex<Vec<MessageId>>);

impl Transmit for Vendor {
    async fn send(&self, _: ChannelId, message: &Outbound) -> SendOutcome {
        self.0.lock().unwrap().push(message.message);
        SendOutcome::Accepted { vendor_id: format!("wamid.{}", message.message), held: None }
    }
}

struct Desk {
    scene: Scene,
    valeria: Principal,
    talk: ConversationId,
    ana: ContactId,
    vendor: Arc<Vendor>,
}

impl Desk {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let valeria = scene.agent("valeria").await;
        let talk = scene.talk_of(&valeria).await;
        let ana = scene.conversation(talk).await.contact_id;
        for category in ["MARKETING", "UTILITY", "AUTHENTICATION"] {
            scene
                .run(
                    "insert into template (id, account_key, name, language, category, status, components)
                     values ($1, 'waba:1', lower($2::text), 'es', $2::text, 'APPROVED',
                         '{\"body\": {\"text\": \"Hola\"}}')",
                    [Uuid::now_v7().into(), category.into()],
                )
                .await;
        }
        Self { scene, valeria, talk, ana, vendor: Arc::default() }
    }

    async fn says(&self, purpose: Purpose, given: bool, channel: Option<ChannelId>) {
        let proof = "BAJA".to_owned();
        let word = Given {
            contact_id: self.ana,
            channel_id: channel,
            purpose,
            given,
            proof,
            at: self.scene.now,
            source: None,
        };
        let tx = self.scene.begin().await;
        consent::record(&tx, &[word], self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn submits(&self, content: Content) -> Result<MessageId, ReplyError> {
        let tx = self.scene.begin().await;
        let draft = Draft { content, ..Draft::text(self.talk, Uuid::now_v7(), "") };
        let submitted = reply::submit(&tx, &self.valeria, draft, self.scene.now).await?;
        tx.commit().await.unwrap();
        Ok(submitted.message)
    }

    async fn template(&self, name: &str) -> Result<MessageId, ReplyError> {
        let message =
            TemplateMessage { name: name.into(), language: "es".into(), ..TemplateMessage::default() };
        self.submits(Content::Template(message)).await
    }

    async fn text(&self) -> Result<MessageId, ReplyError> {
        self.submits(Content::Text { body: "Hola, Ana".into() }).await
    }

    /// What the panel beside the conversation says: for what, on which channel alone, and whether they allow it.
    async fn stands(&self) -> Vec<(Purpose, Option<String>, bool)> {
        let reach = self.valeria.reach(Permission::ConversationRead);
        let panel = details(self.scene.db(), self.ana, self.talk, &reach, None, 1).await.unwrap().unwrap();
        panel.consents.into_iter().map(|line| (line.purpose, line.channel_name, line.given)).collect()
    }

    async fn sends(&self) -> Vec<MessageId> {
        let (db, scene) = (self.scene.db().clone(), &self.scene);
        let mut sender = ChannelSender::new(db, Arc::clone(&self.vendor), scene.channel, Uuid::now_v7());
        sender.until_idle(scene.now).await.unwrap();
        self.vendor.0.lock().unwrap().clone()
    }

    /// Another channel of the house.
    async fn sms(&self) -> ChannelId {
        let sms = ChannelId::new();
        self.scene
            .run(
                "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
                 values ($1, 'twilio_sms', 'SMS', '+14155550111', 'twilio:AC1:+1', 'twilio:AC1', $2)",
                [sms.into(), self.scene.queue.into()],
            )
            .await;
        sms
    }
}

#[tokio::test]
async fn who_wants_no_offers_gets_appointments_and_codes_and_answers() {
    let desk = Desk::new().await;
    let here = Some(desk.scene.channel);
    desk.says(Purpose::Marketing, false, here).await;
    let refused = desk.template("marketing").await;
    assert!(matches!(refused, Err(ReplyError::Unwanted(Purpose::Marketing))), "{refused:?}");
    assert_eq!(desk.scene.count("select count(*) from message", []).await, 0);
    let others = [
        desk.template("utility").await.unwrap(),
        desk.template("authentication").await.unwrap(),
        desk.text().await.unwrap(),
    ];
    assert_eq!(desk.sends().await, others);
}

#[tokio::test]
async fn an_offer_that_waits_is_not_sent_to_who_wants_no_more() {
    let desk = Desk::new().await;
    let offer = desk.template("marketing").await.unwrap();
    let reminder = desk.template("utility").await.unwrap();
    desk.says(Purpose::Marketing, false, Some(desk.scene.channel)).await;
    assert_eq!(desk.sends().await, [reminder], "what waits behind it goes");
    let failed = desk.scene.delivery(offer).await;
    assert_eq!(
        (failed.state, failed.advice, failed.error_code),
        (DeliveryState::Failed, Some(Advice::Never.as_str().into()), None)
    );
    let tx = desk.scene.begin().await;
    let again = reply::resend(&tx, &desk.valeria, offer, desk.scene.now).await;
    assert!(matches!(again, Err(ReplyError::Unwanted(Purpose::Marketing))), "{again:?}");
}

#[tokio::test]
async fn what_the_vendor_calls_an_offer_by_now_is_one() {
    let desk = Desk::new().await;
    let reminder = desk.template("utility").await.unwrap();
    desk.says(Purpose::Marketing, false, Some(desk.scene.channel)).await;
    desk.scene.run("update template set category = 'MARKETING' where name = 'utility'", []).await;
    assert_eq!(desk.sends().await, []);
    assert_eq!(desk.scene.stands(reminder).await, DeliveryState::Failed);
}

#[tokio::test]
async fn who_stopped_the_carrier_gets_nothing_there_and_no_offers_anywhere() {
    let desk = Desk::new().await;
    let waiting = desk.text().await.unwrap();
    desk.says(Purpose::Anything, false, Some(desk.scene.channel)).await;
    for refused in [desk.text().await, desk.template("utility").await, desk.template("marketing").await] {
        assert!(matches!(refused, Err(ReplyError::Unwanted(Purpose::Anything))), "{refused:?}");
    }
    assert_eq!(desk.sends().await, []);
    assert_eq!(desk.scene.stands(waiting).await, DeliveryState::Failed);
    desk.says(Purpose::Anything, true, Some(desk.scene.channel)).await;
    assert!(desk.text().await.is_ok(), "START");

    let sms = desk.sms().await;
    desk.says(Purpose::Anything, false, Some(sms)).await;
    assert!(desk.text().await.is_ok(), "the carrier of the SMS has nothing to say about this channel");
    let refused = desk.template("marketing").await;
    assert!(matches!(refused, Err(ReplyError::Unwanted(Purpose::Marketing))), "{refused:?}");
    desk.says(Purpose::Anything, false, None).await;
    assert!(desk.text().await.is_err(), "told to a person, it is meant for every channel");
}

#[tokio::test]
async fn a_wish_goes_with_its_contact_into_another() {
    let desk = Desk::new().await;
    let twice = ContactId::new();
    desk.scene.run("insert into contact (id, name) values ($1, 'Ana')", [twice.into()]).await;
    desk.says(Purpose::Marketing, false, None).await;
    desk.scene.run("update conversation set contact_id = $1", [twice.into()]).await;
    assert!(desk.template("marketing").await.is_ok(), "a stranger, as far as anybody knows");
    desk.scene
        .run("update contact set merged_into = $1 where id = $2", [twice.into(), desk.ana.into()])
        .await;
    assert!(desk.template("marketing").await.is_err());
}

#[tokio::test]
async fn the_panel_says_of_each_channel_what_sending_does_there() {
    let mut desk = Desk::new().await;
    let sms = desk.sms().await;
    let anything = |channel: Option<&str>, given| (Purpose::Anything, channel.map(str::to_owned), given);
    let offers = |given| (Purpose::Marketing, None, given);
    assert_eq!(desk.stands().await, []);

    desk.says(Purpose::Marketing, true, None).await;
    desk.says(Purpose::Anything, false, Some(sms)).await;
    assert_eq!(desk.stands().await, [anything(Some("SMS"), false)], "by the others they may be written to");
    assert!(desk.text().await.is_ok() && desk.template("marketing").await.is_err());

    desk.scene.now += TimeDelta::seconds(1);
    desk.says(Purpose::Anything, false, None).await;
    desk.scene.now += TimeDelta::seconds(1);
    desk.says(Purpose::Anything, true, Some(sms)).await;
    assert_eq!(
        desk.stands().await,
        [anything(None, false)],
        "START by SMS takes nothing back that a person was told"
    );
    assert!(desk.text().await.is_err());

    desk.scene.now += TimeDelta::seconds(1);
    desk.says(Purpose::Anything, true, None).await;
    assert_eq!(desk.stands().await, [anything(None, true), offers(true)]);
    assert!(desk.text().await.is_ok() && desk.template("marketing").await.is_ok());
}
