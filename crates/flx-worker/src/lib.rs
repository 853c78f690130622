//! One picture at a time in a process of its own, with next to no rights.
//!
//! Codecs read what strangers send, and some are written in C. In a process of their own neither a
//! fault in one, nor memory that runs out, reaches other pictures, the database or the sockets.
//!
//! A [`Worker`] starts a program again as its child, gives it one picture after another, and a new
//! child where one has died, is late or is no longer wanted. The program begins with
//! [`Duty::of`], which tells whether it is such a child, and then does its [`Duty`]:
//!
//! ```no_run
//! use flx_worker::Duty;
//!
//! fn main() -> std::process::ExitCode {
//!     if let Some(duty) = Duty::of(std::env::args_os().skip(1)) {
//!         return duty.serve(|| ());
//!     }
//!     // What the program does otherwise, with workers of `flx_worker::Command::this_program()`.
//!     std::process::ExitCode::SUCCESS
//! }
//! ```
//!
//! Before it reads anything a child gives up files, the network, other processes and most system
//! calls: see [`Containment`].

mod command;
mod containment;
mod duty;
mod error;
mod frame;
mod last_words;
mod mark;
mod message;
mod process;
mod tally;
mod watch;
mod worker;

pub use command::Command;
pub use containment::Containment;
pub use duty::Duty;
pub use error::Error;
pub use mark::{Look, Mark};
pub use process::Part;
pub use tally::Tally;
pub use worker::{Terms, Worker};
