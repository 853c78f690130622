//! The multipart loop: any body, cut into pieces of any size.
#![no_main]

use flx_api::fuzzing;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some(([piece, boundary], body)) = data.split_first_chunk() else { return };
    let content_type: &[u8] = match boundary % 4 {
        0 => b"multipart/form-data; boundary=\"b\"",
        1 => {
            // The header is the stranger's, too.
            let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(0);
            let (header, body) = body.split_at(end);
            check(fuzzing::multipart(header, body, (*piece).into()));
            return;
        }
        _ => b"multipart/form-data; boundary=b",
    };
    check(fuzzing::multipart(content_type, body, (*piece).into()));
});

/// 200 for what was read. A stranger's bytes are never our fault.
fn check(status: u16) {
    assert!([200, 400, 413, 415, 422].contains(&status), "{status}");
}
