//! What strangers, other sites and thieves cannot do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use flx_tests::person::{csrf_in, reset_link, token};
use flx_tests::{Form, JumpingClock, PASSWORD, Person, Service, Setup, holds_a_key, wait_until};
use reqwest::Method;

use crate::small_jpeg;

fn service() -> Service {
    let service = Service::start();
    let _ = service.admin(&["create-account", "--email", "ada@example.org", "--plan", "agency"]);
    service
}

fn sign_in<'a>(service: &'a Service, email: &str, password: &str) -> (Person<'a>, u16) {
    let person = Person::new(service);
    let fields = [("email", email), ("password", password), ("next", "/usage")];
    let answer = person.submit("/sign-in", "/sign-in", &fields);
    (person, answer.status)
}

#[test]
fn every_page_forbids_inline_scripts_frames_and_caches() {
    let service = service();
    let _ = service.admin(&["set-operator", "--email", "ada@example.org"]).done();
    let person = Person::welcomed(&service, "ada@example.org");
    for path in [
        "/compress",
        "/usage",
        "/settings/key",
        "/settings/plan",
        "/settings/password",
        "/settings/sessions",
        "/operator",
        "/operator/audit",
        "/operator/health",
        "/nowhere/at/all",
    ] {
        let answer = person.get(path);
        if path == "/nowhere/at/all" {
            answer.problem(404, "not-found");
            continue;
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let html = answer.body_text();
        for inline in ["style=\"", "onclick", "javascript:", "data:", "<style", "src=\"http"] {
            assert!(!html.contains(inline), "{inline} on {path}");
        }
        for script in html.split("<script").skip(1) {
            assert!(script.trim_start().starts_with("src=\"/assets/"), "{script:.60}");
        }
    }
}

#[test]
fn a_form_of_another_site_or_session_changes_nothing() {
    let service = service();
    let ada = Person::welcomed(&service, "ada@example.org");
    let bob = Person::invited(&service, "bob@example.org", "agency");
    let (own, foreign) = (ada.csrf("/settings/key"), bob.csrf("/settings/key"));
    for csrf in ["", "0000", &foreign] {
        for path in [
            "/settings/key/generate",
            "/settings/key/roll",
            "/settings/key/revoke",
            "/settings/sessions/end-all",
            "/sign-out",
        ] {
            ada.post(path, &[("csrf", csrf), ("confirm", "yes")]).expect(403);
        }
        let fields = [("csrf", csrf), ("current", PASSWORD), ("new", "seven dry blue leaves")];
        ada.post("/settings/password", &fields).expect(403);
        let form = Form::new().text("csrf", csrf).file("a.jpg", &small_jpeg());
        ada.upload_as_it_is(form).expect(403);
    }
    let late = Form::of("a.jpg", &small_jpeg()).text("csrf", &own);
    ada.upload_as_it_is(late).expect(403);
    let request = ada.request(Method::POST, "/settings/key/generate").form(&[("csrf", &own)]);
    ada.send(request.header("sec-fetch-site", "cross-site")).expect(403);
    ada.get("/usage").expect(200);
    let usage = service.admin(&["usage", "--email", "ada@example.org", "--json"]).done().json();
    assert_eq!(usage["keys"].as_array().map(Vec::len), Some(0), "{usage:#}");
}

#[test]
fn a_form_that_makes_no_sense_is_refused_with_a_page() {
    let service = service();
    let person = Person::new(&service);
    let twice = [("csrf", "a"), ("csrf", "b")];
    let answer = person.post("/sign-in", &twice).expect(400);
    assert!(answer.header("content-type").starts_with("text/html"), "{answer}");
    let long = "x".repeat(20_000);
    person.post("/sign-in", &[("password", &long)]).expect(413);
    person.post("/sign-in", &[]).expect(403);
}

#[test]
fn a_session_that_was_planted_is_not_the_one_that_is_signed_in() {
    let service = service();
    let _ = Person::welcomed(&service, "ada@example.org");
    let planted = "a1".repeat(32);
    let victim = Person::new(&service);
    victim.set_cookie("flx_session", &planted);
    victim.set_cookie("flx_form", &planted);
    let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", "/")];
    victim.submit("/sign-in", "/sign-in", &fields).expect(303);
    assert_ne!(victim.cookie("flx_session"), Some(planted.clone()));
    let thief = Person::new(&service);
    thief.set_cookie("flx_session", &planted);
    thief.get("/usage").expect(303);
    let before = victim.cookie("flx_session").unwrap();
    victim.submit("/usage", "/sign-out", &[]).expect(303);
    thief.set_cookie("flx_session", &before);
    thief.get("/usage").expect(303);
}

#[test]
fn a_session_gets_new_tokens_and_ends_when_it_is_left_alone() {
    let Some(clock) = JumpingClock::new() else { return };
    let service = clock.tells(Setup::new()).start();
    let person = Person::invited(&service, "ada@example.org", "pro");
    let first = person.cookie("flx_session").unwrap();
    let used = last_use(&person);
    clock.jump(1);
    let used = next_use(&person, &used);
    let second = person.cookie("flx_session").unwrap();
    assert_ne!(first, second, "it was a day old");
    person.get("/usage").expect(200);
    assert_eq!(person.cookie("flx_session"), Some(second), "it is new");
    // Used every other day it lasts, though not for ever; after four days alone it is over.
    clock.jump(3);
    let _ = next_use(&person, &used);
    clock.jump(7);
    person.get("/usage").expect(303);

    clock.jump(0);
    let person = Person::welcomed(&service, "ada@example.org");
    let mut used = last_use(&person);
    for day in (2..=12).step_by(2) {
        clock.jump(day);
        used = next_use(&person, &used);
    }
    clock.jump(14);
    person.get("/usage").expect(303);
}

/// When the session was used last, as its page says.
fn last_use(person: &Person<'_>) -> String {
    let page = person.get("/settings/sessions").expect(200).body_text();
    let this = page.split("<li>").find(|row| row.contains("This browser")).unwrap();
    let (_, time) = this.rsplit_once("<time datetime=\"").unwrap();
    time.split('"').next().unwrap().to_owned()
}

/// Uses it later, until that is noted: no answer waits for it.
fn next_use(person: &Person<'_>, before: &str) -> String {
    wait_until("the session's use is noted", || last_use(person) != before);
    last_use(person)
}

#[test]
fn a_page_that_stood_open_for_days_still_sends_its_form_and_the_new_token_comes_with_any_answer() {
    let Some(clock) = JumpingClock::new() else { return };
    let service = clock.tells(Setup::new()).start();
    let person = Person::invited(&service, "ada@example.org", "pro");
    let csrf = person.csrf("/compress");
    clock.jump(1);
    // The first request of the day is the script's: its answer is JSON and no page.
    let before = person.cookie("flx_session").unwrap();
    let form = Form::new().text("csrf", &csrf).and(Form::of("a.jpg", &small_jpeg()));
    let request = person.request(Method::POST, "/compress").header("accept", "application/json");
    let answer = person.send(request.multipart(form.into_body())).expect(200);
    assert_eq!(answer.json()["results"].as_array().map(Vec::len), Some(1));
    let after = person.cookie("flx_session").unwrap();
    assert_ne!(before, after);
    clock.jump(2);
    person.get("/nowhere").expect(404);
    person.post("/settings/key/generate", &[("csrf", &csrf)]).expect(200);
    person.get("/usage").expect(200);
    assert_ne!(person.cookie("flx_session").unwrap(), after);
}

#[test]
fn a_form_that_trickles_in_is_refused_and_its_connection_ends() {
    let service = service();
    let mut wire = TcpStream::connect(service.address()).unwrap();
    let head = "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Content-Length: 16000\r\n\r\nemail=a";
    wire.write_all(head.as_bytes()).unwrap();
    wire.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = String::new();
    wire.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("nothing arrived for 5 s"), "{answer}");
}

