//! An S3 server: `moto_server` of PyPI's `moto[server]`, where it is installed.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::free_port;

/// A server without buckets.
pub struct Moto {
    port: u16,
    server: Child,
}

impl Moto {
    /// Starts one; none where it is not installed (on the path, or named by `SAROVAR_MOTO`).
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub fn start() -> Option<Moto> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let named = std::env::var_os("SAROVAR_MOTO").map(PathBuf::from);
        let program = named.or_else(|| std::env::split_paths(&path).map(|f| f.join("moto_server")).find(|p| p.exists()))?;
        let port = free_port();
        let server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut one = Moto { port, server };
        let until = Instant::now() + Duration::from_secs(60);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = matches!(one.server.try_wait(), Ok(Some(_)));
            assert!(!ended && Instant::now() < until, "moto_server is installed but did not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(one)
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
