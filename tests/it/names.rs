//! Five hundred names that nobody means well with: what a result is called, and what a download
//! says that it is called.

use flx_tests::{RawConnection, Service};
use serde_json::Value;

use crate::small_jpeg;

/// Names made of these, each alone and with each of [`ENDINGS`].
const STEMS: [&str; 25] = [
    "",
    ".",
    "..",
    "photo",
    "../../etc/passwd",
    "..\\..\\windows\\system32\\config",
    "/etc/shadow",
    "C:\\boot",
    "\\\\server\\share\\file",
    "CON",
    "nul",
    "COM1",
    "lpt9",
    "-rf",
    "; rm -rf ~ #",
    "$(reboot)",
    "`reboot`",
    "a%0d%0aSet-Cookie: x=1",
    "<script>alert(1)</script>",
    "\u{202e}gpj.exe",
    "\u{feff}\u{200b}\u{2066}hidden",
    "😀🏴‍☠️",
    "été à Paris",
    "写真",
    "a\tb\u{7f}c",
];

const ENDINGS: [&str; 20] = [
    "",
    ".jpg",
    ".jpg.php",
    ".php;.jpg",
    ".html",
    ".svg",
    ".",
    "..",
    " ",
    ".jpg ",
    ".JPG",
    "/",
    "%00.jpg",
    "\u{85}.jpg",
    "::$DATA",
    "~",
    "\u{2028}.jpg",
    ".\u{202e}gpj",
    "\u{301}\u{301}",
    "'*=",
];

fn part(file_name: &[u8]) -> Vec<u8> {
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; ";
    [head, file_name, b"\r\n\r\n", &small_jpeg(), b"\r\n"].concat()
}

/// Sends parts as they are; status and body.
fn post(service: &Service, key: &str, parts: &[Vec<u8>]) -> (u16, Value) {
    let body = [parts.concat(), b"--b--\r\n".to_vec()].concat();
    let mut wire = RawConnection::to(service);
    wire.send(format!(
        "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: \
         multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    wire.send(body);
    let answer = wire.answer().expect("an answer");
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

/// Whether every file system takes the name, and no shell, browser or terminal takes it for more.
fn is_safe(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".webp") else { return false };
    let devices = ["con", "prn", "aux", "nul"];
    let is_device = |stem: &str| {
        let stem = stem.to_lowercase();
        let is_numbered =
            |device: &str| stem.strip_prefix(device).is_some_and(|rest| rest.chars().count() == 1);
        devices.contains(&stem.as_str()) || is_numbered("com") || is_numbered("lpt")
    };
    (1..=107).contains(&stem.len())
        && !stem.starts_with('-')
        && !is_device(stem)
        && stem.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

#[test]
fn five_hundred_hostile_names_become_safe_ones() {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let names: Vec<String> =
        STEMS.iter().flat_map(|stem| ENDINGS.map(|ending| format!("{stem}{ending}"))).collect();
    assert_eq!(names.len(), 500);
    let mut kept = 0;
    for names in names.chunks(20) {
        let parts: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                // An empty plain name stands for a field that nobody filled in, and a head
                // has no room for control characters.
                let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
                match index % 2 {
                    0 if !name.is_empty() && !name.contains(char::is_control) => {
                        part(format!("filename=\"{quoted}\"").as_bytes())
                    }
                    _ => {
                        let encoded: String =
                            name.bytes().map(|byte| format!("%{byte:02X}")).collect();
                        part(format!("filename=\"x\"; filename*=UTF-8''{encoded}").as_bytes())
                    }
                }
            })
            .collect();
        let (status, answer) = post(&service, &key, &parts);
        assert_eq!(status, 200, "{names:?}: {answer:#}");
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), names.len());
        for (asked, result) in names.iter().zip(results) {
            check(&service, asked, result);
            kept += 1;
        }
    }
    assert_eq!(kept, 500);
}

/// The name, the one that is shown, and the download's headers.
#[track_caller]
fn check(service: &Service, asked: &str, result: &Value) {
    let name = result["name"].as_str().unwrap_or_else(|| panic!("{asked:?}: {result:#}"));
    assert!(is_safe(name), "{asked:?} became {name:?}");
    let shown = result["originalName"].as_str().unwrap();
    assert!(shown.chars().count() <= 255, "{shown}");
    assert!(
        !shown.contains(['/', '\\', '\u{202e}', '\u{2066}', '\u{200b}', '\u{2028}', '\u{feff}'])
            && !shown.chars().any(char::is_control),
        "{asked:?} is shown as {shown:?}"
    );
    let url = result["downloadUrl"].as_str().unwrap();
    let path = &url[url.find("/api/").unwrap()..];
    let answer = service.get(path).expect(200);
    let disposition = answer.header("content-disposition");
    let ascii: String = name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let plain = format!("attachment; filename=\"{ascii}\"");
    if ascii == name {
        assert_eq!(disposition, plain);
    } else {
        let encoded = disposition.strip_prefix(&format!("{plain}; filename*=UTF-8''"));
        let encoded = encoded.unwrap_or_else(|| panic!("{asked:?}: {disposition}"));
        assert_eq!(decoded(encoded), name);
    }
    assert!(!answer.has("set-cookie"), "{asked:?}: {answer}");
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn names_that_break_the_part_s_head_are_refused_or_become_safe() {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let long = "x".repeat(4_096);
    for name in [
        &b"filename=\"a\r\nSet-Cookie: x=1\""[..],
        b"filename=\"a\r\n\r\nb\"",
        b"filename=\"a\0b.jpg\"",
        b"filename=\"\xff\xfe.jpg\"",
        b"filename=\"a",
        b"filename=a\"b\"c",
        b"filename*=UTF-8''%00%0d%0a%ff",
        b"filename*=utf-7''+ADw-script+AD4-",
        b"filename=\"a\"; filename=\"../b\"",
        format!("filename=\"{long}.jpg\"").as_bytes(),
        format!("filename*=UTF-8''{}", "%F0%9F%98%80".repeat(1_024)).as_bytes(),
    ] {
        let (status, answer) = post(&service, &key, &[part(name)]);
        let shown = String::from_utf8_lossy(name);
        let shown: String = shown.chars().take(60).collect();
        match status {
            200 => check(&service, &shown, &answer["results"][0]),
            // What stands behind a line break is the file's content, and no picture.
            _ => assert!([400, 415, 422].contains(&status), "{shown:?}: {status} {answer:#}"),
        }
    }
}
