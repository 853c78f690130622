//! Single byte ranges (RFC 9110, section 14).

/// What part of a file a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// All of it: no range, one that this server does not serve, or a malformed one.
    All,
    /// Bytes `first..=last`, inside the file.
    Part {
        /// First byte, from 0.
        first: u64,
        /// Last byte, included.
        last: u64,
    },
    /// A range that lies outside the file.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of `size` bytes.
///
/// Several ranges in one request are answered with the whole file, as the RFC permits: nobody
/// needs them for pictures, and they multiply what is sent.
pub(crate) fn parse(header: &str, size: u64) -> Asked {
    let Some((unit, spec)) = header.trim().split_once('=') else { return Asked::All };
    if !unit.trim().eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return Asked::All;
    }
    let Some((first, last)) = spec.trim().split_once('-') else { return Asked::All };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Asked::All,
        (Some(first), Some(last)) => part(first, last, size),
        (Some(first), None) if last.is_empty() => part(first, u64::MAX, size),
        (None, Some(0)) if first.is_empty() => Asked::Unsatisfiable,
        (None, Some(count)) if first.is_empty() => part(size.saturating_sub(count), u64::MAX, size),
        _ => Asked::All,
    }
}

fn part(first: u64, last: u64, size: u64) -> Asked {
    if first >= size {
        return Asked::Unsatisfiable;
    }
    Asked::Part { first, last: last.min(size - 1) }
}

/// Digits only; a number too large for 64 bits counts as the largest.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, asked: Asked) {
        assert_eq!(parse(header, 1000), asked, "{header}");
    }

    #[test]
    fn ranges_inside_the_file_are_served() {
        check("bytes=0-0", Asked::Part { first: 0, last: 0 });
        check("bytes=0-499", Asked::Part { first: 0, last: 499 });
        check("bytes=500-", Asked::Part { first: 500, last: 999 });
        check("bytes=-200", Asked::Part { first: 800, last: 999 });
        check("bytes=-5000", Asked::Part { first: 0, last: 999 });
        check("bytes=900-99999999999999999999999", Asked::Part { first: 900, last: 999 });
        check("Bytes = 0-1", Asked::Part { first: 0, last: 1 });
    }

    #[test]
    fn ranges_outside_the_file_are_unsatisfiable() {
        check("bytes=1000-", Asked::Unsatisfiable);
        check("bytes=5000-6000", Asked::Unsatisfiable);
        check("bytes=-0", Asked::Unsatisfiable);
        assert_eq!(parse("bytes=0-", 0), Asked::Unsatisfiable);
    }

    #[test]
    fn malformed_or_multiple_ranges_give_the_whole_file() {
        for header in ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=+1-2"] {
            check(header, Asked::All);
        }
        check("bytes=0-1,5-6", Asked::All);
        check("items=0-1", Asked::All);
    }

    proptest::proptest! {
        #[test]
        fn any_header_gives_a_range_inside_the_file(header in ".{0,60}", size in 0u64..5000) {
            if let Asked::Part { first, last } = parse(&header, size) {
                proptest::prop_assert!(first <= last && last < size);
            }
        }
    }
}
