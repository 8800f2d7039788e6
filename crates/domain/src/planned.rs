//! Answers that go out later.

use crate::words::words;

words! {
    /// Why a planned answer did not go out, and its author is asked again.
    Doubt {
        /// The customer has written since.
        CustomerWrote = "customer_wrote",
        /// The conversation was closed.
        Closed = "closed",
        /// Its author may not answer there any more.
        NotTheirs = "not_theirs",
        /// Free text is not allowed any more.
        WindowClosed = "window_closed",
        /// The customer wants no such messages.
        Unwanted = "unwanted",
        /// Its file is not there any more.
        FileGone = "file_gone",
        /// The channel would not take it.
        Refused = "refused",
    }
}
