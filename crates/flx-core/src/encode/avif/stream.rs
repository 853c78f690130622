//! What a container must repeat of an AV1 stream. (AV1 1.0, sections 5.3 to 5.5.)

use super::refused;
use crate::Error;

const SEQUENCE_HEADER: u8 = 1;
const TEMPORAL_DELIMITER: u8 = 2;

/// The start of a stream's sequence header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamConfig {
    profile: u8,
    level: u8,
    high_bit_depth: bool,
    monochrome: bool,
    halved: bool,
}

impl StreamConfig {
    /// Reads the reduced header of a still picture of 8 or 10 bit.
    pub(super) fn read(stream: &[u8]) -> Result<Self, Error> {
        let headless = || refused("its stream has no header of a still picture");
        let header =
            units(stream).find(|unit| unit.kind == SEQUENCE_HEADER).ok_or_else(headless)?;
        let mut bits = Bits { bytes: header.body, at: 0 };
        let profile = bits.take(3);
        let reduced = bits.take(2) == 3;
        if !reduced {
            return Err(headless());
        }
        let level = bits.take(5);
        let width_bits = bits.take(4) + 1;
        let height_bits = bits.take(4) + 1;
        bits.skip(width_bits + height_bits);
        // 128-pixel superblocks, filter-intra, intra edge filter, superres, CDEF, restoration.
        bits.skip(6);
        let high_bit_depth = bits.take(1) == 1;
        let monochrome = profile != 1 && bits.take(1) == 1;
        Ok(Self {
            profile: profile as u8,
            level: level as u8,
            high_bit_depth,
            monochrome,
            halved: profile == 0,
        })
    }

    /// The configuration box: its version, profile and level, then depth and layout.
    pub(super) fn av1c(self) -> [u8; 4] {
        let depth = u8::from(self.high_bit_depth) << 6;
        let layout = (u8::from(self.monochrome) << 4) | if self.halved { 0b1100 } else { 0 };
        [0x81, (self.profile << 5) | self.level, depth | layout, 0]
    }

    /// The number of channels, then the bits of each.
    pub(super) const fn channel_depths(self) -> &'static [u8] {
        match (self.monochrome, self.high_bit_depth) {
            (true, false) => &[1, 8],
            (true, true) => &[1, 10],
            (false, false) => &[3, 8, 8, 8],
            (false, true) => &[3, 10, 10, 10],
        }
    }

    /// The brand of AVIF's baseline or advanced profile; empty where the stream is beyond its level.
    pub(super) const fn profile_brand(self) -> &'static [u8] {
        match (self.profile, self.level) {
            // Levels 5.1 and 6.0.
            (0, 0..=13) => b"MA1B",
            (1, 0..=16) => b"MA1A",
            _ => b"",
        }
    }
}

/// A stream without temporal delimiters, which have no place in a file.
pub(super) fn without_delimiters(stream: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(stream.len());
    for unit in units(stream).filter(|unit| unit.kind != TEMPORAL_DELIMITER) {
        kept.extend_from_slice(unit.whole);
    }
    kept
}

struct Unit<'a> {
    kind: u8,
    whole: &'a [u8],
    body: &'a [u8],
}

/// The units of a stream in which each states its length; the last one may leave it out.
fn units(stream: &[u8]) -> impl Iterator<Item = Unit<'_>> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let head = 1 + usize::from(first >> 2 & 1);
        let (length, digits) = if first & 2 == 0 {
            (rest.len().checked_sub(head)?, 0)
        } else {
            leb128(rest.get(head..)?)?
        };
        let body = rest.get(head + digits..)?.get(..length)?;
        let (whole, after) = rest.split_at_checked(head + digits + length)?;
        rest = after;
        Some(Unit { kind: first >> 3 & 0xf, whole, body })
    })
}

/// A number in groups of seven bits, and how many bytes it takes.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Bits from the highest on; zeroes after the end.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u32,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> u32 {
        (0..count).fold(0, |value, _| {
            let byte = self.bytes.get(self.at as usize / 8).copied().unwrap_or(0);
            let bit = u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
            value << 1 | bit
        })
    }

    fn skip(&mut self, count: u32) {
        self.at += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_dropped_and_the_rest_is_kept() {
        let stream = [0x12, 0, 0x0a, 2, 7, 8, 0x32, 1, 9];
        assert_eq!(without_delimiters(&stream), [0x0a, 2, 7, 8, 0x32, 1, 9]);
    }

    #[test]
    fn streams_cut_anywhere_are_refused_or_read_but_never_panic() {
        let stream = [0x12, 0, 0x0a, 6, 0x18, 0x15, 0x7f, 0xfc, 0x20, 0x90];
        for end in 0..stream.len() {
            let cut = stream.get(..end).unwrap();
            assert!(StreamConfig::read(cut).is_err() || end == stream.len(), "{end}");
        }
        assert!(StreamConfig::read(&stream).is_ok());
    }
}
