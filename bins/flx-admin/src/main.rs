//! The flx command line for operators.
fn main() {}
