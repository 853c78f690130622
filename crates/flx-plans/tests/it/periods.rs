//! Billing periods against tables of month ends and leap years, and against what must always hold.

use flx_plans::{BillingAnchor, Error};
use jiff::Timestamp;
use proptest::prelude::*;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// An instant as written, in Unix milliseconds.
fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// Asserts on which days the periods of an anchor begin, at the anchor's time of day.
fn check(anchor: &str, days: &[&str]) {
    let (_, time) = anchor.split_once('T').unwrap();
    let anchor = BillingAnchor::new(ms(anchor)).unwrap();
    for (index, day) in (0..).zip(days) {
        let starts = anchor.period(index).unwrap().starts_at_ms();
        let shown = Timestamp::from_millisecond(starts).unwrap();
        assert_eq!(starts, ms(&format!("{day}T{time}")), "period {index} begins {shown}");
    }
}

#[test]
fn the_31st_falls_back_to_the_last_day_and_returns() {
    check(
        "2027-01-31T00:00:00Z",
        &[
            "2027-01-31",
            "2027-02-28",
            "2027-03-31",
            "2027-04-30",
            "2027-05-31",
            "2027-06-30",
            "2027-07-31",
            "2027-08-31",
            "2027-09-30",
            "2027-10-31",
            "2027-11-30",
            "2027-12-31",
            "2028-01-31",
            "2028-02-29",
            "2028-03-31",
        ],
    );
}

