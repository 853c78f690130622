//! Names for results: made here, from what the client called its file, never taken from it.

use flx_core::Format;

const MAX_ORIGINAL_CHARS: usize = 255;
const MAX_STEM_BYTES: usize = 100;
const FALLBACK: &str = "image";

/// What the client called its file, fit to be shown: at most 255 characters, no control,
/// direction-changing or replacement characters, no folders.
pub(crate) fn shown(original: &str) -> String {
    let leaf = original.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String =
        leaf.chars().filter(|c| !is_invisible(*c)).take(MAX_ORIGINAL_CHARS).collect();
    if shown.trim().is_empty() { FALLBACK.to_owned() } else { shown }
}

/// A file name that every file system takes: letters and digits of any script, `-` and `_`.
pub(crate) fn slug(original: &str, format: Format) -> String {
    let shown = shown(original);
    let stem = shown.rsplit_once('.').map_or(shown.as_str(), |(stem, _)| stem);
    let mut slug = String::new();
    for c in stem.chars() {
        let kept = if c.is_alphanumeric() || c == '_' { c } else { '-' };
        if kept == '-' && (slug.is_empty() || slug.ends_with('-')) {
            continue;
        }
        if slug.len() + kept.len_utf8() > MAX_STEM_BYTES {
            break;
        }
        slug.push(kept);
    }
    let stem = slug.trim_end_matches('-');
    let stem = if stem.is_empty() { FALLBACK } else { stem };
    let prefix = if is_reserved(stem) { "image-" } else { "" };
    format!("{prefix}{stem}.{}", format.extension())
}

/// `Content-Disposition` of a download (RFC 6266): an ASCII fallback and the full name.
pub(crate) fn attachment(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if is_plain_ascii(c) { c } else { '_' }).collect();
    if ascii == name {
        return format!("attachment; filename=\"{ascii}\"");
    }
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{}", percent(name))
}

/// Percent-encodes a path segment or an RFC 8187 value: only unreserved characters stay.
pub(crate) fn percent(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, KEPT).to_string()
}

fn is_plain_ascii(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Characters that hide or reorder what follows, besides control characters.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

/// Device names that Windows takes for no file, whatever the extension.
fn is_reserved(stem: &str) -> bool {
    let stem = stem.to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") {
        return true;
    }
    ["COM", "LPT"]
        .iter()
        .filter_map(|device| stem.strip_prefix(device))
        .any(|rest| rest.chars().count() == 1 && !rest.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(original: &str, name: &str) {
        assert_eq!(slug(original, Format::WebP), name, "{original:?}");
    }

    #[test]
    fn names_keep_what_is_readable_and_take_the_new_extension() {
        check("photo.jpg", "photo.webp");
        check("My holiday (1).jpeg", "My-holiday-1.webp");
        check("été à Paris.png", "été-à-Paris.webp");
        check("фото.jpg", "фото.webp");
        check("archive.tar.gz", "archive-tar.webp");
        check("noextension", "noextension.webp");
    }

    #[test]
    fn hostile_names_become_harmless() {
        check("../../etc/passwd", "passwd.webp");
        check("..\\..\\boot.ini", "boot.webp");
        check("a\r\nSet-Cookie: x=1.png", "aSet-Cookie-x-1.webp");
        check("\0", "image.webp");
        check("", "image.webp");
        check("...", "image.webp");
        check("CON.png", "image-CON.webp");
        check("com1.png", "image-com1.webp");
        check("\u{202e}gnp.exe", "gnp.webp");
        check("😀.png", "image.webp");
        check("\"; rm -rf /.png", "image.webp");
    }

    #[test]
    fn a_disposition_carries_the_full_name_beside_an_ascii_one() {
        assert_eq!(attachment("photo.webp"), "attachment; filename=\"photo.webp\"");
        assert_eq!(
            attachment("été.webp"),
            "attachment; filename=\"_t_.webp\"; filename*=UTF-8''%C3%A9t%C3%A9.webp"
        );
    }

    proptest! {
        #[test]
        fn any_name_gives_a_short_name_without_separators(original in ".{0,5000}") {
            let name = slug(&original, Format::Avif);
            prop_assert!(name.ends_with(".avif") && name.len() <= 6 + MAX_STEM_BYTES + 5);
            prop_assert!(!name.contains(['/', '\\', '\0', '"', '\r', '\n', ' ']));
            prop_assert!(!name.starts_with('.') && !name.starts_with('-'));
            prop_assert!(attachment(&name).is_ascii());
            prop_assert!(shown(&original).chars().count() <= MAX_ORIGINAL_CHARS);
        }
    }
}
