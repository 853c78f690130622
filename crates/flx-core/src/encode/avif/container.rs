//! The file around the AV1 streams of a still picture.
//! (AVIF 1.1; ISO/IEC 23008-12 "HEIF"; ISO/IEC 14496-12 for the boxes.)

use super::refused;
use super::stream::StreamConfig;
use crate::Error;

/// What goes into a file.
pub(super) struct Contents<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    /// An AV1 stream of one frame: YCbCr by BT.601 in full range, or luma alone.
    pub(super) colour: &'a [u8],
    /// An AV1 stream of one frame that has luma alone.
    pub(super) alpha: Option<&'a [u8]>,
}

/// Numbers of items.
const COLOUR: u16 = 1;
const ALPHA: u16 = 2;

/// Marks a property that a reader must understand.
const ESSENTIAL: u8 = 0x80;

const ALPHA_URN: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// An AV1 stream and its number.
struct Item<'a> {
    id: u16,
    stream: &'a [u8],
}

/// The whole file.
pub(super) fn write(contents: &Contents<'_>) -> Result<Vec<u8>, Error> {
    let colour = StreamConfig::read(contents.colour)?;
    let alpha = contents.alpha.map(StreamConfig::read).transpose()?;
    let items = items(contents);
    let ftyp =
        boxed(b"ftyp", &[b"avif", &[0; 4], b"avif", b"mif1", b"miaf", colour.profile_brand()]);
    // Places of items are counted from the start of the file, so the length of what precedes them
    // must be known; it does not depend on the places themselves.
    let before = ftyp.len() + meta(contents, &items, colour, alpha, 0)?.len() + 8;
    let total = before + items.iter().map(|item| item.stream.len()).sum::<usize>();
    if u32::try_from(total).is_err() {
        return Err(refused(format!("{total} bytes are more than a file can hold")));
    }
    let mut file = Vec::with_capacity(total);
    file.extend_from_slice(&ftyp);
    file.extend_from_slice(&meta(contents, &items, colour, alpha, before)?);
    file.extend_from_slice(&long(total - before + 8));
    file.extend_from_slice(b"mdat");
    for item in &items {
        file.extend_from_slice(item.stream);
    }
    Ok(file)
}

/// Alpha first, so that what has arrived of the colours can be shown.
fn items<'a>(contents: &Contents<'a>) -> Vec<Item<'a>> {
    let alpha = contents.alpha.map(|stream| Item { id: ALPHA, stream });
    alpha.into_iter().chain([Item { id: COLOUR, stream: contents.colour }]).collect()
}

fn meta(
    contents: &Contents<'_>,
    items: &[Item<'_>],
    colour: StreamConfig,
    alpha: Option<StreamConfig>,
    start: usize,
) -> Result<Vec<u8>, Error> {
    let hdlr = full(b"hdlr", 0, &[&[0; 4], b"pict", &[0; 12], &[0]]);
    let pitm = full(b"pitm", 0, &[&COLOUR.to_be_bytes()]);
    let mut body = vec![hdlr, pitm, places(items, start), infos(items)];
    if alpha.is_some() {
        let link = [ALPHA.to_be_bytes(), short(1), COLOUR.to_be_bytes()].concat();
        body.push(full(b"iref", 0, &[&boxed(b"auxl", &[&link])]));
    }
    body.push(properties(contents, colour, alpha)?);
    Ok(full(b"meta", 0, &slices(&body)))
}

/// Where the items lie: one extent each.
fn places(items: &[Item<'_>], start: usize) -> Vec<u8> {
    let mut at = start;
    let mut entries = Vec::new();
    for item in items {
        entries.extend_from_slice(&item.id.to_be_bytes());
        // In this file, in one extent.
        entries.extend_from_slice(&[0, 0, 0, 1]);
        entries.extend_from_slice(&long(at));
        entries.extend_from_slice(&long(item.stream.len()));
        at += item.stream.len();
    }
    // Places and lengths of four bytes, no base.
    full(b"iloc", 0, &[&[0x44, 0], &short(items.len()), &entries])
}

fn infos(items: &[Item<'_>]) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = items
        .iter()
        .map(|item| {
            let id = item.id.to_be_bytes();
            versioned(b"infe", 2, 0, &[&id, &[0; 2], b"av01", &[0]])
        })
        .collect();
    let count = short(items.len());
    let mut parts: Vec<&[u8]> = vec![&count];
    parts.extend(slices(&entries));
    full(b"iinf", 0, &parts)
}

fn properties(
    contents: &Contents<'_>,
    colour: StreamConfig,
    alpha: Option<StreamConfig>,
) -> Result<Vec<u8>, Error> {
    let mut all = Properties::default();
    let sides = [contents.width.to_be_bytes(), contents.height.to_be_bytes()].concat();
    let size = all.add(full(b"ispe", 0, &[&sides]))?;
    let of_colour = vec![
        size,
        all.add(full(b"pixi", 0, &[colour.channel_depths()]))?,
        all.add(boxed(b"av1C", &[&colour.av1c()]))? | ESSENTIAL,
        // sRGB by BT.601 in full range (ITU-T H.273: 1, 13, 6).
        all.add(boxed(b"colr", &[b"nclx", &[0, 1, 0, 13, 0, 6, 0x80]]))?,
    ];
    let mut links = vec![(COLOUR, of_colour)];
    if let Some(alpha) = alpha {
        let of_alpha = vec![
            size,
            all.add(full(b"pixi", 0, &[alpha.channel_depths()]))?,
            all.add(boxed(b"av1C", &[&alpha.av1c()]))? | ESSENTIAL,
            all.add(full(b"auxC", 0, &[ALPHA_URN]))?,
        ];
        links.push((ALPHA, of_alpha));
    }
    let mut entries = long(links.len()).to_vec();
    for (id, numbers) in &links {
        entries.extend_from_slice(&id.to_be_bytes());
        entries.push(u8::try_from(numbers.len()).unwrap_or(u8::MAX));
        entries.extend_from_slice(numbers);
    }
    let ipco = boxed(b"ipco", &slices(&all.0));
    Ok(boxed(b"iprp", &[&ipco, &full(b"ipma", 0, &[&entries])]))
}

/// Properties, numbered from 1.
#[derive(Default)]
struct Properties(Vec<Vec<u8>>);

impl Properties {
    fn add(&mut self, property: Vec<u8>) -> Result<u8, Error> {
        self.0.push(property);
        let number = u8::try_from(self.0.len()).ok().filter(|number| *number < ESSENTIAL);
        number.ok_or_else(|| refused("a file holds at most 127 properties"))
    }
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend_from_slice(&long(length));
    bytes.extend_from_slice(kind);
    bytes.extend(parts.iter().copied().flatten());
    bytes
}

fn full(kind: &[u8; 4], flags: u8, parts: &[&[u8]]) -> Vec<u8> {
    versioned(kind, 0, flags, parts)
}

fn versioned(kind: &[u8; 4], version: u8, flags: u8, parts: &[&[u8]]) -> Vec<u8> {
    let head = [version, 0, 0, flags];
    let mut all: Vec<&[u8]> = vec![&head];
    all.extend_from_slice(parts);
    boxed(kind, &all)
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// Lengths and places; `write` has refused files in which they would not fit.
fn long(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes()
}

fn short(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_be_bytes()
}
