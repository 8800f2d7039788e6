//! A database per test and builders.
