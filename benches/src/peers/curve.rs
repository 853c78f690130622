//! Bytes and setting by score, between the points that were measured.

/// One encode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The encoder's own.
    pub setting: u32,
    /// SSIMULACRA2.
    pub score: f64,
    /// Size of the result.
    pub bytes: u64,
}

/// One encoder on one picture.
#[derive(Debug, Clone, Default)]
pub struct Curve(Vec<Point>);

impl Curve {
    /// Adds a point. One that costs more bytes than another and scores no better is left out of
    /// what is interpolated.
    pub fn add(&mut self, point: Point) {
        if !self.knows(point.setting) {
            self.0.push(point);
        }
    }

    /// Whether a setting was measured.
    #[must_use]
    pub fn knows(&self, setting: u32) -> bool {
        self.0.iter().any(|known| known.setting == setting)
    }

    /// Every point that was measured.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// Bytes at a score; none outside what was measured.
    #[must_use]
    pub fn bytes_at(&self, score: f64) -> Option<f64> {
        self.interpolate(score, |point| (point.bytes as f64).ln()).map(f64::exp)
    }

    /// The setting that comes nearest to a score; none outside what was measured.
    #[must_use]
    pub fn setting_at(&self, score: f64) -> Option<u32> {
        self.interpolate(score, |point| f64::from(point.setting)).map(|found| found.round() as u32)
    }

    /// The cheapest point that scores at least so much, or the best one when none does.
    #[must_use]
    pub fn reaching(&self, score: f64) -> Option<Point> {
        let reaching = self.0.iter().filter(|point| point.score >= score - 0.01);
        let best = self.0.iter().max_by(|a, b| a.score.total_cmp(&b.score));
        reaching.min_by_key(|point| point.bytes).or(best).copied()
    }

    /// The points that no other beats, by rising score.
    fn frontier(&self) -> Vec<Point> {
        let mut points = self.0.clone();
        points.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut frontier: Vec<Point> = Vec::new();
        for point in points {
            let beaten = frontier
                .last()
                .is_some_and(|best| point.bytes >= best.bytes || point.score > best.score - 0.05);
            if !beaten {
                frontier.push(point);
            }
        }
        frontier.reverse();
        frontier
    }

    /// Monotone piecewise cubic (Fritsch and Carlson): bytes grow ever faster with the score, which
    /// straight lines between few points would overstate.
    fn interpolate(&self, score: f64, value: impl Fn(&Point) -> f64) -> Option<f64> {
        let knots: Vec<(f64, f64)> =
            self.frontier().iter().map(|point| (point.score, value(point))).collect();
        let slopes: Vec<f64> = knots
            .windows(2)
            .filter_map(|pair| match pair {
                [a, b] => Some((b.1 - a.1) / (b.0 - a.0)),
                _ => None,
            })
            .collect();
        let place = knots.windows(2).position(
            |pair| matches!(pair, [a, b] if a.0 - 0.25 <= score && score <= b.0 + 0.25),
        )?;
        let (low, high) = (knots.get(place)?, knots.get(place + 1)?);
        let slope = *slopes.get(place)?;
        let before = place.checked_sub(1).and_then(|before| slopes.get(before)).copied();
        let (left, right) = (bend(before, slope), bend(slopes.get(place + 1).copied(), slope));
        let width = high.0 - low.0;
        let t = ((score - low.0) / width).clamp(0.0, 1.0);
        let (t2, t3) = (t * t, t * t * t);
        Some(
            (2.0 * t3 - 3.0 * t2 + 1.0) * low.1
                + (t3 - 2.0 * t2 + t) * width * left
                + (3.0 * t2 - 2.0 * t3) * high.1
                + (t3 - t2) * width * right,
        )
    }
}

/// The slope at a knot between two pieces: their harmonic mean, and the piece's own at an end.
fn bend(neighbour: Option<f64>, own: f64) -> f64 {
    match neighbour {
        Some(neighbour) if neighbour * own > 0.0 => 2.0 * neighbour * own / (neighbour + own),
        Some(_) => 0.0,
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(f64, u64)]) -> Curve {
        let mut curve = Curve::default();
        for (setting, (score, bytes)) in (1..).zip(points) {
            curve.add(Point { setting, score: *score, bytes: *bytes });
        }
        curve
    }

    #[test]
    fn a_curve_meets_its_points_and_rises_between_them() {
        let curve = curve(&[(50.0, 1000), (60.0, 1500), (72.0, 2600), (90.0, 9000)]);
        assert_eq!(curve.bytes_at(60.0).unwrap().round(), 1500.0);
        let between: Vec<f64> =
            (50..=90).map(|at| curve.bytes_at(f64::from(at)).unwrap()).collect();
        assert!(between.windows(2).all(|pair| pair[0] < pair[1]), "{between:?}");
    }

    #[test]
    fn nothing_is_read_off_a_curve_outside_its_points() {
        let curve = curve(&[(50.0, 1000), (60.0, 1500)]);
        assert_eq!(curve.bytes_at(49.0), None);
        assert_eq!(curve.bytes_at(61.0), None);
    }

    #[test]
    fn points_that_others_beat_do_not_bend_the_curve() {
        let with = curve(&[(50.0, 1000), (60.0, 1500), (59.0, 1700), (70.0, 2300)]);
        let without = curve(&[(50.0, 1000), (60.0, 1500), (70.0, 2300)]);
        assert_eq!(with.bytes_at(65.0), without.bytes_at(65.0));
    }
}
