//! Whether the client wants the picture itself or the JSON about it.

/// How a request with one file is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// JSON with one entry a file.
    Json,
    /// The picture as the body.
    Picture,
}

/// Reads an `Accept` header: a type that names images or bytes, and is not liked less than JSON,
/// asks for the picture. `*/*` and no header at all mean JSON.
pub(crate) fn parse(header: Option<&str>) -> Answer {
    let (mut picture, mut json) = (0, 0);
    for item in header.unwrap_or_default().split(',') {
        let mut parts = item.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1000, thousandths);
        if media.starts_with("image/") || media == "application/octet-stream" {
            picture = picture.max(weight);
        } else if media == "application/json" {
            json = json.max(weight);
        }
    }
    if picture > 0 && picture > json { Answer::Picture } else { Answer::Json }
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
            assert_eq!(parse(Some(header)), Answer::Picture, "{header}");
        }
    }

    #[test]
    fn everything_else_asks_for_json() {
        assert_eq!(parse(None), Answer::Json);
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
            assert_eq!(parse(Some(header)), Answer::Json, "{header}");
        }
    }
}
