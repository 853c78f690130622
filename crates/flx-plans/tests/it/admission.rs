//! Every reason to deny, and the tier it names.

use flx_plans::{Denied, Origin, Plans, Request, Tier};

/// What a tier answers to a request under the built-in table.
fn check(tier: Tier, request: &Request, expected: Result<(), Denied>) {
    assert_eq!(Plans::default().admit(tier, request), expected, "{tier}");
}

#[test]
fn a_key_needs_a_paid_plan() {
    let request = Request::new(Origin::ApiKey);
    let denied = Denied::ApiKey { plan: Tier::Free, allowed_from: Some(Tier::Starter) };
    check(Tier::Free, &request, Err(denied));
    for tier in [Tier::Starter, Tier::Pro, Tier::Agency] {
        check(tier, &request, Ok(()));
    }
    let text = "the free plan has no API access; upgrade to Starter or higher";
    assert_eq!(denied.to_string(), text);
    assert_eq!(Plans::default().admit_api_key(Tier::Free), Err(denied));
}

#[test]
fn a_free_account_may_use_the_dashboard() {
    check(Tier::Free, &Request::new(Origin::Dashboard), Ok(()));
}

#[test]
fn a_batch_needs_agency() {
    let request = Request::new(Origin::Dashboard).with_files(2);
    for plan in [Tier::Free, Tier::Starter, Tier::Pro] {
        let allowed_from = Some(Tier::Agency);
        check(plan, &request, Err(Denied::Batch { plan, asked: 2, limit: 1, allowed_from }));
    }
    check(Tier::Agency, &request, Ok(()));
    check(Tier::Agency, &Request::new(Origin::ApiKey).with_files(20), Ok(()));
}

#[test]
fn a_batch_beyond_every_plan_names_no_tier() {
    let request = Request::new(Origin::ApiKey).with_files(21);
    let denied = Denied::Batch { plan: Tier::Agency, asked: 21, limit: 20, allowed_from: None };
    check(Tier::Agency, &request, Err(denied));
    assert_eq!(denied.to_string(), "the request has 21 files, the limit of the agency plan is 20");
    assert_eq!(denied.allowed_from(), None);
}

#[test]
fn a_watermark_needs_a_paid_plan() {
    let request = Request::new(Origin::Dashboard).with_watermark();
    let denied = Denied::Watermark { plan: Tier::Free, allowed_from: Some(Tier::Starter) };
    check(Tier::Free, &request, Err(denied));
    check(Tier::Starter, &request, Ok(()));
}

#[test]
fn a_file_of_exactly_the_limit_is_allowed() {
    let limit = 20 * 1024 * 1024;
    let request = |bytes| Request::new(Origin::ApiKey).with_largest_file_bytes(bytes);
    check(Tier::Pro, &request(limit), Ok(()));
    let (plan, bytes) = (Tier::Pro, limit + 1);
    let denied = Denied::FileSize { plan, bytes, limit, allowed_from: None };
    check(Tier::Pro, &request(bytes), Err(denied));
    let text = "a file has 20971521 bytes, the limit of the pro plan is 20971520";
    assert_eq!(denied.to_string(), text);
}

#[test]
fn the_key_is_asked_for_first() {
    let request = Request::new(Origin::ApiKey).with_files(9).with_watermark();
    let denied = Denied::ApiKey { plan: Tier::Free, allowed_from: Some(Tier::Starter) };
    check(Tier::Free, &request, Err(denied));
}

#[test]
fn the_tier_named_follows_the_table_in_force() {
    let text = Plans::default().to_toml().replacen(
        "max_files_per_request = 1\nmax_file_bytes = 20971520\napi_key = true",
        "max_files_per_request = 5\nmax_file_bytes = 99971520\napi_key = true",
        1,
    );
    let plans = Plans::from_toml(&text, "plans.toml").unwrap();
    let request = Request::new(Origin::Dashboard).with_files(5);
    let denied = plans.admit(Tier::Free, &request).unwrap_err();
    assert_eq!(denied.allowed_from(), Some(Tier::Starter));
    let request = Request::new(Origin::ApiKey).with_largest_file_bytes(50_000_000);
    let denied = plans.admit(Tier::Agency, &request).unwrap_err();
    assert_eq!(denied.allowed_from(), Some(Tier::Starter));
}
