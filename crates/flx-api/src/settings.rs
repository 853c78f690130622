//! What an operator can set.

mod limits;
mod links;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;

pub use self::limits::WorkLimits;
pub(crate) use self::limits::processors;
pub use self::links::{Links, PublicUrl, TopUps};

/// How the service runs. Each setting names its flag in `flx-server`; its environment variable is
/// the same in capitals after `FLX_`, with `_` for `-`.
#[derive(Debug, Clone)]
pub struct Settings {
    listen: SocketAddr,
    data_dir: PathBuf,
    plans_file: Option<PathBuf>,
    links: Links,
    trusted_proxies: Vec<IpNet>,
    limits: WorkLimits,
    result_ttl: Duration,
    sweep_interval: Duration,
    lease: Duration,
    shutdown_grace: Duration,
    http_workers: Option<NonZeroUsize>,
    max_connections: usize,
    sync_results: SyncResults,
    dashboard: Dashboard,
    workers_apart: Option<flx_worker::Command>,
}

/// Whether people can use the service in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dashboard {
    /// They can, once somebody has invited them. The default.
    #[default]
    Invited,
    /// They can, and anybody may create an account on the Free plan.
    Open,
    /// They cannot: there are no pages.
    Off,
}

/// Whether a finished picture is on the disk for certain before its client hears of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncResults {
    /// The file's content is flushed, its folder entry is left to the system. The default.
    #[default]
    Content,
    /// The folder entry is flushed too.
    ContentAndFolder,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            data_dir: PathBuf::from("./flx-data"),
            plans_file: None,
            links: Links::default(),
            trusted_proxies: Vec::new(),
            limits: WorkLimits::default(),
            result_ttl: Duration::from_secs(900),
            sweep_interval: Duration::from_secs(30),
            lease: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(30),
            http_workers: None,
            max_connections: 10_000,
            sync_results: SyncResults::default(),
            dashboard: Dashboard::default(),
            workers_apart: None,
        }
    }
}

impl Settings {
    /// `--listen`: address and port; port 0 takes a free one. Default `127.0.0.1:8080`.
    #[must_use]
    pub fn with_listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// `--data-dir`: folder of results and uploads in progress. Default `./flx-data`.
    #[must_use]
    pub fn with_data_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data_dir = folder.into();
        self
    }

    /// `--plans`: TOML file that replaces the built-in plans. Default: none.
    #[must_use]
    pub fn with_plans_file(mut self, file: Option<PathBuf>) -> Self {
        self.plans_file = file;
        self
    }

    /// `--public-url`, `--upgrade-url`, `--topup-url-…`: links in answers. Default: none.
    #[must_use]
    pub fn with_links(mut self, links: Links) -> Self {
        self.links = links;
        self
    }

    /// `--trusted-proxies`: networks whose `X-Forwarded-*` headers are believed. Default: none.
    #[must_use]
    pub fn with_trusted_proxies(mut self, networks: Vec<IpNet>) -> Self {
        self.trusted_proxies = networks;
        self
    }

    /// Limits on pictures, uploads and work at once. See [`WorkLimits`].
    #[must_use]
    pub fn with_limits(mut self, limits: WorkLimits) -> Self {
        self.limits = limits;
        self
    }

    /// `--result-ttl-seconds`: how long a result can be downloaded. Default 900 s.
    #[must_use]
    pub fn with_result_ttl(mut self, ttl: Duration) -> Self {
        self.result_ttl = ttl;
        self
    }

    /// `--sweep-interval-seconds`: pause between removals of what has expired. Default 30 s.
    #[must_use]
    pub fn with_sweep_interval(mut self, interval: Duration) -> Self {
        self.sweep_interval = interval;
        self
    }

    /// `--lease-seconds`: after how long credits held by a process that died are given back; a
    /// living one renews in time. Default 30 s, at least 3 s.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// `--shutdown-grace-seconds`: how long running work may go on after a stop. Default 30 s.
    #[must_use]
    pub fn with_shutdown_grace(mut self, grace: Duration) -> Self {
        self.shutdown_grace = grace;
        self
    }

    /// `--http-workers`: threads that read and answer requests. Default: one a processor.
    #[must_use]
    pub fn with_http_workers(mut self, threads: Option<NonZeroUsize>) -> Self {
        self.http_workers = threads;
        self
    }

    /// `--max-connections`: open connections per HTTP thread. Default 10,000.
    #[must_use]
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.max_connections = connections;
        self
    }

    /// Part of `--durability full`: see [`SyncResults`].
    #[must_use]
    pub fn with_sync_results(mut self, sync: SyncResults) -> Self {
        self.sync_results = sync;
        self
    }

    /// `--dashboard`: see [`Dashboard`].
    #[must_use]
    pub fn with_dashboard(mut self, dashboard: Dashboard) -> Self {
        self.dashboard = dashboard;
        self
    }

    pub(crate) fn dashboard_is_on(&self) -> bool {
        self.dashboard != Dashboard::Off
    }

    pub(crate) fn sign_up_is_open(&self) -> bool {
        self.dashboard == Dashboard::Open
    }

    /// `--isolation`: what is started for pictures to be worked on in processes of their own. The
    /// program must do the [`flx_worker::Duty`] that it is given then. Default: none, pictures are
    /// worked on in this process.
    #[must_use]
    pub fn with_workers_apart(mut self, command: Option<flx_worker::Command>) -> Self {
        self.workers_apart = command;
        self
    }

    pub(crate) fn listen(&self) -> SocketAddr {
        self.listen
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    pub(crate) fn plans_file(&self) -> Option<&Path> {
        self.plans_file.as_deref()
    }

    pub(crate) fn links(&self) -> &Links {
        &self.links
    }

    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies
    }

    pub(crate) fn limits(&self) -> &WorkLimits {
        &self.limits
    }

    pub(crate) fn result_ttl_ms(&self) -> i64 {
        i64::try_from(self.result_ttl.as_millis()).unwrap_or(i64::MAX)
    }

    pub(crate) fn sweep_interval(&self) -> Duration {
        self.sweep_interval.max(Duration::from_secs(1))
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease.max(Duration::from_secs(3))
    }

    pub(crate) fn shutdown_grace(&self) -> Duration {
        self.shutdown_grace
    }

    pub(crate) fn http_workers(&self) -> usize {
        self.http_workers.map_or_else(processors, NonZeroUsize::get)
    }

    pub(crate) fn max_connections(&self) -> usize {
        self.max_connections.max(1)
    }

    pub(crate) fn sync_results(&self) -> SyncResults {
        self.sync_results
    }

    pub(crate) fn workers_apart(&self) -> Option<&flx_worker::Command> {
        self.workers_apart.as_ref()
    }
}
