//! The real server, with its defaults, in a folder of its own.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A running server; killed when the value goes.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: String,
    key: String,
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
        let mut server =
            Self { child, address: String::new(), key: String::new(), _folder: folder };
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some((_, rest)) = line.split_once("http://")
                && server.address.is_empty()
            {
                server.address =
                    rest.chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
            }
            if line.starts_with("flx_live_") {
                server.key = line;
                return Ok(server);
            }
        }
        Err("the server ended before it printed a key".into())
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
