//! Results that are searched for: by format, by look, by size.

use flx_tests::look::{self, ssimulacra2};
use flx_tests::pictures::{bmp, gif, jpeg, photo, png, webp};
use flx_tests::{Answer, Form, Service, send};

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    (service, key)
}

fn photo_png() -> Vec<u8> {
    png(photo(320, 213, 1))
}

/// The answer to one file, asked for with an `Accept` header.
#[track_caller]
fn accepting(service: &Service, key: &str, accept: &str, form: Form) -> Answer {
    send(service.compressing(key, form).header("accept", accept))
}

/// Bytes of the file in a format at the default quality.
#[track_caller]
fn size_in(service: &Service, key: &str, file: &[u8], format: &str) -> usize {
    service.compressed(key, Form::of("a.png", file).text("format", format)).1.len()
}

#[test]
fn auto_is_the_smallest_of_the_formats_that_accept_names() {
    let (service, key) = service();
    let file = photo_png();
    for (accept, formats) in [
        ("image/jpeg,image/png", &["jpg", "png"][..]),
        ("image/png", &["png"]),
        ("image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", &["webp", "avif"]),
        ("image/*", &["webp", "avif"]),
        ("image/*,image/avif;q=0", &["webp"]),
    ] {
        let form = Form::of("photo.png", &file).text("format", "auto");
        let answer = accepting(&service, &key, accept, form).expect(200);
        let format = look::format(&answer.body);
        let sizes = formats.iter().map(|format| size_in(&service, &key, &file, format));
        assert!(formats.contains(&format), "{format} for {accept}");
        assert_eq!(answer.body.len(), sizes.min().unwrap(), "{format} for {accept}");
        assert_eq!(answer.header("x-format"), format);
        assert_eq!(answer.header("vary"), "Accept");
        let media = if format == "jpg" { "image/jpeg".into() } else { format!("image/{format}") };
        assert_eq!(answer.header("content-type"), media);
        assert!(answer.header("content-disposition").contains(&format!("photo.{format}")));
    }
}

#[test]
fn auto_without_a_choice_of_pictures_is_webp_or_avif_in_json() {
    let (service, key) = service();
    let file = photo_png();
    let smallest =
        ["webp", "avif"].map(|format| size_in(&service, &key, &file, format)).into_iter().min();
    for accept in ["*/*", "application/json", "application/json, image/png"] {
        let form = Form::of("photo.png", &file).text("format", "auto");
        let answer = accepting(&service, &key, accept, form).expect(200);
        assert_eq!(answer.header("vary"), "Accept");
        let entry = answer.json()["results"][0].clone();
        assert_eq!(entry["size"].as_u64(), smallest.map(|size| size as u64), "{entry}");
        assert!(["webp", "avif"].contains(&entry["format"].as_str().unwrap()), "{entry}");
    }
}

#[test]
fn a_list_goes_with_json_and_with_the_picture() {
    let (service, key) = service();
    let file = photo_png();
    let list = || Form::of("photo.png", &file).text("format", "png, jpg");
    let (entry, result) = service.compressed(&key, list());
    assert_eq!((&entry["format"], look::format(&result)), (&"jpg".into(), "jpg"));
    let narrowed = accepting(&service, &key, "image/png", list()).expect(200);
    assert_eq!(look::format(&narrowed.body), "png");
    let any = accepting(&service, &key, "image/webp,image/*;q=0.1", list()).expect(200);
    assert_eq!(look::format(&any.body), "jpg");
}

