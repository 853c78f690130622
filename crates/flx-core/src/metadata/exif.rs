//! EXIF: the entries of a TIFF structure that may be kept, written anew (TIFF 6.0; Exif 2.32).
//!
//! Three directories are read, each once, so that directories that point at each other cost
//! nothing: the first, the camera's and the place. The thumbnail's is never read.

use crate::Keep;
use crate::probe::bytes::Bytes;

/// Most bytes of the result, so that it fits one segment of a JPEG.
const MAX_BYTES: usize = 60_000;

/// Most entries that are read of a directory.
const MAX_ENTRIES: u16 = 512;

const ORIENTATION: u16 = 0x0112;
const XMP: u16 = 0x02bc;
const CAMERA: u16 = 0x8769;
const PLACE: u16 = 0x8825;

/// Artist and Copyright.
const RIGHTS: [u16; 2] = [0x013b, 0x8298];

/// What describes a camera or a shot in the first directory. Everything else there is about how
/// the pixels are stored, or metadata of other kinds.
const SHOT: [u16; 12] = [
    0x010e, 0x010f, 0x0110, 0x011a, 0x011b, 0x0128, 0x0131, 0x0132, 0x013b, 0x013c, 0x0213, 0x8298,
];

/// Of the camera's directory: the maker's note, sides in pixels, the directory of rules for
/// exchange, and padding say nothing true of the result, or nobody knows what.
const NOT_KEPT: [u16; 7] = [0x927c, 0xa002, 0xa003, 0xa005, 0xa004, 0xea1c, 0xea1d];

/// The structure with what may be kept; none when that is nothing.
pub(super) fn filtered(tiff: &[u8], keep: Keep) -> Option<Vec<u8>> {
    let source = Source::read(tiff)?;
    let (first, camera, place) = source.directories()?;
    let mut kept: Vec<Entry<'_>> = first
        .into_iter()
        .filter(|entry| {
            keep.exif && SHOT.contains(&entry.tag) || keep.copyright && RIGHTS.contains(&entry.tag)
        })
        .collect();
    let camera: Vec<Entry<'_>> =
        camera.into_iter().filter(|entry| keep.exif && !NOT_KEPT.contains(&entry.tag)).collect();
    let place: Vec<Entry<'_>> = if keep.gps { place } else { Vec::new() };
    if kept.is_empty() && camera.is_empty() && place.is_empty() {
        return None;
    }
    let upright = source.u16_bytes(1);
    kept.push(Entry { tag: ORIENTATION, kind: 3, count: 1, value: &upright });
    write(&source, kept, camera, place)
}

/// The packet that a TIFF file has in its first directory.
pub(super) fn xmp_of_tiff(tiff: &[u8]) -> Option<&[u8]> {
    let source = Source::read(tiff)?;
    let (first, ..) = source.directories()?;
    first.iter().find(|entry| entry.tag == XMP).map(|entry| entry.value)
}

/// A field with its value in the structure's own byte order.
#[derive(Clone, Copy)]
struct Entry<'a> {
    tag: u16,
    kind: u16,
    count: u32,
    value: &'a [u8],
}

struct Source<'a> {
    tiff: &'a [u8],
    little_endian: bool,
}

type Directories<'a> = (Vec<Entry<'a>>, Vec<Entry<'a>>, Vec<Entry<'a>>);

impl<'a> Source<'a> {
    fn read(tiff: &'a [u8]) -> Option<Self> {
        match tiff.get(..4)? {
            b"II\x2a\0" => Some(Self { tiff, little_endian: true }),
            b"MM\0\x2a" => Some(Self { tiff, little_endian: false }),
            _ => None,
        }
    }

    fn u16(&self, bytes: &mut Bytes<'_>) -> Option<u16> {
        if self.little_endian { bytes.u16_le() } else { bytes.u16_be() }
    }

    fn u32(&self, bytes: &mut Bytes<'_>) -> Option<u32> {
        if self.little_endian { bytes.u32_le() } else { bytes.u32_be() }
    }

