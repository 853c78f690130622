//! What must never be seen outside: whole keys, signatures of links.

/// What every server that is under test must not have told by its end.
#[derive(Debug)]
pub(crate) struct Places {
    texts: Vec<(&'static str, String)>,
}

/// Whether the text holds a whole API key.
#[must_use]
pub fn holds_a_key(text: &str) -> bool {
    holds(text, "flx_live_", 40)
}

/// Whether the text holds the signature of a download link.
#[must_use]
pub fn holds_a_signature(text: &str) -> bool {
    holds(text, "signature=", 32)
}

/// Whether at least so many hexadecimal digits stand behind the words anywhere.
fn holds(text: &str, words: &str, digits: usize) -> bool {
    text.match_indices(words).any(|(at, _)| {
        let rest = text.as_bytes().get(at + words.len()..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count() >= digits
    })
}

impl Places {
    /// Asks a running server's metrics, arguments and environment, as far as it still answers.
    pub(crate) fn of(process: u32, base: &str) -> Self {
        let mut texts = Vec::new();
        let metrics = crate::client::client().get(format!("{base}/metrics"));
        let metrics = metrics.timeout(std::time::Duration::from_secs(5)).send();
        if let Ok(text) = metrics.and_then(reqwest::blocking::Response::text) {
            texts.push(("/metrics", text));
        }
        for (name, file) in [("the arguments", "cmdline"), ("the environment", "environ")] {
            if let Ok(text) = std::fs::read(format!("/proc/{process}/{file}")) {
                texts.push((name, String::from_utf8_lossy(&text).into_owned()));
            }
        }
        Self { texts }
    }

    /// Adds what was printed to a place.
    pub(crate) fn and(mut self, name: &'static str, text: String) -> Self {
        self.texts.push((name, text));
        self
    }

    /// Fails where one of them holds something that it must not.
    pub(crate) fn check(&self) {
        for (name, text) in &self.texts {
            assert!(!holds_a_key(text), "a key in {name}:\n{text}");
            assert!(!holds_a_signature(text), "a link's signature in {name}:\n{text}");
        }
    }
}
