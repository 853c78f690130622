//! Several pictures in one request.

use flx_tests::pictures::{jpeg, photo, png};
use flx_tests::{Form, Service, look};
use serde_json::{Value, json};

const EMAIL: &str = "a@example.org";

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    (service, key)
}

#[test]
fn one_broken_file_does_not_spoil_a_batch_and_is_not_charged() {
    let (service, key) = service();
    let form = Form::new()
        .file("first.jpg", &jpeg(&photo(200, 100, 1), 90))
        .file("broken.png", &png(photo(64, 64, 1))[..500])
        .file("text.jpg", b"no picture at all")
        .file("last.png", &png(photo(120, 90, 2)));
    let answer = service.compress(&key, form).expect(200).json();
    let results = answer["results"].as_array().unwrap();
    let names: Vec<_> =
        results.iter().map(|entry| entry["originalName"].as_str().unwrap()).collect();
    assert_eq!(names, ["first.jpg", "broken.png", "text.jpg", "last.png"]);
    assert_eq!(answer["usage"], json!({"compressor_used": 2, "compressor_limit": 99_999}));
    for (entry, status, kind) in
        [(&results[1], 422, "damaged-image"), (&results[2], 415, "unsupported-image")]
    {
        assert_eq!(members(entry), ["error", "originalName", "problem"], "{entry:#}");
        assert_eq!(entry["problem"]["status"], status, "{entry:#}");
        assert!(entry["problem"]["type"].as_str().unwrap().ends_with(kind), "{entry:#}");
        assert_eq!(entry["error"], entry["problem"]["error"], "{entry:#}");
    }
    for (entry, size) in [(&results[0], (200, 100)), (&results[3], (120, 90))] {
        let picture =
            look::decode(&service.get(entry["downloadUrl"].as_str().unwrap()).expect(200).body);
        assert_eq!((picture.width(), picture.height()), size);
    }
    assert_eq!(service.used(&key), 2);
    service.admin(&["verify"]).done();
}

#[test]
fn when_every_file_fails_the_first_one_s_status_is_the_answer() {
    let (service, key) = service();
    let form = Form::new()
        .file("text.jpg", b"no picture at all")
        .file("broken.png", &png(photo(64, 64, 1))[..500]);
    let problem = service.compress(&key, form).problem(415, "unsupported-image");
    assert_eq!(problem["results"].as_array().unwrap().len(), 2, "{problem:#}");
    let form = Form::new()
        .file("broken.png", &png(photo(64, 64, 1))[..500])
        .file("text.jpg", b"no picture at all");
    service.compress(&key, form).problem(422, "damaged-image");
    assert_eq!(service.used(&key), 0);
}

#[test]
fn twenty_pictures_come_back_in_order() {
    let (service, key) = service();
    // The first are the largest, and so the last to be done.
    let form = (0..20u32).fold(Form::new(), |form, index| {
        let side = 260 - index * 12;
        form.file(&format!("{index}.jpg"), &jpeg(&photo(side, side, index), 80))
    });
    let answer = service.compress(&key, form.text("sessionId", "holiday-1")).expect(200).json();
    assert_eq!(answer["sessionId"], "holiday-1");
    for (index, entry) in answer["results"].as_array().unwrap().iter().enumerate() {
        assert_eq!(entry["originalName"], format!("{index}.jpg"));
        assert_eq!(entry["width"], 260 - index * 12);
    }
    assert_eq!(service.used(&key), 20);
}

#[test]
fn an_entry_has_exactly_the_documented_members() {
    let (service, key) = service();
    let file = jpeg(&photo(320, 213, 1), 90);
    let (entry, picture) = service.compressed(&key, Form::of("My photo (1).jpeg", &file));
    assert_eq!(
        members(&entry),
        [
            "downloadUrl",
            "expiresAt",
            "format",
            "frames",
            "height",
            "name",
            "originalName",
            "originalSize",
            "quality",
            "savings",
            "size",
            "unchanged",
            "width",
        ]
    );
    assert_eq!(entry["originalName"], "My photo (1).jpeg");
    assert_eq!(entry["name"], "My-photo-1.webp");
    assert_eq!(entry["format"], "webp");
    assert_eq!(entry["originalSize"], file.len());
    assert_eq!(entry["size"], picture.len());
    let savings = (1.0 - picture.len() as f64 / file.len() as f64) * 100.0;
    assert!((entry["savings"].as_f64().unwrap() - savings).abs() <= 0.05 + 1e-9, "{entry}");
    assert_eq!((&entry["width"], &entry["height"]), (&json!(320), &json!(213)));
    assert_eq!(entry["unchanged"], false);
    let expires = entry["expiresAt"].as_str().unwrap();
    assert!(expires.ends_with('Z') && expires.contains('T'), "{expires}");
    let url = entry["downloadUrl"].as_str().unwrap();
    let (path, query) = url.split_once('?').unwrap();
    assert!(path.starts_with(service.base()) && path.ends_with("/My-photo-1.webp"), "{url}");
    let (expiry, signature) = query.split_once('&').unwrap();
    assert!(expiry.strip_prefix("expires=").unwrap().parse::<u64>().is_ok(), "{url}");
    let hex = signature.strip_prefix("signature=").unwrap();
    assert!(hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{url}");
}

#[test]
fn sessions_are_random_when_none_is_named() {
    let (service, key) = service();
    let session = || {
        let form = Form::of("photo.jpg", &jpeg(&photo(64, 64, 1), 80));
        service.compress(&key, form).expect(200).json()["sessionId"].as_str().unwrap().to_owned()
    };
    assert_ne!(session(), session());
}

#[test]
fn hostile_file_names_become_harmless() {
    let (service, key) = service();
    let file = jpeg(&photo(64, 64, 1), 80);
    for name in ["../../etc/passwd", "CON.jpg", "..", "a/b\\c.jpg", "été \u{202e}gpj.exe", "😀.jpg"]
    {
        let answer = service.compress(&key, Form::of(name, &file)).expect(200).json();
        let entry = &answer["results"][0];
        let made = entry["name"].as_str().unwrap();
        assert!(made.ends_with(".webp") && !made.contains(['/', '\\', ' ', '\u{202e}']), "{made}");
        let download = service.get(entry["downloadUrl"].as_str().unwrap()).expect(200);
        assert!(download.header("content-disposition").is_ascii(), "{download}");
    }
}

fn members(entry: &Value) -> Vec<&str> {
    let mut names: Vec<_> = entry.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
