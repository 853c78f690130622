//! Random numbers that can be had again.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// A generator of random numbers (splitmix64); no secret should be made with it.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// From `FLX_CHAOS_SEED`, or from the clock; prints the seed.
    ///
    /// # Panics
    /// When the variable holds no number.
    #[must_use]
    pub fn announced() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = env::var("FLX_CHAOS_SEED").map_or_else(
            |_| u64::from(now.subsec_nanos()) ^ now.as_secs(),
            |seed| seed.parse().expect("FLX_CHAOS_SEED is a number"),
        );
        println!("FLX_CHAOS_SEED={seed} makes the same choices again");
        Self(seed)
    }

    /// Another generator, for another thread.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// A number below `end`, which is above 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One of some things.
    ///
    /// # Panics
    /// When there are none.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let at = self.below(things.len() as u64);
        &things[usize::try_from(at).expect("an index")]
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}
