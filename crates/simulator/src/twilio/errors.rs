//! Twilio's errors: codes, messages and the body of a refusal.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;

/// A refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Twilio's code.
    pub code: u32,
    /// HTTP status.
    pub status: u16,
    /// What is wrong.
    pub message: String,
}

impl Refusal {
    /// A refusal of a request with HTTP 400.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        let status = match code {
            20_003 => 401,
            20_008 | 21_408 | 21_608 => 403,
            20_403 => 403,
            20_503 => 503,
            20_404 => 404,
            20_429 => 429,
            20_500 => 500,
            _ => 400,
        };
        Self { code, status, message: message.into() }
    }

    /// The answer, in Twilio's shape.
    pub fn answer(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut answer = HttpResponse::build(status);
        if self.status == 401 {
            answer.insert_header(("www-authenticate", "Basic realm=\"Twilio API\""));
        }
        answer.json(json!({
            "code": self.code,
            "message": self.message,
            "more_info": format!("https://www.twilio.com/docs/errors/{}", self.code),
            "status": self.status,
        }))
    }
}

/// Twilio's own code for what Meta calls by another; its own codes stay.
pub fn twin(code: u32) -> u32 {
    match code {
        131_047 => 63_016,
        131_026 => 63_024,
        131_049 => 63_049,
        130_429 | 131_056 => 63_018,
        130_403 | 131_050 => 63_014,
        130_472 => 63_032,
        131_053 => 63_019,
        100_000.. => 63_023,
        _ => code,
    }
}

/// What Twilio says about a code that comes late.
pub fn message(code: u32) -> &'static str {
    match code {
        30_001 => "Queue overflow",
        30_003 => "Unreachable destination handset",
        30_005 => "Unknown destination handset",
        30_006 => "Landline or unreachable carrier",
        30_007 => "Message filtered",
        30_002 => "Account suspended",
        30_004 => "Message blocked",
        30_008 => "Unknown error",
        30_034 => "US A2P 10DLC - Message from an unregistered number",
        30_036 => "Validity period expired",
        63_005 => "Channel did not accept given content",
        63_007 => "Channel could not find From address",
        63_010 => "Channels - Twilio internal error",
        63_012 => "Channel provider returned an internal service error",
        63_013 => "Message send failed due to violation of Channel provider's policy",
        63_015 => "Channel sandbox can only send messages to phone numbers that have joined the sandbox",
        63_020 => "Business account has not accepted the invite",
        63_021 => "Invalid content",
        63_022 => "Channel provider configuration is wrong",
        63_027 => "Template does not exist for a language and locale",
        63_028 => "Number of parameters provided does not match the expected number of parameters",
        63_029 => "The receiver failed to download the template",
        63_030 => "Unsupported parameter for message type",
        63_038 => "Account exceeded the daily messages limit",
        63_051 => "The recipient is not a WhatsApp user",
        63_062 => "Marketing terms of service have not been accepted",
        63_003 => "Channel could not find To address",
        63_014 => "Message failed because it was blocked by a user action",
        63_016 => {
            "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template."
        }
        63_018 => "Rate limit exceeded for channel",
        63_019 => "Media failed to download",
        63_024 => "Invalid message recipient",
        63_032 => "User's number is part of an experiment",
        63_049 => "Meta chose not to deliver this WhatsApp marketing message",
        _ => "Channel provider returned an internal service error",
    }
}
