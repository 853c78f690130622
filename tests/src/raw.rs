//! A connection on which every byte is the test's own.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::Service;

/// How long an answer may take, or a connection to close.
const PATIENCE: Duration = Duration::from_secs(180);

/// A connection over HTTP/1.1.
#[derive(Debug)]
pub struct RawConnection {
    stream: TcpStream,
    unread: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Raw {
    /// Status code.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// Body.
    pub body: String,
}

impl RawConnection {
    /// Connects to a server.
    ///
    /// # Panics
    /// When it does not listen.
    #[must_use]
    pub fn to(service: &Service) -> Self {
        let stream = TcpStream::connect(service.address()).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("sockets have timeouts");
        stream.set_write_timeout(Some(PATIENCE)).expect("sockets have timeouts");
        stream.set_nodelay(true).expect("sockets send at once");
        Self { stream, unread: Vec::new() }
    }

    /// Sends bytes; whether the server still took them all.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends no more, and still reads.
    pub fn finish(&mut self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }

    /// Reads the next final answer; `None` when the connection is closed before it.
    ///
    /// # Panics
    /// When neither happens in time, or it is no HTTP.
    #[track_caller]
    pub fn answer(&mut self) -> Option<Raw> {
        loop {
            let end = loop {
                if let Some(at) = self.unread.windows(4).position(|part| part == b"\r\n\r\n") {
                    break at + 4;
                }
                if !self.read_more() {
                    return None;
                }
            };
            let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
            self.unread.drain(..end);
            let status = head.get(9..12).and_then(|code| code.parse().ok());
            let status: u16 = status.unwrap_or_else(|| panic!("no status line: {head}"));
            if status == 100 {
                continue;
            }
            let length = header(&head, "content-length").and_then(|length| length.parse().ok());
            let length: usize = length.unwrap_or(0);
            while self.unread.len() < length && self.read_more() {}
            let body: Vec<u8> = self.unread.drain(..length.min(self.unread.len())).collect();
            return Some(Raw { status, head, body: String::from_utf8_lossy(&body).into_owned() });
        }
    }

    /// All further answers, until the server closes the connection.
    #[track_caller]
    pub fn answers(&mut self) -> Vec<Raw> {
        std::iter::from_fn(|| self.answer()).collect()
    }

    /// Reads on; whether there was anything.
    #[track_caller]
    fn read_more(&mut self) -> bool {
        let mut piece = [0; 16_384];
        match self.stream.read(&mut piece) {
            Ok(0) => false,
            Ok(read) => {
                self.unread.extend(&piece[..read]);
                true
            }
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                panic!("neither an answer nor an end: {:?}", String::from_utf8_lossy(&self.unread))
            }
            Err(_) => false,
        }
    }
}

impl Raw {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
