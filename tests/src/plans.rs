//! Plans that stand in nobody's way.

use std::path::{Path, PathBuf};

use crate::admin;

/// Writes the built-in plans into a data folder, with Agency as good as unlimited: what an
/// experiment asks for is refused by the server's state, not by a plan. Give the file to
/// `--plans`.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn generous_plans(data: &Path) -> PathBuf {
    let plans = admin(data, &["plans", "--toml"]).done().stdout;
    let (before, agency) = plans.split_once("[agency]").expect("there is an Agency plan");
    let agency = agency
        .replace("\"unlimited\"", "100000000")
        .replace("requests_per_minute = 600", "requests_per_minute = 100000000");
    let file = data.join("plans.toml");
    std::fs::write(&file, format!("{before}[agency]{agency}")).expect("a file can be written");
    file
}

/// As [`generous_plans`], but with so few compressions a period on Starter, and any number of
/// requests for them.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn small_plan(data: &Path, compressions: u64) -> PathBuf {
    let file = generous_plans(data);
    let plans = std::fs::read_to_string(&file).expect("it was written just now");
    let (before, rest) = plans.split_once("[starter]").expect("there is a Starter plan");
    let (starter, after) = rest.split_once("[pro]").expect("there is a Pro plan");
    let starter = starter
        .replace(
            "compressions_per_period = 200",
            &format!("compressions_per_period = {compressions}"),
        )
        .replace("requests_per_minute = 60", "requests_per_minute = 100000000");
    std::fs::write(&file, format!("{before}[starter]{starter}[pro]{after}"))
        .expect("a file can be written");
    file
}
