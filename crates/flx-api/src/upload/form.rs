//! The text fields of an upload, parsed as they arrive.

mod field;
mod value;

use std::num::{NonZeroU32, NonZeroU64};

use flx_core::{
    AutoQuality, FormatChoice, FormatSet, Opacity, Options, Quality, QualityChoice, WatermarkScale,
};
use flx_worker::Look;

pub(crate) use self::field::TextField;
use self::value::{colour, number, session_id, switch, whole};
use super::given_twice;
use crate::accept::Accepted;
use crate::problem::Problem;
use crate::refuse;

/// The text fields given. An empty value counts as not given, as HTML forms send it.
#[derive(Debug, Default)]
pub(crate) struct Form {
    given: Vec<TextField>,
    options: Options,
    open: OpenFormat,
    session_id: Option<String>,
    look: Look,
}

/// Whether the request's `Accept` has a say in the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum OpenFormat {
    /// The form says which.
    #[default]
    No,
    /// One of those listed.
    Listed(FormatSet),
    /// Whatever the client takes.
    Any,
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
        let options = self.options.clone();
        self.options = match field {
            TextField::Format => {
                let choice = text.parse().ok()?;
                self.open = open(text, choice);
                options.with_format(choice)
            }
            TextField::Quality => match quality(text)? {
                QualityChoice::Fixed(quality) => options.with_quality(quality),
                QualityChoice::Auto(look) => options.with_auto_quality(look),
            },
            TextField::MaxBytes => options.with_max_bytes(NonZeroU64::new(whole(text)?)?),
            TextField::Effort => options.with_effort(text.parse().ok()?),
            TextField::Lossy => options.with_lossy_png(switch(text)?),
            TextField::Animated => options.with_animated(switch(text)?),
            TextField::MaxWidth => options.with_max_width(NonZeroU32::new(whole(text)?)?),
            TextField::MaxHeight => options.with_max_height(NonZeroU32::new(whole(text)?)?),
            TextField::Fit => options.with_fit(text.parse().ok()?),
            TextField::Gravity => options.with_gravity(text.parse().ok()?),
            TextField::Enlarge => options.with_enlarge(switch(text)?),
            TextField::Background => options.with_background(colour(text)?),
            TextField::Colour => options.with_colour_space(text.parse().ok()?),
            TextField::Keep => options.with_keep(text.parse().ok()?),
            TextField::SessionId => {
                self.session_id = Some(session_id(text)?);
                options
            }
            TextField::WatermarkScale => {
                self.look.scale = WatermarkScale::new(number(text)?).ok()?;
                options
            }
            TextField::WatermarkOpacity => {
                self.look.opacity = Opacity::new(number(text)?).ok()?;
                options
            }
            TextField::WatermarkPosition => {
                self.look.position = text.parse().ok()?;
                options
            }
        };
        Some(())
    }

    /// Narrows the formats left open to those that the client takes.
    ///
    /// # Errors
    /// 406 when it takes none of them.
    pub(crate) fn choose_format(&mut self, accepted: &Accepted) -> Result<(), Problem> {
        let formats = match self.open {
            OpenFormat::No => return Ok(()),
            OpenFormat::Listed(listed) => accepted.among(listed),
            OpenFormat::Any => accepted.best(),
        };
        if formats.is_empty() {
            return Err(refuse::not_acceptable(accepted.header(), self.open.asked()));
        }
        self.options =
            std::mem::take(&mut self.options).with_format(FormatChoice::Smallest(formats));
        Ok(())
    }

    /// The session given, or a fresh random one.
    pub(crate) fn session_id(&self) -> String {
        self.session_id.clone().unwrap_or_else(|| uuid::Uuid::now_v7().to_string())
    }

    /// How to draw the watermark.
    pub(crate) fn look(&self) -> Look {
        self.look
    }

    /// What to ask of the codec, but for the watermark.
    pub(crate) fn options(&self) -> Options {
        self.options.clone()
    }
}

impl OpenFormat {
    fn asked(self) -> FormatSet {
        match self {
            Self::Listed(listed) => listed,
            Self::Any | Self::No => flx_core::Format::ALL.into_iter().collect(),
        }
    }
}

fn open(text: &str, choice: FormatChoice) -> OpenFormat {
    match choice {
        _ if text.eq_ignore_ascii_case("auto") => OpenFormat::Any,
        FormatChoice::Smallest(listed) => OpenFormat::Listed(listed),
        FormatChoice::One(_) | FormatChoice::Same => OpenFormat::No,
    }
}

/// A point of the scale, or a look.
fn quality(text: &str) -> Option<QualityChoice> {
    let lower = text.to_ascii_lowercase();
    if lower == "auto" {
        return Some(QualityChoice::Auto(AutoQuality::default()));
    }
    if let Some(look) = lower.strip_prefix("auto:") {
        return Some(QualityChoice::Auto(look.parse().ok()?));
    }
    Some(QualityChoice::Fixed(Quality::new(whole(text)?).ok()?))
}

#[cfg(test)]
mod tests;
