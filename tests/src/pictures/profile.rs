//! Colour profiles.

use moxcms::ColorProfile;

/// The ICC profile of Display P3, a wide gamut.
///
/// # Panics
/// Never: the profile is built in.
#[must_use]
pub fn display_p3() -> Vec<u8> {
    ColorProfile::new_display_p3().encode().expect("a built-in profile can be written")
}
