//! Lists of the newer APIs: a page with `meta`, whose addresses are absolute (twilio.md §8).

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

use super::api::query;
use crate::sim::Sim;

/// One page of a list, `usual` items long unless `PageSize` says otherwise.
pub fn answer(sim: &Sim, request: &HttpRequest, key: &str, all: Vec<Value>, usual: usize) -> HttpResponse {
    let size = query(request, "PageSize").and_then(|text| text.parse().ok()).unwrap_or(usual).clamp(1, 1_000);
    let page = query(request, "Page").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    let start = (page * size).min(all.len());
    let end = (start + size).min(all.len());
    let url = |page: usize| {
        let mut others = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
            if !["PageSize", "Page", "PageToken"].contains(&name.as_ref()) {
                others.append_pair(&name, &value);
            }
        }
        others.append_pair("PageSize", &size.to_string());
        others.append_pair("Page", &page.to_string());
        if page > 0 {
            others.append_pair("PageToken", &format!("PT{page}"));
        }
        format!("{}{}?{}", sim.own_url, request.path(), others.finish())
    };
    let mut answer = Map::new();
    answer.insert(key.to_owned(), json!(all[start..end]));
    answer.insert(
        "meta".to_owned(),
        json!({
            "page": page, "page_size": size, "first_page_url": url(0), "url": url(page), "key": key,
            "previous_page_url": page.checked_sub(1).map(url),
            "next_page_url": (end < all.len()).then(|| url(page + 1)),
        }),
    );
    HttpResponse::Ok().json(answer)
}
