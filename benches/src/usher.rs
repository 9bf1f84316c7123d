//! The program under measurement: the release binary in a folder of its own, stopped by its process.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command as TokioCommand};
use tokio::time::{sleep, timeout};

use crate::http::{BROWSER, Connection};

/// How long a start may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder with a migrated SQLite file.
pub struct Place {
    folder: TempDir,
    binary: PathBuf,
    proxies: u8,
}

/// A running Usher with its sandbox.
pub struct Usher {
    /// Where its pages are.
    pub addr: SocketAddr,
    /// From the start of the process to the first page.
    pub first_page: Duration,
    child: Child,
}

impl Place {
    /// Makes the folder and migrates the database. The binary is the one in `USHER_BIN`.
    pub fn new() -> Result<Self> {
        let binary = std::env::var_os("USHER_BIN").context("USHER_BIN is not set: run `cargo xtask bench`")?;
        let place = Self { folder: tempfile::tempdir()?, binary: binary.into(), proxies: 0 };
        let addr = free_addr()?;
        let status = place.command("migrate", addr, addr).status()?;
        if !status.success() {
            bail!("`usher migrate` ended with {status}");
        }
        Ok(place)
    }

    /// The same, believing one proxy about where a request comes from.
    #[must_use]
    pub fn behind_a_proxy(self) -> Self {
        Self { proxies: 1, ..self }
    }

    /// The database, for filling it.
    #[must_use]
    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.folder.path().join("usher.db").display())
    }

    /// Starts Usher and waits for its first page.
    pub async fn start(&self) -> Result<Usher> {
        let (addr, sandbox) = (free_addr()?, free_addr()?);
        let mut command = TokioCommand::from(self.command("serve", addr, sandbox));
        command.kill_on_drop(true);
        let started = Instant::now();
        let mut child = command.spawn().context("could not start usher")?;
        loop {
            if let Ok(mut connection) = Connection::open(addr).await {
                let request = connection.get("/", BROWSER);
                if connection.hit(request.as_bytes()).await.is_ok() {
                    return Ok(Usher { addr, first_page: started.elapsed(), child });
                }
            }
            if let Some(status) = child.try_wait()? {
                bail!("usher ended with {status}");
            }
            if started.elapsed() > PATIENCE {
                bail!("usher showed no page after {PATIENCE:?}");
            }
            sleep(Duration::from_micros(500)).await;
        }
    }

    fn command(&self, verb: &str, addr: SocketAddr, sandbox: SocketAddr) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg(verb)
            .current_dir(self.folder.path())
            .env("USHER_ENV", "development")
            .env("USHER_ADDR", addr.to_string())
            .env("USHER_PUBLIC_URL", format!("http://{addr}"))
            .env("USHER_SANDBOX_ADDR", sandbox.to_string())
            .env("USHER_DATABASE_URL", self.database_url())
            .env("USHER_PROXIES", self.proxies.to_string())
            .env("RUST_LOG", "warn")
            .env_remove("STRIPE_SECRET_KEY")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

impl Usher {
    /// Memory that is resident now, in bytes.
    pub fn resident(&self) -> Result<u64> {
        let pid = self.child.id().context("usher has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("this needs Linux")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024)
    }

    /// Asks it to stop, and stops it when it does not.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(pid) = self.child.id() {
            TokioCommand::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        }
        if timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            self.child.kill().await?;
        }
        Ok(())
    }
}

/// An address that was free a moment ago.
pub fn free_addr() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
