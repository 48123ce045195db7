//! Whether a client of this machine that sends nothing more is still there to read. The network does not tell: who has hung up and who has
//! only said all that there is to say look the same, until something is sent. But on its own machine the system knows whose socket it is.
//! Must not know what is said.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where Linux lists its sockets.
const LISTS: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// Whether `peer`, who is connected to `local`, has closed its socket. Where that can't be known, it has.
pub(super) fn has_gone(peer: SocketAddr, local: SocketAddr) -> bool {
    if !peer.ip().to_canonical().is_loopback() {
        return true;
    }
    let (peer, local) = (canonical(peer), canonical(local));
    let is_open = |list: &str| {
        let Ok(file) = File::open(list) else { return false };
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        lines
            .filter_map(|line| entry(&line))
            .any(|(from, to, is_owned)| from == peer && to == local && is_owned)
    };
    !LISTS.iter().any(|list| is_open(list))
}

fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The ends of a socket, and whether a program holds it.
fn entry(line: &str) -> Option<(SocketAddr, SocketAddr, bool)> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (from, to) = (address(fields.next()?)?, address(fields.next()?)?);
    // State, queues, timers, retransmissions, owner and timeout come before it.
    let inode = fields.nth(6)?;
    Some((from, to, inode != "0"))
}

/// An address in hexadecimal digits, in words as the machine stores them.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let words: Option<Vec<[u8; 4]>> = (0..address.len())
        .step_by(8)
        .map(|at| Some(u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?.to_ne_bytes()))
        .collect();
    let bytes = words?.concat();
    let ip = match bytes.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(canonical(SocketAddr::new(ip, port)))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;

    #[test]
    fn who_closed_its_socket_has_gone() {
        for local in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(local) else { continue };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (server, peer) = listener.accept().unwrap();
            let local = server.local_addr().unwrap();
            assert!(!has_gone(peer, local), "{local}");
            client.shutdown(Shutdown::Write).unwrap();
            assert!(!has_gone(peer, local), "{local}");
            drop(client);
            assert!(has_gone(peer, local), "{local}");
        }
        assert!(has_gone("192.0.2.1:80".parse().unwrap(), "127.0.0.1:81".parse().unwrap()));
    }

    #[test]
    fn lines_are_read() {
        let line = "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0";
        let addresses = ["127.0.0.1:8080", "127.0.0.1:50000"].map(|address| address.parse().unwrap());
        assert_eq!(entry(line), Some((addresses[0], addresses[1], true)));
        assert_eq!(entry("  sl  local_address rem_address   st"), None);
    }
}
