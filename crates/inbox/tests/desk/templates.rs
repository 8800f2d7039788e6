//! Templates: what people write here, what the vendor makes of it, and that the vendor's word counts.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use domain::{
    Principal, TemplateId,
    notice::{Notice, Said, TemplateRef},
    template::{Definition, Draft, Filling, Format, Listed, Obstacle, Status, Text, Value, categories},
};
use inbox::{
    notices::Told,
    templates::{self, FillError, Refusal, Taken, Template, WriteError},
};
use serde_json::json;

use super::scene::Scene;

const WABA: &str = "waba:1";

fn body(text: &str) -> Definition {
    let samples = vec![Value { name: None, text: "Lucía".into() }];
    Definition { body: Text { text: text.into(), samples }, ..Definition::default() }
}

const WORDS: &str = "Hola {{1}}, te recordamos tu cita en la clínica.";

fn reminder() -> Draft {
    Draft {
        name: "recordatorio".into(),
        language: "es".into(),
        category: categories::UTILITY.into(),
        format: Format::Positional,
        definition: body(WORDS),
        ttl_seconds: None,
    }
}

fn listed(id: &str, status: &str) -> Listed {
    let Draft { name, language, category, format, definition, ttl_seconds } = reminder();
    Listed {
        vendor_id: id.into(),
        name,
        language,
        category,
        status: status.into(),
        format,
        definition,
        quality: Some("GREEN".into()),
        rejected_reason: None,
        coming_category: None,
        ttl_seconds,
        changed_at: None,
    }
}

struct Desk {
    scene: Scene,
    admin: Principal,
}

