//! HTML in three languages: partials, pages, words.
