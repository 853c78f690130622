//! Time against bytes.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How much time an encoder may take to make a result smaller at the same quality.
///
/// The quality scale stays the same at every effort. Against [`Balanced`](Self::Balanced), at quality
/// 82, with the engines of a release build; times of photographs of 2.8 and 11.2 megapixels, bytes of
/// the larger one:
///
/// | | `fast`: time | bytes | `small`: time | bytes |
/// |---|---|---|---|---|
/// | WebP | 0.33–0.57 | 1.09 | 1.5–2.9 | 0.95 |
/// | AVIF | 0.09–0.15 | 1.01 | 0.9–1.0 | 0.995 |
/// | JPEG | 0.55–0.65 | 1.05 | 6.4–7.2 | 1.12 |
/// | PNG | 0.15–0.18 | 1.10 | 5.0 | 0.91 |
///
/// `just bench-peers standard 5 engines` prints each engine's time per megapixel and its bytes at
/// the same quality (in `docs/BENCHMARKS.md`, "What each engine takes"). A quality is a mean over many
/// pictures: of one, files of two efforts do not look quite the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Effort {
    /// The least time. JPEG is written in one scan, where jpegli writes it.
    Fast,
    /// Little more time for most of what can be saved. The default. WebP takes no more time than
    /// [`Fast`](Self::Fast) where the picture is scaled to half its width and height or less, and at
    /// qualities up to 62.
    #[default]
    Balanced,
    /// More time, and as a rule the fewest bytes. Of AVIF and JPEG that does not hold for every
    /// picture: at the same quality, of a large photograph JPEG may be larger than with
    /// [`Balanced`](Self::Balanced).
    Small,
}

impl Effort {
    /// Every effort, from the least time to the most.
    pub const ALL: [Self; 3] = [Self::Fast, Self::Balanced, Self::Small];

    /// The name used in options: `fast`, `balanced` or `small`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Small => "small",
        }
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Effort {
    type Err = Error;

    /// Parses `fast`, `balanced` and `small`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|effort| text.eq_ignore_ascii_case(effort.name())).ok_or_else(
            || Error::InvalidOption {
                name: "effort",
                value: text.chars().take(40).collect(),
                allowed: "fast, balanced or small",
            },
        )
    }
}
