//! Values of text fields that are not the codec's own words.

use std::str::FromStr;

use flx_core::Background;

/// Longest session id in characters.
const MAX_SESSION_CHARS: usize = 64;

/// A whole number, also as `82.0`, which some clients write.
pub(super) fn whole<T: FromStr>(text: &str) -> Option<T> {
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

/// A number without sign and exponent.
pub(super) fn number(text: &str) -> Option<f32> {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| text.parse().ok())?
}

/// `true` or `false`, in any case.
pub(super) fn switch(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

/// A colour as CSS writes it: six hexadecimal digits or three, with or without `#`.
pub(super) fn colour(text: &str) -> Option<Background> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = match digits.len() {
        6 => value.to_be_bytes(),
        // Each digit stands for two.
        3 => (((value & 0xf00) << 8 | (value & 0x0f0) << 4 | (value & 0x00f)) * 0x11).to_be_bytes(),
        _ => return None,
    };
    Some(Background { red, green, blue })
}

/// An id that is safe in logs and is no key.
pub(super) fn session_id(text: &str) -> Option<String> {
    let fits = text.len() <= MAX_SESSION_CHARS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
        && !text.contains("flx_live_");
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_six_digits_or_three() {
        let background = |red, green, blue| Some(Background { red, green, blue });
        assert_eq!(colour("#12Ab0f"), background(0x12, 0xab, 0x0f));
        assert_eq!(colour("12ab0f"), background(0x12, 0xab, 0x0f));
        assert_eq!(colour("#f0a"), background(0xff, 0x00, 0xaa));
        for wrong in ["", "#", "#ff", "#ffff", "#fffff", "#fffffff", "red", "##fff", "+12345"] {
            assert_eq!(colour(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn switches_are_words() {
        assert_eq!((switch("true"), switch("False")), (Some(true), Some(false)));
        assert_eq!((switch("1"), switch("yes")), (None, None));
    }
}
