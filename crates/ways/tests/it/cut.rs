//! Connections that break in the midst of a file: nothing of it is taken, and the next run has all of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use object_store::ObjectStoreExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::basin::Basin;
use crate::feed::event;

/// Passes connections on to `port`, until `most` bytes have come back on one of them: then that one breaks, and no other is let in.
async fn cutting(port: u16, most: usize) -> u16 {
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = door.local_addr().unwrap().port();
    let broken = Arc::new(AtomicBool::new(false));
    tokio::spawn(async move {
        while let Ok((near, _)) = door.accept().await {
            if broken.load(Ordering::Relaxed) {
                continue;
            }
            let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
            let broken = broken.clone();
            tokio::spawn(async move {
                let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
                let up = tokio::spawn(async move { tokio::io::copy(&mut near_in, &mut far_out).await });
                let (mut block, mut passed) = (vec![0; 16 << 10], 0);
                while let Ok(n) = far_in.read(&mut block).await {
                    if n == 0 || near_out.write_all(&block[..n]).await.is_err() {
                        break;
                    }
                    passed += n;
                    if passed > most {
                        broken.store(true, Ordering::Relaxed);
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    at
}

fn many() -> String {
    (0..20_000).map(|n| event(n, n % 60)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_breaks_off() {
    let Some(server) = proving::Moto::start() else {
        eprintln!("skipped: no S3 server here (`moto_server` of PyPI's moto[server], on the path or named by SAROVAR_MOTO)");
        return;
    };
    let basin = Basin::new().await;
    let port: u16 = server.url().rsplit(':').next().unwrap().parse().unwrap();
    let bucket = crate::pull::drops(&server.url()).await;
    bucket.put(&"reads.ndjson".into(), many().into()).await.unwrap();
    let through = cutting(port, 1 << 20).await;
    let secret = basin.dir.path().join("key");
    std::fs::write(&secret, "test").unwrap();
    let spec = |port: u16| {
        format!(
            "contract = 'anpr.read'\nkind = 's3'\nbucket = 'drops'\nendpoint = 'http://127.0.0.1:{port}'\nallow_http = true\nallow_private = true\ntries = 1\n\
             access_key = {{ file = '{0}' }}\nsecret_key = {{ file = '{0}' }}\n",
            secret.display()
        )
    };
    let cut = basin.pull("bucket", &spec(through)).await;
    assert!(!cut.done && cut.accepted == 0 && cut.message.is_some(), "{cut:?}");
    assert!(basin.lake.home().list().unwrap().is_empty(), "no table was made");
    let whole = basin.pull("bucket", &spec(port)).await;
    assert!(whole.done && whole.accepted == 20_000, "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_sftp_server_that_breaks_off() {
    let Some(server) = proving::Sftp::start() else {
        eprintln!("skipped: no SFTP server here (Debian's `openssh-server` and `openssh-client`)");
        return;
    };
    let basin = Basin::new().await;
    let drop = basin.dir.path().join("drop");
    std::fs::create_dir_all(&drop).unwrap();
    std::fs::write(drop.join("reads.ndjson"), many()).unwrap();
    let through = cutting(server.port(), 1 << 20).await;
    // The same key behind another port.
    let known = std::fs::read_to_string(server.file("known")).unwrap();
    let also = basin.dir.path().join("known");
    std::fs::write(&also, known.replace(&format!(":{}", server.port()), &format!(":{through}"))).unwrap();
    let spec = |port: u16, known: &std::path::Path| {
        format!(
            "contract = 'anpr.read'\nkind = 'sftp'\nallow_private = true\nhost = '127.0.0.1'\nport = {port}\nuser = '{}'\npath = '{}'\nkey = '{}'\n\
             known_hosts = '{}'\nsettle_seconds = 0\ntries = 1\n",
            server.user(),
            drop.display(),
            server.file("user").display(),
            known.display()
        )
    };
    let cut = basin.pull("drop", &spec(through, &also)).await;
    assert!(!cut.done && cut.accepted == 0 && cut.message.is_some(), "{cut:?}");
    assert!(basin.lake.home().list().unwrap().is_empty(), "no table was made");
    let whole = basin.pull("drop", &spec(server.port(), &server.file("known"))).await;
    assert!(whole.done && whole.accepted == 20_000, "{whole:?}");
}
