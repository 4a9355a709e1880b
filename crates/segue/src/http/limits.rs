//! How much one address, or one name, may ask for: enough for people, too little for a flood.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, StatusCode, request::Parts},
};
use segue_core::time::Timestamp;

use super::{App, error::Problem};

/// Failed logins that are allowed in a window for one name. A place is shared by many people, so
/// it is allowed five times as many.
const LOGINS: u32 = 8;
/// For whoever runs the server: what to look at when people are refused who should not be.
const PROXY: &str =
    "behind a proxy everybody has its address, unless it is named with --trusted-proxy";
/// The window.
const WINDOW_SECONDS: u32 = 300;
/// Names that are counted; beyond, the oldest are forgotten.
const COUNTED: usize = 10_000;

/// How the outside may come in.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Proxies whose word on where a request comes from is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Sessions of anonymous customers that one address may begin in five minutes.
    pub sessions: u32,
    /// Live sockets that one address may have open.
    pub sockets: usize,
    /// How long the head of a request may take to come in.
    pub head: Duration,
}

impl Default for Edge {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            sessions: 600,
            sockets: 1000,
            head: Duration::from_secs(30),
        }
    }
}

/// Where a request comes from: the other end of the line, or whom a trusted proxy names.
pub struct Place(pub IpAddr);

impl FromRequestParts<Arc<App>> for Place {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.ok_or_else(|| Problem::internal("a request came from nowhere"))?;
        let trusted = &app.crowd.edge.trusted_proxies;
        Ok(Self(origin(peer.0.ip(), &parts.headers, trusted)))
    }
}

/// Each proxy adds whom it heard from at the end of `X-Forwarded-For`: the last one that is not
/// a trusted proxy is as far as the word can be believed.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let is_trusted = |place: &IpAddr| trusted.contains(&place.to_canonical());
    if !is_trusted(&peer) {
        return block(peer);
    }
    let named = headers.get_all("x-forwarded-for").iter();
    let named: Vec<&str> = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut heard = peer;
    for name in named.into_iter().rev() {
        let Ok(place) = name.trim().parse::<IpAddr>() else {
            break;
        };
        heard = place;
        if !is_trusted(&place) {
            break;
        }
    }
    block(heard)
}

/// Whoever has one address of IPv6 has the 2^64 around it.
fn block(place: IpAddr) -> IpAddr {
    match place.to_canonical() {
        IpAddr::V6(place) => {
            let [a, b, c, d, ..] = place.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        place @ IpAddr::V4(_) => place,
    }
}

type Windows = HashMap<String, (Timestamp, u32)>;

/// Counts who asks for what.
#[derive(Default)]
pub struct Crowd {
    /// What is allowed.
    pub edge: Edge,
    counted: Mutex<Windows>,
    sockets: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Crowd {
    /// Nobody has asked for anything yet.
    pub fn new(edge: Edge) -> Self {
        Self {
            edge,
            ..Self::default()
        }
    }

    /// Counts an attempt to log in under a name.
    pub fn log_in(&self, email: &str, from: IpAddr, now: Timestamp) -> Result<(), Problem> {
        let mut counted = self.counted(now);
        // The place is asked first: what comes from a place that is refused is not held against
        // a name that somebody there made up.
        count(&mut counted, place(from), 5 * LOGINS, now)?;
        count(&mut counted, name(email), LOGINS, now)
    }

    /// A good login clears its name and is not held against its place; what else failed there
    /// stays counted.
    pub fn logged_in(&self, email: &str, from: IpAddr, now: Timestamp) {
        let mut counted = self.counted(now);
        counted.remove(&name(email));
        if let Some((_, count)) = counted.get_mut(&place(from)) {
            *count = count.saturating_sub(1);
        }
    }

    /// Counts a session of somebody who is not known.
    pub fn begin_session(&self, from: IpAddr, now: Timestamp) -> Result<(), Problem> {
        let most = self.edge.sessions;
        let counted = count(
            &mut self.counted(now),
            format!("sessions {from}"),
            most,
            now,
        );
        counted.map_err(|problem| problem.hint(PROXY))
    }

    /// Counts a socket for as long as the answer is kept.
    pub fn open_socket(&self, from: IpAddr) -> Result<OpenSocket, Problem> {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let open = sockets.entry(from).or_default();
        if *open >= self.edge.sockets {
            let problem = too_many("this address has too many sockets open", 5);
            return Err(problem.hint(PROXY));
        }
        *open += 1;
        let sockets = Arc::clone(&self.sockets);
        Ok(OpenSocket { from, sockets })
    }

    /// What is counted, with room for two more names.
    fn counted(&self, now: Timestamp) -> std::sync::MutexGuard<'_, Windows> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut counted, now);
        counted
    }
}

/// A socket that counts until it is dropped.
pub struct OpenSocket {
    from: IpAddr,
    sockets: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = sockets.get_mut(&self.from) {
            *open = open.saturating_sub(1);
            if *open == 0 {
                sockets.remove(&self.from);
            }
        }
    }
}

