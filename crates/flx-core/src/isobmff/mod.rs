//! The picture in an AVIF file: which AV1 streams make it up and how they are shown.
//! (AVIF 1.1; ISO/IEC 23008-12 "HEIF", sections 6.5 and 6.6.)

pub(crate) mod boxes;
pub(crate) mod items;

use std::borrow::Cow;

use image::metadata::Orientation;

use crate::probe::bytes::Bytes;
use crate::probe::corrupt;
use crate::{Error, SourceFormat};
use boxes::full;
use items::{Item, Meta};

/// Most tiles of a grid. Every tile costs a decoder of its own.
const MAX_TILES: u32 = 4_096;

/// Shortest side of a tile in pixels (MIAF, ISO/IEC 23000-22, section 7.3.11.4.2).
const MIN_TILE_SIDE: u32 = 64;

/// The primary picture of a file.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    pub(crate) colour: Plane<'a>,
    pub(crate) alpha: Option<Plane<'a>>,
    pub(crate) premultiplied: bool,
    pub(crate) bit_depth: u8,
    pub(crate) monochrome: bool,
    pub(crate) crop: Option<Crop>,
    pub(crate) orientation: Orientation,
    /// The operating point to decode, of those that the stream offers (`a1op`).
    pub(crate) operating_point: u8,
    pub(crate) icc: Option<&'a [u8]>,
    pub(crate) cicp: Option<Cicp>,
}

/// The properties that say how a picture is decoded and shown.
pub(crate) const SHOWN_BY: [&[u8; 4]; 12] = [
    b"ispe", b"pixi", b"av1C", b"colr", b"irot", b"imir", b"clap", b"pasp", b"auxC", b"a1op",
    b"a1lx", b"lsel",
];

/// One or several AV1 streams that together make up all pixels of a plane.
#[derive(Debug)]
pub(crate) struct Plane<'a> {
    pub(crate) tiles: Vec<Cow<'a, [u8]>>,
    pub(crate) tile_width: u32,
    pub(crate) tile_height: u32,
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    /// Width and height of what is kept of the tiles.
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// A rectangle in pixels, left and top counted from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crop {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Coding-independent code points (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cicp {
    pub(crate) primaries: u8,
    pub(crate) transfer: u8,
    pub(crate) matrix: u8,
    pub(crate) full_range: bool,
}

impl<'a> Picture<'a> {
    pub(crate) fn read(file: &'a [u8]) -> Result<Self, Error> {
        let meta = Meta::read(file).ok_or_else(|| damaged("no readable list of items"))?;
        let primary =
            meta.item(meta.primary).ok_or_else(|| damaged("the primary item is missing"))?;
        check_essential(&meta, primary)?;
        let colour = Plane::read(&meta, primary)?;
        let alpha_item = meta.items.iter().find(|item| is_alpha_of(&meta, item, primary.id));
        let alpha = alpha_item.map(|item| Plane::read(&meta, item)).transpose()?;
        let crop = match meta.property(primary, b"clap") {
            Some(data) => Some(
                Crop::read(data, colour.width, colour.height)
                    .ok_or_else(|| damaged("the clean aperture lies outside the picture"))?,
            ),
            None => None,
        };
        let (icc, cicp) = colour_information(&meta, primary);
        Ok(Self {
            premultiplied: alpha_item
                .is_some_and(|item| meta.targets(primary.id, b"prem").contains(&item.id)),
            bit_depth: bit_depth(&meta, primary).unwrap_or(8),
            monochrome: codec_flags(&meta, primary).is_some_and(|flags| flags & 0x10 != 0),
            orientation: orientation(&meta, primary),
            operating_point: meta
                .property(primary, b"a1op")
                .and_then(|data| data.first().copied())
                .unwrap_or_default(),
            colour,
            alpha,
            crop,
            icc,
            cicp,
        })
    }
}

impl<'a> Plane<'a> {
    /// Width and height in pixels of all tiles together.
    pub(crate) fn coded(&self) -> (u32, u32) {
        let side = |tile: u32, count: u32| tile.saturating_mul(count);
        (side(self.tile_width, self.columns), side(self.tile_height, self.rows))
    }

    fn read(meta: &Meta<'a>, item: &Item) -> Result<Self, Error> {
        let (width, height) = extents(meta, item)?;
        match &item.kind {
            b"av01" => Ok(Self {
                tiles: vec![bytes_of(meta, item)?],
                tile_width: width,
                tile_height: height,
                columns: 1,
                rows: 1,
                width,
                height,
            }),
            b"grid" => Self::read_grid(meta, item),
            other => Err(Error::UnsupportedVariant {
                format: SourceFormat::Avif,
                variant: format!("item of type {:?}", String::from_utf8_lossy(other)),
            }),
        }
    }

