//! How long programs take, in turns: rounds in which each has one, and their medians.

use std::time::Instant;

use super::rounds::{Measured, Ready};
use super::task::Task;

/// Medians of the rounds at one point.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// The score asked for; 0 in a job that is not swept.
    pub score: f64,
    /// Threads.
    pub threads: u32,
    /// Wall time in milliseconds.
    pub wall_ms: f64,
    /// User and system time in milliseconds.
    pub cpu_ms: f64,
    /// How many rounds there were.
    pub rounds: usize,
}

/// How often and how long.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Rounds at each point.
    pub count: usize,
    /// Seconds after which no further round begins.
    pub seconds: f64,
}

/// As many rounds as patience has, every program once in each; another one begins each round.
pub fn take(
    tasks: &[Option<Task>],
    ready: &mut [Ready],
    threads: u32,
    score: f64,
    patience: Patience,
    measured: &mut [Measured],
) {
    let tasks: Vec<Option<Task>> =
        tasks.iter().map(|task| Some(Task { threads, ..task.clone()? })).collect();
    for (task, ready) in tasks.iter().zip(ready.iter_mut()) {
        let Some(task) = task else { continue };
        ready.warm_up(task);
    }
    let mut walls = vec![Vec::new(); tasks.len()];
    let mut cpus = vec![Vec::new(); tasks.len()];
    let begin = Instant::now();
    for round in 0..patience.count {
        for place in turns(tasks.len(), round) {
            let (Some(Some(task)), Some(ready)) = (tasks.get(place), ready.get_mut(place)) else {
                continue;
            };
            let (Some(walls), Some(cpus)) = (walls.get_mut(place), cpus.get_mut(place)) else {
                continue;
            };
            if let Ok(done) = ready.runner(threads).ask(task) {
                walls.push(done.wall_ms);
                cpus.push(done.cpu_ms);
            }
        }
        if begin.elapsed().as_secs_f64() > patience.seconds {
            break;
        }
    }
    for ((walls, cpus), measured) in walls.into_iter().zip(cpus).zip(measured) {
        let rounds = walls.len();
        if let (Some(wall_ms), Some(cpu_ms)) = (median(walls), median(cpus)) {
            measured.times.push(Time { score, threads, wall_ms, cpu_ms, rounds });
        }
    }
}

/// The order of so many in a round.
pub fn turns(count: usize, round: usize) -> impl Iterator<Item = usize> {
    (0..count).map(move |place| (place + round) % count)
}

/// The middle one, or the mean of the middle two.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get(values.len().checked_sub(1)? / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 8.0]), Some(3.0));
    }

    #[test]
    fn everybody_begins_a_round() {
        let orders: Vec<Vec<usize>> = (0..3).map(|round| turns(3, round).collect()).collect();
        assert_eq!(orders, [[0, 1, 2], [1, 2, 0], [2, 0, 1]]);
    }
}
