//! Serves a lake: `cargo run --example serve -- HOME ADDRESS`. The program `sarovar serve` does the same with its settings.

use std::path::PathBuf;

use lake::{Lake, Options};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let home = PathBuf::from(args.next().ok_or("HOME is missing")?);
    let listener = tokio::net::TcpListener::bind(args.next().ok_or("ADDRESS is missing")?).await?;
    let lake = Lake::open(Options::at(&home)).await?;
    let accounts = accounts::Accounts::of(lake.store().clone(), &home)?;
    server::serve(lake, accounts, server::Site::default(), listener, async {
        tokio::signal::ctrl_c().await.ok();
    })
    .await?;
    Ok(())
}
