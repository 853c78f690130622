//! `GET /api/usage`.

use flx_tests::{Form, Service, Setup};
use serde_json::json;

use crate::small_jpeg;

#[test]
fn usage_has_exactly_the_members_of_the_contract_for_every_plan() {
    let service = Service::start();
    for (plan, limit, ai) in
        [("starter", 200, 200), ("pro", 99_999, 1_000), ("agency", 99_999, 10_000)]
    {
        let key = service.account(&format!("{plan}@example.org"), plan);
        let usage = service.usage(&key).expect(200);
        assert_eq!(usage.header("content-type"), "application/json");
        assert_eq!(
            usage.json(),
            json!({
                "plan": plan, "compressor_used": 0, "compressor_limit": limit,
                "ia_credits_used": 0, "ia_credits_monthly": ai, "ia_topup_credits": 0,
                "ia_credits_remaining": ai, "canCompress": true, "canUseIA": false,
                "topups": {"small": "", "medium": "", "large": ""},
            })
        );
    }
}

#[test]
fn usage_counts_compressions_and_added_credits() {
    let service = Setup::new()
        .with(&["--topup-url-small", "https://example.org/s"])
        .with_variable("FLX_TOPUP_URL_LARGE", "https://example.org/l")
        .start();
    let key = service.account("a@example.org", "pro");
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    service.admin(&["add-credits", "--email", "a@example.org", "--ai", "200"]).done();
    let usage = service.usage(&key).expect(200).json();
    assert_eq!(usage["compressor_used"], 1);
    assert_eq!(usage["ia_topup_credits"], 200);
    assert_eq!(usage["ia_credits_remaining"], 1_200);
    let links =
        json!({"small": "https://example.org/s", "medium": "", "large": "https://example.org/l"});
    assert_eq!(usage["topups"], links);
    for _ in 0..3 {
        assert_eq!(service.used(&key), 1, "asking costs nothing");
    }
}
