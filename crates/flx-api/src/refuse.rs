//! What the domain's errors mean over HTTP.

use flx_core::{Error as CodecError, FormatSet};
use flx_plans::Denied;
use flx_store::{Outage, StoreError};
use flx_worker::Error as WorkError;

use crate::clock;
use crate::problem::{Kind, Problem};
use crate::state::State;

/// A picture in `field` that the codec refused.
pub(crate) fn picture(error: &CodecError, field: &str) -> Problem {
    let detail = error.to_string();
    let kind = match error {
        CodecError::Watermark(inner) => return watermark(inner, detail),
        CodecError::Unsupported { .. } | CodecError::UnsupportedVariant { .. } => {
            Kind::UnsupportedImage
        }
        CodecError::TooManyBytes { .. } => Kind::TooLarge,
        CodecError::TooManyPixels { .. }
        | CodecError::SideTooLong { .. }
        | CodecError::TooManyFrames { .. }
        | CodecError::TooManyAnimationPixels { .. }
        | CodecError::TooComplex { .. }
        | CodecError::OutputTooLarge { .. }
        | CodecError::OutputTooManyPixels { .. }
        | CodecError::ResultTooLarge { .. } => Kind::ImageTooLarge,
        CodecError::Corrupt { .. } => Kind::DamagedImage,
        CodecError::CannotFit { .. } | CodecError::TargetNotReached { .. } => Kind::OutOfReach,
        CodecError::InvalidOption { .. } | CodecError::FormatDisabled { .. } => Kind::InvalidField,
        CodecError::DeadlineExceeded { .. } => {
            return Problem::new(Kind::Timeout, detail).with_retry_after(30);
        }
        CodecError::Cancelled { .. } => return gone(),
        _ => {
            tracing::error!(error = %error, "the codec failed");
            Kind::Internal
        }
    };
    measured(Problem::new(kind, detail), error, field)
}

/// A picture in `field` that came to nothing.
pub(crate) fn work(error: &WorkError, field: &str) -> Problem {
    match error {
        WorkError::Picture(error) => picture(error, field),
        WorkError::Source(error) => unreadable(error),
        WorkError::Late => {
            Problem::new(Kind::Timeout, "the picture took too long").with_retry_after(30)
        }
        WorkError::Cancelled => gone(),
        WorkError::Killed(_) => Problem::new(
            Kind::Overloaded,
            "what worked on the picture was ended, as it is when memory runs out; nothing was \
             charged for it",
        )
        .with_retry_after(30),
        WorkError::Start(_) | WorkError::Down => Problem::new(
            Kind::Unavailable,
            "nothing is there to work on the picture; nothing was charged for it",
        )
        .with_retry_after(5),
        error => {
            tracing::error!(error = %error, "a picture made the codec fail");
            codec_failed()
        }
    }
}

/// A picture that made the codec panic.
pub(crate) fn panicked() -> Problem {
    work(&WorkError::Panicked, "file")
}

/// A fault of ours, but one that this very file brings about: sent again, it does so again.
fn codec_failed() -> Problem {
    Problem::new(Kind::DamagedImage, "this picture made the codec fail; nothing was charged for it")
        .with_field("file")
}

/// An upload that is no longer where it was put.
pub(crate) fn unreadable(error: &std::io::Error) -> Problem {
    tracing::error!(error = %error, "an upload cannot be read back");
    Problem::new(Kind::Unavailable, "the upload cannot be read back; nothing was charged for it")
        .with_retry_after(30)
}

/// A watermark that the codec refused; one that is no PNG is a picture of the wrong type.
fn watermark(error: &CodecError, detail: String) -> Problem {
    match error {
        CodecError::InvalidOption { value, allowed, .. } => {
            Problem::new(Kind::UnsupportedImage, detail)
                .with_field("watermarkFile")
                .with_value(value.as_str())
                .with_limit(*allowed)
        }
        error => picture(error, "watermarkFile").with_detail(detail),
    }
}

