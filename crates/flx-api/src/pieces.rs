//! Files as answers: read piece by piece as the client takes them, so that a slow one costs no memory.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody as _, SizedStream};
use actix_web::web::Bytes;
use futures_util::stream;

use crate::state::State;

/// Bytes read from the disk at a time.
const PIECE_BYTES: u64 = 64 * 1024;

/// A whole file of so many bytes.
pub(crate) fn whole(state: &Arc<State>, file: File, bytes: u64) -> BoxBody {
    part(state, file, 0, bytes)
}

/// So many bytes of a file from `first` on, read where blocking is allowed.
pub(crate) fn part(state: &Arc<State>, file: File, first: u64, length: u64) -> BoxBody {
    let state = Arc::clone(state);
    let pieces = stream::try_unfold((file, first, length), move |(mut file, at, left)| {
        let state = Arc::clone(&state);
        async move {
            if left == 0 {
                return Ok(None);
            }
            let wanted = left.min(PIECE_BYTES);
            let read = state.blocking(move || {
                let mut piece = vec![0; usize::try_from(wanted).unwrap_or_default()];
                file.seek(SeekFrom::Start(at))?;
                file.read_exact(&mut piece)?;
                Ok::<_, io::Error>((file, Bytes::from(piece)))
            });
            let read = read.await.map_err(|problem| io::Error::other(problem.to_string()));
            let (file, piece) = read??;
            Ok::<_, io::Error>(Some((piece, (file, at + wanted, left - wanted))))
        }
    });
    SizedStream::new(length, pieces).boxed()
}
