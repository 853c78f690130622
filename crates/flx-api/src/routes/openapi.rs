//! `GET /openapi.json`: the contract, made from the code.

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::compress::CompressAnswer;
use super::health::{Live, Ready};
use super::sessions::SessionAnswer;
use super::usage::UsageAnswer;
use crate::problem::ProblemView;

mod merge;
mod paths;
mod responses;

use self::merge::Merge;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "flx",
        description = "Compresses pictures: upload them, get smaller ones back. Errors are \
                       problem details (RFC 9457) that also carry a short text in `error`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    paths(
        paths::compress,
        paths::usage,
        paths::session,
        paths::session_zip,
        paths::download,
        paths::live,
        paths::ready,
        paths::metrics,
        paths::openapi,
        paths::docs,
    ),
    components(schemas(CompressAnswer, SessionAnswer, UsageAnswer, ProblemView, Live, Ready)),
    tags(
        (name = "pictures", description = "Compress and download"),
        (name = "account", description = "Usage of an account"),
        (name = "operation", description = "For operators and their tools"),
    ),
    modifiers(&Bearer, &Merge),
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("flx_live_ and 40 lower-case hexadecimal digits")
            .description(Some("An API key."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// The OpenAPI 3.1 document as indented JSON, with a line break at its end: the content of
/// `docs/openapi.json`.
#[must_use]
pub fn openapi_json() -> String {
    let mut text = Document::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// The document.
pub(crate) async fn openapi() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CACHE_CONTROL, "public, max-age=3600"))
        .body(openapi_json())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upload::TextField;

    #[test]
    fn the_file_in_docs_is_what_the_code_says() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let written = std::fs::read_to_string(file).unwrap_or_default();
        let hint = "run `cargo run -p flx-server -- --print-openapi > docs/openapi.json`";
        assert!(written == openapi_json(), "docs/openapi.json is out of date: {hint}");
    }

    #[test]
    fn the_document_has_every_path_and_status() {
        let document: serde_json::Value = serde_json::from_str(&openapi_json()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let statuses = |path: &str, method: &str| -> Vec<String> {
            let responses = document["paths"][path][method]["responses"].as_object();
            responses.unwrap_or_else(|| panic!("{path}")).keys().cloned().collect()
        };
        let compress = statuses("/api/compress", "post");
        for status in [
            "200", "400", "401", "403", "406", "408", "409", "410", "413", "415", "422", "429",
            "500", "503",
        ] {
            assert!(compress.iter().any(|found| found == status), "{status}");
        }
        assert_eq!(statuses("/api/usage", "get"), ["200", "401", "403", "429", "500", "503"]);
        for path in ["/api/sessions/{sessionId}", "/api/sessions/{sessionId}.zip"] {
            assert_eq!(statuses(path, "get"), ["200", "401", "403", "404", "429", "500", "503"]);
        }
        for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"] {
            assert!(statuses(path, "get").contains(&String::from("200")));
        }
        let download = statuses("/api/results/{id}/{name}", "get");
        for status in ["200", "206", "304", "403", "404", "410", "416", "503"] {
            assert!(download.iter().any(|found| found == status), "{status}");
        }
        let form = &document["components"]["schemas"]["CompressForm"]["properties"];
        let files = ["file", "watermarkFile"];
        for field in TextField::ALL.into_iter().map(TextField::name).chain(files) {
            assert!(form.get(field).is_some(), "{field}");
        }
        assert_eq!(
            (&form["fit"]["type"], &form["fit"]["default"]),
            (&"string".into(), &"inside".into())
        );
        // The texts of single values are lost on the way, so the field's own says what they do.
        for (field, words) in [
            ("format", &["`same`", "`auto`", "`Accept`"][..]),
            (
                "quality",
                &["`auto:low`", "`auto:good`", "`auto:best`", "60", "75", "85", "`maxBytes`"],
            ),
            ("effort", &["`fast`"]),
            ("fit", &["`inside`", "`cover`", "`contain`", "`fill`"]),
            ("gravity", &["`entropy`", "`attention`"]),
            ("keep", &["`copyright`", "`icc`", "`exif`", "`xmp`", "`gps`"]),
        ] {
            let told = form[field]["description"].as_str().unwrap_or_default();
            for word in words {
                assert!(told.contains(word), "{field} says nothing of {word}: {told}");
            }
        }
        assert!(!openapi_json().contains("allOf"), "a text that is an object too is nothing");
        assert_eq!(form.as_object().unwrap().len(), TextField::ALL.len() + files.len());
    }
}
