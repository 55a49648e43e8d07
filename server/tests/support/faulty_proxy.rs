//! A TCP proxy in front of a database or a store, whose network can fail.

use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The state of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    Works,
    /// Every connection breaks, and no new one is made.
    Cut,
    /// Every byte is late.
    Slow(Duration),
}

pub struct FaultyProxy {
    pub port: u16,
    state: watch::Sender<Network>,
}

impl FaultyProxy {
    /// A proxy to an address, `127.0.0.1:5432` for example.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (state, network) = watch::channel(Network::Works);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *network.borrow() != Network::Cut {
                    tokio::spawn(pass(client, target.clone(), network.clone()));
                }
            }
        });
        Self { port, state }
    }

    /// The same URL with the proxy in between.
    pub async fn in_front_of(url: &str) -> (Self, String) {
        let mut url = url::Url::parse(url).unwrap();
        let proxy = Self::to(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())).await;
        url.set_port(Some(proxy.port)).unwrap();
        (proxy, url.into())
    }

    pub fn set(&self, network: Network) {
        self.state.send_replace(network);
    }
}

async fn pass(client: TcpStream, target: String, mut network: watch::Receiver<Network>) {
    let server = TcpStream::connect(target).await.unwrap();
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let is_cut = network.clone();
    tokio::select! {
        () = copy(from_client, to_server, is_cut.clone()) => {}
        () = copy(from_server, to_client, is_cut) => {}
        _ = network.wait_for(|state| *state == Network::Cut) => {}
    }
}

async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    network: watch::Receiver<Network>,
) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let state = *network.borrow();
        if let Network::Slow(delay) = state {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
