//! What an idle Usher holds, and how soon it shows its first page.

use std::time::Duration;

use anyhow::Result;

use crate::report::{Line, median};
use crate::usher::Place;

const STARTS: usize = 21;

/// Resident memory of the release binary, a moment after its first page.
pub async fn idle() -> Result<Vec<Line>> {
    let place = Place::new()?;
    let usher = place.start().await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let bytes = usher.resident()?;
    usher.stop().await?;
    Ok(vec![Line {
        what: "Idle memory of the release binary".to_owned(),
        bar: "at most 40 MB".to_owned(),
        measured: format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        holds: bytes <= 40_000_000,
        how: "VmRSS of the one process, 3 s after its first page, with worker and sandbox inside (development)"
            .to_owned(),
    }])
}

/// From the start of the process to the landing page.
pub async fn start() -> Result<Vec<Line>> {
    let place = Place::new()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let usher = place.start().await?;
        times.push(usher.first_page.as_secs_f64() * 1_000.0);
        usher.stop().await?;
    }
    let slowest = times.iter().copied().fold(0.0, f64::max);
    let middle = median(&mut times);
    Ok(vec![Line {
        what: "Start to first page, migrated database".to_owned(),
        bar: "at most 100 ms".to_owned(),
        measured: format!("{middle:.0} ms (slowest {slowest:.0} ms)"),
        holds: middle <= 100.0,
        how: format!("median of {STARTS} starts on the same SQLite file, asked twice per millisecond"),
    }])
}
