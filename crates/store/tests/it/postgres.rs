//! The same on a real PostgreSQL, started for the test where Debian's `postgresql` is installed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use store::Store;

use crate::behaviour::{self, noon};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    let Some(server) = Server::start() else {
        eprintln!("skipped: no PostgreSQL here (initdb and pg_ctl of Debian's `postgresql`)");
        return;
    };
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode=disable", server.port);
    let (one, two) = tokio::join!(Store::open(&url, noon()), Store::open(&url, noon()));
    two.unwrap().close().await.unwrap();
    let store = one.unwrap();
    behaviour::all(&store).await;
    store.close().await.unwrap();
}

struct Server {
    port: u16,
    tools: PathBuf,
    data: PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Option<Self> {
        let tools = tools()?;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        // PostgreSQL refuses to run as root: its own user gets the folder.
        if is_root() && !succeeds(Command::new("chown").args(["-R", "postgres"]).arg(folder.path())) {
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { port, tools, data, _folder: folder };
        let made = succeeds(
            server.tool("initdb").args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-D"]).arg(&server.data),
        );
        let options = format!("-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off");
        let log = server.data.join("log");
        let started = made
            && succeeds(
                server.tool("pg_ctl").args(["-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(&server.data).arg("start"),
            );
        assert!(started, "PostgreSQL is installed in {} but did not start", server.tools.display());
        Some(server)
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

impl Drop for Server {
    fn drop(&mut self) {
        succeeds(self.tool("pg_ctl").args(["-m", "immediate", "-D"]).arg(&self.data).arg("stop"));
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
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|me| me.uid() == 0)
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
