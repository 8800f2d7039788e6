//! Handing notices to the rooms that act on them.

use chrono::{DateTime, Utc};
use domain::notice::Said;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{channels, notices::Told, templates};

/// Templates' to the templates, all others to the channels.
pub(crate) async fn apply(tx: &DatabaseTransaction, told: &[Told], now: DateTime<Utc>) -> Result<(), DbErr> {
    if told.is_empty() {
        return Ok(());
    }
    let (of_templates, others): (Vec<&Told>, Vec<&Told>) =
        told.iter().partition(|one| is_about_a_template(&one.notice.said));
    templates::told(tx, &of_templates, now).await?;
    channels::told(tx, &others, now).await
}

fn is_about_a_template(said: &Said) -> bool {
    matches!(
        said,
        Said::TemplateStatus { .. }
            | Said::TemplateQuality { .. }
            | Said::TemplateComponents { .. }
            | Said::TemplateCategory { .. }
    )
}
