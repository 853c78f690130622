//! `GET /docs`: the reference as a page that needs no network.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};

/// The page.
pub(crate) const PAGE: &str = include_str!("docs/page.html");
const STYLE: &str = include_str!("docs/style.css");
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The page.
pub(crate) async fn page() -> HttpResponse {
    answer("text/html; charset=utf-8", PAGE)
}

/// Its style.
pub(crate) async fn style() -> HttpResponse {
    answer("text/css; charset=utf-8", STYLE)
}

fn answer(content_type: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header(("referrer-policy", "no-referrer"))
        .body(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::TextField;

    #[test]
    fn the_page_needs_no_network_and_no_script() {
        for text in [PAGE, STYLE] {
            assert!(!text.contains("<script") && !text.contains("style=\""));
            assert!(!text.contains("@import") && !text.contains("url("));
        }
        for piece in PAGE.split("src=\"").skip(1).chain(PAGE.split("<link ").skip(1)) {
            assert!(!piece.starts_with("http"), "{piece:.60}");
        }
    }

    #[test]
    fn the_page_names_every_field_and_path() {
        for word in [
            "/api/compress",
            "/api/usage",
            "/healthz",
            "/readyz",
            "/metrics",
            "/openapi.json",
            "watermarkFile",
            "canUseIA",
            "Retry-After",
            "RateLimit-Policy",
        ] {
            assert!(PAGE.contains(word), "{word}");
        }
        for field in TextField::ALL.map(TextField::name) {
            assert!(PAGE.contains(&format!("<code>{field}</code>")), "{field}");
        }
    }
}
