//! The flx HTTP server: reads flags and environment, builds the service, runs it, drains it.

mod announce;
mod arguments;
mod core_dumps;
mod workers;

use std::process::ExitCode;

use clap::Parser as _;
use flx_api::Application;
use flx_store::Store;
use flx_worker::Duty;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Arguments;

/// The codecs take and free large blocks on many threads; the system's allocator keeps several times
/// as much of it as this one: docs/decisions/0014-allocator.md.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Threads for what blocks, the database and the disk. What waits for a disk that is slow or a
/// database that others have locked must not keep those waiting who only ask something; each takes
/// some kilobytes, and ends when it has nothing to do.
const BLOCKING_THREADS: usize = 128;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    if let Some(duty) = Duty::of(std::env::args_os().skip(1)) {
        return duty.serve(workers::give_back_memory);
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code says it then.
            let _ = announce::failure(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.print_openapi {
        return Ok(announce::text(&flx_api::openapi_json())?);
    }
    flx_api::init_telemetry(arguments.log_format, &arguments.log_level)?;
    if let Err(error) = core_dumps::turn_off() {
        tracing::warn!(error = %error, "core dumps cannot be turned off");
    }
    let settings = arguments.settings()?;
    let store = Store::open_or_create(&arguments.database()?, &arguments.store_options())?;
    let demo = arguments.demo.then(|| flx_api::demo_account(&store)).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let application = Application::build(settings, store)?;
        let address = application.address();
        match &demo {
            Some(demo) => announce::demo(address, demo, application.demo_link()?.as_deref())?,
            None => announce::started(address, application.set_up_link()?.as_deref())?,
        }
        application.run(stop).await?;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Ready when the process is asked to stop. Asked a second time, it stops without draining.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut asked = async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    Ok(async move {
        asked().await;
        tokio::spawn(async move {
            asked().await;
            std::process::exit(1);
        });
    })
}
