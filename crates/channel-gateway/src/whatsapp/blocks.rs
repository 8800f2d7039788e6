//! `block_users`: asking Meta not to deliver what somebody writes to a number (whatsapp-cloud.md §5.6).

use reqwest::Method;
use serde_json::{Value, json};

use super::graph::{Graph, GraphFault};
use crate::json::detail;

/// What Meta did about one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is as was asked.
    Done,
    /// It is not, and asking again changes nothing by itself.
    Refused {
        /// Meta's code: 131047 for somebody who did not write in the last 24 hours, 139101 for a full list.
        code: i64,
        /// Meta's words.
        detail: String,
    },
}

/// Blocks a user for a number, or lets them in again. Asking twice is harmless.
///
/// # Errors
/// See [`GraphFault`]; a refusal of the whole call is one, of this user it is an [`Answer`].
pub async fn set(graph: &Graph, number: &str, user: &str, blocked: bool) -> Result<Answer, GraphFault> {
    let method = if blocked { Method::POST } else { Method::DELETE };
    let body = json!({ "messaging_product": "whatsapp", "block_users": [{ "user": user }] });
    let (whole, judged) = graph.change(method, &[number, "block_users"], &body).await?;
    match refused(&whole) {
        Some(refused) => Ok(refused),
        None => judged.map(|_| Answer::Done),
    }
}

/// The user is the only one that was named: what is said of failed ones is said of them. The call itself is answered with
/// an error of its own then (139100), which says less.
fn refused(whole: &Value) -> Option<Answer> {
    let failed = whole["block_users"]["failed_users"].as_array()?.first()?;
    let error = &failed["errors"][0];
    let said = error["error_data"]["details"].as_str().or_else(|| error["message"].as_str());
    Some(Answer::Refused { code: error["code"].as_i64().unwrap_or(0), detail: detail(said) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_the_user_counts_before_what_is_said_of_the_call() {
        let whole: Value =
            serde_json::from_str(include_str!("../../fixtures/graph/block_users_failed.json")).unwrap();
        let Some(Answer::Refused { code, detail }) = refused(&whole) else { panic!("{whole}") };
        assert_eq!(code, 131_047);
        assert!(detail.contains("24 hours"), "{detail}");
        let added: Value =
            serde_json::from_str(include_str!("../../fixtures/graph/block_users_added.json")).unwrap();
        assert_eq!(refused(&added), None);
    }
}
