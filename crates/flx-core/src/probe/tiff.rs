//! The first directory of a TIFF file (TIFF 6.0, section 2; BigTIFF).

use image::metadata::Orientation;

use super::bytes::Bytes;
use super::{Header, corrupt, plain, plain_info};
use crate::{Error, SourceFormat};

pub(super) fn header(input: &[u8]) -> Result<Header<'static>, Error> {
    let tags = Tags::read(input)
        .ok_or_else(|| corrupt(SourceFormat::Tiff, "the first directory is cut short"))?;
    // Camera raws are TIFF files whose first directory is a thumbnail.
    if tags.dng || tags.subfile & 1 == 1 {
        return Err(Error::UnsupportedVariant {
            format: SourceFormat::Tiff,
            variant: "camera raw, or a preview in place of the picture".to_owned(),
        });
    }
    let (Some(width), Some(height)) = (tags.width, tags.height) else {
        return Err(corrupt(SourceFormat::Tiff, "the picture's size is missing"));
    };
    let mut info = plain_info(SourceFormat::Tiff, input, width, height);
    info.bit_depth = tags.bits.clamp(1, 64);
    info.has_alpha = tags.extra_samples.is_some();
    info.orientation =
        Orientation::from_exif(tags.orientation).unwrap_or(Orientation::NoTransforms);
    Ok(plain(info))
}

/// Whether colours are stored multiplied with alpha ("associated alpha", TIFF 6.0, section 18).
pub(crate) fn is_premultiplied(input: &[u8]) -> bool {
    Tags::read(input).is_some_and(|tags| tags.extra_samples == Some(1))
}

/// The tags that matter here, by their numbers in TIFF 6.0.
#[derive(Default)]
struct Tags {
    /// 256
    width: Option<u32>,
    /// 257
    height: Option<u32>,
    /// 258, of the first sample
    bits: u8,
    /// 254, whose lowest bit marks a preview
    subfile: u32,
    /// 274
    orientation: u8,
    /// 50706, which only DNG has
    dng: bool,
    /// 338, of the first extra sample: 1 is alpha that colours are multiplied with, 2 is not
    extra_samples: Option<u32>,
}

impl Tags {
    fn read(input: &[u8]) -> Option<Self> {
        let mut layout = Layout { little_endian: input.starts_with(b"II"), big: false };
        layout.big = layout.u16(&mut Bytes::new(input.get(2..)?))? == 43;
        let mut head = Bytes::new(input.get(if layout.big { 8 } else { 4 }..)?);
        let offset = usize::try_from(layout.offset(&mut head)?).ok()?;
        let mut directory = Bytes::new(input.get(offset..)?);
        let entries = if layout.big {
            layout.u64(&mut directory)?
        } else {
            layout.u16(&mut directory)?.into()
        };
        let mut tags = Self { bits: 1, orientation: 1, ..Self::default() };
        for _ in 0..entries {
            let tag = layout.u16(&mut directory)?;
            let kind = layout.u16(&mut directory)?;
            let count = layout.offset(&mut directory)?;
            let field = directory.take(if layout.big { 8 } else { 4 })?;
            tags.note(tag, layout.value(input, kind, count, field));
        }
        Some(tags)
    }

    fn note(&mut self, tag: u16, value: Option<u32>) {
        match tag {
            254 => self.subfile = value.unwrap_or_default(),
            50_706 => self.dng = true,
            256 => self.width = value,
            257 => self.height = value,
            258 => self.bits = value.and_then(|bits| bits.try_into().ok()).unwrap_or(u8::MAX),
            274 => self.orientation = value.and_then(|code| code.try_into().ok()).unwrap_or(1),
            338 => self.extra_samples = value,
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
struct Layout {
    little_endian: bool,
    big: bool,
}

impl Layout {
    fn u16(self, bytes: &mut Bytes<'_>) -> Option<u16> {
        if self.little_endian { bytes.u16_le() } else { bytes.u16_be() }
    }

    fn u32(self, bytes: &mut Bytes<'_>) -> Option<u32> {
        if self.little_endian { bytes.u32_le() } else { bytes.u32_be() }
    }

    fn u64(self, bytes: &mut Bytes<'_>) -> Option<u64> {
        if self.little_endian { bytes.u64_le() } else { bytes.u64_be() }
    }

    fn offset(self, bytes: &mut Bytes<'_>) -> Option<u64> {
        if self.big { self.u64(bytes) } else { self.u32(bytes).map(u64::from) }
    }

    /// The first value of a field of type BYTE, SHORT, LONG or LONG8; it stands elsewhere in the
    /// file when all values together do not fit the field.
    fn value(self, input: &[u8], kind: u16, count: u64, field: &[u8]) -> Option<u32> {
        let size: u64 = match kind {
            1 => 1,
            3 => 2,
            4 => 4,
            16 => 8,
            _ => return None,
        };
        let mut bytes = Bytes::new(field);
        if count.checked_mul(size)? > field.len() as u64 {
            let offset = usize::try_from(self.offset(&mut bytes)?).ok()?;
            bytes = Bytes::new(input.get(offset..)?);
        }
        match kind {
            1 => bytes.u8().map(u32::from),
            3 => self.u16(&mut bytes).map(u32::from),
            4 => self.u32(&mut bytes),
            _ => self.u64(&mut bytes).and_then(|value| value.try_into().ok()),
        }
    }
}