impl Desk {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let admin = scene.supervisor("alonso").await;
        Self { scene, admin }
    }

    fn at(&self, minutes: i64) -> DateTime<Utc> {
        self.scene.now + TimeDelta::minutes(minutes)
    }

    async fn save(&self, id: Option<TemplateId>, draft: &Draft) -> Result<TemplateId, WriteError> {
        let tx = self.scene.begin().await;
        let saved = templates::save(&tx, WABA, id, self.admin.person, draft, self.scene.now).await;
        tx.commit().await.unwrap();
        saved
    }

    async fn prepare(&self, id: TemplateId, now: DateTime<Utc>) -> Result<templates::Submitting, WriteError> {
        let tx = self.scene.begin().await;
        let prepared = templates::prepare(&tx, WABA, id, now).await;
        if prepared.is_ok() {
            tx.commit().await.unwrap();
        }
        prepared
    }

    /// Handed in, and taken by the vendor under this id.
    async fn submit(&self, id: TemplateId, vendor_id: &str) {
        self.prepare(id, self.scene.now).await.unwrap();
        let tx = self.scene.begin().await;
        let taken = Taken { vendor_id: vendor_id.into(), status: "PENDING".into(), category: None };
        templates::record_submitted(&tx, WABA, id, &taken, self.scene.now).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn list(&self, list: &[Listed], asked: DateTime<Utc>) {
        templates::begin(self.scene.db(), WABA, asked).await.unwrap();
        let tx = self.scene.begin().await;
        templates::apply(&tx, WABA, list, asked, asked).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn told(&self, said: Said, at: DateTime<Utc>) {
        let notice = Notice { field: "t".into(), at: Some(at), raw: json!({"said": said}), said };
        let told = Told {
            account_key: WABA.into(),
            channel: None,
            any_channel: self.scene.channel,
            receipt: 1,
            received_at: at,
            notice,
        };
        let tx = self.scene.begin().await;
        templates::told(&tx, &[&told], at).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn all(&self) -> Vec<Template> {
        templates::all(self.scene.db(), WABA).await.unwrap()
    }

    async fn only(&self) -> Template {
        let mut all = self.all().await;
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    async fn asked_again(&self) -> i64 {
        self.scene
            .count(
                "select count(*) from job where kind = $1 and key = $2",
                [templates::SYNC.into(), WABA.into()],
            )
            .await
    }
}

fn about(id: Option<&str>) -> TemplateRef {
    TemplateRef { vendor_id: id.map(str::to_owned), name: "recordatorio".into(), language: "es".into() }
}

fn status(id: Option<&str>, word: &str, reason: Option<&str>) -> Said {
    Said::TemplateStatus {
        template: about(id),
        status: word.into(),
        reason: reason.map(str::to_owned),
        detail: reason.map(|_| "El texto vende.".into()),
        recommendation: None,
        category: None,
    }
}

#[tokio::test]
async fn a_template_is_written_handed_in_and_approved_by_a_notice() {
    let desk = Desk::new().await;
    let id = desk.save(None, &reminder()).await.unwrap();
    assert_eq!(desk.only().await.status, Status::Draft);
    desk.submit(id, "77").await;
    let pending = desk.only().await;
    assert_eq!((pending.status, pending.vendor_id.as_deref()), (Status::Pending, Some("77")));
    let fill = || templates::fill(desk.scene.db(), WABA, id, &FILLED);
    assert!(matches!(fill().await, Err(FillError::Obstacle(Obstacle::Status(Status::Pending)))));
    desk.told(status(Some("77"), "APPROVED", None), desk.at(1)).await;
    assert_eq!(fill().await.unwrap().shown.body, "Hola Ana, te recordamos tu cita en la clínica.");
}

static FILLED: std::sync::LazyLock<Filling> = std::sync::LazyLock::new(|| Filling {
    body: vec![Value { name: None, text: "Ana".into() }],
    ..Filling::default()
});

#[tokio::test]
async fn what_the_vendor_refuses_is_not_handed_in_and_its_sentence_is_kept() {
    let desk = Desk::new().await;
    let id = desk.save(None, &reminder()).await.unwrap();
    let submitting = desk.prepare(id, desk.scene.now).await.unwrap();
    assert!(matches!(desk.prepare(id, desk.at(1)).await, Err(WriteError::UnderWay)), "two clicks are one");
    let refusal =
        Refusal { code: 100, subcode: Some(2_388_024), sentence: "Ya hay contenido en este idioma.".into() };
    let tx = desk.scene.begin().await;
    templates::record_refused(&tx, &submitting, Some(&refusal), desk.at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let draft = desk.only().await;
    assert_eq!((draft.status, draft.refusal, draft.submitted_at), (Status::Draft, Some(refusal), None));
    assert!(desk.prepare(id, desk.at(1)).await.is_ok(), "mended, it may be tried again at once");
}

#[tokio::test]
async fn flaws_are_found_before_the_vendor_is_asked() {
    let desk = Desk::new().await;
    let twin = Draft { name: "otra".into(), ..reminder() };
    let id = desk.save(None, &reminder()).await.unwrap();
    desk.submit(id, "77").await;
    let twin = desk.save(None, &twin).await.unwrap();
    assert!(
        matches!(desk.prepare(twin, desk.scene.now).await, Err(WriteError::Flaws(flaws)) if flaws.len() == 1)
    );
    let unwritten = desk.save(None, &Draft::default()).await.unwrap();
    assert!(matches!(desk.prepare(unwritten, desk.scene.now).await, Err(WriteError::Flaws(_))));
}

#[tokio::test]
async fn a_lost_answer_is_found_again_by_the_list_and_by_the_notice() {
    let desk = Desk::new().await;
    let id = desk.save(None, &reminder()).await.unwrap();
    desk.prepare(id, desk.scene.now).await.unwrap();
    desk.list(&[listed("77", "PENDING")], desk.at(1)).await;
    let found = desk.only().await;
    assert_eq!((found.id, found.vendor_id.as_deref(), found.status), (id, Some("77"), Status::Pending));

    let other = Desk::new().await;
    let id = other.save(None, &reminder()).await.unwrap();
    other.prepare(id, other.scene.now).await.unwrap();
    other.told(status(Some("78"), "APPROVED", None), other.at(1)).await;
    let taken = Taken { vendor_id: "78".into(), status: "PENDING".into(), category: None };
    let tx = other.scene.begin().await;
    templates::record_submitted(&tx, WABA, id, &taken, other.at(2)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(other.only().await.status, Status::Approved, "the notice overtook the answer and knows more");
}

#[tokio::test]
async fn the_list_brings_new_ones_changes_them_and_buries_what_is_gone_but_no_draft() {
    let desk = Desk::new().await;
    let draft = desk.save(None, &Draft { name: "borrador".into(), ..reminder() }).await.unwrap();
    let mut second = listed("2", "APPROVED");
    second.language = "pt_BR".into();
    desk.list(&[listed("1", "PENDING"), second.clone(), second], desk.at(0)).await;
    assert_eq!(desk.all().await.len(), 3, "a page that was turned twice names one twice");
    desk.list(&[listed("1", "APPROVED")], desk.at(10)).await;
    let all = desk.all().await;
    let words: Vec<_> = all.iter().map(|one| (one.vendor_id.as_deref(), one.status.clone())).collect();
    assert_eq!(words, [(None, Status::Draft), (Some("1"), Status::Approved)]);
    assert_eq!(all[0].id, draft);
    let state = templates::state(desk.scene.db(), WABA).await.unwrap().unwrap();
    assert_eq!((state.found, state.error), (Some(1), None));
    templates::fail(desk.scene.db(), WABA, "(190) token", desk.at(20)).await.unwrap();
    assert_eq!(desk.all().await.len(), 2, "an account that can't be asked keeps its templates");
}

#[tokio::test]
async fn a_notice_after_the_list_was_asked_is_newer_than_the_list() {
    let desk = Desk::new().await;
    desk.list(&[listed("1", "APPROVED")], desk.at(0)).await;
    desk.told(status(Some("1"), "PAUSED", None), desk.at(5)).await;
    desk.list(&[listed("1", "APPROVED")], desk.at(4)).await;
    assert_eq!(desk.only().await.status, Status::Paused);
    desk.list(&[listed("1", "APPROVED")], desk.at(6)).await;
    assert_eq!(desk.only().await.status, Status::Approved);
}

#[tokio::test]
async fn notices_may_come_late_twice_and_without_an_id() {
    let desk = Desk::new().await;
    desk.list(&[listed("1", "PENDING")], desk.at(0)).await;
    desk.told(status(None, "REJECTED", Some("INCORRECT_CATEGORY")), desk.at(3)).await;
    desk.told(status(Some("1"), "APPROVED", None), desk.at(2)).await;
    let rejected = desk.only().await;
    assert_eq!(rejected.status, Status::Rejected, "the approval was told earlier by the vendor's clock");
    assert_eq!(rejected.rejected_reason.as_deref(), Some("INCORRECT_CATEGORY"));
    assert_eq!(rejected.rejection_detail.as_deref(), Some("El texto vende."));
    desk.told(
        Said::TemplateQuality { template: about(Some("1")), previous: None, current: "RED".into() },
        desk.at(4),
    )
    .await;
    let coming = Said::TemplateCategory {
        template: about(Some("1")),
        current: "UTILITY".into(),
        previous: None,
        coming: Some("MARKETING".into()),
        coming_at: Some(desk.at(1_440)),
    };
    desk.told(coming, desk.at(5)).await;
    let told = desk.only().await;
    assert_eq!(told.quality.as_deref(), Some("RED"));
    assert_eq!((told.category.as_str(), told.coming_category.as_deref()), ("UTILITY", Some("MARKETING")));
    assert_eq!(desk.asked_again().await, 0, "all of it is known");
    desk.told(status(Some("9"), "APPROVED", None), desk.at(6)).await;
    assert_eq!(desk.asked_again().await, 1, "somebody wrote another one elsewhere");
    desk.told(Said::TemplateComponents { template: about(Some("1")) }, desk.at(7)).await;
    assert_eq!(desk.asked_again().await, 1, "one question to the vendor answers both");
}

#[tokio::test]
async fn a_draft_that_nobody_handed_in_is_no_notices_business() {
    let desk = Desk::new().await;
    desk.save(None, &reminder()).await.unwrap();
    desk.told(status(Some("77"), "APPROVED", None), desk.at(1)).await;
    assert_eq!(desk.only().await.status, Status::Draft);
}

#[tokio::test]
async fn an_approved_template_is_changed_once_a_day_and_sent_as_it_was_until_then() {
    let desk = Desk::new().await;
    desk.list(&[listed("1", "APPROVED")], desk.at(-60)).await;
    let id = desk.only().await.id;
    let changed = Draft {
        name: "otro_nombre".into(),
        category: categories::MARKETING.into(),
        definition: body("Hola {{1}}, te esperamos mañana en la clínica."),
        ..reminder()
    };
    desk.save(Some(id), &changed).await.unwrap();
    assert_eq!(desk.only().await.definition.body.text, WORDS, "what is sent is what was approved");
    let submitting = desk.prepare(id, desk.at(0)).await.unwrap();
    assert_eq!((submitting.edits.as_deref(), submitting.with_category), (Some("1"), false));
    assert_eq!(submitting.draft.name, "recordatorio", "names stay for ever");
    let tx = desk.scene.begin().await;
    templates::record_edited(&tx, &submitting, desk.at(0)).await.unwrap();
    tx.commit().await.unwrap();
    let edited = desk.only().await;
    assert_eq!((edited.status, edited.category.as_str()), (Status::Pending, "UTILITY"));
    assert_eq!((edited.definition, edited.edited), (changed.definition, None));
    assert!(matches!(desk.prepare(id, desk.at(1)).await, Err(WriteError::NotEditable(Status::Pending))));
    desk.told(status(Some("1"), "APPROVED", None), desk.at(2)).await;
    let until = desk.at(24 * 60);
    assert!(matches!(desk.prepare(id, desk.at(60)).await, Err(WriteError::TooOften(at)) if at == until));
    assert!(desk.prepare(id, until).await.is_ok());
}

#[tokio::test]
async fn a_decision_on_a_change_that_overtakes_the_answer_counts_though_it_is_of_the_same_second() {
    let desk = Desk::new().await;
    desk.list(&[listed("1", "APPROVED")], desk.at(-60)).await;
    let id = desk.only().await.id;
    let changed =
        Draft { definition: body("Hola {{1}}, te esperamos mañana en la clínica."), ..reminder() };
    let second = desk.at(0).trunc_subsecs(0);
    let edits = async |at: DateTime<Utc>, notice: Option<(&str, Option<&str>)>| {
        desk.save(Some(id), &changed).await.unwrap();
        let submitting = desk.prepare(id, at + TimeDelta::milliseconds(700)).await.unwrap();
        if let Some((word, reason)) = notice {
            desk.told(status(Some("1"), word, reason), at).await;
        }
        let tx = desk.scene.begin().await;
        templates::record_edited(&tx, &submitting, at + TimeDelta::milliseconds(900)).await.unwrap();
        tx.commit().await.unwrap();
        let edited = desk.only().await;
        (edited.status, edited.rejected_reason)
    };
    let reason = "INVALID_FORMAT".to_owned();
    assert_eq!(edits(second, Some(("REJECTED", Some(&reason)))).await, (Status::Rejected, Some(reason)));
    assert_eq!(edits(second + TimeDelta::days(2), Some(("APPROVED", None))).await, (Status::Approved, None));
    // Approved at this very second, and changed afterwards: that decision was about the words before.
    let again = second + TimeDelta::days(4);
    desk.told(status(Some("1"), "APPROVED", None), again).await;
    assert_eq!(edits(again, None).await, (Status::Pending, None));
}

#[tokio::test]
async fn ours_alone_is_deleted_at_once_and_what_the_vendor_stopped_stays() {
    let desk = Desk::new().await;
    let draft = desk.save(None, &reminder()).await.unwrap();
    desk.list(&[listed("1", "DISABLED")], desk.at(0)).await;
    let tx = desk.scene.begin().await;
    assert_eq!(templates::delete(&tx, WABA, draft).await.unwrap(), None);
    let disabled = templates::all(&tx, WABA).await.unwrap().remove(0).id;
    let refused = templates::delete(&tx, WABA, disabled).await;
    assert!(matches!(refused, Err(WriteError::NotDeletable(Status::Disabled))));
    let elsewhere = templates::delete(&tx, "waba:2", disabled).await;
    assert!(matches!(elsewhere, Err(WriteError::NotFound)), "another account's is not there");
    tx.commit().await.unwrap();
    assert_eq!(desk.all().await.len(), 1);
}
