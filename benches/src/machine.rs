//! What figures depend on besides the code.

use std::fs;
use std::process::Command;

/// Processor, cores, compiler and load in one line; what cannot be told is left out.
#[must_use]
pub fn facts() -> String {
    let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    let cores = std::thread::available_parallelism().ok().map(|cores| format!("{cores} cores"));
    let rustc = Command::new("rustc").arg("--version").output().ok().and_then(|output| {
        let text = String::from_utf8(output.stdout).ok()?;
        Some(text.split(" (").next()?.trim().to_owned())
    });
    let load = fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| Some(format!("load {} before the run", text.split_whitespace().next()?)));
    [processor, cores, rustc, load].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
