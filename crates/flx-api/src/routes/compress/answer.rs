//! The answer: JSON with one entry a picture, or the picture itself.

use std::fs::File;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};
use flx_plans::Credits;
use flx_store::{KeptAnswer, ResultId};
use serde::Serialize;
use utoipa::ToSchema;

use super::paid::{Paid, PaidEntry, PaidResult};
use crate::accept::Answer;
use crate::pieces::whole;
use crate::problem::{Kind, Problem, ProblemView};
use crate::state::State;
use crate::{clock, names};

/// The answer of `POST /api/compress`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompressAnswer {
    /// The session given, or a new random one.
    pub session_id: String,
    /// One entry for each `file`, in order.
    pub results: Vec<Entry>,
    /// Where the account stands now.
    pub usage: UsageNow,
}

/// What became of one file.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Entry {
    /// It was compressed and charged.
    Success(Success),
    /// It was not, and costs nothing.
    Failure(Failure),
}

/// A file that was compressed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Success {
    /// What the client called the file.
    #[schema(example = "photo.jpg")]
    pub original_name: String,
    /// The name under which the result is downloaded.
    #[schema(example = "photo.webp")]
    pub name: String,
    /// The format it has: `webp`, `avif`, `jpg` or `png`.
    #[schema(example = "webp")]
    pub format: String,
    /// The point of the quality scale at which it was coded, with one decimal; absent when no pixel
    /// was changed by coding.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 40.0, maximum = 100.0, example = 82.0)]
    pub quality: Option<f64>,
    /// How close it looks to the scaled and watermarked original: SSIMULACRA2, at most 100, with
    /// one decimal; there when it is known, as with `quality=auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, maximum = 100.0, example = 75.4)]
    pub score: Option<f64>,
    /// Size of the upload in bytes.
    pub original_size: u64,
    /// Size of the result in bytes.
    pub size: u64,
    /// Percent of the original size saved, one decimal; negative when the result is larger.
    #[schema(example = 71.3)]
    pub savings: f64,
    /// Width of the result in pixels.
    pub width: u32,
    /// Height of the result in pixels.
    pub height: u32,
    /// Frames of the result: 1, or more of an animation. Frames that repeat count as one.
    #[schema(minimum = 1, example = 1)]
    pub frames: u32,
    /// Whether the original's coding was kept, because a new one would not be smaller.
    pub unchanged: bool,
    /// Signed link to the result; works without a key until `expiresAt`.
    pub download_url: String,
    /// When the result is deleted: RFC 3339, UTC.
    #[schema(format = DateTime, example = "2026-11-24T16:15:00Z")]
    pub expires_at: String,
}

/// A file that was not compressed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// What the client called the file.
    pub original_name: String,
    /// The problem in a few words.
    pub error: String,
    /// The problem in full.
    pub problem: ProblemView,
}

/// Compressions used and allowed in the billing period.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsageNow {
    /// Compressions used, those of this request included.
    pub compressor_used: u32,
    /// Compressions allowed; 99999 for an unlimited plan.
    pub compressor_limit: u32,
}

/// An answer, but for what is used of the period, which the charge decides.
#[derive(Debug)]
pub(crate) enum Draft {
    /// One entry a picture.
    Json(CompressAnswer),
    /// Every picture failed: the first one's problem, and whether one of them may succeed later.
    Problem(Problem, MayPass),
    /// The picture itself, with the facts in headers.
    Picture(PictureDraft),
}

/// Whether what failed may succeed when it is tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MayPass(bool);

fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 401 | 429 | 500..)
}

/// The picture itself.
#[derive(Debug)]
pub(crate) struct PictureDraft {
    head: Vec<(String, String)>,
    result: ResultId,
    file: File,
    size: u64,
}

impl Draft {
    /// What is answered to work done, in the form that the client takes.
    pub(super) fn of(paid: &mut Paid, state: &State, base: &str, wanted: Answer) -> Self {
        let file = match wanted {
            Answer::Picture => paid.only().and_then(|result| result.file.take()),
            Answer::Json => None,
        };
        if let (Some(file), Some(result)) = (file, paid.only()) {
            let success = success_view("", result, state, base);
            let result = (result.row.id.clone(), result.row.media_type.clone());
            return Self::Picture(picture(paid, success, result, file));
        }
        let results: Vec<Entry> =
            paid.entries.iter().map(|entry| entry_view(entry, state, base)).collect();
        if let Some(problem) = first_when_all_failed(&paid.entries) {
            let passing = paid.entries.iter().filter_map(|entry| entry.result.as_ref().err());
            let may_pass = MayPass(passing.map(Problem::status).any(is_passing));
            return Self::Problem(problem.clone().with_results(results), may_pass);
        }
        let compressor_limit = paid.limit.get();
        Self::Json(CompressAnswer {
            session_id: paid.session_id.clone(),
            results,
            usage: UsageNow { compressor_used: 0, compressor_limit },
        })
    }

    /// What is kept of it for a request that is sent again; none when that shall be tried anew.
    pub(super) fn kept(&self, used: Credits) -> Option<KeptAnswer> {
        let text = |body: serde_json::Result<String>, status| {
            let (head, result) = (String::new(), None);
            body.ok().map(|body| KeptAnswer { status, head, body, result })
        };
        match self {
            Self::Json(answer) => text(serde_json::to_string(&answer.with_used(used)), 200),
            Self::Problem(_, MayPass(true)) => None,
            Self::Problem(problem, MayPass(false)) => {
                let view = problem.view(None);
                text(serde_json::to_string(&view), view.status)
            }
            Self::Picture(draft) => Some(KeptAnswer {
                status: 200,
                head: serde_json::to_string(&draft.head_with(used)).ok()?,
                body: String::new(),
                result: Some(draft.result.clone()),
            }),
        }
    }

