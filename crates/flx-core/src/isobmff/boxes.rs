//! Boxes of the ISO base media file format (ISO/IEC 14496-12, section 4.2).

use crate::probe::bytes::Bytes;

/// A box: its type and its payload.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Box<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) data: &'a [u8],
    /// The whole box with its header.
    pub(crate) raw: &'a [u8],
}

/// The boxes in a payload, up to the first that is cut short.
pub(crate) fn boxes(payload: &[u8]) -> impl Iterator<Item = Box<'_>> {
    let mut rest = payload;
    std::iter::from_fn(move || {
        let mut bytes = Bytes::new(rest);
        let short_size = bytes.u32_be()?;
        let kind = bytes.four_cc()?;
        let size = match short_size {
            0 => rest.len(),
            1 => usize::try_from(bytes.u64_be()?).ok()?,
            size => size as usize,
        };
        let header = rest.len() - bytes.rest().len();
        let (raw, tail) = rest.split_at_checked(size)?;
        rest = tail;
        Some(Box { kind, data: raw.get(header..)?, raw })
    })
}

/// The payload of the first box of a type.
pub(crate) fn find<'a>(payload: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(payload).find(|found| &found.kind == kind).map(|found| found.data)
}

/// Version, flags and the rest of a full box.
pub(crate) fn full(payload: &[u8]) -> Option<(u8, u32, Bytes<'_>)> {
    let mut bytes = Bytes::new(payload);
    let word = bytes.u32_be()?;
    Some(((word >> 24) as u8, word & 0x00ff_ffff, bytes))
}