/// Adds field, value and limit as far as the error has them.
fn measured(problem: Problem, error: &CodecError, field: &str) -> Problem {
    match error {
        CodecError::TooManyBytes { bytes, limit } => {
            problem.with_field(field).with_value(*bytes).with_limit(*limit)
        }
        CodecError::TooManyPixels { width, height, limit } => problem
            .with_field(field)
            .with_value(u64::from(*width) * u64::from(*height))
            .with_limit(*limit),
        CodecError::SideTooLong { width, height, limit } => {
            problem.with_field(field).with_value(*width.max(height)).with_limit(*limit)
        }
        CodecError::TooManyFrames { frames, limit } => {
            problem.with_field(field).with_value(*frames).with_limit(*limit)
        }
        CodecError::TooManyAnimationPixels { pixels, limit, .. } => {
            problem.with_field(field).with_value(*pixels).with_limit(*limit)
        }
        CodecError::TooComplex { found, limit, .. } => {
            problem.with_field(field).with_value(*found).with_limit(*limit)
        }
        CodecError::OutputTooLarge { width, height, limit, .. } => {
            problem.with_field(field).with_value(*width.max(height)).with_limit(*limit)
        }
        CodecError::OutputTooManyPixels { width, height, limit, .. } => problem
            .with_field(field)
            .with_value(u64::from(*width) * u64::from(*height))
            .with_limit(*limit),
        CodecError::ResultTooLarge { width, height, max_pixels, max_side } => {
            let longer = if width >= height { "maxWidth" } else { "maxHeight" };
            let problem = problem.with_field(longer);
            let side = *width.max(height);
            if side > *max_side {
                return problem.with_value(side).with_limit(*max_side);
            }
            problem.with_value(u64::from(*width) * u64::from(*height)).with_limit(*max_pixels)
        }
        CodecError::CannotFit { bytes, limit, .. } => {
            problem.with_field("maxBytes").with_value(*bytes).with_limit(*limit)
        }
        CodecError::TargetNotReached { score, target, .. } => {
            problem.with_field("quality").with_value(score.as_str()).with_limit(target.as_str())
        }
        CodecError::Unsupported { found } => problem.with_field(field).with_value(*found),
        CodecError::UnsupportedVariant { variant, .. } => {
            problem.with_field(field).with_value(variant.as_str())
        }
        CodecError::InvalidOption { value, allowed, .. } => {
            problem.with_field(field).with_value(value.as_str()).with_limit(*allowed)
        }
        CodecError::FormatDisabled { format, .. } => {
            problem.with_field("format").with_value(*format)
        }
        CodecError::Corrupt { .. } => problem.with_field(field),
        _ => problem,
    }
}

/// What a plan does not allow.
pub(crate) fn denied(denied: &Denied, state: &State) -> Problem {
    let detail = denied.to_string();
    let plan = denied.allowed_from().map(flx_plans::Tier::as_str);
    let upgrade = state.settings().links().upgrade();
    let (kind, field) = match denied {
        Denied::ApiKey { .. } => (Kind::UpgradeRequired, None),
        // No plan allows it: then it is the number that is wrong, not the plan.
        Denied::Batch { allowed_from: None, asked, limit, .. } => {
            return Problem::field("file", detail).with_value(*asked).with_limit(*limit);
        }
        Denied::Batch { .. } => (Kind::FeatureNotInPlan, Some("file")),
        Denied::Watermark { .. } => (Kind::FeatureNotInPlan, Some("watermarkFile")),
        Denied::FileSize { bytes, limit, .. } => {
            return Problem::new(Kind::TooLarge, detail)
                .with_field("file")
                .with_value(*bytes)
                .with_limit(*limit)
                .with_upgrade(upgrade, plan);
        }
        _ => (Kind::FeatureNotInPlan, None),
    };
    let detail = match upgrade {
        Some(url) => format!("{detail}: {url}"),
        None => detail,
    };
    let problem = Problem::new(kind, detail).with_upgrade(upgrade, plan);
    match (field, denied) {
        (Some(field), Denied::Batch { asked, limit, .. }) => {
            problem.with_field(field).with_value(*asked).with_limit(*limit)
        }
        (Some(field), _) => problem.with_field(field),
        (None, _) => problem,
    }
}

/// The database refused or failed.
pub(crate) fn store(error: &StoreError) -> Problem {
    if let Some(outage) = error.outage() {
        tracing::error!(error = %error, outage = outage.as_str(), "the database cannot serve");
        let wait_s = if outage == Outage::Busy { 1 } else { 30 };
        return Problem::new(Kind::Unavailable, format!("{error}; nothing was charged"))
            .with_retry_after(wait_s);
    }
    match error {
        StoreError::QuotaExceeded { used, limit, asked, resets_at_ms, .. } => {
            quota(used.get(), limit.get(), asked.get(), *resets_at_ms)
        }
        StoreError::KeyNotLive => unauthorized("The API key is no longer valid."),
        StoreError::PlanChanged { .. } => Problem::new(
            Kind::Overloaded,
            "the account's plan was changed while the request was read; send it again",
        )
        .with_retry_after(1),
        StoreError::RequestSeen => in_progress(),
        error => {
            tracing::error!(error = %error, "the database refused");
            Problem::new(Kind::Internal, Kind::Internal.generic_detail())
        }
    }
}

/// A picture that this server has not the memory for.
pub(crate) fn too_much_memory(needed: u64, most: u64) -> Problem {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    Problem::new(
        Kind::ImageTooLarge,
        format!(
            "the picture would take {} MB of memory with these options, this server has {} MB for \
             one; a smaller maxWidth, another format or a fixed quality takes less",
            megabytes(needed),
            megabytes(most)
        ),
    )
    .with_field("file")
    .with_value(needed)
    .with_limit(most)
}

/// A form that is none of the dashboard's own pages', or of a page that is too old.
pub(crate) fn forged() -> Problem {
    Problem::new(
        Kind::ForgedForm,
        "The form does not belong to your session. Load the page anew and send it again.",
    )
}

