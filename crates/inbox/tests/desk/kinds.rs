//! Answers of every kind: what may be sent when, and what it refers to.

use chrono::TimeDelta;
use domain::{
    Content, ConversationId, FileId, MessageId, MustAct, Principal, TemplateId,
    limits::{Flaw, Part, Problem},
};
use entity::message;
use inbox::reply::{self, Draft, Lane, ReplyError};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scene::Scene;

fn draft(conversation: ConversationId, content: Value) -> Draft {
    let content = serde_json::from_value(content).unwrap();
    Draft { conversation, client_id: Uuid::now_v7(), content, reply_to: None, lane: Lane::Answer }
}

async fn submit(scene: &Scene, by: &Principal, draft: Draft) -> Result<MessageId, ReplyError> {
    let tx = scene.begin().await;
    let submitted = reply::submit(&tx, by, draft, scene.now).await;
    tx.commit().await.unwrap();
    submitted.map(|submitted| submitted.message)
}

async fn stored(scene: &Scene, message: MessageId) -> (Content, Option<String>) {
    let row = message::Entity::find_by_id(message).one(scene.db()).await.unwrap().unwrap();
    (serde_json::from_value(row.content).unwrap(), row.reply_to)
}

/// Ana's message in her conversation, as the vendor named it.
async fn ana_wrote(scene: &Scene, talk: ConversationId, vendor_id: &str) -> MessageId {
    let message = MessageId::new();
    scene
        .run(
            "insert into message (id, conversation_id, channel_id, direction, kind, body, content, vendor_id, written_at,
                 position)
             values ($1, $2, $3, 'in', 'text', 'Hola', '{\"kind\": \"text\", \"body\": \"Hola\"}', $4, $5, 1)",
            [message.into(), talk.into(), scene.channel.into(), vendor_id.into(), scene.now.into()],
        )
        .await;
    message
}

/// An approved template of the channel's account with one place.
async fn template(scene: &Scene, status: &str) -> TemplateId {
    let id = TemplateId::new();
    scene
        .run(
            "insert into template (id, account_key, vendor_id, name, language, category, status, components)
             values ($1, 'waba:1', $2, $2, 'es_PE', 'UTILITY', $3, '{\"body\": {\"text\": \"Hola {{1}}\"}}')",
            [id.into(), format!("cita_{}", id.0.simple()).into(), status.into()],
        )
        .await;
    id
}

fn filled(template: TemplateId, values: Value) -> Value {
    json!({"kind": "template", "template": template, "name": "x", "language": "x", "body": values,
        "shown": {"body": "Gratis, solo hoy"}})
}

fn flaw(part: Part, problem: Problem) -> Flaw {
    Flaw { part, problem }
}

#[tokio::test]
async fn outside_the_window_a_template_is_the_only_way() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    ana_wrote(&scene, talk, "wamid.1").await;
    let cita = template(&scene, "APPROVED").await;
    for until in ["null", "now() - interval '1 second'"] {
        scene.run(&format!("update conversation set window_until = {until}"), []).await;
        for content in [
            json!({"kind": "text", "body": "Hola"}),
            json!({"kind": "reaction", "target": "wamid.1", "emoji": "👍"}),
            json!({"kind": "interactive", "form": "location_request", "body": "¿Dónde?"}),
        ] {
            let refused = submit(&scene, &valeria, draft(talk, content.clone())).await;
            assert!(matches!(refused, Err(ReplyError::WindowClosed(_))), "{content}: {refused:?}");
        }
        let sent = submit(&scene, &valeria, draft(talk, filled(cita, json!([{"text": "Ana"}])))).await;
        let (Content::Template(template), _) = stored(&scene, sent.unwrap()).await else { panic!() };
        assert_eq!(template.shown.body, "Hola Ana", "what the customer reads, not what the browser says");
        assert_eq!(template.category.as_deref(), Some("UTILITY"));
        assert!(template.name.starts_with("cita_"));
    }
    assert_eq!(scene.count("select count(*) from message where direction = 'out'", []).await, 2);
}

