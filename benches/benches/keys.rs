//! Verification of keys, warm and cold: `just bench keys`.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use flx_benches::callers::{Callers, NOW_MS};
use flx_keys::{
    Actor, ApiKey, KeyRecord, KeyRepository, Keyring, KeyringOptions, Lookup, NewKey, OwnerId,
    Written,
};
use flx_plans::Tier;
use flx_store::{DatabaseUrl, Store, StoreOptions};

const CALLERS: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let folder = tempfile::tempdir()?;
    let url = DatabaseUrl::in_data_dir(folder.path());
    let store = Store::open_or_create(&url, &StoreOptions::default())?;

    in_memory(&mut criterion, &store)?;
    in_database(&mut criterion, store)?;
    criterion.final_summary();
    Ok(())
}

/// flx-keys alone, at the default cost of a hash.
fn in_memory(criterion: &mut Criterion, store: &Store) -> Result<(), Box<dyn Error>> {
    let keyring = Keyring::new(KeyringOptions::default())?;
    let by = Actor::new("benches");
    let account = store.create_account(&"ada@example.org".parse()?, Tier::Pro, &by, NOW_MS)?;
    let issued = keyring.generate(store, &account.id.owner(), &by, NOW_MS)?;
    let rows = Rows(HashMap::from([(issued.record.lookup.clone(), issued.record)]));
    let key = issued.key.expose();
    let unknown = ApiKey::generate()?;

    keyring.authenticate(key, &rows)?;
    let mut group = criterion.benchmark_group("keys in memory");
    group.bench_function("warm", |bencher| {
        bencher.iter(|| keyring.authenticate(key, &rows));
    });
    group.bench_function("unknown", |bencher| {
        bencher.iter(|| keyring.authenticate(unknown.expose(), &rows));
    });
    group.bench_function("cold (one argon2 run)", |bencher| {
        bencher.iter_batched(
            || Keyring::new(KeyringOptions::default()),
            |fresh| fresh.and_then(|keyring| keyring.authenticate(key, &rows)),
            BatchSize::PerIteration,
        );
    });
    group.finish();
    Ok(())
}

/// What the server does: key, account and usage are read from a file in one query.
fn in_database(criterion: &mut Criterion, store: Store) -> Result<(), Box<dyn Error>> {
    let callers = Callers::create(store, CALLERS, Duration::from_secs(86_400))?;
    let mut turn = 0;
    callers.authenticate(callers.key(turn).ok_or("no callers")?, NOW_MS)?;
    let mut group = criterion.benchmark_group("keys in SQLite");
    group.bench_function("warm, with account and usage", |bencher| {
        bencher.iter(|| {
            turn += 1;
            callers.key(turn).map(|key| callers.authenticate(key, NOW_MS).is_ok())
        });
    });
    group.finish();
    Ok(())
}

/// Rows as somebody else wrote them, to be read only.
struct Rows(HashMap<Lookup, KeyRecord>);

impl KeyRepository for Rows {
    type Error = Infallible;

    fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>, Infallible> {
        Ok(self.0.get(lookup).cloned())
    }

    fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>, Infallible> {
        Ok(self.0.values().find(|record| record.owner == *owner).cloned())
    }

    fn insert_first(&self, _: &NewKey, _: &Actor, _: i64) -> Result<Written, Infallible> {
        Ok(Written::Conflict)
    }

    fn replace_active(
        &self,
        _: &KeyRecord,
        _: &NewKey,
        _: &Actor,
        _: i64,
    ) -> Result<Written, Infallible> {
        Ok(Written::Conflict)
    }

    fn revoke_active(&self, _: &KeyRecord, _: &Actor, _: i64) -> Result<Written, Infallible> {
        Ok(Written::Conflict)
    }
}
