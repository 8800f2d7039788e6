//! The schema's history.
