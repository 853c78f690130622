//! A connection that is kept, for experiments that ask a hundred thousand times.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Longest wait for an answer; one that takes longer counts as none.
const PATIENCE: Duration = Duration::from_secs(180);
const BOUNDARY: &str = "flx-tests-boundary";

/// A client's side of one connection at a time, opened anew when it was closed.
#[derive(Debug)]
pub struct Wire {
    address: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    /// Body.
    pub body: Vec<u8>,
}

impl Wire {
    /// A client of the server at `host:port`.
    #[must_use]
    pub fn to(address: &str) -> Self {
        Self { address: address.to_owned(), stream: None }
    }

    /// Sends a whole request and reads the answer. A request that met a connection which the
    /// server had closed while it was idle is sent once more.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub fn ask(&mut self, request: &[u8]) -> io::Result<Reply> {
        let kept = self.stream.is_some();
        match self.ask_once(request) {
            Err(error) if kept && is_of_a_closed_connection(&error) => self.ask_once(request),
            result => result,
        }
    }

    /// As [`Wire::ask`], but never sent twice.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub fn ask_once(&mut self, request: &[u8]) -> io::Result<Reply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_write_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        // A server may refuse without reading to the end; then its answer is what matters.
        let sent = stream.get_mut().write_all(request);
        let reply = match (read(&mut stream), sent) {
            (Err(_), Err(sent)) => return Err(sent),
            (reply, _) => reply?,
        };
        if !reply.head.contains("\r\nconnection: close") {
            self.stream = Some(stream);
        }
        Ok(reply)
    }
}

fn is_of_a_closed_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

impl Reply {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| *found == name).map(|(_, value)| value)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Pictures in it that can be downloaded.
    #[must_use]
    pub fn pictures(&self) -> u64 {
        self.text().matches("\"downloadUrl\":\"").count() as u64
    }
}

/// `GET` with a key, or without one when it is empty.
#[must_use]
pub fn get(path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n{}\r\n", authorization(key)).into_bytes()
}

/// `POST /api/compress` with pictures that all become `format`.
#[must_use]
pub fn compress(key: &str, pictures: &[&[u8]], format: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for picture in pictures {
        body.extend_from_slice(
            format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; \
                 filename=\"picture\"\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(picture);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(
        format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"format\"\r\n\r\n{format}\r\n\
             --{BOUNDARY}--\r\n"
        )
        .as_bytes(),
    );
    let mut request = compress_head(key, body.len());
    request.append(&mut body);
    request
}

/// The head of `POST /api/compress`, for a body that is sent by hand.
#[must_use]
pub fn compress_head(key: &str, length: usize) -> Vec<u8> {
    format!(
        "POST /api/compress HTTP/1.1\r\nhost: x\r\n{}\
         content-type: multipart/form-data; boundary={BOUNDARY}\r\ncontent-length: {length}\r\n\r\n",
        authorization(key)
    )
    .into_bytes()
}

fn authorization(key: &str) -> String {
    if key.is_empty() { String::new() } else { format!("authorization: Bearer {key}\r\n") }
}

fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Reply> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    head.make_ascii_lowercase();
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, head.clone());
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(malformed)?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = Vec::new();
    match length {
        Some(length) => {
            body.resize(length.parse().map_err(|_| malformed())?, 0);
            stream.read_exact(&mut body)?;
        }
        None if head.contains("transfer-encoding: chunked") => read_chunks(stream, &mut body)?,
        None => return Err(malformed()),
    }
    Ok(Reply { status, head, body })
}

fn read_chunks(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let end = body.len();
        stream.by_ref().take(size + 2).read_to_end(body)?;
        body.truncate(end + usize::try_from(size).map_err(io::Error::other)?);
        if size == 0 {
            return Ok(());
        }
    }
}
