//! Who is at the other end of the wire.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

/// The browser's address: the wire's other end, or what the outermost of our own proxies has seen.
///
/// `X-Forwarded-For` is believed only as far as our own proxies have written it: with `proxies` of them in front, the
/// entry that many places from the right is theirs. What stands further left came from the browser.
#[must_use]
pub fn address(peer: SocketAddr, headers: &HeaderMap, proxies: usize) -> IpAddr {
    if proxies == 0 {
        return peer.ip();
    }
    let written = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = written.flat_map(|value| value.split(',')).map(str::trim).collect();
    let seen = entries.len().checked_sub(proxies).and_then(|place| entries.get(place));
    seen.and_then(|entry| entry.parse().ok()).unwrap_or_else(|| peer.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(forwarded: &[&'static str], proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", http::HeaderValue::from_static(line));
        }
        address(SocketAddr::from(([10, 0, 0, 9], 80)), &headers, proxies).to_string()
    }

    #[test]
    fn without_a_proxy_nobody_may_say_who_they_are() {
        assert_eq!(seen(&["203.0.113.7"], 0), "10.0.0.9");
    }

    #[test]
    fn only_what_our_own_proxies_wrote_is_believed() {
        assert_eq!(seen(&["198.51.100.1, 203.0.113.7"], 1), "203.0.113.7");
        assert_eq!(seen(&["198.51.100.1", "203.0.113.7, 10.0.0.2"], 2), "203.0.113.7");
        assert_eq!(seen(&["2001:db8::1"], 1), "2001:db8::1");
    }

    #[test]
    fn nonsense_and_silence_fall_back_to_the_wire() {
        assert_eq!(seen(&["unknown"], 1), "10.0.0.9");
        assert_eq!(seen(&[], 1), "10.0.0.9");
        assert_eq!(seen(&["203.0.113.7"], 2), "10.0.0.9");
    }
}
