//! Macros: whose they are, what they say here, and what they do.

use domain::{
    ConversationState, Principal,
    conversation::Urgency,
    macros::{Action, Clash},
};
use inbox::{
    closing::CloseError,
    macros::{self, MacroError, RunError, Whose, Wish},
    outcomes::{self, ClosingRule, Typed},
    reading, reopening,
    reply::{self, Draft},
};
use uuid::Uuid;

use crate::scene::Scene;

fn wish(name: &str, body: &str, whose: Whose) -> Wish {
    Wish {
        id: None,
        name: name.to_owned(),
        body: body.to_owned(),
        actions: Vec::new(),
        files: Vec::new(),
        whose,
    }
}

async fn save(scene: &Scene, by: &Principal, wish: Wish) -> Result<domain::MacroId, MacroError> {
    let tx = scene.begin().await;
    let saved = macros::save(&tx, by, wish, scene.now).await;
    tx.commit().await.unwrap();
    saved
}

async fn names(scene: &Scene, who: &Principal) -> Vec<String> {
    macros::usable(scene.db(), who.person).await.unwrap().into_iter().map(|line| line.name).collect()
}

#[tokio::test]
async fn ones_own_are_ones_own_a_teams_are_its_peoples_and_the_others_everybodys() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let gabriela = scene.supervisor("gabriela").await;
    let mut admin = scene.supervisor("ana").await;
    admin.grants.insert(domain::Permission::MacroManage, domain::Scope::All);
    let team = macros::teams(scene.db(), &gabriela).await.unwrap()[0].id;

    let own = save(&scene, &valeria, wish("/Mi saludo", "Hola", Whose::Own)).await.unwrap();
    save(&scene, &gabriela, wish("Turnos", "De 8 a 20", Whose::Team(team))).await.unwrap();
    save(&scene, &admin, wish("Dirección", "Av. Larco 743", Whose::All)).await.unwrap();
    assert_eq!(names(&scene, &valeria).await, ["mi-saludo", "direccion"]);
    assert_eq!(names(&scene, &mateo).await, ["direccion"]);
    assert_eq!(names(&scene, &gabriela).await, ["turnos", "direccion"]);

    for (by, whose) in [(&valeria, Whose::Team(team)), (&valeria, Whose::All), (&gabriela, Whose::All)] {
        let refused = save(&scene, by, wish("otra", "Hola", whose)).await;
        assert!(matches!(refused, Err(MacroError::NotForSoMany)), "{whose:?}");
    }
    let again = save(&scene, &valeria, wish("mi saludo", "Buenas", Whose::Own)).await;
    assert!(matches!(again, Err(MacroError::Taken)));
    let stolen = Wish { id: Some(own), ..wish("mio", "Hola", Whose::Own) };
    assert!(matches!(save(&scene, &mateo, stolen).await, Err(MacroError::NotFound)));
    let tx = scene.begin().await;
    assert!(matches!(macros::remove(&tx, &mateo, own).await, Err(MacroError::NotFound)));
    macros::remove(&tx, &valeria, own).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&scene, &valeria).await, ["direccion"]);
}

#[tokio::test]
async fn what_cannot_be_is_told_to_whoever_writes_it() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let refused = async |name: &str, body: &str| save(&scene, &valeria, wish(name, body, Whose::Own)).await;
    assert!(matches!(refused("///", "Hola").await, Err(MacroError::BadName)));
    assert!(matches!(refused("vacia", " \n").await, Err(MacroError::Empty)));
    let long = "a".repeat(domain::macros::LONGEST + 1);
    assert!(matches!(refused("larga", &long).await, Err(MacroError::TooLong(_))));
    let Err(MacroError::Unknown(places)) = refused("rara", "{{contact.first_name}} {{atribute.dni}}").await
    else {
        panic!("nothing could ever fill it")
    };
    assert_eq!(places, ["atribute.dni"]);
    assert_eq!(scene.count("select count(*) from macro", []).await, 0);
}

#[tokio::test]
async fn what_it_does_is_done_whole_or_not_at_all() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let note = Action::Note { body: "{{contact.name}} quedó contenta".to_owned() };
    let done = Wish {
        actions: vec![note, Action::Prioritize { urgency: Urgency::High }, Action::Close { outcome: None }],
        ..wish("listo", "", Whose::Own)
    };
    let id = save(&scene, &valeria, done).await.unwrap();
    let run = async |name: Option<&str>| {
        let tx = scene.begin().await;
        let value = |place: &str| name.filter(|_| place == "contact.name").map(str::to_owned);
        let done = macros::run(&tx, &valeria, (talk, id), Uuid::now_v7(), value, scene.now).await;
        if done.is_ok() {
            tx.commit().await.unwrap();
        }
        done
    };
    let Err(RunError::Missing(places)) = run(None).await else { panic!("no name is known") };
    assert_eq!(places, ["{{contact.name}}"]);
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Assigned);

    run(Some("Lucía")).await.unwrap();
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed);
    assert_eq!(scene.conversation(talk).await.priority, Urgency::High.priority());
    let notes = reading::notes::between(scene.db(), talk, None, None).await.unwrap();
    assert_eq!(notes[0].body, "Lucía quedó contenta");
    assert!(matches!(run(Some("Lucía")).await, Err(RunError::Close(_))), "it is closed already");
    assert_eq!(scene.count("select count(*) from note", []).await, 1, "and no second note");
    scene.assert_books_balance().await;
}

