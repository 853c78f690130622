//! The folder of results.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::settings::SyncResults;

/// Hexadecimal digits in the name of a stored object: the process that made it, then random ones.
const KEY_DIGITS: usize = 40;
/// Hexadecimal digits that name a folder of results: the last ones of their names.
const SHARD_DIGITS: usize = 2;
/// Hexadecimal digits that name a process.
const PROCESS_DIGITS: usize = 16;

/// Stores bytes under names made here. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ResultFiles {
    folders: Arc<Folders>,
    sync: SyncResults,
}

#[derive(Debug)]
struct Folders {
    results: PathBuf,
    incoming: PathBuf,
    uploads: PathBuf,
    processes: PathBuf,
    /// This process's name and the lock that shows others that it lives.
    process: String,
    _alive: File,
}

/// A stored file that nobody refers to yet: removed when dropped, unless kept.
#[derive(Debug)]
pub(crate) struct Pending {
    files: ResultFiles,
    key: Option<String>,
    file: Option<File>,
}

impl ResultFiles {
    /// Creates the folders under `data_dir` when they are missing, for the owner alone.
    pub(crate) fn open(data_dir: &Path, sync: SyncResults) -> io::Result<Self> {
        let results = data_dir.join("results");
        let (incoming, processes) = (results.join("incoming"), results.join("processes"));
        let uploads = data_dir.join("uploads");
        for folder in [data_dir, &results, &incoming, &processes, &uploads] {
            create_private(folder)?;
        }
        let process = random_digits(PROCESS_DIGITS)?;
        let alive = locked(&incoming, &processes.join(&process))?;
        let folders = Folders { results, incoming, uploads, processes, process, _alive: alive };
        Ok(Self { folders: Arc::new(folders), sync })
    }

    /// Where uploads in progress may put files without a name.
    pub(crate) fn uploads(&self) -> &Path {
        &self.folders.uploads
    }

    /// Stores bytes: they are in the file, flushed, before the file has its name. Blocks.
    pub(crate) fn put(&self, bytes: &[u8]) -> io::Result<Pending> {
        let random = random_digits(KEY_DIGITS - PROCESS_DIGITS)?;
        let key = format!("{}{random}", self.folders.process);
        let path = self.path(&key).ok_or_else(|| io::Error::other("a name was not made here"))?;
        let incoming = self.folders.incoming.join(&key);
        let written = write_synced(&incoming, bytes)
            .and_then(|file| self.rename(&incoming, &path).map(|()| file));
        match written {
            Ok(file) => Ok(Pending { files: self.clone(), key: Some(key), file: Some(file) }),
            Err(error) => {
                // The error that matters is the first one; what is left is swept.
                let _ = fs::remove_file(&incoming);
                Err(error)
            }
        }
    }

    /// Opens a stored file. Blocks.
    pub(crate) fn open_file(&self, key: &str) -> io::Result<File> {
        let path = self.path(key).ok_or(io::ErrorKind::NotFound)?;
        File::open(path)
    }

    /// Removes a stored file; one that is gone already is no error, unless all results are away:
    /// then it may come back with them. Blocks.
    pub(crate) fn remove(&self, key: &str) -> io::Result<()> {
        let Some(path) = self.path(key) else { return Ok(()) };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Err(error) if !self.folders.incoming.is_dir() => Err(error),
            _ => Ok(()),
        }
    }

    /// Names of stored files whose process has ended: what no row names of these is left over,
    /// and always will be. Removes what such processes left half-written. Blocks.
    pub(crate) fn of_ended_processes(&self) -> io::Result<Vec<String>> {
        let mut ended = Ended::new(&self.folders);
        for entry in fs::read_dir(&self.folders.incoming)?.flatten() {
            if ended.made(&entry.file_name().to_string_lossy()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        let mut keys = Vec::new();
        for folder in fs::read_dir(&self.folders.results)?.flatten() {
            if folder.file_name().len() != SHARD_DIGITS {
                continue;
            }
            for entry in fs::read_dir(folder.path())?.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if ended.made(&name) {
                    keys.push(name);
                }
            }
        }
        Ok(keys)
    }

    /// Forgets processes that have ended and left nothing. Blocks.
    pub(crate) fn forget_ended_processes(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folders.processes)?.flatten() {
            let name = entry.file_name();
            if *name != *self.folders.process && has_ended(&entry.path()) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Whether results can be written. Blocks.
    pub(crate) fn ping(&self) -> io::Result<()> {
        let mut probe = tempfile::tempfile_in(&self.folders.incoming)?;
        probe.write_all(b"flx")?;
        probe.sync_data()
    }

    fn rename(&self, incoming: &Path, path: &Path) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.folders.results);
        if !folder.exists() {
            create_private_in_place(folder)?;
        }
        fs::rename(incoming, path)?;
        match self.sync {
            SyncResults::Content => Ok(()),
            SyncResults::ContentAndFolder => File::open(folder)?.sync_all(),
        }
    }

    /// `None` for anything that is no name of ours, so that no path ever comes from outside.
    fn path(&self, key: &str) -> Option<PathBuf> {
        let shard = key.get(KEY_DIGITS - SHARD_DIGITS..).filter(|_| is_key(key))?;
        Some(self.folders.results.join(shard).join(key))
    }
}

