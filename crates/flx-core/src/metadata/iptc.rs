//! Whose picture it is, as agencies write it into JPEG: IPTC-IIM (version 4.2) in Photoshop's
//! segment, told on as XMP, which every output format carries.

use std::fmt::Write;

use crate::probe::bytes::Bytes;

/// Datasets of record 2 that name somebody, with the XMP property of the same meaning (IPTC Photo
/// Metadata 2023.2), most weighty first.
const RIGHTS: [(u8, &str); 4] =
    [(116, "dc:rights"), (80, "dc:creator"), (110, "photoshop:Credit"), (115, "photoshop:Source")];

/// The standard allows 128; what is longer is cut.
const MAX_LETTERS: usize = 500;

/// More people than share a picture.
const MAX_VALUES: usize = 10;

/// Most datasets that are read.
const MAX_DATASETS: usize = 1_000;

/// The marker of UTF-8 in dataset 1:90.
const UTF_8: &[u8] = b"\x1b%G";

/// An `rdf:Description` of what a Photoshop segment says of rights; properties that the packet
/// `known` has are left out.
pub(super) fn rights(segment: &[u8], known: &str) -> Option<String> {
    let iptc = resource(segment, 0x0404)?;
    let (mut is_utf_8, mut found) = (false, Vec::new());
    for (record, number, value) in datasets(iptc) {
        match (record, RIGHTS.iter().find(|(right, _)| *right == number)) {
            (1, _) if number == 90 => is_utf_8 = value == UTF_8,
            (2, Some((_, property))) => found.push((*property, value)),
            _ => {}
        }
    }
    let mut elements = String::new();
    for (_, property) in RIGHTS {
        let values: Vec<String> = found
            .iter()
            .filter(|(name, value)| *name == property && !value.is_empty())
            .take(MAX_VALUES)
            .map(|(_, value)| escaped(value, is_utf_8))
            .collect();
        if values.is_empty() || known.contains(property) {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = match property {
            "dc:rights" => {
                let lines = values.join("; ");
                write!(
                    elements,
                    "<{property}><rdf:Alt><rdf:li xml:lang=\"x-default\">{lines}</rdf:li></rdf:Alt></{property}>"
                )
            }
            "dc:creator" => {
                let names: String =
                    values.iter().map(|name| format!("<rdf:li>{name}</rdf:li>")).collect();
                write!(elements, "<{property}><rdf:Seq>{names}</rdf:Seq></{property}>")
            }
            _ => write!(elements, "<{property}>{}</{property}>", values.join("; ")),
        };
    }
    (!elements.is_empty()).then(|| {
        format!(
            "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
             xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\">{elements}</rdf:Description>"
        )
    })
}

/// The data of one of Photoshop's image resources.
fn resource(segment: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut bytes = Bytes::new(segment);
    while bytes.four_cc()? == *b"8BIM" {
        let id = bytes.u16_be()?;
        // A name with its length, and data, both padded to an even number of bytes.
        let name = usize::from(bytes.u8()?);
        bytes.skip(name + (name + 1) % 2)?;
        let length = bytes.u32_be()? as usize;
        let data = bytes.take(length)?;
        if id == wanted {
            return Some(data);
        }
        bytes.skip(length % 2)?;
    }
    None
}

/// Record, number and value of each dataset up to the first that is no plain one.
fn datasets(iptc: &[u8]) -> impl Iterator<Item = (u8, u8, &[u8])> {
    let mut bytes = Bytes::new(iptc);
    std::iter::from_fn(move || {
        if bytes.u8()? != 0x1c {
            return None;
        }
        let (record, number) = (bytes.u8()?, bytes.u8()?);
        // From 0x8000 on it is the length of a length, which no text needs.
        let length = bytes.u16_be().filter(|length| *length < 0x8000)?;
        Some((record, number, bytes.take(usize::from(length))?))
    })
    .take(MAX_DATASETS)
}

/// As text of XML. Without the marker of UTF-8 it may be any code page; most write Latin 1, or
/// UTF-8 all the same.
fn escaped(value: &[u8], is_utf_8: bool) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) if is_utf_8 => String::from_utf8_lossy(value).into_owned(),
        Err(_) => value.iter().copied().map(char::from).collect(),
    };
    let mut out = String::new();
    for letter in text.chars().take(MAX_LETTERS) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // XML has no other control characters.
            '\t' | '\n' | '\r' => out.push(' '),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(datasets: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let mut iptc = Vec::new();
        for (record, number, value) in datasets {
            iptc.extend([0x1c, *record, *number]);
            iptc.extend((value.len() as u16).to_be_bytes());
            iptc.extend_from_slice(value);
        }
        let mut segment = b"8BIM\x03\xed\0\0\0\0\0\x03abc\0".to_vec();
        segment.extend(b"8BIM\x04\x04\0\0");
        segment.extend((iptc.len() as u32).to_be_bytes());
        segment.extend(iptc);
        segment
    }

    #[test]
    fn notice_name_and_credit_are_told_in_xmp() {
        let data = segment(&[
            (2, 116, b"\xa9 2026 Ann & Sons"),
            (2, 80, b"Ann"),
            (2, 80, b"Bob"),
            (2, 110, b"Agency"),
            (2, 90, b"Paris"),
        ]);
        let told = rights(&data, "").unwrap();
        assert!(told.contains("© 2026 Ann &amp; Sons"), "{told}");
        assert!(told.contains("<rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li>"), "{told}");
        assert!(told.contains("<photoshop:Credit>Agency<"), "{told}");
        assert!(!told.contains("Paris"), "{told}");
    }

    #[test]
    fn what_the_packet_says_is_not_said_again() {
        let data = segment(&[(1, 90, UTF_8), (2, 116, "© Ann".as_bytes()), (2, 110, b"Agency")]);
        let told = rights(&data, "<dc:rights>Ann</dc:rights>").unwrap();
        assert!(!told.contains("dc:rights>") && told.contains("Agency"), "{told}");
        assert_eq!(rights(&data, "dc:rights photoshop:Credit"), None);
    }

    proptest::proptest! {
        #[test]
        fn damaged_segments_do_not_panic(cut in 0..60usize, byte: u8) {
            let mut data = segment(&[(2, 116, b"Ann"), (2, 80, b"Bob"), (2, 110, b"Agency")]);
            let at = cut.min(data.len() - 1);
            data[at] = byte;
            let _ = rights(&data, "");
            let _ = rights(&data[..at], "");
        }
    }
}
