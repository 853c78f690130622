//! AVIF written anew around the AV1 streams it already has: only the items that make up the
//! primary picture stay, with the properties that show it (ISO/IEC 14496-12, section 8.11).

use std::borrow::Cow;

use super::ColourProfile;
use crate::isobmff::boxes::{Box, boxes, find};
use crate::isobmff::items::{Item, Meta};
use crate::isobmff::{SHOWN_BY, is_alpha_of};

pub(super) fn strip(input: &[u8], profile: ColourProfile) -> Option<Vec<u8>> {
    let meta = Meta::read(input)?;
    let ids = picture_items(&meta);
    let items: Vec<&Item> = meta.items.iter().filter(|item| ids.contains(&item.id)).collect();
    let streams = items.iter().map(|item| meta.bytes_of(item)).collect::<Option<Vec<_>>>()?;
    // Items that share their bytes would be multiplied.
    if streams.iter().map(|stream| stream.len()).sum::<usize>() > input.len() {
        return None;
    }
    if is_bare(input, &meta, &items, profile, &streams) {
        return Some(input.to_vec());
    }
    write(&meta, &items, &streams, &Changes { profile, icc: None, additions: &[] })
}

/// An item that describes the picture.
pub(crate) struct Addition {
    pub(crate) kind: [u8; 4],
    /// With its closing zero; for items of type `mime` only.
    pub(crate) content_type: &'static [u8],
    pub(crate) data: Vec<u8>,
}

/// What is written otherwise than it was read.
struct Changes<'a> {
    profile: ColourProfile,
    /// A colour profile for the primary item.
    icc: Option<&'a [u8]>,
    additions: &'a [Addition],
}

/// The picture with a profile and items added; every other item that is not needed to show it goes.
pub(crate) fn rewritten(
    input: &[u8],
    icc: Option<&[u8]>,
    additions: &[Addition],
) -> Option<Vec<u8>> {
    let meta = Meta::read(input)?;
    let ids = picture_items(&meta);
    let items: Vec<&Item> = meta.items.iter().filter(|item| ids.contains(&item.id)).collect();
    let streams = items.iter().map(|item| meta.bytes_of(item)).collect::<Option<Vec<_>>>()?;
    write(&meta, &items, &streams, &Changes { profile: ColourProfile::Drop, icc, additions })
}

