//! File names, from what a client calls its file.
#![no_main]

use flx_api::fuzzing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let name = fuzzing::slug(&text);
    assert!(name.ends_with(".webp") && name.len() <= 112, "{name}");
    assert!(!name.starts_with(['.', '-']) && !name.contains(".."), "{name}");
    assert!(name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)), "{name:?}");
    assert_eq!(fuzzing::slug(&name), name, "a name of ours stays as it is");
    let header = fuzzing::attachment(&name);
    assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{header:?}");
    assert_eq!(header.matches('"').count(), 2, "{header}");
    let shown = fuzzing::shown(&text);
    assert!(!shown.chars().any(char::is_control) && !shown.contains(['/', '\\']), "{shown:?}");
});
