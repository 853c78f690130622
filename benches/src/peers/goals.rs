//! What flx's figures should be at most, as shares of a peer's, and whether they are.

/// Ratios flx / peer to reach.
#[derive(Debug, Clone, Copy, Default)]
pub struct Goals {
    /// Bytes at equal score.
    pub bytes: Option<f64>,
    /// Wall time with one thread at equal score.
    pub time: Option<f64>,
    /// Peak memory of the process.
    pub memory: Option<f64>,
    /// Bytes and time that would do in place of those above.
    pub or: Option<(f64, f64)>,
}

/// The ratios that were found.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Bytes.
    pub bytes: Option<f64>,
    /// Wall time with one thread.
    pub time: Option<f64>,
    /// Peak memory.
    pub memory: Option<f64>,
}

impl Goals {
    /// Every goal with what became of it.
    #[must_use]
    pub fn verdicts(&self, found: Found) -> String {
        let memory = verdict("RSS", self.memory, found.memory);
        let (Some(bytes), Some(time), Some(or)) = (self.bytes, self.time, self.or) else {
            let bytes = verdict("bytes", self.bytes, found.bytes);
            let time = verdict("wall", self.time, found.time);
            return [bytes, time, memory].into_iter().flatten().collect::<Vec<_>>().join(", ");
        };
        let pairs = [(bytes, time), or].map(|(bytes, time)| {
            let met = both(holds(bytes, found.bytes), holds(time, found.time));
            (met, format!("bytes ≤ {bytes:.2} with wall ≤ {time:.2} {}", word(met)))
        });
        let [(first, one), (second, other)] = pairs;
        let either = if first == Some(true) { first } else { second };
        let verdict = format!("{one}, or {other}: {}", word(either));
        [Some(verdict), memory].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

fn verdict(name: &str, goal: Option<f64>, found: Option<f64>) -> Option<String> {
    let goal = goal?;
    Some(format!("{name} ≤ {goal:.2} {}", word(holds(goal, found))))
}

/// None when nothing was found.
fn holds(goal: f64, found: Option<f64>) -> Option<bool> {
    found.map(|found| found <= goal)
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    Some(one? && other?)
}

const fn word(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "**missed**",
        None => "not measured",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOALS: Goals =
        Goals { bytes: Some(1.0), time: Some(0.75), memory: None, or: Some((0.95, 0.9)) };

    fn verdict(bytes: f64, time: f64) -> String {
        GOALS.verdicts(Found { bytes: Some(bytes), time: Some(time), memory: None })
    }

    #[test]
    fn either_pair_will_do_but_no_mixture_of_both() {
        assert!(verdict(0.99, 0.7).ends_with(": met"));
        assert!(verdict(0.94, 0.85).ends_with(": met"));
        assert!(verdict(0.98, 0.85).ends_with(": **missed**"));
    }
}
