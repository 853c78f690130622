//! The dashboard, by people with real browsers and without.

mod accessibility;
mod archives;
mod budget;
mod forms;
mod journey;
mod limits;
mod operator;
mod pictures;
mod security;

use std::path::{Path, PathBuf};

use flx_tests::person::reset_link;
use flx_tests::{Browser, PASSWORD, Screen, Service};

/// A browser in which the owner of an account is signed in.
#[track_caller]
fn signed_in(service: &Service, email: &str, screen: Screen) -> Option<Browser> {
    let browser = Browser::open(service.base(), screen)?;
    browser.visit(&reset_link(service, email));
    browser.fill("#password", PASSWORD);
    browser.click("button[type=submit]");
    browser.arrives("/compress");
    Some(browser)
}

/// A file with this content, to be chosen in a browser.
fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
