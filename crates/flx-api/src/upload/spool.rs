//! Uploaded bytes: small ones stay in memory, larger ones go to files without a name.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web::Bytes;

/// A file's bytes are gathered up to this before they go to the disk.
const BUFFER_BYTES: usize = 128 * 1024;
/// What one request may keep in memory altogether.
const REQUEST_MEMORY_BYTES: usize = 256 * 1024;

/// Uploaded bytes, in memory or in an unlinked temporary file that goes away with its handle.
#[derive(Debug, Clone)]
pub(crate) enum Spooled {
    /// In memory.
    Memory(Bytes),
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
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { size, .. } => *size,
        }
    }

    /// The bytes; reads the file when they are in one, and blocks meanwhile.
    pub(crate) fn load(&self) -> io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::File { file, size } => {
                let mut bytes = Vec::with_capacity(usize::try_from(*size).unwrap_or_default());
                let mut reader = file.as_ref();
                reader.seek(SeekFrom::Start(0))?;
                reader.read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

/// Decides where the files of one request go.
#[derive(Debug)]
pub(super) struct Spooler {
    folder: PathBuf,
    memory_left: usize,
}

impl Spooler {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), memory_left: REQUEST_MEMORY_BYTES }
    }

    /// Begins a file.
    pub(super) fn begin(&self) -> Writer {
        Writer { folder: self.folder.clone(), buffer: Vec::new(), file: None, size: 0 }
    }

    /// Ends a file.
    pub(super) async fn finish(&mut self, mut writer: Writer) -> io::Result<Spooled> {
        if writer.file.is_none() && writer.buffer.len() <= self.memory_left {
            self.memory_left -= writer.buffer.len();
            return Ok(Spooled::Memory(writer.buffer.into()));
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
    file: Option<File>,
    size: u64,
}

impl Writer {
    /// Bytes taken so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Takes a piece.
    pub(super) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(piece);
        self.size += piece.len() as u64;
        if self.buffer.len() >= BUFFER_BYTES { self.flush().await } else { Ok(()) }
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
        assert!(matches!(small, Spooled::Memory(_)));
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
            if let Spooled::Memory(bytes) = spool(&mut spooler, &[0; 100_000]).await {
                in_memory += bytes.len();
            }
        }
        assert!(in_memory <= REQUEST_MEMORY_BYTES, "{in_memory}");
    }
}
