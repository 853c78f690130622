//! Files of other kinds, and pictures that stand behind something else.

use super::Hostile;
use crate::pictures::{jpeg, photo};

pub(super) fn files() -> Vec<Hostile> {
    let picture = jpeg(&photo(16, 16, 1), 80);
    let before = |start: &[u8]| [start, &picture].concat();
    [
        ("text", b"just some text, and no picture".repeat(20)),
        (
            "an SVG drawing",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".to_vec(),
        ),
        (
            "an SVG drawing that names a file of the server",
            b"<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\
              <svg xmlns=\"http://www.w3.org/2000/svg\"><text>&x;</text></svg>"
                .to_vec(),
        ),
        ("an HTML page", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
        ("a PDF document", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec()),
        ("a PDF document with a JPEG in it", before(b"%PDF-1.7\n1 0 obj\n<<>>\nstream\n")),
        ("an HTML page with a JPEG behind it", before(b"<html><script>alert(1)</script>")),
        ("PHP with a JPEG behind it", before(b"<?php phpinfo(); ?>\n")),
        ("an archive", b"PK\x03\x04\x14\0\0\0\x08\0".repeat(10)),
        ("PostScript", b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\n".to_vec()),
        ("a list of other files", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".to_vec()),
    ]
    .map(|(name, bytes)| Hostile::unsupported(name, bytes))
    .into()
}
