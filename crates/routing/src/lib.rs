//! Who takes which conversation: a pure decision with its reasons.
