//! Running the binary in a folder of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Settings with which production starts; nobody is asked with that key.
pub const PRODUCTION: [(&str, &str); 4] = [
    ("USHER_ENV", "production"),
    ("USHER_PUBLIC_URL", "https://usher.example.com"),
    ("STRIPE_SECRET_KEY", "sk_test_of_nobody"),
    ("STRIPE_WEBHOOK_SECRET", "whsec_of_nobody"),
];

/// Where it runs: nothing is there at first.
pub struct Folder(tempfile::TempDir);

/// What it said before it ended.
pub struct Told {
    pub status: ExitStatus,
    /// Both of its outputs.
    pub all: String,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, args: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command.args(args).current_dir(self.path()).env_clear();
        command.env("USHER_ADDR", "127.0.0.1:0").env("USHER_SANDBOX_ADDR", "127.0.0.1:0");
        command.envs(settings.iter().copied());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str], settings: &[(&str, &str)]) -> Told {
        let output = self.command(args, settings).output().unwrap();
        let all = [output.stdout, output.stderr].concat();
        Told { status: output.status, all: String::from_utf8(all).unwrap() }
    }

    /// Starts `usher serve` and waits until it says where it is.
    pub fn serve(&self, args: &[&str], settings: &[(&str, &str)]) -> Usher {
        // The first to come wins, and there is only one to choose from.
        let _chosen = rustls::crypto::ring::default_provider().install_default();
        let mut command = self.command(&[&["serve"], args].concat(), settings);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Development greets on the one, production logs on the other.
        let out: Box<dyn std::io::Read + Send> = Box::new(child.stdout.take().unwrap());
        let log: Box<dyn std::io::Read + Send> = Box::new(child.stderr.take().unwrap());
        let (said, heard) = std::sync::mpsc::channel();
        let readers = [out, log].map(|stream| {
            let said = said.clone();
            std::thread::spawn(move || {
                let mut stream = BufReader::new(stream);
                let mut line = String::new();
                while stream.read_line(&mut line).is_ok_and(|length| length > 0) {
                    let _nobody_listens = said.send(std::mem::take(&mut line));
                }
                let _end = stream.read_to_string(&mut line);
            })
        });
        drop((said, readers));
        let mut usher = Usher { child, address: String::new(), heard, log: String::new() };
        usher.wait_for("listening on");
        let place = usher.log.rsplit("listening on ").next().unwrap();
        usher.address = place.split(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').next().unwrap().to_owned();
        usher
    }
}

/// A running one. Killed when dropped.
pub struct Usher {
    child: Child,
    address: String,
    heard: std::sync::mpsc::Receiver<String>,
    /// What it has said so far, as far as somebody waited for it.
    pub log: String,
}

impl Usher {
    /// Reads its words until `text` is among them. Panics when it ends first.
    pub fn wait_for(&mut self, text: &str) {
        while !self.log.contains(text) {
            let Ok(line) = self.heard.recv() else { panic!("it ended before it said {text:?}:\n{}", self.log) };
            self.log.push_str(&line);
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        reqwest::get(self.url(path)).await.unwrap()
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap()
    }

    /// Gives it no chance, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Usher {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
