//! The part of `server check` about the network: who reaches the server, and how.

use super::report::Report;
use crate::listen::bind_error;
use crate::start;
use gatehouse::config::Config;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpListener;

pub(super) async fn check(config: &Config, report: &mut Report) {
    origin(config, report);
    listener("LEPTOS_SITE_ADDR", config.site.address, report).await;
    if let Some(address) = config.metrics_addr {
        listener("METRICS_ADDR", address, report).await;
    }
    metrics(config.metrics_addr, report);
    proxies(config, report);
}

fn origin(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "origin";
    let origin = config.public_origin.as_str();
    if config.public_origin.is_https() {
        return report
            .fine(SUBJECT, format!("{origin} is https, so browsers get HSTS for two years and Secure cookies"));
    }
    let what = format!("PUBLIC_ORIGIN {origin} is plain http, so there is no HSTS and sessions travel unencrypted");
    report.warning(SUBJECT, what, "use https in production");
}

/// An address in use is only a warning, because the running server itself may use it.
async fn listener(variable: &str, address: SocketAddr, report: &mut Report) {
    const SUBJECT: &str = "listeners";
    match TcpListener::bind(address).await {
        Ok(_) => report.fine(SUBJECT, format!("{variable} {address} is free")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let what =
                format!("{variable} {address} is in use: by the server if it runs, else by a program in its way");
            report.warning(SUBJECT, what, "if no server of yours runs, end that program or choose another port");
        }
        Err(error) => report.error(SUBJECT, bind_error(variable, address, &error)),
    }
}

/// Metrics name routes and counts. They are not public (ASVS 13.4.5).
fn metrics(address: Option<SocketAddr>, report: &mut Report) {
    const SUBJECT: &str = "metrics";
    let remedy = "bind METRICS_ADDR to the loopback or to the address of a private network";
    match address {
        None => report.fine(SUBJECT, "are turned off"),
        Some(address) if address.ip().is_loopback() => {
            report.fine(SUBJECT, format!("{address} is reached by this machine only"))
        }
        Some(address) if is_private(address.ip()) => {
            report.fine(SUBJECT, format!("{address} is an address of a private network"))
        }
        Some(address) if address.ip().is_unspecified() => {
            let what = format!("METRICS_ADDR {address} is every interface, so the metrics may be public");
            report.warning(SUBJECT, what, format!("{remedy}, or let a firewall close the port"));
        }
        Some(address) => report.warning(
            SUBJECT,
            format!("METRICS_ADDR {address} is a public address, so everybody reads them"),
            remedy,
        ),
    }
}

/// RFC 1918, RFC 3927, RFC 4193 and RFC 4291 section 2.5.6.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The command sees no request, so it can only compare the settings.
fn proxies(config: &Config, report: &mut Report) {
    const SUBJECT: &str = "proxies";
    let (hops, address) = (config.trusted_proxy_hops, config.site.address);
    match start::hops_missing(config) {
        Some(missing) => report.advice(SUBJECT, missing),
        None if hops == 0 => {
            report.fine(SUBJECT, "none is trusted, so a client counts by the address of its connection")
        }
        None if address.ip().is_loopback() => report.fine(SUBJECT, format!("{hops} may set X-Forwarded-*")),
        None => report.warning(
            SUBJECT,
            format!(
                "{hops} may set X-Forwarded-*, and a client that connects directly chooses the address that rate \
                 limits count"
            ),
            format!("see that only they reach {address}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(address: &str) -> String {
        let mut report = Report::default();
        metrics(address.parse().ok(), &mut report);
        report.to_string()
    }

    #[test]
    fn metrics_on_a_public_address_are_a_warning() {
        for address in ["", "127.0.0.1:9464", "[::1]:9464", "10.0.0.7:9464", "192.168.1.1:9464", "[fd00::1]:9464"] {
            assert!(found(address).starts_with("ok "), "{address}: {}", found(address));
        }
        for address in ["0.0.0.0:9464", "[::]:9464", "203.0.113.7:9464", "[2001:db8::1]:9464"] {
            let found = found(address);
            assert!(found.starts_with("warning ") && found.contains("METRICS_ADDR"), "{address}: {found}");
        }
    }
}
