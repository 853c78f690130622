//! AVIF written anew around the AV1 streams it already has: only the items that make up the
//! primary picture stay (ISO/IEC 14496-12, section 8.11).

use crate::isobmff::boxes::boxes;
use crate::isobmff::items::{Item, Meta, Reference};

pub(super) fn strip(input: &[u8]) -> Option<Vec<u8>> {
    let meta = Meta::read(input)?;
    let ids = picture_items(&meta);
    let items: Vec<&Item<'_>> = meta.items.iter().filter(|item| ids.contains(&item.id)).collect();
    let streams = items.iter().map(|item| meta.bytes_of(item)).collect::<Option<Vec<_>>>()?;

    let brand = boxes(input).find(|found| &found.kind == b"ftyp")?.raw;
    // Offsets have a fixed width, so the length of `meta` does not depend on them.
    let unplaced =
        meta_box(&meta, &items, &streams.iter().map(|s| (0, s.len())).collect::<Vec<_>>())?;
    let mut offset = brand.len() + unplaced.len() + 8;
    let places: Vec<(usize, usize)> = streams
        .iter()
        .map(|stream| {
            let place = (offset, stream.len());
            offset += stream.len();
            place
        })
        .collect();
    let mut output = brand.to_vec();
    output.extend(meta_box(&meta, &items, &places)?);
    output.extend(boxed(b"mdat", &streams.concat())?);
    Some(output)
}

/// The primary item, the tiles it is made of, and the alpha that belongs to it.
fn picture_items(meta: &Meta<'_>) -> Vec<u32> {
    let mut ids = vec![meta.primary];
    let auxiliary = meta
        .references
        .iter()
        .filter(|reference| &reference.kind == b"auxl" && reference.to.contains(&meta.primary));
    ids.extend(auxiliary.map(|reference| reference.from));
    let tiles: Vec<u32> = ids.iter().flat_map(|id| meta.targets(*id, b"dimg")).copied().collect();
    ids.extend(tiles);
    ids
}

fn meta_box(meta: &Meta<'_>, items: &[&Item<'_>], places: &[(usize, usize)]) -> Option<Vec<u8>> {
    let mut content = vec![0; 4];
    content.extend(boxed(b"hdlr", &[&[0; 8], b"pict".as_slice(), &[0; 13]].concat())?);
    content.extend(full_box(b"pitm", 1, &meta.primary.to_be_bytes())?);
    content.extend(locations(items, places)?);
    content.extend(informations(items)?);
    content.extend(references(&meta.references, items)?);
    content.extend(properties(meta, items)?);
    boxed(b"meta", &content)
}

fn locations(items: &[&Item<'_>], places: &[(usize, usize)]) -> Option<Vec<u8>> {
    // Offsets and lengths of 4 bytes, no base offset, no index.
    let mut content = vec![0x44, 0x00];
    content.extend(u32::try_from(items.len()).ok()?.to_be_bytes());
    for (item, (offset, length)) in items.iter().zip(places) {
        content.extend(item.id.to_be_bytes());
        // Construction by file offset, data in this file, one extent.
        content.extend([0, 0, 0, 0, 0, 1]);
        content.extend(u32::try_from(*offset).ok()?.to_be_bytes());
        content.extend(u32::try_from(*length).ok()?.to_be_bytes());
    }
    full_box(b"iloc", 2, &content)
}

fn informations(items: &[&Item<'_>]) -> Option<Vec<u8>> {
    let mut content = u32::try_from(items.len()).ok()?.to_be_bytes().to_vec();
    items.iter().for_each(|item| content.extend(item.info));
    full_box(b"iinf", 1, &content)
}

fn references(all: &[Reference], items: &[&Item<'_>]) -> Option<Vec<u8>> {
    let stays = |id: &u32| items.iter().any(|item| item.id == *id);
    let mut content = Vec::new();
    for reference in all.iter().filter(|reference| stays(&reference.from)) {
        let to: Vec<u32> = reference.to.iter().copied().filter(stays).collect();
        if to.is_empty() {
            continue;
        }
        let mut entry = reference.from.to_be_bytes().to_vec();
        entry.extend(u16::try_from(to.len()).ok()?.to_be_bytes());
        to.iter().for_each(|id| entry.extend(id.to_be_bytes()));
        content.extend(boxed(&reference.kind, &entry)?);
    }
    if content.is_empty() { Some(content) } else { full_box(b"iref", 1, &content) }
}

fn properties(meta: &Meta<'_>, items: &[&Item<'_>]) -> Option<Vec<u8>> {
    let all: Vec<u8> = meta.properties.iter().flat_map(|found| found.raw).copied().collect();
    let mut content = boxed(b"ipco", &all)?;
    let mut links = u32::try_from(items.len()).ok()?.to_be_bytes().to_vec();
    for item in items {
        links.extend(item.id.to_be_bytes());
        links.push(u8::try_from(item.properties.len()).ok()?);
        for (index, essential) in &item.properties {
            let number = u16::try_from(index + 1).ok().filter(|number| *number < 0x8000)?;
            links.extend((number | u16::from(*essential) << 15).to_be_bytes());
        }
    }
    // Version 1 has item ids, flag 1 property indices of twice the width.
    content.extend(boxed(b"ipma", &[&[1, 0, 0, 1], links.as_slice()].concat())?);
    boxed(b"iprp", &content)
}

fn full_box(kind: &[u8; 4], version: u8, content: &[u8]) -> Option<Vec<u8>> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(content.len() + 8).ok()?;
    Some([&size.to_be_bytes(), kind.as_slice(), content].concat())
}
