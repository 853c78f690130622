//! `GET /usage`

use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{Moment, Month, RequestRow, Section, UsagePage};
use flx_plans::Origin;
use flx_store::PastRequest;

use super::answer::{Stop, page as answer};
use super::compress;
use super::limits::limit;
use super::visitor::Visitor;
use crate::clock::now_ms;
use crate::refuse;
use crate::state::State;

/// Bars of the chart.
const PERIODS: u32 = 12;
/// Requests that are listed.
const REQUESTS: u32 = 20;

/// This period, the last twelve, the latest requests.
pub(super) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?;
    let usage = compress::usage(&state, member).await?;
    let (store, id) = (state.store().clone(), member.account.id.clone());
    let read = state.blocking(move || {
        Ok::<_, flx_store::StoreError>((
            store.usage_history(&id, PERIODS, now_ms())?,
            store.recent_requests(&id, REQUESTS)?,
        ))
    });
    let (history, requests) = read.await?.map_err(|error| refuse::store(&error))?;
    let plan = state.plans().plan(member.account.tier);
    let month = |period: flx_store::PeriodUse| Month {
        starts_at: Moment(period.starts_at_ms),
        compressions: period.compressions.get(),
    };
    let page = UsagePage {
        frame: visitor.frame(&state, Section::Usage, None),
        compressions_used: usage.compressions_used.get(),
        compressions_limit: limit(plan),
        ai_used: usage.ai_used.get(),
        ai_limit: plan.ai_credits_per_period().get(),
        ai_topup: usage.ai_topup.get(),
        starts_at: Moment(usage.starts_at_ms),
        resets_at: Moment(usage.resets_at_ms),
        months: history.into_iter().map(month).collect(),
        requests: requests.into_iter().map(request_row).collect(),
    };
    answer(&visitor, &page)
}

fn request_row(past: PastRequest) -> RequestRow {
    let request = past.request;
    RequestRow {
        at: Moment(past.at_ms),
        by_api_key: request.origin == Origin::ApiKey,
        compressed: request.compressed,
        failed: request.failed,
        bytes_before: request.bytes_before,
        bytes_after: request.bytes_after,
    }
}