#[test]
fn the_30th_falls_back_in_february_only() {
    check(
        "2027-11-30T13:37:00.123Z",
        &["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"],
    );
    check("2026-12-30T00:00:00Z", &["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]);
}

#[test]
fn the_29th_is_short_in_common_years_only() {
    check("2027-01-29T23:59:59.999Z", &["2027-01-29", "2027-02-28", "2027-03-29"]);
    check("2028-01-29T23:59:59.999Z", &["2028-01-29", "2028-02-29", "2028-03-29"]);
}

#[test]
fn a_subscription_of_29_february_keeps_its_day() {
    let anchor = BillingAnchor::new(ms("2028-02-29T08:00:00Z")).unwrap();
    check("2028-02-29T08:00:00Z", &["2028-02-29", "2028-03-29", "2028-04-29"]);
    for (months, day) in [(12, "2029-02-28"), (48, "2032-02-29"), (13, "2029-03-29")] {
        let starts = anchor.period(months).unwrap().starts_at_ms();
        assert_eq!(starts, ms(&format!("{day}T08:00:00Z")));
    }
}

#[test]
fn centuries_are_leap_years_every_four_hundred_years() {
    check("2099-12-31T00:00:00Z", &["2099-12-31", "2100-01-31", "2100-02-28", "2100-03-31"]);
    check("1999-12-31T00:00:00Z", &["1999-12-31", "2000-01-31", "2000-02-29", "2000-03-31"]);
}

#[test]
fn the_28th_and_the_1st_never_move() {
    check("2027-12-28T12:00:00Z", &["2027-12-28", "2028-01-28", "2028-02-28", "2028-03-28"]);
    check("2027-12-01T00:00:00Z", &["2027-12-01", "2028-01-01", "2028-02-01", "2028-03-01"]);
}

#[test]
fn the_hour_of_a_clock_change_changes_nothing() {
    // 01:30 UTC on the last Sunday of March does not exist as local time in parts of the world.
    check("2027-02-28T01:30:00Z", &["2027-02-28", "2027-03-28", "2027-04-28"]);
    check("2027-09-30T02:30:00Z", &["2027-09-30", "2027-10-30", "2027-11-30"]);
}

#[test]
fn an_instant_before_1970_can_be_an_anchor() {
    check("1968-01-31T06:00:00.001Z", &["1968-01-31", "1968-02-29", "1968-03-31"]);
}

#[test]
fn a_period_begins_with_its_first_millisecond() {
    let anchor = BillingAnchor::new(ms("2027-01-31T10:00:00Z")).unwrap();
    let index_at = |at: &str| anchor.period_at(ms(at)).unwrap().index();
    assert_eq!(index_at("2027-01-31T10:00:00Z"), 0);
    assert_eq!(index_at("2027-02-28T09:59:59.999Z"), 0);
    assert_eq!(index_at("2027-02-28T10:00:00Z"), 1);
    assert_eq!(index_at("2027-03-31T09:59:59.999Z"), 1);
    assert_eq!(index_at("2027-03-31T10:00:00Z"), 2);
    assert_eq!(index_at("2028-02-29T09:59:59.999Z"), 12);
    assert_eq!(index_at("2028-02-29T10:00:00Z"), 13);
}

#[test]
fn an_instant_before_the_anchor_lies_in_the_first_period() {
    let anchor = BillingAnchor::new(ms("2027-01-31T10:00:00Z")).unwrap();
    for at in ["2027-01-31T09:59:59.999Z", "2026-12-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        assert_eq!(anchor.period_at(ms(at)).unwrap().index(), 0, "{at}");
    }
}

#[test]
fn a_clock_set_back_grants_nothing() {
    let anchor = BillingAnchor::new(ms("2027-01-31T00:00:00Z")).unwrap();
    let now = ms("2027-06-15T00:00:00Z");
    let mut highest = 0;
    for jump in [0, -31, 0, 31, 0, -31, -365, 31, 0] {
        let period = anchor.period_not_before(highest, now + jump * DAY_MS).unwrap();
        assert!(period.index() >= highest, "jump of {jump} days");
        highest = period.index();
    }
    // One jump ahead was seen, and a month later the clock agrees with it again.
    let ahead = anchor.period_at(now + 31 * DAY_MS).unwrap().index();
    assert_eq!(highest, ahead);
}

#[test]
fn a_new_anchor_continues_the_count() {
    let anchor = BillingAnchor::with_first_index(ms("2027-03-31T00:00:00Z"), 7).unwrap();
    assert_eq!((anchor.first_index(), anchor.at_ms()), (7, ms("2027-03-31T00:00:00Z")));
    assert_eq!(anchor.period(8).unwrap().starts_at_ms(), ms("2027-04-30T00:00:00Z"));
    assert_eq!(anchor.period_at(ms("2027-05-31T00:00:00Z")).unwrap().index(), 9);
    assert_eq!(anchor.period_at(0).unwrap().index(), 7);
    assert_eq!(anchor.period(6).unwrap_err(), Error::Period { index: 6, first: 7 });
}

#[test]
fn instants_and_periods_beyond_the_calendar_are_refused() {
    assert_eq!(BillingAnchor::new(i64::MAX).unwrap_err(), Error::Instant(i64::MAX));
    let anchor = BillingAnchor::new(0).unwrap();
    assert_eq!(anchor.period_at(i64::MIN).unwrap_err(), Error::Instant(i64::MIN));
    let last = anchor.period(u32::MAX).unwrap_err();
    assert_eq!(last, Error::Period { index: u32::MAX, first: 0 });
}

/// Instants from 1900 to 2200.
fn instants() -> std::ops::Range<i64> {
    ms("1900-01-01T00:00:00Z")..ms("2200-01-01T00:00:00Z")
}

proptest! {
    #[test]
    fn periods_follow_each_other_without_gap(at in instants(), index in 0..2_000_u32) {
        let anchor = BillingAnchor::new(at).unwrap();
        let (period, next) = (anchor.period(index).unwrap(), anchor.period(index + 1).unwrap());
        prop_assert_eq!(period.ends_at_ms(), next.starts_at_ms());
        let days = (period.ends_at_ms() - period.starts_at_ms()) / DAY_MS;
        prop_assert!((28..=31).contains(&days), "{} days", days);
    }

    #[test]
    fn every_instant_lies_in_the_period_it_is_given(at in instants(), later in 0..9_000_000_000_000_i64) {
        let anchor = BillingAnchor::new(at).unwrap();
        let period = anchor.period_at(at + later).unwrap();
        prop_assert!(period.contains(at + later));
        prop_assert_eq!(anchor.period(period.index()).unwrap(), period);
    }

    #[test]
    fn the_first_and_last_millisecond_belong_to_the_period(at in instants(), index in 0..2_000_u32) {
        let anchor = BillingAnchor::new(at).unwrap();
        let period = anchor.period(index).unwrap();
        prop_assert_eq!(anchor.period_at(period.starts_at_ms()).unwrap(), period);
        prop_assert_eq!(anchor.period_at(period.ends_at_ms() - 1).unwrap(), period);
    }

    #[test]
    fn the_day_is_the_anchors_or_the_months_last(at in instants(), index in 0..2_000_u32) {
        let utc = |ms| jiff::tz::Offset::UTC.to_datetime(Timestamp::from_millisecond(ms).unwrap());
        let anchor = utc(at);
        let starts = utc(BillingAnchor::new(at).unwrap().period(index).unwrap().starts_at_ms());
        prop_assert_eq!(starts.day(), anchor.day().min(starts.days_in_month()));
        prop_assert_eq!(starts.time(), anchor.time());
    }

    #[test]
    fn the_index_only_grows_whatever_the_clock_does(
        at in instants(), jumps in prop::collection::vec(-90..90_i64, 1..40),
    ) {
        let anchor = BillingAnchor::new(at).unwrap();
        let (mut now, mut highest) = (at, 0);
        for days in jumps {
            now += days * DAY_MS;
            let period = anchor.period_not_before(highest, now).unwrap();
            prop_assert!(period.index() >= highest);
            prop_assert!(period.index() == highest || period.contains(now));
            highest = period.index();
        }
    }
}
