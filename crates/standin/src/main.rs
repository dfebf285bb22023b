//! The stand-ins as a program, for vendors' clients in other languages: prints one line of JSON with the addresses and serves until
//! its standard input closes.

use std::io::Write;

use standin::{Faults, Kind, World};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut places = serde_json::Map::new();
    for (name, kind) in [("x", Kind::X), ("graph", Kind::Graph), ("youtube", Kind::Youtube), ("mastodon", Kind::Mastodon)] {
        let world = World::start(kind, Faults::default(), 1).await?;
        places.insert(name.into(), world.address.clone().into());
    }
    let mut out = std::io::stdout();
    writeln!(out, "{}", serde_json::Value::Object(places))?;
    out.flush()?;
    // Whoever started us ends us by closing our input, also when it is killed.
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink()));
    let _ = ended.await;
    Ok(())
}
