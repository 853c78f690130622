//! Metadata is carried over by name, and by name only.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use flx_core::{ColourSpace, Format, Keep, Options, compress, probe};
use moxcms::ColorProfile;

use crate::fixtures::{crc32, difference, jpeg, picture, png, px, segment, with, with_segments};

const XMP: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6" exif:GPSLatitude="SECRET-XMP">
    <dc:rights>RIGHTS-XMP</dc:rights><dc:subject>SUBJECT</dc:subject></rdf:Description></rdf:RDF>
    </x:xmpmeta>"#;

/// Big-endian: orientation 6, make, copyright, a maker's note, a place and a thumbnail.
fn exif() -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    // First directory at 8: 5 entries, 66 bytes; values from 74.
    tiff.extend(5u16.to_be_bytes());
    tiff.extend(entry(0x010f, 2, 8, 74u32.to_be_bytes()));
    tiff.extend(entry(0x0112, 3, 1, [0, 6, 0, 0]));
    tiff.extend(entry(0x8298, 2, 12, 82u32.to_be_bytes()));
    tiff.extend(entry(0x8769, 4, 1, 94u32.to_be_bytes()));
    tiff.extend(entry(0x8825, 4, 1, 132u32.to_be_bytes()));
    // A link to itself in place of the thumbnail's directory.
    tiff.extend(8u32.to_be_bytes());
    tiff.extend(b"CAMERAX\0RIGHTS-EXIF\0");
    // The camera's at 94: 2 entries, 30 bytes, values at 124.
    tiff.extend(2u16.to_be_bytes());
    tiff.extend(entry(0x8827, 3, 1, [1, 0x90, 0, 0]));
    tiff.extend(entry(0x927c, 7, 8, 124u32.to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(b"MAKERNOT");
    // The place at 132: one entry, value at 150.
    tiff.extend(1u16.to_be_bytes());
    tiff.extend(entry(0x001d, 2, 12, 150u32.to_be_bytes()));
    tiff.extend([0; 4]);
    tiff.extend(b"SECRET-EXIF\0");
    tiff
}

fn source() -> Vec<u8> {
    let exif = [b"Exif\0\0".as_slice(), &exif()].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", XMP.as_bytes()].concat();
    with_segments(&jpeg(&picture(80, 60), 95), &[segment(0xe1, &exif), segment(0xe1, &xmp)])
}

fn kept(input: &[u8], format: Format, names: &str) -> Vec<u8> {
    let keep: Keep = names.parse().unwrap();
    with(input, &Options::new(format).with_keep(keep)).into_bytes()
}

fn contains(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|part| part == needle.as_bytes())
}

#[test]
fn each_name_brings_its_own_in_every_format() {
    let cases: [(&str, &[&str]); 5] = [
        ("copyright", &["RIGHTS-EXIF", "RIGHTS-XMP"]),
        ("exif", &["RIGHTS-EXIF", "CAMERAX"]),
        ("xmp", &["RIGHTS-XMP", "SUBJECT"]),
        ("gps", &["SECRET-EXIF", "SECRET-XMP"]),
        ("icc", &[]),
    ];
    let all = ["RIGHTS-EXIF", "RIGHTS-XMP", "CAMERAX", "SUBJECT", "SECRET-EXIF", "SECRET-XMP"];
    for format in Format::ALL {
        for (names, expected) in cases {
            let result = kept(&source(), format, names);
            for needle in all {
                let there = contains(&result, needle);
                assert_eq!(there, expected.contains(&needle), "{format} {names}: {needle}");
            }
            assert!(!contains(&result, "MAKERNOT"));
        }
    }
}

#[test]
fn results_are_upright_whatever_is_kept() {
    for format in Format::ALL {
        let plain = with(&source(), &Options::new(format)).into_bytes();
        let result = kept(&source(), format, "copyright,icc,exif,xmp,gps");
        let info = probe(&result).unwrap();
        assert_eq!((info.width(), info.height(), info.orientation()), (60, 80, 1), "{format}");
        let pixels = |bytes: &[u8]| crate::fixtures::decoded(bytes);
        assert_eq!(pixels(&plain), pixels(&result), "{format}");
    }
}

#[test]
fn what_one_format_carries_the_next_reads() {
    for from in Format::ALL {
        let first = kept(&source(), from, "exif,xmp,gps");
        for to in Format::ALL {
            let second = kept(&first, to, "exif,xmp,gps");
            for needle in ["RIGHTS-EXIF", "CAMERAX", "SECRET-EXIF", "SUBJECT", "SECRET-XMP"] {
                assert!(contains(&second, needle), "{from} → {to}: {needle}");
            }
        }
    }
}

