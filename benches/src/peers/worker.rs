//! A program that stays and answers requests.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::task::{Answer, Done, Request};

/// A running program; killed when the value goes.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: String,
}

impl Worker {
    /// Starts it and waits for the line that tells its version.
    ///
    /// # Errors
    /// When it cannot be started or ends at once.
    pub fn start(mut command: Command) -> Result<Self, Box<dyn Error>> {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let requests = child.stdin.take().ok_or("no standard input")?;
        let answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut worker = Self { child, requests, answers, version: String::new() };
        worker.version = worker.line().map_err(|_| format!("{program} does not run"))?;
        Ok(worker)
    }

    /// Name and version, as the program tells them.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Has a request done.
    ///
    /// # Errors
    /// When a task fails or the program ends.
    pub fn ask(&mut self, request: &Request) -> Result<Done, Box<dyn Error>> {
        let mut line = serde_json::to_string(request)?;
        line.push('\n');
        self.requests.write_all(line.as_bytes())?;
        match serde_json::from_str(&self.line()?)? {
            Answer::Done(done) => Ok(done),
            Answer::Failed { error } => Err(error.into()),
        }
    }

    /// The most memory that the program has had in use at a time, in bytes.
    #[must_use]
    pub fn peak_bytes(&self) -> Option<u64> {
        peak_bytes(self.child.id())
    }

    fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(format!("it ended: {}", self.child.wait()?).into());
        }
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Only fails when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The high-water mark of a process's resident memory. Not `ru_maxrss`, in which a child begins
/// with the mark of the process that started it.
pub(super) fn peak_bytes(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}
