//! A real PostgreSQL, where Debian's `postgresql` is installed.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::free_port;

/// A server with an empty database of its own.
pub struct Postgres {
    port: u16,
    tools: PathBuf,
    folder: tempfile::TempDir,
}

impl Postgres {
    /// Starts one; none where it is not installed.
    ///
    /// # Panics
    /// When it is installed and does not start.
    pub fn start() -> Option<Self> {
        let tools = tools()?;
        let folder = tempfile::tempdir().ok()?;
        // PostgreSQL refuses to run as root: its own user gets the folder.
        if is_root() && !succeeds(Command::new("chown").args(["-R", "postgres"]).arg(folder.path())) {
            return None;
        }
        let server = Self { port: free_port(), tools, folder };
        let data = server.data();
        let made =
            succeeds(server.tool("initdb").args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"]).arg(data));
        assert!(made && server.up(), "PostgreSQL is installed in {} but did not start", server.tools.display());
        Some(server)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }

    /// Killed without a word and started again: every connection breaks.
    ///
    /// # Panics
    /// When it does not come back.
    pub fn restart(&self) {
        succeeds(self.tool("pg_ctl").args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop"));
        assert!(self.up(), "PostgreSQL did not come back");
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn up(&self) -> bool {
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", self.port);
        let log = self.data().join("log");
        succeeds(self.tool("pg_ctl").args(["-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(self.data()).arg("start"))
    }

    fn tool(&self, name: &str) -> Command {
        let program = self.tools.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        succeeds(self.tool("pg_ctl").args(["-m", "immediate", "-D"]).arg(self.data()).arg("stop"));
    }
}

/// The folder that holds both `initdb` and `pg_ctl`: on the path, or where Debian keeps them.
fn tools() -> Option<PathBuf> {
    let debian =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain(debian);
    folders.find(|folder| ["initdb", "pg_ctl"].iter().all(|tool| folder.join(tool).exists()))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
