//! Versions of the crates that measurements are made with, as `Cargo.lock` has them.

const LOCK: &str = include_str!("../../Cargo.lock");

/// The version of a crate, the first one where the lock has several; none when it is not in it.
#[must_use]
pub fn version(name: &str) -> Option<&'static str> {
    let name = format!("\"{name}\"");
    LOCK.split("[[package]]")
        .find_map(|package| (value(package, "name")? == name).then(|| value(package, "version"))?)
        .map(|version| version.trim_matches('"'))
}

fn value(package: &'static str, key: &str) -> Option<&'static str> {
    package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))
}

/// A crate's name and version, for reports.
#[must_use]
pub fn named(name: &str) -> String {
    format!("{name} {}", version(name).unwrap_or("of unknown version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_have_the_version_of_the_lock() {
        assert_eq!(version("flx-benches"), Some(env!("CARGO_PKG_VERSION")));
        assert!(version("ravif").is_some_and(|version| version.contains('.')));
        assert_eq!(version("no-such-crate"), None);
    }
}
