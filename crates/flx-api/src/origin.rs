//! Who calls and under which address, believing forwarded headers from named proxies only.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{HOST, HeaderMap, HeaderName};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::state::State;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Longest chain of proxies that is followed.
const MAX_HOPS: usize = 16;

/// The caller's address, seen through trusted proxies.
pub(crate) fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let trusted = request
        .app_data::<web::Data<State>>()
        .map_or(&[][..], |state| state.settings().trusted_proxies());
    Some(client(peer, request.headers(), trusted))
}

/// The base of absolute links: the operator's, or else what the client itself used.
pub(crate) fn public_base(request: &HttpRequest, state: &State) -> String {
    if let Some(url) = state.settings().links().public() {
        return url.as_str().to_owned();
    }
    let peer = request.peer_addr().map(|address| address.ip());
    base(peer, request.headers(), state.settings().trusted_proxies(), state.address())
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut current = peer.to_canonical();
    let lines: Vec<&str> =
        headers.get_all(FORWARDED_FOR).filter_map(|line| line.to_str().ok()).collect();
    let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for hop in hops.take(MAX_HOPS) {
        if !is_trusted(current, trusted) {
            break;
        }
        // A proxy that writes nonsense is as far as the chain can be followed.
        let Some(address) = address(hop.trim()) else { break };
        current = address;
    }
    current
}

fn base(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet], own: SocketAddr) -> String {
    let behind_proxy = peer.is_some_and(|peer| is_trusted(peer.to_canonical(), trusted));
    let forwarded = |name: &HeaderName| {
        let last = headers.get_all(name).last().filter(|_| behind_proxy)?;
        last.to_str().ok()?.rsplit(',').next().map(str::trim)
    };
    let scheme = match forwarded(&FORWARDED_PROTO) {
        Some(proto) if proto.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    };
    let host = forwarded(&FORWARDED_HOST)
        .or_else(|| headers.get(HOST).and_then(|host| host.to_str().ok()))
        .filter(|host| is_host(host))
        .map_or_else(|| own.to_string(), str::to_owned);
    format!("{scheme}://{host}")
}

fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    trusted.iter().any(|network| network.contains(&address))
}

/// `1.2.3.4`, `1.2.3.4:5`, `2001:db8::1`, `[2001:db8::1]:5`.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()))
        .or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse())
        .ok()
        .map(|address| address.to_canonical())
}

fn is_host(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        map
    }

    fn trusted() -> Vec<IpNet> {
        vec!["10.0.0.0/8".parse().unwrap()]
    }

    #[track_caller]
    fn check_client(peer: &str, forwarded: &[&'static str], expected: &str) {
        let pairs: Vec<_> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
        let found = client(peer.parse().unwrap(), &headers(&pairs), &trusted());
        assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn a_stranger_cannot_name_its_own_address() {
        check_client("203.0.113.9", &["1.1.1.1"], "203.0.113.9");
        check_client(PROXY, &["6.6.6.6, 203.0.113.9"], "203.0.113.9");
        check_client(PROXY, &["6.6.6.6", "203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn the_chain_is_followed_through_trusted_proxies_only() {
        check_client(PROXY, &["203.0.113.9"], "203.0.113.9");
        check_client(PROXY, &["6.6.6.6, 203.0.113.9, 10.0.0.7"], "203.0.113.9");
        check_client(PROXY, &["[2001:db8::1]:1234"], "2001:db8::1");
        check_client(PROXY, &["203.0.113.9:80"], "203.0.113.9");
        check_client(PROXY, &["nonsense"], PROXY);
        check_client(PROXY, &[], PROXY);
        check_client("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9");
    }

    #[track_caller]
    fn check_base(peer: &str, pairs: &[(&'static str, &'static str)], expected: &str) {
        let own = "127.0.0.1:8080".parse().unwrap();
        let found = base(Some(peer.parse().unwrap()), &headers(pairs), &trusted(), own);
        assert_eq!(found, expected, "{peer} {pairs:?}");
    }

    #[test]
    fn links_are_built_on_the_host_that_the_client_used() {
        check_base("203.0.113.9", &[("host", "localhost:8080")], "http://localhost:8080");
        check_base("203.0.113.9", &[], "http://127.0.0.1:8080");
        check_base("203.0.113.9", &[("host", "a/b\"")], "http://127.0.0.1:8080");
    }

    #[test]
    fn forwarded_scheme_and_host_count_from_trusted_proxies_only() {
        let pairs = [
            ("host", "internal:8080"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "pictures.example.org"),
        ];
        check_base(PROXY, &pairs, "https://pictures.example.org");
        check_base("203.0.113.9", &pairs, "http://internal:8080");
    }
}
