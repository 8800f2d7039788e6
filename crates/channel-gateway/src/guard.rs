//! Which addresses may be called on a stranger's word (security.md §7): public ones, by https, and the vendors that the
//! operator set, wherever those are.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Ports of https.
const PORTS: [u16; 2] = [443, 8443];

/// The operator's own addresses: host and port, exactly.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exempt(Arc<[(String, u16)]>);

impl Exempt {
    pub(crate) fn new<'a>(urls: impl IntoIterator<Item = &'a Url>) -> Self {
        Self(urls.into_iter().filter_map(place).collect())
    }

    pub(crate) fn contains(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https") && place(url).is_some_and(|place| self.0.contains(&place))
    }
}

fn place(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_ascii_lowercase(), url.port_or_known_default()?))
}

/// Whether an address may be called, as far as it tells by itself; names are looked at when they are resolved.
///
/// # Errors
/// What is wrong with it. The words name no part of it.
pub(crate) fn permit(url: &Url) -> Result<(), &'static str> {
    if url.scheme() != "https" {
        return Err("it is not https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a name or a password");
    }
    if !url.port_or_known_default().is_some_and(|port| PORTS.contains(&port)) {
        return Err("its port is not one of https");
    }
    match url.host() {
        Some(Host::Domain(_)) => Ok(()),
        Some(Host::Ipv4(ip)) if is_public(IpAddr::V4(ip)) => Ok(()),
        Some(Host::Ipv6(ip)) if is_public(IpAddr::V6(ip)) => Ok(()),
        Some(_) => Err("it leads inside"),
        None => Err("it has no host"),
    }
}

/// Resolves names, and gives no address away unless all of them are public. The connection is made to one of those that
/// were looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(boxed)?.collect();
            if found.is_empty() || found.iter().any(|address| !is_public(address.ip())) {
                return Err("the name leads inside".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn boxed(error: std::io::Error) -> Box<dyn Error + Send + Sync> {
    error.into()
}

/// Whether an address belongs to somebody on the internet, and not to us, our network, or nobody.
pub(crate) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a, b, c) == (192, 88, 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// Global unicast (2000::/3), without documentation, and without IPv4 in disguise (6to4, Teredo and their kin).
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    (0x2000..0x4000).contains(&a)
        && a != 0x2002
        && !(a == 0x2001 && b < 0x0200)
        && !(a == 0x2001 && b == 0x0db8)
        && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_ours_of_nobody_and_in_disguise_are_not_called() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in
            ["8.8.8.8", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "2a03:2880::1"]
        {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn only_plain_https_is_called_on_a_stranger_s_word() {
        let permit = |url: &str| permit(&url.parse().unwrap());
        assert_eq!(permit("https://cdn.example.com/a?b=c"), Ok(()));
        for url in [
            "http://cdn.example.com/",
            "https://cdn.example.com:22/",
            "https://me:pw@cdn.example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "ftp://cdn.example.com/",
        ] {
            assert!(permit(url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_operator_s_address_is_exempt_with_its_port_alone() {
        let exempt = Exempt::new(&["http://127.0.0.1:8090/graph".parse().unwrap()]);
        assert!(exempt.contains(&"http://127.0.0.1:8090/file".parse().unwrap()));
        assert!(!exempt.contains(&"http://127.0.0.1:5432/".parse().unwrap()));
        assert!(!exempt.contains(&"http://127.0.0.2:8090/".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved() {
        assert!(PublicOnly.resolve("localhost".parse().unwrap()).await.is_err());
    }
}