#[test]
fn a_form_that_is_too_large_is_refused_before_it_is_read() {
    let service = service();
    let person = Person::new(&service);
    let csrf = person.csrf("/sign-in");
    let long = "x".repeat(20_000);
    let fields = [("csrf", csrf.as_str()), ("email", &long), ("password", "x")];
    person.post("/sign-in", &fields).expect(413);
}

#[test]
fn signing_in_leads_to_no_other_site() {
    let service = service();
    let _ = Person::welcomed(&service, "ada@example.org");
    for next in ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"] {
        let person = Person::new(&service);
        let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", next)];
        let answer = person.submit("/sign-in", "/sign-in", &fields).expect(303);
        assert_eq!(answer.header("location"), "/", "{next}");
    }
}

#[test]
fn unknown_addresses_and_wrong_passwords_are_answered_alike() {
    let service = service();
    let _ = Person::welcomed(&service, "ada@example.org");
    let _ = service.admin(&["create-account", "--email", "new@example.org", "--plan", "free"]);
    let page = |email: &str, password: &str| {
        let person = Person::new(&service);
        let fields = [("email", email), ("password", password), ("next", "/")];
        let answer = person.submit("/sign-in", "/sign-in", &fields).expect(401);
        let html = answer.body_text().replace(email, "E-MAIL");
        let csrf = csrf_in(&html).to_owned();
        html.replace(&csrf, "CSRF")
    };
    let wrong = page("ada@example.org", "not the password");
    assert_eq!(wrong, page("nobody@example.org", "not the password"));
    assert_eq!(wrong, page("new@example.org", "not the password"), "no password is set");
    assert_eq!(wrong, page("no address", "not the password"));
}

