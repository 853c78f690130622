//! Flags about addresses and connections.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};
use flx_api::{Dashboard, Links, PublicUrl, Settings, TopUps};

/// Addresses, links and connections.
#[derive(Debug, Args)]
pub(crate) struct Network {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "FLX_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Base of download links [default: the request's own scheme and host]
    #[arg(long, env = "FLX_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicUrl>,

    /// Where to upgrade; named wherever a plan refuses something [default: none]
    #[arg(long, env = "FLX_UPGRADE_URL", value_name = "URL")]
    upgrade_url: Option<String>,

    /// Where the small package of AI credits can be bought
    #[arg(long, env = "FLX_TOPUP_URL_SMALL", value_name = "URL", default_value = "")]
    topup_url_small: String,

    /// Where the medium package of AI credits can be bought
    #[arg(long, env = "FLX_TOPUP_URL_MEDIUM", value_name = "URL", default_value = "")]
    topup_url_medium: String,

    /// Where the large package of AI credits can be bought
    #[arg(long, env = "FLX_TOPUP_URL_LARGE", value_name = "URL", default_value = "")]
    topup_url_large: String,

    /// Pages for people: invited, for those with an invitation; open, anybody may create a Free
    /// account; off, none
    #[arg(long, env = "FLX_DASHBOARD", value_name = "FOR", default_value = "invited")]
    dashboard: DashboardFor,

    /// Networks of proxies whose X-Forwarded-* headers are believed, as 10.0.0.0/8,fd00::/8
    /// [default: none]
    #[arg(long, env = "FLX_TRUSTED_PROXIES", value_name = "NETWORKS", value_delimiter = ',',
        value_parser = network)]
    trusted_proxies: Vec<ipnet::IpNet>,

    /// Threads that read and answer requests [default: one a processor]
    #[arg(long, env = "FLX_HTTP_WORKERS", value_name = "THREADS")]
    http_workers: Option<NonZeroUsize>,

    /// Open connections per HTTP thread
    #[arg(long, env = "FLX_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 10_000)]
    max_connections: usize,

    /// Seconds that running work may go on after SIGTERM or SIGINT
    #[arg(long, env = "FLX_SHUTDOWN_GRACE_SECONDS", value_name = "SECONDS", default_value_t = 30)]
    shutdown_grace_seconds: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DashboardFor {
    Invited,
    Open,
    Off,
}

impl Network {
    pub(super) fn apply(&self, settings: Settings) -> Settings {
        let topups = TopUps {
            small: self.topup_url_small.clone(),
            medium: self.topup_url_medium.clone(),
            large: self.topup_url_large.clone(),
        };
        let upgrade = self.upgrade_url.clone().filter(|url| !url.is_empty());
        let links = Links::default()
            .with_public(self.public_url.clone())
            .with_upgrade(upgrade)
            .with_topups(topups);
        let dashboard = match self.dashboard {
            DashboardFor::Invited => Dashboard::Invited,
            DashboardFor::Open => Dashboard::Open,
            DashboardFor::Off => Dashboard::Off,
        };
        settings
            .with_dashboard(dashboard)
            .with_listen(self.listen)
            .with_links(links)
            .with_trusted_proxies(self.trusted_proxies.clone())
            .with_http_workers(self.http_workers)
            .with_max_connections(self.max_connections)
            .with_shutdown_grace(Duration::from_secs(self.shutdown_grace_seconds))
    }
}

/// A network, or a single address.
fn network(text: &str) -> Result<ipnet::IpNet, String> {
    let text = text.trim();
    text.parse()
        .or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()))
        .map_err(|_| format!("{text:?} is no network as 10.0.0.0/8 and no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_networks_or_addresses() {
        assert_eq!(network("10.0.0.0/8").unwrap().to_string(), "10.0.0.0/8");
        assert_eq!(network(" ::1").unwrap().to_string(), "::1/128");
        assert!(network("proxy.local").unwrap_err().contains("proxy.local"));
    }
}
