//! Which engines this build reads and writes formats with.

use std::fmt;

use crate::Format;

/// An engine in this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Engine {
    /// The format it writes.
    pub format: Format,
    /// The name of the library.
    pub name: &'static str,
    /// Whether it is there at full speed; without the feature `asm`, rav1e is about three times
    /// slower than it could be.
    pub full_speed: bool,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.full_speed { Ok(()) } else { f.write_str(" (portable)") }
    }
}

/// The engine that writes each format of this build, in the order of [`Format::ALL`].
///
/// ```
/// for engine in flx_core::engines() {
///     println!("{}: {engine}", engine.format);
/// }
/// ```
#[must_use]
pub fn engines() -> Vec<Engine> {
    Format::ALL.into_iter().filter(|format| format.is_enabled()).map(engine).collect()
}

const fn engine(format: Format) -> Engine {
    match format {
        Format::WebP => Engine { format, name: "libwebp", full_speed: true },
        Format::Avif if cfg!(feature = "avif-aom") => {
            Engine { format, name: "libaom", full_speed: true }
        }
        Format::Avif => Engine { format, name: "rav1e", full_speed: cfg!(feature = "asm") },
        Format::Jpeg if cfg!(feature = "jpeg-jpegli") => {
            Engine { format, name: "jpegli", full_speed: true }
        }
        Format::Jpeg => Engine { format, name: "mozjpeg", full_speed: true },
        Format::Png => Engine { format, name: "oxipng", full_speed: true },
    }
}
