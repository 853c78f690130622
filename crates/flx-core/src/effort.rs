//! Time against bytes.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How much time an encoder may take to make a result smaller at the same quality.
///
/// The quality scale stays the same at every effort. Against [`Balanced`](Self::Balanced), at equal
/// SSIMULACRA2 on photographs, with the engines of a release build:
///
/// | | `fast`: time | bytes | `small`: time | bytes |
/// |---|---|---|---|---|
/// | WebP | 0.5 | 1.06–1.08 | 2.8 | 0.96 |
/// | AVIF | 0.13 | 1.08 | 1.4 | 0.98 |
/// | JPEG | 0.7 | 1.05 | 3.5 | by picture |
/// | PNG | 0.25–0.4 | 1.04–1.05 | 5 | 0.91–1 |
///
/// `just bench-peers standard 5 engines` prints each engine's time per megapixel and its bytes at
/// equal quality; `docs/decisions` tells how these were measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Effort {
    /// The least time. JPEG is written in one scan, where jpegli writes it.
    Fast,
    /// Little more time for most of what can be saved. The default. WebP takes no more time than
    /// [`Fast`](Self::Fast) where the picture is scaled to half its width and height or less.
    #[default]
    Balanced,
    /// The fewest bytes, in several times the time.
    Small,
}

impl Effort {
    /// Every effort, from the least time to the fewest bytes.
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