/// A request of the same idempotency key runs.
pub(crate) fn in_progress() -> Problem {
    Problem::new(
        Kind::RequestInProgress,
        "a request of this Idempotency-Key is being worked on; ask again for its answer",
    )
    .with_field(crate::idempotency::NAME)
    .with_retry_after(1)
}

/// The idempotency key belongs to another request.
pub(crate) fn key_reused() -> Problem {
    Problem::new(
        Kind::IdempotencyKeyReused,
        "this Idempotency-Key was sent with other files or fields within the last 24 hours",
    )
    .with_field(crate::idempotency::NAME)
}

/// The period's compressions do not suffice.
pub(crate) fn quota(used: u32, limit: u32, asked: u32, resets_at_ms: i64) -> Problem {
    let left = limit.saturating_sub(used);
    let wait_ms = resets_at_ms.saturating_sub(clock::now_ms()).max(1);
    let wait_s = u64::try_from(wait_ms).unwrap_or(1).div_ceil(1000);
    Problem::new(
        Kind::QuotaExceeded,
        format!(
            "{asked} compressions are asked for, {left} of {limit} are left until {}",
            clock::rfc3339(resets_at_ms)
        ),
    )
    .with_field("file")
    .with_value(asked)
    .with_limit(left)
    .with_retry_after(wait_s)
}

/// None of the formats to choose from is among those that the `Accept` header names.
pub(crate) fn not_acceptable(header: &str, formats: FormatSet) -> Problem {
    let media: Vec<_> = formats.iter().map(flx_core::Format::media_type).collect();
    let media = media.join(", ");
    let detail = format!("the Accept header takes none of the formats to choose from: {media}");
    Problem::new(Kind::NotAcceptable, detail)
        .with_field("Accept")
        .with_value(header)
        .with_limit(media)
}

/// 401, the same for every reason.
pub(crate) fn unauthorized(detail: &str) -> Problem {
    Problem::new(Kind::Unauthorized, detail)
}

/// No place for more pictures.
pub(crate) fn full(retry_after_s: u64) -> Problem {
    Problem::new(Kind::Overloaded, "as many pictures as the server takes are waiting already")
        .with_retry_after(retry_after_s)
}

/// The client left. Nobody reads this.
pub(crate) fn gone() -> Problem {
    Problem::new(Kind::Timeout, "the client went away")
}

/// The server stops.
pub(crate) fn shutting_down() -> Problem {
    Problem::new(Kind::ShuttingDown, "the server is shutting down; nothing was charged for this")
        .with_retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &CodecError, status: u16, field: Option<&str>) {
        let view = picture(error, "file").view(None);
        assert_eq!((view.status, view.field.as_deref()), (status, field), "{error}");
    }

    #[test]
    fn every_fault_of_a_picture_has_its_status_and_field() {
        let file = Some("file");
        check(&CodecError::Unsupported { found: "a PDF document" }, 415, file);
        check(&CodecError::TooManyBytes { bytes: 2, limit: 1 }, 413, file);
        let size = CodecError::TooManyPixels { width: 65_500, height: 65_500, limit: 50_000_000 };
        check(&size, 422, file);
        let watermark = CodecError::Watermark(Box::new(size));
        check(&watermark, 422, Some("watermarkFile"));
        let (max_pixels, max_side) = (50_000_000, 30_000);
        let enlarged =
            CodecError::ResultTooLarge { width: 9000, height: 6000, max_pixels, max_side };
        check(&enlarged, 422, Some("maxWidth"));
        let format = flx_core::Format::WebP;
        check(&CodecError::CannotFit { format, bytes: 2, limit: 1 }, 422, Some("maxBytes"));
        let (score, target) = (String::from("84.1"), String::from("85"));
        let missed = CodecError::TargetNotReached { format, score, target };
        check(&missed, 422, Some("quality"));
        check(&CodecError::DeadlineExceeded { stage: flx_core::Stage::Encode }, 503, None);
    }

    #[test]
    fn a_picture_that_is_too_large_names_value_and_limit() {
        let error = CodecError::SideTooLong { width: 40_000, height: 10, limit: 30_000 };
        let view = serde_json::to_value(picture(&error, "file").view(None)).unwrap();
        assert_eq!((&view["value"], &view["limit"]), (&40_000.into(), &30_000.into()));
    }

    #[test]
    fn used_up_credits_tell_when_they_come_back() {
        let problem = quota(200, 200, 1, clock::now_ms() + 90_000);
        assert_eq!(problem.status(), 429);
        let response = problem.respond(None);
        let wait: u64 =
            response.headers().get("retry-after").unwrap().to_str().unwrap().parse().unwrap();
        assert!((89..=91).contains(&wait), "{wait}");
    }

    #[test]
    fn a_database_that_is_away_is_503_with_advice() {
        let problem = store(&StoreError::Busy);
        assert_eq!(problem.status(), 503);
        assert!(problem.respond(None).headers().contains_key("retry-after"));
    }
}
