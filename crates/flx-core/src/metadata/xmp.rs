//! XMP: the properties that may be kept, in a packet of their own (ISO 16684-1).

use super::xml::{Placed, Tag, attributes, tags};
use crate::Keep;

/// More properties than any camera or editor writes.
const MAX_PROPERTIES: usize = 2_000;

/// Whose picture it is.
const RIGHTS: [&str; 10] = [
    "dc:rights",
    "dc:creator",
    "photoshop:Credit",
    "photoshop:Source",
    "photoshop:AuthorsPosition",
    "Iptc4xmpCore:CreatorContactInfo",
    "cc:license",
    "cc:attributionName",
    "cc:attributionURL",
    "plus:Licensor",
];

/// Words that a place is told by, wherever they stand in a property.
const PLACE: [&str; 7] =
    ["GPS", "Location", "City", "State", "Country", "Sublocation", "Iptc4xmpExt:World"];

/// Untrue of the result, or a picture of its own.
const NOT_KEPT: [&str; 9] = [
    "Orientation",
    "Thumbnails",
    "ImageWidth",
    "ImageLength",
    "PixelXDimension",
    "PixelYDimension",
    "HasExtendedXMP",
    "History",
    "DocumentAncestors",
];

/// What stands before the properties of a packet written here.
const HEAD: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
    <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">";

/// What stands behind them.
const TAIL: &str = "</rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";

/// A packet written here, or a new one, with a description more.
#[cfg(feature = "jpeg")]
pub(super) fn with_description(packet: Option<Vec<u8>>, description: &str) -> Vec<u8> {
    let mut packet = packet.unwrap_or_else(|| [HEAD, TAIL].concat().into_bytes());
    packet.truncate(packet.len().saturating_sub(TAIL.len()));
    packet.extend([description, TAIL].concat().bytes());
    packet
}

/// A packet with what may be kept; none when that is nothing.
pub(super) fn filtered(packet: &[u8], keep: Keep) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(packet).ok()?.trim_matches('\0');
    let tags = tags(text)?;
    let mut found = Properties::default();
    let mut depth = 0usize;
    // Depth inside `rdf:Description`, and where its current property began.
    let mut inside: Option<usize> = None;
    let mut property: Option<(&str, usize)> = None;
    for Placed { tag, start, end } in tags {
        match tag {
            Tag::Open { name, attributes } | Tag::Empty { name, attributes } => {
                let is_empty = matches!(tag, Tag::Empty { .. });
                found.note_namespaces(attributes);
                match inside {
                    None if name == "rdf:Description" => {
                        found.note_attributes(attributes, keep);
                        inside = (!is_empty).then_some(depth);
                    }
                    Some(outer) if depth == outer + 1 => {
                        if is_empty {
                            found.note_element(name, text.get(start..end)?, keep);
                        } else {
                            property = Some((name, start));
                        }
                    }
                    _ => {}
                }
                depth += usize::from(!is_empty);
            }
            Tag::Close => {
                depth = depth.checked_sub(1)?;
                if inside == Some(depth) {
                    inside = None;
                } else if inside.is_some_and(|outer| depth == outer + 1)
                    && let Some((name, from)) = property.take()
                {
                    found.note_element(name, text.get(from..end)?, keep);
                }
            }
        }
        if found.count > MAX_PROPERTIES {
            return None;
        }
    }
    found.packet().filter(|_| depth == 0)
}

#[derive(Default)]
struct Properties<'a> {
    namespaces: Vec<(&'a str, &'a str)>,
    attributes: Vec<(&'a str, &'a str)>,
    elements: Vec<&'a str>,
    count: usize,
}

impl<'a> Properties<'a> {
    fn note_namespaces(&mut self, text: &'a str) {
        for (name, value) in attributes(text).filter(|(name, _)| name.starts_with("xmlns:")) {
            if self.namespaces.len() < 200 && !self.namespaces.contains(&(name, value)) {
                self.namespaces.push((name, value));
            }
        }
    }

    fn note_attributes(&mut self, text: &'a str, keep: Keep) {
        for (name, value) in attributes(text) {
            self.count += 1;
            let about = name.starts_with("xmlns") || name.starts_with("rdf:");
            if !about && may_stay(name, name, keep) {
                self.attributes.push((name, value));
            }
        }
    }

