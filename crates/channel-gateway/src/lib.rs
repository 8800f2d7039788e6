//! WhatsApp Cloud and Twilio: signatures, wire types, parsing, sending.
