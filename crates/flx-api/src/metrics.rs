//! What is counted and timed, for Prometheus.

use std::sync::OnceLock;
use std::time::Duration;

use flx_core::{Compressed, FormatChoice};
use metrics::Unit;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::state::State;

const REQUESTS: &str = "flx_http_requests_total";
const REQUEST_SECONDS: &str = "flx_http_request_duration_seconds";
const STAGE_SECONDS: &str = "flx_stage_duration_seconds";
const PICTURES: &str = "flx_pictures_total";
const BYTES_IN: &str = "flx_bytes_in_total";
const BYTES_OUT: &str = "flx_bytes_out_total";
const BYTES_SAVED: &str = "flx_bytes_saved_total";
const SAVINGS: &str = "flx_savings_ratio";
const QUEUE: &str = "flx_queue_length";
const INSIDE: &str = "flx_pictures_inside";
const BUSY: &str = "flx_workers_busy";
const MEMORY: &str = "flx_memory_reserved_bytes";
const RESTARTS: &str = "flx_worker_restarts_total";
const DOWN: &str = "flx_workers_down";
const ARGON2: &str = "flx_argon2_runs_total";

/// Bucket borders of durations, in seconds.
const SECONDS: [f64; 14] =
    [0.000_25, 0.001, 0.0025, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];
/// Bucket borders of savings, as a share of the original.
const SHARES: [f64; 11] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// The process's recorder. Metrics are one per process by nature: several services in one process
/// (as in tests) count together.
static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts counting. Where the embedding program has a recorder of its own, that one counts, and
/// `/metrics` is empty.
pub(crate) fn install() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)
            .and_then(|builder| {
                let name = metrics_exporter_prometheus::Matcher::Full(SAVINGS.to_owned());
                builder.set_buckets_for_metric(name, &SHARES)
            })
            .ok()?;
        let handle = builder.install_recorder().ok()?;
        describe();
        Some(handle)
    });
}

fn describe() {
    describe_counter!(REQUESTS, "Requests answered, by route, method and status");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "Time to the answer's head, by route");
    describe_histogram!(STAGE_SECONDS, Unit::Seconds, "Codec time by stage and output format");
    describe_counter!(PICTURES, "Pictures by output format and outcome");
    describe_counter!(BYTES_IN, Unit::Bytes, "Bytes of pictures that were compressed");
    describe_counter!(BYTES_OUT, Unit::Bytes, "Bytes of their results");
    describe_counter!(BYTES_SAVED, Unit::Bytes, "Bytes saved, growth counted as none");
    describe_histogram!(SAVINGS, "Share of the original that was saved, growth counted as none");
    describe_gauge!(QUEUE, "Pictures that wait for a codec thread");
    describe_gauge!(INSIDE, "Pictures that wait or are worked on");
    describe_gauge!(BUSY, "Codec threads at work");
    describe_gauge!(MEMORY, Unit::Bytes, "Memory reserved for pictures being worked on");
    describe_counter!(RESTARTS, "Worker processes started in place of one that had ended");
    describe_gauge!(DOWN, "Codec threads without a worker process, as none can be started");
    describe_counter!(ARGON2, "Runs of argon2 in this process");
}

/// Counts an answered request.
pub(crate) fn request(route: &str, method: &'static str, status: u16, took: Duration) {
    let (route, status) = (route.to_owned(), status.to_string());
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => status)
        .increment(1);
    histogram!(REQUEST_SECONDS, "route" => route).record(took.as_secs_f64());
}

/// Counts a picture that was compressed.
pub(crate) fn compressed(picture: &Compressed, original: u64) {
    let format = picture.format().extension();
    for (stage, took) in picture.timings().iter() {
        histogram!(STAGE_SECONDS, "stage" => stage.name(), "format" => format)
            .record(took.as_secs_f64());
    }
    let size = picture.bytes().len() as u64;
    let saved = original.saturating_sub(size);
    counter!(PICTURES, "format" => format, "outcome" => "ok").increment(1);
    counter!(BYTES_IN).increment(original);
    counter!(BYTES_OUT).increment(size);
    counter!(BYTES_SAVED).increment(saved);
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more digits")]
    histogram!(SAVINGS).record(saved as f64 / original.max(1) as f64);
}

/// Counts a picture that was not compressed.
pub(crate) fn failed(choice: FormatChoice, outcome: &'static str) {
    let format = match choice {
        FormatChoice::One(format) => format.extension(),
        FormatChoice::Same => "same",
        FormatChoice::Smallest(_) => "auto",
    };
    counter!(PICTURES, "format" => format, "outcome" => outcome).increment(1);
}

/// The text that Prometheus reads.
pub(crate) fn render(state: &State) -> String {
    #[expect(clippy::cast_precision_loss, reason = "gauges are floating-point by format")]
    {
        gauge!(QUEUE).set(state.pool().waiting() as f64);
        gauge!(INSIDE).set(state.admission().inside() as f64);
        gauge!(BUSY).set(state.pool().busy() as f64);
        gauge!(MEMORY).set(state.admission().memory_taken() as f64);
        gauge!(DOWN).set(state.workers().down() as f64);
    }
    counter!(RESTARTS).absolute(state.workers().restarts());
    counter!(ARGON2).absolute(state.verifier().argon2_runs());
    let handle = RECORDER.get().and_then(Option::as_ref);
    handle.map(PrometheusHandle::render).unwrap_or_default()
}

/// Lets the recorder tidy its histograms; called now and then.
pub(crate) fn upkeep() {
    if let Some(handle) = RECORDER.get().and_then(Option::as_ref) {
        handle.run_upkeep();
    }
}