#[test]
fn a_client_that_takes_none_of_the_formats_is_told_so_and_not_charged() {
    let (service, key) = service();
    let file = photo_png();
    for (accept, format, limit) in [
        ("image/gif", "auto", "image/webp, image/avif, image/jpeg, image/png"),
        ("image/svg+xml, image/webp;q=0", "auto", "image/webp, image/avif, image/jpeg, image/png"),
        ("image/png", "webp,avif", "image/webp, image/avif"),
    ] {
        let form = Form::of("photo.png", &file).text("format", format);
        let problem = accepting(&service, &key, accept, form).problem(406, "not-acceptable");
        assert_eq!(problem["field"], "Accept");
        assert_eq!((&problem["value"], &problem["limit"]), (&accept.into(), &limit.into()));
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn a_batch_is_answered_in_json_so_accept_has_no_say_in_its_formats() {
    let (service, key) = service();
    let file = photo_png();
    for (accept, format, allowed) in [
        ("image/jpeg", "auto", &["webp", "avif"][..]),
        ("image/png", "webp,jpg", &["webp", "jpg"]),
        ("image/gif", "auto", &["webp", "avif"]),
    ] {
        let form = Form::of("a.png", &file).file("b.png", &file).text("format", format);
        let answer = accepting(&service, &key, accept, form).expect(200).json();
        for entry in answer["results"].as_array().unwrap() {
            let taken = entry["format"].as_str().unwrap();
            assert!(allowed.contains(&taken), "{format} with {accept}: {entry}");
        }
    }
}

#[test]
fn same_keeps_the_format_of_the_file() {
    let (service, key) = service();
    let picture = photo(120, 80, 2);
    for (file, format) in [
        (jpeg(&picture, 95), "jpg"),
        (png(picture.clone()), "png"),
        (webp(picture.clone()), "webp"),
        (gif(picture.clone()), "webp"),
        (bmp(picture), "webp"),
    ] {
        let form = Form::of("photo", &file).text("format", "same");
        let (entry, result) = service.compressed(&key, form);
        assert_eq!((&entry["format"], look::format(&result)), (&format.into(), format));
    }
}

#[test]
fn a_look_is_reached_and_its_score_told() {
    let (service, key) = service();
    let original = photo(360, 240, 6);
    let file = png(original.clone());
    for format in ["webp", "avif", "jpg"] {
        let mut sizes = Vec::new();
        for (look, target) in [("auto:low", 60.0), ("auto", 75.0), ("auto:best", 85.0)] {
            let form = Form::of("a.png", &file).text("format", format).text("quality", look);
            let (entry, result) = service.compressed(&key, form);
            let score = entry["score"].as_f64().unwrap_or_else(|| panic!("{entry}"));
            let quality = entry["quality"].as_f64();
            let measured = ssimulacra2(&original, &look::decode(&result).into_rgb8());
            println!("{format} {look}: {} bytes, {measured:.1} at {quality:?}", result.len());
            assert!(score > target - 0.5, "{format} {look}: {entry}");
            assert!((score - measured).abs() < 1.0, "{format} {look}: {measured}, not {score}");
            assert!(quality.is_none_or(|point| (40.0..=100.0).contains(&point)), "{entry}");
            sizes.push(result.len());
        }
        assert!(sizes.is_sorted(), "{format}: {sizes:?}");
    }
    let form = Form::of("a.png", &file).text("quality", "auto");
    let answer = accepting(&service, &key, "image/webp", form).expect(200);
    let score: f64 = answer.header("x-score").parse().unwrap();
    assert!((74.5..=100.0).contains(&score), "{score}");
    assert!(answer.header("x-quality").parse::<f64>().is_ok());
}

#[test]
fn what_was_not_measured_is_not_told() {
    let (service, key) = service();
    let (entry, _) = service.compressed(&key, Form::of("a.jpg", &crate::small_jpeg()));
    assert_eq!(entry["quality"], 82.0, "{entry}");
    assert!(entry.get("score").is_none(), "{entry}");
    let form = Form::of("a.png", &photo_png()).text("format", "png");
    let (lossless, _) = service.compressed(&key, form);
    assert!(lossless.get("quality").is_none(), "{lossless}");
}

#[test]
fn a_result_fits_the_bytes_allowed() {
    let (service, key) = service();
    let file = photo_png();
    for format in ["webp", "avif", "jpg"] {
        let at = |quality: &str| {
            let form = Form::of("a.png", &file).text("format", format).text("quality", quality);
            service.compressed(&key, form).1.len()
        };
        let (lowest, highest) = (at("40"), at("95"));
        let limit = (lowest + highest) / 2;
        let form = Form::of("a.png", &file)
            .text("format", format)
            .text("quality", "95")
            .text("maxBytes", &limit.to_string());
        let (entry, result) = service.compressed(&key, form);
        assert!(result.len() <= limit, "{format}: {} of {limit}: {entry}", result.len());
        assert!(result.len() * 10 > limit * 7, "{format}: {} of {limit}: {entry}", result.len());
        assert!(entry["quality"].as_f64().unwrap() < 95.0, "{entry}");
    }
}

#[test]
fn a_bound_that_no_quality_meets_is_named_and_spoils_only_its_own_picture() {
    let (service, key) = service();
    let (large, small) = (photo_png(), png(photo(8, 8, 1)));
    let form = Form::of("large.png", &large).text("maxBytes", "300");
    let problem = service.compress(&key, form).problem(422, "out-of-reach");
    assert_eq!((&problem["field"], &problem["limit"]), (&"maxBytes".into(), &300.into()));
    assert!(problem["value"].as_u64().unwrap() > 300, "{problem}");
    let form = Form::new().file("large.png", &large).file("small.png", &small);
    let answer = service.compress(&key, form.text("maxBytes", "300")).expect(200).json();
    assert_eq!(answer["results"][0]["problem"]["field"], "maxBytes");
    assert!(answer["results"][1]["size"].as_u64().unwrap() <= 300, "{answer}");
    assert_eq!(service.used(&key), 1);
}