    /// ISO/IEC 23008-12, section 6.6.2.3.
    fn read_grid(meta: &Meta<'a>, item: &Item) -> Result<Self, Error> {
        let data = bytes_of(meta, item)?;
        let (columns, rows, width, height) =
            grid_header(&data).ok_or_else(|| damaged("the grid is cut short"))?;
        let ids = meta.targets(item.id, b"dimg");
        if columns * rows > MAX_TILES {
            return Err(Error::TooComplex {
                format: SourceFormat::Avif,
                what: "tiles",
                found: (columns * rows).into(),
                limit: MAX_TILES.into(),
            });
        }
        if ids.len() != (columns * rows) as usize {
            return Err(damaged(format!("the grid has {} tiles, not {columns}×{rows}", ids.len())));
        }
        let mut tiles = Vec::with_capacity(ids.len());
        let mut tile_sides = None;
        let mut total = 0usize;
        for id in ids {
            let tile = meta
                .item(*id)
                .filter(|tile| &tile.kind == b"av01")
                .ok_or_else(|| damaged("a tile of the grid is missing"))?;
            let sides = extents(meta, tile)?;
            if *tile_sides.get_or_insert(sides) != sides {
                return Err(damaged("the tiles of the grid differ in size"));
            }
            let bytes = bytes_of(meta, tile)?;
            // Tiles may name the same bytes again and again, but not make much of little.
            total = total.saturating_add(bytes.len());
            if total > meta.file_length() {
                return Err(damaged("the tiles of the grid overlap"));
            }
            tiles.push(bytes);
        }
        let (tile_width, tile_height) = tile_sides.unwrap_or_default();
        if ids.len() > 1 && tile_width.min(tile_height) < MIN_TILE_SIDE {
            return Err(damaged(format!("tiles of {tile_width}×{tile_height} px are too small")));
        }
        let fits = |tile: u32, count: u32, side: u32| {
            tile.checked_mul(count).is_some_and(|all| all >= side && all - side < tile)
        };
        if !fits(tile_width, columns, width) || !fits(tile_height, rows, height) {
            return Err(damaged(format!(
                "{columns}×{rows} tiles of {tile_width}×{tile_height} px do not make \
                 {width}×{height} px"
            )));
        }
        Ok(Self { tiles, tile_width, tile_height, columns, rows, width, height })
    }
}

impl Crop {
    /// The clean aperture as a rectangle of whole pixels (ISO/IEC 14496-12, section 12.1.4).
    fn read(data: &[u8], width: u32, height: u32) -> Option<Self> {
        let mut bytes = Bytes::new(data);
        let mut fraction = || {
            let numerator = i64::from(bytes.u32_be()?.cast_signed());
            let denominator = i64::from(bytes.u32_be()?);
            (denominator != 0).then_some((numerator, denominator))
        };
        let aperture_width = whole(fraction()?)?;
        let aperture_height = whole(fraction()?)?;
        let left = start(width, aperture_width, fraction()?)?;
        let top = start(height, aperture_height, fraction()?)?;
        let inside = left.checked_add(aperture_width)? <= width
            && top.checked_add(aperture_height)? <= height;
        (inside && aperture_width > 0 && aperture_height > 0).then_some(Self {
            left,
            top,
            width: aperture_width,
            height: aperture_height,
        })
    }
}

fn whole((numerator, denominator): (i64, i64)) -> Option<u32> {
    (numerator % denominator == 0).then(|| u32::try_from(numerator / denominator).ok())?
}

/// The aperture's centre is (side − 1) / 2 + offset; its first pixel is that less half of it.
fn start(side: u32, aperture: u32, (numerator, denominator): (i64, i64)) -> Option<u32> {
    let doubled = (i64::from(side) - i64::from(aperture))
        .checked_mul(denominator)?
        .checked_add(numerator.checked_mul(2)?)?;
    // Writers are seen to place an odd aperture on half a pixel: the pixel it begins in counts.
    u32::try_from(doubled.div_euclid(denominator.checked_mul(2)?)).ok()
}

fn damaged(reason: impl Into<String>) -> Error {
    corrupt(SourceFormat::Avif, reason)
}

fn bytes_of<'a>(meta: &Meta<'a>, item: &Item) -> Result<Cow<'a, [u8]>, Error> {
    meta.bytes_of(item).ok_or_else(|| damaged("the data of an item lies outside the file"))
}

fn extents(meta: &Meta<'_>, item: &Item) -> Result<(u32, u32), Error> {
    meta.property(item, b"ispe")
        .and_then(full)
        .and_then(|(_, _, mut bytes)| Some((bytes.u32_be()?, bytes.u32_be()?)))
        .ok_or_else(|| damaged("an item has no size"))
}

