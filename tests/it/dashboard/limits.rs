//! The limits of the Free plan, as its owner meets them.

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Person, Screen, Service};

use super::{file, signed_in};
use crate::small_jpeg;

#[test]
fn twenty_pictures_use_the_free_plan_up_and_the_next_is_refused_with_the_day_of_reset() {
    let service = Service::start();
    let _ = service.admin(&["create-account", "--email", "ada@example.org", "--plan", "free"]);
    let Some(browser) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    let folder = tempfile::tempdir().unwrap();
    let small = jpeg(&photo(64, 48, 1), 90);
    let files: Vec<_> =
        (0..22).map(|number| file(folder.path(), &format!("{number}.jpg"), &small)).collect();
    let files: Vec<_> = files.iter().map(std::path::PathBuf::as_path).collect();
    browser.choose("#files", &files);
    browser.until("a limit", |browser| browser.text("#problem").contains("At most 20 pictures"));
    assert_eq!(browser.count(".picture"), 20);
    browser.click("#start");
    browser.until("a total", |browser| browser.count("#total") == 1);
    assert!(browser.text("#total").starts_with("20 pictures, "), "{}", browser.text("#total"));
    assert!(browser.text("#credits").starts_with("0 of 20 left until "));

    browser.visit("/compress");
    assert!(browser.text(".notice").contains("All compressions of this period are used"));
    browser.choose("#files", &files[..1]);
    browser.click("#start");
    browser.until("a refusal", |browser| browser.count(".picture .bad") == 1);
    assert!(browser.text(".picture .bad").contains("They reset on "), "{}", browser.body());

    browser.visit("/usage");
    assert!(browser.text("#main").contains("20 of 20"), "{}", browser.body());
    browser.visit("/settings/key");
    assert!(browser.text("#main").contains("Upgrade to Starter or higher"), "{}", browser.body());
    assert_eq!(browser.count("form[action='/settings/key/generate']"), 0);
}

#[test]
fn a_free_account_can_make_no_key_whatever_it_posts() {
    let service = Service::start();
    let person = Person::invited(&service, "ada@example.org", "free");
    let answer = person.submit("/settings/key", "/settings/key/generate", &[]).expect(403);
    assert!(answer.body_text().contains("Starter"), "{answer}");
    let keys = service.admin(&["usage", "--email", "ada@example.org", "--json"]).done().json();
    assert_eq!(keys["keys"].as_array().map(Vec::len), Some(0), "{keys:#}");
}

#[test]
fn the_dashboard_charges_as_the_api_does_and_shows_it() {
    let service = Service::start();
    let person = Person::invited(&service, "ada@example.org", "agency");
    let key = service.key("ada@example.org");
    let form = Form::new().file("a.jpg", &small_jpeg()).file("b.jpg", b"broken");
    let html = person.upload(form).expect(200).body_text();
    assert!(html.contains("a.jpg") && html.contains("plain text"), "{html}");
    assert_eq!(service.used(&key), 1);
    let _ = service.compressed(&key, Form::of("c.jpg", &small_jpeg()));
    let usage = person.get("/usage").expect(200).body_text();
    for part in ["Dashboard</td>", "API key</td>", "+ 1 failed"] {
        assert!(usage.contains(part), "{part} is not in {usage}");
    }
    assert_eq!(service.admin(&["verify"]).code, 0);
}
