//! How often a stranger may open a confirmation page. Each address has its own allowance and all have one
//! together; both live in this process and take no more memory for a million addresses than for one.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// A family behind one address opens a few pages; a mobile network has many families behind one.
const EACH_AT_ONCE: NonZeroU32 = some(60);
const EACH_PER_SECOND: NonZeroU32 = some(1);

/// What the database can bear besides the calls.
const ALL_AT_ONCE: NonZeroU32 = some(300);
const ALL_PER_SECOND: NonZeroU32 = some(100);

/// Addresses share so many counters. Two that share one have half as much each; a stranger cannot choose
/// with whom, because where an address falls is another in every process.
const COUNTERS: u64 = 65_536;

/// How long an IPv6 network is: who has one address of it has them all.
const NETWORK: u32 = 64;

pub(in crate::http) struct Visitors {
    each: DefaultKeyedRateLimiter<u64>,
    all: DefaultDirectRateLimiter,
    hasher: RandomState,
    clock: DefaultClock,
}

impl Default for Visitors {
    fn default() -> Self {
        Self {
            each: RateLimiter::keyed(Quota::per_second(EACH_PER_SECOND).allow_burst(EACH_AT_ONCE)),
            all: RateLimiter::direct(Quota::per_second(ALL_PER_SECOND).allow_burst(ALL_AT_ONCE)),
            hasher: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }
}

impl Visitors {
    /// Counts a visit. The error: how long to wait before the next.
    pub(super) fn admit(&self, address: Option<IpAddr>) -> Result<(), Duration> {
        let counter = self.hasher.hash_one(address.map(network)) % COUNTERS;
        let now = self.clock.now();
        self.each.check_key(&counter).map_err(|until| until.wait_time_from(now))?;
        self.all.check().map_err(|until| until.wait_time_from(now))
    }
}

/// Who asks: whoever connects, or whom our own proxy says that it speaks for. Entries before the last are
/// the client's own words.
pub(super) fn client_address(request: &HttpRequest, header: Option<&str>) -> Option<IpAddr> {
    let told = header.and_then(|name| {
        let last = request.headers().get_all(name).last()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    });
    told.or_else(|| request.peer_addr().map(|peer| peer.ip()))
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let kept = u128::MAX << (Ipv6Addr::BITS - NETWORK);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & kept))
        }
        v4 => v4,
    }
}

const fn some(n: u32) -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(n.saturating_sub(1))
}
