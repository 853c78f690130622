//! The bars of the last twelve periods, measured out on the server.

use crate::Month;

/// Height of the tallest bar in user units.
const HEIGHT: u32 = 120;
/// From one bar to the next.
const STEP: u32 = 50;
/// Width of a bar.
const WIDTH: u32 = 26;
/// Room above the bars, for their numbers.
const TOP: u32 = 20;
/// Fewest places along the axis, so that one bar does not fill a page.
const PLACES: u32 = 12;

/// A bar in user units, from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// Left edge.
    pub(crate) x: u32,
    /// Upper edge.
    pub(crate) y: u32,
    /// Height.
    pub(crate) height: u32,
    /// The middle, where words are centred.
    pub(crate) middle: u32,
    /// What it stands for.
    pub(crate) value: u32,
    /// Written below.
    pub(crate) label: String,
    /// Whether it is the period that goes on.
    pub(crate) is_now: bool,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chart {
    /// Its bars, oldest first.
    pub(crate) bars: Vec<Bar>,
    /// Its width.
    pub(crate) width: u32,
    /// Where the bars stand.
    pub(crate) base: u32,
}

impl Chart {
    /// The chart of some periods, the latest on the right.
    pub(crate) fn of(months: &[Month]) -> Self {
        let most = months.iter().map(|month| month.compressions).max().unwrap_or(0).max(1);
        let shown = u32::try_from(months.len()).unwrap_or(PLACES);
        let places = shown.max(PLACES);
        let empty = places.saturating_sub(shown);
        let bars = months.iter().zip(empty..).map(|(month, place)| {
            let height = height(month.compressions, most);
            let x = place * STEP + (STEP - WIDTH) / 2;
            Bar {
                x,
                y: TOP + HEIGHT - height,
                height,
                middle: x + WIDTH / 2,
                value: month.compressions,
                label: month.starts_at.short(),
                is_now: place + 1 == places,
            }
        });
        Self { bars: bars.collect(), width: places * STEP, base: TOP + HEIGHT }
    }
}

/// What is not nothing is seen.
fn height(value: u32, most: u32) -> u32 {
    if value == 0 {
        return 0;
    }
    let height = u64::from(value) * u64::from(HEIGHT) / u64::from(most);
    u32::try_from(height).unwrap_or(HEIGHT).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Moment;

    fn months(values: &[u32]) -> Vec<Month> {
        let month = |value: &u32| Month { starts_at: Moment(0), compressions: *value };
        values.iter().map(month).collect()
    }

    #[test]
    fn bars_are_in_proportion_and_stand_on_one_line() {
        let chart = Chart::of(&months(&[50, 0, 100, 1_000_000, 1]));
        let heights: Vec<u32> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!(heights, [2, 0, 2, HEIGHT, 2]);
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == chart.base));
        assert_eq!(chart.bars.iter().filter(|bar| bar.is_now).count(), 1);
        assert!(chart.bars.last().is_some_and(|bar| bar.is_now));
    }

    #[test]
    fn a_young_account_has_its_bars_on_the_right() {
        let chart = Chart::of(&months(&[3]));
        assert_eq!(chart.width, PLACES * STEP);
        assert_eq!(chart.bars[0].x, (PLACES - 1) * STEP + (STEP - WIDTH) / 2);
        assert!(Chart::of(&[]).bars.is_empty());
    }
}
