//! The results of a session as a ZIP file, made while it is sent.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{self, Read as _, Write};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY};
use actix_web::web::Bytes;
use flx_store::{AccountId, NewResult};
use futures_util::stream;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::names;
use crate::problem::Problem;
use crate::results::ResultFiles;
use crate::state::State;

/// Bytes read from the disk at a time.
const PIECE_BYTES: usize = 128 * 1024;

/// The results of a session of this account as one file.
///
/// # Errors
/// 404 when there are none.
pub(crate) async fn archive(
    state: &Arc<State>,
    account: &AccountId,
    session: &str,
) -> Result<HttpResponse, Problem> {
    let results = super::find(state, account, session).await?;
    let packing = Packing::new(state.files().clone(), results);
    let shared = Arc::clone(state);
    let pieces = stream::try_unfold(packing, move |mut packing| {
        let state = Arc::clone(&shared);
        async move {
            // No thread is held while the client takes its time.
            let packed = state.blocking(move || {
                let piece = packing.next()?;
                Ok::<_, io::Error>(piece.map(|piece| (piece, packing)))
            });
            packed.await.map_err(|problem| io::Error::other(problem.to_string()))?
        }
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CONTENT_DISPOSITION, names::attachment("flx-pictures.zip")))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .streaming(pieces))
}

/// A ZIP file that comes into being. Pictures are compressed already, so they are only stored.
struct Packing {
    files: ResultFiles,
    waiting: VecDeque<(String, String, zip::DateTime)>,
    open: Option<File>,
    /// There until the directory at the end is written.
    writer: Option<ZipWriter<StreamWriter<Outbox>>>,
    outbox: Outbox,
}

/// What is written and not sent yet.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Outbox {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Packing {
    fn new(files: ResultFiles, results: Vec<NewResult>) -> Self {
        let outbox = Outbox::default();
        let mut names = Names::default();
        let waiting = results
            .into_iter()
            .map(|result| {
                (names.own(&result.name), result.object_key, moment(result.created_at_ms))
            })
            .collect();
        let writer = Some(ZipWriter::new_stream(outbox.clone()));
        Self { files, waiting, open: None, writer, outbox }
    }

    /// The next bytes; none at the end. Blocks.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        while let Some(mut writer) = self.writer.take() {
            if let Some(mut file) = self.open.take() {
                let mut piece = vec![0; PIECE_BYTES];
                let read = file.read(&mut piece)?;
                writer.write_all(piece.get(..read).unwrap_or_default())?;
                self.open = (read > 0).then_some(file);
                self.writer = Some(writer);
            } else if let Some((name, key, made)) = self.waiting.pop_front() {
                let file = self.files.open_file(&key)?;
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Stored)
                    .last_modified_time(made);
                writer.start_file(name, options)?;
                self.open = Some(file);
                self.writer = Some(writer);
            } else {
                writer.finish()?;
            }
            let bytes = self.outbox.take();
            if !bytes.is_empty() {
                return Ok(Some(Bytes::from(bytes)));
            }
        }
        Ok(None)
    }
}

/// A moment as ZIP files tell it, in UTC; the earliest they can where it is beyond their range.
fn moment(unix_ms: i64) -> zip::DateTime {
    let Ok(moment) = jiff::Timestamp::from_millisecond(unix_ms) else {
        return zip::DateTime::default();
    };
    let civil = jiff::tz::TimeZone::UTC.to_datetime(moment);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    zip::DateTime::from_date_and_time(
        u16::try_from(civil.year()).unwrap_or_default(),
        small(civil.month()),
        small(civil.day()),
        small(civil.hour()),
        small(civil.minute()),
        small(civil.second()),
    )
    .unwrap_or_default()
}

/// Names given out, with the number that the next result of the same name gets.
#[derive(Default)]
struct Names(HashMap<String, u32>);

impl Names {
    /// A name of its own in the file: results have names made here, without folders, but two may
    /// have the same.
    fn own(&mut self, name: &str) -> String {
        let name: String = name.chars().filter(|c| !"/\\:".contains(*c)).collect();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
        let mut number = self.0.get(&name).copied().unwrap_or(1);
        let mut own = name.clone();
        while self.0.contains_key(&own) {
            number = number.saturating_add(1);
            own = format!("{stem}-{number}.{extension}");
        }
        self.0.insert(name, number);
        self.0.entry(own.clone()).or_insert(1);
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_dated_by_when_their_results_were_made() {
        assert_eq!(moment(1_764_000_000_000).to_string(), "2025-11-24 16:00:00");
        assert_eq!(moment(0), zip::DateTime::default(), "ZIP files know no time before 1980");
    }

    #[test]
    fn names_stay_apart_and_in_their_folder() {
        let mut names = Names::default();
        let mut own = |name: &str| names.own(name);
        assert_eq!(own("photo.webp"), "photo.webp");
        assert_eq!(own("photo.webp"), "photo-2.webp");
        assert_eq!(own("photo-3.webp"), "photo-3.webp");
        assert_eq!(own("photo.webp"), "photo-4.webp");
        assert_eq!(own("../../etc/passwd.webp"), "....etcpasswd.webp");
    }
}
