//! What `abide serve` was told, settled.
//!
//! Must not open files or sockets.

use std::path::PathBuf;
use std::time::Duration;

use abide_server::ServerOptions;

use crate::commands::serve::ServerOptionsGiven;
use crate::failure::{Exit, Failure};
use crate::origins::{Offers, Origins};

/// Address that the server listens on unless told otherwise: nobody else reaches it.
const HOST: &str = "127.0.0.1";
/// Port that it listens on unless told otherwise. Ollama has the one before, so both can run.
const PORT: u16 = 11_435;
/// Answers that a model makes at a time.
const PARALLEL: usize = 16;
/// Requests that may wait for a model.
const QUEUE: usize = 64;
/// What stands for no end.
const FOREVER: &str = "forever";

/// What the server does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSettings {
    /// Address to listen on, or a name of one.
    pub host: String,
    /// Port; 0: any.
    pub port: u16,
    /// File with keys for use.
    pub api_key_file: Option<PathBuf>,
    /// File with keys for administration.
    pub admin_key_file: Option<PathBuf>,
    /// Further names of the server.
    pub allow_hosts: Vec<String>,
    /// Origins of web pages that may use it.
    pub allow_origins: Vec<String>,
    /// Answers that each model makes at a time.
    pub parallel: usize,
    /// Requests that may wait for each model.
    pub queue: usize,
    /// Models in memory at once.
    pub models_max: usize,
    /// How long a model stays after its last answer.
    pub keep_alive: Duration,
    /// How long an answer may take.
    pub timeout: Option<Duration>,
    /// How long answers may go on after a signal.
    pub grace: Duration,
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// Requests at once.
    pub requests_max: usize,
    /// Whether what is said may be logged.
    pub log_content: bool,
    /// Whether models are served alone.
    pub no_companions: bool,
}

impl ServerSettings {
    pub(super) fn weigh(
        given: ServerOptionsGiven,
        environment: ServerOptionsGiven,
        file: ServerOptionsGiven,
        origins: &mut Origins,
    ) -> Result<Self, Failure> {
        // What the three say of a field.
        macro_rules! offers {
            ($field:ident) => {
                Offers { argument: given.$field, environment: environment.$field, file: file.$field }
            };
        }
        let defaults = ServerOptions::default();
        let settings = Self {
            host: origins.choose_or("server.host", offers!(host), HOST.to_owned()),
            port: origins.choose_or("server.port", offers!(port), PORT),
            api_key_file: origins.choose(
                "server.api_key_file",
                offers!(api_key_file),
                "no key on a loopback address, else one is made",
            ),
            admin_key_file: origins.choose(
                "server.admin_key_file",
                offers!(admin_key_file),
                "every key may do everything",
            ),
            allow_hosts: origins.choose_or(
                "server.allow_hosts",
                lists(given.allow_hosts, environment.allow_hosts, file.allow_hosts),
                vec![],
            ),
            allow_origins: origins.choose_or(
                "server.allow_origins",
                lists(given.allow_origins, environment.allow_origins, file.allow_origins),
                vec![],
            ),
            parallel: origins.choose_or("server.parallel", offers!(parallel), PARALLEL),
            queue: origins.choose_or("server.queue", offers!(queue), QUEUE),
            models_max: origins.choose_or("server.models_max", offers!(models_max), defaults.models_max),
            keep_alive: time(origins, "server.keep_alive", "keep-alive", offers!(keep_alive), "5m")?,
            timeout: Some(time(origins, "server.timeout", "timeout", offers!(timeout), FOREVER)?)
                .filter(|timeout| *timeout != Duration::MAX),
            grace: time(origins, "server.grace", "grace", offers!(grace), "10s")?,
            body_bytes_max: origins
                .choose_or("server.body_limit", offers!(body_limit), defaults.body_bytes_max >> 20)
                .saturating_mul(1 << 20),
            requests_max: origins.choose_or(
                "server.requests_max",
                offers!(requests_max),
                defaults.requests_max,
            ),
            log_content: origins.choose_or("server.log_content", offers!(log_content), false),
            no_companions: origins.choose_or("server.no_companions", offers!(no_companions), false),
        };
        settings.check(origins)?;
        Ok(settings)
    }

