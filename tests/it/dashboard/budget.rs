//! What the first pages weigh, and that nothing on them jumps.

use flx_tests::{Browser, Screen, Service};

use super::signed_in;

/// Most bytes of a page with all it loads.
const MOST_BYTES: u64 = 100_000;

/// What a page loaded, from where, and how far it shifted.
const MEASURE: &str = "
    const done = arguments[0];
    let shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => {
        const loaded = [...performance.getEntriesByType('navigation'),
            ...performance.getEntriesByType('resource')];
        done({
            bytes: loaded.reduce((sum, entry) => sum + entry.decodedBodySize, 0),
            names: loaded.map((entry) => entry.name),
            shift,
            longTasks: performance.getEntriesByType('longtask').length,
            ready: document.readyState,
        });
    }, 300);";

#[track_caller]
fn check(browser: &Browser, service: &Service, page: &str) {
    let _ = browser.script("performance.clearResourceTimings()");
    browser.visit(page);
    let measured = browser.script_later(MEASURE);
    println!("{page}: {measured}");
    let bytes = measured["bytes"].as_u64().unwrap();
    assert!((1..MOST_BYTES).contains(&bytes), "{page}: {measured:#}");
    for name in measured["names"].as_array().unwrap() {
        assert!(name.as_str().unwrap().starts_with(service.base()), "{page} asked for {name}");
    }
    assert!(measured["shift"].as_f64().unwrap() < 0.001, "{page}: {measured:#}");
    assert_eq!(measured["ready"], "complete", "{page}");
}

#[test]
fn the_first_pages_are_light_stand_still_and_ask_nobody_else() {
    let service = Service::start();
    let _ = service.account("ada@example.org", "pro");
    let Some(browser) = Browser::open(service.base(), Screen::PHONE) else { return };
    check(&browser, &service, "/sign-in");
    drop(browser);
    let browser = signed_in(&service, "ada@example.org", Screen::PHONE).unwrap();
    for page in ["/compress", "/usage", "/settings/key"] {
        check(&browser, &service, page);
    }
}
