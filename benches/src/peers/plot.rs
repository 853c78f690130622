//! A plot of time against megapixels, both logarithmic: a straight line at 45° is linear growth.

use std::fmt::Write;

use super::scaling::Growth;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;
const COLOURS: [&str; 5] = ["#1b6ca8", "#c2410c", "#15803d", "#7c3aed", "#a16207"];

/// The plot as SVG.
#[must_use]
pub fn svg(growths: &[Growth]) -> String {
    let loads = || growths.iter().flat_map(|growth| &growth.loads);
    let across = Axis::around(loads().map(|load| load.megapixels), LEFT, WIDTH - RIGHT);
    let up = Axis::around(loads().map(|load| load.wall_ms), HEIGHT - BOTTOM, TOP);
    let mut lines = String::new();
    for decade in across.decades() {
        let x = across.at(decade);
        line(&mut lines, (x, TOP), (x, HEIGHT - BOTTOM), "#ddd");
        text(&mut lines, (x, HEIGHT - BOTTOM + 16.0), "middle", &format!("{decade}"));
    }
    for decade in up.decades() {
        let y = up.at(decade);
        line(&mut lines, (LEFT, y), (WIDTH - RIGHT, y), "#ddd");
        text(&mut lines, (LEFT - 6.0, y + 4.0), "end", &format!("{decade}"));
    }
    let middle = (LEFT + WIDTH - RIGHT) / 2.0;
    text(&mut lines, (middle, HEIGHT - 12.0), "middle", "megapixels of the source");
    text(&mut lines, (8.0, TOP + 4.0), "start", "ms");
    for (place, growth) in growths.iter().enumerate() {
        let colour = COLOURS.get(place % COLOURS.len()).copied().unwrap_or("#000");
        let points: Vec<String> = growth
            .loads
            .iter()
            .map(|load| format!("{:.1},{:.1}", across.at(load.megapixels), up.at(load.wall_ms)))
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(
            lines,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            points.join(" ")
        );
        let y = TOP + 16.0 + 20.0 * place as f64;
        line(&mut lines, (WIDTH - RIGHT + 12.0, y - 4.0), (WIDTH - RIGHT + 32.0, y - 4.0), colour);
        text(&mut lines, (WIDTH - RIGHT + 38.0, y), "start", growth.name);
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n{lines}</svg>\n"
    )
}

/// From values to places, over whole decades.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn around(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min).max(1e-3).log10().floor();
        let high = values.fold(1e-3, f64::max).log10().ceil();
        Self { low: low as i32, high: (high as i32).max((low as i32).saturating_add(1)), from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + (self.to - self.from) * share
    }

    fn decades(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low..=self.high).map(|power| 10_f64.powi(power))
    }
}

fn line(lines: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        lines,
        r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}"/>"#,
        from.0, from.1, to.0, to.1
    );
}

fn text(lines: &mut String, at: (f64, f64), anchor: &str, words: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(
        lines,
        r##"<text x="{:.1}" y="{:.1}" text-anchor="{anchor}" fill="#333">{words}</text>"##,
        at.0, at.1
    );
}