fn write(
    meta: &Meta<'_>,
    items: &[&Item],
    streams: &[Cow<'_, [u8]>],
    changes: &Changes<'_>,
) -> Option<Vec<u8>> {
    let brand = boxed(b"ftyp", b"avif\0\0\0\0avifmif1miaf")?;
    let added = changes.additions.iter().map(|addition| addition.data.as_slice());
    let data: Vec<&[u8]> = streams.iter().map(AsRef::as_ref).chain(added).collect();
    // Offsets have a fixed width, so the length of `meta` does not depend on them.
    let unplaced = vec![(0, 0); data.len()];
    let mut offset = brand.len() + meta_box(meta, items, changes, &unplaced)?.len() + 8;
    let places: Vec<(usize, usize)> = data
        .iter()
        .map(|part| {
            let place = (offset, part.len());
            offset += part.len();
            place
        })
        .collect();
    let mut output = brand;
    output.extend(meta_box(meta, items, changes, &places)?);
    output.extend(boxed(b"mdat", &data.concat())?);
    Some(output)
}

/// Ids for the added items, above those in use.
fn added_ids(items: &[&Item]) -> impl Iterator<Item = u32> {
    let last = items.iter().map(|item| item.id).max().unwrap_or_default();
    last.saturating_add(1)..u32::MAX
}

/// Whether there is nothing to take out: writing such a file anew could only make it larger.
fn is_bare(
    input: &[u8],
    meta: &Meta<'_>,
    items: &[&Item],
    profile: ColourProfile,
    streams: &[Cow<'_, [u8]>],
) -> bool {
    const FILE: [&[u8; 4]; 3] = [b"ftyp", b"meta", b"mdat"];
    const LISTS: [&[u8; 4]; 6] = [b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp"];
    let lists = find(input, b"meta").and_then(|data| data.get(4..)).unwrap_or_default();
    let data = find(input, b"mdat").unwrap_or_default();
    // Nothing may hide: neither another box, nor bytes behind or between those that are named.
    boxes(input).map(|found| found.raw.len()).sum::<usize>() == input.len()
        && boxes(input).count() == FILE.len()
        && boxes(input).all(|found| FILE.contains(&&found.kind))
        && boxes(lists).map(|found| found.raw.len()).sum::<usize>() == lists.len()
        && boxes(lists).all(|found| LISTS.contains(&&found.kind))
        && find(lists, b"hdlr").is_some_and(|handler| handler.len() <= 25)
        && data.len() == streams.iter().map(|stream| stream.len()).sum::<usize>()
        && items.len() == meta.items.len()
        && items.iter().all(|item| !item.is_named)
        && meta.properties.iter().all(|found| shows(found, profile))
}

/// The primary item, its alpha, and the tiles that both are made of.
fn picture_items(meta: &Meta<'_>) -> Vec<u32> {
    let mut ids = vec![meta.primary];
    ids.extend(
        meta.items.iter().find(|item| is_alpha_of(meta, item, meta.primary)).map(|item| item.id),
    );
    let tiles: Vec<u32> = ids.iter().flat_map(|id| meta.targets(*id, b"dimg")).copied().collect();
    ids.extend(tiles);
    ids
}

fn meta_box(
    meta: &Meta<'_>,
    items: &[&Item],
    changes: &Changes<'_>,
    places: &[(usize, usize)],
) -> Option<Vec<u8>> {
    let mut content = vec![0; 4];
    content.extend(boxed(b"hdlr", &[&[0; 8], b"pict".as_slice(), &[0; 13]].concat())?);
    content.extend(full_box(b"pitm", &id(meta.primary)?)?);
    content.extend(locations(items, places)?);
    content.extend(informations(items, changes.additions)?);
    content.extend(references(meta, items, changes.additions)?);
    content.extend(properties(meta, items, changes)?);
    boxed(b"meta", &content)
}

fn locations(items: &[&Item], places: &[(usize, usize)]) -> Option<Vec<u8>> {
    // Offsets and lengths of 4 bytes, no base offset.
    let mut content = vec![0x44, 0x00];
    content.extend(u16::try_from(places.len()).ok()?.to_be_bytes());
    let ids = items.iter().map(|item| item.id).chain(added_ids(items));
    for (item, (offset, length)) in ids.zip(places) {
        content.extend(id(item)?);
        // Data in this file, one extent.
        content.extend([0, 0, 0, 1]);
        content.extend(u32::try_from(*offset).ok()?.to_be_bytes());
        content.extend(u32::try_from(*length).ok()?.to_be_bytes());
    }
    full_box(b"iloc", &content)
}

/// Only ids and types: names are metadata.
fn informations(items: &[&Item], additions: &[Addition]) -> Option<Vec<u8>> {
    let count = u16::try_from(items.len() + additions.len()).ok()?;
    let mut content = count.to_be_bytes().to_vec();
    for item in items {
        // Version 2, not protected, no name.
        let entry = [&[2, 0, 0, 0], id(item.id)?.as_slice(), &[0, 0], &item.kind, &[0]].concat();
        content.extend(boxed(b"infe", &entry)?);
    }
    for (addition, added) in additions.iter().zip(added_ids(items)) {
        let head = [&[2, 0, 0, 0], id(added)?.as_slice(), &[0, 0], &addition.kind, &[0]].concat();
        content.extend(boxed(b"infe", &[head.as_slice(), addition.content_type].concat())?);
    }
    full_box(b"iinf", &content)
}

fn references(meta: &Meta<'_>, items: &[&Item], additions: &[Addition]) -> Option<Vec<u8>> {
    const KINDS: [&[u8; 4]; 3] = [b"auxl", b"dimg", b"prem"];
    let stays = |id: &u32| items.iter().any(|item| item.id == *id);
    let mut content = Vec::new();
    for reference in meta.references.iter().filter(|reference| stays(&reference.from)) {
        let to: Vec<u32> = reference.to.iter().copied().filter(stays).collect();
        if to.is_empty() || !KINDS.contains(&&reference.kind) {
            continue;
        }
        let mut entry = id(reference.from)?.to_vec();
        entry.extend(u16::try_from(to.len()).ok()?.to_be_bytes());
        for target in to {
            entry.extend(id(target)?);
        }
        content.extend(boxed(&reference.kind, &entry)?);
    }
    for (_, added) in additions.iter().zip(added_ids(items)) {
        let entry = [id(added)?, [0, 1], id(meta.primary)?].concat();
        content.extend(boxed(b"cdsc", &entry)?);
    }
    if content.is_empty() { Some(content) } else { full_box(b"iref", &content) }
}

/// The properties that the items use and that show them, numbered anew.
fn properties(meta: &Meta<'_>, items: &[&Item], changes: &Changes<'_>) -> Option<Vec<u8>> {
    let Changes { profile, icc, .. } = *changes;
    let mut kept: Vec<u16> = Vec::new();
    let mut links = u32::try_from(items.len()).ok()?.to_be_bytes().to_vec();
    // An added profile stands in front, so that its number is known: 1.
    let before = usize::from(icc.is_some());
    for item in items {
        let mut numbers = Vec::new();
        if before > 0 && item.id == meta.primary {
            numbers.push(1);
        }
        for (index, essential) in &item.properties {
            if !meta.properties.get(usize::from(*index)).is_some_and(|found| shows(found, profile))
            {
                continue;
            }
            let place = kept.iter().position(|known| known == index).unwrap_or_else(|| {
                kept.push(*index);
                kept.len() - 1
            });
            let number = u8::try_from(place + before + 1).ok().filter(|number| *number < 0x80)?;
            numbers.push(number | u8::from(*essential) << 7);
        }
        links.extend(id(item.id)?);
        links.push(u8::try_from(numbers.len()).ok()?);
        links.extend(numbers);
    }
    let mut container = match icc {
        Some(icc) => boxed(b"colr", &[b"prof", icc].concat())?,
        None => Vec::new(),
    };
    let properties = kept.iter().filter_map(|index| meta.properties.get(usize::from(*index)));
    container.extend(properties.flat_map(|found| found.raw));
    let mut content = boxed(b"ipco", &container)?;
    content.extend(full_box(b"ipma", &links)?);
    boxed(b"iprp", &content)
}

/// Whether a property is needed to show the picture.
fn shows(property: &Box<'_>, profile: ColourProfile) -> bool {
    let is_icc = &property.kind == b"colr" && !property.data.starts_with(b"nclx");
    SHOWN_BY.contains(&&property.kind) && !(is_icc && profile == ColourProfile::Drop)
}

/// Ids of two bytes, as every writer gives them.
fn id(id: u32) -> Option<[u8; 2]> {
    u16::try_from(id).ok().map(u16::to_be_bytes)
}

/// Version and flags 0.
fn full_box(kind: &[u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    boxed(kind, &[&[0; 4], content].concat())
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(content.len() + 8).ok()?;
    Some([&size.to_be_bytes(), kind.as_slice(), content].concat())
}
