//! Which engine writes a format: the one place that decides.

use std::fmt;

use crate::{Effort, Format};

/// A library that writes a format. Those that are not in the build are never chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writer {
    Libwebp,
    Libaom,
    Rav1e,
    Jpegli,
    Mozjpeg,
    Oxipng,
}

/// The library that writes a format at an effort; encoding runs it, [`engines`] names it.
pub(crate) const fn writer(format: Format, effort: Effort) -> Writer {
    match (format, effort) {
        (Format::WebP, _) => Writer::Libwebp,
        (Format::Avif, _) if cfg!(feature = "avif-aom") => Writer::Libaom,
        (Format::Avif, _) => Writer::Rav1e,
        // jpegli is as small as mozjpeg on large pictures in a sixth of its time; mozjpeg's search
        // still finds the smallest file on many.
        (Format::Jpeg, Effort::Fast | Effort::Balanced) if cfg!(feature = "jpeg-jpegli") => {
            Writer::Jpegli
        }
        (Format::Jpeg, _) => Writer::Mozjpeg,
        (Format::Png, _) => Writer::Oxipng,
    }
}

impl Writer {
    const fn name(self) -> &'static str {
        match self {
            Self::Libwebp => "libwebp",
            Self::Libaom => "libaom",
            Self::Rav1e => "rav1e",
            Self::Jpegli => "jpegli",
            Self::Mozjpeg => "mozjpeg",
            Self::Oxipng => "oxipng",
        }
    }

    const fn is_full_speed(self) -> bool {
        let simd = cfg!(feature = "simd");
        let x86 = cfg!(any(target_arch = "x86", target_arch = "x86_64"));
        match self {
            // SSE4.1 comes with `simd`; elsewhere the compiler's own target has what there is.
            Self::Libwebp => simd || !x86,
            // Its build leaves SIMD out without a word where there is no nasm; `simd` cannot be
            // built without.
            Self::Mozjpeg => simd || !x86,
            Self::Rav1e => cfg!(feature = "asm"),
            // These cannot be built slower.
            Self::Libaom | Self::Jpegli | Self::Oxipng => true,
        }
    }
}

/// An engine in this build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Engine {
    /// The format it writes.
    pub format: Format,
    /// The name of the library.
    pub name: &'static str,
    /// Whether it is known to be there at full speed. Without the feature `asm`, rav1e is about
    /// three times slower than it could be. On x86 and without `simd`, which `asm` and `engines`
    /// switch on, libwebp goes without SSE4.1, and mozjpeg without any SIMD if no nasm was there
    /// when it was built, which nobody can tell afterwards.
    pub full_speed: bool,
}

impl Engine {
    /// The engine that writes a format at an effort.
    #[must_use]
    pub const fn of(format: Format, effort: Effort) -> Self {
        let writer = writer(format, effort);
        Self { format, name: writer.name(), full_speed: writer.is_full_speed() }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.full_speed { Ok(()) } else { f.write_str(" (portable)") }
    }
}

/// The engines that write the formats of this build, in the order of [`Format::ALL`]. A format is
/// there twice where its greatest effort has an engine of its own, which comes second.
///
/// ```
/// for engine in flx_core::engines() {
///     println!("{}: {engine}", engine.format);
/// }
/// ```
#[must_use]
pub fn engines() -> Vec<Engine> {
    let enabled = Format::ALL.into_iter().filter(|format| format.is_enabled());
    let mut engines: Vec<_> =
        enabled.flat_map(|format| Effort::ALL.map(|effort| Engine::of(format, effort))).collect();
    engines.dedup();
    engines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effort_of_every_format_has_an_engine_that_is_named() {
        let named = engines();
        for format in Format::ALL.into_iter().filter(|format| format.is_enabled()) {
            for effort in Effort::ALL {
                assert!(named.contains(&Engine::of(format, effort)), "{format} at {effort}");
            }
        }
        let of_jpeg: Vec<_> = named.iter().filter(|engine| engine.format == Format::Jpeg).collect();
        assert_eq!(of_jpeg.len(), if cfg!(feature = "jpeg-jpegli") { 2 } else { 1 });
        assert_eq!(of_jpeg.last().unwrap().name, "mozjpeg");
    }
}
