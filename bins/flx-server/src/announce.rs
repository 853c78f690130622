//! What the server says at its start.

use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use flx_api::{DEMO_EMAIL, Demo};

/// Logs the address, last of all, so that who waits for it finds the rest printed. On an empty
/// database that is the link by which it is set up.
pub(crate) fn started(address: SocketAddr, set_up: Option<&str>) -> io::Result<()> {
    if let Some(link) = set_up {
        let mut out = io::stdout().lock();
        writeln!(out, "there is no account yet; to set one up in a browser, within a day:")?;
        writeln!(out)?;
        writeln!(out, "{link}")?;
        out.flush()?;
    }
    log(address);
    Ok(())
}

/// Prints what it takes to try the service, and logs the address.
pub(crate) fn demo(address: SocketAddr, demo: &Demo, link: Option<&str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "flx listens on http://{address} (reference: http://{address}/docs)")?;
    match link {
        Some(link) => writeln!(out, "dashboard, to set a password for {DEMO_EMAIL}:\n\n{link}\n")?,
        None => writeln!(out, "dashboard: http://{address}/")?,
    }
    match demo {
        Demo::Created(key) => {
            writeln!(out, "key of the Agency account {DEMO_EMAIL}, shown this once:")?;
            writeln!(out)?;
            writeln!(out, "{}", key.expose())?;
            writeln!(out)?;
            writeln!(out, "try it:")?;
            writeln!(out)?;
            writeln!(out, "{}", curl_line(address, key.expose()))?;
        }
        Demo::Existing(masked) => {
            writeln!(out, "the Agency account {DEMO_EMAIL} has a key already: {masked}")?;
            writeln!(out, "to get a new one: just admin roll-key --email {DEMO_EMAIL} --yes")?;
            writeln!(out)?;
            writeln!(out, "{}", curl_line(address, "flx_live_your_key_here"))?;
        }
    }
    out.flush()?;
    log(address);
    Ok(())
}

fn log(address: SocketAddr) {
    tracing::info!(server.address = %address, version = env!("CARGO_PKG_VERSION"), "listening");
}

/// The call everybody copies.
fn curl_line(address: SocketAddr, key: &str) -> String {
    format!(
        "curl -X POST http://{address}/api/compress -H \"Authorization: Bearer {key}\" \\\n     \
         -F \"file=@photo.jpg\" -F \"format=webp\" -F \"quality=82\""
    )
}

/// Prints a text as it is.
pub(crate) fn text(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says why the server does not run, with all causes.
pub(crate) fn failure(error: &dyn Error) -> io::Result<()> {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = error.source();
    }
    writeln!(io::stderr().lock(), "flx-server: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_to_copy_is_the_documented_one() {
        assert_eq!(
            curl_line("127.0.0.1:8080".parse().unwrap(), "flx_live_x"),
            "curl -X POST http://127.0.0.1:8080/api/compress \
             -H \"Authorization: Bearer flx_live_x\" \\\n     \
             -F \"file=@photo.jpg\" -F \"format=webp\" -F \"quality=82\""
        );
    }
}
