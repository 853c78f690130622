//! The service: built, run, drained.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use flx_store::Store;
use tracing_actix_web::TracingLogger;

use crate::finish::finish;
use crate::link_secret::renew_forever;
use crate::results::sweep_forever;
use crate::state::State;
use crate::telemetry::RequestSpan;
use crate::{Error, Settings, dashboard, metrics, routes};

/// Time for a request's head to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle time between two requests of a connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long the rest of a refused upload is swallowed, so that its sender reads the answer.
const LINGER: Duration = Duration::from_secs(3);

/// A service that listens, and serves once it is [run](Application::run).
pub struct Application {
    state: Arc<State>,
    server: Server,
    address: SocketAddr,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Application {
    /// Opens the data folder, starts the codec's threads and listens.
    ///
    /// Must be called within a multi-threaded tokio runtime, on which the work then runs.
    ///
    /// # Errors
    /// [`Error::Bind`], [`Error::DataDir`], [`Error::PlanFile`], [`Error::Plans`],
    /// [`Error::Store`], [`Error::Keys`], [`Error::Thread`], [`Error::NoRuntime`].
    pub fn build(settings: Settings, store: Store) -> Result<Self, Error> {
        metrics::install();
        let asked = settings.listen();
        let bind = |source| Error::Bind { address: asked, source };
        let listener = TcpListener::bind(asked).map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let state = Arc::new(State::new(settings, address, store)?);
        let server = serve(listener, Arc::clone(&state)).map_err(bind)?;
        Ok(Self { state, server, address })
    }

    /// The address that is listened on, with the port that was free when 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Issues the link by which an installation without accounts is set up in a browser, in place
    /// of one issued before; it works once and for a day. None when there are accounts, or no
    /// dashboard. Blocks.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Keys`].
    pub fn set_up_link(&self) -> Result<Option<String>, Error> {
        if !self.state.settings().dashboard_is_on() {
            return Ok(None);
        }
        dashboard::set_up_link(&self.state)
    }

    /// Issues the link by which the demo account's password is set; it works once and for a week.
    /// None when it has one, or there is no such account or no dashboard. Blocks.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Keys`].
    pub fn demo_link(&self) -> Result<Option<String>, Error> {
        if !self.state.settings().dashboard_is_on() {
            return Ok(None);
        }
        dashboard::demo_link(&self.state)
    }

    /// Serves until `stop` is ready, then drains: nothing new begins, running pictures finish,
    /// waiting ones are answered with 503 and given back, for as long as the grace lasts.
    ///
    /// # Errors
    /// [`Error::Serve`] when the sockets fail.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let Self { state, server, .. } = self;
        let sweeper = tokio::spawn(sweep_forever(Arc::clone(&state)));
        let renewer = tokio::spawn(renew_forever(Arc::clone(&state)));
        let handle = server.handle();
        tokio::pin!(server);
        let ended = tokio::select! {
            ended = &mut server => ended,
            () = stop => {
                state.drain();
                tracing::info!("draining");
                let (ended, ()) = tokio::join!(&mut server, handle.stop(true));
                ended
            }
        };
        let grace = state.settings().shutdown_grace();
        if tokio::time::timeout(grace, state.wait_until_idle()).await.is_err() {
            tracing::warn!("work was still running when the grace time was over");
        }
        sweeper.abort();
        renewer.abort();
        ended.map_err(Error::Serve)
    }
}

fn serve(listener: TcpListener, state: Arc<State>) -> std::io::Result<Server> {
    let settings = state.settings();
    let (workers, connections) = (settings.http_workers(), settings.max_connections());
    let grace = settings.shutdown_grace().as_secs();
    let data = web::Data::from(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .configure(|config| {
                if data.settings().dashboard_is_on() {
                    dashboard::register(config);
                }
                routes::register(config);
            })
            .wrap(from_fn(dashboard::read_in_time))
            .wrap(from_fn(finish))
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .workers(workers)
    .max_connections(connections)
    .client_request_timeout(HEAD_TIMEOUT)
    .client_disconnect_timeout(LINGER)
    .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
    // A client that goes away is noticed, and its place is free at once.
    .h1_allow_half_closed(false)
    .shutdown_timeout(grace)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

#[cfg(test)]
mod tests;
