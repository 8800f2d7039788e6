//! Connected numbers: connecting, changing, what the vendor tells of them.
