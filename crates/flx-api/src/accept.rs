//! What an `Accept` header asks for: JSON or the picture itself, and in which formats.

use actix_web::http::header::{ACCEPT, HeaderMap};
use flx_core::{Format, FormatSet};

/// How a request with one file is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// JSON with one entry a file.
    Json,
    /// The picture as the body.
    Picture,
}

/// What the client takes.
#[derive(Debug)]
pub(crate) struct Accepted {
    header: String,
    answer: Answer,
    /// Formats taken by name.
    named: FormatSet,
    /// Formats refused by name.
    refused: FormatSet,
    /// Whether pictures of any type are taken.
    any: bool,
}

impl Accepted {
    /// Reads the header, which may stand in several lines.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines: Vec<_> =
            headers.get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
        Self::parse(&lines.join(", "))
    }

    /// What a client takes that is answered in JSON whatever it asked for.
    pub(crate) fn json() -> Self {
        Self::parse("")
    }

    /// A type that names images or bytes, and is liked more than JSON, asks for the picture. `*/*`
    /// and no header at all mean JSON.
    pub(crate) fn parse(header: &str) -> Self {
        let (mut picture, mut json) = (0, 0);
        let (mut named, mut refused, mut any) = (FormatSet::EMPTY, FormatSet::EMPTY, false);
        for item in header.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1000, thousandths);
            let is_picture = media.starts_with("image/") || media == "application/octet-stream";
            if is_picture {
                picture = picture.max(weight);
            } else if media == "application/json" {
                json = json.max(weight);
            }
            match Format::ALL.into_iter().find(|format| format.media_type() == media) {
                Some(format) if weight > 0 => named = named.with(format),
                Some(format) => refused = refused.with(format),
                None => {
                    let wild = matches!(&*media, "*/*" | "image/*" | "application/octet-stream");
                    any |= wild && weight > 0;
                }
            }
        }
        let answer = if picture > 0 && picture > json { Answer::Picture } else { Answer::Json };
        Self { header: header.to_owned(), answer, named, refused, any }
    }

    /// How a request with one file is answered.
    pub(crate) fn answer(&self) -> Answer {
        self.answer
    }

    /// The header's own words.
    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    /// Those of a list that the client takes; all, when it wants JSON.
    pub(crate) fn among(&self, listed: FormatSet) -> FormatSet {
        listed.iter().filter(|format| self.takes(*format)).collect()
    }

    /// The formats to choose from when the client has the choice: those named, or else WebP and
    /// AVIF as far as they are taken.
    pub(crate) fn best(&self) -> FormatSet {
        match self.answer {
            Answer::Picture if !self.named.is_empty() => self.named,
            _ => self.among(FormatSet::MODERN),
        }
    }

    fn takes(&self, format: Format) -> bool {
        self.answer == Answer::Json
            || self.named.contains(format)
            || (self.any && !self.refused.contains(format))
    }
}

/// A quality value (RFC 9110, section 12.4.2) in thousandths; a malformed one counts as 0.
fn thousandths(text: &str) -> u32 {
    match text.trim().parse::<f32>() {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0–1000")]
        Ok(value) if (0.0..=1.0).contains(&value) => (value * 1000.0).round() as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn images_and_bytes_ask_for_the_picture() {
        for header in [
            "image/webp",
            "image/*",
            "IMAGE/AVIF",
            "application/octet-stream",
            "image/avif,image/webp,*/*;q=0.8",
            "image/webp;q=0.9, application/json;q=0.1",
        ] {
            assert_eq!(Accepted::parse(header).answer(), Answer::Picture, "{header}");
        }
    }

    #[test]
    fn everything_else_asks_for_json() {
        for header in [
            "",
            "*/*",
            "application/json",
            "application/json, image/*",
            "text/html",
            "image/webp;q=0",
            "image/webp;q=x",
            "image/*;q=0.5, application/json",
        ] {
            assert_eq!(Accepted::parse(header).answer(), Answer::Json, "{header}");
        }
    }

    #[test]
    fn several_lines_count_as_one() {
        let mut headers = HeaderMap::new();
        assert_eq!(Accepted::of(&headers).answer(), Answer::Json);
        headers.append(ACCEPT, HeaderValue::from_static("text/html"));
        headers.append(ACCEPT, HeaderValue::from_static("image/png"));
        let accepted = Accepted::of(&headers);
        assert_eq!(accepted.answer(), Answer::Picture);
        assert_eq!(accepted.best(), FormatSet::EMPTY.with(Format::Png));
    }
}
