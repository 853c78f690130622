//! The flx HTTP server.
fn main() {}
