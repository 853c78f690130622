//! Plan files: read strictly, written so that they read back the same.

use flx_plans::{Allowance, Credits, Error, Plans, Tier};
use proptest::prelude::*;

/// The built-in table as a file, with one replacement.
fn edited(from: &str, to: &str) -> String {
    let text = Plans::default().to_toml();
    assert!(text.contains(from), "{from:?} is not in\n{text}");
    text.replacen(from, to, 1)
}

/// Asserts that a file is refused at a line, with a problem.
fn refused(text: &str, at: usize, expected: &str) {
    match Plans::from_toml(text, "my-plans.toml").unwrap_err() {
        Error::PlanFile { file, line, problem } => {
            assert_eq!((file.as_str(), line, problem.as_str()), ("my-plans.toml", at, expected));
        }
        other => panic!("{other}"),
    }
}

/// The line, counted from 1, of the first occurrence of `what` in `text`.
fn line_of(text: &str, what: &str) -> usize {
    text.lines().position(|line| line.contains(what)).unwrap() + 1
}

#[test]
fn the_built_in_table_survives_the_round_trip() {
    let plans = Plans::default();
    assert_eq!(Plans::from_toml(&plans.to_toml(), "plans.toml").unwrap(), plans);
}

#[test]
fn every_tier_is_written_with_exactly_the_documented_members() {
    let text = Plans::default().to_toml();
    let members = [
        "compressions_per_period",
        "ai_credits_per_period",
        "requests_per_minute",
        "max_files_per_request",
        "max_file_bytes",
        "api_key",
        "watermark",
    ];
    let table: toml::Table = text.parse().unwrap();
    assert_eq!(table.len(), 4);
    for tier in Tier::ALL {
        let tier = table[tier.as_str()].as_table().unwrap();
        assert_eq!(tier.len(), members.len());
        assert!(members.iter().all(|member| tier.contains_key(*member)));
    }
}

#[test]
fn numbers_from_a_file_are_in_force() {
    let text = edited("compressions_per_period = 20\n", "compressions_per_period = 1_000\n");
    let plans = Plans::from_toml(&text, "plans.toml").unwrap();
    let allowance = plans.plan(Tier::Free).compressions_per_period();
    assert_eq!(allowance, Allowance::Limited(Credits(1_000)));
}

#[test]
fn a_cap_of_ones_own_is_read_and_written() {
    let unlimited = "compressions_per_period = \"unlimited\"\n";
    let text = edited(unlimited, &format!("{unlimited}anti_abuse_cap = 0x10\n"));
    let plans = Plans::from_toml(&text, "plans.toml").unwrap();
    let allowance = |tier| plans.plan(tier).compressions_per_period();
    assert_eq!(allowance(Tier::Pro), Allowance::Unlimited { cap: Credits(16) });
    assert_eq!(allowance(Tier::Agency), Allowance::Unlimited { cap: Allowance::DEFAULT_CAP });
    assert_eq!(Plans::from_toml(&plans.to_toml(), "plans.toml").unwrap(), plans);
}

#[test]
fn members_may_be_written_in_any_toml_form_and_order() {
    let text = "\
pro = { watermark = true, api_key = true, max_file_bytes = 1, max_files_per_request = 1, \
requests_per_minute = 1, ai_credits_per_period = 0, compressions_per_period = \"unlimited\" }
[agency]\ncompressions_per_period=1\nai_credits_per_period=1\nrequests_per_minute=1
max_files_per_request=1\nmax_file_bytes=1\napi_key=true\nwatermark=false
[starter]\ncompressions_per_period=1\nai_credits_per_period=1\nrequests_per_minute=1
max_files_per_request=1\nmax_file_bytes=1\napi_key=false\nwatermark=false
[free]\ncompressions_per_period=1\nai_credits_per_period=1\nrequests_per_minute=1
max_files_per_request=1\nmax_file_bytes=1\napi_key=false\nwatermark=false\n";
    assert!(Plans::from_toml(text, "plans.toml").is_ok());
}

#[test]
fn an_unknown_member_is_refused_where_it_stands() {
    let text = edited("[starter]\n", "[starter]\nprice_eur = 4.90\n");
    let line = line_of(&text, "price_eur");
    refused(&text, line, "starter.price_eur is not a member of a plan");
}

#[test]
fn an_unknown_tier_is_refused_where_it_stands() {
    let text = edited("[pro]", "[gold]\nx = 1\n[pro]");
    let line = line_of(&text, "[gold]");
    refused(&text, line, "\"gold\" is not a plan: free, starter, pro and agency are");
}

#[test]
fn a_negative_number_is_refused_where_it_stands() {
    for (member, value) in [
        ("compressions_per_period", "20"),
        ("ai_credits_per_period", "0"),
        ("requests_per_minute", "0"),
    ] {
        let text = edited(&format!("{member} = {value}\n"), &format!("{member} = -1\n"));
        let line = line_of(&text, "= -1");
        refused(&text, line, &format!("free.{member} is -1, allowed are 0 to 4294967295"));
    }
    let text = edited("max_file_bytes = 20971520", "max_file_bytes = -5");
    let line = line_of(&text, "= -5");
    let problem = "free.max_file_bytes is -5, allowed are 1 to 9223372036854775807";
    refused(&text, line, problem);
}

