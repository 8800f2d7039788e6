//! What lists hold, in which order, page by page; and views that people keep.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ChannelId, ConversationId, List, MustAct, Permission, Principal, QueueId, Sort, View, Visibility,
    list::Filter,
};
use inbox::{
    reading::{
        conversations::{self, ConversationLine},
        lists::{self, Ask, Drawn, Page, Place},
        open,
    },
    saved_views::{self, SavedViewError},
    watch,
};
use routing::policy::Targets;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};

use crate::scene::Scene;

impl Scene {
    /// One stretch of a list.
    async fn page(&self, who: &Principal, view: &View, after: Option<Place>, limit: u64) -> Page {
        let reach = who.reach(Permission::ConversationRead);
        let addresses = who.scope(Permission::ContactPiiReveal) == Some(domain::Scope::All);
        let sort = view.sorted(Sort::Newest);
        let ask =
            Ask { person: who.person, reach: &reach, addresses, view, sort, after, limit, now: self.now };
        lists::page(self.db(), &ask).await.unwrap()
    }

    /// One stretch of a list, and how many rows of conversations were read for it.
    async fn page_and_read(
        &self,
        who: &Principal,
        view: &View,
        after: Option<Place>,
        limit: u64,
    ) -> (Page, i64) {
        let reach = who.reach(Permission::ConversationRead);
        let (person, sort, now) = (who.person, view.sorted(Sort::Newest), self.now);
        let ask = Ask { person, reach: &reach, addresses: false, view, sort, after, limit, now };
        let tx = self.begin().await;
        // What this connection did in the last second may be counted still.
        let before = read(&tx).await;
        let page = lists::page(&tx, &ask).await.unwrap();
        (page, read(&tx).await - before)
    }

    /// A whole list.
    pub async fn list(&self, who: &Principal, view: &View) -> Vec<ConversationId> {
        self.page(who, view, None, 500).await.lines.iter().map(|line| line.id).collect()
    }

    /// Somebody is called to all there is.
    async fn calls(&self, who: &Principal) {
        self.run(
            "with noted as (
                 insert into note (id, conversation_id, author_id, client_id, body, written_at, position)
                 select gen_random_uuid(), id, $1, gen_random_uuid(), 'Mira', $2, 1 from conversation
                 returning id, conversation_id)
             insert into mention (note_id, person_id, conversation_id, at) select id, $1, conversation_id, $2 from noted",
            [who.person.into(), self.now.into()],
        )
        .await;
    }

    async fn close(&self, who: &Principal, talk: ConversationId) {
        let tx = self.begin().await;
        inbox::closing::close(&tx, who, talk, self.now).await.unwrap();
        tx.commit().await.unwrap();
    }
}

fn of(list: List, change: impl FnOnce(&mut Filter)) -> View {
    let mut view = View::of(list);
    change(&mut view.filter);
    view
}

/// A floor on which something of everything happened; Gabriela supervises it, Ana sees all.
async fn floor() -> (Scene, [Principal; 4]) {
    let mut scene = Scene::new().await;
    let (valeria, mateo) = (scene.agent("valeria").await, scene.agent("mateo").await);
    let (gabriela, stranger) = (scene.supervisor("gabriela").await, scene.stranger("renata").await);
    scene
        .publish(&gabriela, |policy| {
            policy.queues[0].targets = Targets { first_response: Some(900), ..Targets::default() };
        })
        .await;
    for (n, ago) in [5, 400, 800, 1200, 3000].into_iter().enumerate() {
        let talk = scene.talk(ago).await;
        scene
            .run(
                "insert into watch (conversation_id, look_at) values ($1, $2)",
                [talk.into(), scene.now.into()],
            )
            .await;
        if n % 2 == 0 {
            scene
                .run(
                    "insert into conversation_tag (conversation_id, tag, at) values ($1, 'seguro', $2)",
                    [talk.into(), scene.now.into()],
                )
                .await;
        }
        let window = scene.now + TimeDelta::minutes(i64::try_from(n).unwrap() * 25 - 20);
        scene
            .run("update conversation set window_until = $2 where id = $1", [talk.into(), window.into()])
            .await;
    }
    watch::step(scene.db(), scene.now).await.unwrap();
    for who in [&valeria, &mateo, &valeria] {
        let talk = scene.talk_of(who).await;
        scene.run("update contact set vip = true where id = (select contact_id from conversation where id = $1)", [talk.into()]).await;
        scene.reply(who, talk, "Hola, ¿en qué te ayudo?").await;
    }
    for who in [&valeria, &mateo, &mateo] {
        let talk = scene.talk_of(who).await;
        scene.now += TimeDelta::seconds(1);
        scene.close(who, talk).await;
    }
    (scene, [valeria, mateo, gabriela, stranger])
}