#[tokio::test]
async fn a_template_that_is_not_approved_or_not_filled_is_not_sent() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let (good, paused) = (template(&scene, "APPROVED").await, template(&scene, "PAUSED").await);
    for (content, flaw) in [
        (filled(paused, json!([{"text": "Ana"}])), flaw(Part::Template, Problem::NotTaken)),
        (filled(TemplateId::new(), json!([])), flaw(Part::Template, Problem::Missing)),
        (filled(good, json!([])), flaw(Part::TemplateValue, Problem::Missing)),
        (
            filled(good, json!([{"text": "Ana"}, {"text": "lunes"}])),
            flaw(Part::TemplateValue, Problem::TooMany { count: 2, most: 1 }),
        ),
    ] {
        let refused = submit(&scene, &valeria, draft(talk, content.clone())).await;
        assert!(
            matches!(&refused, Err(ReplyError::Flawed(found)) if *found == flaw),
            "{content}: {refused:?}"
        );
    }
    assert_eq!(scene.count("select count(*) from message", []).await, 0);
    assert_eq!(scene.count("select count(*) from delivery", []).await, 0);
}

#[tokio::test]
async fn an_answer_names_the_message_it_answers_and_only_one_of_the_same_conversation() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let (talk, other) = (scene.talk_of(&valeria).await, scene.talk_of(&valeria).await);
    let hers = ana_wrote(&scene, talk, "wamid.1").await;
    let foreign = ana_wrote(&scene, other, "wamid.2").await;
    let ours = scene.reply(&valeria, talk, "Hola").await;
    let text = |reply_to| Draft { reply_to: Some(reply_to), ..Draft::text(talk, Uuid::now_v7(), "Sí") };

    let sent = submit(&scene, &valeria, text(hers)).await.unwrap();
    assert_eq!(stored(&scene, sent).await.1.as_deref(), Some("wamid.1"));
    assert!(matches!(submit(&scene, &valeria, text(foreign)).await, Err(ReplyError::NotFound)));
    let unsent = submit(&scene, &valeria, text(ours)).await;
    let nameless = flaw(Part::Target, Problem::Missing);
    assert!(
        matches!(unsent, Err(ReplyError::Flawed(found)) if found == nameless),
        "the vendor has no name for it"
    );

    scene.run("update channel set kind = 'twilio_whatsapp'", []).await;
    let by_twilio = submit(&scene, &valeria, text(hers)).await;
    let no_quotes = flaw(Part::Target, Problem::NotTaken);
    assert!(matches!(by_twilio, Err(ReplyError::Flawed(found)) if found == no_quotes));
}

#[tokio::test]
async fn a_thumb_finds_its_message_and_answers_nobody() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let hers = ana_wrote(&scene, talk, "wamid.1").await;
    let thumb = json!({"kind": "reaction", "target": "", "emoji": "👍"});

    let by_id = Draft { reply_to: Some(hers), ..draft(talk, thumb.clone()) };
    let sent = submit(&scene, &valeria, by_id).await.unwrap();
    let expected = Content::Reaction { target: "wamid.1".into(), emoji: Some("👍".into()) };
    assert_eq!(stored(&scene, sent).await, (expected, None));
    let after = scene.conversation(talk).await;
    assert_eq!((after.must_act, after.last_text), (MustAct::Agent, None), "Ana still waits");
    let on_hers =
        "select count(*) from reaction where message_id = $1 and emoji = '👍' and not from_customer";
    assert_eq!(scene.count(on_hers, [hers.into()]).await, 1);
    let told = "select count(*) from event where kind = 'message_changed' and message_id = $1";
    assert_eq!(scene.count(told, [hers.into()]).await, 1);

    let elsewhere = json!({"kind": "reaction", "target": "wamid.99", "emoji": "👍"});
    assert!(matches!(submit(&scene, &valeria, draft(talk, elsewhere)).await, Err(ReplyError::NotFound)));
    scene.run("update message set vendor_id = 'wamid.thumb' where id = $1", [sent.into()]).await;
    let on_a_thumb = Draft { reply_to: Some(sent), ..draft(talk, thumb) };
    assert!(matches!(submit(&scene, &valeria, on_a_thumb).await, Err(ReplyError::Flawed(_))));
}

