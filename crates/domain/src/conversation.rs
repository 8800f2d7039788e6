//! Conversations: their states, who must act, and the reply window.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{ChannelKind, Content, words::words};

words! {
    /// Where a conversation stands.
    ConversationState {
        /// A bot leads it.
        Bot = "bot",
        /// Waits in its queue for an agent.
        Queued = "queued",
        /// Held by one agent; counts for capacity.
        Assigned = "assigned",
        /// Put aside until a time or an answer.
        Snoozed = "snoozed",
        /// Done.
        Closed = "closed",
    }
}

words! {
    /// Whose turn it is.
    MustAct {
        /// The business owes an answer.
        Agent = "agent",
        /// The customer has the last word to say.
        Customer = "customer",
    }
}

words! {
    /// How urgent a person says a conversation is.
    Urgency {
        /// Before nearly everything.
        Urgent = "urgent",
        /// Before the usual.
        High = "high",
        /// The usual.
        Normal = "normal",
        /// After the usual.
        Low = "low",
    }
}

impl Urgency {
    /// The priority it stands for: places in the order of what waits are reckoned with it.
    #[must_use]
    pub const fn priority(self) -> i16 {
        match self {
            Self::Urgent => 6,
            Self::High => 3,
            Self::Normal => 0,
            Self::Low => -3,
        }
    }

    /// What a priority, which rules may have set to anything, comes nearest to.
    #[must_use]
    pub const fn of(priority: i16) -> Self {
        match priority {
            5.. => Self::Urgent,
            1..5 => Self::High,
            0 => Self::Normal,
            _ => Self::Low,
        }
    }
}

/// The longest time in which any channel reopens what was closed.
pub const LONGEST_REOPENING: TimeDelta = TimeDelta::days(30);

/// On a channel that reopens `within` a time, a message that comes `now` goes on with what was closed after this moment.
/// `None`: with nothing; it begins a new conversation.
#[must_use]
pub fn reopens_after(within: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (within > TimeDelta::zero()).then(|| now - within)
}

/// Until when free text may be sent, given the customer's latest message in the vendor's time.
/// `None` means the channel has no window.
#[must_use]
pub fn window_until(kind: ChannelKind, customer_wrote_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    kind.reply_window().map(|length| customer_wrote_at + length)
}

/// What the reply window allows at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyWindow {
    /// The channel has none; free text is always allowed.
    Boundless,
    /// Free text is allowed until then.
    Open(DateTime<Utc>),
    /// Only templates; closed since then, or never opened.
    Closed(Option<DateTime<Utc>>),
}

impl ReplyWindow {
    /// The window of a conversation on a channel of `kind` whose stored end is `until`.
    #[must_use]
    pub fn at(kind: ChannelKind, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match (kind.reply_window(), until) {
            (None, _) => Self::Boundless,
            (Some(_), Some(until)) if now < until => Self::Open(until),
            (Some(_), until) => Self::Closed(until),
        }
    }

    /// Whether free text may be sent.
    #[must_use]
    pub fn allows_text(self) -> bool {
        !matches!(self, Self::Closed(_))
    }

    /// Whether this may be sent: templates always, everything else, reactions too, only while the window is open
    /// (whatsapp-cloud.md §10).
    #[must_use]
    pub fn allows(self, content: &Content) -> bool {
        self.allows_text() || matches!(content, Content::Template(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_goes_on_to_the_second_and_where_nothing_is_reopened_never() {
        let now = DateTime::from_timestamp(1_763_700_000, 0).unwrap();
        let goes_on = |within, closed_at| reopens_after(within, now).is_some_and(|after| closed_at > after);
        for within in [TimeDelta::hours(1), TimeDelta::hours(24), LONGEST_REOPENING] {
            assert!(goes_on(within, now - within + TimeDelta::seconds(1)));
            assert!(!goes_on(within, now - within), "its time is over");
        }
        // Clocks of two nodes may differ.
        for closed_at in [now, now + TimeDelta::seconds(1)] {
            assert!(goes_on(TimeDelta::seconds(1), closed_at));
            assert!(!goes_on(TimeDelta::zero(), closed_at));
        }
    }

    #[test]
    fn the_window_closes_at_the_second() {
        let wrote = DateTime::from_timestamp(1_763_700_000, 0).unwrap();
        let until = window_until(ChannelKind::WhatsappCloud, wrote);
        let last = wrote + TimeDelta::hours(24) - TimeDelta::seconds(1);
        assert!(ReplyWindow::at(ChannelKind::WhatsappCloud, until, last).allows_text());
        let end = wrote + TimeDelta::hours(24);
        assert_eq!(ReplyWindow::at(ChannelKind::WhatsappCloud, until, end), ReplyWindow::Closed(until));
    }

    #[test]
    fn a_template_needs_no_window_and_a_reaction_does() {
        let template: Content = serde_json::from_value(serde_json::json!({
            "kind": "template", "name": "cita", "language": "es", "shown": {"body": "Hola"}}))
        .unwrap();
        let thumb = Content::Reaction { target: "wamid.1".into(), emoji: Some("👍".into()) };
        for closed in [ReplyWindow::Closed(None), ReplyWindow::Closed(Some(DateTime::UNIX_EPOCH))] {
            assert!(closed.allows(&template));
            assert!(!closed.allows(&thumb));
        }
        assert!(ReplyWindow::Boundless.allows(&thumb));
    }

    #[test]
    fn sms_has_no_window_and_a_silent_whatsapp_customer_has_a_closed_one() {
        let now = DateTime::from_timestamp(1_763_700_000, 0).unwrap();
        assert_eq!(window_until(ChannelKind::TwilioSms, now), None);
        assert!(ReplyWindow::at(ChannelKind::TwilioSms, None, now).allows_text());
        assert!(!ReplyWindow::at(ChannelKind::TwilioWhatsapp, None, now).allows_text());
    }
}
