//! Items of a `meta` box: what they are, where their bytes lie, how they belong together.
//! (ISO/IEC 14496-12, section 8.11; ISO/IEC 23008-12, section 9.3.)

use std::borrow::Cow;

use super::boxes::{Box, boxes, find, full};
use crate::probe::bytes::Bytes;

/// More items than any camera or encoder writes: grids have at most a few hundred tiles. Look-ups
/// are linear, so this also bounds the time that a hostile list can take.
const MAX_ITEMS: usize = 4_096;

/// More properties cannot be named: their indices have 15 bits (ISO/IEC 23008-12, section 9.3.1).
const MAX_PROPERTIES: usize = 0x7fff;

/// Entries of one of the other lists, over all items. A few bytes in the file become many here, so
/// that the file's length alone is no bound.
const MAX_ENTRIES: usize = 16 * MAX_ITEMS;

/// One item.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: u32,
    pub(crate) kind: [u8; 4],
    /// Whether anything stands behind id and type: a name, a content type.
    pub(crate) is_named: bool,
    pub(crate) location: Location,
    /// Indices into [`Meta::properties`], with the flag that the property must be understood.
    pub(crate) properties: Vec<(u16, bool)>,
}

/// Where an item's bytes lie.
#[derive(Debug, Clone, Default)]
pub(crate) struct Location {
    in_idat: bool,
    by_other_means: bool,
    extents: Vec<(u64, u64)>,
}

/// A reference from one item to others.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) kind: [u8; 4],
    pub(crate) from: u32,
    pub(crate) to: Vec<u32>,
}

/// The items of a file.
#[derive(Debug)]
pub(crate) struct Meta<'a> {
    pub(crate) primary: u32,
    pub(crate) items: Vec<Item>,
    pub(crate) references: Vec<Reference>,
    /// The boxes of `ipco`.
    pub(crate) properties: Vec<Box<'a>>,
    file: &'a [u8],
    idat: &'a [u8],
}

impl<'a> Meta<'a> {
    /// Reads the `meta` box at the top of a file; `None` when it is missing or cut short.
    pub(crate) fn read(file: &'a [u8]) -> Option<Self> {
        let (_, _, meta) = full(find(file, b"meta")?)?;
        let meta = meta.rest();
        let properties = find(meta, b"iprp")?;
        let mut this = Self {
            primary: primary(find(meta, b"pitm")?)?,
            items: items(find(meta, b"iinf")?)?,
            references: find(meta, b"iref").and_then(references).unwrap_or_default(),
            properties: boxes(find(properties, b"ipco")?).take(MAX_PROPERTIES).collect(),
            file,
            idat: find(meta, b"idat").unwrap_or_default(),
        };
        this.locate(find(meta, b"iloc")?)?;
        let mut left = Left { items: MAX_ITEMS, entries: MAX_ENTRIES };
        for list in boxes(properties).filter(|found| &found.kind == b"ipma") {
            this.associate(list.data, &mut left)?;
        }
        Some(this)
    }

    pub(crate) const fn file_length(&self) -> usize {
        self.file.len()
    }

    pub(crate) fn item(&self, id: u32) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The items that `id` refers to by references of a kind, in order.
    pub(crate) fn targets(&self, id: u32, kind: &[u8; 4]) -> &[u32] {
        self.references
            .iter()
            .find(|reference| reference.from == id && &reference.kind == kind)
            .map_or(&[], |reference| &reference.to)
    }

    /// The payload of an item's property of a kind.
    pub(crate) fn property(&self, item: &Item, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties_of(item).find(|(found, _)| &found.kind == kind).map(|(found, _)| found.data)
    }

    /// An item's properties, each with the flag that it must be understood.
    pub(crate) fn properties_of(&self, item: &Item) -> impl Iterator<Item = (Box<'a>, bool)> {
        item.properties.iter().filter_map(|(index, essential)| {
            Some((*self.properties.get(usize::from(*index))?, *essential))
        })
    }

