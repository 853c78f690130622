//! Who calls: asked before a byte of the body is read.

mod failures;
mod verify;

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage as _, HttpRequest, web};
use flx_keys::{ApiKey, KeyRecord};
use flx_plans::{Credits, Origin, Plan};
use flx_store::{Account, Usage};

pub(crate) use self::failures::{Failures, network};
pub(crate) use self::verify::WaitingRoom;
use crate::clock::now_ms;
use crate::idempotency::IdempotencyKey;
use crate::origin::client_address;
use crate::problem::{Kind, Problem};
use crate::rate_limit::Standing;
use crate::refuse;
use crate::state::State;
use crate::upload::Body;

/// Requests a minute from browsers that are signed in, where the plan allows fewer.
const DASHBOARD_REQUESTS: u32 = 60;

/// Who calls, verified for this very request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The account.
    pub(crate) account: Account,
    /// The key presented; none when a browser calls that is signed in.
    pub(crate) key: Option<KeyRecord>,
    /// The account's use of credits when the request came.
    pub(crate) usage: Usage,
    /// Of work that shall be done once, however often it is asked for.
    pub(crate) idempotency: Option<IdempotencyKey>,
    /// Whether that key was used before: the answer may be there already.
    pub(crate) asked_before: bool,
}

impl Caller {
    /// What the account's plan allows.
    pub(crate) fn plan<'a>(&self, state: &'a State) -> &'a Plan {
        state.plans().plan(self.account.tier)
    }

    /// By which door the caller came.
    pub(crate) fn origin(&self) -> Origin {
        if self.key.is_some() { Origin::ApiKey } else { Origin::Dashboard }
    }

    /// Compressions left in the period.
    pub(crate) fn credits_left(&self, state: &State) -> Credits {
        self.plan(state).compressions_per_period().left(self.usage.compressions_used)
    }

    async fn with_idempotency(
        mut self,
        state: &Arc<State>,
        headers: &HeaderMap,
    ) -> Result<Self, Problem> {
        let Some(key) = IdempotencyKey::of(headers)? else { return Ok(self) };
        let (store, account) = (state.store().clone(), self.account.id.clone());
        let known = state
            .blocking(move || store.knows_idempotency_key(&account, key.digest(), now_ms()))
            .await?;
        self.asked_before = known.map_err(|error| refuse::store(&error))?;
        self.idempotency = Some(key);
        Ok(self)
    }

    /// Refuses more pictures than there were credits for when the request came. One that may have
    /// been charged before is let through: it is answered without credits, or reserving refuses.
    pub(crate) fn must_afford(&self, state: &State, pictures: u32) -> Result<(), Problem> {
        if pictures <= self.credits_left(state).get() || self.asked_before {
            return Ok(());
        }
        let used = self.usage.compressions_used.get();
        let limit = self.plan(state).compressions_per_period().enforced().get();
        Err(refuse::quota(used, limit, pictures, self.usage.resets_at_ms))
    }
}

/// Lets verified callers through to any route.
pub(crate) async fn authenticated(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = match state_of(&request) {
        Ok(state) => state,
        Err(problem) => return Ok(refuse_unread(request, &problem)),
    };
    match caller(&state, request.request()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(problem) => Ok(refuse_unread(request, &problem)),
    }
}

/// Lets verified callers through to work that is limited a minute and costs credits. Whatever is
/// answered from here on carries the rate limit's headers.
pub(crate) async fn admitted(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = match state_of(&request) {
        Ok(state) => state,
        Err(problem) => return Ok(refuse_unread(request, &problem)),
    };
    let caller = match caller(&state, request.request()).await {
        Ok(caller) => caller.with_idempotency(&state, request.headers()).await,
        Err(problem) => Err(problem),
    };
    let caller = match caller {
        Ok(caller) => caller,
        Err(problem) => return Ok(refuse_unread(request, &problem)),
    };
    let standing = take_turn(&state, &caller);
    let mut response = match may_begin(&state, &caller, standing) {
        Ok(()) => {
            request.extensions_mut().insert(caller);
            next.call(request).await?.map_into_boxed_body()
        }
        Err(problem) => refuse_unread(request, &problem),
    };
    show_standing(response.headers_mut(), standing);
    Ok(response)
}

/// The caller that [`authenticated`] or [`admitted`] let through.
pub(crate) fn caller_of(request: &HttpRequest) -> Result<Caller, Problem> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| refuse::unauthorized("No API key was sent."))
}

