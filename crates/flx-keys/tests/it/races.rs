//! Writers at once.

use std::sync::Barrier;
use std::thread;

use flx_keys::{Error, KeyState};

use crate::memory::{Memory, ada, admin, keyring};

/// Runs the same thing in several threads that start together.
fn together<T: Send>(threads: usize, run: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let one = || {
            start.wait();
            run()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn of_two_rolls_from_the_same_key_one_wins() {
    for _ in 0..100 {
        let (rows, keys) = (Memory::default(), keyring());
        let seen = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap().record;
        let ends = together(2, || keys.roll_from(&rows, &seen, &admin(), 2_000));
        let conflicts = ends.iter().filter(|end| matches!(end, Err(Error::Conflict))).count();
        let winners: Vec<_> = ends.iter().flatten().collect();
        assert_eq!((winners.len(), conflicts), (1, 1));
        assert!(keys.authenticate(winners[0].key.expose(), &rows).is_ok());
        let active = rows.rows().iter().filter(|row| row.state == KeyState::Active).count();
        assert_eq!(active, 1);
    }
}

#[test]
fn of_several_first_keys_at_once_one_is_made() {
    let (rows, keys) = (Memory::default(), keyring());
    let ends = together(8, || keys.generate(&rows, &ada(), &admin(), 1_000));
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1);
    let refused =
        |end: &&Result<_, _>| matches!(end, Err(Error::Conflict | Error::AlreadyActive(_)));
    assert_eq!(ends.iter().filter(refused).count(), 7);
    assert_eq!(rows.rows().len(), 1);
}

#[test]
fn a_revoke_and_a_roll_at_once_leave_at_most_one_active_key() {
    for _ in 0..100 {
        let (rows, keys) = (Memory::default(), keyring());
        let seen = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap().record;
        thread::scope(|scope| {
            scope.spawn(|| keys.revoke(&rows, &ada(), &admin(), 2_000).ok());
            scope.spawn(|| keys.roll_from(&rows, &seen, &admin(), 2_000).ok());
        });
        let history = rows.rows();
        assert_ne!(history[0].state, KeyState::Active);
        assert!(history.iter().filter(|row| row.state == KeyState::Active).count() <= 1);
    }
}
