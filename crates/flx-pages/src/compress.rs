//! A place to drop pictures, and what became of them.

use crate::{Frame, Moment, Notice, Section};
use askama::Template;

/// What may be dropped.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The session that the results will belong to.
    pub session_id: String,
    /// Most pictures at once.
    pub max_files: u32,
    /// Most of them in one request: without scripts that is all there is.
    pub files_per_request: u32,
    /// Largest file in bytes.
    pub max_file_bytes: u64,
    /// Compressions left of the period.
    pub credits_left: u32,
    /// Compressions of the period; none when the plan is sold as unlimited.
    pub credits_limit: Option<u32>,
    /// When the period ends.
    pub resets_at: Moment,
    /// Whether the plan has watermarks.
    pub watermark: bool,
    /// Base of the curl line: `https://pictures.example.org`.
    pub base_url: String,
    /// Whether the plan has an API key, so that the curl line is of use.
    pub api_key: bool,
}

/// `GET /compress`. The form posts multipart to `/compress`: `csrf` first, then the fields of
/// `POST /api/compress` under their names, `sessionId` among them.
#[derive(Debug, Clone, Template)]
#[template(path = "compress.html")]
pub struct CompressPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What may be dropped.
    pub upload: Upload,
}

/// A picture that was compressed.
#[derive(Debug, Clone)]
pub struct ResultRow {
    /// What the file was called.
    pub original_name: String,
    /// What the result is called.
    pub name: String,
    /// Its format: `webp`, `avif`, `jpg`, `png`.
    pub format: String,
    /// Bytes before; absent where only the result is known.
    pub original_bytes: Option<u64>,
    /// Bytes after.
    pub bytes: u64,
    /// Where it can be downloaded.
    pub download_url: String,
}

/// A picture that was not.
#[derive(Debug, Clone)]
pub struct FileError {
    /// What the file was called.
    pub original_name: String,
    /// Why, in plain words.
    pub message: String,
}

/// The answer to the form where there is no JavaScript, and `GET /compress/{session}`.
#[derive(Debug, Clone, Template)]
#[template(path = "results.html")]
pub struct ResultsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The session.
    pub session_id: String,
    /// What was compressed.
    pub results: Vec<ResultRow>,
    /// What was not.
    pub errors: Vec<FileError>,
    /// Until when it can be downloaded.
    pub expires_at: Option<Moment>,
}

impl ResultsPage {
    /// A link of this site without its scheme and host, under which the page itself was loaded.
    fn local<'a>(&self, url: &'a str) -> &'a str {
        let path = url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| (rest, at)));
        path.and_then(|(rest, at)| rest.get(at..)).unwrap_or(url)
    }
}
