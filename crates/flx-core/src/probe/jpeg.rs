//! JPEG markers (ITU-T T.81, annex B): frame, scans, and the segments that carry facts.

use std::borrow::Cow;

use image::metadata::Orientation;

use super::bytes::Bytes;
use super::{Detail, Header, MAX_PROFILE_BYTES, corrupt, plain_info};
use crate::{Error, SourceFormat};

/// Scans of a progressive file beyond which decoding it is a denial of service: encoders write
/// about ten, and every scan costs a pass over the whole picture.
const MAX_SCANS: u32 = 100;

/// What the JPEG decoders need to know.
#[derive(Debug)]
pub(crate) struct JpegDetail<'a> {
    /// 1 grey, 3 colour, 4 CMYK or YCCK.
    pub(crate) components: u8,
    /// Whether Adobe's APP14 segment is there.
    pub(crate) written_by_adobe: bool,
    /// The colour profile, joined from its APP2 segments.
    pub(crate) icc: Option<Cow<'a, [u8]>>,
}

/// A marker segment in front of or between the scans.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment<'a> {
    pub(crate) marker: u8,
    /// The payload, without marker and length; empty for markers without one.
    pub(crate) data: &'a [u8],
    /// For a start of scan: the entropy-coded data behind it. Empty otherwise.
    pub(crate) entropy: &'a [u8],
}

pub(crate) const APP1: u8 = 0xe1;
pub(crate) const APP2: u8 = 0xe2;
pub(crate) const APP13: u8 = 0xed;
pub(crate) const APP14: u8 = 0xee;
pub(crate) const SOS: u8 = 0xda;
pub(crate) const EOI: u8 = 0xd9;

/// The segments of a JPEG file behind its start, up to and including the end of the image.
/// The iterator ends early where the file is cut short.
pub(crate) fn segments(input: &[u8]) -> impl Iterator<Item = Segment<'_>> {
    let mut rest = input.get(2..).unwrap_or_default();
    std::iter::from_fn(move || {
        let mut bytes = Bytes::new(rest.get(marker_position(rest)? + 1..)?);
        let marker = bytes.u8()?;
        if marker == EOI {
            rest = &[];
            return Some(Segment { marker, data: &[], entropy: &[] });
        }
        // These stand alone (B.1.1.3) and have no place here.
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            return None;
        }
        let length = usize::from(bytes.u16_be()?).checked_sub(2)?;
        let data = bytes.take(length)?;
        let mut entropy: &[u8] = &[];
        if marker == SOS {
            entropy = bytes.take(entropy_length(bytes.rest()))?;
        }
        rest = bytes.rest();
        Some(Segment { marker, data, entropy })
    })
}

/// Where the next marker starts. Fill bytes (B.1.1.2) and stray ones, which libjpeg passes with a
/// warning, are passed over.
fn marker_position(data: &[u8]) -> Option<usize> {
    memchr::memchr_iter(0xff, data).find(|at| !matches!(data.get(at + 1), Some(0 | 0xff) | None))
}

/// Length of entropy-coded data: up to the next marker that is neither a stuffed zero nor a
/// restart (B.1.1.5).
fn entropy_length(data: &[u8]) -> usize {
    for at in memchr::memchr_iter(0xff, data) {
        match data.get(at + 1) {
            Some(0 | 0xd0..=0xd7 | 0xff) => {}
            _ => return at,
        }
    }
    data.len()
}

