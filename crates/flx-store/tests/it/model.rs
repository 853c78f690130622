//! The ledger against a model that a person can check by reading.

use std::collections::HashMap;

use flx_plans::{BillingAnchor, Credits, Tier};
use flx_store::{Closed, CreditKind, Reservation, ReserveRequest, Settlement, StoreError};
use proptest::prelude::*;

use crate::harness::{DAY, T0, account, assert_sound, on_every_backend, tester, usage};

const LIMIT: u32 = 20;
const LEASE_MS: i64 = 2 * DAY;

#[derive(Clone, Debug)]
enum Step {
    Reserve(CreditKind, u32),
    Settle(prop::sample::Index, u32),
    Release(prop::sample::Index),
    Sweep,
    TopUp(u32),
    /// Days ahead or back.
    Clock(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = prop_oneof![Just(CreditKind::Compression), Just(CreditKind::Ai)];
    let step = prop_oneof![
        5 => (kind, 1..12_u32).prop_map(|(kind, n)| Step::Reserve(kind, n)),
        4 => (any::<prop::sample::Index>(), 0..12_u32).prop_map(|(i, n)| Step::Settle(i, n)),
        1 => any::<prop::sample::Index>().prop_map(Step::Release),
        1 => Just(Step::Sweep),
        1 => (1..30_u32).prop_map(Step::TopUp),
        2 => (-31..62_i64).prop_map(Step::Clock),
    ];
    prop::collection::vec(step, 1..60)
}

/// Used credits of one period.
#[derive(Default)]
struct Books {
    compressions: u32,
    ai: u32,
}

struct Open {
    reservation: Reservation,
    period: u32,
    from_topup: u32,
    how: Option<(Closed, u32)>,
}

#[derive(Default)]
struct Model {
    highest: u32,
    books: HashMap<u32, Books>,
    topup: u32,
    made: Vec<Open>,
}

impl Model {
    fn period(&mut self, now_ms: i64) -> u32 {
        let by_clock = BillingAnchor::new(T0).unwrap().period_at(now_ms).unwrap().index();
        self.highest.max(by_clock)
    }

    /// How much is taken from the top-ups, if there is enough.
    fn reserve(&mut self, kind: CreditKind, amount: u32, now_ms: i64) -> Option<u32> {
        let period = self.period(now_ms);
        let books = self.books.entry(period).or_default();
        let (used, reserve) = match kind {
            CreditKind::Compression => (&mut books.compressions, 0),
            CreditKind::Ai => (&mut books.ai, self.topup),
        };
        let own = amount.min(LIMIT - *used);
        if amount - own > reserve {
            return None;
        }
        *used += own;
        self.topup -= amount - own;
        self.highest = period;
        Some(amount - own)
    }

    fn close(&mut self, index: usize, how: Closed, charged: u32) {
        let open = &mut self.made[index];
        open.how = Some((how, charged));
        let back = open.reservation.amount.get() - charged;
        let to_topup = back.min(open.from_topup);
        self.topup += to_topup;
        let books = self.books.get_mut(&open.period).unwrap();
        match open.reservation.kind {
            CreditKind::Compression => books.compressions -= back,
            CreditKind::Ai => books.ai -= back - to_topup,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_ledger_does_what_the_model_does(steps in steps()) {
        on_every_backend(|db| {
            let store = db.store();
            let account = account(&store, Tier::Pro);
            let mut model = Model::default();
            let mut now = T0;
            for step in &steps {
                match step {
                    Step::Clock(days) => now += days * DAY,
                    Step::TopUp(n) => {
                        store.add_ai_credits(&account.id, Credits(*n), &tester(), now).unwrap();
                        model.topup += n;
                    }
                    Step::Reserve(kind, n) => {
                        let request = ReserveRequest::new(
                            account.id.clone(), account.tier, Credits(*n), Credits(LIMIT),
                        )
                        .with_kind(*kind)
                        .with_lease_ms(LEASE_MS);
                        let expected = model.reserve(*kind, *n, now);
                        match (store.reserve(&request, now), expected) {
                            (Ok(reservation), Some(from_topup)) => model.made.push(Open {
                                reservation, period: model.highest, from_topup, how: None,
                            }),
                            (Err(StoreError::QuotaExceeded { .. }), None) => {}
                            (found, expected) => panic!("{step:?}: {found:?}, not {expected:?}"),
                        }
                    }
                    Step::Settle(_, _) | Step::Release(_) if model.made.is_empty() => {}
                    Step::Settle(index, n) => {
                        let index = index.index(model.made.len());
                        let open = &model.made[index];
                        let found = store.settle(&open.reservation.id, Credits(*n), now);
                        match (found, open.how) {
                            (Ok(Settlement::Already { how, charged }), Some(before)) => {
                                assert_eq!((how, charged.get()), before);
                            }
                            (Err(StoreError::OutOfRange { .. }), None) => {
                                assert!(*n > open.reservation.amount.get());
                            }
                            (Ok(Settlement::Done { .. }), None) => {
                                model.close(index, Closed::Settled, *n);
                            }
                            (found, _) => panic!("{step:?}: {found:?}"),
                        }
                    }
                    Step::Release(index) => {
                        let index = index.index(model.made.len());
                        let open = &model.made[index];
                        let found = store.release(&open.reservation.id, now).unwrap();
                        assert_eq!(matches!(found, Settlement::Done { .. }), open.how.is_none());
                        if open.how.is_none() {
                            model.close(index, Closed::Released, 0);
                        }
                    }
                    Step::Sweep => {
                        let expired: Vec<usize> = model.made.iter().enumerate()
                            .filter(|(_, open)| open.how.is_none() && open.reservation.lease_ends_ms <= now)
                            .map(|(index, _)| index)
                            .collect();
                        let swept = store.sweep_expired_reservations(now).unwrap();
                        assert_eq!(swept.reservations, expired.len() as u64);
                        for index in expired {
                            model.close(index, Closed::Expired, 0);
                        }
                    }
                }
                let period = model.period(now);
                let books = model.books.entry(period).or_default();
                let seen = usage(&store, &account, now);
                assert_eq!(seen.compressions_used.get(), books.compressions, "{step:?}");
                assert_eq!(seen.ai_used.get(), books.ai, "{step:?}");
                assert_eq!(seen.ai_topup.get(), model.topup, "{step:?}");
                assert_eq!(seen.period_index, i64::from(period), "{step:?}");
            }
            assert_sound(&store);
        });
    }
}
