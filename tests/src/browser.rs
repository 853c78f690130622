//! A real browser: headless Chromium, driven by chromedriver.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::tools::tool;

/// How long a page may take to show something.
const PATIENCE: Duration = Duration::from_secs(120);
/// Pause between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// What a browser shows its pages on.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Light or dark.
    pub scheme: Scheme,
    /// Whether scripts run.
    pub scripts: bool,
}

/// What the user prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark letters on a light ground.
    Light,
    /// Light letters on a dark ground.
    Dark,
}

impl Screen {
    /// A phone's.
    pub const PHONE: Self = Self { width: 360, height: 780, scheme: Scheme::Light, scripts: true };
    /// A desk's.
    pub const DESK: Self = Self { width: 1280, height: 900, scheme: Scheme::Light, scripts: true };
}

/// A browser with its own profile, signed in nowhere. It ends when the value goes.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    runtime: Runtime,
    client: Option<Client>,
    base: String,
}

impl Browser {
    /// A browser on the pages of a server, or a notice that its part of the test is left out.
    ///
    /// # Panics
    /// When it does not start, or chromedriver is missing although `CI` is set.
    #[must_use]
    pub fn open(base: &str, screen: Screen) -> Option<Self> {
        let (driver, port) = start_driver()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let Value::Object(capabilities) = capabilities(screen) else { unreachable!() };
        let client = runtime.block_on(async {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities);
            builder.connect(&format!("http://127.0.0.1:{port}")).await
        });
        let client = Some(client.unwrap_or_else(|error| panic!("Chromium: {error}")));
        Some(Self { driver, runtime, client, base: base.to_owned() })
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    /// Goes to a path of the server, or to a whole address.
    #[track_caller]
    pub fn visit(&self, path: &str) {
        let url =
            if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() };
        self.runtime.block_on(self.client().goto(&url)).unwrap();
    }

    /// The path that is shown.
    #[must_use]
    pub fn path(&self) -> String {
        self.runtime.block_on(self.client().current_url()).unwrap().path().to_owned()
    }

    /// Waits until something holds.
    ///
    /// # Panics
    /// When it does not within the patience.
    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let start = Instant::now();
        while !holds(self) {
            assert!(start.elapsed() < PATIENCE, "{what}: not on {}\n{}", self.path(), self.body());
            std::thread::sleep(PAUSE);
        }
    }

    /// Waits until the page has this path.
    #[track_caller]
    pub fn arrives(&self, path: &str) {
        self.until(path, |browser| browser.path() == path);
    }

    /// The words that can be seen in the first of these.
    #[track_caller]
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        self.with(css, async |element: Element| element.text().await)
    }

    /// All words of the page that can be seen.
    #[must_use]
    pub fn body(&self) -> String {
        // While one page gives way to another there is none.
        let words = self.run("return document.body ? document.body.innerText : ''");
        words.ok().and_then(|words| words.as_str().map(String::from)).unwrap_or_default()
    }

    /// How many of these there are that can be seen.
    #[must_use]
    pub fn count(&self, css: &str) -> usize {
        self.runtime.block_on(async {
            let found = self.client().find_all(Locator::Css(css)).await.unwrap_or_default();
            let mut count = 0;
            for element in found {
                count += usize::from(element.is_displayed().await.unwrap_or(false));
            }
            count
        })
    }

    /// Types into the first of these, over what is there.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        self.with(css, async |element: Element| {
            element.clear().await?;
            element.send_keys(text).await
        });
    }

    /// Hands files to the first of these.
    #[track_caller]
    pub fn choose(&self, css: &str, files: &[&Path]) {
        let paths: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
        let paths = paths.join("\n");
        self.with(css, async |element: Element| element.send_keys(&paths).await);
    }

    /// Chooses an entry of a list by its value.
    #[track_caller]
    pub fn select(&self, css: &str, value: &str) {
        self.with(css, async |element: Element| element.select_by_value(value).await);
    }

    /// Clicks the first of these.
    #[track_caller]
    pub fn click(&self, css: &str) {
        self.with(css, async |element: Element| element.click().await);
    }

    /// Clicks the first thing to click that bears these words.
    #[track_caller]
    pub fn press(&self, words: &str) {
        let path = format!(
            "//*[self::button or self::a or self::summary][normalize-space()='{words}' \
             or normalize-space(.//text())='{words}']"
        );
        self.until(words, |browser| {
            browser.runtime.block_on(async {
                let found = browser.client().find_all(Locator::XPath(&path)).await;
                for element in found.unwrap_or_default() {
                    if element.is_displayed().await.unwrap_or(false)
                        && element.click().await.is_ok()
                    {
                        return true;
                    }
                }
                false
            })
        });
    }

    /// Types into whatever has the focus.
    pub fn key(&self, text: &str) {
        self.runtime.block_on(async {
            let focused = self.client().active_element().await.unwrap();
            focused.send_keys(text).await.unwrap();
        });
    }

    /// Runs a script and gives what it returns.
    #[must_use]
    pub fn script(&self, code: &str) -> Value {
        self.run(code).unwrap()
    }

    fn run(&self, code: &str) -> Result<Value, CmdError> {
        self.runtime.block_on(self.client().execute(code, Vec::new()))
    }

    /// Runs a script that calls `arguments[0]` with what it returns, at some time.
    #[must_use]
    pub fn script_later(&self, code: &str) -> Value {
        self.runtime.block_on(self.client().execute_async(code, Vec::new())).unwrap()
    }

    /// What is seen, as a PNG.
    #[must_use]
    pub fn picture(&self) -> Vec<u8> {
        self.runtime.block_on(self.client().screenshot()).unwrap()
    }

    /// The cookies as a request would send them.
    #[must_use]
    pub fn cookies(&self) -> String {
        let cookies = self.runtime.block_on(self.client().get_all_cookies()).unwrap();
        let pairs = cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Does something with the first of these, once it can be seen or is a field for files.
    #[track_caller]
    fn with<T>(&self, css: &str, act: impl AsyncFn(Element) -> Result<T, CmdError>) -> T {
        let mut done = None;
        self.until(css, |browser| {
            done = browser.runtime.block_on(async {
                let element = browser.client().find(Locator::Css(css)).await.ok()?;
                act(element).await.ok()
            });
            done.is_some()
        });
        done.unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn capabilities(screen: Screen) -> Value {
    let mut arguments = vec![
        String::from("--headless=new"),
        String::from("--no-sandbox"),
        String::from("--disable-gpu"),
        String::from("--disable-dev-shm-usage"),
        String::from("--hide-scrollbars"),
        String::from("--force-prefers-reduced-motion"),
        format!("--window-size={},{}", screen.width.max(600), screen.height),
    ];
    if screen.scheme == Scheme::Dark {
        arguments.push(String::from("--blink-settings=preferredColorScheme=0"));
    }
    let mut preferences = json!({});
    if !screen.scripts {
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": arguments,
            "prefs": preferences,
            // A window is never as narrow as a phone.
            "mobileEmulation": {
                "deviceMetrics": {
                    "width": screen.width,
                    "height": screen.height,
                    "pixelRatio": 1.0,
                    "mobile": screen.width < 600,
                    "touch": false,
                },
            },
        },
    })
}

/// Starts chromedriver, on a port that it chooses. It takes one that is free for IPv4, wants the same
/// for IPv6 and gives up when somebody has that: so it is asked again.
fn start_driver() -> Option<(Child, u16)> {
    for _ in 0..10 {
        let mut driver = tool("chromedriver")?;
        driver.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut driver = driver.spawn().unwrap();
        if let Some(port) = port_of(&mut driver) {
            return Some((driver, port));
        }
        let _ = driver.wait();
    }
    panic!("chromedriver did not start");
}

/// The port that chromedriver says it took; none when it ended without.
fn port_of(driver: &mut Child) -> Option<u16> {
    let output = BufReader::new(driver.stdout.take().unwrap());
    output.lines().find_map(|line| {
        let line = line.unwrap();
        let (_, port) = line.rsplit_once("started successfully on port ")?;
        Some(port.trim_end_matches('.').parse().unwrap())
    })
}
