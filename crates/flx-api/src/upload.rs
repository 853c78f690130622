//! Reading an upload: the multipart loop with all its limits.

mod body;
mod fingerprint;
mod form;
mod spool;

use std::path::Path;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::HeaderMap;
use futures_util::StreamExt as _;
use subtle::ConstantTimeEq as _;

pub(crate) use self::body::Body;
use self::body::{malformed, multipart};
use self::fingerprint::Fingerprint;
pub(crate) use self::form::{Form, TextField};
pub(crate) use self::spool::Spooled;
use self::spool::Spooler;
use crate::problem::{Kind, Problem};
use crate::{names, refuse};

/// Longest value of a text field in bytes.
const MAX_TEXT_BYTES: usize = 1024;
/// Parts beyond those that files and fields make: file fields that nobody filled in.
const SPARE_PARTS: u32 = 64;
/// Room for boundaries and headers of all parts in the limit on the whole body, in bytes.
const OVERHEAD_BYTES: u64 = 256 * 1024;

/// What was uploaded.
#[derive(Debug)]
pub(crate) struct Upload {
    /// The pictures, in order.
    pub(crate) files: Vec<UploadedFile>,
    /// The watermark's file, if any.
    pub(crate) watermark: Option<Spooled>,
    /// The text fields.
    pub(crate) form: Form,
    /// A digest of all of it, where the rules ask for one.
    pub(crate) fingerprint: Option<[u8; 32]>,
}

/// One `file` part.
#[derive(Debug)]
pub(crate) struct UploadedFile {
    /// What the client called it, fit to be shown.
    pub(crate) original_name: String,
    /// Its bytes.
    pub(crate) bytes: Spooled,
}

/// What has been seen of an upload so far, for a refusal before the rest is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// `file` parts that have begun.
    pub(crate) files: u32,
    /// Whether a `watermarkFile` part has begun.
    pub(crate) watermark: Watermarked,
}

/// Whether a watermark is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Watermarked {
    /// It is.
    Yes,
    /// It is not.
    #[default]
    No,
}

/// What proves that a form is one of the dashboard's own pages'.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormToken<'a> {
    /// The value of the field `csrf`.
    pub(crate) expected: &'a str,
    /// Whether it was sent in a header already, and need not stand in the form.
    pub(crate) seen: bool,
}

/// Name of the field that [`FormToken`] stands in.
const TOKEN_FIELD: &str = "csrf";

/// What an upload must keep to.
pub(crate) struct Rules<'a> {
    /// Folder of temporary files.
    pub(crate) folder: &'a Path,
    /// Most `file` parts.
    pub(crate) max_files: u32,
    /// Largest file in bytes.
    pub(crate) max_file_bytes: u64,
    /// Longest pause between two pieces.
    pub(crate) idle: Duration,
    /// Bytes a second to keep up on average.
    pub(crate) min_rate: u64,
    /// Whether a digest is wanted.
    pub(crate) fingerprinted: bool,
    /// What the form must carry before anything else, if it must.
    pub(crate) token: Option<FormToken<'a>>,
    /// Asked at the head of every file: may this request go on?
    pub(crate) admit: &'a dyn Fn(Seen) -> Result<(), Problem>,
}

impl Rules<'_> {
    /// Every file, the watermark and the fields at their largest.
    fn max_body_bytes(&self) -> u64 {
        self.max_file_bytes.saturating_mul(u64::from(self.max_files) + 1) + OVERHEAD_BYTES
    }

    fn max_parts(&self) -> u32 {
        self.max_files.saturating_add(SPARE_PARTS)
    }
}

/// Reads the whole upload.
///
/// # Errors
/// 400 malformed multipart, 408 too slow, 413 too large, 415 not multipart/form-data, 422 a field
/// that is missing, unknown, given twice or wrong, 503 no room on the disk, and what `admit` says.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: &Body,
    rules: &Rules<'_>,
) -> Result<Upload, Problem> {
    body.limit(rules.max_body_bytes(), rules.idle, rules.min_rate);
    body.refuse_announced_size(headers)?;
    let mut parts = multipart(headers, body)?;
    let mut reader = Reader::new(rules);
    let mut count = 0u32;
    while let Some(part) = body.paced(parts.next()).await? {
        count += 1;
        if count > rules.max_parts() {
            return Err(too_many_parts(rules.max_parts()));
        }
        let part = part.map_err(|error| malformed(&error, body))?;
        reader.take(part, body).await?;
    }
    finish(parts, body).await?;
    reader.finish()
}

/// Reads what follows the last boundary, so that the connection can serve another request.
async fn finish(parts: Multipart, body: &Body) -> Result<(), Problem> {
    drop(parts);
    let mut epilogue = body.clone();
    while let Some(piece) = body.paced(epilogue.next()).await? {
        piece.map_err(|error| malformed(&error.into(), body))?;
    }
    Ok(())
}

struct Reader<'a> {
    rules: &'a Rules<'a>,
    spooler: Spooler,
    seen: Seen,
    files: Vec<UploadedFile>,
    watermark: Option<Spooled>,
    form: Form,
    fingerprint: Option<Fingerprint>,
    token: Option<FormToken<'a>>,
}

impl<'a> Reader<'a> {
    fn new(rules: &'a Rules<'a>) -> Self {
        Self {
            rules,
            spooler: Spooler::new(rules.folder),
            seen: Seen::default(),
            files: Vec::new(),
            watermark: None,
            form: Form::default(),
            fingerprint: rules.fingerprinted.then(Fingerprint::default),
            token: rules.token,
        }
    }