    fn note_element(&mut self, name: &'a str, raw: &'a str, keep: Keep) {
        self.count += 1;
        if may_stay(name, raw, keep) {
            self.elements.push(raw);
        }
    }

    fn packet(self) -> Option<Vec<u8>> {
        if self.attributes.is_empty() && self.elements.is_empty() {
            return None;
        }
        let mut names: Vec<&str> = self.namespaces.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        // A prefix that means two things cannot be written down once.
        if names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return None;
        }
        let mut packet = String::from(HEAD);
        packet.push_str("<rdf:Description rdf:about=\"\"");
        let body = self.elements.concat();
        let used = |name: &str| {
            let prefix = name.trim_start_matches("xmlns:");
            let spelled = format!("{prefix}:");
            body.contains(&spelled)
                || self.attributes.iter().any(|(name, _)| name.starts_with(&spelled))
        };
        let known = ["xmlns:x", "xmlns:rdf"];
        let declared =
            self.namespaces.iter().filter(|(name, _)| !known.contains(name) && used(name));
        for (name, value) in declared.chain(&self.attributes) {
            packet.push_str(&format!(" {name}={value}"));
        }
        packet.push('>');
        packet.push_str(&body);
        packet.push_str("</rdf:Description>");
        packet.push_str(TAIL);
        Some(packet.into_bytes())
    }
}

/// Whether a property may stay; `raw` is all that it says.
fn may_stay(name: &str, raw: &str, keep: Keep) -> bool {
    let local = name.split_once(':').map_or(name, |(_, local)| local);
    if NOT_KEPT.contains(&local) {
        return false;
    }
    let of_place = PLACE.iter().any(|word| local.contains(word));
    if of_place {
        return keep.gps;
    }
    let tells_place = PLACE.iter().any(|word| raw.contains(word));
    if tells_place && !keep.gps {
        // A name or a licence may spell a country; that is not where the picture was taken.
        return keep.copyright && RIGHTS.contains(&name);
    }
    keep.xmp || keep.copyright && (RIGHTS.contains(&name) || name.starts_with("xmpRights:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
        xmlns:exif="http://ns.adobe.com/exif/1.0/" tiff:Orientation="6" tiff:Make="Cam"
        exif:GPSLatitude="48,51N"><dc:creator><rdf:Seq><rdf:li>Ann &gt; Bob</rdf:li></rdf:Seq>
        </dc:creator><dc:subject>tree</dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"#;

    fn kept(names: &str) -> String {
        let packet = filtered(PACKET.as_bytes(), names.parse().unwrap()).unwrap();
        String::from_utf8(packet).unwrap()
    }

    #[test]
    fn each_name_keeps_its_own_and_nothing_else() {
        let rights = kept("copyright");
        assert!(rights.contains("Ann &gt; Bob"));
        assert!(!rights.contains("tree") && !rights.contains("GPS") && !rights.contains("Cam"));
        let all = kept("xmp");
        assert!(all.contains("Ann") && all.contains("tree") && all.contains("Cam"));
        assert!(!all.contains("GPS") && !all.contains("Orientation"));
        let place = kept("gps");
        assert!(place.contains("48,51N") && !place.contains("Ann") && !place.contains("tree"));
    }

    #[test]
    fn a_kept_packet_reads_back_the_same() {
        let keep: Keep = "xmp,gps".parse().unwrap();
        let once = filtered(PACKET.as_bytes(), keep).unwrap();
        assert_eq!(filtered(&once, keep), Some(once));
    }

    #[test]
    fn documents_that_define_entities_are_refused() {
        let bomb = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{PACKET}");
        assert_eq!(filtered(bomb.as_bytes(), "xmp".parse().unwrap()), None);
    }

    proptest::proptest! {
        #[test]
        fn damaged_packets_do_not_panic(cut in 0..PACKET.len(), junk in ".{0,20}") {
            let (head, tail) = PACKET.split_at(cut);
            let _ = filtered(format!("{head}{junk}{tail}").as_bytes(), "xmp".parse().unwrap());
            let _ = filtered(head.as_bytes(), "xmp,gps".parse().unwrap());
        }
    }
}