#[tokio::test]
async fn the_database_and_the_predicate_of_frames_agree_on_what_a_list_holds() {
    let (scene, people) = floor().await;
    let all = scene.ids("select id from conversation").await;
    let lines = conversations::some(scene.db(), &all).await.unwrap();
    let filters: Vec<Filter> = vec![
        Filter::default(),
        Filter { queues: [scene.queue].into(), ..Filter::default() },
        Filter { queues: [QueueId::new()].into(), ..Filter::default() },
        Filter { channels: [scene.channel].into(), vip: true, ..Filter::default() },
        Filter { tags: ["seguro".to_owned(), "otro".to_owned()].into(), ..Filter::default() },
        Filter { at_risk: true, ..Filter::default() },
        Filter { at_risk: true, tags: ["seguro".to_owned()].into(), ..Filter::default() },
        Filter { closing: true, ..Filter::default() },
        Filter { waits: Some(10), ..Filter::default() },
    ];
    let mut some_held = 0;
    for who in &people {
        for list in List::ALL {
            for filter in &filters {
                let view = View { filter: filter.clone(), ..View::of(*list) };
                let mut held: Vec<ConversationId> = lines
                    .iter()
                    .filter(|line| {
                        let facts = line.facts();
                        who.can_see(&facts)
                            && view.holds(&line.listed(&facts, false, scene.now), who.person, scene.now)
                    })
                    .map(|line| line.id)
                    .collect();
                let mut listed = scene.list(who, &view).await;
                some_held += listed.len();
                held.sort();
                listed.sort();
                assert_eq!(listed, held, "{view:?}");
            }
        }
    }
    assert!(some_held > 50, "{some_held}");
}

