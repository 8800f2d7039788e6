//! Meta's errors: the object of an HTTP answer, and the item of a failed status.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::{Value, json};

const HELP: &str =
    "https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes/";

/// A refusal of the Graph API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Meta's code.
    pub code: u32,
    /// Meta's second code.
    pub subcode: Option<u32>,
    /// What exactly is wrong.
    pub details: String,
    /// HTTP status, where it isn't the usual one of the code.
    pub status: Option<u16>,
    /// Title and text meant for people, as the management endpoints give them.
    pub user: Option<(String, String)>,
    /// `message` holds the details, and there is no `error_data`.
    pub plain: bool,
}

impl Refusal {
    /// A refusal with its details.
    pub fn new(code: u32, details: impl Into<String>) -> Self {
        Self { code, subcode: None, details: details.into(), status: None, user: None, plain: false }
    }

    /// A refusal of a management endpoint: a general code, the second one that says what is wrong, and words for people.
    pub fn people(code: u32, subcode: u32, title: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { subcode: Some(subcode), user: Some((title.to_owned(), text.clone())), ..Self::new(code, text) }
    }

    /// The object asked for does not exist, or this token may not see it.
    pub fn unknown_object(id: &str) -> Self {
        let details = format!(
            "Unsupported request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation."
        );
        Self { subcode: Some(33), ..Self::new(100, details) }
    }

