//! What forms send.

use serde::Deserialize;

/// A form that only says yes.
#[derive(Debug, Deserialize)]
pub(super) struct Plain {
    /// Whose form it is.
    #[serde(default)]
    pub(super) csrf: String,
}

/// A form that says yes twice.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmed {
    /// Whose form it is.
    #[serde(default)]
    pub(super) csrf: String,
    /// Whether the consequence was agreed to: anything but nothing.
    #[serde(default)]
    pub(super) confirm: String,
}

/// A path of this very site, to be gone to after signing in; `/` for anything else.
pub(super) fn own_path(text: &str) -> &str {
    let is_own = text.starts_with('/')
        && !text.starts_with("//")
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own { text } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for path in ["/", "/usage", "/operator/accounts/1?x=y"] {
            assert_eq!(own_path(path), path);
        }
        for elsewhere in [
            "",
            "usage",
            "//example.org",
            "/\\example.org",
            "https://example.org",
            "javascript:alert(1)",
            "/a b",
            "/a\r\nset-cookie: x",
        ] {
            assert_eq!(own_path(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
