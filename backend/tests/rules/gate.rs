//! A door before a store: it lets connections through, or breaks those that are open and turns new ones away. What it
//! does depends on how many came, never on the time.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Gate {
    pub(crate) address: SocketAddr,
    /// How many connections are turned away before one is let through again.
    closed_for: Arc<watch::Sender<u64>>,
}

impl Gate {
    pub(crate) async fn before(store: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let closed_for = Arc::new(watch::Sender::new(0));
        let state = closed_for.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let is_closed = state.send_if_modified(|left: &mut u64| {
                    let is_closed = *left > 0;
                    *left = left.saturating_sub(1);
                    is_closed
                });
                if !is_closed {
                    tokio::spawn(pass(stream, store, state.subscribe()));
                }
            }
        });
        Self {
            address,
            closed_for,
        }
    }

    /// Breaks what is open, and turns away so many.
    pub(crate) fn close_for(&self, connections: u64) {
        self.closed_for.send_replace(connections);
    }

    /// Returns when it turned away as many as it was to.
    pub(crate) async fn opened(&self) {
        let mut left = self.closed_for.subscribe();
        let opened = left.wait_for(|left| *left == 0);
        let opened = tokio::time::timeout(crate::process::PATIENCE, opened).await;
        opened.unwrap().unwrap();
    }
}

async fn pass(mut stream: TcpStream, store: SocketAddr, mut closed_for: watch::Receiver<u64>) {
    let through = async {
        if let Ok(mut store) = TcpStream::connect(store).await {
            let _ = copy_bidirectional(&mut stream, &mut store).await;
        }
    };
    tokio::select! {
        () = through => {}
        _ = closed_for.wait_for(|left| *left > 0) => {}
    }
}