fn place(from: IpAddr) -> String {
    format!("place {from}")
}

fn name(email: &str) -> String {
    format!("name {email}")
}

fn make_room(counted: &mut Windows, now: Timestamp) {
    if counted.len() + 1 < COUNTED {
        return;
    }
    counted.retain(|_, (since, _)| now.seconds_since(*since) < WINDOW_SECONDS);
    while counted.len() + 1 >= COUNTED {
        let oldest = counted.iter().min_by_key(|(_, (since, _))| *since);
        let Some(oldest) = oldest.map(|(name, _)| name.clone()) else {
            return;
        };
        counted.remove(&oldest);
    }
}

fn count(counted: &mut Windows, name: String, most: u32, now: Timestamp) -> Result<(), Problem> {
    let (since, count) = counted.entry(name).or_insert((now, 0));
    if now.seconds_since(*since) >= WINDOW_SECONDS {
        (*since, *count) = (now, 0);
    }
    if *count >= most {
        let seconds = WINDOW_SECONDS
            .saturating_sub(now.seconds_since(*since))
            .max(1);
        return Err(too_many(
            &format!("try again in {seconds} seconds"),
            seconds,
        ));
    }
    *count += 1;
    Ok(())
}

fn too_many(detail: &str, seconds: u32) -> Problem {
    let kind = StatusCode::TOO_MANY_REQUESTS;
    let mut problem = Problem::new(kind, "too_many_attempts", "Too many attempts", detail);
    problem.retry_after = Some(seconds);
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_where_a_request_comes_from() {
        let (proxy, inner) = (ip("10.0.0.1"), ip("10.0.0.2"));
        let trusted = [proxy, inner];
        let lied = forwarded(&["198.51.100.7"]);
        let stranger = ip("203.0.113.9");
        assert_eq!(origin(stranger, &lied, &trusted), stranger);
        assert_eq!(origin(proxy, &lied, &[]), proxy);
        assert_eq!(origin(proxy, &lied, &trusted), ip("198.51.100.7"));
        let chain = forwarded(&["1.2.3.4, 203.0.113.9", "10.0.0.2"]);
        assert_eq!(
            origin(proxy, &chain, &trusted),
            stranger,
            "what is before it is only claimed"
        );
        assert_eq!(origin(proxy, &forwarded(&["nonsense"]), &trusted), proxy);
        assert_eq!(origin(proxy, &HeaderMap::new(), &trusted), proxy);
    }

    #[test]
    fn addresses_of_one_block_are_one_place() {
        let none = HeaderMap::new();
        let one = origin(ip("2001:db8:1:2:aaaa::1"), &none, &[]);
        assert_eq!(one, origin(ip("2001:db8:1:2:bbbb::9"), &none, &[]));
        assert_ne!(one, origin(ip("2001:db8:1:3::1"), &none, &[]));
        assert_eq!(origin(ip("::ffff:192.0.2.1"), &none, &[]), ip("192.0.2.1"));
    }

    #[test]
    fn a_good_login_does_not_buy_its_place_more_attempts_on_others() {
        let (crowd, from, now) = (Crowd::default(), ip("192.0.2.1"), Timestamp(0));
        let mut guesses = 0;
        for number in 0..200 {
            let other = format!("other{number}@example.org");
            if crowd.log_in(&other, from, now).is_err() {
                break;
            }
            guesses += 1;
            if crowd.log_in("own@example.org", from, now).is_ok() {
                crowd.logged_in("own@example.org", from, now);
            }
        }
        assert_eq!(guesses, 5 * LOGINS);
        let later = now.plus_seconds(WINDOW_SECONDS);
        assert!(crowd.log_in("other@example.org", from, later).is_ok());
    }

    #[test]
    fn a_name_is_counted_wherever_the_attempts_come_from() {
        let (crowd, now) = (Crowd::default(), Timestamp(0));
        let attempt = |number: u32| {
            let from = IpAddr::V4(std::net::Ipv4Addr::from(number));
            crowd.log_in("sarah@example.org", from, now)
        };
        assert!((0..LOGINS).all(|number| attempt(number).is_ok()));
        assert_eq!(attempt(LOGINS).map_err(|problem| problem.status), Err(429));
    }

    #[test]
    fn a_socket_counts_for_as_long_as_it_is_open() {
        let crowd = Crowd::new(Edge {
            sockets: 2,
            ..Edge::default()
        });
        let from = ip("192.0.2.1");
        let first = crowd.open_socket(from).ok();
        let _second = crowd.open_socket(from).ok();
        assert!(crowd.open_socket(from).is_err());
        assert!(crowd.open_socket(ip("192.0.2.2")).is_ok());
        drop(first);
        assert!(crowd.open_socket(from).is_ok());
    }
}
