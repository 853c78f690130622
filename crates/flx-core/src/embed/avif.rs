//! AVIF: the list of items written anew, with the profile as a property of the picture and the
//! rest as items that describe it (ISO/IEC 23008-12, annex A).

use crate::metadata::Metadata;
use crate::strip::avif::{Addition, rewritten};

pub(super) fn embed(file: &[u8], metadata: &Metadata) -> Option<Vec<u8>> {
    let mut items = Vec::new();
    if let Some(exif) = &metadata.exif {
        // The TIFF structure follows at once.
        items.push(Addition {
            kind: *b"Exif",
            content_type: b"",
            data: [&[0; 4], exif.as_slice()].concat(),
        });
    }
    if let Some(xmp) = &metadata.xmp {
        items.push(Addition {
            kind: *b"mime",
            content_type: b"application/rdf+xml\0",
            data: xmp.clone(),
        });
    }
    rewritten(file, metadata.icc.as_deref(), &items)
}
