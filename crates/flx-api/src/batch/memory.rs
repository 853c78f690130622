//! How much memory there is to work with.

use std::fs;
use std::path::Path;

/// Share of the memory that pictures may take together, in percent. The rest is for uploads in
/// transit, results on their way out, the database's cache and the allocator's slack.
const SHARE_PERCENT: u64 = 60;
/// What is assumed where the system does not tell.
const FALLBACK_BYTES: u64 = 1024 * 1024 * 1024;

/// The share of the control group's limit, or else of the machine's memory, in bytes.
pub(crate) fn default_limit() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let group = limit_of_groups(Path::new("/sys/fs/cgroup"), &groups);
    let bytes = [machine, group].into_iter().flatten().min().unwrap_or(FALLBACK_BYTES);
    bytes / 100 * SHARE_PERCENT
}

/// The smallest limit from the process's own control group up to the root of its tree: a limit
/// of any group above counts too. Inside a container the own group is the root.
fn limit_of_groups(root: &Path, groups: &str) -> Option<u64> {
    let group_2 = groups.lines().find_map(|line| line.strip_prefix("0::/"));
    let group_1 = groups.lines().find_map(|line| line.split_once(":memory:/")).map(|(_, own)| own);
    [
        (root.to_owned(), group_2.unwrap_or_default(), "memory.max"),
        (root.join("memory"), group_1.unwrap_or_default(), "memory.limit_in_bytes"),
    ]
    .into_iter()
    .flat_map(|(tree, own, file)| {
        let folder = tree.join(own);
        let up: Vec<_> = folder.ancestors().take_while(|at| at.starts_with(&tree)).collect();
        up.into_iter().filter_map(|at| limit_in(&at.join(file))).min()
    })
    .min()
}

/// A file that holds a number, or the word `max` for none.
fn limit_in(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
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
    fn the_smallest_limit_on_the_way_up_counts() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("system.slice/flx.service");
        std::fs::create_dir_all(&own).unwrap();
        let limit = || limit_of_groups(root.path(), "0::/system.slice/flx.service\n");
        assert_eq!(limit(), None);
        std::fs::write(own.join("memory.max"), "max\n").unwrap();
        std::fs::write(root.path().join("system.slice/memory.max"), "4096\n").unwrap();
        assert_eq!(limit(), Some(4096));
        std::fs::write(own.join("memory.max"), "1024\n").unwrap();
        assert_eq!(limit(), Some(1024));
    }

    #[test]
    fn the_groups_of_version_1_are_read_too() {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("memory/flx");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("memory.limit_in_bytes"), "2048\n").unwrap();
        assert_eq!(limit_of_groups(root.path(), "5:cpu:/\n4:memory:/flx\n"), Some(2048));
    }

    #[test]
    fn there_is_some_memory() {
        assert!(default_limit() > 16 * 1024 * 1024);
    }
}
