//! What a vendor tells of templates, in whatever order it comes.

use chrono::{DateTime, SubsecRound as _, Utc};
use domain::{
    TemplateId,
    notice::{Said, TemplateRef},
    template::{Status, base_language},
};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::Serialize;

use super::{
    row::{self, Template},
    sync,
};
use crate::{
    notices::{self, Told},
    rows,
};

/// Take in what a vendor told of templates. A notice that came before changes nothing, and one that is older than what
/// is known neither.
///
/// # Errors
/// When the database fails.
pub async fn told(tx: &DatabaseTransaction, told: &[&Told], now: DateTime<Utc>) -> Result<(), DbErr> {
    let mut fresh = notices::keep(tx, told).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    // By the vendor's clock; those of one second stay in the order in which they came.
    fresh.sort_by_key(|one| one.at());
    let accounts = fresh.iter().map(|one| one.account_key.clone()).collect();
    let refs = || fresh.iter().filter_map(|one| about(&one.notice.said));
    let vendor_ids = refs().filter_map(|template| template.vendor_id.clone()).collect();
    let names = refs().map(|template| template.name.clone()).collect();
    let mut known = row::concerned(tx, accounts, vendor_ids, names).await?;
    let mut changed: Vec<TemplateId> = Vec::new();
    let mut ask_again: Vec<&str> = Vec::new();
    for one in &fresh {
        let Some(about) = about(&one.notice.said) else { continue };
        let found = find(&mut known, &one.account_key, about);
        let all_said =
            found.as_ref().is_some_and(|_| !matches!(one.notice.said, Said::TemplateComponents { .. }));
        if let Some(template) = found {
            take(template, about, &one.notice.said, one.at());
            changed.push(template.id);
        }
        // Someone wrote it or changed its words elsewhere: the list has them, the notice only parts of them.
        if !all_said && !ask_again.contains(&one.account_key.as_str()) {
            ask_again.push(&one.account_key);
        }
    }
    write(tx, known.iter().filter(|template| changed.contains(&template.id)), now).await?;
    for account_key in ask_again {
        sync::request(tx, account_key).await?;
    }
    Ok(())
}

const fn about(said: &Said) -> Option<&TemplateRef> {
    match said {
        Said::TemplateStatus { template, .. }
        | Said::TemplateQuality { template, .. }
        | Said::TemplateComponents { template }
        | Said::TemplateCategory { template, .. } => Some(template),
        _ => None,
    }
}

/// By id first, then by name and language (whatsapp-cloud.md §4.1). A draft that was not handed in is nobody's but ours.
fn find<'t>(known: &'t mut [Template], account_key: &str, about: &TemplateRef) -> Option<&'t mut Template> {
    let mine = |template: &Template| template.account_key == account_key;
    let by_id = |template: &Template| about.vendor_id.is_some() && template.vendor_id == about.vendor_id;
    let by_name = |template: &Template| {
        let handed_in = template.vendor_id.is_none() && template.submitted_at.is_some();
        // A notice without an id is about any of the name; one with an id only about those whose id is not known yet.
        let open =
            if about.vendor_id.is_some() { handed_in } else { handed_in || template.vendor_id.is_some() };
        let language = template.language == about.language
            || (!about.language.contains('_') && base_language(&template.language) == about.language);
        open && template.name == about.name && language && template.status != Status::Deleted
    };
    let at = known
        .iter()
        .position(|template| mine(template) && by_id(template))
        .or_else(|| known.iter().position(|template| mine(template) && by_name(template)))?;
    known.get_mut(at)
}

fn take(template: &mut Template, about: &TemplateRef, said: &Said, at: DateTime<Utc>) {
    if template.vendor_id.is_none() {
        template.vendor_id.clone_from(&about.vendor_id);
    }
    match said {
        Said::TemplateStatus { status, reason, detail, recommendation, category, .. } => {
            // The vendor tells whole seconds, we know fractions of them; of two in one second the later to come counts.
            if at < template.status_at.trunc_subsecs(0) && template.status != Status::Draft {
                return;
            }
            template.status = Status::read(status);
            template.status_at = at;
            template.rejected_reason.clone_from(reason);
            let words: Vec<&str> =
                [detail, recommendation].into_iter().flatten().map(String::as_str).collect();
            template.rejection_detail = Some(words.join(" ")).filter(|words| !words.is_empty());
            if let Some(category) = category {
                template.category.clone_from(category);
            }
            if template.status == Status::Approved {
                template.refusal = None;
            }
        }
        Said::TemplateQuality { current, .. } => template.quality = Some(current.clone()),
        Said::TemplateCategory { current, coming, coming_at, .. } => {
            template.category.clone_from(current);
            template.coming_category.clone_from(coming);
            template.coming_category_at = *coming_at;
        }
        _ => {}
    }
}

#[derive(Serialize)]
struct Change<'a> {
    id: TemplateId,
    vendor_id: Option<&'a str>,
    category: &'a str,
    status: &'a str,
    status_at: DateTime<Utc>,
    quality: Option<&'a str>,
    rejected_reason: Option<&'a str>,
    rejection_detail: Option<&'a str>,
    refused: bool,
    coming_category: Option<&'a str>,
    coming_category_at: Option<DateTime<Utc>>,
}

async fn write(
    tx: &DatabaseTransaction,
    changed: impl Iterator<Item = &Template>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let changes: Vec<Change<'_>> = changed
        .map(|template| Change {
            id: template.id,
            vendor_id: template.vendor_id.as_deref(),
            category: &template.category,
            status: template.status.word(),
            status_at: template.status_at,
            quality: template.quality.as_deref(),
            rejected_reason: template.rejected_reason.as_deref(),
            rejection_detail: template.rejection_detail.as_deref(),
            refused: template.refusal.is_some(),
            coming_category: template.coming_category.as_deref(),
            coming_category_at: template.coming_category_at,
        })
        .collect();
    if changes.is_empty() {
        return Ok(());
    }
    rows::run(
        tx,
        "update template set vendor_id = x.vendor_id, category = x.category, status = x.status,
             status_at = x.status_at,
             quality_at = case when template.quality is distinct from x.quality then $2 else template.quality_at end,
             quality = x.quality, rejected_reason = x.rejected_reason, rejection_detail = x.rejection_detail,
             refusal = case when x.refused then template.refusal end, coming_category = x.coming_category,
             coming_category_at = x.coming_category_at, changed_at = $2
         from json_to_recordset($1::text::json) as x(id uuid, vendor_id text, category text, status text,
             status_at timestamptz, quality text, rejected_reason text, rejection_detail text, refused boolean,
             coming_category text, coming_category_at timestamptz)
         where template.id = x.id",
        [rows::recordset(&changes)?, now.into()],
    )
    .await?;
    Ok(())
}
