//! Writing an answer down: by whom, until when, how often.

use chrono::TimeDelta;
use domain::{MessageId, MustAct, Principal};
use futures_util::future::join_all;
use inbox::{
    assignment::{self, Handover},
    closing::{self, CloseError},
    reply::{self, Draft, ReplyError, Submitted},
};
use uuid::Uuid;

use crate::scene::Scene;

fn draft(conversation: domain::ConversationId) -> Draft {
    Draft::text(conversation, Uuid::now_v7(), "Buenos días")
}

async fn submit(scene: &Scene, by: &Principal, draft: Draft) -> Result<Submitted, ReplyError> {
    let tx = scene.begin().await;
    let submitted = reply::submit(&tx, by, draft, scene.now).await;
    tx.commit().await.unwrap();
    submitted
}

#[tokio::test]
async fn the_holder_answers_and_so_may_the_supervisor_without_taking_over() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk_of(&valeria).await;

    assert!(matches!(submit(&scene, &mateo, draft(talk)).await, Err(ReplyError::NotFound)));
    assert!(submit(&scene, &valeria, draft(talk)).await.is_ok());
    let after = scene.conversation(talk).await;
    assert_eq!((after.must_act, after.last_direction.as_deref()), (MustAct::Customer, Some("out")));
    assert_eq!(after.last_text.as_deref(), Some("Buenos días"));
    assert_eq!(after.last_author_id, Some(valeria.person));

    assert!(submit(&scene, &gabriela, draft(talk)).await.is_ok());
    assert_eq!(scene.holder(talk).await, Some(valeria.person));

    let waiting = scene.talk(10).await;
    assert!(
        matches!(submit(&scene, &mateo, draft(waiting)).await, Err(ReplyError::NotFound)),
        "take it first"
    );
}

#[tokio::test]
async fn where_the_queue_says_so_colleagues_answer_for_each_other() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let alonso = scene.supervisor("alonso").await;
    let talk = scene.talk_of(&valeria).await;
    let mateo_now = async || inbox::principals::of(scene.db(), mateo.person).await.unwrap().unwrap();
    let share = async |on| scene.publish(&alonso, |policy| policy.queues[0].shared = on).await;

    share(true).await;
    assert!(submit(&scene, &mateo_now().await, draft(talk)).await.is_ok());
    assert_eq!(scene.holder(talk).await, Some(valeria.person), "it stays with who has it");
    let tx = scene.begin().await;
    let closed = closing::close(&tx, &mateo_now().await, talk, scene.now).await;
    assert!(matches!(closed, Err(CloseError::NotFound)), "what becomes of it is the holder's");
    drop(tx);

    share(false).await;
    assert!(matches!(submit(&scene, &mateo_now().await, draft(talk)).await, Err(ReplyError::NotFound)));
}

#[tokio::test]
async fn a_nervous_click_is_one_message() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let draft = draft(talk);

    let clicks = join_all((0..5).map(|_| submit(&scene, &valeria, draft.clone()))).await;

    let clicks: Vec<Submitted> = clicks.into_iter().map(Result::unwrap).collect();
    assert_eq!(clicks.iter().filter(|click| click.new).count(), 1);
    assert!(clicks.iter().all(|click| click.message == clicks[0].message));
    assert_eq!(scene.count("select count(*) from message", []).await, 1);
    assert_eq!(scene.count("select count(*) from delivery", []).await, 1);
    assert_eq!(scene.count("select count(*) from event where kind = 'message_submitted'", []).await, 1);
}

#[tokio::test]
async fn the_window_is_law_at_the_second() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let until = scene.conversation(talk).await.window_until.unwrap();
    let last = draft(talk);
    let at = async |draft: Draft, now| {
        let tx = scene.begin().await;
        let submitted = reply::submit(&tx, &valeria, draft, now).await;
        tx.commit().await.unwrap();
        submitted
    };

    let late = at(draft(talk), until).await;
    assert!(matches!(late, Err(ReplyError::WindowClosed(Some(since))) if since == until));
    let sent = at(last.clone(), until - TimeDelta::seconds(1)).await.unwrap();
    let repeated = at(last, until + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(
        repeated,
        Submitted { message: sent.message, new: false },
        "a retried click is not a new text"
    );
}

#[tokio::test]
async fn nothing_is_sent_into_a_closed_conversation() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk(10).await;
    let tx = scene.begin().await;
    closing::close(&tx, &gabriela, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(submit(&scene, &gabriela, draft(talk)).await, Err(ReplyError::ConversationClosed)));
}

#[tokio::test]
async fn only_what_failed_or_is_uncertain_is_sent_again_and_only_by_who_may() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let message = scene.reply(&valeria, talk, "Hola").await;
    let resend = async |by: &Principal, message: MessageId| {
        let tx = scene.begin().await;
        let again = reply::resend(&tx, by, message, scene.now).await;
        tx.commit().await.unwrap();
        again
    };

    for (state, may) in
        [("queued", false), ("sending", false), ("read", false), ("uncertain", true), ("failed", true)]
    {
        scene.run("update delivery set state = $1", [state.into()]).await;
        assert!(matches!(resend(&mateo, message).await, Err(ReplyError::NotFound)));
        let again = resend(&valeria, message).await;
        assert_eq!(again.is_ok(), may, "{state}");
        assert!(may || matches!(again, Err(ReplyError::NotResendable(_))));
    }
}

#[tokio::test]
async fn whoever_lost_the_answer_to_a_click_learns_that_it_was_taken_though_the_conversation_went_on() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let draft = draft(talk);
    let first = submit(&scene, &valeria, draft.clone()).await.unwrap();
    let gabriela = scene.supervisor("gabriela").await;
    let wish = Handover { conversation: talk, from: Some(valeria.person), to: mateo.person };
    let tx = scene.begin().await;
    assignment::assign(&tx, &gabriela, wish, scene.now).await.unwrap();
    tx.commit().await.unwrap();

    let again = submit(&scene, &valeria, draft.clone()).await.unwrap();
    assert_eq!(again, Submitted { message: first.message, new: false });
    let fresh = Draft { client_id: Uuid::now_v7(), ..draft };
    assert!(matches!(submit(&scene, &valeria, fresh).await, Err(ReplyError::NotFound)));
}
