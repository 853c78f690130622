//! `GET /api/usage`.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use flx_plans::{AiCredits, Credits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::caller_of;
use crate::problem::Problem;
use crate::state::State;

/// Where the account stands in its billing period.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageAnswer {
    /// `free`, `starter`, `pro` or `agency`.
    #[schema(example = "pro")]
    pub plan: String,
    /// Compressions used in this period.
    #[schema(example = 45)]
    pub compressor_used: u32,
    /// Compressions allowed; 99999 for an unlimited plan.
    #[schema(example = 99_999)]
    pub compressor_limit: u32,
    /// AI credits used of the month's own.
    #[schema(example = 120)]
    pub ia_credits_used: u32,
    /// AI credits that come with each period.
    #[schema(example = 1000)]
    pub ia_credits_monthly: u32,
    /// AI credits bought on top that are left; they never expire.
    #[schema(example = 200)]
    pub ia_topup_credits: u32,
    /// monthly − used + top-ups.
    #[schema(example = 1080)]
    pub ia_credits_remaining: u32,
    /// Whether another picture would be taken now; the authority for unlimited plans too.
    #[serde(rename = "canCompress")]
    pub can_compress: bool,
    /// Whether AI features can be used; false while none is configured.
    #[serde(rename = "canUseIA")]
    pub can_use_ia: bool,
    /// Where AI credits can be bought; empty where the operator names no place.
    pub topups: TopUpLinks,
}

/// Links to buy AI credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopUpLinks {
    /// The small package.
    pub small: String,
    /// The medium package.
    pub medium: String,
    /// The large package.
    pub large: String,
}

/// Answers from what the key's own check has read.
pub(crate) async fn usage(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = caller_of(&request)?;
    let plan = caller.plan(&state);
    let topups = state.settings().links().topups();
    let usage = &caller.usage;
    let monthly = plan.ai_credits_per_period();
    let answer = UsageAnswer {
        plan: caller.account.tier.as_str().to_owned(),
        compressor_used: usage.compressions_used.get(),
        compressor_limit: plan.compressions_per_period().shown().get(),
        ia_credits_used: usage.ai_used.get(),
        ia_credits_monthly: monthly.get(),
        ia_topup_credits: usage.ai_topup.get(),
        ia_credits_remaining: AiCredits::new(monthly, usage.ai_used, usage.ai_topup)
            .remaining()
            .get(),
        can_compress: caller.credits_left(&state) > Credits::ZERO,
        can_use_ia: false,
        topups: TopUpLinks {
            small: topups.small.clone(),
            medium: topups.medium.clone(),
            large: topups.large.clone(),
        },
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer))
}
