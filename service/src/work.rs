//! The worker.

use std::future::Future;

use crate::Services;

/// One unit of work; false when there is none.
pub async fn step(_s: &Services) -> anyhow::Result<bool> {
    Err(anyhow::anyhow!("not built yet"))
}

/// Works until `shutdown` is done.
pub async fn run(s: Services, shutdown: impl Future<Output = ()> + Send) {
    tokio::select! {
        () = shutdown => {}
        () = s.woken() => {}
    }
}
