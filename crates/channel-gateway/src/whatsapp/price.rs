//! `pricing` of a status: what Meta says a message costs (whatsapp-cloud.md §3).

use pricing::{Basis, Category, Label, Micros};
use serde_json::Value;

/// What a status says of its message's price; `None` when it says nothing we can read.
#[must_use]
pub fn price_label(pricing: &Value) -> Option<Label> {
    let basis = match pricing["type"].as_str() {
        Some("regular") => Basis::Regular,
        Some("free_customer_service") => Basis::FreeCustomerService,
        Some("free_entry_point") => Basis::FreeEntryPoint,
        // `billable` is slated to go; until then it stands in for a type that is missing or new.
        _ if pricing["billable"].as_bool()? => Basis::Regular,
        _ => Basis::FreeCustomerService,
    };
    let cost = &pricing["cost"];
    let amount = match &cost["amount"] {
        Value::Number(number) => Micros::parse(&number.to_string()),
        Value::String(text) => Micros::parse(text),
        _ => None,
    };
    let currency = cost["currency"].as_str().and_then(|code| code.parse().ok());
    Some(Label {
        basis,
        category: pricing["category"].as_str().and_then(Category::parse),
        told: amount.zip(currency),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_type_decides_and_billable_stands_in_for_it() {
        let basis = |value: Value| price_label(&value).map(|label| label.basis);
        assert_eq!(
            basis(json!({"billable": true, "type": "regular", "category": "utility"})),
            Some(Basis::Regular)
        );
        assert_eq!(basis(json!({"billable": true, "type": "free_entry_point"})), Some(Basis::FreeEntryPoint));
        assert_eq!(basis(json!({"billable": false, "type": "brand_new"})), Some(Basis::FreeCustomerService));
        assert_eq!(basis(json!({"billable": true, "category": "service"})), Some(Basis::Regular));
        for nothing in [json!({}), json!(null), json!([1]), json!({"billable": "yes"}), json!("free")] {
            assert_eq!(basis(nothing.clone()), None, "{nothing}");
        }
    }

    #[test]
    fn both_spellings_of_a_category_and_its_own_figure_are_read() {
        let label = price_label(&json!({
            "type": "regular", "category": "marketing_lite", "cost": {"amount": 0.0091, "currency": "EUR"},
        }))
        .unwrap();
        assert_eq!(label.category, Some(Category::MarketingLite));
        assert_eq!(
            label.told.map(|(micros, currency)| (micros.0, currency.to_string())),
            Some((9_100, "EUR".into()))
        );
        let international =
            price_label(&json!({"type": "regular", "category": "authentication-international"}));
        assert_eq!(international.unwrap().category, Some(Category::AuthenticationInternational));
        assert_eq!(price_label(&json!({"type": "regular", "category": "gift"})).unwrap().category, None);
    }
}
