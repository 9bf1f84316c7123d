//! A throw-away PostgreSQL: started once in a test process, gone when that process ends in whatever way.
//!
//! It listens on the loopback interface only, keeps nothing, and does not wait for the disk. When the environment
//! variable `USHER_TEST_POSTGRES_URL` names a server to make databases on, that one is used instead, as a role that may
//! make databases and is no superuser.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const VARIABLE: &str = "USHER_TEST_POSTGRES_URL";
const MISSING: &str = "PostgreSQL is not installed, and these tests need it: install it with \
                       `apt-get install postgresql` (it need not be running), or set USHER_TEST_POSTGRES_URL.";

/// Whom our own server belongs to.
const SUPERUSER: &str = "superuser";
/// Who owns our databases: whoever Usher should be run as.
const OWNER: &str = "usher";

/// Waits until this process has closed its end of the pipe (the kernel does it however it ends), then cleans up. It
/// must outlive us, so it ignores what a terminal sends to all of us.
const STOP_SERVER: &str = r#"
    trap '' INT TERM HUP
    cat >/dev/null
    $3 "$2/pg_ctl" -D "$1/data" -m immediate -w -t 20 stop
    rm -rf "$1"
"#;
const DROP_DATABASES: &str = r#"
    trap '' INT TERM HUP
    cat >/dev/null
    "$2/psql" -d "$1" -Atqc "select datname from pg_database where starts_with(datname, '$3')" | while read -r name; do
        "$2/psql" -d "$1" -qc "drop database if exists $name with (force)"
    done
"#;

struct Server {
    /// Where databases are made from.
    url: String,
    /// Where `psql` is.
    programs: PathBuf,
    /// Who owns the databases and uses them.
    owner: Option<&'static str>,
    /// What the names of our databases begin with.
    prefix: String,
    /// Holds the read end of the pipe whose write end is in here; never read again, only kept.
    _watchdog: Child,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a fresh, empty database, for nobody else. Its user owns it and is no superuser.
///
/// # Panics
/// When PostgreSQL is missing or does not start, with one sentence that says what to do.
pub fn database() -> String {
    let server = match SERVER.get_or_init(Server::start) {
        Ok(server) => server,
        Err(why) => panic!("{why}"),
    };
    let name = format!("{}_{}", server.prefix, DATABASES.fetch_add(1, Ordering::Relaxed));
    let made = Command::new(server.programs.join("psql"))
        .args(["-d", &server.url, "-qXc"])
        .arg(match server.owner {
            Some(owner) => format!("create database {name} owner {owner} template template0"),
            None => format!("create database {name} template template0"),
        })
        .output();
    if let Err(why) = succeeded("psql", made) {
        panic!("no database could be made: {why}");
    }
    let url = with_database(&server.url, &name);
    match server.owner {
        Some(owner) => url.replacen(SUPERUSER, owner, 1),
        None => url,
    }
}

impl Server {
    fn start() -> Result<Self, String> {
        let programs = programs().ok_or(MISSING)?;
        match std::env::var(VARIABLE) {
            Ok(url) => Self::theirs(url, programs),
            Err(_) => Self::ours(programs),
        }
    }

    fn theirs(url: String, programs: PathBuf) -> Result<Self, String> {
        // Other machines may test on that server too, with processes of the same number.
        let chance = RandomState::new().build_hasher().finish();
        let prefix = format!("usher_test_{}_{chance:x}", std::process::id());
        let watchdog = watchdog(DROP_DATABASES, &[&url, &programs.to_string_lossy(), &prefix])?;
        Ok(Self { url, programs, owner: None, prefix, _watchdog: watchdog })
    }

