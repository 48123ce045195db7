//! Numbers as people read them.
//!
//! Must not know what they measure.

use std::time::Duration;

/// Bytes in decimal units with three digits: `105 MB`, `1.21 GB`.
pub fn bytes(bytes: u64) -> String {
    scaled(bytes as f64, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB", "EB"], " ")
}

/// A count with three digits: `135M`, `1.54B`.
pub fn count(count: u64) -> String {
    scaled(count as f64, 1000.0, &["", "k", "M", "B", "T"], "")
}

/// A duration with three digits: `12.3 ms`, `1.23 s`, `4 min 5 s`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 1.0 {
        format!("{} ms", three_digits(seconds * 1000.0))
    } else if seconds < 60.0 {
        format!("{} s", three_digits(seconds))
    } else {
        format!("{} min {} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

/// How long ago something was, to a person: `5 minutes ago`.
pub fn age(seconds: u64) -> String {
    let ago = |count: u64, unit: &str| format!("{} ago", plural(count as usize, unit));
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => ago(seconds / 60, "minute"),
        3600..86_400 => ago(seconds / 3600, "hour"),
        _ => ago(seconds / 86_400, "day"),
    }
}

/// Milliseconds, with their fraction.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// `count` things in `duration`, per second; `None` where nothing was measured.
pub fn rate(count: usize, duration: Duration) -> Option<f64> {
    (count > 0 && !duration.is_zero()).then(|| count as f64 / duration.as_secs_f64())
}

/// `1 token`, `2 tokens`.
pub fn plural(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

fn scaled(mut value: f64, step: f64, units: &[&str], gap: &str) -> String {
    let mut unit = 0;
    // 999.5 would be written as 1000.
    while value >= step - 0.5 && unit + 1 < units.len() {
        value /= step;
        unit += 1;
    }
    let number = if unit == 0 { format!("{value:.0}") } else { three_digits(value) };
    if units[unit].is_empty() { number } else { format!("{number}{gap}{}", units[unit]) }
}

fn three_digits(value: f64) -> String {
    let decimals = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_keep_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (91_727_968, "91.7 MB"),
            (999_499_999, "999 MB"),
            (999_500_000, "1.00 GB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (value, expected) in cases {
            assert_eq!(bytes(value), expected);
        }
    }

    #[test]
    fn counts_and_durations() {
        assert_eq!(count(134_515_008), "135M");
        assert_eq!(count(12), "12");
        assert_eq!(count(30_500_000_000), "30.5B");
        assert_eq!(duration(Duration::from_micros(1234)), "1.23 ms");
        assert_eq!(duration(Duration::from_millis(12_345)), "12.3 s");
        assert_eq!(duration(Duration::from_secs(245)), "4 min 5 s");
    }

    #[test]
    fn rates_need_something_measured() {
        assert_eq!(rate(10, Duration::from_secs(2)), Some(5.0));
        assert_eq!(rate(0, Duration::from_secs(2)), None);
        assert_eq!(rate(10, Duration::ZERO), None);
        assert_eq!((plural(1, "token"), plural(0, "token")), ("1 token".to_owned(), "0 tokens".to_owned()));
    }
}
