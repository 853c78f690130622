//! `GET /settings/plan`: the tiers side by side.

use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{PlanColumn, PlanPage, Section};
use flx_plans::Tier;

use crate::dashboard::answer::{Stop, page as answer};
use crate::dashboard::limits::limit;
use crate::dashboard::visitor::Visitor;
use crate::state::State;

/// All plans, the member's own marked.
pub(crate) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    visitor.member(&request)?;
    let column = |tier: Tier| {
        let plan = state.plans().plan(tier);
        PlanColumn {
            tier,
            compressions: limit(plan),
            ai_credits: plan.ai_credits_per_period().get(),
            requests_per_minute: plan.requests_per_minute(),
            max_files: plan.max_files_per_request(),
            max_file_bytes: plan.max_file_bytes(),
            api_key: plan.api_key().is_included(),
            watermark: plan.watermark().is_included(),
        }
    };
    let page = PlanPage {
        frame: visitor.frame(&state, Section::Plan, None),
        plans: Tier::ALL.map(column).into(),
    };
    answer(&visitor, &page)
}