    fn ours(programs: PathBuf) -> Result<Self, String> {
        let run_as = run_as()?;
        let run = |program: &Path, arguments: &[&str]| {
            let (first, rest) = match run_as.split_first() {
                Some((first, rest)) => (Path::new(first), rest),
                None => (program, &[][..]),
            };
            let mut command = Command::new(first);
            command.args(rest);
            if !run_as.is_empty() {
                command.arg(program);
            }
            // Not our folder: the other user may not be allowed to be there.
            command.args(arguments).current_dir("/").stdin(Stdio::null()).output()
        };

        let template = std::env::temp_dir().join("usher-postgres-XXXXXXXX");
        let folder = succeeded("mktemp", run(Path::new("mktemp"), &["-d", &template.to_string_lossy()]))?;
        let folder = folder.trim().to_owned();
        // First the watchdog, so that nothing is left behind however far the rest comes.
        let watchdog = watchdog(STOP_SERVER, &[&folder, &programs.to_string_lossy(), &run_as.join(" ")])?;

        let (data, log) = (format!("{folder}/data"), format!("{folder}/log"));
        let init = ["-D", &data, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        succeeded("initdb", run(&programs.join("initdb"), &init))?;
        let mut refused = String::new();
        // Somebody else may take the port between our finding it free and the server's taking it.
        for _ in 0..5 {
            let port = free_port()?;
            let settings = format!(
                "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=500 \
                 -c shared_buffers=32MB -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
            );
            let start = ["-D", &data, "-w", "-t", "60", "-s", "-l", &log, "-o", &settings, "start"];
            match succeeded("pg_ctl", run(&programs.join("pg_ctl"), &start)) {
                Ok(_) => {
                    let url = format!("postgres://{SUPERUSER}@127.0.0.1:{port}/postgres");
                    let role = format!("create role {OWNER} login");
                    let psql = programs.join("psql");
                    succeeded("psql", Command::new(psql).args(["-d", &url, "-qXc", &role]).output())?;
                    let prefix = "test".to_owned();
                    return Ok(Self { url, programs, owner: Some(OWNER), prefix, _watchdog: watchdog });
                }
                Err(why) => refused = format!("{why} {}", std::fs::read_to_string(&log).unwrap_or_default()),
            }
        }
        Err(format!("PostgreSQL does not start: {refused}"))
    }
}

/// The newest installation's folder of programs: Debian's place first, then `PATH`.
fn programs() -> Option<PathBuf> {
    let version = |folder: &Path| -> Option<u32> { folder.parent()?.file_name()?.to_str()?.parse().ok() };
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        debian.map(|entry| entry.path().join("bin")).filter(|bin| has_programs(bin)).max_by_key(|bin| version(bin));
    newest.or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| has_programs(folder)))
}

fn has_programs(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres", "psql"].iter().all(|program| folder.join(program).is_file())
}

/// PostgreSQL refuses to be run by root, so root becomes the user that its package has made.
fn run_as() -> Result<Vec<String>, String> {
    let id = succeeded("id", Command::new("id").arg("-u").output())?;
    if id.trim() == "0" { Ok(["runuser", "-u", "postgres", "--"].map(str::to_owned).to_vec()) } else { Ok(Vec::new()) }
}

fn watchdog(script: &str, arguments: &[&str]) -> Result<Child, String> {
    Command::new("sh")
        .args(["-c", script, "watchdog"])
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A group of its own: what ends our group must not end it before us.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("`sh` does not start: {error}"))
}

fn free_port() -> Result<u16, String> {
    let port = || -> std::io::Result<u16> { Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port()) };
    port().map_err(|error| format!("no port is free: {error}"))
}

/// The output of a program that went well; otherwise what it said.
fn succeeded(program: &str, ran: std::io::Result<std::process::Output>) -> Result<String, String> {
    match ran {
        Err(error) => Err(format!("`{program}` does not start: {error}.")),
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(format!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}

/// The same server's address with another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..].find('/').map_or(address.len(), |at| host + at);
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/{name}{query}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_database_of_an_address_is_replaced() {
        assert_eq!(with_database("postgres://u@h:1/postgres", "a"), "postgres://u@h:1/a");
        assert_eq!(with_database("postgres://u:p@h", "a"), "postgres://u:p@h/a");
        assert_eq!(with_database("postgres://u@h/x?sslmode=require", "a"), "postgres://u@h/a?sslmode=require");
    }
}
