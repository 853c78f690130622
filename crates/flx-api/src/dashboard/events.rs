//! `GET /compress/progress?run=…`: how far the pictures of a run are, as server-sent events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::answer::Stop;
use super::visitor::Visitor;
use crate::problem::{Kind, Problem};
use crate::progress::{Snapshot, Watch};
use crate::state::State;

/// Longest that a run is followed by one request.
const MOST: Duration = Duration::from_secs(15 * 60);
/// How often a sign of life is sent; a client that is gone is noticed by it.
const ALIVE: Duration = Duration::from_secs(2);

#[derive(Debug, Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    run: String,
}

#[derive(Debug, Serialize)]
struct Event {
    picture: usize,
    stage: &'static str,
}

/// Follows a run of the member's own.
pub(super) async fn progress(
    request: HttpRequest,
    query: web::Query<Which>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let account = visitor.member(&request)?.account.id.as_str();
    let run = &query.run;
    if run.is_empty() || run.len() > 64 {
        return Err(Problem::field("run", "run is no id of a run").into());
    }
    let watch = state.progress().watch(account, run).ok_or_else(|| {
        Problem::new(Kind::Overloaded, "too many runs are followed").with_retry_after(5)
    })?;
    let following =
        Following { watch, state, told: Vec::new(), since: Instant::now(), over: false };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy that buffers would keep the news to itself.
        .insert_header(("x-accel-buffering", "no"))
        .streaming(stream::unfold(following, Following::next)))
}

struct Following {
    watch: Watch,
    state: Arc<State>,
    told: Vec<&'static str>,
    since: Instant,
    over: bool,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Bytes, std::io::Error>, Self)> {
        if self.over || self.since.elapsed() > MOST || self.state.is_draining() {
            return None;
        }
        let news = match timeout(ALIVE, self.watch.next()).await {
            Err(_) => String::from(":\n\n"),
            Ok(None) => return None,
            Ok(Some(run)) => {
                self.over = run.over;
                self.tell(&run)
            }
        };
        Some((Ok(Bytes::from(news)), self))
    }

    /// What has changed since it was told last.
    fn tell(&mut self, run: &Snapshot) -> String {
        let mut news = String::new();
        for (picture, stage) in run.stages.iter().map(|stage| stage.name()).enumerate() {
            if self.told.get(picture) == Some(&stage) {
                continue;
            }
            match self.told.get_mut(picture) {
                Some(told) => *told = stage,
                None => self.told.push(stage),
            }
            if let Ok(event) = serde_json::to_string(&Event { picture, stage }) {
                news.push_str(&format!("data: {event}\n\n"));
            }
        }
        if run.over {
            // Without it a browser would ask again for ever.
            news.push_str("event: over\ndata: {}\n\n");
        }
        news
    }
}
