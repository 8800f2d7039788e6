//! Templates: the list of a channel's account, the builder, and the picker of the composer.

pub mod builder;
pub mod list;
pub mod picker;
pub mod words;

pub use builder::BuilderPage;
pub use list::{TemplateRow, TemplatesPage};
pub use picker::{Field, PickerFragment, PickerOption};
