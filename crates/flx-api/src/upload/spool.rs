//! Uploaded bytes: small ones stay in memory, larger ones go to files without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web::Bytes;

/// A file's bytes are gathered up to this before they go to the disk.
const BUFFER_BYTES: usize = 128 * 1024;
/// What one request may keep in memory altogether.
const REQUEST_MEMORY_BYTES: usize = 256 * 1024;
/// What all uploads may keep in memory together; beyond it they go to the disk in small pieces.
const ALL_MEMORY_BYTES: usize = 4 * 1024 * 1024;
/// What a file may gather without a share of that.
const FREE_BYTES: usize = 4 * 1024;

/// The process's: there is one memory, however many services run in it.
static MEMORY_LEFT: AtomicUsize = AtomicUsize::new(ALL_MEMORY_BYTES);

/// Uploaded bytes, in memory or in an unlinked temporary file that goes away with its handle.
#[derive(Debug, Clone)]
pub(crate) enum Spooled {
    /// In memory.
    Memory {
        /// The bytes.
        bytes: Bytes,
        /// What they take of all uploads' memory.
        _share: Arc<Share>,
    },
    /// In a file that has no name.
    File {
        /// The file.
        file: Arc<File>,
        /// Its size in bytes.
        size: u64,
    },
}

impl Spooled {
    /// Size in bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory { bytes, .. } => bytes.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// The bytes; reads the file when they are in one, and blocks meanwhile.
    pub(crate) fn load(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory { bytes, .. } => Ok(bytes.clone()),
            Self::File { size, .. } => {
                let mut bytes = Vec::with_capacity(usize::try_from(*size).unwrap_or_default());
                self.reader().read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }

    /// Reads it from its beginning; several can at once. Blocks.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader { spooled: self, at: 0 }
    }

    fn read_at(&self, to: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Self::Memory { bytes, .. } => {
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                bytes.get(at..).unwrap_or_default().read(to)
            }
            Self::File { file, .. } => read_at(file, to, at),
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, to: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, to, at)
}

#[cfg(windows)]
fn read_at(file: &File, to: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, to, at)
}

/// A place of its own within uploaded bytes.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    spooled: &'a Spooled,
    at: u64,
}

impl Reader<'_> {
    /// All of it, on its way to a worker.
    pub(crate) fn part(&mut self) -> flx_worker::Part<'_> {
        let bytes = self.spooled.size();
        flx_worker::Part::new(self, bytes)
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.spooled.read_at(to, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.spooled.size().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// A share of the memory of all uploads, given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    left: &'static AtomicUsize,
    taken: usize,
}

impl Share {
    fn none_of(left: &'static AtomicUsize) -> Self {
        Self { left, taken: 0 }
    }

    /// Grows to what `bytes` take beyond what is free; `false` when there is not so much left.
    fn covers(&mut self, bytes: usize) -> bool {
        let more = bytes.saturating_sub(FREE_BYTES).saturating_sub(self.taken);
        let taken = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(more));
        if taken.is_ok() {
            self.taken += more;
        }
        taken.is_ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.left.fetch_add(self.taken, Ordering::AcqRel);
    }
}

/// Decides where the files of one request go.
#[derive(Debug)]
pub(super) struct Spooler {
    folder: PathBuf,
    memory_left: usize,
    all_left: &'static AtomicUsize,
}

impl Spooler {
    pub(super) fn new(folder: &Path) -> Self {
        Self::within(folder, &MEMORY_LEFT)
    }

    fn within(folder: &Path, all_left: &'static AtomicUsize) -> Self {
        Self { folder: folder.to_owned(), memory_left: REQUEST_MEMORY_BYTES, all_left }
    }

    /// Begins a file.
    pub(super) fn begin(&self) -> Writer {
        let (buffer, share) = (Vec::new(), Share::none_of(self.all_left));
        Writer { folder: self.folder.clone(), buffer, share, file: None, size: 0 }
    }

