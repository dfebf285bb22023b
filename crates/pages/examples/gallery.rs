//! Writes every example page in both languages into a folder: `cargo run -p pages --example gallery -- OUT`.

use std::path::PathBuf;
use std::{env, fs, io};

use pages::{Lang, Template, example};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    for lang in Lang::ALL {
        let folder = out.join(lang.tag());
        fs::create_dir_all(&folder)?;
        for page in example::ALL {
            fs::write(folder.join(format!("{}.html", page.name)), page.render(example::shell(lang)).map_err(io::Error::other)?)?;
        }
        fs::write(folder.join("gallery.html"), example::gallery(example::shell(lang)).render().map_err(io::Error::other)?)?;
    }
    let assets = out.join("assets");
    fs::create_dir_all(&assets)?;
    for asset in pages::assets::all() {
        fs::write(assets.join(asset.file), asset.bytes)?;
    }
    Ok(())
}
