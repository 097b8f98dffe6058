//! Cuts a connection as a network does: the peer reads a reset, or an end in the middle of nothing,
//! where its answer should have been.

use std::any::Any;
use std::net::TcpStream;
use std::os::fd::AsFd;

use actix_web::dev::Extensions;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use tokio::net::TcpSocket;

/// A second handle on a request's connection.
struct Connection(TcpStream);

/// Keeps a handle on each connection, for a handler that may want to cut it.
pub(super) fn remember(connection: &(dyn Any + 'static), extensions: &mut Extensions) {
    let handle = connection
        .downcast_ref::<actix_web::rt::net::TcpStream>()
        .and_then(|tcp| tcp.as_fd().try_clone_to_owned().ok());
    if let Some(handle) = handle {
        extensions.insert(Connection(TcpStream::from(handle)));
    }
}

/// An answer that never arrives. A body that fails at its first byte makes the server drop the connection
/// before anything is written; without lingering, dropping it is a reset.
pub(super) fn reset(request: &HttpRequest) -> HttpResponse {
    if let Some(handle) = request.conn_data::<Connection>().and_then(|c| c.0.try_clone().ok()) {
        // Where the option cannot be set, the peer reads an end instead of a reset: as unknown to it.
        TcpSocket::from_std_stream(handle).set_zero_linger().ok();
    }
    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    HttpResponse::Ok().streaming(stream::iter([Err::<web::Bytes, _>(cut)]))
}
