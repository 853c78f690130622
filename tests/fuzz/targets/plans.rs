//! Plan files.
#![no_main]

use flx_plans::Plans;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Plans::from_toml(text, "plans.toml") {
        Ok(plans) => {
            let again = Plans::from_toml(&plans.to_toml(), "plans.toml");
            assert_eq!(again.expect("what was written is read"), plans);
        }
        Err(error) => assert!(error.to_string().starts_with("plans.toml:"), "{error}"),
    }
});