#[test]
fn rights_of_an_agency_are_kept_whatever_else_is_there() {
    let iptc = b"\x1c\x02\x74\0\x09IPTC-MINE\x1c\x02\x6e\0\x0bCREDIT-IPTC\x1c\x02\x5a\0\x05PARIS";
    let length = (iptc.len() as u32).to_be_bytes();
    let photoshop = [b"Photoshop 3.0\x008BIM\x04\x04\0\0".as_slice(), &length, iptc].concat();
    let alone = with_segments(&jpeg(&picture(80, 60), 95), &[segment(0xed, &photoshop)]);
    let beside = with_segments(&source(), &[segment(0xed, &photoshop)]);
    for format in Format::ALL {
        let result = kept(&alone, format, "copyright");
        assert!(contains(&result, "IPTC-MINE") && contains(&result, "CREDIT-IPTC"), "{format}");
        assert!(!contains(&result, "PARIS"), "{format}");
        assert!(!contains(&kept(&alone, format, "exif,xmp,gps"), "IPTC"), "{format}");
        // The packet's own notice goes first; the credit is only told here.
        let both = kept(&beside, format, "copyright");
        assert!(contains(&both, "RIGHTS-XMP") && contains(&both, "CREDIT-IPTC"), "{format}");
        assert!(!contains(&both, "IPTC-MINE"), "{format}");
        // And what was written is read again.
        let again = kept(&both, Format::WebP, "copyright");
        assert!(contains(&again, "RIGHTS-XMP") && contains(&again, "CREDIT-IPTC"), "{format}");
    }
}

#[test]
fn a_compressed_packet_of_a_png_is_read_up_to_a_bound() {
    let with_packet = |text: &[u8]| {
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text).unwrap();
        let packed = packed.finish().unwrap();
        let data = [b"XML:com.adobe.xmp\0\x01\0en\0XMP\0".as_slice(), &packed].concat();
        let named = [b"iTXt".as_slice(), &data].concat();
        let plain = png(picture(80, 60));
        let length = (data.len() as u32).to_be_bytes();
        let sum = crc32(&named).to_be_bytes();
        [&plain[..33], &length, &named, &sum, &plain[33..]].concat()
    };
    let result = kept(&with_packet(XMP.as_bytes()), Format::WebP, "copyright");
    assert!(contains(&result, "RIGHTS-XMP"));
    let bomb = format!("{XMP}<!--{}-->", " ".repeat(300 * 1024));
    assert!(!contains(&kept(&with_packet(bomb.as_bytes()), Format::WebP, "copyright"), "RIGHTS"));
}

#[test]
fn damaged_metadata_costs_no_picture() {
    let whole = exif();
    for cut in 0..whole.len() {
        let data = [b"Exif\0\0", &whole[..cut]].concat();
        let input = with_segments(&jpeg(&picture(16, 16), 80), &[segment(0xe1, &data)]);
        let keep: Keep = "exif,gps,copyright".parse().unwrap();
        let options = Options::new(Format::Jpeg).with_keep(keep);
        assert!(compress(&input, &options, &flx_core::Limits::default()).is_ok(), "{cut}");
    }
}

#[test]
fn a_picture_in_its_own_colours_carries_its_profile() {
    let profile = ColorProfile::new_display_p3();
    let icc = profile.encode().unwrap();
    let data = [b"ICC_PROFILE\0\x01\x01".as_slice(), &icc].concat();
    let image = picture(80, 60);
    let input = with_segments(&jpeg(&image, 98), &[segment(0xe2, &data)]);
    // Scaled, since an original that comes back unchanged keeps its profile.
    let srgb = Options::new(Format::Png).with_max_width(px(79));
    let shown = with(&input, &srgb);
    for format in Format::ALL {
        let options = Options::new(format).with_colour_space(ColourSpace::Source);
        let result = with(&input, &options);
        // Read by its profile it looks as the source does.
        let again = with(result.bytes(), &srgb);
        let decoded = |bytes: &[u8]| image::load_from_memory(bytes).unwrap();
        let off = difference(&decoded(again.bytes()), &decoded(shown.bytes()));
        assert!(off < 3.0, "{format} is off by {off}");
        if format != Format::Png {
            assert!(contains(result.bytes(), std::str::from_utf8(&icc[36..40]).unwrap()));
        }
    }
}