    /// The answer.
    pub(crate) fn respond(&self, used: Credits, state: &Arc<State>) -> HttpResponse {
        match self {
            Self::Json(answer) => HttpResponse::Ok()
                .insert_header((CACHE_CONTROL, "no-store"))
                .json(answer.with_used(used)),
            Self::Problem(problem, _) => problem.respond(None),
            Self::Picture(draft) => match draft.file.try_clone() {
                Ok(file) => with_head(&draft.head_with(used)).body(whole(state, file, draft.size)),
                Err(error) => unreadable(&error).respond(None),
            },
        }
    }
}

impl CompressAnswer {
    fn with_used(&self, used: Credits) -> Self {
        let usage = UsageNow { compressor_used: used.get(), ..self.usage.clone() };
        Self { usage, ..self.clone() }
    }
}

impl PictureDraft {
    fn head_with(&self, used: Credits) -> Vec<(String, String)> {
        let used = (String::from("x-compressor-used"), used.to_string());
        self.head.iter().cloned().chain([used]).collect()
    }
}

/// A success with these headers.
pub(super) fn with_head(head: &[(String, String)]) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::OK);
    for (name, value) in head {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            response.insert_header((name, value));
        }
    }
    response
}

/// A file that was there cannot be read.
pub(super) fn unreadable(error: &std::io::Error) -> Problem {
    tracing::error!(error = %error, "a result's file cannot be read");
    Problem::new(Kind::Unavailable, "the result cannot be read at the moment").with_retry_after(30)
}

fn picture(
    paid: &Paid,
    success: Success,
    (result, media_type): (ResultId, String),
    file: File,
) -> PictureDraft {
    let size = success.size;
    let facts = [
        ("content-type", media_type),
        ("content-disposition", names::attachment(&success.name)),
        ("cache-control", String::from("no-store")),
        ("x-original-size", success.original_size.to_string()),
        ("x-size", success.size.to_string()),
        ("x-savings", format!("{:.1}", success.savings)),
        ("x-format", success.format),
        ("x-width", success.width.to_string()),
        ("x-height", success.height.to_string()),
        ("x-frames", success.frames.to_string()),
        ("x-unchanged", success.unchanged.to_string()),
        ("x-session-id", paid.session_id.clone()),
        ("x-download-url", success.download_url),
        ("x-expires-at", success.expires_at),
        ("x-compressor-limit", paid.limit.to_string()),
    ];
    let measured = [("x-quality", success.quality), ("x-score", success.score)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, format!("{:.1}", value?))));
    let head = facts.into_iter().chain(measured);
    PictureDraft {
        head: head.map(|(name, value)| (name.to_owned(), value)).collect(),
        result,
        file,
        size,
    }
}

fn first_when_all_failed(entries: &[PaidEntry]) -> Option<&Problem> {
    let mut problems = entries.iter().map(|entry| entry.result.as_ref().err());
    let first = problems.next()??;
    problems.all(|problem| problem.is_some()).then_some(first)
}

fn entry_view(entry: &PaidEntry, state: &State, base: &str) -> Entry {
    match &entry.result {
        Ok(result) => Entry::Success(success_view(&entry.original_name, result, state, base)),
        Err(problem) => Entry::Failure(Failure {
            original_name: entry.original_name.clone(),
            error: problem.error().to_owned(),
            problem: problem.view(None),
        }),
    }
}

fn success_view(original_name: &str, result: &PaidResult, state: &State, base: &str) -> Success {
    let (row, picture) = (&result.row, &result.picture);
    let expires_s = row.expires_at_ms.div_euclid(1000);
    Success {
        original_name: original_name.to_owned(),
        name: row.name.clone(),
        format: picture.format().extension().to_owned(),
        quality: picture.quality().map(one_decimal),
        score: picture.score().map(one_decimal),
        original_size: result.original_size,
        size: row.size_bytes,
        savings: savings(result.original_size, row.size_bytes),
        width: picture.width(),
        height: picture.height(),
        frames: picture.frames(),
        unchanged: picture.unchanged(),
        download_url: format!(
            "{base}/api/results/{}/{}?{}",
            row.id,
            names::percent(&row.name),
            state.signer().query(row.id.as_str(), expires_s)
        ),
        expires_at: clock::rfc3339(row.expires_at_ms),
    }
}

/// A point of a scale, as it is shown.
fn one_decimal(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}

/// Percent of the original saved, rounded to one decimal.
fn savings(original: u64, size: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "one decimal of a percentage")]
    let share = 1.0 - size as f64 / original.max(1) as f64;
    let rounded = (share * 1000.0).round() / 10.0;
    // No negative zero in the JSON.
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn savings_have_one_decimal_and_a_sign() {
        assert!((savings(1000, 287) - 71.3).abs() < 1e-9);
        assert!((savings(1000, 1100) + 10.0).abs() < 1e-9);
        assert!((savings(3, 2) - 33.3).abs() < 1e-9);
        assert!(savings(10_000, 10_001).is_sign_positive(), "no -0.0");
        assert!(savings(0, 0).abs() <= 100.0);
    }
}
