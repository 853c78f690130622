//! The real server, with its defaults, in a folder of its own.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

/// A running server; killed when the value goes.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    key: String,
    /// Kept open: the server writes more than is read here.
    output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Server {
    /// Starts `program` on a free port with its demo account and these arguments. Its data folder
    /// is made in `parent`, so that it can be on the disk that counts.
    ///
    /// # Errors
    /// When it does not start, or does not print address and key.
    pub fn start(
        program: &Path,
        parent: &Path,
        arguments: &[&str],
    ) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir_in(parent)?;
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("FLX_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(["--demo", "--listen", "127.0.0.1:0", "--log-level", "warn", "--data-dir"])
            .arg(folder.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let output = child.stdout.take().ok_or("the server has no standard output")?;
        let mut server = Self {
            child,
            address: String::new(),
            key: String::new(),
            output: BufReader::new(output),
            _folder: folder,
        };
        server.read_announcement()?;
        Ok(server)
    }

    /// Reads what the server prints at its start up to the key.
    fn read_announcement(&mut self) -> Result<(), Box<dyn Error>> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some((_, rest)) = line.split_once("http://")
                && self.address.is_empty()
            {
                self.address =
                    rest.chars().take_while(|c| !matches!(c, '/' | ' ' | '\n')).collect();
            }
            if line.starts_with("flx_live_") {
                line.trim_end().clone_into(&mut self.key);
                return Ok(());
            }
            line.clear();
        }
        Err("the server ended before it printed a key".into())
    }

    /// Its process's id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens, as `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The key of its demo account, which is on the Agency plan.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Only fails when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
