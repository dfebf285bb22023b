//! Programs in other languages, such as servers from npm.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running program; it ends with the test.
pub struct Program {
    child: Child,
    /// The first line it printed: where it can be found.
    pub said: String,
}

impl Program {
    /// Starts `node SCRIPT` in `folder` and waits for its first line. None when the folder's packages are not installed.
    pub fn node(folder: &Path, script: &str, arguments: &[&str]) -> Option<Program> {
        if !folder.join("node_modules").is_dir() {
            return None;
        }
        let child = Command::new("node").arg(script).args(arguments).current_dir(folder).stdout(Stdio::piped()).spawn();
        let mut child = child.ok()?;
        let mut said = String::new();
        let read = child.stdout.take().map(|out| BufReader::new(out).read_line(&mut said));
        if !matches!(read, Some(Ok(n)) if n > 0) {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        Some(Program { child, said: said.trim().to_owned() })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port nobody listens on at this moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_or(0, |a| a.port())
}
