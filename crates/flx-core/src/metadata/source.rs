//! Where each format keeps its EXIF and XMP.

use std::borrow::Cow;

use crate::{Keep, SourceFormat};

/// XMP of more than this is not read. It holds edit histories then, and nobody's name.
const MAX_XMP_BYTES: usize = 256 * 1024;

/// A TIFF structure and an XMP packet as they stand in the file, and Photoshop's segment.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) exif: Option<Cow<'a, [u8]>>,
    pub(super) xmp: Option<Cow<'a, [u8]>>,
    #[cfg_attr(not(feature = "jpeg"), allow(dead_code, reason = "only JPEG has it"))]
    photoshop: Option<&'a [u8]>,
}

impl Found<'_> {
    /// The packet that is kept, with those rights that only Photoshop's segment tells of.
    pub(super) fn rights_in(&self, packet: Option<Vec<u8>>, keep: Keep) -> Option<Vec<u8>> {
        #[cfg(feature = "jpeg")]
        if let Some(segment) = self.photoshop.filter(|_| keep.copyright) {
            let known = String::from_utf8_lossy(packet.as_deref().unwrap_or_default());
            return match super::iptc::rights(segment, &known) {
                Some(rights) => Some(super::xmp::with_description(packet, &rights)),
                None => packet,
            };
        }
        let _ = keep;
        packet
    }
}

pub(super) fn read(input: &[u8], format: SourceFormat) -> Found<'_> {
    let mut found = match format {
        #[cfg(feature = "jpeg")]
        SourceFormat::Jpeg => jpeg(input),
        #[cfg(feature = "png")]
        SourceFormat::Png => png(input),
        #[cfg(feature = "webp")]
        SourceFormat::WebP => webp(input),
        #[cfg(feature = "avif")]
        SourceFormat::Avif => avif(input),
        #[cfg(feature = "tiff")]
        SourceFormat::Tiff => Found {
            exif: Some(input.into()),
            xmp: super::exif::xmp_of_tiff(input).map(Cow::Borrowed),
            photoshop: None,
        },
        _ => Found::default(),
    };
    found.xmp = found.xmp.filter(|packet| packet.len() <= MAX_XMP_BYTES);
    found
}

/// APP1 and APP13 segments by their names. Extended XMP is left where it is.
#[cfg(feature = "jpeg")]
fn jpeg(input: &[u8]) -> Found<'_> {
    use crate::probe::jpeg::{APP1, APP13, segments};

    let mut found = Found::default();
    for segment in segments(input) {
        if segment.marker == APP13 {
            if let Some(resources) = segment.data.strip_prefix(b"Photoshop 3.0\0") {
                found.photoshop.get_or_insert(resources);
            }
        } else if segment.marker != APP1 {
            continue;
        } else if let Some(exif) = segment.data.strip_prefix(b"Exif\0\0") {
            found.exif.get_or_insert(exif.into());
        } else if let Some(xmp) = segment.data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
            found.xmp.get_or_insert(xmp.into());
        }
    }
    found
}

/// `eXIf`, and the international text whose keyword says XMP.
#[cfg(feature = "png")]
fn png(input: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for chunk in crate::probe::png::chunks(input) {
        match &chunk.name {
            b"eXIf" => {
                found.exif.get_or_insert(chunk.data.into());
            }
            b"iTXt" => {
                if let Some(xmp) = chunk.data.strip_prefix(b"XML:com.adobe.xmp\0").and_then(text) {
                    found.xmp.get_or_insert(xmp);
                }
            }
            _ => {}
        }
    }
    found
}

/// The text of an `iTXt` chunk behind its keyword: whether it is compressed, by which method, a
/// language and a translated keyword stand before it (PNG, third edition, section 11.3.3.4).
#[cfg(feature = "png")]
fn text(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    use std::io::Read;

    let (&[compressed, method], rest) = data.split_first_chunk::<2>()?;
    let mut parts = rest.splitn(3, |byte| *byte == 0).skip(2);
    let text = parts.next()?;
    match (compressed, method) {
        (0, _) => Some(text.into()),
        (1, 0) => {
            // One byte more than is read of any packet, so that a longer one is seen to be longer.
            let most = MAX_XMP_BYTES as u64 + 1;
            let mut inflated = Vec::new();
            flate2::read::ZlibDecoder::new(text).take(most).read_to_end(&mut inflated).ok()?;
            Some(inflated.into())
        }
        _ => None,
    }
}

#[cfg(feature = "webp")]
fn webp(input: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for chunk in crate::probe::webp::chunks(input) {
        match &chunk.name {
            // Some writers leave the marker's name of JPEG in front.
            b"EXIF" => {
                let exif = chunk.data.strip_prefix(b"Exif\0\0").unwrap_or(chunk.data);
                found.exif.get_or_insert(exif.into());
            }
            b"XMP " => {
                found.xmp.get_or_insert(chunk.data.into());
            }
            _ => {}
        }
    }
    found
}

/// Items that describe the primary one (ISO/IEC 23008-12, annex A).
#[cfg(feature = "avif")]
fn avif(input: &[u8]) -> Found<'_> {
    let Some(meta) = crate::isobmff::items::Meta::read(input) else {
        return Found::default();
    };
    let describing = |kind: &[u8; 4]| {
        let item = meta.items.iter().find(|item| {
            &item.kind == kind && meta.targets(item.id, b"cdsc").contains(&meta.primary)
        })?;
        meta.bytes_of(item)
    };
    let exif = describing(b"Exif").and_then(|item| {
        // Four bytes say how far the TIFF structure is away.
        let (skip, rest) = item.split_first_chunk::<4>()?;
        rest.get(u32::from_be_bytes(*skip) as usize..).map(|exif| Cow::Owned(exif.to_vec()))
    });
    // Other kinds of text are told apart by their first bytes when they are read.
    Found { exif, xmp: describing(b"mime"), photoshop: None }
}