impl Pending {
    /// The stored object's name.
    pub(crate) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// The file, opened for reading, once.
    pub(crate) fn take_file(&mut self) -> Option<File> {
        self.file.take()
    }

    /// A row refers to the file now.
    pub(crate) fn keep(mut self) {
        self.key = None;
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(key) = self.key.take()
            && let Err(error) = self.files.remove(&key)
        {
            tracing::warn!(error = %error, "an unused result was not removed; the sweep will");
        }
    }
}

/// Which processes have ended, each asked once.
struct Ended<'a> {
    folders: &'a Folders,
    known: HashMap<String, bool>,
}

impl<'a> Ended<'a> {
    fn new(folders: &'a Folders) -> Self {
        Self { folders, known: HashMap::new() }
    }

    /// Whether the file is named as ours are and its process has ended.
    fn made(&mut self, name: &str) -> bool {
        let Some(process) = name.get(..PROCESS_DIGITS).filter(|_| is_key(name)) else {
            return false;
        };
        if process == self.folders.process {
            return false;
        }
        let folder = &self.folders.processes;
        *self.known.entry(process.to_owned()).or_insert_with(|| has_ended(&folder.join(process)))
    }
}

/// Whether nobody holds a process's lock; the system lets it go with the process, however it ends.
fn has_ended(lock: &Path) -> bool {
    match File::open(lock) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// A file of this name that is locked from the first moment on at which others can see it.
fn locked(elsewhere: &Path, path: &Path) -> io::Result<File> {
    let file = tempfile::Builder::new().make_in(elsewhere, create_new)?;
    file.as_file().try_lock().map_err(io::Error::from)?;
    file.persist_noclobber(path).map_err(|error| error.error)
}

fn random_digits(digits: usize) -> io::Result<String> {
    let mut bytes = vec![0; digits / 2];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

fn is_key(name: &str) -> bool {
    name.len() == KEY_DIGITS && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    Ok(file)
}

fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn create_private(folder: &Path) -> io::Result<()> {
    private_folder().recursive(true).create(folder)
}

/// Without the folders above it: where all results are away, nothing must take their place.
fn create_private_in_place(folder: &Path) -> io::Result<()> {
    match private_folder().create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn private_folder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn files() -> (tempfile::TempDir, ResultFiles) {
        let folder = tempfile::tempdir().unwrap();
        let files = ResultFiles::open(folder.path(), SyncResults::ContentAndFolder).unwrap();
        (folder, files)
    }

    #[test]
    fn a_kept_file_can_be_read_until_it_is_removed() {
        let (_folder, files) = files();
        let pending = files.put(b"picture").unwrap();
        let key = pending.key().to_owned();
        pending.keep();
        let mut text = String::new();
        files.open_file(&key).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "picture");
        files.remove(&key).unwrap();
        files.remove(&key).unwrap();
        assert!(files.open_file(&key).is_err());
    }

    #[test]
    fn a_file_that_nobody_keeps_goes_away() {
        let (_folder, files) = files();
        let pending = files.put(b"picture").unwrap();
        let path = files.path(pending.key()).unwrap();
        assert!(path.exists());
        drop(pending);
        assert!(!path.exists());
    }

    #[test]
    fn only_what_ended_processes_left_is_left_over() {
        let (folder, dead) = files();
        let living = ResultFiles::open(folder.path(), SyncResults::Content).unwrap();
        let me = ResultFiles::open(folder.path(), SyncResults::Content).unwrap();
        for files in [&dead, &living, &me] {
            files.put(b"picture").unwrap().keep();
        }
        let name = dead.folders.process.clone();
        let half = dead.folders.incoming.join(format!("{name}{}", "0".repeat(24)));
        fs::write(&half, b"x").unwrap();
        assert!(me.of_ended_processes().unwrap().is_empty());
        drop(dead);
        let left = me.of_ended_processes().unwrap();
        assert!(left.len() == 1 && left[0].starts_with(&name), "{left:?}");
        assert!(!half.exists());
        me.forget_ended_processes().unwrap();
        assert!(!me.folders.processes.join(name).exists());
        assert!(me.folders.processes.join(&living.folders.process).exists());
    }

    #[test]
    fn names_from_outside_reach_no_file() {
        let (_folder, files) = files();
        for key in ["", "..", "../../etc/passwd", "/etc/passwd", &"é".repeat(20), &"A".repeat(40)]
        {
            assert!(files.open_file(key).is_err(), "{key}");
            files.remove(key).unwrap();
        }
    }

    #[test]
    fn a_file_is_not_taken_for_removed_while_all_results_are_away() {
        let (folder, files) = files();
        let pending = files.put(b"picture").unwrap();
        let key = pending.key().to_owned();
        pending.keep();
        let (here, away) = (folder.path().join("results"), folder.path().join("away"));
        fs::rename(&here, &away).unwrap();
        assert!(files.remove(&key).is_err());
        assert!(files.put(b"picture").is_err() && !here.exists());
        fs::rename(&away, &here).unwrap();
        files.remove(&key).unwrap();
        assert!(files.open_file(&key).is_err());
    }

    #[test]
    fn readiness_notices_a_folder_that_is_gone() {
        let (folder, files) = files();
        files.ping().unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(files.ping().is_err());
    }
}
