//! What is asked of flx and of every peer alike, and what they answer: one line of JSON each.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One picture to be made from another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The file to read. It is read before the clock starts.
    pub input: PathBuf,
    /// Where the result goes, after the clock has stopped; nowhere when it is only timed.
    pub output: Option<PathBuf>,
    /// `webp`, `avif`, `jpg`, `png`; sharp and Pillow can also write `raw` RGB.
    pub format: String,
    /// Which of its ways the program takes, such as `mozjpeg` or `effort4`; `animated` has sharp
    /// take all frames.
    pub variant: String,
    /// The program's own quality setting.
    pub setting: u32,
    /// The result's width in pixels; the input's when not given.
    pub width: Option<u32>,
    /// Threads the program may use, at least 1.
    pub threads: u32,
}

/// Tasks, and how many of them run at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// At least one.
    pub tasks: Vec<Task>,
    /// At least 1.
    pub lanes: usize,
}

/// What doing all tasks of a request took and gave.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// From bytes in memory to bytes in memory.
    pub wall_ms: f64,
    /// User and system time of the whole process in that time.
    pub cpu_ms: f64,
    /// Sum of the results' sizes.
    pub bytes: u64,
    /// Width of the first result in pixels; 0 when the program does not say.
    pub width: u32,
    /// Height of the first result in pixels; 0 when the program does not say.
    pub height: u32,
    /// Whether the first result is the input as it was.
    #[serde(default)]
    pub unchanged: bool,
    /// Of an animation that sharp shows: how long each of the frames, which stand one below the
    /// other, is shown, in milliseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delays: Vec<u32>,
}

/// The answer to a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// All tasks are done.
    Done(Done),
    /// Some task failed.
    Failed {
        /// Why.
        error: String,
    },
}

impl Request {
    /// A request of one task.
    #[must_use]
    pub fn one(task: Task) -> Self {
        Self { tasks: vec![task], lanes: 1 }
    }
}