#[test]
fn a_number_too_large_is_refused_where_it_stands() {
    let text = edited("= 200\n", "= 4294967296\n");
    let line = line_of(&text, "4294967296");
    let problem = "starter.compressions_per_period is 4294967296, allowed are 0 to 4294967295";
    refused(&text, line, problem);
    let text = edited("= 200\n", "= 99999999999999999999\n");
    assert!(matches!(Plans::from_toml(&text, "p"), Err(Error::PlanFile { .. })));
}

#[test]
fn no_files_at_all_is_refused() {
    let text = edited("max_files_per_request = 20", "max_files_per_request = 0");
    let line = line_of(&text, "max_files_per_request = 0");
    let problem = "agency.max_files_per_request is 0, allowed are 1 to 4294967295";
    refused(&text, line, problem);
}

#[test]
fn a_missing_tier_is_named_at_the_end_of_the_file() {
    let text = Plans::default().to_toml();
    let text = &text[..text.find("[agency]").unwrap()];
    refused(text, text.trim_end().lines().count(), "the table [agency] is missing");
    refused("", 1, "the table [free] is missing");
}

#[test]
fn a_missing_member_is_named_at_its_table() {
    let text = edited("requests_per_minute = 600\n", "");
    let line = line_of(&text, "[agency]");
    refused(&text, line, "agency.requests_per_minute is missing");
}

#[test]
fn a_wrong_type_is_refused_where_it_stands() {
    let text = edited("api_key = false", "api_key = \"no\"");
    let line = line_of(&text, "api_key = \"no\"");
    refused(&text, line, "free.api_key must be true or false");
    let text = edited("ai_credits_per_period = 0", "ai_credits_per_period = 0.5");
    let line = line_of(&text, "0.5");
    refused(&text, line, "free.ai_credits_per_period must be a whole number");
    let text = edited("\"unlimited\"\nai", "\"endless\"\nai");
    let line = line_of(&text, "endless");
    refused(&text, line, "pro.compressions_per_period must be a number or \"unlimited\"");
    refused("free = 3\n", 1, "free must be a table, not integer");
}

#[test]
fn a_cap_beside_a_number_is_refused() {
    let text = edited("[free]\n", "[free]\nanti_abuse_cap = 5\n");
    let line = line_of(&text, "anti_abuse_cap = 5");
    let problem = "free.anti_abuse_cap is for plans with unlimited compressions only";
    refused(&text, line, problem);
}

#[test]
fn a_key_without_requests_is_refused() {
    let text = edited("requests_per_minute = 60\n", "requests_per_minute = 0\n");
    let start = line_of(&text, "[starter]");
    let rest: Vec<_> = text.lines().skip(start).collect();
    let line = start + line_of(&rest.join("\n"), "requests_per_minute = 0");
    let problem = "starter.requests_per_minute is 0, but the plan has an API key, \
                   which could then never be used";
    refused(&text, line, problem);
}

#[test]
fn broken_toml_names_its_line() {
    let text = edited("[pro]", "[pro");
    let line = line_of(&text, "[pro");
    let error = Plans::from_toml(&text, "my-plans.toml").unwrap_err();
    assert!(error.to_string().starts_with(&format!("my-plans.toml:{line}: ")), "{error}");
    let twice = format!("{}\n[free]\n", Plans::default().to_toml());
    assert!(Plans::from_toml(&twice, "my-plans.toml").is_err());
}

/// Any tier's table that is allowed.
fn table(tier: Tier) -> impl Strategy<Value = String> {
    let compressions = prop_oneof![
        any::<u32>().prop_map(|n| n.to_string()),
        Just("\"unlimited\"".to_owned()),
        (1..=u32::MAX).prop_map(|cap| format!("\"unlimited\"\nanti_abuse_cap = {cap}")),
    ];
    let numbers = (any::<u32>(), 1..=u32::MAX, 1..=u32::MAX, 1..=i64::MAX);
    (compressions, numbers, any::<bool>(), any::<bool>()).prop_map(
        move |(compressions, (ai, minute, files, bytes), key, mark)| {
            format!(
                "[{tier}]\ncompressions_per_period = {compressions}\nai_credits_per_period = {ai}\n\
                 requests_per_minute = {minute}\nmax_files_per_request = {files}\n\
                 max_file_bytes = {bytes}\napi_key = {key}\nwatermark = {mark}\n"
            )
        },
    )
}

proptest! {
    #[test]
    fn every_table_survives_the_round_trip(tables in Tier::ALL.map(table)) {
        let plans = Plans::from_toml(&tables.concat(), "plans.toml").unwrap();
        let written = plans.to_toml();
        let again = Plans::from_toml(&written, "plans.toml").unwrap();
        prop_assert_eq!(&again, &plans);
        prop_assert_eq!(again.to_toml(), written);
    }

    #[test]
    fn no_text_makes_reading_panic(text in "\\PC*") {
        let _ = Plans::from_toml(&text, "plans.toml");
    }

    #[test]
    fn no_edit_makes_reading_panic(at in 0..900_usize, with in "[-\\[\\]=\"{}0-9a-z\n.]{0,4}") {
        let mut text = Plans::default().to_toml();
        let at = at.min(text.len());
        text.replace_range(at..(at + 2).min(text.len()), &with);
        if let Err(Error::PlanFile { line, .. }) = Plans::from_toml(&text, "plans.toml") {
            prop_assert!(line >= 1 && line <= text.lines().count() + 1);
        }
    }
}
