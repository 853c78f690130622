//! Download links: signed, expiring, resumable.

use std::thread;
use std::time::{Duration, Instant};

use flx_tests::{Answer, Form, Service, Setup, send};
use reqwest::Method;

use crate::small_jpeg;

/// A service, and the link and bytes of a result in it.
fn with_result() -> (Service, String, Vec<u8>) {
    let service = Service::start();
    let key = service.account("a@example.org", "pro");
    let (entry, picture) = service.compressed(&key, Form::of("photo.jpg", &small_jpeg()));
    let url = entry["downloadUrl"].as_str().unwrap().to_owned();
    (service, url, picture)
}

fn get(service: &Service, url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = service.request(Method::GET, url);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
}

#[test]
fn a_link_gives_the_picture_without_a_key_and_keeps_browsers_from_running_it() {
    let (service, url, picture) = with_result();
    let answer = service.get(&url).expect(200);
    assert_eq!(answer.header("content-type"), "image/webp");
    assert_eq!(answer.header("content-length"), picture.len().to_string());
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"photo.webp\"");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(answer.has("cross-origin-resource-policy"), "{answer}");
    assert!(answer.header("cache-control").starts_with("private, max-age="), "{answer}");
    let head = send(service.request(Method::HEAD, &url)).expect(200);
    assert_eq!(head.header("content-length"), picture.len().to_string());
    assert!(head.body.is_empty());
}

#[test]
fn a_link_that_was_changed_is_refused() {
    let (service, url, _) = with_result();
    let (path, query) = url.split_once('?').unwrap();
    let expires: u64 = query.split_once('&').unwrap().0["expires=".len()..].parse().unwrap();
    let last = url.chars().next_back().unwrap();
    let flipped = format!("{}{}", &url[..url.len() - 1], if last == '0' { '1' } else { '0' });
    let later = url.replace(&format!("expires={expires}"), &format!("expires={}", expires + 1));
    let id_at = url.find("/api/results/").unwrap() + "/api/results/".len();
    let mut other = url.clone().into_bytes();
    other[id_at + 30] = if other[id_at + 30] == b'a' { b'b' } else { b'a' };
    for url in [
        path.to_owned(),
        flipped,
        later,
        String::from_utf8(other).unwrap(),
        format!("{path}?expires={expires}"),
        format!("{path}?expires={expires}&signature="),
        format!("{path}?expires={expires}&signature=zz"),
        format!("{path}?expires=never&signature={}", "0".repeat(64)),
    ] {
        service.get(&url).problem(403, "invalid-signature");
    }
    assert_eq!(service.get(&url).status, 200);
}

#[test]
fn a_rotated_secret_refuses_links_given_out_before_and_signs_those_given_out_after() {
    let service = Service::start();
    let key = service.account("a@example.org", "pro");
    let compressed = || service.compressed(&key, Form::of("a.jpg", &small_jpeg())).0;
    let old = compressed()["downloadUrl"].as_str().unwrap().to_owned();
    service.get(&old).expect(200);
    let _ = service.admin(&["rotate-link-secret", "--yes"]).done();
    let start = Instant::now();
    while service.get(&old).status == 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "the server keeps the old secret");
        thread::sleep(Duration::from_millis(50));
    }
    service.get(&old).problem(403, "invalid-signature");
    service.get(compressed()["downloadUrl"].as_str().unwrap()).expect(200);
}

#[test]
fn an_expired_link_is_gone_and_its_file_is_swept() {
    let service =
        Setup::new().with(&["--result-ttl-seconds", "5", "--sweep-interval-seconds", "1"]).start();
    let key = service.account("a@example.org", "pro");
    let (entry, _) = service.compressed(&key, Form::of("photo.jpg", &small_jpeg()));
    let url = entry["downloadUrl"].as_str().unwrap();
    let files = || count_files(&service.folder().join("results"));
    assert_eq!(files(), 1);
    let start = Instant::now();
    while service.get(url).status == 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "it does not expire");
        std::thread::sleep(Duration::from_millis(100));
    }
    service.get(url).problem(410, "link-expired");
    while files() > 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "its file stays");
        std::thread::sleep(Duration::from_millis(100));
    }
    service.get(url).problem(410, "link-expired");
}

