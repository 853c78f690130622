//! Files that nobody means well with.

mod animations;
mod avif;
mod bmp;
mod damage;
mod disguised;
mod jpeg;
mod laden;
mod png;
mod tiff;
mod webp;

pub use self::animations::animation_bombs;
pub use self::laden::{Laden, PAYLOAD, laden};

/// A file and what is wrong with it.
#[derive(Debug)]
pub struct Hostile {
    /// What is wrong with it.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// The status that answers it.
    pub status: u16,
}

impl Hostile {
    /// It says that it is more than is read, or is damaged.
    fn unprocessable(name: &'static str, bytes: Vec<u8>) -> Self {
        Self { name, bytes, status: 422 }
    }

    /// It is no picture of a kind that is read.
    fn unsupported(name: &'static str, bytes: Vec<u8>) -> Self {
        Self { name, bytes, status: 415 }
    }
}

/// Bombs, damage, and files that are no pictures: none of them becomes a picture of any format.
#[must_use]
pub fn hostile() -> Vec<Hostile> {
    let kinds = [
        damage::files(),
        disguised::files(),
        jpeg::bombs(),
        png::bombs(),
        webp::bombs(),
        avif::bombs(),
        tiff::bombs(),
        bmp::bombs(),
    ];
    kinds.into_iter().flatten().collect()
}
