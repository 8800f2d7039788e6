//! How people want to be told, and what they are told of: what they hold, with what they have read of it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Bell,
    bell::{Call, Quiet, Ring, Tone},
};
use inbox::{bell, read_marks, reading};

use crate::scene::Scene;

#[tokio::test]
async fn how_one_wants_to_be_told_is_kept_for_oneself_alone() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let quiet = Quiet::new(22 * 60, 7 * 60, BTreeSet::from([5, 6]), true).unwrap();
    let rings = BTreeMap::from([(Call::Message, Ring { desktop: false, tone: Some(Tone::Bell) })]);
    let hers = Bell::new(rings, 40, true, false, Some(quiet));
    bell::set(scene.db(), valeria.person, &hers).await.unwrap();
    bell::set_single_keys(scene.db(), valeria.person, false).await.unwrap();
    let sql = "select count(*) from person where id = $1 and bell = $2::text::jsonb and not single_keys";
    assert_eq!(scene.count(sql, [valeria.person.into(), hers.json().into()]).await, 1);
    let untouched = "select count(*) from person where id = $1 and bell is null and single_keys";
    assert_eq!(scene.count(untouched, [mateo.person.into()]).await, 1);
}

#[tokio::test]
async fn what_somebody_holds_comes_with_what_they_have_read_of_it_and_nobody_elses() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (hers, his) = (scene.talk_of(&valeria).await, scene.talk_of(&mateo).await);
    scene.run("update conversation set inbound_count = 3", []).await;
    read_marks::mark(scene.db(), &valeria, hers, 2).await.unwrap();

    let held = reading::conversations::held(scene.db(), valeria.person).await.unwrap();
    assert_eq!(held.iter().map(|line| (line.id, line.read_count)).collect::<Vec<_>>(), [(hers, 2)]);
    let pairs = [(valeria.person, hers), (mateo.person, his), (mateo.person, hers)];
    let read = read_marks::of(scene.db(), &pairs).await.unwrap();
    assert_eq!(read, BTreeMap::from([((valeria.person, hers), 2)]));
    assert!(read_marks::of(scene.db(), &[]).await.unwrap().is_empty());

    scene
        .run("update conversation set state = 'snoozed', assignee_id = null where id = $1", [hers.into()])
        .await;
    assert!(reading::conversations::held(scene.db(), valeria.person).await.unwrap().is_empty());
}