#[tokio::test]
async fn what_the_channel_would_refuse_is_refused_before_it_is_written_down() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let four: Vec<Value> = (0..4).map(|n| json!({"id": n.to_string(), "title": n.to_string()})).collect();
    let buttons = json!({"kind": "interactive", "form": "buttons", "body": "¿?", "buttons": four});
    let refused = submit(&scene, &valeria, draft(talk, buttons)).await;
    let too_many = flaw(Part::Buttons, Problem::TooMany { count: 4, most: 3 });
    assert!(matches!(refused, Err(ReplyError::Flawed(found)) if found == too_many));
    let foreign = submit(&scene, &valeria, draft(talk, json!({"kind": "welcome"}))).await;
    assert!(matches!(foreign, Err(ReplyError::Flawed(Flaw { part: Part::Kind, .. }))));
    for table in ["message", "delivery", "event where kind = 'message_submitted'"] {
        assert_eq!(scene.count(&format!("select count(*) from {table}"), []).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_file_is_weighed_sent_once_and_only_by_who_attached_it() {
    let scene = Scene::new().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let talk = scene.talk_of(&valeria).await;
    let attach = async |mime: &str, bytes: i64| {
        let id = FileId::new();
        let sql = "insert into file (id, channel_id, conversation_id, person_id, state, type, bytes, name)
                   values ($1, $2, $3, $4, 'stored', $5, $6, 'placa.jpg')";
        let values =
            [id.into(), scene.channel.into(), talk.into(), valeria.person.into(), mime.into(), bytes.into()];
        scene.run(sql, values).await;
        id
    };
    let image = |file: FileId| draft(talk, json!({"kind": "image", "file": file, "caption": "Su placa"}));

    let good = attach("image/jpeg", 9).await;
    assert!(matches!(submit(&scene, &gabriela, image(good)).await, Err(ReplyError::NotFound)));
    let sent = submit(&scene, &valeria, image(good)).await.unwrap();
    let (Content::Image(media), _) = stored(&scene, sent).await else { panic!() };
    assert_eq!((media.mime.as_deref(), media.filename.as_deref()), (Some("image/jpeg"), Some("placa.jpg")));
    assert!(matches!(submit(&scene, &valeria, image(good)).await, Err(ReplyError::NotFound)), "it was sent");
    for (mime, bytes, problem) in [
        ("image/heic", 9, Problem::WrongType),
        ("image/png", 6 << 20, Problem::TooBig { bytes: 6 << 20, most: 5 << 20 }),
    ] {
        let file = attach(mime, bytes).await;
        let refused = submit(&scene, &valeria, image(file)).await;
        let expected = flaw(Part::File, problem);
        assert!(matches!(&refused, Err(ReplyError::Flawed(found)) if *found == expected), "{refused:?}");
    }
}

#[tokio::test]
async fn what_the_vendor_asks_to_leave_for_a_day_is_left_for_a_day() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Oferta").await;
    let sql = "update delivery set state = 'failed', error_code = 131049, due_at = $1";
    scene.run(sql, [(scene.now + TimeDelta::hours(23)).into()]).await;
    let resend = async |now| {
        let tx = scene.begin().await;
        let again = reply::resend(&tx, &valeria, message, now).await;
        tx.commit().await.unwrap();
        again
    };
    let refused = resend(scene.now).await;
    assert!(matches!(refused, Err(ReplyError::NotYet(at)) if at == scene.now + TimeDelta::hours(23)));
    assert!(resend(scene.now + TimeDelta::hours(23)).await.is_ok());
}
