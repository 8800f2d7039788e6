//! Whether an agent takes new conversations.

use crate::words::words;

words! {
    /// An agent's presence. A lease beside it says until when it is believed.
    PresenceState {
        /// Takes new conversations while below capacity.
        Available = "available",
        /// Finishes what is open, takes no more.
        PrePause = "pre_pause",
        /// On a pause; a code beside it says which.
        Paused = "paused",
        /// Not at work.
        Offline = "offline",
    }
}
