//! flx beside its peers: the same jobs on the same pictures, in turns.

pub mod batch;
pub mod cells;
pub mod command_line;
pub mod curve;
pub mod engines;
pub mod film;
pub mod finished;
pub mod goals;
pub mod job;
pub mod job_details;
pub mod job_tables;
pub mod judge;
pub mod load_tables;
pub mod material;
pub mod plot;
pub mod program;
pub mod race;
pub mod ratio;
pub mod report;
pub mod rounds;
pub mod runner;
pub mod scaling;
pub mod scope;
pub mod task;
pub mod turns;
pub mod worker;
