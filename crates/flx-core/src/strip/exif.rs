//! The smallest Exif that tells an orientation.

/// A TIFF structure with one directory of one entry: tag 274, SHORT, count 1 (Exif 2.32, 4.6.4).
pub(super) fn orientation_only(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.push(orientation);
    // Padding of the value, then no next directory.
    exif.extend_from_slice(&[0; 6]);
    exif
}

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;

    #[test]
    fn the_orientation_reads_back() {
        for code in 1..=8 {
            let exif = super::orientation_only(code);
            assert_eq!(Orientation::from_exif_chunk(&exif), Orientation::from_exif(code));
        }
    }
}
