//! What was promised, who is called when it is not kept, and tags: live on every page that may know.

use domain::ConversationId;
use reqwest::{Method, StatusCode};
use routing::policy::{Entry, EntryRule, EntryRuleId, Late, LateAction, Queue, Targets, Test};
use sea_orm::TransactionTrait as _;
use serde_json::json;

use crate::clinic::{Clinic, Page, one, until};

async fn publish(clinic: &Clinic, change: impl Fn(&mut routing::Policy)) {
    let alonso = clinic.ground.world.admin("Alonso").await;
    let tx = clinic.ground.db.begin().await.unwrap();
    let draft = inbox::policy::draft(&tx).await.unwrap();
    let now = chrono::Utc::now();
    let saved = inbox::policy::save(&tx, &alonso, draft.revision, change, now).await.unwrap();
    inbox::policy::publish(&tx, &alonso, saved.revision, "", now).await.unwrap();
    tx.commit().await.unwrap();
}

async fn promise(clinic: &Clinic, targets: Targets) {
    let all = |queue: &mut Queue| queue.targets = targets;
    publish(clinic, |policy| policy.queues.iter_mut().for_each(all)).await;
}

fn first_within(seconds: u32) -> Targets {
    Targets { first_response: Some(seconds), ..Targets::default() }
}

fn heard(page: &Page, words: &str) -> bool {
    page.heard.iter().any(|frame| frame.contains(words))
}

#[tokio::test]
async fn a_broken_promise_is_told_to_supervisors_of_the_queue_and_seen_by_one_for_all() {
    let clinic = Clinic::open().await;
    promise(&clinic, first_within(1)).await;
    let (gabriela, marta) = (clinic.supervisor("Gabriela").await, clinic.supervisor("Marta").await);
    let stranger = clinic.supervisor("Otilia").await;
    clinic.change(&format!("delete from team_member where person_id = '{}'", stranger.id)).await;
    let valeria = clinic.agent("Valeria").await;
    let (mut hers, mut martas) = (gabriela.opens_floor().await, marta.opens_floor().await);
    let (mut elsewhere, mut desk) = (stranger.opens_floor().await, valeria.opens_inbox().await);
    clinic.vendor().lucia_writes("¿Hay cita?").await;
    let talk = clinic.held_conversation().await;
    for floor in [&mut hers, &mut martas] {
        floor.until("the alert", |page| page.floor_says("floor-alerts", "Lucía Paredes")).await;
        assert!(floor.floor_says("floor-alerts", "Venció la primera respuesta"));
        floor.until("the mark on its row", |page| page.floor_says("floor-conversations", "calls")).await;
        floor.until("counted", |page| page.floor_says("floor-totals", "1 en 24 horas")).await;
        floor.becomes_a_fresh_load().await;
    }
    desk.until("her clock", |page| page.shown.rows.concat().contains("data-due=\"f ")).await;

    // Neither an agent nor a supervisor of other queues has a say in it.
    let path = format!("/conversations/{talk}/alerts/seen");
    desk.posts(&path, &[]).await.is(StatusCode::FORBIDDEN);
    elsewhere.posts(&path, &[]).await.is(StatusCode::NOT_FOUND);
    hers.posts(&path, &[]).await.is(StatusCode::NO_CONTENT);
    for floor in [&mut hers, &mut martas] {
        floor.until("no alert", |page| !page.floor_says("floor-alerts", "Lucía")).await;
        floor.becomes_a_fresh_load().await;
        assert!(!floor.floor_says("floor-conversations", "calls"));
    }
    martas.posts(&path, &[]).await.is(StatusCode::NO_CONTENT);
    let seen = "select count(*) from event where kind = 'alerts_seen'";
    assert_eq!(clinic.count(seen).await, 1, "once, whoever else clicks");
    let thread = valeria.opens(talk).await.shown.thread.concat();
    for line in ["la primera respuesta llega tarde", "Gabriela está al tanto"] {
        assert!(thread.contains(line), "{line}: {thread}");
    }
    // What comes last has come: nothing of it was told to whom it does not concern.
    let ping = json!({"t": "view", "since": 1, "view": "floor"});
    elsewhere.says(&ping).await;
    elsewhere.until("an answer", |page| heard(page, "\"ready\"")).await;
    for page in [&elsewhere, &desk] {
        assert!(!heard(page, "floor-alerts") && !heard(page, &format!("al-{talk}")), "{:?}", page.heard);
    }
}

