//! What operators do, and who is none.

use flx_tests::{Person, Service};

fn service() -> Service {
    let service = Service::start();
    let _ = service.admin(&["create-account", "--email", "op@example.org", "--plan", "agency"]);
    let _ = service.admin(&["set-operator", "--email", "op@example.org"]).done();
    service
}

/// The page of an account, by its link in the list.
fn page_of(operator: &Person<'_>, email: &str) -> String {
    let list = operator.get(&format!("/operator?q={email}")).expect(200).body_text();
    let (_, rest) = list.split_once("href=\"/operator/accounts/").unwrap();
    format!("/operator/accounts/{}", rest.split('"').next().unwrap())
}

#[test]
fn an_operator_changes_plans_adds_credits_disables_and_enables() {
    let service = service();
    let operator = Person::welcomed(&service, "op@example.org");
    let guest = Person::invited(&service, "guest@example.org", "starter");
    let key = service.key("guest@example.org");
    let page = page_of(&operator, "guest");
    let act = |deed: &str, fields: &[(&str, &str)]| {
        operator.submit(&page, &format!("{page}/{deed}"), fields)
    };
    act("plan", &[("tier", "pro")]).expect(200);
    assert_eq!(service.usage(&key).json()["plan"], "pro");
    act("plan", &[("tier", "gold")]).expect(422);
    act("credits", &[("amount", "250")]).expect(200);
    assert_eq!(service.usage(&key).json()["ia_topup_credits"], 250);
    for wrong in ["0", "-3", "many", ""] {
        act("credits", &[("amount", wrong)]).expect(422);
    }
    act("disable", &[]).expect(200);
    service.usage(&key).problem(403, "account-disabled");
    assert_eq!(guest.get("/usage").expect(303).header("location"), "/sign-in?next=/usage");
    act("enable", &[]).expect(200);
    service.usage(&key).expect(200);
    guest.get("/usage").expect(200);
    let link = act("reset-password", &[]).expect(200).body_text();
    assert!(link.contains("/welcome?token="), "{link}");
    let log = operator.get("/operator/audit?subject=guest@example.org").expect(200).body_text();
    for part in
        ["dashboard:op@example.org", "account.set-plan", "credits.add-ai", "account.disable"]
    {
        assert!(log.contains(part), "{part} is not in the log");
    }
    let health = operator.get("/operator/health").expect(200).body_text();
    assert!(health.contains(env!("CARGO_PKG_VERSION")) && health.contains("answers"), "{health}");
}

#[test]
fn an_operator_cannot_disable_themselves() {
    let service = service();
    let operator = Person::welcomed(&service, "op@example.org");
    let page = page_of(&operator, "op@");
    operator.submit(&page, &format!("{page}/disable"), &[]).expect(422);
    operator.get("/operator").expect(200);
}

#[test]
fn for_others_the_operators_pages_do_not_exist() {
    let service = service();
    let operator = Person::welcomed(&service, "op@example.org");
    let guest = Person::invited(&service, "guest@example.org", "agency");
    let own = page_of(&operator, "guest");
    let csrf = guest.csrf("/compress");
    for path in ["/operator", "/operator/audit", "/operator/health", &own] {
        guest.get(path).expect(404);
        assert!(Person::new(&service).get(path).expect(303).has("location"));
    }
    for (path, field) in [
        (format!("{own}/plan"), ("x", "")),
        (format!("{own}/credits"), ("amount", "1000")),
        (format!("{own}/enable"), ("x", "")),
        (format!("{own}/reset-password"), ("x", "")),
        (String::from("/operator/invite"), ("email", "x@example.org")),
    ] {
        guest.post(&path, &[("csrf", &csrf), field, ("tier", "free")]).expect(404);
    }
    let accounts = service.admin(&["list-accounts", "--json"]).done().json();
    assert_eq!(accounts.as_array().unwrap().len(), 2);
}

#[test]
fn an_operator_is_one_only_as_long_as_flx_admin_says_so() {
    let service = service();
    let operator = Person::welcomed(&service, "op@example.org");
    operator.get("/operator").expect(200);
    let _ = service.admin(&["set-operator", "--email", "op@example.org", "--off"]).done();
    operator.get("/operator").expect(404);
}
