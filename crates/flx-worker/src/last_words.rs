//! What a child writes to its standard error: panics, and libraries that give up.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::ChildStderr;
use std::thread;

/// What a child may say before the rest goes unread into nothing.
const MOST_BYTES: u64 = 64 * 1024;
/// Longest line that is logged whole.
const LONGEST_LINE: usize = 1024;

/// Logs the lines of a child until it ends.
pub(crate) fn log(stderr: ChildStderr, process: u32) -> std::io::Result<()> {
    thread::Builder::new().name(String::from("flx-last-words")).spawn(move || {
        let mut lines = BufReader::new(stderr.take(MOST_BYTES));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            line.truncate(LONGEST_LINE);
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_end();
            if !text.is_empty() {
                tracing::warn!(worker.pid = process, said = ?text, "a worker process complains");
            }
            line.clear();
        }
        // Unread it would block a child that has much to say.
        let mut rest = lines.into_inner().into_inner();
        let _ = std::io::copy(&mut rest, &mut std::io::sink());
    })?;
    Ok(())
}
