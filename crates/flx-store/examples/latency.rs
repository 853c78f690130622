//! How long a request's store calls take: `cargo run --release -p flx-store --example latency`,
//! with the number of other accounts in the database as argument (default 0).

#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use std::error::Error;
use std::time::Instant;

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use flx_keys::{Actor, HashCost, Keyring, KeyringOptions};
use flx_plans::{Credits, Tier};
use flx_store::{DatabaseUrl, Durability, ReserveRequest, Store, StoreOptions};

const ROUNDS: usize = 5_000;
const NOW_MS: i64 = 1_801_353_600_000;

fn main() -> Result<(), Box<dyn Error>> {
    let others: u32 = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 0,
    };
    for durability in [Durability::Normal, Durability::Full] {
        println!("{others} other accounts, {durability:?}");
        measure(others, durability)?;
    }
    Ok(())
}

fn measure(others: u32, durability: Durability) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let url = DatabaseUrl::in_data_dir(folder.path());
    let options = StoreOptions::default().with_durability(durability);
    let store = Store::open_or_create(&url, &options)?;
    add_others(&url, others)?;

    let by = Actor::new("latency");
    let email = "ada@example.org".parse()?;
    let account = store.create_account(&email, Tier::Agency, &by, NOW_MS)?;
    let ring = Keyring::new(KeyringOptions::default().with_hash_cost(HashCost::CHEAPEST))?;
    let key = ring.generate(&store, &account.id.owner(), &by, NOW_MS)?;
    let lookup = key.record.lookup.clone();
    let request = ReserveRequest::new(account.id, account.tier, Credits(1), Credits(u32::MAX))
        .with_key(key.record.id);

    report("authentication read", || {
        store.find_key_holder(&lookup, NOW_MS)?.ok_or("no key")?;
        Ok(())
    })?;
    report("reserve + settle", || {
        let reservation = store.reserve(&request, NOW_MS)?;
        let _ = store.settle(&reservation.id, Credits(1), NOW_MS)?;
        Ok(())
    })?;
    Ok(())
}

fn report(
    name: &str,
    mut call: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + ROUNDS / 10 {
        let begin = Instant::now();
        call()?;
        // The first tenth warms caches and statements up.
        if round >= ROUNDS / 10 {
            times.push(begin.elapsed());
        }
    }
    times.sort_unstable();
    let at = |share: usize| times.get(ROUNDS * share / 1_000).copied().unwrap_or_default();
    println!("  {name}: p50 {:?}, p99 {:?}, p99.9 {:?}", at(500), at(990), at(999));
    Ok(())
}

/// Fills the tables with accounts that each have a key, a period and a settled reservation.
fn add_others(url: &DatabaseUrl, count: u32) -> Result<(), Box<dyn Error>> {
    let path = url.path().to_str().ok_or("the temporary folder is not UTF-8")?;
    let mut connection = diesel::SqliteConnection::establish(path)?;
    connection.batch_execute(&format!(
        "PRAGMA cache_size = -1000000;
         BEGIN;
         CREATE TEMP TABLE n AS
         WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {count})
         SELECT i, lower(hex(randomblob(16))) AS id FROM c WHERE {count} > 0;
         INSERT INTO accounts SELECT id, id || '@example.org', 'pro', {NOW_MS}, NULL, {NOW_MS},
             {NOW_MS}, 0, 0, 0 FROM n;
         INSERT INTO api_keys SELECT 'k' || id, id, substr(id, 1, 12) || i, '$argon2id$', 'x',
             'active', 1, {NOW_MS}, 'x', NULL, NULL, NULL FROM n;
         INSERT INTO usage_periods SELECT id, 0, {NOW_MS}, {NOW_MS} + 1, 1, 0 FROM n;
         INSERT INTO reservations SELECT 'r' || id, id, NULL, 'compression', 0, 1, 0, 'settled', 1,
             {NOW_MS}, {NOW_MS}, {NOW_MS} FROM n;
         INSERT INTO ledger SELECT 'l' || id, id, 0, 'compression', 'settle', 1, 0, 'r' || id,
             {NOW_MS} FROM n;
         COMMIT;"
    ))?;
    Ok(())
}
