//! What stands in the cells of tables.

/// A ratio, or a dash.
#[must_use]
pub fn number(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.2}"))
}

/// A figure without decimals, or a dash.
#[must_use]
pub fn whole(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.0}"))
}

/// A score, or a dash.
#[must_use]
pub fn score(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.1}"))
}

/// What stands where there is nothing.
#[must_use]
pub fn dash() -> String {
    "–".to_owned()
}

/// A raised number of rounds behind a time that is of fewer than were asked for; else nothing.
#[must_use]
pub fn mark(rounds: Option<usize>, asked: usize) -> String {
    let Some(rounds) = rounds.filter(|rounds| *rounds < asked) else { return String::new() };
    let raise = |digit: char| match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        '9' => '⁹',
        _ => '⁰',
    };
    rounds.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_rounds_are_marked() {
        assert_eq!(mark(Some(3), 3), "");
        assert_eq!(mark(Some(10), 12), "¹⁰");
        assert_eq!(mark(None, 3), "");
    }
}
