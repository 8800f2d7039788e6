//! The approved templates of the demo's clinic.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{settings::Settings, templates::Template};

/// The clinic's templates, once for every account.
pub fn all(settings: &Settings) -> Vec<Template> {
    let accounts: BTreeSet<&str> = settings.cloud.iter().map(|channel| channel.waba_id.as_str()).collect();
    (0..).zip(accounts).flat_map(|(index, waba)| of_account(waba, 1_000_000 * index)).collect()
}

struct Words {
    language: &'static str,
    header: Option<&'static str>,
    body: &'static str,
    example: &'static [&'static str],
    buttons: &'static [&'static str],
}

fn of_account(waba: &str, offset: u64) -> Vec<Template> {
    let reminder = [
        Words {
            language: "es",
            header: None,
            body: "Hola {{1}}, te recordamos tu cita el {{2}} a las {{3}} en Clínica Dental Sonrisas. ¿Nos confirmas?",
            example: &["Lucía", "sábado 21", "9:30"],
            buttons: &["Confirmar", "Reprogramar"],
        },
        Words {
            language: "pt_BR",
            header: None,
            body: "Olá {{1}}, lembramos da sua consulta no dia {{2}} às {{3}} na Clínica Dental Sonrisas. Você confirma?",
            example: &["Ana Paula", "sábado 21", "9:30"],
            buttons: &["Confirmar", "Remarcar"],
        },
        Words {
            language: "en",
            header: None,
            body: "Hi {{1}}, this is a reminder of your appointment on {{2}} at {{3}} at Clínica Dental Sonrisas. Can you confirm?",
            example: &["Lucía", "Saturday 21", "9:30"],
            buttons: &["Confirm", "Reschedule"],
        },
    ];
    let confirmation = [
        Words {
            language: "es",
            header: Some("Tu cita está reservada"),
            body: "{{1}}, te esperamos el {{2}} en Miraflores (Av. Larco 743).",
            example: &["Lucía", "sábado 21 de noviembre a las 9:30"],
            buttons: &["Confirmar", "Reprogramar"],
        },
        Words {
            language: "pt_BR",
            header: Some("Sua consulta está marcada"),
            body: "{{1}}, esperamos você no dia {{2}} em Miraflores (Av. Larco 743).",
            example: &["Ana Paula", "sábado 21 de novembro às 9:30"],
            buttons: &["Confirmar", "Remarcar"],
        },
        Words {
            language: "en",
            header: Some("Your appointment is booked"),
            body: "{{1}}, we look forward to seeing you on {{2}} in Miraflores (Av. Larco 743).",
            example: &["Lucía", "Saturday 21 November at 9:30"],
            buttons: &["Confirm", "Reschedule"],
        },
    ];
    let quote = [
        Words {
            language: "es",
            header: None,
            body: "Hola {{1}}, ¿pudiste revisar la cotización de {{2}}? Este mes tiene facilidades de pago.",
            example: &["Jorge", "ortodoncia"],
            buttons: &["Quiero agendar", "No más promociones"],
        },
        Words {
            language: "pt_BR",
            header: None,
            body: "Olá {{1}}, você conseguiu ver o orçamento de {{2}}? Este mês há condições especiais de pagamento.",
            example: &["Ana Paula", "ortodontia"],
            buttons: &["Quero agendar", "Parar promoções"],
        },
        Words {
            language: "en",
            header: None,
            body: "Hi {{1}}, did you have a chance to look at the quote for {{2}}? Easy payments are available this month.",
            example: &["Jorge", "braces"],
            buttons: &["Book a visit", "Stop promotions"],
        },
    ];
    let sets = [
        ("recordatorio_cita", "UTILITY", reminder),
        ("confirmacion_cita", "UTILITY", confirmation),
        ("seguimiento_cotizacion", "MARKETING", quote),
    ];
    let mut number = 1_689_556_908_129_800_u64 + offset;
    let mut all = Vec::new();
    for (name, category, languages) in sets {
        for words in languages {
            number += 1;
            all.push(Template::new(waba, shape(number, name, category, &words)));
        }
    }
    all
}

fn shape(id: u64, name: &str, category: &str, words: &Words) -> Value {
    let mut components = Vec::new();
    if let Some(header) = words.header {
        components.push(json!({ "type": "HEADER", "format": "TEXT", "text": header }));
    }
    components
        .push(json!({ "type": "BODY", "text": words.body, "example": { "body_text": [words.example] } }));
    components.push(json!({ "type": "FOOTER", "text": "Clínica Dental Sonrisas" }));
    let buttons: Vec<Value> =
        words.buttons.iter().map(|text| json!({ "type": "QUICK_REPLY", "text": text })).collect();
    components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
    json!({
        "id": id.to_string(), "name": name, "language": words.language, "category": category,
        "status": "APPROVED", "parameter_format": "POSITIONAL", "components": components,
        "quality_score": { "score": "GREEN" }, "rejected_reason": "NONE",
    })
}
