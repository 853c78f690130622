//! Which format a result is to have, when that is not said outright.

use std::str::FromStr;

use crate::{Error, Format, SourceFormat};

/// The format of a result, or how to choose it. The default is WebP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FormatChoice {
    /// This format.
    One(Format),
    /// The source's own; WebP for sources of a format that is only read (GIF, BMP, TIFF).
    Same,
    /// The one of these whose file is the smallest at the quality asked for; where a bound on bytes
    /// allows that quality in none, the one that looks best.
    Smallest(FormatSet),
}

impl FormatChoice {
    /// The formats that the choice leaves open for a source of this format; at least one.
    #[must_use]
    pub fn candidates(self, source: SourceFormat) -> FormatSet {
        let one = |format| FormatSet::EMPTY.with(format);
        match self {
            Self::One(format) => one(format),
            Self::Same => one(source.as_output().unwrap_or_default()),
            Self::Smallest(set) if set.is_empty() => one(Format::default()),
            Self::Smallest(set) => set,
        }
    }
}

impl Default for FormatChoice {
    fn default() -> Self {
        Self::One(Format::default())
    }
}

impl From<Format> for FormatChoice {
    fn from(format: Format) -> Self {
        Self::One(format)
    }
}

impl FromStr for FormatChoice {
    type Err = Error;

    /// Parses a format's name, `same`, `auto` (the smaller of WebP and AVIF), or a list of names
    /// separated by commas, of which the smallest is taken; in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = || Error::InvalidOption {
            name: "format",
            value: text.chars().take(40).collect(),
            allowed: "webp, avif, jpg, png, same, auto or a list such as webp,avif",
        };
        if text.eq_ignore_ascii_case("same") {
            return Ok(Self::Same);
        }
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Self::Smallest(FormatSet::MODERN));
        }
        let mut formats = FormatSet::EMPTY;
        for name in text.split(',') {
            formats = formats.with(name.trim().parse().map_err(|_| invalid())?);
        }
        let mut listed = formats.iter();
        match (listed.next(), listed.next()) {
            (Some(only), None) => Ok(Self::One(only)),
            _ => Ok(Self::Smallest(formats)),
        }
    }
}

/// A set of output formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FormatSet(u8);

impl FormatSet {
    /// No format.
    pub const EMPTY: Self = Self(0);
    /// WebP and AVIF, which every browser of today shows.
    pub const MODERN: Self = Self(bit(Format::WebP) | bit(Format::Avif));

    /// The set with a format more.
    #[must_use]
    pub const fn with(self, format: Format) -> Self {
        Self(self.0 | bit(format))
    }

    /// Whether the format is in the set.
    #[must_use]
    pub const fn contains(self, format: Format) -> bool {
        self.0 & bit(format) != 0
    }

    /// Whether no format is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The formats, in the order of [`Format::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().filter(move |format| self.contains(*format))
    }
}

impl FromIterator<Format> for FormatSet {
    fn from_iter<I: IntoIterator<Item = Format>>(formats: I) -> Self {
        formats.into_iter().fold(Self::EMPTY, Self::with)
    }
}

const fn bit(format: Format) -> u8 {
    1 << match format {
        Format::WebP => 0,
        Format::Avif => 1,
        Format::Jpeg => 2,
        Format::Png => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_words_and_lists_are_told_apart() {
        let parse = |text: &str| text.parse::<FormatChoice>();
        assert_eq!(parse("WEBP"), Ok(FormatChoice::One(Format::WebP)));
        assert_eq!(parse("avif,avif"), Ok(FormatChoice::One(Format::Avif)));
        assert_eq!(parse("same"), Ok(FormatChoice::Same));
        assert_eq!(parse("auto"), parse("webp, avif"));
        assert_eq!(
            parse("jpg,png"),
            Ok(FormatChoice::Smallest([Format::Jpeg, Format::Png].into_iter().collect()))
        );
        for wrong in ["", "webp,", "gif", "same,webp", "webp;avif"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
