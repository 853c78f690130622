//! The pages in a browser whose scripts are off.

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Browser, PASSWORD, Screen, Service, look};

use super::{file, signed_in};

const WITHOUT_SCRIPTS: Screen = Screen { scripts: false, ..Screen::DESK };

#[test]
fn everything_but_the_live_parts_works_without_scripts() {
    let service = Service::start();
    let _ = service.account("ada@example.org", "agency");
    let Some(browser) = signed_in(&service, "ada@example.org", WITHOUT_SCRIPTS) else { return };
    assert_eq!(browser.count("#drop .live-only"), 0, "what needs scripts is not promised");
    let folder = tempfile::tempdir().unwrap();
    let files = [
        file(folder.path(), "lake.jpg", &jpeg(&photo(300, 200, 1), 95)),
        file(folder.path(), "broken.jpg", b"no picture"),
    ];
    browser.choose("#files", &files.each_ref().map(|path| path.as_path()));
    browser.select("#format", "jpg");
    browser.click("#start");
    browser.until("results", |browser| browser.count(".picture") == 2);
    assert!(browser.text(".picture .small").contains("saved"));
    assert_eq!(browser.count(".picture .bad"), 1);

    browser.visit("/settings/key");
    browser.press("Roll Key");
    browser.click(".confirm[open] input[type=checkbox]");
    browser.press("Roll the key");
    let key = browser.text("#raw-key");
    service.usage(&key).expect(200);

    browser.visit("/settings/password");
    browser.fill("#current", PASSWORD);
    browser.fill("#new", "seven dry blue leaves");
    browser.press("Change password");
    browser.until("a notice", |browser| browser.text(".notice").contains("is changed"));
    browser.click(".account summary");
    browser.press("Sign out");
    browser.arrives("/sign-in");
    browser.fill("#email", "ada@example.org");
    browser.fill("#password", "seven dry blue leaves");
    browser.click("button[type=submit]");
    browser.arrives("/compress");
}

#[test]
fn signing_up_is_there_where_it_is_open() {
    let closed = Service::start();
    closed.get("/sign-up").expect(404);
    let service = flx_tests::Setup::new().with(&["--dashboard", "open"]).start();
    let Some(browser) = Browser::open(service.base(), WITHOUT_SCRIPTS) else { return };
    browser.visit("/");
    browser.press("Create one");
    browser.fill("#email", "ada@example.org");
    browser.fill("#password", PASSWORD);
    browser.press("Create account");
    browser.arrives("/compress");
    assert!(browser.text("#credits").starts_with("20 of 20 left"));
    let accounts = service.admin(&["list-accounts", "--json"]).done().json();
    assert_eq!((&accounts[0]["plan"], &accounts[0]["operator"]), (&"free".into(), &false.into()));
}

#[test]
fn results_can_be_seen_again_as_long_as_they_are_there() {
    let service = Service::start();
    let person = flx_tests::Person::invited(&service, "ada@example.org", "pro");
    let form = flx_tests::Form::of("lake.jpg", &crate::small_jpeg()).text("sessionId", "s1");
    person.upload(form).expect(200);
    let html = person.get("/compress/s1").expect(200).body_text();
    let (_, rest) = html.split_once("href=\"/api/results/").unwrap();
    let path = format!("/api/results/{}", rest.split('"').next().unwrap().replace("&#38;", "&"));
    assert_eq!(look::format(&service.get(&path).expect(200).body), "webp");
}