fn grid_header(data: &[u8]) -> Option<(u32, u32, u32, u32)> {
    let mut bytes = Bytes::new(data);
    bytes.skip(1)?;
    let flags = bytes.u8()?;
    let rows = u32::from(bytes.u8()?) + 1;
    let columns = u32::from(bytes.u8()?) + 1;
    let mut side = || if flags & 1 == 1 { bytes.u32_be() } else { bytes.u16_be().map(u32::from) };
    Some((columns, rows, side()?, side()?))
}

/// A property marked essential changes what is shown; one that is not understood must not be
/// passed over (ISO/IEC 23008-12, section 9.3.1).
fn check_essential(meta: &Meta<'_>, item: &Item) -> Result<(), Error> {
    // Of layers all are asked for, whatever the stream's selector says: 0xFFFF.
    let selects_a_layer = |data: &[u8]| data != [0xff, 0xff];
    for (property, essential) in meta.properties_of(item) {
        let layer = &property.kind == b"lsel" && selects_a_layer(property.data);
        if layer || (essential && !SHOWN_BY.contains(&&property.kind)) {
            return Err(Error::UnsupportedVariant {
                format: SourceFormat::Avif,
                variant: format!(
                    "essential property {:?}",
                    String::from_utf8_lossy(&property.kind)
                ),
            });
        }
    }
    Ok(())
}

/// Whether an item is the alpha plane of another.
pub(crate) fn is_alpha_of(meta: &Meta<'_>, item: &Item, primary: u32) -> bool {
    const ALPHA: [&[u8]; 2] =
        [b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"];
    meta.targets(item.id, b"auxl").contains(&primary)
        && meta.property(item, b"auxC").and_then(|data| data.get(4..)).is_some_and(|urn| {
            let name = urn.split(|byte| *byte == 0).next().unwrap_or_default();
            ALPHA.contains(&name)
        })
}

fn bit_depth(meta: &Meta<'_>, item: &Item) -> Option<u8> {
    let of_pixels = |item: &Item| {
        let (_, _, mut bytes) = full(meta.property(item, b"pixi")?)?;
        bytes.skip(1)?;
        bytes.u8()
    };
    let of_codec = |flags: u8| match (flags & 0x40 != 0, flags & 0x20 != 0) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    };
    of_pixels(item).or_else(|| codec_flags(meta, item).map(of_codec))
}

/// The third byte of the codec's configuration: high_bitdepth, twelve_bit, monochrome and more
/// (AV1 in ISOBMFF, section 2.3.3). That of a grid is its first tile's.
fn codec_flags(meta: &Meta<'_>, item: &Item) -> Option<u8> {
    let own = |item: &Item| meta.property(item, b"av1C")?.get(2).copied();
    own(item).or_else(|| own(meta.item(*meta.targets(item.id, b"dimg").first()?)?))
}

/// `irot` turns anticlockwise by quarters, then `imir` mirrors: 0 swaps top and bottom, 1 left
/// and right.
fn orientation(meta: &Meta<'_>, item: &Item) -> Orientation {
    let low_bits = |kind, mask| {
        meta.property(item, kind).and_then(|data| data.first()).map(|byte| byte & mask)
    };
    let quarters = low_bits(b"irot", 3).unwrap_or_default();
    match (quarters, low_bits(b"imir", 1)) {
        (0, None) => Orientation::NoTransforms,
        (1, None) => Orientation::Rotate270,
        (2, None) => Orientation::Rotate180,
        (_, None) => Orientation::Rotate90,
        (0, Some(1)) | (2, Some(0)) => Orientation::FlipHorizontal,
        (0, Some(_)) | (2, Some(_)) => Orientation::FlipVertical,
        (1, Some(1)) | (3, Some(0)) => Orientation::Rotate270FlipH,
        (_, Some(_)) => Orientation::Rotate90FlipH,
    }
}

fn colour_information<'a>(meta: &Meta<'a>, item: &Item) -> (Option<&'a [u8]>, Option<Cicp>) {
    let mut icc = None;
    let mut cicp = None;
    for (property, _) in meta.properties_of(item).filter(|(found, _)| &found.kind == b"colr") {
        match property.data {
            [b'p', b'r', b'o', b'f', profile @ ..] | [b'r', b'I', b'C', b'C', profile @ ..] => {
                icc = icc.or(Some(profile));
            }
            [b'n', b'c', b'l', b'x', _, primaries, _, transfer, _, matrix, range, ..] => {
                cicp = cicp.or(Some(Cicp {
                    primaries: *primaries,
                    transfer: *transfer,
                    matrix: *matrix,
                    full_range: range >> 7 == 1,
                }));
            }
            _ => {}
        }
    }
    (icc, cicp)
}
