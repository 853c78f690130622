//! The pictures of one request, worked on in parallel and answered in order.

mod admission;
mod budget;
mod codec;
mod mark;
mod memory;
mod picture;
mod pool;
mod weight;

pub(crate) use self::admission::{Admission, Place};
pub(crate) use self::codec::Codec;
pub(crate) use self::mark::Mark;
pub(crate) use self::memory::default_limit as default_memory_limit;
pub(crate) use self::picture::{Finished, Job, Outcome, run};
pub(crate) use self::pool::CpuPool;
