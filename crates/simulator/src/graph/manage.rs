//! The account around the number: what a set-up screen or a health check asks for.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{account, allowed, errors::Refusal, number, trace};
use crate::{
    courier::{Content, Update, post},
    media,
    settings::CloudChannel,
    sim::Sim,
    templates::Template,
};

type Ids = web::Path<(String, String)>;

fn answer(sim: &Sim, outcome: Result<Value, Refusal>) -> HttpResponse {
    match outcome {
        Ok(value) => HttpResponse::Ok().json(value),
        Err(refusal) => refusal.answer(&trace(sim)),
    }
}

fn parameter(request: &HttpRequest, name: &str) -> Option<String> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}

/// A number, an account, a template or a file, by its id.
pub async fn object(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, find(&sim, &request, &path.1))
}

fn find(sim: &Sim, request: &HttpRequest, id: &str) -> Result<Value, Refusal> {
    let channels = allowed(sim, request)?;
    if let Some(channel) = channels.iter().find(|channel| channel.phone_number_id == id) {
        return Ok(shape(sim, channel));
    }
    if let Some(channel) = channels.iter().find(|channel| channel.waba_id == id) {
        return Ok(json!({
            "id": channel.waba_id, "name": channel.verified_name, "currency": "USD", "timezone_id": "92",
            "message_template_namespace": "00000000_0000_4000_8000_000000000001",
            "account_review_status": "APPROVED", "business_verification_status": "verified",
            "ownership_type": "SELF", "primary_funding_id": "300000000000001",
        }));
    }
    if let Some(template) = sim.templates.all().into_iter().find(|template| template.field("id") == id) {
        return Ok(template.0);
    }
    let item = sim.media.get(id, sim.clock.age()).ok_or_else(|| Refusal::unknown_object(id))?;
    let wanted = parameter(request, "phone_number_id");
    let mut of_number =
        channels.iter().filter(|channel| wanted.as_ref().is_none_or(|id| channel.phone_number_id == *id));
    let channel = of_number.next().ok_or_else(|| Refusal::unknown_object(id))?;
    Ok(json!({
        "messaging_product": "whatsapp", "url": media::link(sim, channel, id), "mime_type": item.mime,
        "sha256": item.sha256_hex(), "file_size": item.bytes.len().to_string(), "id": id,
    }))
}

fn shape(sim: &Sim, channel: &CloudChannel) -> Value {
    json!({
        "id": channel.phone_number_id, "display_phone_number": channel.number,
        "verified_name": channel.verified_name, "name_status": "APPROVED", "code_verification_status": "VERIFIED",
        "quality_rating": if sim.faults().block { "YELLOW" } else { "GREEN" }, "platform_type": "CLOUD_API", "status": "CONNECTED",
        "account_mode": "LIVE", "is_official_business_account": false, "is_pin_enabled": true, "is_on_biz_app": false,
        "whatsapp_business_manager_messaging_limit": "TIER_2K", "throughput": { "level": "STANDARD" },
        "webhook_configuration": { "application": format!("{}/webhooks/whatsapp", sim.settings.public_base()) },
    })
}

pub async fn phone_numbers(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let list = || {
        account(&sim, &request, &path.1)?;
        let channels = allowed(&sim, &request)?;
        let numbers: Vec<Value> = channels
            .into_iter()
            .filter(|channel| channel.waba_id == path.1)
            .map(|channel| shape(&sim, channel))
            .collect();
        Ok(json!({ "data": numbers, "paging": { "cursors": { "before": "QVFI", "after": "QVFI" } } }))
    };
    answer(&sim, list())
}

pub async fn subscribed_apps(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let app = json!({ "data": [{ "whatsapp_business_api_data": {
        "id": "400000000000001", "link": "https://www.facebook.com/games/?app_id=400000000000001", "name": "Bandeja",
    } }] });
    answer(&sim, account(&sim, &request, &path.1).map(|_| app))
}

pub async fn subscribe(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, account(&sim, &request, &path.1).map(|_| json!({ "success": true })))
}

