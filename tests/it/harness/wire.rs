//! The wire between a gateway and Postgres, where it can be cut, held still, or made to fail at one
//! statement. It forwards bytes and knows nothing of what they mean.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::config::Host;

use super::patience::PATIENCE;

/// A COMMIT on its way, and not the words "READ COMMITTED".
pub(crate) const COMMIT: &str = "COMMIT\0";

pub(crate) struct Wire {
    /// The database's address, by way of this wire.
    pub(crate) url: String,
    inner: Arc<Inner>,
}

/// What happens when the statement that a trap waits for comes by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// It and all that follows, on every connection, is held until [`Wire::mend`].
    HoldStill,
    /// It is not passed on, and its connection breaks.
    BreakBefore,
    /// It is passed on and carried out; the answer is swallowed, and its connection breaks.
    BreakAfter,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Whole,
    HeldStill,
    Cut,
}

struct Inner {
    target: SocketAddr,
    state: watch::Sender<State>,
    trap: Mutex<Option<(&'static str, Then)>>,
    sprung: watch::Sender<bool>,
    /// Connections that lead through it now.
    open: watch::Sender<usize>,
}

impl Wire {
    pub(crate) async fn to(database_url: &str) -> Self {
        let target = address_of(database_url);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner {
            target,
            state: watch::Sender::new(State::Whole),
            trap: Mutex::new(None),
            sprung: watch::Sender::new(false),
            open: watch::Sender::new(0),
        });
        tokio::spawn(accept(listener, Arc::clone(&inner)));
        let url = database_url.replacen(&target.to_string(), &own.to_string(), 1);
        assert_ne!(url, database_url, "the database's address stands in its URL");
        Self { url, inner }
    }

    /// Breaks every connection and refuses new ones: the database is down. Returns once they are broken.
    pub(crate) async fn cut(&self) {
        self.inner.state.send_replace(State::Cut);
        let mut open = self.inner.open.subscribe();
        open.wait_for(|open| *open == 0).await.expect("a wire");
    }

    /// Passes nothing on and breaks nothing: the database does not answer.
    pub(crate) fn hold_still(&self) {
        self.inner.state.send_replace(State::HeldStill);
    }

    pub(crate) fn mend(&self) {
        self.inner.state.send_replace(State::Whole);
    }

    /// Waits for the next statement with these words, once. A statement that its connection has
    /// prepared before goes by its number and is not seen.
    pub(crate) fn trap(&self, words: &'static str, then: Then) {
        self.inner.sprung.send_replace(false);
        *self.inner.trap.lock().unwrap() = Some((words, then));
    }

    /// Returns once the trap has caught something.
    pub(crate) async fn until_sprung(&self) {
        let mut sprung = self.inner.sprung.subscribe();
        let seen = timeout(PATIENCE, sprung.wait_for(|sprung| *sprung)).await;
        seen.expect("the trap catches something in time").expect("a wire");
    }
}

async fn accept(listener: TcpListener, inner: Arc<Inner>) {
    while let Ok((near, _)) = listener.accept().await {
        if *inner.state.borrow() == State::Cut {
            continue;
        }
        let inner = Arc::clone(&inner);
        tokio::spawn(async move {
            let Ok(far) = TcpStream::connect(inner.target).await else { return };
            let (near_in, near_out) = near.into_split();
            let (far_in, far_out) = far.into_split();
            let swallow = watch::Sender::new(false);
            let mut state = inner.state.subscribe();
            inner.open.send_modify(|open| *open += 1);
            // Whichever ends first takes the connection with it.
            tokio::select! {
                () = forth(&inner, near_in, far_out, &swallow) => {}
                () = back(&inner, far_in, near_out, &swallow) => {}
                _ = state.wait_for(|state| *state == State::Cut) => {}
            }
            inner.open.send_modify(|open| *open -= 1);
        });
    }
}

/// From the gateway to the database.
async fn forth(
    inner: &Inner,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    swallow: &watch::Sender<bool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..length];
        match inner.spring(bytes) {
            Some(Then::BreakBefore) => return,
            Some(Then::BreakAfter) => {
                swallow.send_replace(true);
            }
            Some(Then::HoldStill) | None => {}
        }
        inner.until_moving().await;
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
}

/// From the database to the gateway.
async fn back(
    inner: &Inner,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    swallow: &watch::Sender<bool>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        inner.until_moving().await;
        if *swallow.borrow() {
            inner.sprung.send_replace(true);
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

impl Inner {
    /// What the trap does about these bytes, if it is theirs.
    fn spring(&self, bytes: &[u8]) -> Option<Then> {
        let mut trap = self.trap.lock().unwrap();
        let (words, then) = (*trap)?;
        if !bytes.windows(words.len()).any(|window| window == words.as_bytes()) {
            return None;
        }
        *trap = None;
        if then == Then::HoldStill {
            self.state.send_replace(State::HeldStill);
        }
        if then != Then::BreakAfter {
            self.sprung.send_replace(true);
        }
        Some(then)
    }

    async fn until_moving(&self) {
        self.state.subscribe().wait_for(|state| *state != State::HeldStill).await.ok();
    }
}

fn address_of(database_url: &str) -> SocketAddr {
    let config: tokio_postgres::Config = database_url.parse().expect("a Postgres URL");
    let Some(Host::Tcp(host)) = config.get_hosts().first() else {
        panic!("a wire leads to an address")
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    SocketAddr::new(host.parse().expect("an address of numbers"), port)
}
