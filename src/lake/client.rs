//! What a client of a lake in another process does beside using it: it keeps the lake awake.

use std::io;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Keeps the lake that is served at an endpoint awake for as long as it lives; a client that ends, in whatever way, lets go of it.
#[derive(Debug)]
pub struct Stay {
    connection: TcpStream,
}

impl Stay {
    /// Asks the lake at this endpoint, such as `http://127.0.0.1:41234`, to stay.
    pub async fn at(endpoint: &str) -> io::Result<Self> {
        let address = endpoint.trim_start_matches("http://").trim_end_matches('/');
        let mut connection = TcpStream::connect(address).await?;
        connection.write_all(format!("GET /_fairlake/alive HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await?;
        Ok(Self { connection })
    }

    /// Waits until the lake has gone.
    pub async fn gone(&mut self) {
        let mut bytes = [0; 1024];
        loop {
            // The answer has a head and no end: whatever comes is read over.
            match tokio::io::AsyncReadExt::read(&mut self.connection, &mut bytes).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }
}
