//! A presented API key.
#![no_main]

use flx_keys::ApiKey;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(key) = ApiKey::parse(text) else { return };
    assert_eq!(key.expose(), text);
    assert_eq!(text.len(), ApiKey::LENGTH);
    let digits = text.strip_prefix("flx_live_").expect("its prefix");
    assert_eq!(key.lookup().as_str(), &digits[..12]);
    assert!(!format!("{key:?}").contains(digits), "its secret is printed");
});