    /// Ends a file.
    pub(super) async fn finish(&mut self, mut writer: Writer) -> io::Result<Spooled> {
        if writer.file.is_none() && writer.buffer.len() <= self.memory_left {
            self.memory_left -= writer.buffer.len();
            let _share = Arc::new(writer.share);
            return Ok(Spooled::Memory { bytes: writer.buffer.into(), _share });
        }
        writer.flush().await?;
        match writer.file {
            Some(file) => Ok(Spooled::File { file: Arc::new(file), size: writer.size }),
            None => Err(io::Error::other("a temporary file is missing")),
        }
    }
}

/// A file on its way in.
#[derive(Debug)]
pub(super) struct Writer {
    folder: PathBuf,
    buffer: Vec<u8>,
    share: Share,
    file: Option<File>,
    size: u64,
}

impl Writer {
    /// Bytes taken so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Takes a piece. Where memory is short, what is gathered goes to the disk at once.
    pub(super) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        let covered = self.share.covers(self.buffer.len() + piece.len());
        self.buffer.extend_from_slice(piece);
        self.size += piece.len() as u64;
        if covered {
            return if self.buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) };
        }
        self.flush().await?;
        (self.buffer, self.share) = (Vec::new(), Share::none_of(self.share.left));
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let file = self.file.take();
        let folder = self.folder.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = match file {
                Some(file) => file,
                None => tempfile::tempfile_in(folder)?,
            };
            file.write_all(&buffer)?;
            Ok::<_, io::Error>((file, buffer))
        });
        let (file, mut buffer) = written.await.map_err(io::Error::other)??;
        buffer.clear();
        self.file = Some(file);
        self.buffer = buffer;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn spool(spooler: &mut Spooler, bytes: &[u8]) -> Spooled {
        let mut writer = spooler.begin();
        for piece in bytes.chunks(10_000) {
            writer.write(piece).await.unwrap();
        }
        assert_eq!(writer.size(), bytes.len() as u64);
        spooler.finish(writer).await.unwrap()
    }

    #[tokio::test]
    async fn small_files_stay_in_memory_and_large_ones_leave_no_name_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut spooler = Spooler::new(folder.path());
        let small = spool(&mut spooler, &[1; 5000]).await;
        assert!(matches!(small, Spooled::Memory { .. }));
        let large: Vec<u8> = (0..1_000_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let spooled = spool(&mut spooler, &large).await;
        assert!(matches!(spooled, Spooled::File { size: 1_000_000, .. }));
        assert_eq!(spooled.load().unwrap(), large);
        assert_eq!(spooled.load().unwrap(), large, "it can be read again");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn many_small_files_do_not_add_up_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let mut spooler = Spooler::new(folder.path());
        let mut in_memory = 0;
        for _ in 0..20 {
            if let Spooled::Memory { bytes, .. } = spool(&mut spooler, &[0; 100_000]).await {
                in_memory += bytes.len();
            }
        }
        assert!(in_memory <= REQUEST_MEMORY_BYTES, "{in_memory}");
    }

    #[tokio::test]
    async fn where_memory_is_short_small_files_go_to_the_disk_too() {
        static LITTLE: AtomicUsize = AtomicUsize::new(10_000);
        let folder = tempfile::tempdir().unwrap();
        let mut spooler = Spooler::within(folder.path(), &LITTLE);
        let first = spool(&mut spooler, &[6; 10_000]).await;
        assert!(matches!(first, Spooled::Memory { .. }));
        let second = spool(&mut spooler, &[7; 20_000]).await;
        assert!(matches!(second, Spooled::File { size: 20_000, .. }), "{second:?}");
        assert_eq!(second.load().unwrap(), vec![7; 20_000]);
        drop((first, second));
        assert_eq!(LITTLE.load(Ordering::Acquire), 10_000, "all of it was given back");
    }
}
