//! Why something could not be done with a channel, as a sentence the person can act on.

use channel_gateway::{
    Fault,
    twilio::rest::TwilioFault,
    whatsapp::graph::{GraphError, GraphFault},
};

/// What is wrong: `problem-…` in the words, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field of the form it is about; empty for all of it.
    pub field: &'static str,
    /// Which sentence.
    pub says: &'static str,
    /// The vendor's words, or ours, in that sentence.
    pub detail: String,
}

impl Problem {
    /// A problem with a field.
    #[must_use]
    pub fn of(field: &'static str, says: &'static str, detail: impl Into<String>) -> Self {
        Self { field, says, detail: detail.into() }
    }

    /// The same about another field.
    #[must_use]
    pub fn about(self, field: &'static str) -> Self {
        Self { field, ..self }
    }
}

/// What a call to Meta that gave nothing means (whatsapp-cloud.md §5.6, §8.5).
#[must_use]
pub fn graph_problem(fault: &GraphFault) -> Problem {
    let says = |says, error: &GraphError| Problem::of("", says, error.to_string());
    match fault {
        Fault::Refused(error) => says(refusal(error), error),
        Fault::Wait { error, .. } => says("wait", error),
        other => unanswered(other),
    }
}

fn refusal(error: &GraphError) -> &'static str {
    match (error.code, error.subcode) {
        (_, Some(2_388_001)) => "two-step-on",
        (_, Some(2_388_103)) => "destination-not-ready",
        (_, Some(2_388_012 | 2_494_100)) => "not-movable",
        (_, Some(2_388_091)) => "code-not-sent",
        (_, Some(2_388_093)) => "code-wrong",
        (0 | 190, _) => "token",
        (133_005, _) => "pin-wrong",
        (133_006, _) => "not-verified",
        (133_008 | 133_009, _) => "pin-guesses",
        (133_010, _) => "not-registered",
        (133_015, _) => "recently-deleted",
        (133_016, _) => "too-often",
        (2_200, _) => "webhook-refused",
        _ if error.is_unknown_object() => "unknown-object",
        _ if error.is_about_access() => "no-permission",
        _ => "vendor",
    }
}

/// What a call to Twilio that gave nothing means.
#[must_use]
pub fn twilio_problem(fault: &TwilioFault) -> Problem {
    match fault {
        Fault::Refused(error) if error.is_about_access() => {
            Problem::of("", "twilio-credentials", error.to_string())
        }
        Fault::Refused(error) if error.is_not_found() => Problem::of("", "unknown-object", error.to_string()),
        Fault::Refused(error) => Problem::of("", "vendor", error.to_string()),
        Fault::Wait { error, .. } => Problem::of("", "wait", error.to_string()),
        other => unanswered(other),
    }
}

fn unanswered<E: std::fmt::Display>(fault: &Fault<E>) -> Problem {
    Problem::of("", "no-answer", fault.to_string())
}
