//! Which text fields there are, and what each takes.

use crate::problem::Problem;

/// A text field, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextField {
    /// `format`
    Format,
    /// `quality`
    Quality,
    /// `maxBytes`
    MaxBytes,
    /// `effort`
    Effort,
    /// `lossy`
    Lossy,
    /// `animated`
    Animated,
    /// `maxWidth`
    MaxWidth,
    /// `maxHeight`
    MaxHeight,
    /// `fit`
    Fit,
    /// `gravity`
    Gravity,
    /// `enlarge`
    Enlarge,
    /// `background`
    Background,
    /// `colour`
    Colour,
    /// `keep`
    Keep,
    /// `sessionId`
    SessionId,
    /// `watermarkScale`
    WatermarkScale,
    /// `watermarkOpacity`
    WatermarkOpacity,
    /// `watermarkPosition`
    WatermarkPosition,
}

impl TextField {
    /// Every text field, in the order of the documentation.
    pub(crate) const ALL: [Self; 18] = [
        Self::Format,
        Self::Quality,
        Self::MaxBytes,
        Self::Effort,
        Self::Lossy,
        Self::Animated,
        Self::MaxWidth,
        Self::MaxHeight,
        Self::Fit,
        Self::Gravity,
        Self::Enlarge,
        Self::Background,
        Self::Colour,
        Self::Keep,
        Self::SessionId,
        Self::WatermarkScale,
        Self::WatermarkOpacity,
        Self::WatermarkPosition,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Quality => "quality",
            Self::MaxBytes => "maxBytes",
            Self::Effort => "effort",
            Self::Lossy => "lossy",
            Self::Animated => "animated",
            Self::MaxWidth => "maxWidth",
            Self::MaxHeight => "maxHeight",
            Self::Fit => "fit",
            Self::Gravity => "gravity",
            Self::Enlarge => "enlarge",
            Self::Background => "background",
            Self::Colour => "colour",
            Self::Keep => "keep",
            Self::SessionId => "sessionId",
            Self::WatermarkScale => "watermarkScale",
            Self::WatermarkOpacity => "watermarkOpacity",
            Self::WatermarkPosition => "watermarkPosition",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    const fn allowed(self) -> &'static str {
        match self {
            Self::Format => "webp, avif, jpg, png, same, auto or a list such as webp,avif",
            Self::Quality => {
                "a whole number from 40 to 100, auto, auto:low, auto:good or auto:best"
            }
            Self::MaxBytes => "a whole number from 1 to 18446744073709551615",
            Self::Effort => "fast, balanced or small",
            Self::Lossy | Self::Animated | Self::Enlarge => "true or false",
            Self::MaxWidth | Self::MaxHeight => "a whole number from 1 to 4294967295",
            Self::Fit => "inside, cover, contain or fill",
            Self::Gravity => "TL, TC, TR, CL, CC, CR, BL, BC, BR, entropy or attention",
            Self::Background => "a colour such as #ffffff or #fff",
            Self::Colour => "srgb or keep",
            Self::Keep => "copyright, icc, exif, xmp or gps, separated by commas",
            Self::SessionId => "1 to 64 letters, digits, '-', '_', '.' or ':'",
            Self::WatermarkScale => "a number from 5 to 50",
            Self::WatermarkOpacity => "a number from 0 to 100",
            Self::WatermarkPosition => "TL, TC, TR, CL, CC, CR, BL, BC or BR",
        }
    }

    /// The value is not allowed.
    pub(crate) fn refuse(self, value: &str) -> Problem {
        let shown = crate::telemetry::redact(value);
        let shown: String = shown.chars().take(40).collect();
        let (name, allowed) = (self.name(), self.allowed());
        Problem::field(name, format!("{name} is {shown:?}, allowed is {allowed}"))
            .with_value(value)
            .with_limit(allowed)
    }
}