    /// An item's bytes, joined where they lie in several extents.
    pub(crate) fn bytes_of(&self, item: &Item) -> Option<Cow<'a, [u8]>> {
        if item.location.by_other_means {
            return None;
        }
        let whole = if item.location.in_idat { self.idat } else { self.file };
        let extent = |(offset, length): &(u64, u64)| {
            let tail = whole.get(usize::try_from(*offset).ok()?..)?;
            // A length of 0 means all the rest.
            if *length == 0 { Some(tail) } else { tail.get(..usize::try_from(*length).ok()?) }
        };
        match item.location.extents.as_slice() {
            [] => None,
            [only] => extent(only).map(Cow::Borrowed),
            several => {
                let mut joined = Vec::new();
                for part in several {
                    let part = extent(part)?;
                    // Overlapping extents could otherwise make much of little.
                    if joined.len() + part.len() > whole.len() {
                        return None;
                    }
                    joined.extend_from_slice(part);
                }
                Some(Cow::Owned(joined))
            }
        }
    }

    fn locate(&mut self, payload: &[u8]) -> Option<()> {
        let (version, _, mut bytes) = full(payload)?;
        let sizes = bytes.u16_be()?;
        let width = |shift: u16| usize::from(sizes >> shift & 15);
        let (offset_size, length_size, base_size) = (width(12), width(8), width(4));
        let index_size = if version == 0 { 0 } else { width(0) };
        let count = if version < 2 { bytes.u16_be()?.into() } else { bytes.u32_be()? };
        let mut left = Left { items: MAX_ITEMS, entries: MAX_ENTRIES };
        left.take_items(count)?;
        for _ in 0..count {
            let id = if version < 2 { bytes.u16_be()?.into() } else { bytes.u32_be()? };
            let method = if version == 0 { 0 } else { bytes.u16_be()? & 15 };
            let data_reference = bytes.u16_be()?;
            let base = sized(&mut bytes, base_size)?;
            let extent_size = index_size + offset_size + length_size;
            let extents = bounded(bytes.u16_be()?, extent_size, &bytes)?;
            left.take_entries(extents)?;
            let extents = (0..extents)
                .map(|_| {
                    sized(&mut bytes, index_size)?;
                    let offset = sized(&mut bytes, offset_size)?.checked_add(base)?;
                    Some((offset, sized(&mut bytes, length_size)?))
                })
                .collect::<Option<Vec<_>>>()?;
            let location = Location {
                in_idat: method == 1,
                by_other_means: method > 1 || data_reference != 0,
                extents,
            };
            if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                item.location = location;
            }
        }
        Some(())
    }

    /// Reads one list of which item has which properties.
    fn associate(&mut self, payload: &[u8], left: &mut Left) -> Option<()> {
        let (version, flags, mut bytes) = full(payload)?;
        let count = bytes.u32_be()?;
        left.take_items(count)?;
        for _ in 0..count {
            let id = if version == 0 { bytes.u16_be()?.into() } else { bytes.u32_be()? };
            let properties = bytes.u8()?;
            left.take_entries(properties.into())?;
            let properties = (0..properties)
                .map(|_| {
                    let (index, essential) = if flags & 1 == 1 {
                        let word = bytes.u16_be()?;
                        (word & 0x7fff, word >> 15 == 1)
                    } else {
                        let byte = bytes.u8()?;
                        (u16::from(byte & 0x7f), byte >> 7 == 1)
                    };
                    Some((index, essential))
                })
                .collect::<Option<Vec<_>>>()?;
            if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
                // An item stands in one list, once (ISO/IEC 23008-12, section 9.3.1).
                if !item.properties.is_empty() {
                    return None;
                }
                // Indices count from 1; 0 stands for no property.
                item.properties.extend(
                    properties
                        .into_iter()
                        .filter_map(|(index, essential)| Some((index.checked_sub(1)?, essential))),
                );
            }
        }
        Some(())
    }
}

/// How much of a kind may still come.
struct Left {
    items: usize,
    entries: usize,
}

impl Left {
    fn take_items(&mut self, count: u32) -> Option<()> {
        self.items = self.items.checked_sub(count as usize)?;
        Some(())
    }

    fn take_entries(&mut self, count: u16) -> Option<()> {
        self.entries = self.entries.checked_sub(count.into())?;
        Some(())
    }
}

/// A count of records that can all stand in what is left. Records without any bytes could be
/// counted up for nothing, so of those there is at most one.
fn bounded(count: u16, size: usize, bytes: &Bytes<'_>) -> Option<u16> {
    let fits = usize::from(count) * size <= bytes.rest().len();
    (fits && (size > 0 || count <= 1)).then_some(count)
}

fn sized(bytes: &mut Bytes<'_>, size: usize) -> Option<u64> {
    Some(bytes.take(size)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn primary(payload: &[u8]) -> Option<u32> {
    let (version, _, mut bytes) = full(payload)?;
    if version == 0 { bytes.u16_be().map(u32::from) } else { bytes.u32_be() }
}

fn items(payload: &[u8]) -> Option<Vec<Item>> {
    let (version, _, mut bytes) = full(payload)?;
    bytes.skip(if version == 0 { 2 } else { 4 })?;
    let entries = boxes(bytes.rest()).filter(|found| &found.kind == b"infe").take(MAX_ITEMS);
    Some(entries.filter_map(item).collect())
}

fn item(entry: Box<'_>) -> Option<Item> {
    let (version, _, mut bytes) = full(entry.data)?;
    let id = match version {
        2 => bytes.u16_be()?.into(),
        3 => bytes.u32_be()?,
        // Versions 0 and 1 have no item type, so they are no pictures.
        _ => return None,
    };
    bytes.skip(2)?;
    let kind = bytes.four_cc()?;
    let is_named = bytes.rest().iter().any(|byte| *byte != 0);
    Some(Item { id, kind, is_named, location: Location::default(), properties: Vec::new() })
}

fn references(payload: &[u8]) -> Option<Vec<Reference>> {
    let (version, _, bytes) = full(payload)?;
    let id = |bytes: &mut Bytes<'_>| {
        if version == 0 { bytes.u16_be().map(u32::from) } else { bytes.u32_be() }
    };
    let mut left = Left { items: MAX_ITEMS, entries: MAX_ENTRIES };
    boxes(bytes.rest())
        .take(MAX_ITEMS)
        .map(|entry| {
            let mut bytes = Bytes::new(entry.data);
            let from = id(&mut bytes)?;
            let count = bytes.u16_be()?;
            left.take_entries(count)?;
            let to = (0..count).map(|_| id(&mut bytes)).collect::<Option<Vec<_>>>()?;
            Some(Reference { kind: entry.kind, from, to })
        })
        .collect()
}
