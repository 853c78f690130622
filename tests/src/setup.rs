//! Starting the real server, in a folder of its own, on a port of its own.

use std::ffi::OsString;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::admin::without_settings;
use crate::output::Output;
use crate::programs::flx_server;
use crate::service::wait;
use crate::{MemoryGroup, Service};

/// How long a server may take to print its address.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// How to start a server.
#[derive(Debug, Default)]
pub struct Setup {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    folder: Option<Arc<TempDir>>,
    starter: Vec<String>,
    dumps_core: bool,
}

/// A server that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// All it printed on standard output.
    pub stdout: String,
    /// All it printed on standard error.
    pub stderr: String,
}

impl Setup {
    /// A server on a free port in a fresh folder, otherwise with its defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds arguments.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts it where processes that crash leave their memory on the disk.
    #[must_use]
    pub fn where_core_is_dumped(mut self) -> Self {
        self.dumps_core = true;
        self
    }

    /// Uses the folder of another server, with its database.
    #[must_use]
    pub fn in_folder_of(mut self, other: &Service) -> Self {
        self.folder = Some(Arc::clone(&other.folder));
        self
    }

    /// Uses this folder.
    #[must_use]
    pub fn in_folder(mut self, folder: &Arc<TempDir>) -> Self {
        self.folder = Some(Arc::clone(folder));
        self
    }

    /// Puts it into a control group.
    #[must_use]
    pub fn in_group(mut self, group: &MemoryGroup) -> Self {
        let enter = r#"echo $$ >"$0" && exec "$@""#;
        let processes = group.processes().display().to_string();
        self.starter = vec!["sh".to_owned(), "-c".to_owned(), enter.to_owned(), processes];
        self
    }

    /// Starts it and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    #[must_use]
    pub fn start(self) -> Service {
        let shows_key = self.arguments.iter().any(|argument| argument == "--demo");
        let (mut child, folder) = self.spawn();
        let stdout = Output::of(child.stdout.take().expect("it is piped"));
        let stderr = Output::of(child.stderr.take().expect("it is piped"));
        let start = Instant::now();
        loop {
            let base = [&stdout, &stderr].into_iter().find_map(|output| address(&output.so_far()));
            // A demo server prints the address before the rest of what is to be read.
            let is_all_said = !shows_key || stdout.so_far().contains("\"quality=82\"");
            if let Some(base) = base.filter(|_| is_all_said) {
                return Service { child, base, folder, stdout, stderr, shows_key };
            }
            let ended = child.try_wait().expect("it can be asked");
            if ended.is_some() || start.elapsed() > START_PATIENCE {
                let _ = child.kill();
                let (stdout, stderr) = (stdout.so_far(), stderr.so_far());
                panic!("the server does not listen ({ended:?})\n{stdout}\n{stderr}");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts it where it must not come up, and waits until it has ended.
    ///
    /// # Panics
    /// When it comes up.
    #[track_caller]
    #[must_use]
    pub fn start_refused(self) -> Ended {
        let (mut child, _folder) = self.spawn();
        let stdout = Output::of(child.stdout.take().expect("it is piped"));
        let stderr = Output::of(child.stderr.take().expect("it is piped"));
        let status = wait(&mut child).unwrap_or_else(|| {
            let _ = child.kill();
            panic!("the server came up:\n{}\n{}", stdout.so_far(), stderr.so_far())
        });
        Ended { status, stdout: stdout.all(), stderr: stderr.all() }
    }

    fn spawn(self) -> (Child, Arc<TempDir>) {
        let folder = self.folder.unwrap_or_else(new_folder);
        let mut words = self.starter;
        if self.dumps_core {
            words
                .extend(["sh", "-c", "ulimit -c unlimited; exec \"$0\" \"$@\""].map(str::to_owned));
        }
        let mut words = words.into_iter().map(OsString::from).chain([flx_server().into()]);
        let mut command = Command::new(words.next().expect("the server at least"));
        without_settings(&mut command);
        command.args(words);
        command
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .args(self.arguments)
            .envs(self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        (command.spawn().expect("flx-server starts"), folder)
    }
}

fn new_folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().expect("a temporary folder can be made"))
}

/// The address in a line that the server printed or logged, with the port it was given.
fn address(output: &str) -> Option<String> {
    const HOST: &str = "127.0.0.1:";
    let after = &output[output.find(HOST)? + HOST.len()..];
    let port: String = after.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty() && after.len() > port.len()).then(|| format!("http://{HOST}{port}"))
}
