//! An SFTP server: Debian's `openssh-server` on a loopback port, with keys of its own, where it is installed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::free_port;

/// A server that knows one key and shows the machine's files to it.
pub struct Sftp {
    folder: tempfile::TempDir,
    port: u16,
    user: String,
    server: Child,
}

impl Sftp {
    /// Starts one; none where `sshd` or `sftp` is not installed.
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub fn start() -> Option<Sftp> {
        let program = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"].into_iter().find(|p| Path::new(p).exists())?;
        Command::new("sftp").arg("-h").stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::null()).status().ok()?;
        let folder = tempfile::tempdir().ok()?;
        let at = |name: &str| folder.path().join(name);
        for name in ["host", "user", "stranger"] {
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(at(name)).status();
            assert!(made.is_ok_and(|s| s.success()), "ssh-keygen is installed but made no key");
        }
        let port = free_port();
        let host = std::fs::read_to_string(at("host.pub")).ok()?;
        let known = |key: &str| format!("[127.0.0.1]:{port} {}\n", key.split(' ').take(2).collect::<Vec<_>>().join(" "));
        std::fs::write(at("known"), known(&host)).ok()?;
        std::fs::write(at("known-other"), known(&std::fs::read_to_string(at("stranger.pub")).ok()?)).ok()?;
        let config = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nPidFile none\nPermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n",
            at("host").display(),
            at("user.pub").display()
        );
        std::fs::write(at("config"), config).ok()?;
        // The folder that a service manager would make.
        let _ = std::fs::create_dir_all("/run/sshd");
        let user = Command::new("id").arg("-un").output().ok()?;
        let user = String::from_utf8(user.stdout).ok()?.trim().to_owned();
        let log = std::fs::File::create(at("log")).ok()?;
        let server =
            Command::new(program).args(["-D", "-e", "-f"]).arg(at("config")).stdin(Stdio::null()).stderr(log).spawn().ok()?;
        let mut one = Sftp { folder, port, user, server };
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = matches!(one.server.try_wait(), Ok(Some(_)));
            let said = std::fs::read_to_string(one.file("log")).unwrap_or_default();
            assert!(!ended && Instant::now() < until, "sshd is installed but did not start: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(one)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whom it lets in.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// `user`, the key it lets in; `stranger`, one it does not; `known`, its own key; `known-other`, another's.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Sftp {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
