//! The approved templates of the demo's clinic.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::sim::lock;

/// A template in one language, in Meta's own shape.
#[derive(Debug, Clone)]
pub struct Template(pub Value);

impl Template {
    /// A field of the template, as text.
    pub fn field(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    /// The first component of a kind (`BODY`, `BUTTONS`, …).
    pub fn component(&self, kind: &str) -> Option<&Value> {
        self.0["components"].as_array()?.iter().find(|component| component["type"] == kind)
    }

    /// How many values a component's text asks for.
    pub fn variables(&self, kind: &str) -> usize {
        let text = self.component(kind).and_then(|component| component["text"].as_str()).unwrap_or_default();
        (1..).take_while(|number| text.contains(&format!("{{{{{number}}}}}"))).count()
    }

    /// A component's text with its values in place.
    pub fn text(&self, kind: &str, values: &[String]) -> Option<String> {
        let mut text = self.component(kind)?["text"].as_str()?.to_owned();
        for (index, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{{{}}}}}", index + 1), value);
        }
        Some(text)
    }
}

/// All templates of the account.
pub struct Templates(Mutex<Vec<Template>>);

impl Default for Templates {
    fn default() -> Self {
        Self(Mutex::new(built_in()))
    }
}

impl Templates {
    /// All of them.
    pub fn all(&self) -> Vec<Template> {
        lock(&self.0).clone()
    }

    /// The one with this name and language.
    pub fn find(&self, name: &str, language: &str) -> Option<Template> {
        let wanted = |known: &&Template| known.field("name") == name && known.field("language") == language;
        lock(&self.0).iter().find(wanted).cloned()
    }

    /// One more; false if that name and language are taken.
    pub fn add(&self, template: Template) -> bool {
        let mut all = lock(&self.0);
        let same = |known: &Template| {
            known.field("name") == template.field("name")
                && known.field("language") == template.field("language")
        };
        if all.iter().any(same) {
            return false;
        }
        all.push(template);
        true
    }

    /// Change the status of one.
    pub fn set_status(&self, id: &str, status: &str) {
        if let Some(found) = lock(&self.0).iter_mut().find(|known| known.field("id") == id) {
            found.0["status"] = json!(status);
        }
    }
}

struct Words {
    language: &'static str,
    header: Option<&'static str>,
    body: &'static str,
    example: &'static [&'static str],
    buttons: &'static [&'static str],
}

fn built_in() -> Vec<Template> {
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
    let mut number = 1_689_556_908_129_800_u64;
    let mut all = Vec::new();
    for (name, category, languages) in sets {
        for words in languages {
            number += 1;
            all.push(Template(shape(number, name, category, &words)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_knows_its_variables_in_every_language() {
        let templates = Templates::default();
        for language in ["es", "pt_BR", "en"] {
            let reminder = templates.find("recordatorio_cita", language).unwrap();
            assert_eq!(reminder.variables("BODY"), 3);
            let text = reminder.text("BODY", &["Ada".into(), "lunes".into(), "9:30".into()]).unwrap();
            assert!(text.contains("Ada") && !text.contains("{{"), "{text}");
        }
        assert!(templates.find("recordatorio_cita", "fr").is_none());
    }
}