    fn u16_bytes(&self, value: u16) -> [u8; 2] {
        if self.little_endian { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn u32_bytes(&self, value: u32) -> [u8; 4] {
        if self.little_endian { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    fn directories(&self) -> Option<Directories<'a>> {
        let start = self.u32(&mut Bytes::new(self.tiff.get(4..)?))?;
        let first = self.directory(start)?;
        let linked = |tag: u16| {
            let entry = first.iter().find(|entry| entry.tag == tag)?;
            self.directory(self.u32(&mut Bytes::new(entry.value))?)
        };
        let camera = linked(CAMERA).unwrap_or_default();
        let place = linked(PLACE).unwrap_or_default();
        Some((first, camera, place))
    }

    /// The entries of one directory; those that lie outside the structure are left out.
    fn directory(&self, offset: u32) -> Option<Vec<Entry<'a>>> {
        let mut bytes = Bytes::new(self.tiff.get(offset as usize..)?);
        let count = self.u16(&mut bytes)?.min(MAX_ENTRIES);
        let mut entries: Vec<Entry<'a>> = Vec::new();
        for _ in 0..count {
            let (Some(tag), Some(kind)) = (self.u16(&mut bytes), self.u16(&mut bytes)) else {
                break;
            };
            let (Some(count), Some(field)) = (self.u32(&mut bytes), bytes.take(4)) else {
                break;
            };
            let Some(value) = self.value(kind, count, field) else { continue };
            if entries.iter().all(|known| known.tag != tag) {
                entries.push(Entry { tag, kind, count, value });
            }
        }
        Some(entries)
    }

    fn value(&self, kind: u16, count: u32, field: &'a [u8]) -> Option<&'a [u8]> {
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => return None,
        };
        let length = usize::try_from(count).ok()?.checked_mul(size)?;
        if length <= 4 {
            return field.get(..length);
        }
        let offset = self.u32(&mut Bytes::new(field))? as usize;
        self.tiff.get(offset..offset.checked_add(length)?)
    }
}

/// Lays the directories out one behind the other, each followed by its longer values.
fn write(
    source: &Source<'_>,
    mut first: Vec<Entry<'_>>,
    camera: Vec<Entry<'_>>,
    place: Vec<Entry<'_>>,
) -> Option<Vec<u8>> {
    let mut room = MAX_BYTES;
    let mut fits = |entry: &Entry<'_>| {
        let needed = 12 + entry.value.len() + 1;
        room.checked_sub(needed).map(|left| room = left).is_some()
    };
    first.sort_by_key(|entry| (entry.tag != ORIENTATION, !RIGHTS.contains(&entry.tag)));
    first.retain(&mut fits);
    let place: Vec<Entry<'_>> = place.into_iter().filter(&mut fits).collect();
    let camera: Vec<Entry<'_>> = camera.into_iter().filter(&mut fits).collect();

    // Links are entries too; their values are known once the lengths are.
    let links = usize::from(!camera.is_empty()) + usize::from(!place.is_empty());
    let camera_at = 8 + length(&first) + links * 12;
    let place_at = camera_at + if camera.is_empty() { 0 } else { length(&camera) };
    let camera_link = source.u32_bytes(u32::try_from(camera_at).ok()?);
    let place_link = source.u32_bytes(u32::try_from(place_at).ok()?);
    // From here on entries may borrow the links, too.
    let mut first: Vec<Entry<'_>> = first;
    if !camera.is_empty() {
        first.push(Entry { tag: CAMERA, kind: 4, count: 1, value: &camera_link });
    }
    if !place.is_empty() {
        first.push(Entry { tag: PLACE, kind: 4, count: 1, value: &place_link });
    }
    let magic: &[u8] = if source.little_endian { b"II\x2a\0" } else { b"MM\0\x2a" };
    let mut output = [magic, &source.u32_bytes(8)].concat();
    for directory in [first, camera, place] {
        if !directory.is_empty() {
            append(source, directory, &mut output)?;
        }
    }
    Some(output)
}

/// Bytes of a directory with its longer values.
fn length(entries: &[Entry<'_>]) -> usize {
    let values: usize = entries
        .iter()
        .map(|entry| entry.value.len())
        .filter(|length| *length > 4)
        .map(|length| length.next_multiple_of(2))
        .sum();
    2 + entries.len() * 12 + 4 + values
}

fn append(source: &Source<'_>, mut entries: Vec<Entry<'_>>, output: &mut Vec<u8>) -> Option<()> {
    entries.sort_by_key(|entry| entry.tag);
    let mut values_at = output.len() + 2 + entries.len() * 12 + 4;
    let mut values = Vec::new();
    output.extend(source.u16_bytes(u16::try_from(entries.len()).ok()?));
    for entry in entries {
        output.extend(source.u16_bytes(entry.tag));
        output.extend(source.u16_bytes(entry.kind));
        output.extend(source.u32_bytes(entry.count));
        if entry.value.len() <= 4 {
            output.extend_from_slice(entry.value);
            output.extend(std::iter::repeat_n(0, 4 - entry.value.len()));
            continue;
        }
        output.extend(source.u32_bytes(u32::try_from(values_at).ok()?));
        let padded = entry.value.len().next_multiple_of(2);
        values.extend_from_slice(entry.value);
        values.extend(std::iter::repeat_n(0, padded - entry.value.len()));
        values_at += padded;
    }
    // No next directory: that would be the thumbnail's.
    output.extend([0; 4]);
    output.extend(values);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Keep = Keep { copyright: true, icc: true, exif: true, xmp: true, gps: true };

    proptest::proptest! {
        #[test]
        fn damaged_structures_neither_panic_nor_grow(
            tail in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
        ) {
            let tiff = [b"II\x2a\0\x08\0\0\0".as_slice(), &tail].concat();
            if let Some(kept) = filtered(&tiff, ALL) {
                proptest::prop_assert!(kept.len() <= MAX_BYTES + 100);
                proptest::prop_assert_eq!(filtered(&kept, ALL), Some(kept));
            }
        }
    }

    #[test]
    fn directories_that_name_each_other_are_read_once() {
        let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
        tiff.extend(b"\x87\x69\0\x04\0\0\0\x01\0\0\0\x08");
        tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x08");
        tiff.extend([0; 4]);
        assert!(filtered(&tiff, ALL).is_some_and(|kept| kept.len() < 200));
    }
}
