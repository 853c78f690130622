//! The programs that are measured, where they are, and how they are started.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that makes pictures smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Program {
    /// flx with the engines of a release build.
    Flx,
    /// flx with the engines that cargo and a C compiler build (and the SIMD of `asm`).
    FlxPortable,
    /// flx as a process that makes one picture, as the command-line tools are.
    FlxAlone,
    /// The ravif crate by itself.
    Ravif,
    /// sharp in Node.
    Sharp,
    /// Pillow in Python.
    Pillow,
    /// libwebp's tool.
    Cwebp,
    /// libwebp's tool for animations.
    Gif2webp,
    /// libavif's tool.
    Avifenc,
    /// libjpeg-turbo's tool.
    Cjpeg,
    /// optipng.
    Optipng,
    /// libvips' tool.
    Vips,
}

impl Program {
    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flx | Self::FlxAlone => "flx",
            Self::FlxPortable => "flx, portable engine",
            Self::Ravif => "ravif",
            Self::Sharp => "sharp",
            Self::Pillow => "Pillow",
            Self::Cwebp => "cwebp",
            Self::Gif2webp => "gif2webp",
            Self::Avifenc => "avifenc",
            Self::Cjpeg => "cjpeg",
            Self::Optipng => "optipng",
            Self::Vips => "vips",
        }
    }

    /// Whether it is flx in one of its shapes.
    #[must_use]
    pub const fn is_flx(self) -> bool {
        matches!(self, Self::Flx | Self::FlxPortable | Self::FlxAlone)
    }

    /// How it is started to answer requests, with this many threads for each picture, when it is
    /// one that stays.
    #[must_use]
    pub fn worker(self, home: &Home, threads: u32) -> Option<Command> {
        let mut command = match self {
            Self::Flx => flx(&home.0.join("flx-worker"), "flx"),
            Self::FlxPortable => flx(&home.0.join("flx-worker-portable"), "flx"),
            Self::Ravif => flx(&home.0.join("flx-worker"), "ravif"),
            Self::Sharp => {
                let mut command = Command::new("node");
                command.arg(script("sharp.mjs")).current_dir(home.0.join("node"));
                command
            }
            Self::Pillow => {
                let mut command = Command::new(
                    std::env::var_os("FLX_TEST_PYTHON").unwrap_or_else(|| "python3".into()),
                );
                command.arg(script("pillow.py"));
                command
            }
            _ => return None,
        };
        command.env("RAYON_NUM_THREADS", threads.to_string());
        Some(command)
    }
}

fn flx(worker: &Path, engine: &str) -> Command {
    let mut command = Command::new(worker);
    command.arg(engine);
    command
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name)
}

/// The folder that holds installed peers, flx's workers, pictures and results.
#[derive(Debug, Clone)]
pub struct Home(pub PathBuf);
