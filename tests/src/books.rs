//! What a data folder holds, looked at from outside: rows by SQL, files by name.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::tools;

/// Counts by SQL through another program's SQLite.
const COUNT: &str = "
import sqlite3, sys
database = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True, timeout=30)
for query in sys.argv[2:]:
    print(database.execute(query).fetchone()[0])
";

/// Rows that are left of requests.
#[derive(Debug, PartialEq, Eq)]
pub struct Rows {
    /// Credits charged in the ledger.
    pub charged: u64,
    /// Reservations that are open.
    pub open: u64,
    /// Results that can be downloaded, or have expired and were not swept yet.
    pub results: u64,
}

/// Asks a database that a server may be using.
///
/// # Panics
/// When Python is missing (no experiment is worth anything without it) or cannot read the database.
#[track_caller]
#[must_use]
pub fn rows(database: &Path) -> Rows {
    let mut python = tools::python("sqlite3").expect("Python is needed to look into the database");
    python.arg("-c").arg(COUNT).arg(database).args([
        "SELECT coalesce(sum(amount), 0) FROM ledger WHERE entry = 'settle'",
        "SELECT count(*) FROM reservations WHERE closed_at_ms IS NULL",
        "SELECT count(*) FROM results",
    ]);
    let printed = String::from_utf8(tools::run(&mut python).stdout).expect("numbers");
    let numbers: Vec<u64> = printed.lines().map(|line| line.parse().expect("a number")).collect();
    let [charged, open, results] = numbers[..] else { panic!("{printed}") };
    Rows { charged, open, results }
}

/// Files of pictures under a data folder: results, half-written ones, uploads.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn picture_files(data: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![data.join("results"), data.join("uploads")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            match entry.file_type() {
                // Locks of processes, no pictures.
                Ok(kind) if kind.is_dir() && entry.file_name() == "processes" => {}
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => files.push(entry.path()),
            }
        }
    }
    files
}

/// Waits until sweeps have removed every file, closed every reservation and forgotten every result.
///
/// # Panics
/// When something stays.
#[track_caller]
#[must_use]
pub fn swept(data: &Path) -> Rows {
    let start = Instant::now();
    loop {
        let (rows, files) = (rows(&data.join("flx.db")), picture_files(data));
        if rows.open == 0 && rows.results == 0 && files.is_empty() {
            return rows;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "left over: {rows:?}, {files:?}");
        thread::sleep(Duration::from_millis(250));
    }
}
