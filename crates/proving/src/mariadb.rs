//! A real MariaDB, where Debian's `mariadb-server` is installed: its own data folder, nothing of the system's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::free_port;

/// A server with an empty database `test` and the user `root` without a password.
pub struct MariaDb {
    port: u16,
    server: Child,
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl MariaDb {
    /// Starts one; none where it is not installed.
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub fn start() -> Option<Self> {
        let program = find(&["mariadbd", "mysqld"])?;
        let install = find(&["mariadb-install-db"])?;
        let folder = tempfile::tempdir().ok()?;
        let made = Command::new(install)
            .arg("--no-defaults")
            .arg(format!("--datadir={}", folder.path().join("data").display()))
            .args(["--auth-root-authentication-method=normal", "--skip-log-bin"])
            .args(user())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        assert!(made, "MariaDB is installed in {} but did not make its data folder", program.display());
        let port = free_port();
        let server = launch(&program, folder.path(), port)?;
        let mut one = Self { port, server, program, folder };
        one.wait();
        Some(one)
    }

    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/test", self.port)
    }

    /// Killed without a word and started again: every connection breaks.
    ///
    /// # Panics
    /// When it does not come back.
    pub fn restart(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        match launch(&self.program, self.folder.path(), self.port) {
            Some(server) => self.server = server,
            None => panic!("MariaDB did not come back"),
        }
        self.wait();
    }

    fn wait(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            let ended = matches!(self.server.try_wait(), Ok(Some(_)));
            assert!(!ended && Instant::now() < until, "MariaDB did not start: {}", log());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn launch(program: &Path, folder: &Path, port: u16) -> Option<Child> {
    Command::new(program)
        .arg("--no-defaults")
        .arg(format!("--datadir={}", folder.join("data").display()))
        .arg(format!("--socket={}", folder.join("socket").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .arg(format!("--log-error={}", folder.join("log").display()))
        .arg(format!("--port={port}"))
        .args([
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=2",
        ])
        .args(user())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

/// MariaDB runs as root only when it is told to.
fn user() -> Vec<&'static str> {
    use std::os::unix::fs::MetadataExt;
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if root { vec!["--user=root"] } else { Vec::new() }
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]).collect();
    names.iter().find_map(|name| folders.iter().map(|f| f.join(name)).find(|p| p.exists()))
}
