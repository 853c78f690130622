//! How much of an experiment is run: a few seconds with the tests, or all of it.

use std::env;

/// The short form's number, or the long form's with `FLX_CHAOS=long` in the environment.
#[must_use]
pub fn extent<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

/// Whether the long form is asked for.
#[must_use]
pub fn is_long() -> bool {
    env::var("FLX_CHAOS").is_ok_and(|value| value == "long")
}

/// A number from the environment in place of the long form's, for a run of another length.
///
/// # Panics
/// When the variable holds no number.
#[must_use]
pub fn long_unless(variable: &str, long: u64) -> u64 {
    env::var(variable).map_or(long, |value| value.parse().expect("a whole number"))
}
