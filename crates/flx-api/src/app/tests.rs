use std::time::Instant;

use flx_store::{DatabaseUrl, StoreOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::*;

/// A service on a free port, and how to stop it.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<Result<(), Error>>,
    state: Arc<State>,
    _folder: tempfile::TempDir,
}

fn start() -> Running {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(folder.path());
    let store = Store::open_or_create(&url, &StoreOptions::default()).unwrap();
    let settings = Settings::default()
        .with_listen("127.0.0.1:0".parse().unwrap())
        .with_data_dir(folder.path());
    let application = Application::build(settings, store).unwrap();
    let (address, state) = (application.address(), Arc::clone(&application.state));
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(application.run(async move {
        let _ = stopped.await;
    }));
    Running { address, stop, ended, state, _folder: folder }
}

/// Sends bytes and reads until the server closes, or for as long as the patience lasts.
async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> (String, bool) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may close before it has everything: that is what is tested.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(patience, stream.read_to_end(&mut answer)).await.is_ok();
    (String::from_utf8_lossy(&answer).into_owned(), closed)
}

/// For answers after which the server closes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much later than it should a server closes.
const SOON: Duration = Duration::from_millis(700);

#[tokio::test(flavor = "multi_thread")]
async fn what_actix_refuses_by_itself_is_a_problem_too() {
    let running = start();
    for (line, status) in [
        ("GET /nothing", "404 Not Found"),
        ("GET /api/compress", "405 Method Not Allowed"),
        ("POST /api/usage", "405 Method Not Allowed"),
        ("GET /api/usage", "401 Unauthorized"),
        ("GET /api/results/x/y", "403 Forbidden"),
        ("GET /api/results/%ff/y", "403 Forbidden"),
        ("GET /api/results/x", "404 Not Found"),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let (answer, _) = exchange(running.address, request.as_bytes(), PATIENCE).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{line}: {answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{line}: {answer}");
        assert!(answer.contains("\"requestId\":\"") && answer.contains("x-request-id: "));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_serves_on_after_a_refusal_that_had_no_body() {
    let running = start();
    let twice = "GET /api/usage HTTP/1.1\r\nHost: x\r\n\r\n\
                 GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (answer, _) = exchange(running.address, twice.as_bytes(), PATIENCE).await;
    assert!(answer.contains("401 Unauthorized") && answer.contains("200 OK"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_refused_at_its_head_ends_the_connection_however_it_is_framed() {
    let running = start();
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for framing in ["Content-Length: 100000", "Transfer-Encoding: chunked"] {
        let request =
            format!("POST /api/compress HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{smuggled}");
        let patience = LINGER + SOON;
        let (answer, closed) = exchange(running.address, request.as_bytes(), patience).await;
        assert!(answer.contains("401 Unauthorized") && !answer.contains("200 OK"), "{answer}");
        assert!(closed || answer.to_lowercase().contains("connection: close"), "{framing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn draining_shows_in_readiness_and_ends_in_time() {
    let running = start();
    let ready = "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (answer, _) = exchange(running.address, ready.as_bytes(), PATIENCE).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    running.state.drain();
    let (answer, _) = exchange(running.address, ready.as_bytes(), PATIENCE).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("#shutting-down"), "{answer}");
    let start = Instant::now();
    running.stop.send(()).unwrap();
    running.ended.await.unwrap().unwrap();
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_is_named() {
    let running = start();
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(folder.path());
    let store = Store::open_or_create(&url, &StoreOptions::default()).unwrap();
    let settings = Settings::default().with_listen(running.address).with_data_dir(folder.path());
    let error = Application::build(settings, store).unwrap_err().to_string();
    assert!(error.contains(&running.address.to_string()), "{error}");
}
