//! What axe-core finds on the pages, light and dark, on a desk and on a phone.

use std::fs;

use flx_tests::tools::{python, run};
use flx_tests::{Browser, Scheme, Screen, Service};

use super::{file, signed_in};
use crate::small_jpeg;

/// axe-core, as the package of Python has it.
fn axe() -> Option<String> {
    let mut python = python("axe_playwright_python")?;
    python.args(["-c", "import axe_playwright_python as p; print(p.__path__[0])"]);
    let folder = String::from_utf8(run(&mut python).stdout).unwrap();
    Some(fs::read_to_string(format!("{}/axe.min.js", folder.trim())).unwrap())
}

/// Fails on what axe calls serious or critical.
#[track_caller]
fn check(browser: &Browser, screen: Screen, axe: &str, page: &str) {
    let _ = browser.script(axe);
    let found = browser.script_later(
        "const done = arguments[0];
         axe.run(document, {resultTypes: ['violations']}).then((found) => done(
             found.violations.map((one) => ({
                 id: one.id, impact: one.impact,
                 nodes: one.nodes.map((node) => node.html.slice(0, 200)),
             }))
         ));",
    );
    let serious: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["impact"] == "serious" || one["impact"] == "critical")
        .collect();
    assert!(serious.is_empty(), "{page}: {serious:#?}");
    let wide = browser.script("return document.documentElement.scrollWidth").as_u64().unwrap();
    assert!(wide <= screen.width.into(), "{page} is {wide} px wide on {screen:?}");
}

#[test]
fn axe_finds_nothing_serious_on_any_page() {
    let Some(axe) = axe() else { return };
    let dark = Screen { scheme: Scheme::Dark, ..Screen::DESK };
    for screen in [Screen::PHONE, dark] {
        let service = Service::start();
        let _ = service.account("ada@example.org", "agency");
        let _ = service.admin(&["set-operator", "--email", "ada@example.org"]).done();
        let Some(browser) = Browser::open(service.base(), screen) else { return };
        for page in ["/sign-in", "/welcome?token=0"] {
            browser.visit(page);
            check(&browser, screen, &axe, page);
        }
        let browser = signed_in(&service, "ada@example.org", screen).unwrap();
        check(&browser, screen, &axe, "/compress");
        let folder = tempfile::tempdir().unwrap();
        let files = [
            file(folder.path(), "a.jpg", &small_jpeg()),
            file(folder.path(), "b.jpg", b"no picture"),
        ];
        browser.choose("#files", &files.each_ref().map(|path| path.as_path()));
        check(&browser, screen, &axe, "/compress, chosen");
        browser.click("#start");
        browser.until("a total", |browser| browser.count("#total") == 1);
        browser.click("#curl summary");
        check(&browser, screen, &axe, "/compress, done");
        browser.press("Compare");
        check(&browser, screen, &axe, "/compress, comparing");
        for page in [
            "/usage",
            "/settings/key",
            "/settings/plan",
            "/settings/password",
            "/settings/sessions",
            "/operator",
            "/operator/audit",
            "/operator/health",
        ] {
            browser.visit(page);
            check(&browser, screen, &axe, page);
        }
        browser.visit("/settings/key");
        browser.press("Roll Key");
        check(&browser, screen, &axe, "/settings/key, asked");
        browser.click(".confirm[open] input[type=checkbox]");
        browser.press("Roll the key");
        browser.until("the key", |browser| browser.count("#raw-key") == 1);
        check(&browser, screen, &axe, "/settings/key, shown");
    }
}

#[test]
fn the_pages_can_be_used_by_keyboard_alone() {
    let service = Service::start();
    let _ = service.account("ada@example.org", "pro");
    let Some(browser) = signed_in(&service, "ada@example.org", Screen::DESK) else { return };
    browser.visit("/settings/key");
    let focus = "return (document.activeElement.textContent || document.activeElement.name).trim()";
    let mut seen = Vec::new();
    for _ in 0..14 {
        browser.key("\u{E004}");
        seen.push(browser.script(focus).as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(seen[0], "Skip to the content");
    for stop in ["Compress", "Usage", "Settings", "API Key", "Plan", "Roll Key", "Revoke"] {
        assert!(seen.iter().any(|found| found == stop), "{stop} is not among {seen:?}");
    }
}
