//! Pictures that take all the memory there is: worked on alone, in a process that has no more
//! address space than was estimated.

use flx_tests::pictures::{jpeg, photo, png};
use flx_tests::{Form, Service, Setup, extent, generous_plans};
use serde_json::Value;

use super::EMAIL;

#[test]
fn what_was_estimated_is_enough_for_the_process_of_a_picture_that_takes_it_all() {
    let large = |(width, height)| photo(width, height, 1);
    // As many pixels as are taken, and as large a file.
    let sources = [
        ("jpeg", jpeg(&large(extent((1600, 1200), (8660, 5773))), 80)),
        ("png", png(large(extent((1200, 900), (3000, 2000))))),
    ];
    for (name, picture) in &sources {
        for (format, effort, quality) in [
            ("webp", "balanced", "82"),
            ("webp", "fast", "auto"),
            ("avif", "fast", "82"),
            ("jpg", "balanced", "82"),
            ("jpg", "small", "82"),
            ("png", "fast", "82"),
        ] {
            let form = || {
                let form = Form::of(name, picture).text("format", format);
                form.text("effort", effort).text("quality", quality)
            };
            let (service, key) = with_memory(1_000_000);
            let problem = service.compress(&key, form()).problem(422, "image-too-large");
            let estimate = problem["value"].as_u64().unwrap();
            // Worked on alone up to 1.6 times the limit.
            let (service, key) = with_memory(estimate * 10 / 16 + 200_000);
            let answer = service.compress(&key, form()).expect(200).json();
            assert_eq!(answer["results"][0]["error"], Value::Null, "{name} to {format}: {answer}");
            println!("{name} to {format}, effort {effort}, quality {quality}: {estimate} bytes do");
        }
    }
}

/// A server that thinks it has so much memory.
fn with_memory(bytes: u64) -> (Service, String) {
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let plans = generous_plans(folder.path());
    let limit = bytes.to_string();
    let settings = ["--memory-limit", &limit, "--plans", plans.to_str().unwrap()];
    let service = Setup::new().in_folder(&folder).with(&settings).start();
    let key = service.account(EMAIL, "agency");
    (service, key)
}
