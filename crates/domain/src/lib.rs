//! What the business is: ids, messages, delivery, access, events. No clock, no I/O.
