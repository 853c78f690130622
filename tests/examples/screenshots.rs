//! Pictures of the dashboard, of the real server in a real browser: `just screenshots` writes those
//! of the documentation, `just screenshots FOLDER` every page at three widths, light and dark.

#![allow(clippy::unwrap_used, reason = "a picture that cannot be made is the end of it")]

use std::path::{Path, PathBuf};

use flx_tests::{Browser, Form, Scheme, Screen, Service, Setup, pictures};

const PASSWORD: &str = "four wet green stones";

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let whole = std::env::args().nth(2).is_some_and(|word| word == "all");
    std::fs::create_dir_all(&folder).unwrap();
    let service = Setup::new().with(&["--upgrade-url", "https://example.org/upgrade"]).start();
    furnish(&service);
    let screens =
        [(360, Scheme::Light), (768, Scheme::Dark), (1440, Scheme::Light), (1440, Scheme::Dark)];
    if whole {
        for (width, scheme) in screens {
            let screen = Screen { width, height: 1300, scheme, scripts: true };
            every_page(&service, screen, &folder);
        }
    } else {
        documentation(&service, &folder);
    }
}

/// Accounts, keys and requests, so that there is something to see.
fn furnish(service: &Service) {
    let accounts = [
        ("ada@example.org", "pro"),
        ("grace.hopper.with.a.rather.long.address@departments.example.com", "agency"),
        ("linus@example.net", "free"),
        ("margaret@example.org", "starter"),
    ];
    for (email, plan) in accounts {
        let _ = service.admin(&["invite", "--email", email, "--plan", plan]).done();
    }
    let _ = service.admin(&["set-operator", "--email", "ada@example.org"]).done();
    let _ = service.admin(&["disable-account", "--email", "linus@example.net", "--yes"]).done();
    let _ = service.admin(&["add-credits", "--email", "ada@example.org", "--ai", "200"]).done();
    let key = service.key("ada@example.org");
    for seed in 0..3 {
        let picture = pictures::jpeg(&pictures::photo(640, 480, seed), 95);
        let _ = service.compressed(&key, Form::of("photo.jpg", &picture));
    }
}

/// Signs somebody in by a link, as they would.
fn sign_in(service: &Service, browser: &Browser, email: &str) {
    let base = service.base();
    let link = service.admin(&["reset-password", "--email", email, "--public-url", base]).done();
    browser.visit(link.stdout.trim_end());
    browser.fill("#password", PASSWORD);
    browser.click("button[type=submit]");
    browser.arrives("/compress");
}

/// Photographs as files, under names that people give.
fn photos(folder: &Path) -> Vec<PathBuf> {
    let names =
        ["harbour at dusk.jpg", "IMG_20260611_181530.jpg", "product-shot-front-view-final-v3.png"];
    let mut paths = Vec::new();
    for (seed, name) in (7..).zip(names) {
        let photo = pictures::photo(1200, 800, seed);
        let bytes =
            if name.ends_with("png") { pictures::png(photo) } else { pictures::jpeg(&photo, 95) };
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        paths.push(path);
    }
    let broken = folder.join("notes.txt.jpg");
    std::fs::write(&broken, "no picture at all").unwrap();
    paths.push(broken);
    paths
}

fn compress(browser: &Browser, folder: &Path) {
    let files = photos(folder);
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    browser.visit("/compress");
    browser.choose("#files", &files);
    browser.until("four rows", |browser| browser.count(".picture") == 4);
}

fn run(browser: &Browser) {
    browser.click("#start");
    browser.until("a total", |browser| browser.count("#total") == 1);
    browser.until("a picture to compare", |browser| browser.count(".picture-actions button") > 0);
}

/// The pictures of the documentation.
fn documentation(service: &Service, folder: &Path) {
    let screen = Screen { width: 1200, height: 860, scheme: Scheme::Light, scripts: true };
    let browser = Browser::open(service.base(), screen).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let key = service.account("margaret.hamilton@example.org", "agency");
    let save = |name: &str| {
        // They go through what they show.
        let form = Form::of("page.png", &browser.picture());
        let form = form.text("format", "png").text("lossy", "true").text("effort", "small");
        let (_, bytes) = service.compressed(&key, form);
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    };
    sign_in(service, &browser, "ada@example.org");
    compress(&browser, scratch.path());
    run(&browser);
    save("compress");
    for name in ["usage", "settings/key", "operator"] {
        browser.visit(&format!("/{name}"));
        save(&name.replace('/', "-"));
    }
}

/// Every page on one screen.
fn every_page(service: &Service, screen: Screen, folder: &Path) {
    let browser = Browser::open(service.base(), screen).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let scheme = if screen.scheme == Scheme::Dark { "-dark" } else { "" };
    let save = |name: &str| {
        let file = format!("{name}-{}{scheme}.png", screen.width);
        std::fs::write(folder.join(file), browser.picture()).unwrap();
    };
    browser.visit("/sign-in");
    save("sign-in");
    browser.fill("#email", "ada@example.org");
    browser.fill("#password", "wrong");
    browser.click("button[type=submit]");
    browser.until("a refusal", |browser| browser.count(".notice") == 1);
    save("sign-in-failed");
    browser.visit("/nowhere");
    save("trouble");
    let base = service.base();
    let link =
        service.admin(&["reset-password", "--email", "ada@example.org", "--public-url", base]);
    browser.visit(link.done().stdout.trim_end());
    save("welcome");
    sign_in(service, &browser, "ada@example.org");
    save("compress-empty");
    compress(&browser, scratch.path());
    save("compress-chosen");
    run(&browser);
    save("compress-done");
    browser.press("Compare");
    browser.until("the dialog", |browser| browser.count("#compare") == 1);
    save("compare");
    browser.press("Close");
    browser.click("#curl summary");
    save("curl");
    for name in [
        "usage",
        "settings/key",
        "settings/plan",
        "settings/password",
        "settings/sessions",
        "operator",
        "operator/audit",
        "operator/health",
    ] {
        browser.visit(&format!("/{name}"));
        save(&name.replace('/', "-"));
    }
    browser.visit("/settings/key");
    browser.click(".confirm summary");
    save("roll-asked");
    browser.click(".confirm input[type=checkbox]");
    browser.press("Roll the key");
    browser.until("the key", |browser| browser.count("#raw-key") == 1);
    save("rolled");
    browser.visit("/operator");
    browser.press("linus@example.net");
    browser.until("the account", |browser| browser.count(".facts") == 1);
    save("account");
    browser.visit("/compress");
    browser.click(".account summary");
    save("menu");
    browser.press("Sign out");
    browser.arrives("/sign-in");
    sign_in(service, &browser, "margaret@example.org");
    browser.visit("/usage");
    save("usage-new");
    browser.visit("/settings/key");
    save("settings-key-none");
}