pub(super) fn header(input: &[u8]) -> Result<Header<'_>, Error> {
    let mut frame = None;
    let mut orientation = Orientation::NoTransforms;
    let mut written_by_adobe = false;
    let mut icc = IccParts::default();
    let mut scans = 0u32;
    let mut ended = false;
    for segment in segments(input) {
        match segment.marker {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                // Decoders differ in which of two they take.
                if frame.is_some() {
                    return Err(corrupt(SourceFormat::Jpeg, "there are two frame headers"));
                }
                frame = Some(Frame::read(segment)?);
            }
            APP1 => {
                if let Some(exif) = segment.data.strip_prefix(b"Exif\0\0") {
                    orientation = Orientation::from_exif_chunk(exif).unwrap_or(orientation);
                }
            }
            APP2 => icc.note(segment.data),
            APP14 => written_by_adobe |= segment.data.starts_with(b"Adobe"),
            SOS => {
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(Error::TooComplex {
                        format: SourceFormat::Jpeg,
                        what: "scans",
                        found: scans.into(),
                        limit: MAX_SCANS.into(),
                    });
                }
            }
            EOI => ended = true,
            _ => {}
        }
    }
    let frame = frame.ok_or_else(|| corrupt(SourceFormat::Jpeg, "no frame header found"))?;
    if scans == 0 {
        return Err(corrupt(SourceFormat::Jpeg, "no scan found"));
    }
    // Decoders fill what is missing with grey and report success: a half picture is refused here.
    if !ended {
        return Err(corrupt(SourceFormat::Jpeg, "the file ends before the end-of-image marker"));
    }
    let mut info = plain_info(SourceFormat::Jpeg, input, frame.width.into(), frame.height.into());
    info.orientation = orientation;
    info.progressive = frame.progressive;
    info.cmyk = frame.components == 4;
    let detail = JpegDetail { components: frame.components, written_by_adobe, icc: icc.join() };
    Ok(Header { info, detail: Detail::Jpeg(detail) })
}

struct Frame {
    width: u16,
    height: u16,
    components: u8,
    progressive: bool,
}

impl Frame {
    fn read(segment: Segment<'_>) -> Result<Self, Error> {
        let unsupported =
            |variant: String| Error::UnsupportedVariant { format: SourceFormat::Jpeg, variant };
        let coding = match segment.marker {
            0xc0..=0xc2 => None,
            0xc3 => Some("lossless coding"),
            0xc5..=0xc7 => Some("hierarchical coding"),
            _ => Some("arithmetic coding"),
        };
        if let Some(coding) = coding {
            return Err(unsupported(coding.to_owned()));
        }
        let cut = || corrupt(SourceFormat::Jpeg, "the frame header is cut short");
        let mut bytes = Bytes::new(segment.data);
        let precision = bytes.u8().ok_or_else(cut)?;
        let height = bytes.u16_be().ok_or_else(cut)?;
        let width = bytes.u16_be().ok_or_else(cut)?;
        let components = bytes.u8().ok_or_else(cut)?;
        if precision != 8 {
            return Err(unsupported(format!("{precision} bits per sample")));
        }
        if height == 0 {
            return Err(unsupported("height given behind the first scan".to_owned()));
        }
        if !matches!(components, 1 | 3 | 4) {
            return Err(unsupported(format!("{components} colour components")));
        }
        Ok(Self { width, height, components, progressive: segment.marker == 0xc2 })
    }
}

/// A profile in numbered parts of at most 64 KiB (ICC.1:2022, B.4).
#[derive(Default)]
struct IccParts<'a>(Vec<(u8, &'a [u8])>);

impl<'a> IccParts<'a> {
    fn note(&mut self, data: &'a [u8]) {
        if let Some([number, _count, part @ ..]) = data.strip_prefix(b"ICC_PROFILE\0") {
            self.0.push((*number, part));
        }
    }

    fn join(mut self) -> Option<Cow<'a, [u8]>> {
        if self.0.iter().map(|part| part.1.len()).sum::<usize>() > MAX_PROFILE_BYTES {
            return None;
        }
        self.0.sort_by_key(|part| part.0);
        match self.0.as_slice() {
            [] => None,
            [(_, only)] => Some(Cow::Borrowed(*only)),
            parts => Some(Cow::Owned(parts.iter().flat_map(|part| part.1).copied().collect())),
        }
    }
}
