//! Times, as they are written on pages.

use jiff::Timestamp;

/// Unix milliseconds, shown in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// For programs: `2026-11-25T23:40:00Z`.
    pub(crate) fn iso(self) -> String {
        self.written("%Y-%m-%dT%H:%M:%SZ")
    }

    /// To the minute: `25 Nov 2026, 23:40 UTC`.
    pub(crate) fn full(self) -> String {
        self.written("%-d %b %Y, %H:%M UTC")
    }

    /// To the day: `25 Nov 2026`.
    pub(crate) fn day(self) -> String {
        self.written("%-d %b %Y")
    }

    /// Below a bar: `25 Nov`.
    pub(crate) fn short(self) -> String {
        self.written("%-d %b")
    }

    fn written(self, form: &str) -> String {
        // A moment that no calendar has is none that a server was at.
        let moment = Timestamp::from_millisecond(self.0).unwrap_or_default();
        moment.strftime(form).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc() {
        let moment = Moment(1_795_650_000_000);
        assert_eq!(moment.iso(), "2026-11-25T23:40:00Z");
        assert_eq!(moment.full(), "25 Nov 2026, 23:40 UTC");
        assert_eq!(moment.day(), "25 Nov 2026");
        assert_eq!(moment.short(), "25 Nov");
        assert_eq!(Moment(i64::MAX).day(), "1 Jan 1970");
    }
}
