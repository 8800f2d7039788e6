//! Whatever happens in whatever order, and whatever the clocks say: a time line without gaps and overlaps.

use chrono::{TimeDelta, Utc};
use domain::{ConversationId, PresenceState, Principal};
use entity::conversation;
use inbox::{
    assignment, closing,
    presence::{self, Arrival, PresenceError},
};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::scene::Scene;

const FLAWS: &str = "
    select count(*) from (
        select s.*, lead(from_at) over (partition by person_id order by from_at) as next_from,
            row_number() over (partition by person_id order by from_at desc) as place
        from presence_span s) s
    where (until_at is null) <> (place = 1) or until_at <= from_at or (place > 1 and until_at <> next_from)";
const UNTOLD: &str = "
    select count(*) from presence p left join presence_span s on s.person_id = p.person_id and s.until_at is null
    where s.person_id is null or s.state <> p.state
        or (s.code is distinct from p.pause_code and not (s.code = 'wrap_up' and p.wrap_up_until is not null))";

async fn something(scene: &Scene, dice: &mut StdRng, who: &Principal, alonso: &Principal) -> String {
    let tx = scene.begin().await;
    let now = scene.now;
    let held = held_by(scene, who).await;
    let what = match dice.random_range(0..10) {
        0..4 => {
            let state = *PresenceState::ALL.choose(dice).unwrap();
            let code = ["lunch", "bath", "nap"].choose(dice).copied().filter(|_| dice.random_bool(0.8));
            let by = if dice.random_bool(0.3) { alonso } else { who };
            match presence::set(&tx, by, who.person, state, code, now).await {
                Ok(()) | Err(PresenceError::UnknownPause) => {}
                Err(error) => panic!("{error}"),
            }
            format!("{state} {code:?}")
        }
        4 => {
            presence::leave(&tx, who, now).await.unwrap();
            "leaves".to_owned()
        }
        5 => {
            let how = if dice.random_bool(0.5) { Arrival::SignedIn } else { Arrival::Reconnected };
            presence::arrive(&tx, who.person, how, now).await.unwrap();
            format!("{how:?}")
        }
        6 => {
            if dice.random_bool(0.5) {
                let sql =
                    "update presence set lease_until = now() - interval '2 minutes' where person_id = $1";
                scene.run(sql, [who.person.into()]).await;
            }
            presence::sweep(&tx, now).await.unwrap();
            "sweep".to_owned()
        }
        7 => {
            presence::end_wrap_up(&tx, who, now).await.unwrap();
            "written up".to_owned()
        }
        8 if !held.is_empty() => {
            for talk in held {
                closing::close(&tx, who, talk, now).await.unwrap();
            }
            "closes".to_owned()
        }
        _ => {
            if held.len() < 3 {
                let talk = scene.talk(5).await;
                assignment::claim(&tx, who, talk, now).await.unwrap();
            }
            "takes".to_owned()
        }
    };
    tx.commit().await.unwrap();
    what
}

async fn held_by(scene: &Scene, who: &Principal) -> Vec<ConversationId> {
    conversation::Entity::find()
        .filter(conversation::Column::AssigneeId.eq(who.person))
        .all(scene.db())
        .await
        .unwrap()
        .into_iter()
        .map(|talk| talk.id)
        .collect()
}

#[tokio::test]
async fn a_line_has_one_open_end_no_gap_and_no_overlap() {
    let seed = Utc::now().timestamp_subsec_nanos().into();
    let mut dice = StdRng::seed_from_u64(seed);
    let mut scene = Scene::new().await;
    let (alonso, valeria, mateo) =
        (scene.supervisor("alonso").await, scene.agent("valeria").await, scene.agent("mateo").await);
    scene.publish(&alonso, |policy| policy.queues[0].wrap_up = 20).await;
    let began = scene.now;
    let mut story = Vec::new();
    for _ in 0..150 {
        // Clocks of nodes differ by a little: what comes later may say that it was earlier.
        scene.now += TimeDelta::milliseconds([0, -300, 40, 5_000, 30_000][dice.random_range(0..5)]);
        let who = if dice.random_bool(0.5) { &valeria } else { &mateo };
        story.push(something(&scene, &mut dice, who, &alonso).await);
        let flaws = (scene.count(FLAWS, []).await, scene.count(UNTOLD, []).await);
        assert_eq!(flaws, (0, 0), "seed {seed}: {story:?}");
    }
    scene.assert_books_balance().await;
    let end = scene.now + TimeDelta::minutes(1);
    for who in [&valeria, &mateo] {
        let line = presence::time_line(scene.db(), who.person, began, end).await.unwrap();
        let sum: TimeDelta = presence::totals(&line, end).iter().map(|total| total.time).sum();
        assert_eq!(sum, end - began, "seed {seed}: {story:?}");
    }
}

#[tokio::test]
async fn colleagues_lines_are_not_an_agents_to_see() {
    let scene = Scene::new().await;
    let (gabriela, valeria, mateo) =
        (scene.supervisor("gabriela").await, scene.agent("valeria").await, scene.agent("mateo").await);
    let stranger = scene.stranger("renata").await;
    let (from, to) = (scene.now - TimeDelta::hours(1), scene.now + TimeDelta::hours(1));
    let line = async |by: &Principal, of: &Principal| {
        presence::line_of(scene.db(), by, of.person, from, to).await.map(|(name, spans)| (name, spans.len()))
    };
    assert_eq!(line(&valeria, &valeria).await.unwrap(), ("valeria".to_owned(), 1));
    assert_eq!(line(&gabriela, &valeria).await.unwrap(), ("valeria".to_owned(), 1));
    assert!(matches!(line(&gabriela, &stranger).await, Err(PresenceError::NotFound)));
    assert!(matches!(line(&stranger, &mateo).await, Err(PresenceError::NotFound)));
}
