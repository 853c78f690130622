//! The text fields of an upload, parsed as they arrive.

use std::num::NonZeroU32;

use flx_core::{FormatChoice, Opacity, Options, Position, Quality, Watermark, WatermarkScale};

use super::given_twice;
use crate::problem::Problem;

/// Longest session id in characters.
const MAX_SESSION_CHARS: usize = 64;

/// A text field, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextField {
    /// `format`
    Format,
    /// `quality`
    Quality,
    /// `maxWidth`
    MaxWidth,
    /// `maxHeight`
    MaxHeight,
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
    const ALL: [Self; 8] = [
        Self::Format,
        Self::Quality,
        Self::MaxWidth,
        Self::MaxHeight,
        Self::SessionId,
        Self::WatermarkScale,
        Self::WatermarkOpacity,
        Self::WatermarkPosition,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Quality => "quality",
            Self::MaxWidth => "maxWidth",
            Self::MaxHeight => "maxHeight",
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
            Self::Format => "webp, avif, jpg or png",
            Self::Quality => "a whole number from 40 to 100",
            Self::MaxWidth | Self::MaxHeight => "a whole number from 1 to 4294967295",
            Self::SessionId => "1 to 64 letters, digits, '-', '_', '.' or ':'",
            Self::WatermarkScale => "a number from 5 to 50",
            Self::WatermarkOpacity => "a number from 0 to 100",
            Self::WatermarkPosition => "TL, TC, TR, CL, CC, CR, BL, BC or BR",
        }
    }

    /// The value is not allowed.
    fn refuse(self, value: &str) -> Problem {
        let shown = crate::telemetry::redact(value);
        let shown: String = shown.chars().take(40).collect();
        let (name, allowed) = (self.name(), self.allowed());
        Problem::field(name, format!("{name} is {shown:?}, allowed is {allowed}"))
            .with_value(value)
            .with_limit(allowed)
    }
}

/// The text fields given. An empty value counts as not given, as HTML forms send it.
#[derive(Debug, Default)]
pub(crate) struct Form {
    given: Vec<TextField>,
    format: Option<FormatChoice>,
    quality: Option<Quality>,
    max_width: Option<NonZeroU32>,
    max_height: Option<NonZeroU32>,
    session_id: Option<String>,
    scale: WatermarkScale,
    opacity: Opacity,
    position: Position,
}

impl Form {
    /// Takes one field.
    ///
    /// # Errors
    /// 422 when it was given before or its value is not allowed.
    pub(crate) fn set(&mut self, field: TextField, text: &str) -> Result<(), Problem> {
        if self.given.contains(&field) {
            return Err(given_twice(field.name()));
        }
        self.given.push(field);
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        self.parse(field, text).ok_or_else(|| field.refuse(text))
    }

    fn parse(&mut self, field: TextField, text: &str) -> Option<()> {
        match field {
            TextField::Format => self.format = Some(text.parse().ok()?),
            TextField::Quality => {
                let value = u8::try_from(whole(text)?).ok()?;
                self.quality = Some(Quality::new(value).ok()?);
            }
            TextField::MaxWidth => self.max_width = Some(NonZeroU32::new(whole(text)?)?),
            TextField::MaxHeight => self.max_height = Some(NonZeroU32::new(whole(text)?)?),
            TextField::SessionId => self.session_id = Some(session_id(text)?),
            TextField::WatermarkScale => self.scale = WatermarkScale::new(number(text)?).ok()?,
            TextField::WatermarkOpacity => self.opacity = Opacity::new(number(text)?).ok()?,
            TextField::WatermarkPosition => self.position = text.parse().ok()?,
        }
        Some(())
    }

    /// The output format asked for, or WebP.
    pub(crate) fn format(&self) -> FormatChoice {
        self.format.unwrap_or_default()
    }