fn count_files(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder).map_or(0, |entries| {
        entries
            .map(|entry| entry.unwrap().path())
            // Beside the results stands a file for each process that writes some.
            .filter(|path| !path.ends_with("processes"))
            .map(|path| if path.is_dir() { count_files(&path) } else { 1 })
            .sum()
    })
}

#[test]
fn ranges_give_parts_of_the_file() {
    let (service, url, picture) = with_result();
    let size = picture.len();
    for (range, first, last) in [
        ("bytes=0-9".to_owned(), 0, 9),
        ("bytes=100-".to_owned(), 100, size - 1),
        ("bytes=-10".to_owned(), size - 10, size - 1),
        (format!("bytes=5-{}", size * 2), 5, size - 1),
    ] {
        let answer = get(&service, &url, &[("range", &range)]).expect(206);
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{last}/{size}"));
        assert_eq!(answer.body, picture[first..=last], "{range}");
    }
    let past = get(&service, &url, &[("range", &format!("bytes={size}-"))]);
    past.problem(416, "range-not-satisfiable");
    assert_eq!(past.header("content-range"), format!("bytes */{size}"));
    for ignored in ["bytes=9-0", "lines=0-1", "bytes=x"] {
        let answer = get(&service, &url, &[("range", ignored)]).expect(200);
        assert_eq!(answer.body, picture, "{ignored}");
    }
}

#[test]
fn entity_tags_spare_and_guard_transfers() {
    let (service, url, picture) = with_result();
    let first = service.get(&url);
    let (tag, modified) = (first.header("etag"), first.header("last-modified"));
    for headers in
        [[("if-none-match", tag)], [("if-none-match", "*")], [("if-modified-since", modified)]]
    {
        let answer = get(&service, &url, &headers).expect(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), tag);
    }
    assert_eq!(get(&service, &url, &[("if-none-match", "\"other\"")]).expect(200).body, picture);
    let part = get(&service, &url, &[("range", "bytes=0-9"), ("if-range", tag)]).expect(206);
    assert_eq!(part.body, picture[..10]);
    let all = get(&service, &url, &[("range", "bytes=0-9"), ("if-range", "\"other\"")]);
    assert_eq!(all.expect(200).body, picture);
}

#[test]
fn links_are_built_on_the_public_url_or_the_request_s_host() {
    let service = Setup::new().with(&["--public-url", "https://pictures.example.org/flx/"]).start();
    let key = service.account("a@example.org", "pro");
    let link = |request: reqwest::blocking::RequestBuilder| {
        let answer = send(request).expect(200).json();
        answer["results"][0]["downloadUrl"].as_str().unwrap().to_owned()
    };
    let form = || Form::of("photo.jpg", &small_jpeg());
    let url = link(service.compressing(&key, form()));
    assert!(url.starts_with("https://pictures.example.org/flx/api/results/"), "{url}");

    let service = Setup::new().with(&["--trusted-proxies", "10.0.0.0/8"]).start();
    let key = service.account("a@example.org", "pro");
    let forged = service.compressing(&key, form()).header("x-forwarded-host", "evil.example");
    let url = link(forged.header("x-forwarded-proto", "https"));
    assert!(url.starts_with(&format!("{}/", service.base())), "{url}");

    let service = Setup::new().with_variable("FLX_TRUSTED_PROXIES", "127.0.0.1").start();
    let key = service.account("a@example.org", "pro");
    let proxied = service.compressing(&key, form()).header("x-forwarded-host", "good.example");
    let url = link(proxied.header("x-forwarded-proto", "https"));
    assert!(url.starts_with("https://good.example/api/results/"), "{url}");
}

#[test]
fn no_answer_lets_pages_of_other_origins_read_it() {
    let (service, url, _) = with_result();
    for path in
        [url.as_str(), "/api/usage", "/api/compress", "/healthz", "/openapi.json", "/nothing"]
    {
        for method in [Method::GET, Method::OPTIONS, Method::POST] {
            let request =
                service.request(method.clone(), path).header("origin", "https://evil.example");
            let request = request.header("access-control-request-method", "POST");
            let answer = send(request.header("access-control-request-headers", "authorization"));
            let opened: Vec<_> = answer
                .headers
                .keys()
                .filter(|name| name.as_str().starts_with("access-control-"))
                .collect();
            assert!(opened.is_empty(), "{method} {path}: {answer}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{method} {path}: {policy}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{method} {path}");
        }
    }
    let answer = service.get(&url).expect(200);
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
}
