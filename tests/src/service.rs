//! The real server, in a folder of its own, on a port of its own.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;

use crate::admin::{Run, admin, without_settings};
use crate::client::client;
use crate::programs::flx_server;
use crate::{Answer, Form, holds_a_key, send};

/// How long a server may take to print its address.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// How long a server may take to end.
const END_PATIENCE: Duration = Duration::from_secs(60);

/// How to start a server.
#[derive(Debug, Default)]
pub struct Setup {
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    folder: Option<Arc<TempDir>>,
}

/// A running server. It is killed when the value goes, and must not have printed a key by then.
#[derive(Debug)]
pub struct Service {
    child: Child,
    base: String,
    folder: Arc<TempDir>,
    stdout: Output,
    stderr: Output,
    shows_key: bool,
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
            if let Some(base) = base {
                return Service { child, base, folder, stdout, stderr, shows_key };
            }
            let ended = child.try_wait().expect("it can be asked");
            assert!(
                ended.is_none() && start.elapsed() < START_PATIENCE,
                "the server does not listen ({ended:?})\n{}\n{}",
                stdout.so_far(),
                stderr.so_far()
            );
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
            panic!("the server came up:\n{}\n{}", stdout.so_far(), stderr.so_far())
        });
        Ended { status, stdout: stdout.all(), stderr: stderr.all() }
    }

    fn spawn(self) -> (Child, Arc<TempDir>) {
        let folder = self.folder.unwrap_or_else(new_folder);
        let mut command = Command::new(flx_server());
        without_settings(&mut command);
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

impl Service {
    /// A server with its defaults, in a fresh folder.
    #[track_caller]
    #[must_use]
    pub fn start() -> Self {
        Setup::new().start()
    }

    /// Where it listens: `http://127.0.0.1:port`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Where it listens: `127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Its data folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Its process's id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Runs flx-admin on its data folder.
    #[must_use]
    pub fn admin(&self, arguments: &[&str]) -> Run {
        admin(self.folder.path(), arguments)
    }

    /// Creates an account on a plan and gives its key.
    #[track_caller]
    #[must_use]
    pub fn account(&self, email: &str, plan: &str) -> String {
        let _ = self.admin(&["create-account", "--email", email, "--plan", plan]).done();
        self.key(email)
    }

    /// Generates the key of an account.
    #[track_caller]
    #[must_use]
    pub fn key(&self, email: &str) -> String {
        self.admin(&["generate-key", "--email", email]).done().stdout.trim_end().to_owned()
    }

    /// A request to a path or to a whole address.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url =
            if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        client().request(method, url)
    }

    /// `GET` without a key.
    #[track_caller]
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path))
    }

    /// `POST /api/compress` with a key, to be added to and sent.
    pub fn compressing(&self, key: &str, form: Form) -> RequestBuilder {
        let request = self.request(Method::POST, "/api/compress").bearer_auth(key);
        request.multipart(form.into_body())
    }

    /// `POST /api/compress` with a key.
    #[track_caller]
    #[must_use]
    pub fn compress(&self, key: &str, form: Form) -> Answer {
        send(self.compressing(key, form))
    }

    /// `POST /api/compress` that must succeed, for its first result's entry and picture.
    #[track_caller]
    #[must_use]
    pub fn compressed(&self, key: &str, form: Form) -> (Value, Vec<u8>) {
        let answer = self.compress(key, form).expect(200).json();
        let entry = answer["results"][0].clone();
        let url = entry["downloadUrl"].as_str().unwrap_or_else(|| panic!("{answer:#}"));
        (entry.clone(), self.get(url).expect(200).body)
    }

    /// `GET /api/usage` with a key.
    #[track_caller]
    #[must_use]
    pub fn usage(&self, key: &str) -> Answer {
        send(self.request(Method::GET, "/api/usage").bearer_auth(key))
    }

    /// Compressions that the account of a key has used.
    #[track_caller]
    #[must_use]
    pub fn used(&self, key: &str) -> u64 {
        self.usage(key).expect(200).json()["compressor_used"].as_u64().expect("a number")
    }

    /// Standard output so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// Standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until a text stands in the log.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn logged(&self, text: &str) {
        let start = Instant::now();
        while !self.stderr().contains(text) {
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "{text} is not in\n{}",
                self.stderr()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal by its name, such as `TERM`.
    ///
    /// # Panics
    /// When it cannot be sent.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{name} {}", self.child.id()))
            .status()
            .expect("a shell starts");
        assert!(sent.success(), "kill -{name}");
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child).unwrap_or_else(|| panic!("the server goes on\n{}", self.stderr()))
    }

    /// Ends it without warning, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.kill();
        let (stdout, stderr) = (self.stdout.all(), self.stderr.all());
        if thread::panicking() {
            eprintln!("--- flx-server printed ---\n{stdout}{stderr}---");
            return;
        }
        assert!(self.shows_key || !holds_a_key(&stdout), "a key on standard output:\n{stdout}");
        assert!(!holds_a_key(&stderr), "a key in the log:\n{stderr}");
        assert!(!stderr.contains("panicked"), "a panic in the log:\n{stderr}");
    }
}

/// What a stream has carried so far.
#[derive(Debug)]
struct Output {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Mutex<Option<JoinHandle<()>>>,
}

impl Output {
    fn of(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                shared.lock().unwrap_or_else(PoisonError::into_inner).append(&mut line);
            }
        });
        Self { text, reader: Mutex::new(Some(reader)) }
    }

    fn so_far(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// Everything, once the program has ended.
    fn all(&self) -> String {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(reader) = reader {
            let _ = reader.join();
        }
        self.so_far()
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

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < END_PATIENCE {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}