    fn check(&self, origins: &Origins) -> Result<(), Failure> {
        let refuse = |problem: String, cure: &str| Err(Failure::new(Exit::Usage, problem).with_cure(cure));
        if let Some(host) = self.allow_hosts.iter().find(|host| !is_host(host)) {
            let place = origins.place("server.allow_hosts", "allow-host");
            return refuse(
                format!("`{host}` of {place} is no host name"),
                "name it without http:// and without a port, such as box.lan",
            );
        }
        if let Some(origin) = self.allow_origins.iter().find(|origin| !is_origin(origin)) {
            let place = origins.place("server.allow_origins", "allow-origin");
            let cure = "name it as browsers do, without a path: https://chat.example, or * for all";
            return refuse(format!("`{origin}` of {place} is no origin of web pages"), cure);
        }
        if self.timeout == Some(Duration::ZERO) {
            let place = origins.place("server.timeout", "timeout");
            return refuse(
                format!("{place} is 0, which would end every answer"),
                "leave it out for no limit",
            );
        }
        Ok(())
    }
}

/// What the three say of a list; empty ones say nothing.
fn lists(argument: Vec<String>, environment: Vec<String>, file: Vec<String>) -> Offers<Vec<String>> {
    let filled = |list: Vec<String>| (!list.is_empty()).then_some(list);
    Offers { argument: filled(argument), environment: filled(environment), file: filled(file) }
}

fn time(
    origins: &mut Origins,
    name: &'static str,
    option: &str,
    offers: Offers<String>,
    default: &str,
) -> Result<Duration, Failure> {
    let text = origins.choose_or(name, offers, default.to_owned());
    parse_time(&text).ok_or_else(|| {
        let place = origins.place(name, option);
        Failure::new(Exit::Usage, format!("{place} is `{text}`, which is no time"))
            .with_cure("write seconds (90), or a number with ms, s, m, h or d (5m), or `forever`")
    })
}

/// A number of seconds or of another unit; negative or `forever`: without end.
fn parse_time(text: &str) -> Option<Duration> {
    let text = text.trim();
    if text == FOREVER {
        return Some(Duration::MAX);
    }
    let unit_at = text.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.trim().parse().ok().filter(|number: &f64| number.is_finite())?;
    let seconds = match unit {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    if number < 0.0 {
        return Some(Duration::MAX);
    }
    // Too long to be counted is for ever.
    Some(Duration::try_from_secs_f64(number * seconds).unwrap_or(Duration::MAX))
}

/// A name or an address without port.
fn is_host(text: &str) -> bool {
    let is_address = text.parse::<std::net::IpAddr>().is_ok();
    let is_name = |character: char| character.is_ascii_alphanumeric() || "-._".contains(character);
    is_address || (!text.is_empty() && text.chars().all(is_name))
}

fn is_origin(text: &str) -> bool {
    let has_host =
        |(scheme, host): (&str, &str)| !scheme.is_empty() && !host.is_empty() && !host.contains('/');
    text == "*" || text == "null" || text.split_once("://").is_some_and(has_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_is_named_by_where_it_stands() {
        let said = |argument: Option<&str>, environment: Option<&str>, file: Option<&str>| {
            let [argument, environment, file] =
                [argument, environment, file].map(|text| text.map(str::to_owned));
            let offers = Offers { argument, environment, file };
            let mut origins = Origins::default();
            time(&mut origins, "server.keep_alive", "keep-alive", offers, "5m").unwrap_err().to_string()
        };
        assert_eq!(said(Some("abc"), None, Some("5m")), "--keep-alive is `abc`, which is no time");
        let told = said(None, Some("abc"), Some("5m"));
        assert_eq!(told, "the environment variable ABIDE_KEEP_ALIVE is `abc`, which is no time");
        let told = said(None, None, Some("abc"));
        assert_eq!(told, "`server.keep_alive` in config.toml is `abc`, which is no time");
    }

    #[test]
    fn times_have_units() {
        let seconds = |text| parse_time(text).map(|time| time.as_secs_f64());
        for (text, expected) in [
            ("90", 90.0),
            ("1.5s", 1.5),
            ("250ms", 0.25),
            ("5m", 300.0),
            ("2h", 7200.0),
            ("1d", 86_400.0),
            ("0", 0.0),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
        }
        for text in ["forever", "-1", "-5m", "99999999999999999999d"] {
            assert_eq!(parse_time(text), Some(Duration::MAX), "{text}");
        }
        for text in ["", "m", "5 minutes", "inf", "nan", "5mm"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_and_origins_are_checked() {
        assert!(["box.lan", "192.168.1.5", "fe80::1", "a-b_c"].iter().all(|host| is_host(host)));
        assert!(!["", "http://box", "box:80", "a/b", "*"].iter().any(|host| is_host(host)));
        assert!(["https://a.example", "*", "null", "app://x"].iter().all(|origin| is_origin(origin)));
        assert!(!["a.example", "https://", "https://a.example/path"].iter().any(|origin| is_origin(origin)));
    }
}
