//! Every field of the form: what it refuses, and what it does to real pictures.

use flx_tests::{Form, Service};
use serde_json::json;

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    (service, key)
}

#[test]
fn every_wrong_value_is_refused_by_name_with_what_is_allowed() {
    let (service, key) = service();
    let file = crate::small_jpeg();
    for (field, value, limit) in [
        ("format", "gif", "webp, avif, jpg, png, same, auto or a list such as webp,avif"),
        ("format", "auto,webp", "webp, avif, jpg, png, same, auto or a list such as webp,avif"),
        ("quality", "39", "a whole number from 40 to 100, auto, auto:low, auto:good or auto:best"),
        (
            "quality",
            "auto:x",
            "a whole number from 40 to 100, auto, auto:low, auto:good or auto:best",
        ),
        ("maxBytes", "0", "a whole number from 1 to 18446744073709551615"),
        ("maxBytes", "50kB", "a whole number from 1 to 18446744073709551615"),
        ("effort", "max", "fast, balanced or small"),
        ("lossy", "1", "true or false"),
        ("animated", "no", "true or false"),
        ("enlarge", "yes", "true or false"),
        ("maxWidth", "0", "a whole number from 1 to 4294967295"),
        ("fit", "crop", "inside, cover, contain or fill"),
        ("gravity", "north", "TL, TC, TR, CL, CC, CR, BL, BC, BR, entropy or attention"),
        ("background", "white", "a colour such as #ffffff or #fff"),
        ("colour", "p3", "srgb or keep"),
        ("keep", "copyright,all", "copyright, icc, exif, xmp or gps, separated by commas"),
    ] {
        let form = Form::of("a.jpg", &file).text(field, value);
        let problem = service.compress(&key, form).problem(422, "invalid-field");
        assert_eq!(problem["field"], field);
        assert_eq!((&problem["value"], &problem["limit"]), (&value.into(), &limit.into()));
        assert!(problem["detail"].as_str().unwrap().contains(limit), "{problem}");
    }
    let form = Form::of("a.jpg", &file).text("color", "keep");
    assert_eq!(service.compress(&key, form).problem(422, "invalid-field")["field"], "color");
    assert_eq!(service.used(&key), 0);
}

#[test]
fn health_names_the_engine_of_every_format() {
    let (service, _) = service();
    let health = service.get("/healthz").expect(200).json();
    let engines = health["engines"].as_array().unwrap();
    // The tests are built with the features of the server.
    let built = flx_core::engines();
    let built: Vec<_> = built
        .iter()
        .map(|engine| {
            let format = engine.format.extension();
            json!({ "format": format, "name": engine.name, "fullSpeed": engine.full_speed })
        })
        .collect();
    assert_eq!(engines, &built);
}