pub async fn profile(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    let profile = json!({ "data": [{
        "messaging_product": "whatsapp", "about": "Tu sonrisa, en buenas manos", "address": "Av. Larco 743, Miraflores, Lima",
        "description": "Clínica dental", "email": "hola@sonrisas.example", "vertical": "HEALTH",
        "websites": ["https://sonrisas.example"],
    }] });
    answer(&sim, number(&sim, &request, &path.1).map(|_| profile))
}

pub async fn templates(sim: web::Data<Sim>, request: HttpRequest, path: Ids) -> HttpResponse {
    answer(&sim, account(&sim, &request, &path.1).map(|_| page(&sim, &request)))
}

fn page(sim: &Sim, request: &HttpRequest) -> Value {
    let wanted = |template: &Template| {
        ["name", "language", "category", "status"].iter().all(|field| {
            parameter(request, field).is_none_or(|value| template.field(field).eq_ignore_ascii_case(&value))
        })
    };
    let all: Vec<Template> = sim.templates.all().into_iter().filter(wanted).collect();
    let limit = parameter(request, "limit").and_then(|text| text.parse().ok()).unwrap_or(25).clamp(1, 1_000);
    // A cursor is the place after which to go on.
    let start =
        parameter(request, "after").and_then(|text| text.parse::<usize>().ok()).unwrap_or(0).min(all.len());
    let end = (start + limit).min(all.len());
    let data: Vec<&Value> = all[start..end].iter().map(|template| &template.0).collect();
    let mut paging = json!({ "cursors": { "before": start.to_string(), "after": end.to_string() } });
    if end < all.len() {
        let path = request.path();
        paging["next"] = json!(format!("{}{path}?limit={limit}&after={end}", sim.own_url));
    }
    json!({ "data": data, "paging": paging })
}

pub async fn create_template(
    sim: web::Data<Sim>,
    request: HttpRequest,
    path: Ids,
    body: web::Json<Value>,
) -> HttpResponse {
    let sim = sim.into_inner();
    let outcome = create(&sim, &request, &path.1, body.into_inner());
    answer(&sim, outcome)
}

/// Take a template for review; the outcome comes by webhook, as it does with Meta. Rejected is only what
/// says so in its name (`…_rechazada`), so that both ends can be tried.
fn create(sim: &Arc<Sim>, request: &HttpRequest, id: &str, mut template: Value) -> Result<Value, Refusal> {
    let channel = account(sim, request, id)?.clone();
    let name = template["name"].as_str().unwrap_or_default().to_owned();
    let named =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let complete = template["language"].is_string()
        && template["category"].is_string()
        && template["components"].is_array();
    if !named || !complete {
        return Err(Refusal::new(
            100,
            "A template needs name ([a-z0-9_]), language, category and components.",
        ));
    }
    let number = u64::from_be_bytes(sim.dice.bytes()) >> 12;
    let category = template["category"].clone();
    let language = template["language"].as_str().unwrap_or_default().replace('_', "-");
    template["id"] = json!(number.to_string());
    template["status"] = json!("PENDING");
    if !sim.templates.add(Template(template)) {
        return Err(Refusal::new(100, "There is already a template with this name and language."));
    }
    let review = Arc::clone(sim);
    let answer = json!({ "id": number.to_string(), "status": "PENDING", "category": category });
    sim.tasks.spawn(async move {
        tokio::time::sleep(Duration::from_millis(review.dice.between((500, 1_500)))).await;
        let (event, reason) = if name.ends_with("_rechazada") {
            ("REJECTED", "INCORRECT_CATEGORY")
        } else {
            ("APPROVED", "NONE")
        };
        review.templates.set_status(&number.to_string(), event);
        let value = json!({
            "event": event, "message_template_id": number, "message_template_name": name,
            "message_template_language": language, "message_template_category": category, "reason": reason,
        });
        let change = json!({ "field": "message_template_status_update", "value": value });
        let summary = format!("{event} · {name}");
        post(
            &review,
            Update {
                channel,
                customer: String::new(),
                kind: "status",
                summary,
                content: Content::Change(change),
            },
        );
    });
    Ok(answer)
}
