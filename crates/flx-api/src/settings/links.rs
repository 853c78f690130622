//! Links that the operator puts into answers.

use std::str::FromStr;

use crate::Error;

/// Links in answers, all absent by default.
#[derive(Debug, Clone, Default)]
pub struct Links {
    public: Option<PublicUrl>,
    upgrade: Option<String>,
    topups: TopUps,
}

/// Where AI credits can be bought; shown by `GET /api/usage`. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct TopUps {
    /// `--topup-url-small`.
    pub small: String,
    /// `--topup-url-medium`.
    pub medium: String,
    /// `--topup-url-large`.
    pub large: String,
}

/// The address under which clients reach the service, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl FromStr for PublicUrl {
    type Err = Error;

    /// Takes `http://…` or `https://…` with a host, without query or fragment.
    fn from_str(text: &str) -> Result<Self, Error> {
        let url = text.trim_end_matches('/');
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        match rest {
            Some(rest)
                if !rest.is_empty()
                    && !rest.starts_with('/')
                    && rest.bytes().all(|b| b.is_ascii_graphic() && !b"?#\"<>\\@".contains(&b)) =>
            {
                Ok(Self(url.to_owned()))
            }
            _ => Err(Error::Setting {
                name: "--public-url",
                value: text.to_owned(),
                allowed: "http:// or https:// with a host, without query or fragment".into(),
            }),
        }
    }
}

impl PublicUrl {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Links {
    /// `--public-url`: base of download links. Default: the request's own scheme and host.
    #[must_use]
    pub fn with_public(mut self, url: Option<PublicUrl>) -> Self {
        self.public = url;
        self
    }

    /// `--upgrade-url`: named wherever a plan refuses something. Default: none.
    #[must_use]
    pub fn with_upgrade(mut self, url: Option<String>) -> Self {
        self.upgrade = url;
        self
    }

    /// `--topup-url-small`, `-medium`, `-large`. Default: empty.
    #[must_use]
    pub fn with_topups(mut self, topups: TopUps) -> Self {
        self.topups = topups;
        self
    }

    pub(crate) fn public(&self) -> Option<&PublicUrl> {
        self.public.as_ref()
    }

    pub(crate) fn upgrade(&self) -> Option<&str> {
        self.upgrade.as_deref()
    }

    pub(crate) fn topups(&self) -> &TopUps {
        &self.topups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_loses_its_last_slash() {
        let url: PublicUrl = "https://pictures.example.org/flx/".parse().unwrap();
        assert_eq!(url.as_str(), "https://pictures.example.org/flx");
    }

    #[test]
    fn what_is_no_web_address_is_refused_by_name() {
        for text in
            ["", "example.org", "ftp://x", "http://", "https:///x", "http://x?y", "http://a b"]
        {
            let error = text.parse::<PublicUrl>().unwrap_err();
            assert!(error.to_string().starts_with("--public-url is"), "{text}: {error}");
        }
    }
}
