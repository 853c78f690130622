//! Fills a database with accounts, to measure how much their number matters:
//! `cargo run --release -p flx-store --example fill -- FOLDER 1000000`.

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use flx_store::{DatabaseUrl, Store, StoreOptions};

/// 31 January 2027; one account was created every 1.7 s before it.
const NOW_MS: i64 = 1_801_353_600_000;

/// Each account has a key, a period, a settled reservation and its ledger entry. Ids grow with the
/// account's age as UUIDv7 do; an odd factor scatters the lookups, none of them twice.
const ACCOUNTS: &str = "
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -1000000;
    BEGIN;
    CREATE TEMP TABLE born AS
    WITH RECURSIVE c (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < {count})
    SELECT i, {now} - ({count} - i) * 1700 AS ms FROM c;
    CREATE TEMP TABLE n AS
    SELECT i, ms, printf('%08x-%04x-7%03x-8%03x-%012x', ms >> 16, ms & 65535, i & 4095,
        (i >> 12) & 4095, i) AS id,
        printf('%012x', (i * 182648117123) & 281474976710655) AS lookup FROM born;
    INSERT INTO accounts SELECT id, 'filled-' || i || '@example.org', 'pro', ms, NULL, ms, ms,
        0, 0, 0 FROM n;
    INSERT INTO api_keys SELECT id, id, lookup, '$argon2id$v=19$m=19456,t=2,p=1$' ||
        'c2FsdHNhbHRzYWx0c2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g',
        'flx_live_' || substr(lookup, 1, 5) || '...0000', 'active', 1, ms, 'fill', NULL, NULL, NULL
        FROM n;
    INSERT INTO usage_periods SELECT id, 0, ms, ms + 2678400000, 1, 0 FROM n;
    INSERT INTO reservations SELECT id, id, id, 'compression', 0, 1, 0, 'settled', 1, ms,
        ms + 30000, ms + 300 FROM n;
    INSERT INTO ledger SELECT id, id, 0, 'compression', 'settle', 1, 0, id, ms + 300 FROM n;
    COMMIT;
    PRAGMA journal_mode = WAL;
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(count)) = (arguments.next(), arguments.next()) else {
        return Err("usage: fill FOLDER COUNT".into());
    };
    let count: u32 = count.parse()?;
    let url = DatabaseUrl::in_data_dir(Path::new(&folder));
    Store::migrate(&url, &StoreOptions::default().with_created_folder())?;

    let begin = Instant::now();
    let path = url.path().to_str().ok_or("the folder's name is not UTF-8")?;
    let statements =
        ACCOUNTS.replace("{count}", &count.to_string()).replace("{now}", &NOW_MS.to_string());
    diesel::SqliteConnection::establish(path)?.batch_execute(&statements)?;
    let size = std::fs::metadata(path)?.len();
    println!("{count} accounts in {:.0?}, {} MB", begin.elapsed(), size / 1_000_000);
    Ok(())
}