    /// The answer, in Meta's shape.
    pub fn answer(&self, trace: &str) -> HttpResponse {
        let (status, title) = meaning(self.code);
        let status = self.status.unwrap_or(status);
        let mut error = json!({
            "message": format!("(#{}) {title}", self.code),
            "type": "OAuthException",
            "code": self.code,
            "error_data": { "messaging_product": "whatsapp", "details": self.details },
            "fbtrace_id": trace,
        });
        if let Some((title, text)) = &self.user {
            error["message"] =
                json!(if self.code == 100 { "Invalid parameter" } else { meaning(self.code).1 });
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(text);
            error["is_transient"] = json!(false);
            if let Some(fields) = error.as_object_mut() {
                fields.remove("error_data");
            }
        }
        if self.plain || self.code == 190 || self.subcode == Some(33) {
            // The oldest errors carry their text in `message` alone.
            error["message"] = json!(self.details);
            if let Some(fields) = error.as_object_mut() {
                fields.remove("error_data");
            }
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if status >= 500 || status == 429 {
            error["is_transient"] = json!(true);
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
        HttpResponse::build(status).json(json!({ "error": error }))
    }
}

/// An item of `statuses[].errors[]`.
pub fn item(code: u32) -> Value {
    let (_, title) = meaning(code);
    json!({
        "code": code, "title": title, "message": title,
        "error_data": { "details": details(code) }, "href": HELP,
    })
}

/// HTTP status and title of a code (whatsapp-cloud.md §5.6).
pub fn meaning(code: u32) -> (u16, &'static str) {
    match code {
        2 => (503, "Service temporarily unavailable"),
        3 => (500, "Capability or permissions issue"),
        1 => (400, "Invalid request or possible server error"),
        4 => (400, "Application request limit reached"),
        10 => (403, "Application does not have permission for this action"),
        200..=299 => (403, "Permissions error"),
        368 => (403, "Temporarily blocked for policies violations"),
        2_200 => (400, "Callback verification failed"),
        80_007 => (400, "Rate limit issues"),
        33 | 100 => (400, "Invalid parameter"),
        190 => (401, "Access token has expired"),
        130_403 => (400, "Business chose to block this user or was blocked by them"),
        130_429 => (400, "Rate limit hit"),
        130_472 => (400, "User's number is part of an experiment"),
        130_497 => (403, "Business account is restricted from messaging users in this country"),
        131_005 => (403, "Access denied"),
        131_008 => (400, "Required parameter is missing"),
        131_009 => (400, "Parameter value is not valid"),
        131_016 => (500, "Service unavailable"),
        131_021 => (400, "Recipient cannot be sender"),
        131_026 => (400, "Message undeliverable"),
        131_030 => (400, "Recipient phone number not in allowed list"),
        131_031 => (403, "Account has been locked"),
        131_037 => (400, "Display name approval is needed before message can be sent"),
        131_042 => (400, "Business eligibility payment issue"),
        131_045 => (500, "Message failed to send because of an unknown certificate"),
        131_047 => (400, "Re-engagement message"),
        131_049 => (400, "This message was not delivered to maintain healthy ecosystem engagement"),
        131_050 => (400, "User has stopped receiving marketing messages from this business"),
        131_051 => (400, "Message type unknown"),
        131_052 => (400, "Media download error"),
        131_053 => (400, "Media upload error"),
        131_056 => (400, "(Business Account, Consumer Account) pair rate limit hit"),
        131_057 => (500, "Account in maintenance mode"),
        131_048 => (400, "Spam rate limit hit"),
        131_055 => (400, "Method not allowed"),
        131_059 => (400, "Invalid cursor"),
        131_060 => (400, "This message is currently unavailable"),
        131_061 => (400, "Template cannot be sent with this endpoint"),
        131_063 => (400, "Marketing messages are disabled on Cloud API"),
        131_064 => (400, "Template classification limit hit"),
        131_062 => (400, "Business-scoped user id is not allowed for this message"),
        132_000 => (400, "Number of parameters does not match the expected number of params"),
        132_001 => (404, "Template name does not exist in the translation"),
        132_005 => (400, "Translated text too long"),
        132_012 => (400, "Parameter format does not match format in the created template"),
        132_015 => (400, "Template is paused"),
        132_016 => (400, "Template is disabled"),
        132_007 => (400, "Template format character policy violated"),
        132_008 => (400, "Template param format mismatch"),
        132_018 => (400, "Template parameter validation failed"),
        132_068 => (400, "Flow is in blocked state"),
        132_069 => (400, "Flow is in throttled state"),
        133_000 => (500, "Incomplete deregistration"),
        133_004 => (503, "Server temporarily unavailable"),
        133_005 => (400, "Two step verification PIN mismatch"),
        133_006 => (400, "Phone number re-verification needed"),
        133_008 => (400, "Too many two step verification PIN guesses"),
        133_009 => (400, "Two step verification PIN guessed too fast"),
        133_010 => (400, "Phone number not registered"),
        133_015 => (400, "Please wait a few minutes before attempting to register this phone number"),
        133_016 => (400, "Account register/deregister rate limit exceeded"),
        134_011 => (403, "WhatsApp Payments terms of service has not been accepted"),
        134_100 => (400, "Only marketing messages are supported"),
        134_101 => (400, "Template is syncing and not ready"),
        134_102 => (400, "Template is not available for use"),
        135_000 => (400, "Generic user error"),
        136_024 => (400, "Request code error"),
        136_025 => (400, "Verify code error"),
        137_000 => (400, "User identity hash mismatch"),
        139_100 => (400, "Failed to block/unblock users"),
        139_101 => (400, "Blocklist limit reached"),
        139_102 => (400, "Blocklist concurrent update"),
        139_103 => (400, "Internal error while blocking"),
        2_593_107 => (400, "Synchronization request limit exceeded"),
        2_593_108 => (400, "Synchronization request made outside of the allowed time window"),
        2_593_109 => (400, "History sync is turned off by the business from the WhatsApp Business App"),
        _ => (500, "Something went wrong"),
    }
}

fn details(code: u32) -> &'static str {
    match code {
        130_403 => "Message failed to send because the customer has blocked this business.",
        131_026 => "Message undeliverable.",
        131_047 => {
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
        }
        131_049 => "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        131_050 => "The customer has stopped marketing messages from this business.",
        131_053 => "The media could not be downloaded from the link, or its type is not supported.",
        130_429 => {
            "Message failed to send because there were too many messages sent from this phone number in a short period of time."
        }
        _ => "Message failed to send.",
    }
}
