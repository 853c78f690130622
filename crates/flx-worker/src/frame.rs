//! A message and the file that belongs to it, with their lengths before them.

use std::io::{self, Read, Write};

/// Lengths of head and body, little-endian.
const PREFIX_BYTES: usize = 16;

/// Writes a head and announces a body of so many bytes, which the caller writes.
pub(crate) fn begin(to: &mut impl Write, head: &[u8], body_bytes: u64) -> io::Result<()> {
    let mut prefix = [0; PREFIX_BYTES];
    let (first, second) = prefix.split_at_mut(PREFIX_BYTES / 2);
    first.copy_from_slice(&(head.len() as u64).to_le_bytes());
    second.copy_from_slice(&body_bytes.to_le_bytes());
    to.write_all(&prefix)?;
    to.write_all(head)
}

/// Reads a head and its body, of at most so many bytes together; `None` at the end of the stream.
pub(crate) fn read(from: &mut impl Read, most: u64) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let (Some(head), Some(body)) = (length(from)?, length(from)?) else { return Ok(None) };
    if head.checked_add(body).is_none_or(|sum| sum > most) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message longer than allowed"));
    }
    Ok(Some((exactly(from, head)?, exactly(from, body)?)))
}

fn length(from: &mut impl Read) -> io::Result<Option<u64>> {
    let mut bytes = [0; PREFIX_BYTES / 2];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(u64::from_le_bytes(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Room is made as bytes come: a length alone costs nothing.
fn exactly(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    const AT_ONCE: u64 = 4 * 1024 * 1024;
    let room = usize::try_from(length.min(AT_ONCE)).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(head: &[u8], body: &[u8]) -> Vec<u8> {
        let mut stream = Vec::new();
        begin(&mut stream, head, body.len() as u64).unwrap();
        stream.extend(body);
        stream
    }

    #[test]
    fn messages_come_as_they_went_and_then_the_end() {
        let stream = [framed(b"one", b"file"), framed(b"two", b"")].concat();
        let mut from = stream.as_slice();
        assert_eq!(read(&mut from, 7).unwrap(), Some((b"one".to_vec(), b"file".to_vec())));
        assert_eq!(read(&mut from, 7).unwrap(), Some((b"two".to_vec(), Vec::new())));
        assert_eq!(read(&mut from, 7).unwrap(), None);
    }

    #[test]
    fn a_length_beyond_the_bound_is_refused_and_one_that_lies_costs_nothing() {
        assert!(read(&mut framed(b"head", b"body").as_slice(), 7).is_err());
        let mut lie = Vec::new();
        begin(&mut lie, b"", u64::MAX / 2).unwrap();
        assert!(read(&mut lie.as_slice(), u64::MAX).is_err());
        let mut sum = Vec::new();
        begin(&mut sum, b"x", u64::MAX).unwrap();
        assert!(read(&mut sum.as_slice(), u64::MAX).is_err());
    }

    #[test]
    fn a_stream_that_ends_within_a_message_is_no_message() {
        let whole = framed(b"head", b"body");
        for length in PREFIX_BYTES..whole.len() {
            assert!(read(&mut &whole[..length], 100).is_err(), "{length}");
        }
    }
}
