//! One way to ask, whether a program stays or is started for each picture.

use std::error::Error;

use super::command_line;
use super::program::{Home, Program};
use super::task::{Done, Request, Task};
use super::worker::Worker;

/// A program that is ready to be asked.
#[derive(Debug)]
pub enum Runner {
    /// One that stays.
    Worker(Worker),
    /// One that is started for each task.
    Alone(Program, Home, String),
}

/// The most memory a program has had in use.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// At its peak, in bytes.
    pub peak: u64,
    /// Before its first real picture, in bytes: the runtime and a picture of a few pixels. 0 when
    /// the program does not stay.
    pub idle: u64,
}

impl Runner {
    /// Gets a program ready to work with this many threads a picture.
    ///
    /// # Errors
    /// When it is not installed or does not run.
    pub fn start(program: Program, home: &Home, threads: u32) -> Result<Self, Box<dyn Error>> {
        match program.worker(home, threads) {
            Some(command) => Ok(Self::Worker(Worker::start(command)?)),
            None => Ok(Self::Alone(program, home.clone(), command_line::version(program)?)),
        }
    }

    /// Name and version.
    #[must_use]
    pub fn version(&self) -> &str {
        match self {
            Self::Worker(worker) => worker.version(),
            Self::Alone(_, _, version) => version,
        }
    }

    /// Whether it is one that stays.
    #[must_use]
    pub const fn stays(&self) -> bool {
        matches!(self, Self::Worker(_))
    }

    /// Has one task done.
    ///
    /// # Errors
    /// When the program fails.
    pub fn ask(&mut self, task: &Task) -> Result<Done, Box<dyn Error>> {
        match self {
            Self::Worker(worker) => worker.ask(&Request::one(task.clone())),
            Self::Alone(program, home, _) => command_line::run(*program, home, task),
        }
    }
}

/// The memory that one task takes in a process of its own, which has done `idle` before.
///
/// # Errors
/// When the program fails, or the system does not tell (it is Linux that does).
pub fn memory(
    program: Program,
    home: &Home,
    idle: &Task,
    task: &Task,
) -> Result<Memory, Box<dyn Error>> {
    let Some(command) = program.worker(home, task.threads) else {
        return Ok(Memory { peak: command_line::peak(program, home, task)?, idle: 0 });
    };
    let untold = "the system does not tell a process's peak memory";
    let mut worker = Worker::start(command)?;
    worker.ask(&Request::one(idle.clone()))?;
    let idle = worker.peak_bytes().ok_or(untold)?;
    worker.ask(&Request::one(task.clone()))?;
    Ok(Memory { peak: worker.peak_bytes().ok_or(untold)?, idle })
}
