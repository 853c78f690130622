//! From an empty database to a key that works, on a desk and on a phone.

use flx_tests::{Browser, PASSWORD, Screen, Service};

use super::signed_in;

/// The link that a server prints on an empty database.
fn set_up_link(service: &Service) -> String {
    let stdout = service.stdout();
    stdout.lines().find(|line| line.contains("/welcome?token=")).unwrap().to_owned()
}

#[test]
fn the_first_operator_sets_up_invites_and_the_guest_makes_a_key_that_works() {
    for screen in [Screen::DESK, Screen::PHONE] {
        let service = Service::start();
        let Some(operator) = Browser::open(service.base(), screen) else { return };
        operator.visit(&set_up_link(&service));
        operator.fill("#email", "ada@example.org");
        operator.fill("#password", "passwordpassword");
        operator.click("button[type=submit]");
        operator.until("a refusal", |browser| browser.text(".notice").contains("too easy"));
        operator.fill("#password", PASSWORD);
        operator.click("button[type=submit]");
        operator.arrives("/compress");

        operator.visit("/operator");
        operator.fill("#invite-email", "guest@example.org");
        operator.select("#invite-tier", "starter");
        operator.press("Invite");
        let link = operator.text("#issued-link");

        let guest = Browser::open(service.base(), screen).unwrap();
        guest.visit(&link);
        assert!(guest.body().contains("Welcome to flx"));
        guest.fill("#password", PASSWORD);
        guest.click("button[type=submit]");
        guest.arrives("/compress");
        guest.visit("/operator");
        assert!(guest.body().contains("404"), "a guest sees nothing of it: {}", guest.body());

        guest.visit("/settings/key");
        guest.press("Generate Key");
        let first = guest.text("#raw-key");
        assert_eq!(service.usage(&first).expect(200).json()["plan"], "starter");
        guest.visit("/settings/key");
        assert!(!guest.body().contains(&first), "it was shown once");

        guest.press("Roll Key");
        guest.click(".confirm[open] input[type=checkbox]");
        guest.press("Roll the key");
        let second = guest.text("#raw-key");
        service.usage(&first).problem(401, "unauthorized");
        service.usage(&second).expect(200);

        guest.visit("/settings/key");
        guest.press("Revoke");
        guest.click(".confirm[open] input[type=checkbox]");
        guest.press("Revoke the key");
        guest.until("no key", |browser| browser.body().contains("You have no key yet"));
        service.usage(&second).problem(401, "unauthorized");
    }
}

#[test]
fn somebody_signs_in_and_out_and_out_everywhere() {
    let service = Service::start();
    let _ = service.account("ada@example.org", "pro");
    let Some(first) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    let second = Browser::open(service.base(), Screen::PHONE).unwrap();
    second.visit("/usage");
    second.arrives("/sign-in");
    second.fill("#email", "ada@example.org");
    second.fill("#password", "not the password");
    second.click("button[type=submit]");
    second.until("a refusal", |browser| browser.text(".notice").contains("not right"));
    second.click(".toggle");
    assert_eq!(second.script("return document.getElementById('password').type"), "text");
    second.fill("#password", PASSWORD);
    second.click("button[type=submit]");
    second.arrives("/usage");

    second.click(".account summary");
    second.press("Sign out");
    second.arrives("/sign-in");
    second.visit("/usage");
    second.arrives("/sign-in");
    second.fill("#email", "ada@example.org");
    second.fill("#password", PASSWORD);
    second.click("button[type=submit]");
    second.arrives("/usage");

    first.visit("/settings/sessions");
    assert_eq!(first.count(".rows li"), 2);
    assert_eq!(first.text(".rows li:first-child .badge"), "This browser");
    first.press("Sign out everywhere");
    first.arrives("/sign-in");
    second.visit("/usage");
    second.arrives("/sign-in");
}

#[test]
fn a_changed_password_signs_every_other_browser_out() {
    let service = Service::start();
    let _ = service.admin(&["create-account", "--email", "ada@example.org", "--plan", "free"]);
    let Some(here) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    let there = Browser::open(service.base(), Screen::DESK).unwrap();
    there.visit("/sign-in");
    there.fill("#email", "ada@example.org");
    there.fill("#password", PASSWORD);
    there.click("button[type=submit]");
    there.arrives("/compress");

    here.visit("/settings/password");
    here.fill("#current", PASSWORD);
    here.fill("#new", "seven dry blue leaves");
    here.press("Change password");
    here.until("a notice", |browser| browser.text(".notice").contains("is changed"));
    here.visit("/usage");
    assert_eq!(here.path(), "/usage");
    there.visit("/usage");
    there.arrives("/sign-in");
}
