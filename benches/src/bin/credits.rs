//! Authentication, reservation and settlement on real SQLite files, with the default durability:
//! `just bench-credits [COUNT]`.
//!
//! `credits FOLDER` makes a database of its own in the folder; each further argument names a
//! database, filled before, that is measured beside it in turns. Callers are added to all.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use flx_benches::callers::{Callers, NOW_MS};
use flx_benches::machine;
use flx_benches::times::{Times, micros};
use flx_store::{DatabaseUrl, Store, StoreOptions};

/// Measured for each row of the table.
const ROUNDS: usize = 10_000;
/// Run before them, unmeasured.
const WARM_UP: usize = 1_000;
/// Rounds of one row before it is the next one's turn.
const TURN: usize = 100;
/// Callers that send in turn, beside one that sends again and again.
const MANY: u32 = 1_000;
/// The time over which the accounts of a filled database were created.
const GROWTH: Duration = Duration::from_secs(20 * 86_400);

struct Row {
    name: String,
    callers: Callers,
    authenticate: Times,
    reserve: Times,
    both: Times,
    settle: Times,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: credits FOLDER [DATABASE...]")?;
    let folder = tempfile::tempdir_in(folder)?;
    let mut rows = vec![Row::new("1 account", folder.path(), 1)?];
    for database in arguments {
        let path = Path::new(&database);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        rows.push(Row::new(&format!("{name}, 1 caller"), path, 1)?);
        rows.push(Row::new(&format!("{name}, {MANY} callers"), path, MANY)?);
    }

    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", machine::facts())?;
    for turn in 0..(WARM_UP + ROUNDS) / TURN {
        for row in &mut rows {
            for round in turn * TURN..(turn + 1) * TURN {
                row.request(round)?;
            }
        }
    }
    writeln!(out, "microseconds, p50 / p99 of {ROUNDS} requests a row\n")?;
    writeln!(out, "| database | authenticate | reserve | both | settle |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for row in &rows {
        let show = |times: &Times| {
            format!("{:.0} / {:.0}", micros(times.median()), micros(times.percentile(99)))
        };
        let (authenticate, reserve) = (show(&row.authenticate), show(&row.reserve));
        let (both, settle) = (show(&row.both), show(&row.settle));
        writeln!(out, "| {} | {authenticate} | {reserve} | {both} | {settle} |", row.name)?;
    }
    if let Some((small, large)) = rows.split_first() {
        let base = micros(small.both.median());
        for row in large {
            let ratio = micros(row.both.median()) / base;
            writeln!(out, "{}: {ratio:.2} × of {}", row.name, small.name)?;
        }
    }
    Ok(())
}

impl Row {
    fn new(name: &str, folder: &Path, callers: u32) -> Result<Self, Box<dyn Error>> {
        let url = DatabaseUrl::in_data_dir(folder);
        let store = Store::open_or_create(&url, &StoreOptions::default())?;
        Ok(Self {
            name: name.to_owned(),
            callers: Callers::create(store, callers, GROWTH)?,
            authenticate: Times::default(),
            reserve: Times::default(),
            both: Times::default(),
            settle: Times::default(),
        })
    }

    /// One request's use of the database.
    fn request(&mut self, round: usize) -> Result<(), Box<dyn Error>> {
        let now_ms = NOW_MS + i64::try_from(round)?;
        let key = self.callers.key(round).ok_or("no callers")?;
        let (mut first, mut second, mut third) =
            (Times::default(), Times::default(), Times::default());
        let holder = first.measure(|| self.callers.authenticate(key, now_ms))?;
        let reservation = second.measure(|| self.callers.reserve(&holder, now_ms))?;
        third.measure(|| self.callers.settle(&reservation, now_ms))?;
        if round >= WARM_UP {
            self.authenticate.push(first.median());
            self.reserve.push(second.median());
            self.both.push(first.median() + second.median());
            self.settle.push(third.median());
        }
        Ok(())
    }
}
