//! Stand-ins for Meta and Twilio on real HTTP, with a phone page.