/// Counts a request of the caller's account.
pub(crate) fn take_turn(state: &State, caller: &Caller) -> Standing {
    let quota = caller.plan(state).requests_per_minute();
    let quota = match caller.origin() {
        Origin::ApiKey => quota,
        // A plan without an API key has no number of its own.
        Origin::Dashboard => quota.max(DASHBOARD_REQUESTS),
    };
    state.limiter().take(caller.account.id.as_str(), quota, now_ms())
}

/// Whether a request may go on to its body: the rate limit, the credits, the queue.
pub(crate) fn may_begin(state: &State, caller: &Caller, standing: Standing) -> Result<(), Problem> {
    if !standing.allowed {
        return Err(Problem::new(
            Kind::RateLimited,
            format!("{} requests a minute are allowed", standing.quota),
        )
        .with_limit(standing.quota)
        .with_retry_after(standing.reset_s));
    }
    caller.must_afford(state, 1)?;
    if state.is_draining() {
        return Err(refuse::shutting_down());
    }
    state.admission().check().map_err(|full| refuse::full(full.retry_after_s))
}

async fn caller(state: &Arc<State>, request: &HttpRequest) -> Result<Caller, Problem> {
    let key = presented(request.headers())?;
    let holder = verify::verify(state, key, client_address(request)).await?;
    if holder.account.is_disabled() {
        return Err(Problem::new(Kind::AccountDisabled, "The account is disabled."));
    }
    state
        .plans()
        .admit_api_key(holder.account.tier)
        .map_err(|denied| refuse::denied(&denied, state))?;
    let (account, key, usage) = (holder.account, holder.key, holder.usage);
    let span = tracing::Span::current();
    span.record("account", account.id.as_str()).record("key", key.masked.to_string());
    Ok(Caller { account, key: Some(key), usage, idempotency: None, asked_before: false })
}

/// The key of `Authorization: Bearer …`, and nowhere else.
fn presented(headers: &HeaderMap) -> Result<ApiKey, Problem> {
    let mut lines = headers.get_all(AUTHORIZATION);
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(refuse::unauthorized(
            "Send one API key as `Authorization: Bearer flx_live_…`.",
        ));
    };
    let text = line.to_str().unwrap_or_default();
    let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(refuse::unauthorized("The Authorization header is not `Bearer flx_live_…`."));
    }
    ApiKey::parse(key.trim_start_matches(' ')).map_err(|_| verify::refused())
}

fn state_of(request: &ServiceRequest) -> Result<Arc<State>, Problem> {
    let state = request.app_data::<web::Data<State>>();
    state
        .map(|state| Arc::clone(state))
        .ok_or_else(|| Problem::new(Kind::Internal, Kind::Internal.generic_detail()))
}

/// Answers without reading the body; the connection is closed after it, unless there is none.
fn refuse_unread(request: ServiceRequest, problem: &Problem) -> ServiceResponse<BoxBody> {
    let (request, payload) = request.into_parts();
    let response = Body::new(payload).hold_in(problem.respond(None));
    ServiceResponse::new(request, response)
}

/// Tells where the account stands.
pub(crate) fn show_standing(headers: &mut HeaderMap, standing: Standing) {
    const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
    const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
    for (name, value) in [(POLICY, standing.policy_header()), (LIMIT, standing.limit_header())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "flx_live_a3b4c00112233445566778899aabbccddeeff8e9";

    #[track_caller]
    fn check(lines: &[&str], taken: bool) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        let result = presented(&headers);
        assert_eq!(result.is_ok(), taken, "{lines:?}");
        if let Err(problem) = result {
            assert_eq!((problem.status().as_u16(), problem.error()), (401, "Unauthorized"));
            assert!(!problem.to_string().contains("a3b4c0"), "{problem}");
        }
    }

    #[test]
    fn one_bearer_key_is_taken() {
        check(&[&format!("Bearer {KEY}")], true);
        check(&[&format!("bearer  {KEY}")], true);
    }

    #[test]
    fn anything_else_is_unauthorized_without_repeating_it() {
        check(&[], false);
        check(&[KEY], false);
        check(&[&format!("Basic {KEY}")], false);
        check(&["Bearer"], false);
        check(&["Bearer "], false);
        check(&[&format!("Bearer {KEY}x")], false);
        check(&[&format!("Bearer {}", KEY.to_uppercase())], false);
        check(&[&format!("Bearer {KEY}"), &format!("Bearer {KEY}")], false);
    }
}
