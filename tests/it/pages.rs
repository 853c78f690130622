//! Health, metrics and documentation.

use flx_tests::{Form, Service};

use crate::small_jpeg;

#[test]
fn a_fresh_server_is_live_and_ready() {
    let service = Service::start();
    assert_eq!(service.get("/healthz").expect(200).json()["status"], "ok");
    let ready = service.get("/readyz").expect(200).json();
    assert_eq!(ready["status"], "ready");
    assert_eq!((ready["database"].as_str(), ready["results"].as_str()), (Some("ok"), Some("ok")));
}

#[test]
fn metrics_count_requests_stages_bytes_savings_and_argon2() {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let form = Form::new().file("photo.jpg", &small_jpeg()).file("broken.jpg", b"no picture");
    service.compress(&key, form).expect(200);
    let answer = service.get("/metrics").expect(200);
    assert!(answer.header("content-type").starts_with("text/plain"), "{answer}");
    let text = answer.body_text();
    for line in [
        "flx_http_requests_total{route=\"/api/compress\",method=\"POST\",status=\"200\"} 1",
        "flx_pictures_total{format=\"webp\",outcome=\"ok\"} 1",
        "flx_pictures_total{format=\"webp\",outcome=\"unsupported-image\"} 1",
        &format!("flx_bytes_in_total {}", small_jpeg().len()),
        "flx_argon2_runs_total 1",
        "flx_pictures_inside 0",
        "flx_queue_length 0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for name in [
        "flx_http_request_duration_seconds_bucket{route=\"/api/compress\"",
        "flx_stage_duration_seconds_count{stage=\"encode\",format=\"webp\"} 1",
        "flx_stage_duration_seconds_count{stage=\"decode\",format=\"webp\"} 1",
        "flx_bytes_out_total ",
        "flx_savings_ratio_count 1",
    ] {
        assert!(text.contains(name), "{name} is not in\n{text}");
    }
    assert!(!text.contains("example.org"), "no account in a label");
}

#[test]
fn the_openapi_document_names_every_path_and_status() {
    let service = Service::start();
    let answer = service.get("/openapi.json").expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    for (path, method, statuses) in [
        (
            "/api/compress",
            "post",
            &["200", "400", "401", "403", "413", "415", "422", "429", "503"][..],
        ),
        ("/api/usage", "get", &["200", "401", "403"]),
        ("/api/results/{id}/{name}", "get", &["200", "206", "304", "403", "410", "416"]),
        ("/healthz", "get", &["200"]),
        ("/readyz", "get", &["200", "503"]),
        ("/metrics", "get", &["200"]),
    ] {
        for status in statuses {
            let described = &document["paths"][path][method]["responses"][status];
            assert!(described.is_object(), "{method} {path} {status} is not described");
        }
    }
    let fields = &document["components"]["schemas"]["CompressForm"]["properties"];
    for field in ["file", "format", "quality", "maxWidth", "watermarkPosition"] {
        assert!(fields[field].is_object(), "{field} is not described");
    }
}

#[test]
fn the_reference_is_a_page_of_its_own_without_a_redirect() {
    let service = Service::start();
    let answer = service.get("/docs").expect(200);
    assert!(answer.header("content-type").starts_with("text/html"), "{answer}");
    let page = answer.body_text();
    for link in page.split("href=\"").skip(1).chain(page.split("src=\"").skip(1)) {
        let link = link.split('"').next().unwrap();
        if link.starts_with("http")
            && page.contains(&format!("<link rel=\"stylesheet\" href=\"{link}"))
        {
            panic!("the page needs the network: {link}");
        }
        if link.starts_with('/') {
            assert_eq!(service.get(link.split('#').next().unwrap()).status, 200, "{link}");
        }
        if let Some(anchor) = link.strip_prefix('#') {
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{link} leads nowhere");
        }
    }
}
