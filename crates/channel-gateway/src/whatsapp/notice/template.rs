//! Notices about a template (whatsapp-cloud.md §4.1).

use domain::notice::{Said, TemplateRef};

use crate::json::Fields;

/// `None` when the value names no template, or says nothing known of it.
pub(super) fn read(value: &Fields<'_>) -> Option<Said> {
    let template = template(value)?;
    if let Some(current) = value.text("new_quality_score") {
        return Some(Said::TemplateQuality {
            template,
            previous: value.text("previous_quality_score"),
            current,
        });
    }
    if let Some(current) = value.text("new_category") {
        return Some(Said::TemplateCategory {
            template,
            current,
            previous: value.text("previous_category"),
            coming: value.text("correct_category"),
            coming_at: value.moment("category_update_timestamp"),
        });
    }
    if let Some(status) = value.text("event") {
        let (title, description) = match value.object("other_info") {
            Some(more) => (more.text("title"), more.text("description")),
            None => (None, None),
        };
        let rejection = value.object("rejection_info");
        let why = rejection.as_ref().and_then(|rejection| rejection.text("reason"));
        let disabled = value.object("disable_info").and_then(|info| info.text("disable_date"));
        let details: Vec<_> = [why, title, description, disabled].into_iter().flatten().collect();
        return Some(Said::TemplateStatus {
            template,
            status,
            reason: value.text("reason").filter(|reason| reason != "NONE"),
            detail: (!details.is_empty()).then(|| details.join(" · ")),
            recommendation: rejection.and_then(|rejection| rejection.text("recommendation")),
            category: value.text("message_template_category"),
        });
    }
    let edited = ["element", "title", "footer", "buttons"];
    edited
        .iter()
        .any(|part| value.has(&format!("message_template_{part}")))
        .then_some(Said::TemplateComponents { template })
}

/// Which template; `None` without id and name.
fn template(value: &Fields<'_>) -> Option<TemplateRef> {
    let vendor_id = value.id("message_template_id");
    let name = value.id("message_template_name");
    if vendor_id.is_none() && name.is_none() {
        return None;
    }
    Some(TemplateRef {
        vendor_id,
        name: name.unwrap_or_default(),
        // Notices write `es-CO` what the API writes `es_CO`.
        language: value.name("message_template_language").unwrap_or_default().replace('-', "_"),
    })
}