#[tokio::test]
async fn page_by_page_is_the_whole_list_in_every_order() {
    let (scene, [valeria, _, gabriela, _]) = floor().await;
    scene.calls(&gabriela).await;
    for who in [&valeria, &gabriela] {
        for list in [List::All, List::Closed, List::Waiting, List::Mentions] {
            for sort in Sort::ALL {
                let view = View { sort: Some(*sort), ..View::of(list) };
                let whole = scene.list(who, &view).await;
                let (mut pages, mut after) = (Vec::new(), None);
                loop {
                    let page = scene.page(who, &view, after, 2).await;
                    pages.extend(page.lines.iter().map(|line| line.id));
                    // Through the address, as a browser asks for it.
                    after = page.more.map(|place| Place::parse(&place.to_string()).unwrap());
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(pages, whole, "{view:?}");
            }
        }
    }
    let risky = of(List::All, |filter| filter.at_risk = true);
    let first = scene.page(&gabriela, &risky, None, 1).await;
    let rest = scene.page(&gabriela, &risky, first.more, 100).await;
    let both: Vec<_> = first.lines.iter().chain(&rest.lines).map(|line| line.id).collect();
    assert_eq!(both, scene.list(&gabriela, &risky).await);
}

fn ids(lines: &[ConversationLine]) -> Vec<ConversationId> {
    lines.iter().map(|line| line.id).collect()
}

/// The place of a row by what a page knows of it.
fn drawn(line: &ConversationLine, view: &View, now: DateTime<Utc>) -> Option<Place> {
    let by = Drawn::of(line, view.sorted(Sort::Newest), now);
    let at = line.closed_at.unwrap_or(line.last_activity_at);
    Place::drawn(view.list, by, at, line.last_position)
}

#[tokio::test]
async fn a_list_goes_on_from_any_row_by_what_a_page_knows_of_it() {
    let (scene, [_, _, gabriela, _]) = floor().await;
    scene.calls(&gabriela).await;
    for list in [List::All, List::Closed, List::Waiting, List::Mentions] {
        for sort in Sort::ALL {
            let view = View { sort: Some(*sort), ..View::of(list) };
            let whole = scene.page(&gabriela, &view, None, 500).await.lines;
            assert!(whole.len() > 2, "{view:?}");
            for (n, line) in whole.iter().enumerate() {
                let place = drawn(line, &view, scene.now);
                assert!(place.is_some());
                let rest = ids(&scene.page(&gabriela, &view, place, 500).await.lines);
                let itself = usize::from(list != List::Closed);
                assert_eq!(rest, ids(&whole[n + itself..]), "{view:?} {n}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_over_goes_on_with_all_that_was_closed_in_one_moment() {
    let (scene, [_, _, gabriela, _]) = floor().await;
    scene.run("update conversation set closed_at = $1 where state = 'closed'", [scene.now.into()]).await;
    let view = View::of(List::Closed);
    let whole = scene.page(&gabriela, &view, None, 500).await.lines;
    for line in &whole {
        let rest = scene.page(&gabriela, &view, drawn(line, &view, scene.now), 500).await.lines;
        assert_eq!(ids(&rest), ids(&whole));
    }
}

#[tokio::test]
async fn what_followed_a_window_that_has_shut_since_still_follows_it() {
    let (mut scene, [_, _, gabriela, _]) = floor().await;
    let view = View { sort: Some(Sort::Window), ..View::of(List::All) };
    let before = scene.page(&gabriela, &view, None, 500).await.lines;
    let [first, second, ..] = &*before else { panic!("{before:?}") };
    let until = first.window_until.unwrap();
    assert!(until < second.window_until.unwrap());
    scene.now = until + TimeDelta::seconds(1);
    let place =
        Place::drawn(List::All, Drawn::Until(Some(until)), first.last_activity_at, first.last_position);
    let rest = ids(&scene.page(&gabriela, &view, place, 500).await.lines);
    // Itself, too: it stands with those that have none now.
    assert_eq!((rest[0], rest.len()), (second.id, before.len()));
}

#[tokio::test]
async fn what_is_over_waits_for_nobody_though_its_last_word_was_never_answered() {
    let scene = Scene::new().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let over = scene.talk_of(&valeria).await;
    scene.run("update conversation set must_act_since = must_act_since - interval '1 hour'", []).await;
    scene.close(&valeria, over).await;
    let waits = scene.talk(1200).await;
    scene.calls(&gabriela).await;
    let mentions = View { sort: Some(Sort::Longest), ..View::of(List::Mentions) };
    assert_eq!(scene.list(&gabriela, &mentions).await, [waits, over], "who waits stands first");

    let lines = conversations::some(scene.db(), &[over, waits]).await.unwrap();
    for line in &lines {
        let ours = line.turn() == MustAct::Agent;
        assert_eq!((line.must_act, ours), (MustAct::Agent, line.id == waits));
        let mentions = of(List::Mentions, |filter| filter.waits = Some(5));
        let facts = line.facts();
        let held = mentions.holds(&line.listed(&facts, true, scene.now), gabriela.person, scene.now);
        assert_eq!(held, ours, "frames");
        assert_eq!(scene.list(&gabriela, &mentions).await, [waits], "pages");
    }
    assert_eq!(scene.list(&gabriela, &of(List::Closed, |filter| filter.waits = Some(5))).await, []);
}

#[tokio::test]
async fn what_was_closed_last_stands_first_and_others_closed_ones_stay_theirs() {
    let (scene, [valeria, mateo, gabriela, stranger]) = floor().await;
    let closed = View::of(List::Closed);
    let all = scene.list(&gabriela, &closed).await;
    assert_eq!(all.len(), 3);
    assert_eq!(scene.list(&mateo, &closed).await, all[..2]);
    assert_eq!(scene.list(&valeria, &closed).await, all[2..]);
    assert_eq!(scene.list(&stranger, &closed).await, []);
}

/// Many more, long over, of 2,000 contacts, held by one of two.
const LONG_AGO: &str = "
    with who as (select array_agg(id) as ids from person where name in ('valeria', 'mateo')),
    known as (insert into contact (id, name) select gen_random_uuid(), 'Antes ' || n from generate_series(1, 2000) n returning id),
    numbered as (select id, row_number() over () as n from known)
    insert into conversation (id, contact_id, channel_id, queue_id, state, last_holder_id, reply_address, must_act_since,
        opened_at, queued_at, closed_at, last_activity_at, last_position)
    select gen_random_uuid(), numbered.id, $1, $2, 'closed', who.ids[1 + t.n % 2], '+51', t.at, t.at, t.at, t.at, t.at, t.n
    from (select n, now() - make_interval(mins => n::int) as at from generate_series(1, $3) n) t
    join numbered on numbered.n = 1 + t.n % 2000, who";

#[tokio::test]
async fn a_page_of_a_list_reads_few_of_all_conversations_there_ever_were() {
    let (scene, people) = floor().await;
    scene.run(LONG_AGO, [scene.channel.into(), scene.queue.into(), 20_000.into()]).await;
    scene.run("analyze", []).await;
    for (who, list) in people.iter().flat_map(|who| List::ALL.iter().map(move |list| (who, *list))) {
        for sort in Sort::ALL.iter().filter(|sort| list != List::Closed || **sort == Sort::Newest) {
            let view = View { sort: Some(*sort), ..View::of(list) };
            let (page, read) = scene.page_and_read(who, &view, None, 50).await;
            assert!(
                read < 1000,
                "{list:?} by {sort:?} reads {read} conversations to show {}",
                page.lines.len()
            );
        }
    }
}

#[tokio::test]
async fn whatever_is_asked_of_what_is_over_no_page_reads_it_all() {
    let (scene, [_, _, mut gabriela, _]) = floor().await;
    scene.run(LONG_AGO, [scene.channel.into(), scene.queue.into(), 60_000.into()]).await;
    let (quiet, channel) = (QueueId::new(), ChannelId::new());
    scene.run("insert into queue (id, name) values ($1, 'Cobros')", [quiet.into()]).await;
    scene
        .run(
            "insert into channel (id, kind, name, address, vendor_key, account_key, queue_id)
             values ($1, 'whatsapp_cloud', 'Cobros', '+5115550101', 'phone_number_id:3', 'waba:1', $2)",
            [channel.into(), quiet.into()],
        )
        .await;
    // The ten that have been over for longest, one of a VIP.
    scene
        .run(
            "update conversation set queue_id = $1, channel_id = $2 where reply_address = '+51' and last_position > 59990",
            [quiet.into(), channel.into()],
        )
        .await;
    scene
        .run(
            "update contact set vip = true
             where id = (select contact_id from conversation where reply_address = '+51' and last_position = 60000)",
            [],
        )
        .await;
    scene.run("analyze", []).await;

    let in_quiet = of(List::Closed, |filter| filter.queues = [quiet].into());
    let closed = |change: fn(&mut Filter)| of(List::Closed, change);
    let views: [(View, usize); 8] = [
        (in_quiet.clone(), 10),
        (of(List::Closed, |filter| filter.channels = [channel].into()), 10),
        (closed(|filter| filter.vip = true), 30),
        (closed(|filter| filter.closing = true), 0),
        (closed(|filter| filter.waits = Some(1_000)), 0),
        (closed(|filter| filter.unread = true), 0),
        (closed(|filter| filter.tags = ["nadie".to_owned()].into()), 0),
        (closed(|filter| filter.at_risk = true), 0),
    ];
    let everything = {
        let mut ana = scene.supervisor("ana").await;
        ana.grants.insert(Permission::ConversationRead, domain::Scope::All);
        ana
    };
    gabriela.team_queues.insert(quiet);
    for who in [&everything, &gabriela] {
        for (view, holds) in &views {
            let (mut found, mut after) = (0, None);
            // Far enough to have seen all of those few that there are.
            for _ in 0..4 {
                let (page, read) = scene.page_and_read(who, view, after, 50).await;
                // Near the end Postgres may rather read what is left at once.
                let most = if after.is_none() { 23_000 } else { 60_000 };
                assert!(read < most, "{view:?} reads {read} to show {}", page.lines.len());
                found += page.lines.len();
                after = page.more;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, (*holds).min(200), "{view:?}");
        }
        let (_, read) = scene.page_and_read(who, &View::of(List::Closed), None, 50).await;
        assert!(read < 2000, "all that is over: {read}");
        let far = Place::parse(&format!("{0}.{0}.9", (scene.now - TimeDelta::days(15)).timestamp_micros()));
        let (page, read) = scene.page_and_read(who, &View::of(List::Closed), far, 50).await;
        assert!(read < 2000 && page.lines.len() == 50, "far in it: {read}");
    }

    // Of the quiet queue alone hardly anything is read, whoever asks.
    let (page, read) = scene.page_and_read(&everything, &in_quiet, None, 50).await;
    assert!(read < 500 && page.lines.len() == 10, "{read}");
    gabriela.team_queues.remove(&scene.queue);
    for view in [View::of(List::Closed), in_quiet] {
        let (page, read) = scene.page_and_read(&gabriela, &view, None, 50).await;
        assert!(read < 500 && page.lines.len() == 10, "{read}");
    }
}

#[tokio::test]
async fn words_are_looked_for_in_all_that_is_over_a_part_at_a_time() {
    let (scene, [_, _, gabriela, _]) = floor().await;
    scene.run(LONG_AGO, [scene.channel.into(), scene.queue.into(), 20_000.into()]).await;
    let view = of(List::Closed, |filter| filter.text = Some("Antes 1999".to_owned()));
    let (mut found, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let page = scene.page(&gabriela, &view, after, 4).await;
        assert!(page.lines.len() <= 4);
        found.extend(page.lines);
        (pages, after) = (pages + 1, page.more);
        if after.is_none() {
            break;
        }
    }
    assert_eq!((found.len(), pages), (10, 3));
    assert!(found.iter().all(|line| line.contact_name == "Antes 1999"));
    assert!(found.is_sorted_by(|one, next| one.closed_at > next.closed_at));
}

/// How many rows of conversations a transaction has read so far.
async fn read(tx: &sea_orm::DatabaseTransaction) -> i64 {
    let sql = "select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint
               from pg_stat_xact_user_tables where relname = 'conversation'";
    let row =
        tx.query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn unread_is_what_the_person_has_not_read() {
    let (scene, [valeria, mateo, ..]) = floor().await;
    let talk = scene.talk_of(&valeria).await;
    scene.run("update conversation set inbound_count = 3 where id = $1", [talk.into()]).await;
    let unread = of(List::Mine, |filter| filter.unread = true);
    assert_eq!(scene.list(&valeria, &unread).await, [talk]);
    inbox::read_marks::mark(scene.db(), &valeria, talk, 3).await.unwrap();
    assert_eq!(scene.list(&valeria, &unread).await, []);
    assert_eq!(scene.list(&mateo, &unread).await, []);
    // Meant to be come back to, once; what others may not see they can't mark.
    assert_eq!(inbox::read_marks::unmark(scene.db(), &mateo, talk).await.unwrap(), None);
    assert_eq!(inbox::read_marks::unmark(scene.db(), &valeria, talk).await.unwrap(), Some(2));
    assert_eq!(scene.list(&valeria, &unread).await, [talk]);
    assert_eq!(inbox::read_marks::unmark(scene.db(), &valeria, talk).await.unwrap(), None);
}

#[tokio::test]
async fn words_are_found_whatever_their_accents_and_numbers_only_by_those_who_see_them() {
    let scene = Scene::new().await;
    let (valeria, gabriela) = (scene.agent("valeria").await, scene.supervisor("gabriela").await);
    let mut ana = scene.supervisor("ana").await;
    for permission in [Permission::ConversationRead, Permission::ContactPiiReveal] {
        ana.grants.insert(permission, domain::Scope::All);
    }
    let talk = scene.talk(10).await;
    scene
        .run("update contact set name = 'José Peña' where id = (select contact_id from conversation where id = $1)", [talk.into()])
        .await;
    scene
        .run("update conversation set last_text = '¿Atienden mañana 100%?' where id = $1", [talk.into()])
        .await;
    scene
        .run(
            "insert into identity (id, contact_id, kind, value)
             select gen_random_uuid(), contact_id, 'phone', '51987412306' from conversation where id = $1",
            [talk.into()],
        )
        .await;
    let find = async |who: &Principal, text: &str| {
        let view = of(List::All, |filter| filter.text = Some(text.to_owned()));
        !scene.list(who, &view).await.is_empty()
    };
    for text in ["jose pena", "PEÑA", "manana", "100%", "ATIENDEN"] {
        assert!(find(&valeria, text).await, "{text}");
    }
    for text in ["juan", "%", "_", "jose_pena"] {
        assert_eq!(find(&valeria, text).await, text == "%", "{text}");
    }
    assert!(find(&ana, "987 412").await);
    assert!(!find(&valeria, "987412").await && !find(&gabriela, "987 412").await);
}

#[tokio::test]
async fn all_that_is_open_is_counted_as_it_is_listed() {
    let (scene, people) = floor().await;
    let open = open::read(scene.db(), scene.now).await.unwrap();
    let views = [
        View::of(List::Mine),
        View::of(List::Waiting),
        View::of(List::Snoozed),
        View::of(List::All),
        of(List::All, |filter| filter.at_risk = true),
        of(List::Waiting, |filter| filter.tags = ["seguro".to_owned()].into()),
        of(List::All, |filter| filter.vip = true),
    ];
    for who in &people {
        let reach = who.reach(Permission::ConversationRead);
        for view in &views {
            let listed = scene.list(who, view).await.len();
            let counted = open.seen_by(who.person, &reach).count(view, scene.now);
            assert_eq!(counted, i64::try_from(listed).unwrap(), "{view:?}");
        }
    }
    let queues = open.seen_by(people[0].person, &Visibility::Everything).queues(scene.now);
    assert_eq!((queues.len(), queues[0].open, queues[0].longest), (1, 8, Some(3003)));
    let reach = people[3].reach(Permission::ConversationRead);
    assert_eq!(open.seen_by(people[3].person, &reach).queues(scene.now), []);
}

#[tokio::test]
async fn views_are_kept_for_oneself_or_by_those_who_may_for_everybody() {
    let scene = Scene::new().await;
    let (valeria, mateo, gabriela) =
        (scene.agent("valeria").await, scene.agent("mateo").await, scene.supervisor("gabriela").await);
    let save = async |who: &Principal, name: &str, query: &str, shared| {
        saved_views::save(scene.db(), who, name, query, shared).await
    };
    let names = async |who: &Principal| -> Vec<String> {
        let views = saved_views::of(scene.db(), who.person).await.unwrap();
        views.into_iter().map(|view| view.name).collect()
    };
    let vip = save(&valeria, " VIP ", "list=all&vip=1", false).await.unwrap();
    assert_eq!(
        save(&valeria, "VIP", "list=mine&vip=1", false).await.unwrap(),
        vip,
        "the same name is the same view"
    );
    assert!(matches!(save(&valeria, "  ", "", false).await, Err(SavedViewError::NoName)));
    assert!(matches!(save(&valeria, &"n".repeat(61), "", false).await, Err(SavedViewError::LongName(61))));
    assert!(matches!(save(&valeria, "Todos", "", true).await, Err(SavedViewError::Forbidden)));
    let shared = save(&gabriela, "Espera", "list=waiting&waits=10", true).await.unwrap();
    assert_eq!(names(&valeria).await, ["Espera", "VIP"]);
    assert_eq!(names(&mateo).await, ["Espera"]);
    for (who, id) in [(&mateo, vip), (&mateo, shared), (&gabriela, vip)] {
        let refused = saved_views::remove(scene.db(), who, id).await;
        assert!(matches!(refused, Err(SavedViewError::NotFound)));
    }
    saved_views::remove(scene.db(), &valeria, vip).await.unwrap();
    saved_views::remove(scene.db(), &gabriela, shared).await.unwrap();
    assert_eq!(names(&valeria).await, [""; 0]);
}
