//! JPEG files with metadata, built segment by segment (T.81, annex B; Exif 2.32; ICC.1, annex B.4).

/// A JPEG that says which way up it is shown.
#[must_use]
pub fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let entries = [entry(0x0112, 3, 1, u32::from(orientation))];
    with_segment(jpeg, 0xe1, &exif(&entries, &[]))
}

/// A JPEG that says where it was taken (N 48° 51′ 24″), by which camera, and whose it is.
#[must_use]
pub fn with_gps(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    // Offsets count from the TIFF header: 8 for it, 2 + 4 × 12 + 4 for the first directory.
    const MAKER: &[u8] = b"Secretcam\0";
    const OWNER: &[u8] = b"(c) A. Photographer\0";
    let length = |text: &[u8]| u32::try_from(text.len()).expect("short");
    let after_first = 8 + 2 + 4 * 12 + 4;
    let owner_at = after_first + length(MAKER);
    let gps_at = owner_at + length(OWNER);
    let entries = [
        entry(0x010f, 2, length(MAKER), after_first),
        entry(0x0112, 3, 1, u32::from(orientation)),
        entry(0x8298, 2, length(OWNER), owner_at),
        entry(0x8825, 4, 1, gps_at),
    ];
    let numbers_at = gps_at + 2 + 2 * 12 + 4;
    let mut rest = [MAKER, OWNER].concat();
    rest.extend(2u16.to_le_bytes());
    rest.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    rest.extend(entry(0x0002, 5, 3, numbers_at));
    rest.extend(0u32.to_le_bytes());
    for number in [48u32, 1, 51, 1, 24, 1] {
        rest.extend(number.to_le_bytes());
    }
    with_segment(jpeg, 0xe1, &exif(&entries, &rest))
}

/// A JPEG with an ICC profile.
#[must_use]
pub fn with_profile(jpeg: &[u8], profile: &[u8]) -> Vec<u8> {
    let mut content = b"ICC_PROFILE\0\x01\x01".to_vec();
    content.extend(profile);
    with_segment(jpeg, 0xe2, &content)
}

fn exif(entries: &[[u8; 12]], rest: &[u8]) -> Vec<u8> {
    let mut content = b"Exif\0\0II\x2a\0\x08\0\0\0".to_vec();
    content.extend(u16::try_from(entries.len()).expect("few").to_le_bytes());
    content.extend(entries.concat());
    content.extend(0u32.to_le_bytes());
    content.extend(rest);
    content
}

fn entry(tag: u16, kind: u16, count: u32, value: u32) -> [u8; 12] {
    let mut entry = [0; 12];
    entry[..2].copy_from_slice(&tag.to_le_bytes());
    entry[2..4].copy_from_slice(&kind.to_le_bytes());
    entry[4..8].copy_from_slice(&count.to_le_bytes());
    entry[8..].copy_from_slice(&value.to_le_bytes());
    entry
}

/// Puts a segment behind the start of the image.
fn with_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a segment holds 64 KiB");
    let mut file = jpeg[..2].to_vec();
    file.extend([0xff, marker]);
    file.extend(length.to_be_bytes());
    file.extend(content);
    file.extend(&jpeg[2..]);
    file
}