    async fn take(&mut self, mut part: Field, body: &Body) -> Result<(), Problem> {
        let name = part.name().unwrap_or_default().to_owned();
        if let Some(token) = &mut self.token {
            if name == TOKEN_FIELD {
                let text = read_text(&mut part, TOKEN_FIELD, body).await?;
                token.seen = bool::from(text.as_bytes().ct_eq(token.expected.as_bytes()));
                return if token.seen { Ok(()) } else { Err(refuse::forged()) };
            }
            if !token.seen {
                return Err(refuse::forged());
            }
        }
        match name.as_str() {
            "file" => self.take_file(&mut part, body).await,
            "watermarkFile" => self.take_watermark(&mut part, body).await,
            name => match TextField::named(name) {
                Some(field) => {
                    let text = read_text(&mut part, field.name(), body).await?;
                    if let Some(fingerprint) = &mut self.fingerprint {
                        fingerprint.text(name, &text);
                    }
                    self.form.set(field, &text)
                }
                None => Err(Problem::field(
                    name,
                    format!("the form has no field {:?}", crate::telemetry::redact(name)),
                )),
            },
        }
    }

    async fn take_file(&mut self, part: &mut Field, body: &Body) -> Result<(), Problem> {
        if is_left_empty(part) {
            return skip(part, "file", body).await;
        }
        self.seen.files += 1;
        (self.rules.admit)(self.seen)?;
        let original_name = file_name(part);
        let bytes = self.read_file(part, "file", &original_name, body).await?;
        self.files.push(UploadedFile { original_name, bytes });
        Ok(())
    }

    async fn take_watermark(&mut self, part: &mut Field, body: &Body) -> Result<(), Problem> {
        if is_left_empty(part) {
            return skip(part, "watermarkFile", body).await;
        }
        if self.watermark.is_some() {
            return Err(given_twice("watermarkFile"));
        }
        self.seen.watermark = Watermarked::Yes;
        (self.rules.admit)(self.seen)?;
        self.watermark = Some(self.read_file(part, "watermarkFile", "", body).await?);
        Ok(())
    }

    async fn read_file(
        &mut self,
        part: &mut Field,
        name: &str,
        original_name: &str,
        body: &Body,
    ) -> Result<Spooled, Problem> {
        let limit = self.rules.max_file_bytes;
        let mut writer = self.spooler.begin();
        let mut digest = self.fingerprint.as_ref().map(|_| blake3::Hasher::new());
        while let Some(piece) = body.paced(part.next()).await? {
            let piece = piece.map_err(|error| malformed(&error, body))?;
            if writer.size() + piece.len() as u64 > limit {
                return Err(Problem::new(
                    Kind::TooLarge,
                    format!("a file in {name} is larger than {limit} bytes"),
                )
                .with_field(name)
                .with_limit(limit));
            }
            if let Some(digest) = &mut digest {
                digest.update(&piece);
            }
            writer.write(&piece).await.map_err(|error| no_room(&error))?;
        }
        if let (Some(fingerprint), Some(digest)) = (&mut self.fingerprint, digest) {
            fingerprint.file(name, original_name, &digest.finalize());
        }
        self.spooler.finish(writer).await.map_err(|error| no_room(&error))
    }

    fn finish(self) -> Result<Upload, Problem> {
        if self.files.is_empty() {
            return Err(Problem::field("file", "the form has no file; at least one is needed")
                .with_value(0u32)
                .with_limit(self.rules.max_files));
        }
        let fingerprint = self.fingerprint.map(Fingerprint::finish);
        Ok(Upload { files: self.files, watermark: self.watermark, form: self.form, fingerprint })
    }
}

/// A browser sends a file field that nobody filled in as an empty part with an empty name.
fn is_left_empty(part: &Field) -> bool {
    part.content_disposition()
        .and_then(|disposition| disposition.get_filename())
        .is_some_and(str::is_empty)
}

async fn skip(part: &mut Field, name: &str, body: &Body) -> Result<(), Problem> {
    while let Some(piece) = body.paced(part.next()).await? {
        if !piece.map_err(|error| malformed(&error, body))?.is_empty() {
            return Err(Problem::field(name, format!("a file in {name} has an empty file name")));
        }
    }
    Ok(())
}

async fn read_text(part: &mut Field, name: &str, body: &Body) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.paced(part.next()).await? {
        let piece = piece.map_err(|error| malformed(&error, body))?;
        if bytes.len() + piece.len() > MAX_TEXT_BYTES {
            let detail = format!("{name} is longer than {MAX_TEXT_BYTES} bytes");
            return Err(Problem::field(name, detail).with_limit(MAX_TEXT_BYTES));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| Problem::field(name, format!("{name} is not UTF-8 text")))
}

/// The extended name (RFC 8187) when it is UTF-8, else the plain one.
fn file_name(part: &Field) -> String {
    let disposition = part.content_disposition();
    let extended = disposition
        .and_then(|disposition| disposition.get_filename_ext())
        .and_then(|value| std::str::from_utf8(&value.value).ok());
    let plain = disposition.and_then(|disposition| disposition.get_filename());
    names::shown(extended.or(plain).unwrap_or_default())
}

fn given_twice(name: &str) -> Problem {
    Problem::field(name, format!("{name} is given more than once")).with_limit(1u32)
}

fn too_many_parts(limit: u32) -> Problem {
    Problem::new(Kind::TooLarge, format!("the form has more than {limit} parts")).with_limit(limit)
}

fn no_room(error: &std::io::Error) -> Problem {
    tracing::error!(error = %error, "an upload cannot be stored");
    Problem::new(Kind::Unavailable, "The upload cannot be stored at the moment.")
        .with_retry_after(30)
}

#[cfg(test)]
mod tests;
