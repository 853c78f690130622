//! One connection that stays open, with as little client around it as there can be.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const BOUNDARY: &str = "flx-benches-boundary";
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to the server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// The bytes of `POST /api/compress` with one picture, head and form together.
#[must_use]
pub fn compress_request(
    host: &str,
    key: &str,
    name: &str,
    picture: &[u8],
    format: &str,
) -> Vec<u8> {
    let mut form = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(picture);
    form.extend_from_slice(
        format!(
            "\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\n{format}\r\n\
             --{BOUNDARY}--\r\n"
        )
        .as_bytes(),
    );
    let mut request = format!(
        "POST /api/compress HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n",
        form.len()
    )
    .into_bytes();
    request.append(&mut form);
    request
}

impl Connection {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn open(address: &str) -> Result<Self, Box<dyn Error>> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::new() })
    }

    /// Sends a request and reads its answer to the end; gives the body.
    ///
    /// # Errors
    /// When the status is not 200, the answer has no length, or the connection ends.
    pub fn send(&mut self, request: &[u8]) -> Result<&[u8], Box<dyn Error>> {
        self.stream.write_all(request)?;
        self.received.clear();
        let head = loop {
            if let Some(at) = find(&self.received, b"\r\n\r\n") {
                break at + 4;
            }
            self.receive()?;
        };
        let text = String::from_utf8_lossy(self.received.get(..head).unwrap_or_default());
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
        });
        let length = length.ok_or("the answer has no Content-Length")??;
        let ok = text.starts_with("HTTP/1.1 200 ");
        while self.received.len() < head + length {
            self.receive()?;
        }
        let body = self.received.get(head..head + length).unwrap_or_default();
        if ok { Ok(body) } else { Err(String::from_utf8_lossy(body).into()) }
    }

    fn receive(&mut self) -> Result<(), Box<dyn Error>> {
        let mut part = [0; 16 * 1024];
        let count = self.stream.read(&mut part)?;
        if count == 0 {
            return Err("the server closed the connection".into());
        }
        self.received.extend_from_slice(part.get(..count).unwrap_or_default());
        Ok(())
    }
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).position(|window| window == pattern)
}
