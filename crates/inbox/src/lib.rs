//! Receive, reply, assign, close, presence: each one transaction.
