//! flx-core as its users see it: real files in, real files out, decoded and measured.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod alpha;
mod animations;
mod avif;
mod colour;
mod damage;
mod fixtures;
mod geometry;
mod golden;
mod inputs;
mod jpeg;
mod limits;
mod lossless;
mod memory;
mod metadata;
mod orientation;
mod palette;
mod properties;
mod quality;
mod search;
mod sides;
mod stripping;
mod watermarks;
mod webp;