#[tokio::test]
async fn done_again_after_a_lost_answer_it_closes_nothing_that_came_back() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let talk = scene.talk_of(&valeria).await;
    let closes =
        Wish { actions: vec![Action::Close { outcome: None }], ..wish("adios", "Adiós", Whose::Own) };
    let id = save(&scene, &valeria, closes).await.unwrap();
    let say = async |client: Uuid, now| {
        let tx = scene.begin().await;
        reply::submit(&tx, &valeria, Draft::text(talk, client, "Adiós"), now).await.unwrap();
        tx.commit().await.unwrap();
    };
    let run = async |client: Uuid, now| {
        let tx = scene.begin().await;
        macros::run(&tx, &valeria, (talk, id), client, |_| None, now).await.unwrap();
        tx.commit().await.unwrap();
        scene.conversation(talk).await.state
    };

    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    say(first, scene.now).await;
    assert_eq!(run(first, scene.now).await, ConversationState::Closed);
    assert_eq!(run(first, scene.now).await, ConversationState::Closed, "no refusal");
    let tx = scene.begin().await;
    reopening::reopen(&tx, &valeria, talk, scene.now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(run(first, scene.now).await, ConversationState::Assigned);

    let later = scene.now + chrono::TimeDelta::seconds(1);
    say(second, later).await;
    assert_eq!(run(second, later).await, ConversationState::Closed, "said and used once more");
}

#[tokio::test]
async fn where_closing_asks_for_an_outcome_all_else_is_done_and_it_stays_open() {
    let scene = Scene::new().await;
    let valeria = scene.agent("valeria").await;
    let tx = scene.begin().await;
    let typed = Typed { name: "Vendido".to_owned(), parent: None, required: [].into() };
    let sold = outcomes::create(&tx, typed).await.unwrap();
    let rule = ClosingRule { outcome_required: true, required: [].into() };
    outcomes::set_rule(&tx, rule).await.unwrap();
    tx.commit().await.unwrap();
    let hurries = Action::Prioritize { urgency: Urgency::High };
    let closes = async |name: &str, outcome| {
        let actions = vec![hurries.clone(), Action::Close { outcome }];
        save(&scene, &valeria, Wish { actions, ..wish(name, "", Whose::Own) }).await.unwrap()
    };
    let (plain, with) = (closes("listo", None).await, closes("vendido", Some(sold)).await);
    let run = async |talk, id| {
        let tx = scene.begin().await;
        let ran = macros::run(&tx, &valeria, (talk, id), Uuid::now_v7(), |_| None, scene.now).await.unwrap();
        tx.commit().await.unwrap();
        ran.left_open
    };

    let talk = scene.talk_of(&valeria).await;
    assert!(matches!(run(talk, plain).await, Some(CloseError::OutcomeRequired)));
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Assigned);
    assert_eq!(scene.conversation(talk).await.priority, Urgency::High.priority());
    assert!(run(talk, with).await.is_none());
    assert_eq!(scene.conversation(talk).await.state, ConversationState::Closed);

    let actions = vec![Action::Snooze { hours: None }, Action::Close { outcome: None }];
    let both = save(&scene, &valeria, Wish { actions, ..wish("dos", "", Whose::Own) }).await;
    assert!(matches!(both, Err(MacroError::Clash(Clash::TwoEnds))), "it can't end in two ways");
}

#[tokio::test]
async fn a_macro_keeps_its_files_and_lets_go_of_those_it_no_longer_has() {
    let scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let bring = async |by: &Principal, name: &str| {
        let id = domain::FileId::new();
        let facts = inbox::files::Facts {
            kind: Some("application/pdf".to_owned()),
            bytes: 9,
            sha256: vec![1],
            width: None,
            height: None,
            seconds: None,
            thumbnail: false,
        };
        let tx = scene.begin().await;
        let named = (id, Some(name.to_owned()));
        macros::files::keep(&tx, by.person, named, &facts, scene.now).await.unwrap();
        tx.commit().await.unwrap();
        id
    };
    let (one, two, his) =
        (bring(&valeria, "precios.pdf").await, bring(&valeria, "mapa.pdf").await, bring(&mateo, "x").await);
    let with = |files: &[domain::FileId]| Wish { files: files.to_vec(), ..wish("precios", "", Whose::Own) };
    assert!(matches!(save(&scene, &valeria, with(&[one, his])).await, Err(MacroError::FileGone)));
    let many = vec![one; macros::files::MOST + 1];
    assert!(matches!(save(&scene, &valeria, with(&many)).await, Err(MacroError::TooManyFiles)));

    let id = save(&scene, &valeria, with(&[two, one])).await.unwrap();
    let names = async |by: &Principal| {
        let all = macros::files::usable(scene.db(), by.person, id).await.unwrap();
        all.into_iter().filter_map(|file| file.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&valeria).await, ["mapa.pdf", "precios.pdf"]);
    assert!(names(&mateo).await.is_empty(), "hers are hers");
    assert!(macros::files::seen_by(scene.db(), &mateo, one).await.unwrap().is_none());
    assert!(macros::files::seen_by(scene.db(), &valeria, one).await.unwrap().is_some());
    scene
        .run("update macro_file set created_at = $1", [(scene.now - chrono::TimeDelta::days(9)).into()])
        .await;
    let swept = macros::files::sweep(scene.db(), std::time::Duration::from_secs(60)).await.unwrap();
    assert_eq!(swept, 1, "the one that nobody saved");

    let only = Wish { id: Some(id), ..with(&[one]) };
    save(&scene, &valeria, only).await.unwrap();
    assert_eq!(names(&valeria).await, ["precios.pdf"]);
    let tx = scene.begin().await;
    macros::remove(&tx, &valeria, id).await.unwrap();
    tx.commit().await.unwrap();
    let mut gone = inbox::files::gone(scene.db(), 10).await.unwrap();
    gone.sort();
    let mut all = vec![one, two, his];
    all.sort();
    assert_eq!(gone, all, "their bytes follow");
}
