//! What the next answer costs.

use ::inbox::{costs, reading};
use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Path},
};
use chrono::{DateTime, Utc};
use domain::{ConversationId, Permission};
use entity::conversation;
use pricing::{Category, Fee, Quote};
use sea_orm::EntityTrait as _;
use serde::Serialize;
use views::cost::{Price, Total};

use super::{within_reach, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// What stands beside the field.
#[derive(Debug, Serialize)]
struct Beside {
    /// Nothing where it is free.
    words: Option<String>,
    about: String,
    /// How many free ones are left this month, where that decides.
    left: Option<u32>,
}

/// GET /conversations/{id}/cost: what an answer in free words costs, while the reply window is open.
///
/// # Errors
/// Not found, also for conversations that are not this person's to answer.
pub async fn show(
    viewer: SignedIn,
    state: Data<AppState>,
    id: Path<ConversationId>,
) -> Result<HttpResponse, PageError> {
    let line = within_reach(&viewer, &state, *id, Permission::ConversationReply).await?;
    let to = recipient(&state, *id).await?;
    let now = state.clock.now();
    let quote = costs::quote(&state.db, line.channel_id, &to, Category::Service, true, now).await?;
    let tx = words(&viewer);
    let price = price(quote.as_ref(), Category::Service, &to);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Beside {
        words: price.words(&tx),
        about: price.about(&tx),
        left: quote.and_then(|quote| quote.free_left),
    }))
}

/// The customer's address in a conversation; empty where there is none.
pub(super) async fn recipient(state: &AppState, id: ConversationId) -> Result<String, PageError> {
    let found = conversation::Entity::find_by_id(id).one(&state.db).await?;
    Ok(found.map(|conversation| conversation.reply_address).unwrap_or_default())
}

/// What a quote says, in the words of screens. No quote: only the carrier can tell, afterwards.
pub(super) fn price(quote: Option<&Quote>, category: Category, to: &str) -> Price {
    let Some(quote) = quote else {
        return Price { total: Total::Unknown("carrier"), category: "", market: String::new(), since: None };
    };
    let (carrier, currency) = (quote.carrier.0, quote.currency.to_string());
    let (total, since) = match &quote.vendor {
        Fee::Known { micros, .. } if micros.0 + carrier == 0 => (Total::Free, None),
        Fee::Known { micros, card, .. } => (Total::Of(micros.0 + carrier, currency), since(card)),
        Fee::Unknown(why) if carrier > 0 => (Total::AtLeast(carrier, currency, why.as_str()), None),
        Fee::Unknown(why) => (Total::Unknown(why.as_str()), None),
    };
    let market = pricing::market_of(to).map(|market| market.key().to_owned()).unwrap_or_default();
    Price { total, category: category.as_str(), market, since }
}

/// The day in a card's name: `meta USD 2026-10-01`.
fn since(card: &str) -> Option<chrono::NaiveDate> {
    card.rsplit(' ').next()?.parse().ok()
}

/// What a template of each category costs now in the open window, and after it.
pub(super) async fn of_templates(
    state: &AppState,
    line: &reading::conversations::ConversationLine,
    now: DateTime<Utc>,
) -> Result<Vec<(Category, Price, Price)>, PageError> {
    let to = recipient(state, line.id).await?;
    let mut all = Vec::new();
    for category in [Category::Utility, Category::Marketing, Category::Authentication] {
        let open = costs::quote(&state.db, line.channel_id, &to, category, true, now).await?;
        let after = costs::quote(&state.db, line.channel_id, &to, category, false, now).await?;
        all.push((category, price(open.as_ref(), category, &to), price(after.as_ref(), category, &to)));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_card_is_read_from_its_name_and_nothing_else_is_a_day() {
        assert_eq!(since("meta USD 2026-10-01"), chrono::NaiveDate::from_ymd_opt(2026, 10, 1));
        assert_eq!(since("rules"), None);
    }

    #[test]
    fn what_only_the_carrier_knows_is_unknown_and_twilios_own_fee_is_the_least() {
        assert_eq!(price(None, Category::Service, "+51987").total, Total::Unknown("carrier"));
        let quote = Quote {
            currency: pricing::Currency::USD,
            vendor: Fee::Unknown(pricing::Unknown::NotTold),
            carrier: pricing::Micros(5_000),
            basis: pricing::Basis::Regular,
            free_left: None,
        };
        let told = price(Some(&quote), Category::Service, "whatsapp:+51987654321");
        assert_eq!(told.total, Total::AtLeast(5_000, "USD".to_owned(), "not_told"));
        assert_eq!(told.market, "PE");
        let free = Quote {
            vendor: Fee::Known { micros: pricing::Micros(0), estimated: false, card: "rules".to_owned() },
            carrier: pricing::Micros(0),
            ..quote
        };
        assert_eq!(price(Some(&free), Category::Utility, "+51987654321").total, Total::Free);
    }
}
