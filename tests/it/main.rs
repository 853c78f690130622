//! The real programs, end to end. One module a topic.

mod admin;
mod backup;
mod batch;
mod bombs;
mod chaos;
mod choice;
mod content;
mod contract;
mod corpus;
mod dashboard;
mod downloads;
mod drain;
mod geometry;
mod idempotency;
mod isolation;
mod keys;
mod littlecms;
mod load;
mod metadata;
mod multipart;
mod names;
mod options;
mod pages;
mod pictures;
mod plans;
mod readers;
mod restart;
mod scale;
mod secrets;
mod smartcrop;
mod smuggling;
mod statuses;
mod transcript;
mod usage;
mod watermark;

use flx_tests::pictures::{jpeg, photo};

/// A photograph as people upload them, in small: 320 × 213 px.
fn small_jpeg() -> Vec<u8> {
    jpeg(&photo(320, 213, 1), 90)
}
