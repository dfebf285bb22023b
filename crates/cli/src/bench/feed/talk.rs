//! As much HTTP as a bench needs: one connection that stays open, one question after the other.

use std::io::{Error, Result};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// A connection to a server of this machine.
pub struct Talk {
    stream: BufReader<TcpStream>,
    host: String,
}

pub fn wrong(source: Error) -> lake::LakeError {
    lake::LakeError::Io { action: "talking to", path: "the server of this bench".into(), source }
}

impl Talk {
    pub async fn to(address: &str) -> Result<Talk> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Talk { stream: BufReader::new(stream), host: address.to_owned() })
    }

    pub async fn get(&mut self, path: &str) -> Result<(u16, String)> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\n\r\n", self.host);
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    pub async fn post(&mut self, path: &str, kind: &str, body: &str) -> Result<(u16, String)> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).await?;
        self.stream.write_all(body.as_bytes()).await?;
        self.stream.flush().await?;
        self.answer().await
    }

    async fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line).await? == 0 {
            return Err(Error::other("it closed the connection"));
        }
        Ok(line.trim_end().to_owned())
    }

    /// Status and body.
    async fn answer(&mut self) -> Result<(u16, String)> {
        let first = self.line().await?;
        let status =
            first.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| Error::other(format!("it said {first:?}")))?;
        let (mut length, mut pieces) = (0, false);
        loop {
            let header = self.line().await?.to_ascii_lowercase();
            match header.split_once(':') {
                None => break,
                Some(("content-length", n)) => length = n.trim().parse().map_err(Error::other)?,
                Some(("transfer-encoding", how)) => pieces = how.contains("chunked"),
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        if pieces {
            loop {
                let size = usize::from_str_radix(self.line().await?.trim(), 16).map_err(Error::other)?;
                let mut piece = vec![0; size + 2];
                self.stream.read_exact(&mut piece).await?;
                if size == 0 {
                    break;
                }
                body.extend_from_slice(&piece[..size]);
            }
        } else {
            body = vec![0; length];
            self.stream.read_exact(&mut body).await?;
        }
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
