//! A running server, and what can be asked of it.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use serde_json::Value;
use tempfile::TempDir;

use crate::admin::{Run, admin};
use crate::client::client;
use crate::leaks::Places;
use crate::output::Output;
use crate::setup::Setup;
use crate::{Answer, Form, send};

/// How long a server may take to end.
const END_PATIENCE: Duration = Duration::from_secs(60);

/// A running server. It is killed when the value goes, and must not have told a secret by then.
#[derive(Debug)]
pub struct Service {
    pub(crate) child: Child,
    pub(crate) base: String,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) shows_key: bool,
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

    /// A figure of its memory in bytes, by the kernel's name for it, such as `VmRSS`; `None` where
    /// the system does not tell.
    #[must_use]
    pub fn memory(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:")))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
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
        self.logged_within(text, Duration::from_secs(5));
    }

    /// As [`Service::logged`], for as long as it may take.
    ///
    /// # Panics
    /// When it does not come.
    #[track_caller]
    pub fn logged_within(&self, text: &str, patience: Duration) {
        let start = Instant::now();
        while !self.stderr().contains(text) {
            assert!(start.elapsed() < patience, "{text} is not in\n{}", self.stderr());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the metrics have a line.
    ///
    /// # Panics
    /// When it is too late for it.
    #[track_caller]
    pub fn measured_unless(&self, line: &str, too_late: impl Fn() -> bool) {
        while !self.get("/metrics").expect(200).body_text().lines().any(|found| found == line) {
            assert!(!too_late(), "the request was over before {line}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// What a metric without labels says.
    ///
    /// # Panics
    /// When there is none, or it is no whole number.
    #[track_caller]
    #[must_use]
    pub fn measure(&self, name: &str) -> u64 {
        let metrics = self.get("/metrics").expect(200).body_text();
        let mut lines = metrics.lines().filter_map(|line| line.strip_prefix(name));
        let value = lines.find_map(|rest| rest.strip_prefix(' ')?.parse().ok());
        value.unwrap_or_else(|| panic!("{name} in {metrics}"))
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
        let places = Places::of(self.child.id(), &self.base);
        self.kill();
        let (stdout, stderr) = (self.stdout.all(), self.stderr.all());
        if thread::panicking() {
            eprintln!("--- flx-server printed ---\n{stdout}{stderr}---");
            return;
        }
        assert!(!stderr.contains("panicked"), "a panic in the log:\n{stderr}");
        let places = if self.shows_key { places } else { places.and("standard output", stdout) };
        places.and("the log", stderr).check();
    }
}

pub(crate) fn wait(child: &mut Child) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < END_PATIENCE {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            return Some(status);
        }
        thread::sleep(Duration::from_millis(10));
    }
    None
}
