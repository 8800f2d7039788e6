//! A small company to draw screens with: for tests and the preview.