#[test]
fn guesses_are_limited_and_the_owner_is_told_when_to_try_again() {
    let service = service();
    let _ = Person::welcomed(&service, "ada@example.org");
    for _ in 0..6 {
        assert_eq!(sign_in(&service, "ada@example.org", "a wrong guess").1, 401);
    }
    let person = Person::new(&service);
    let fields = [("email", "ada@example.org"), ("password", PASSWORD), ("next", "/")];
    let answer = person.submit("/sign-in", "/sign-in", &fields).expect(429);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() <= 60);
    assert_eq!(sign_in(&service, "bob@example.org", "a wrong guess").1, 401, "another account");
}

#[test]
fn a_link_works_once_and_only_the_latest() {
    let service = service();
    let (old, new) =
        (reset_link(&service, "ada@example.org"), reset_link(&service, "ada@example.org"));
    let person = Person::new(&service);
    person.get(&format!("/welcome?token={}", token(&old))).expect(410);
    let page = format!("/welcome?token={}", token(&new));
    let weak = [("token", token(&new)), ("password", "passwordpassword")];
    person.submit(&page, "/welcome", &weak).expect(422);
    let strong = [("token", token(&new)), ("password", PASSWORD)];
    person.submit(&page, "/welcome", &strong).expect(303);
    Person::new(&service).get(&page).expect(410);
    Person::new(&service).get("/welcome?token=0000").expect(410);
}

#[test]
fn a_raw_key_is_in_one_answer_and_in_no_later_one() {
    let service = service();
    let person = Person::welcomed(&service, "ada@example.org");
    let answer = person.submit("/settings/key", "/settings/key/generate", &[]).expect(200);
    assert!(holds_a_key(&answer.body_text()));
    assert_eq!(answer.header("cache-control"), "no-store");
    for path in ["/settings/key", "/usage", "/compress", "/settings/plan"] {
        assert!(!holds_a_key(&person.get(path).expect(200).body_text()), "{path}");
    }
    let again = person.submit("/settings/key", "/settings/key/generate", &[]).expect(422);
    assert!(!holds_a_key(&again.body_text()));
}

#[test]
fn rolling_without_agreeing_asks_first() {
    let service = service();
    let person = Person::welcomed(&service, "ada@example.org");
    let key = service.key("ada@example.org");
    let answer = person.submit("/settings/key", "/settings/key/roll", &[]).expect(200);
    assert!(answer.body_text().contains("The old key stops working"), "{answer}");
    service.usage(&key).expect(200);
}

#[test]
fn cookies_are_secure_behind_tls() {
    let service = Setup::new().with(&["--public-url", "https://img.example.org"]).start();
    let answer = service.get("/sign-in").expect(200);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-flx_form="), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[test]
fn without_a_dashboard_there_are_no_pages() {
    let service = Setup::new().with(&["--dashboard", "off"]).start();
    for path in ["/", "/sign-in", "/compress", "/assets/style.css"] {
        service.get(path).problem(404, "not-found");
    }
    assert_eq!(service.stdout(), "", "and no link to set one up");
}

#[test]
fn sign_ins_survive_a_restart_and_end_with_the_account() {
    let mut first = service();
    let cookie = Person::welcomed(&first, "ada@example.org").cookie("flx_session").unwrap();
    assert!(first.stop().success());
    let second = Setup::new().in_folder_of(&first).start();
    let person = Person::new(&second);
    person.set_cookie("flx_session", &cookie);
    person.get("/usage").expect(200);
    let _ = second.admin(&["sign-out", "--email", "ada@example.org"]).done();
    person.get("/usage").expect(303);
    let person = Person::welcomed(&second, "ada@example.org");
    let _ = second.admin(&["delete-account", "--email", "ada@example.org", "--yes"]).done();
    person.get("/usage").expect(303);
}
