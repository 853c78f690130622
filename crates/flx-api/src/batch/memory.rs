//! How much memory there is to work with.

use std::fs;

/// Share of the memory that pictures may take together, in percent. The rest is for uploads in
/// transit, results on their way out, the database's cache and the allocator's slack.
const SHARE_PERCENT: u64 = 60;
/// What is assumed where the system does not tell.
const FALLBACK_BYTES: u64 = 1024 * 1024 * 1024;

/// The share of the control group's limit, or else of the machine's memory, in bytes.
pub(crate) fn default_limit() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let group = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|file| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok());
    let bytes = [machine, group].into_iter().flatten().min().unwrap_or(FALLBACK_BYTES);
    bytes / 100 * SHARE_PERCENT
}

/// `MemTotal` of `/proc/meminfo`, in bytes.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_in_bytes() {
        assert_eq!(total("MemTotal:       2048 kB\nMemFree: 1 kB\n"), Some(2 * 1024 * 1024));
        assert_eq!(total("nothing"), None);
    }

    #[test]
    fn there_is_some_memory() {
        assert!(default_limit() > 16 * 1024 * 1024);
    }
}
