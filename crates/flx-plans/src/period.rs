//! Billing periods, each computed from the anchor alone.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use crate::Error;

/// One billing period: from `starts_at_ms` on, until just before `ends_at_ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    index: u32,
    starts_at_ms: i64,
    ends_at_ms: i64,
}

impl Period {
    /// Which period of the account it is, counted from 0.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// Its first instant, in Unix milliseconds.
    #[must_use]
    pub fn starts_at_ms(self) -> i64 {
        self.starts_at_ms
    }

    /// The first instant after it, in Unix milliseconds: when credits reset.
    #[must_use]
    pub fn ends_at_ms(self) -> i64 {
        self.ends_at_ms
    }

    /// Whether the instant lies in it.
    #[must_use]
    pub fn contains(self, at_ms: i64) -> bool {
        (self.starts_at_ms..self.ends_at_ms).contains(&at_ms)
    }
}

/// The instant a subscription began: its day of the month and time of day (UTC) are when every period begins.
///
/// A month too short for the day begins the period on its last day, at the same time of day; the next month
/// that has the day uses it again, because no period is derived from the one before.
///
/// ```
/// use flx_plans::BillingAnchor;
///
/// // 31 January 2027, 00:00 UTC.
/// let anchor = BillingAnchor::new(1_801_353_600_000)?;
/// assert_eq!(anchor.period(1)?.starts_at_ms(), 1_803_772_800_000); // 28 February
/// assert_eq!(anchor.period(2)?.starts_at_ms(), 1_806_451_200_000); // 31 March
/// # Ok::<(), flx_plans::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BillingAnchor {
    at: DateTime,
    at_ms: i64,
    first_index: u32,
}

impl BillingAnchor {
    /// The anchor at this instant (Unix milliseconds), where period 0 begins.
    ///
    /// # Errors
    /// [`Error::Instant`] outside the years −9999 to 9999.
    pub fn new(at_ms: i64) -> Result<Self, Error> {
        Self::with_first_index(at_ms, 0)
    }

    /// The anchor at this instant (Unix milliseconds), where period `first_index` begins.
    ///
    /// For an account whose first paid plan sets a new anchor: given its current index, the period it is in goes
    /// on from here under the same index, so that what was used in it stays used.
    ///
    /// # Errors
    /// [`Error::Instant`] outside the years −9999 to 9999.
    pub fn with_first_index(at_ms: i64, first_index: u32) -> Result<Self, Error> {
        let instant = Timestamp::from_millisecond(at_ms).map_err(|_| Error::Instant(at_ms))?;
        Ok(Self { at: Offset::UTC.to_datetime(instant), at_ms, first_index })
    }

    /// The anchor's instant, in Unix milliseconds.
    #[must_use]
    pub fn at_ms(self) -> i64 {
        self.at_ms
    }

    /// The index of the period that begins at the anchor.
    #[must_use]
    pub fn first_index(self) -> u32 {
        self.first_index
    }

    /// The period with this index.
    ///
    /// # Errors
    /// [`Error::Period`] before the anchor's first period, or when it would end after the year 9999.
    pub fn period(self, index: u32) -> Result<Period, Error> {
        let error = Error::Period { index, first: self.first_index };
        let months =
            index.checked_sub(self.first_index).map(i64::from).ok_or_else(|| error.clone())?;
        let starts_at_ms = self.months_later(months).ok_or_else(|| error.clone())?;
        let ends_at_ms = self.months_later(months + 1).ok_or(error)?;
        Ok(Period { index, starts_at_ms, ends_at_ms })
    }

    /// The period that the instant (Unix milliseconds) lies in; the first one for an instant before the anchor.
    ///
    /// # Errors
    /// [`Error::Instant`] outside the years −9999 to 9999, [`Error::Period`] at their very end.
    pub fn period_at(self, now_ms: i64) -> Result<Period, Error> {
        let now = Timestamp::from_millisecond(now_ms).map_err(|_| Error::Instant(now_ms))?;
        let now = Offset::UTC.to_datetime(now);
        // Calendar months passed; the day and time of day decide whether the last of them has begun.
        let months = (i64::from(now.year()) - i64::from(self.at.year())) * 12
            + i64::from(now.month())
            - i64::from(self.at.month());
        let months = u32::try_from(months).unwrap_or(0);
        let index = self.first_index.saturating_add(months);
        let period = self.period(index)?;
        if period.starts_at_ms > now_ms && months > 0 {
            return self.period(index - 1);
        }
        Ok(period)
    }

    /// The period to charge at this instant (Unix milliseconds) for an account whose highest period so far is
    /// `highest_index`: never an earlier one, so that a clock set back grants nothing and charges go on where
    /// they were. Store the answer's index as the new highest.
    ///
    /// # Errors
    /// As [`BillingAnchor::period_at`].
    pub fn period_not_before(self, highest_index: u32, now_ms: i64) -> Result<Period, Error> {
        let by_clock = self.period_at(now_ms)?;
        if by_clock.index >= highest_index { Ok(by_clock) } else { self.period(highest_index) }
    }

    fn months_later(self, months: i64) -> Option<i64> {
        let span = Span::new().try_months(months).ok()?;
        let at = self.at.checked_add(span).ok()?;
        Offset::UTC.to_timestamp(at).ok().map(Timestamp::as_millisecond)
    }
}
