//! Tags and urgency, by hand.

use domain::{ConversationId, Principal, conversation::Urgency};
use inbox::tagging::{self, LONGEST, MOST, TagError};
use sea_orm::Value;

use crate::scene::Scene;

async fn tags(
    scene: &Scene,
    by: &Principal,
    talk: ConversationId,
    tag: &str,
    on: bool,
) -> Result<Option<String>, TagError> {
    let tx = scene.begin().await;
    let done = tagging::tag(&tx, by, talk, tag, on, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

async fn calls(
    scene: &Scene,
    by: &Principal,
    talk: ConversationId,
    urgency: Urgency,
) -> Result<Urgency, TagError> {
    let tx = scene.begin().await;
    let done = tagging::prioritize(&tx, by, talk, urgency, scene.now).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

#[tokio::test]
async fn supervisors_make_tags_agents_use_them_and_the_same_in_other_letters_is_the_same() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let (talk, other) = (scene.talk_of(&valeria).await, scene.talk(5).await);
    assert!(matches!(tags(&scene, &valeria, talk, "Endodoncia", true).await, Err(TagError::NotInUse)));
    assert!(matches!(tags(&scene, &mateo, talk, "Endodoncia", true).await, Err(TagError::NotFound)));
    assert_eq!(
        tags(&scene, &gabriela, other, "Endodoncia", true).await.unwrap().as_deref(),
        Some("Endodoncia")
    );
    assert_eq!(
        tags(&scene, &valeria, talk, " endodoncia ", true).await.unwrap().as_deref(),
        Some("Endodoncia")
    );
    assert_eq!(tags(&scene, &valeria, talk, "ENDODONCIA", true).await.unwrap(), None, "it has that");
    assert_eq!(tagging::in_use(scene.db()).await.unwrap(), ["Endodoncia"]);
    assert_eq!(
        tags(&scene, &valeria, talk, "endodoncia", false).await.unwrap().as_deref(),
        Some("Endodoncia")
    );
    assert_eq!(tags(&scene, &valeria, talk, "endodoncia", false).await.unwrap(), None);
    let told = "select count(*) from event where conversation_id = $1 and kind = 'conversation_tagged'";
    assert_eq!(scene.count(told, [talk.into()]).await, 2, "what changed nothing tells nobody");
}

#[tokio::test]
async fn what_is_no_tag_or_one_too_many_is_refused() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let talk = scene.talk(5).await;
    let long = "a".repeat(LONGEST + 1);
    for bad in ["", "  ", "a\nb", "a\0b", &long] {
        assert!(matches!(tags(&scene, &gabriela, talk, bad, true).await, Err(TagError::BadTag)), "{bad:?}");
    }
    for number in 0..MOST {
        tags(&scene, &gabriela, talk, &format!("t{number}"), true).await.unwrap();
    }
    assert!(matches!(tags(&scene, &gabriela, talk, "más", true).await, Err(TagError::TooMany)));
    assert_eq!(tagging::in_use(scene.db()).await.unwrap().len(), MOST);
}

#[tokio::test]
async fn what_is_called_urgent_goes_before_what_waited_longer() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (first, second) = (scene.talk(30).await, scene.talk(20).await);
    assert_eq!(calls(&scene, &gabriela, second, Urgency::Urgent).await.unwrap(), Urgency::Normal);
    assert_eq!(calls(&scene, &gabriela, second, Urgency::Urgent).await.unwrap(), Urgency::Urgent);
    let valeria = scene.agent("valeria").await;
    assert!(matches!(calls(&scene, &valeria, second, Urgency::Low).await, Err(TagError::NotFound)));
    let one: Value = valeria.person.into();
    scene.run("update presence set capacity = 1 where person_id = $1", [one]).await;
    assert_eq!(scene.dispatch().await, 1);
    assert_eq!((scene.holder(first).await, scene.holder(second).await), (None, Some(valeria.person)));
    let told = "select count(*) from event where kind = 'conversation_prioritized' and actor_id = $1";
    assert_eq!(scene.count(told, [gabriela.person.into()]).await, 1);
}
