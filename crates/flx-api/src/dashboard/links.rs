//! One-time links, as they are handed on.

use std::net::SocketAddr;

use flx_keys::Token;

use crate::settings::PublicUrl;

/// How long somebody has to follow an invitation: a week.
pub(super) const INVITE_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long somebody has to follow a link for a new password, or to set up: a day.
pub(super) const RESET_MS: i64 = 24 * 60 * 60 * 1000;

/// What links begin with.
#[derive(Debug, Clone)]
pub(crate) struct LinkBase(String);

impl LinkBase {
    /// Of pages that a browser has just asked for.
    pub(super) fn of(base: String) -> Self {
        Self(base)
    }

    /// Of a server whose browsers have not come yet.
    pub(crate) fn at(public: Option<&PublicUrl>, listens: SocketAddr) -> Self {
        if let Some(url) = public {
            return Self(url.as_str().to_owned());
        }
        let mut address = listens;
        // Whoever reads the link sits at this machine.
        match listens.ip() {
            ip if ip.is_unspecified() && ip.is_ipv4() => {
                address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
            }
            ip if ip.is_unspecified() => address.set_ip(std::net::Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        Self(format!("http://{address}"))
    }

    /// The link that a token is followed by.
    pub(crate) fn link(&self, token: &Token) -> String {
        format!("{}/welcome?token={}", self.0, *token.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_can_be_followed_from_where_it_is_read() {
        let at = |listens: &str| LinkBase::at(None, listens.parse().unwrap()).0;
        assert_eq!(at("127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(at("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(at("[::]:80"), "http://[::1]:80");
        let public = "https://img.example.org".parse().unwrap();
        let base = LinkBase::at(Some(&public), "0.0.0.0:80".parse().unwrap());
        let token = Token::generate().unwrap();
        let link = base.link(&token);
        assert_eq!(link, format!("https://img.example.org/welcome?token={}", *token.expose()));
    }
}
