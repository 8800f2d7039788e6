//! What reports on our own messages teach about customers, and what they must not.

use domain::{DeliveryState, IdentityKind};
use serde_json::json;
use testing::meta;

use crate::books::{Books, LUCIA, seconds};

const NOVEMBER: &str = "2026-11-02T15:00:00Z";
const LUIS: &str = "51911111111";

struct Desk(Books);

impl Desk {
    /// Somebody writes by number alone, and is answered.
    async fn answered(&self, from: &str, id: &str) {
        let text = meta::text(from, &format!("wamid.in.{id}"), seconds(NOVEMBER), "Hola");
        self.0.meta(meta::messages(&[text])).await;
        self.0.apply().await;
        let sql = format!(
            "with talk as (
                 select c.id, c.channel_id from conversation c join identity i on i.contact_id = c.contact_id
                 where i.value = '+{from}' and c.state <> 'closed'
             ), m as (
                 insert into message (id, conversation_id, channel_id, direction, kind, content, vendor_id, written_at, position)
                 select gen_random_uuid(), id, channel_id, 'out', 'text', '{{\"kind\": \"text\", \"body\": \"Ya\"}}', '{id}',
                     now(), nextval('thread_position') * 4096 from talk
                 returning id, channel_id, conversation_id, position
             )
             insert into delivery (message_id, channel_id, conversation_id, position, state, changed_at, attempts, due_at)
             select id, channel_id, conversation_id, position, '{state}', now(), 1, now() from m",
            state = DeliveryState::Accepted.as_str(),
        );
        assert_eq!(self.0.run(&sql, []).await, 1);
    }

    /// Reports in one webhook: message, state, number, user id.
    async fn reports(&self, reports: &[(&str, &str, &str, &str)]) {
        let all: Vec<_> = reports
            .iter()
            .map(|(id, state, phone, user)| {
                let mut report = meta::status(id, state, seconds(NOVEMBER), None);
                report["recipient_id"] = json!(phone);
                report["recipient_user_id"] = json!(user);
                report["recipient_parent_user_id"] = json!(user.replace("PE.", "PE.ENT."));
                report
            })
            .collect();
        self.0.meta(meta::statuses(&all)).await;
        self.0.apply().await;
    }

    /// Whose ids are known: number and id.
    async fn known(&self) -> Vec<(String, String)> {
        let sql = format!(
            "select phone.value, id.value as id from identity id
             join identity phone on phone.contact_id = id.contact_id and phone.kind = 'phone'
             where id.kind = '{}' and id.ended_at is null order by 1, 2",
            IdentityKind::Bsuid.as_str()
        );
        let rows = self.0.rows(&sql).await;
        rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
    }
}

#[tokio::test]
async fn who_got_our_answer_is_known_by_the_id_under_which_they_write_next() {
    let desk = Desk(Books::open().await);
    desk.answered(LUCIA, "wamid.1").await;
    desk.reports(&[("wamid.1", "sent", LUCIA, "PE.1")]).await;
    assert_eq!(desk.known().await, [], "it has reached nobody yet");
    desk.reports(&[("wamid.1", "delivered", LUCIA, "PE.1"), ("wamid.1", "read", LUCIA, "PE.1")]).await;
    assert_eq!(desk.known().await, [(format!("+{LUCIA}"), "PE.1".to_owned())]);
    let ids: i64 = desk.0.one("select count(*) from identity where account_key is not null").await;
    assert_eq!(ids, 2, "hers and the parent's");

    let mut hidden = meta::text(LUCIA, "wamid.2", seconds(NOVEMBER) + 60, "Soy yo, sin número");
    hidden.as_object_mut().unwrap().remove("from");
    hidden["from_user_id"] = json!("PE.1");
    desk.0.meta(meta::messages(&[hidden])).await;
    desk.0.apply().await;
    let contacts: i64 = desk.0.one("select count(*) from contact").await;
    let talks: i64 = desk.0.one("select count(distinct conversation_id) from message").await;
    assert_eq!((contacts, talks), (1, 1));
}

#[tokio::test]
async fn a_report_that_leaves_a_doubt_teaches_nothing() {
    let desk = Desk(Books::open().await);
    desk.answered(LUCIA, "wamid.1").await;
    desk.answered(LUIS, "wamid.2").await;
    desk.reports(&[("wamid.1", "delivered", "51900000000", "PE.1")]).await;
    assert_eq!(desk.known().await, [], "it went to another number than hers");
    desk.reports(&[("wamid.1", "read", LUCIA, "PE.1"), ("wamid.2", "read", LUIS, "PE.1")]).await;
    assert_eq!(desk.known().await, [], "one id for two people");

    desk.answered(LUCIA, "wamid.3").await;
    desk.answered(LUIS, "wamid.4").await;
    desk.reports(&[("wamid.3", "delivered", LUCIA, "PE.1")]).await;
    desk.reports(&[("wamid.4", "delivered", LUIS, "PE.1")]).await;
    desk.reports(&[("wamid.3", "read", LUCIA, "PE.9")]).await;
    assert_eq!(
        desk.known().await,
        [(format!("+{LUCIA}"), "PE.1".to_owned())],
        "hers stays hers, and her only one"
    );
    let contacts: i64 = desk.0.one("select count(*) from contact where merged_into is null").await;
    assert_eq!(contacts, 2);
}
