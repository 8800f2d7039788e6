//! Presence is believed for as long as somebody renews it.

use domain::PresenceState;
use inbox::presence::{self, PresenceError};

use crate::scene::Scene;

#[tokio::test]
async fn a_lost_browser_is_offline_after_its_grace_and_keeps_what_it_held() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let talk = scene.talk_of(&valeria).await;
    let sweep = async || {
        let tx = scene.begin().await;
        let gone = presence::sweep(&tx, scene.now).await.unwrap();
        tx.commit().await.unwrap();
        gone
    };

    assert_eq!(sweep().await, 0);
    scene.run("update presence set lease_until = now() - interval '20 seconds'", []).await;
    assert_eq!(sweep().await, 0, "a tunnel is no end of work");
    scene.run("update presence set lease_until = now() - interval '2 minutes'", []).await;
    presence::renew(scene.db(), &[mateo.person]).await.unwrap();
    assert_eq!(sweep().await, 1);

    assert_eq!(scene.desk(&valeria).await.state, PresenceState::Offline);
    assert_eq!(scene.desk(&mateo).await.state, PresenceState::Available);
    assert_eq!(scene.holder(talk).await, Some(valeria.person));
    let told = "select count(*) from event where kind = 'presence_changed' and person_id = $1 and data->>'state' = 'offline'";
    assert_eq!(scene.count(told, [valeria.person.into()]).await, 1);

    presence::renew(scene.db(), &[valeria.person]).await.unwrap();
    assert_eq!(scene.desk(&valeria).await.lease_until, None, "coming back to work is hers to say");
}

#[tokio::test]
async fn a_pause_keeps_its_code_and_saying_it_twice_is_one_event() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let before = scene.count("select count(*) from event", []).await;
    for _ in 0..2 {
        let tx = scene.begin().await;
        presence::set(&tx, &valeria, valeria.person, PresenceState::Paused, Some("lunch"), scene.now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(scene.desk(&valeria).await.pause_code.as_deref(), Some("lunch"));
    assert_eq!(scene.count("select count(*) from event", []).await, before + 1);
}

#[tokio::test]
async fn supervisors_set_the_presence_of_their_people_and_agents_of_nobody_else() {
    let scene = Scene::new().await;
    let gabriela = scene.supervisor("gabriela").await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let stranger = scene.stranger("renata").await;
    let tx = scene.begin().await;
    let set = async |by, who: &domain::Principal| {
        presence::set(&tx, by, who.person, PresenceState::Offline, None, scene.now).await
    };
    assert!(set(&gabriela, &valeria).await.is_ok());
    assert!(matches!(set(&gabriela, &stranger).await, Err(PresenceError::NotFound)));
    assert!(matches!(set(&mateo, &valeria).await, Err(PresenceError::NotFound)));
}
