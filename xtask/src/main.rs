//! The workshop: run, test, check, e2e, bench, dist.
fn main() {}
