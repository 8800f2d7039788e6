//! What a contact allows us to write to them for.

use crate::words::words;

words! {
    /// What an address may be used for.
    Purpose {
        /// Offers and news.
        Marketing = "marketing",
        /// Anything at all: the customer asked a carrier or us to stop.
        Anything = "anything",
    }
}
