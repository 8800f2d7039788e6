//! Files of messages: where they are kept, what their bytes are, small pictures of them.
//!
//! It has never heard of messages or vendors. Keys are made of our ids, never of names from outside; types are read from
//! the bytes, never believed.

mod intake;
pub mod kind;
pub mod metadata;
mod picture;
mod store;

pub use object_store::GetRange as ByteRange;

pub use intake::{Intake, IntakeError, Taken};
pub use picture::Picture;
pub use store::{Part, Piece, Store, StoreError};
