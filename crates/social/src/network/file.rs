//! The bytes of a picture or film: the ones that were approved, or none.

use std::path::Path;

use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::Trouble;
use crate::message::Media;

/// A file to be sent.
pub(super) struct Source {
    file: tokio::fs::File,
    pub name: String,
    pub size: u64,
}

fn unreadable(media: &Media, why: &dyn std::fmt::Display) -> Trouble {
    Trouble::Content(format!("{} cannot be read: {why}; attach it again", media.file))
}

impl Source {
    /// Opens it and makes sure that it is what was approved.
    pub async fn open(media: &Media) -> Result<Self, Trouble> {
        let mut file = tokio::fs::File::open(&media.file).await.map_err(|e| unreadable(media, &e))?;
        let size = file.metadata().await.map_err(|e| unreadable(media, &e))?.len();
        if !media.sha256.is_empty() {
            let (mut digest, mut part) = (Sha256::new(), vec![0; 1 << 16]);
            loop {
                let n = file.read(&mut part).await.map_err(|e| unreadable(media, &e))?;
                if n == 0 {
                    break;
                }
                digest.update(&part[..n]);
            }
            let found: String = digest.finalize().iter().map(|b| format!("{b:02x}")).collect();
            if found != media.sha256 {
                return Err(Trouble::Content(format!("{} was changed after it was attached; attach it again", media.file)));
            }
        }
        let name = Path::new(&media.file).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { file, name, size })
    }

    /// `length` bytes from `from` on, fewer at the end.
    pub async fn part(&mut self, from: u64, length: u64) -> Result<Vec<u8>, Trouble> {
        let fault = |e: std::io::Error| Trouble::Later(format!("{} cannot be read: {e}", self.name));
        self.file.seek(std::io::SeekFrom::Start(from)).await.map_err(fault)?;
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(self.size)).unwrap_or_default());
        (&mut self.file).take(length).read_to_end(&mut bytes).await.map_err(fault)?;
        Ok(bytes)
    }

    pub async fn all(&mut self) -> Result<Vec<u8>, Trouble> {
        self.part(0, self.size).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_changed_after_approval_is_not_sent() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, b"approved").unwrap();
        let sha256 = Sha256::digest(b"approved").iter().map(|b| format!("{b:02x}")).collect();
        let media = Media { file: path.display().to_string(), sha256, ..Media::default() };
        let mut source = Source::open(&media).await.unwrap();
        assert_eq!((source.size, source.part(2, 3).await.unwrap()), (8, b"pro".to_vec()));
        std::fs::write(&path, b"replaced").unwrap();
        let refused = Source::open(&media).await.err().unwrap();
        assert!(matches!(&refused, Trouble::Content(why) if why.contains("changed after")), "{refused:?}");
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(Source::open(&media).await.err(), Some(Trouble::Content(_))));
    }
}