#[tokio::test]
async fn the_list_stands_by_what_falls_due_on_the_page_and_in_frames() {
    let clinic = Clinic::open().await;
    let targets = Targets { first_response: Some(300), next_response: Some(3_600), resolution: None };
    promise(&clinic, targets).await;
    let valeria = clinic.agent("Valeria").await;
    let mut page = valeria.opens_inbox().await;
    let write = async |from: &'static str, name: &'static str| {
        clinic.vendor().customer_writes(from, name, "Hola").await;
        let sql = format!(
            "select c.id from conversation c join contact k on k.id = c.contact_id
             where k.name = '{name}' and c.due_at is not null and c.state = 'assigned'"
        );
        until("something promised", || async { one::<ConversationId>(&clinic.ground.db, &sql).await }).await
    };
    let ana = write("+51911111111", "Ana").await;
    let bruno = write("+51922222222", "Bruno").await;
    // A second is what tells them apart.
    clinic.change(&format!("update conversation set due_at = due_at + interval '5 s', version = version + 1 where id = '{bruno}'")).await;
    page.until("both", |page| page.lists(ana) && page.lists(bruno)).await;

    let request = page.request(Method::PUT, "/me/list-order").form(&[("order", "due")]);
    page.person.browser.clone().send(request).await.is(StatusCode::NO_CONTENT);
    let mut page = valeria.opens_inbox().await;
    let order =
        |page: &Page| page.shown.rows.iter().map(|row| row.contains(&ana.to_string())).collect::<Vec<_>>();
    assert_eq!(order(&page), [true, false], "who wrote first is due first, although the other wrote last");
    // A page that was drawn in another order goes on in that one.
    let rest = "/inbox/list?list=mine&after=~1795189500-000000000042";
    page.gets(rest).await.is(StatusCode::NOT_FOUND);
    page.gets(&format!("{rest}&sort=newest")).await.is(StatusCode::OK);

    // Answered: nothing is promised of Ana's any more, and it goes behind without a reload.
    page.replies(ana, "Hola, Ana").await.is(StatusCode::CREATED);
    page.until("behind", |page| order(page) == [false, true]).await;
    page.becomes_a_fresh_load().await;
}

#[tokio::test]
async fn tags_of_rules_and_of_time_come_to_open_pages() {
    let clinic = Clinic::open().await;
    publish(&clinic, |policy| {
        for queue in &mut policy.queues {
            queue.late = vec![Late { after: 1, action: LateAction::Tag { tag: "espera-larga".into() } }];
        }
        let queue = policy.queues[0].id;
        policy.rules.push(EntryRule {
            id: EntryRuleId(uuid::Uuid::now_v7()),
            name: "Dolor".into(),
            on: true,
            tests: vec![Test::Keyword { any: vec!["duele".into()] }],
            entry: Entry {
                queue,
                skills: [].into(),
                speaks_language: false,
                priority: 0,
                tags: ["dolor".to_owned()].into(),
                greeting: None,
            },
        });
    })
    .await;
    let gabriela = clinic.supervisor("Gabriela").await;
    let mut floor = gabriela.opens_floor().await;
    clinic.vendor().lucia_writes("Me duele").await;
    floor.until("by a rule", |page| page.floor_says("floor-conversations", "dolor")).await;
    let talk: ConversationId = one(&clinic.ground.db, "select id from conversation").await.unwrap();
    let mut open = gabriela.opens(talk).await;
    floor.until("by time", |page| page.floor_says("floor-conversations", "dolor, espera-larga")).await;
    open.until("the line", |page| page.shown.thread.concat().contains("espera-larga")).await;
    assert!(open.shown.thread.concat().contains("dolor"), "the rule's tag is a line as well");
    let panel = open.gets(&format!("/inbox/{talk}")).await.body;
    for tag in ["dolor", "espera-larga"] {
        assert!(panel.contains(&format!("<li class=\"tag\" dir=\"auto\">{tag}</li>")), "{tag}");
    }
}
