//! AVIF files that claim too much (ISO/IEC 14496-12, section 8.11; ISO/IEC 23008-12).

use super::Hostile;

/// What lists that are nothing but long may take: less than an upload may have.
const LONG: usize = 16_000_000;

pub(super) fn bombs() -> Vec<Hostile> {
    let plain = || Lists::of_one(b"av01", ispe(8, 8));
    let long = |record: &[u8]| record.repeat(LONG / record.len());
    let count_only = [&[2, 0, 0, 0, 0x44, 0][..], &u32::MAX.to_be_bytes()].concat();
    [
        (
            "an AVIF of 4294967295 × 4294967295",
            Lists::of_one(b"av01", ispe(u32::MAX, u32::MAX)).file(),
        ),
        ("an AVIF of 30000 × 30000", Lists::of_one(b"av01", ispe(30_000, 30_000)).file()),
        ("an AVIF grid of 256 × 256 tiles", grid(255, 255, 65_535, 65_535, 8)),
        ("an AVIF grid of tiles of 4096 px", grid(63, 63, 65_535, 65_535, 4_096)),
        ("an AVIF grid that has no tiles", grid(1, 1, 512, 512, 256)),
        (
            "an AVIF that says it has 4294967295 items",
            Lists { places: count_only, ..plain() }.file(),
        ),
        ("an AVIF of a million items", {
            let items =
                [&[0, 0, 0, 0, 0xff, 0xff][..], &infe(2, b"av01").repeat(LONG / 20)].concat();
            Lists { items, ..plain() }.file()
        }),
        ("an AVIF of two million properties", {
            Lists { properties: long(&boxed(b"free", &[])), ..plain() }.file()
        }),
        ("an AVIF of sixteen million extents", extents()),
        ("an AVIF of eight million references", references()),
        ("an AVIF of a million properties of items", associations()),
        ("an AVIF whose boxes hold themselves", {
            let nested = (0..5_000).fold(Vec::new(), |inner, _| boxed(b"meta", &inner));
            [ftyp(), nested].concat()
        }),
    ]
    .map(|(name, bytes)| Hostile::unprocessable(name, bytes))
    .into()
}

/// The lists that a `meta` box is made of, each without its head.
struct Lists {
    items: Vec<u8>,
    references: Vec<u8>,
    properties: Vec<u8>,
    associations: Vec<u8>,
    places: Vec<u8>,
    data: Vec<u8>,
}

impl Lists {
    /// One item with one property, whose bytes are all of `idat`.
    fn of_one(kind: &[u8; 4], property: Vec<u8>) -> Self {
        Self {
            items: [&[0, 0, 0, 0, 0, 1][..], &infe(1, kind)].concat(),
            references: vec![0; 4],
            properties: property,
            associations: vec![0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1],
            // Version 1: offsets and lengths of four bytes, one item in `idat`, of one extent.
            places: [&[1, 0, 0, 0, 0x44, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1][..], &[0; 8]].concat(),
            data: vec![0x12, 0, 0, 0],
        }
    }

    fn file(&self) -> Vec<u8> {
        let properties =
            [boxed(b"ipco", &self.properties), boxed(b"ipma", &self.associations)].concat();
        let meta = [
            vec![0; 4],
            boxed(b"pitm", &[0, 0, 0, 0, 0, 1]),
            boxed(b"iinf", &self.items),
            boxed(b"iref", &self.references),
            boxed(b"iprp", &properties),
            boxed(b"iloc", &self.places),
            boxed(b"idat", &self.data),
        ];
        [ftyp(), boxed(b"meta", &meta.concat())].concat()
    }
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", b"avif\0\0\0\0avifmif1miaf")
}

fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).expect("less than 4 GiB").to_be_bytes();
    [&size, kind.as_slice(), content].concat()
}

fn infe(id: u16, kind: &[u8; 4]) -> Vec<u8> {
    boxed(b"infe", &[&[2, 0, 0, 0][..], &id.to_be_bytes(), &[0, 0], kind, &[0]].concat())
}

fn ispe(width: u32, height: u32) -> Vec<u8> {
    boxed(b"ispe", &[&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat())
}

/// A grid whose tiles are all one and the same item.
fn grid(rows: u8, columns: u8, width: u16, height: u16, tile: u32) -> Vec<u8> {
    let mut lists = Lists::of_one(b"grid", ispe(tile, tile));
    let count = (u16::from(rows) + 1).saturating_mul(u16::from(columns) + 1);
    let tiles = 2_u16.to_be_bytes().repeat(count.into());
    lists.items = [&[0, 0, 0, 0, 0, 2][..], &infe(1, b"grid"), &infe(2, b"av01")].concat();
    lists.references.extend(boxed(b"dimg", &[&[0, 1][..], &count.to_be_bytes(), &tiles].concat()));
    lists.associations = vec![0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 1, 1, 0, 2, 1, 1];
    lists.data = [&[0, 0, rows, columns][..], &width.to_be_bytes(), &height.to_be_bytes()].concat();
    lists.file()
}

/// Of one byte each in the file: no offset, and one byte of length.
fn extents() -> Vec<u8> {
    let mut lists = Lists::of_one(b"av01", ispe(8, 8));
    let (items, each) = (LONG / 60_000, 60_000_u16);
    let count = u16::try_from(items).expect("few").to_be_bytes();
    lists.items = [&[0, 0, 0, 0][..], &count].concat();
    lists.places = [&[0, 0, 0, 0, 0x01, 0][..], &count].concat();
    for id in 1..=u16::try_from(items).expect("few") {
        lists.items.extend(infe(id, b"av01"));
        lists.places.extend([&id.to_be_bytes()[..], &[0, 0], &each.to_be_bytes()].concat());
        lists.places.extend(vec![1; each.into()]);
    }
    lists.file()
}

fn references() -> Vec<u8> {
    let mut lists = Lists::of_one(b"av01", ispe(8, 8));
    let each = 60_000_u16;
    let one = [&[0, 1][..], &each.to_be_bytes(), &[0, 1].repeat(each.into())].concat();
    lists.references.extend(boxed(b"cdsc", &one).repeat(LONG / one.len()));
    lists.file()
}

fn associations() -> Vec<u8> {
    let mut lists = Lists::of_one(b"av01", ispe(8, 8));
    lists.items = vec![0, 0, 0, 0, 0x10, 0];
    lists.associations = vec![0, 0, 0, 0, 0, 0, 0x10, 0];
    for id in 1..=4_096_u16 {
        lists.items.extend(infe(id, b"av01"));
        lists.associations.extend([&id.to_be_bytes()[..], &[255]].concat());
        lists.associations.extend([1; 255]);
    }
    lists.file()
}