    /// The session given, or a fresh random one.
    pub(crate) fn session_id(&self) -> String {
        self.session_id.clone().unwrap_or_else(|| uuid::Uuid::now_v7().to_string())
    }

    /// How to draw the watermark.
    pub(crate) fn placed(&self, watermark: Watermark) -> Watermark {
        watermark.with_scale(self.scale).with_opacity(self.opacity).with_position(self.position)
    }

    /// What to ask of the codec.
    pub(crate) fn options(&self, watermark: Option<Watermark>) -> Options {
        let mut options = Options::new(self.format());
        if let Some(quality) = self.quality {
            options = options.with_quality(quality);
        }
        if let Some(pixels) = self.max_width {
            options = options.with_max_width(pixels);
        }
        if let Some(pixels) = self.max_height {
            options = options.with_max_height(pixels);
        }
        if let Some(watermark) = watermark {
            options = options.with_watermark(self.placed(watermark));
        }
        options
    }
}

/// A whole number, also as `82.0`, which some clients write.
fn whole(text: &str) -> Option<u32> {
    let digits = match text.split_once('.') {
        Some((digits, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            digits
        }
        Some(_) => return None,
        None => text,
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn number(text: &str) -> Option<f32> {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| text.parse().ok())?
}

fn session_id(text: &str) -> Option<String> {
    let fits = text.len() <= MAX_SESSION_CHARS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
        && !text.contains("flx_live_");
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, taken: bool) {
        let field = TextField::named(name).unwrap();
        let result = Form::default().set(field, text);
        assert_eq!(result.is_ok(), taken, "{name}={text:?}: {result:?}");
        if let Err(problem) = result {
            let view = problem.view(None);
            assert_eq!(view.field.as_deref(), Some(name));
            assert!(view.value.is_some() && view.limit.is_some() && view.status == 422);
        }
    }

    #[test]
    fn values_inside_their_range_are_taken() {
        for (name, text) in [
            ("format", "webp"),
            ("format", "jpg"),
            ("quality", "40"),
            ("quality", "100"),
            ("quality", "82.0"),
            ("maxWidth", "1"),
            ("maxHeight", "4294967295"),
            ("sessionId", "a-Z_0.9:x"),
            ("watermarkScale", "5"),
            ("watermarkScale", "12.5"),
            ("watermarkOpacity", "0"),
            ("watermarkPosition", "tl"),
            ("quality", ""),
            ("maxWidth", "  "),
        ] {
            check(name, text, true);
        }
    }

    #[test]
    fn values_outside_their_range_are_refused_by_name() {
        let long = "x".repeat(65);
        for (name, text) in [
            ("format", "gif"),
            ("quality", "39"),
            ("quality", "101"),
            ("quality", "82.5"),
            ("quality", "1e2"),
            ("quality", "-82"),
            ("quality", "NaN"),
            ("quality", "99999999999"),
            ("maxWidth", "0"),
            ("maxWidth", "-1"),
            ("maxWidth", "4294967296"),
            ("sessionId", "a b"),
            ("sessionId", "../x"),
            ("sessionId", &long),
            ("watermarkScale", "4.9"),
            ("watermarkScale", "51"),
            ("watermarkScale", "inf"),
            ("watermarkOpacity", "101"),
            ("watermarkPosition", "XX"),
        ] {
            check(name, text, false);
        }
    }

    #[test]
    fn a_field_given_twice_is_refused() {
        let mut form = Form::default();
        form.set(TextField::Quality, "82").unwrap();
        let problem = form.set(TextField::Quality, "83").unwrap_err();
        assert_eq!(problem.view(None).field.as_deref(), Some("quality"));
    }

    #[test]
    fn the_defaults_are_those_of_the_contract() {
        let options = Form::default().options(None);
        assert_eq!((options.format(), options.quality().get()), (Format::WebP, 82));
        assert!(options.max_width().is_none() && options.watermark().is_none());
        assert_ne!(Form::default().session_id(), Form::default().session_id());
    }
}
