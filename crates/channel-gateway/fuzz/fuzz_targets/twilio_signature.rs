#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| channel_gateway_fuzz::twilio_signature(data));
