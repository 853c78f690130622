//! Colour profiles.

use moxcms::ColorProfile;

/// The ICC profile of Display P3, a wide gamut.
///
/// # Panics
/// Never: the profile is built in.
#[must_use]
pub fn display_p3() -> Vec<u8> {
    let mut profile =
        ColorProfile::new_display_p3().encode().expect("a built-in profile can be written");
    // moxcms writes a length that is no multiple of four and a rounded white point, for either of
    // which others pass over a profile (ICC.1:2022, 7.1 and 7.2.16).
    profile.resize(profile.len().next_multiple_of(4), 0);
    let length = u32::try_from(profile.len()).expect("a profile is short");
    let d50 = [0x0000_f6d6_u32, 0x0001_0000, 0x0000_d32d].map(u32::to_be_bytes).concat();
    for (at, field) in [(0, length.to_be_bytes().as_slice()), (68, &d50)] {
        let fields = profile.iter_mut().skip(at).zip(field);
        fields.for_each(|(byte, of_field)| *byte = *of_field);
    }
    profile
}
