//! Where a request comes from, seen through the proxies the operator trusts.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header::HeaderMap};

use crate::settings::Network;

/// The client's address: the peer itself, or, where the peer is a trusted proxy, the nearest address in
/// `X-Forwarded-For` that is not one.
#[must_use]
pub fn of(request: &HttpRequest, trusted: &[Network]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    Some(behind(peer, request.headers(), trusted))
}

fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let forwarded: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    // From our end: each hop was written by the one after it, so trust ends at the first stranger.
    for hop in forwarded.iter().rev() {
        if !is_trusted(nearest) {
            break;
        }
        match hop.parse() {
            Ok(address) => nearest = address,
            Err(_) => break,
        }
    }
    nearest.to_canonical()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_can_write_what_he_likes() {
        assert_eq!(seen("203.0.113.9", &["127.0.0.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["127.0.0.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn the_proxy_says_who_it_is_and_what_the_client_wrote_before_does_not_count() {
        assert_eq!(seen("10.0.0.2", &["127.0.0.1, 198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.2", &["1.1.1.1", "198.51.100.7, 10.0.0.3"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn nonsense_from_a_proxy_leaves_the_proxy() {
        assert_eq!(seen("10.0.0.2", &["unknown"], &["10.0.0.0/8"]), "10.0.0.2");
        assert_eq!(seen("10.0.0.2", &[], &["10.0.0.0/8"]), "10.0.0.2");
    }
}
