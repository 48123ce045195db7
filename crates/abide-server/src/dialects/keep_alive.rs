//! How long a model stays in memory, as clients write it. Must not know who keeps it there.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use crate::ApiError;
use crate::guard::require_admin;
use crate::keys::Scope;

/// A number of seconds, or a text such as `5m`, `1h30m` or `300ms`. What is below zero means for ever
/// ([`Duration::MAX`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive(pub Duration);

/// Units of a duration's text and their nanoseconds; `ms` before `m`, which begins it.
const UNITS: &[(&str, f64)] = &[
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// The longest that a key for using models may have one kept after an answer. Beyond it, memory is as good as taken for ever.
const KEPT_MAX: Duration = Duration::from_hours(24);

/// Checks how long somebody with a key of `scope` has a model kept after an answer.
///
/// # Errors
/// When that takes the key for administration.
pub fn check(scope: Scope, keep_alive: Option<Duration>) -> Result<(), ApiError> {
    if keep_alive.is_some_and(|time| time > KEPT_MAX) { require_admin(scope) } else { Ok(()) }
}

impl KeepAlive {
    fn from_seconds(seconds: f64) -> Option<Self> {
        if seconds < 0.0 {
            return Some(Self(Duration::MAX));
        }
        // What no clock can count is for ever, too.
        (!seconds.is_nan()).then(|| Self(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)))
    }

    fn from_text(text: &str) -> Option<Self> {
        let is_number = text.contains(|c: char| c.is_ascii_digit());
        if let (true, Ok(seconds)) = (is_number, text.parse()) {
            return Self::from_seconds(seconds);
        }
        let (negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest.is_empty() {
            return None;
        }
        let mut nanoseconds = 0.0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
            let number: f64 = rest[..digits].parse().ok()?;
            rest = &rest[digits..];
            let (unit, factor) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
            rest = &rest[unit.len()..];
            nanoseconds += number * factor;
        }
        let seconds = nanoseconds / 1e9;
        Self::from_seconds(if negative { -seconds } else { seconds })
    }
}

impl<'de> Deserialize<'de> for KeepAlive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = KeepAlive;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter
                    .write_str("a number of seconds, or a duration such as \"5m\"; -1 for ever, 0 not at all")
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<KeepAlive, E> {
                self.visit_f64(seconds as f64)
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<KeepAlive, E> {
                self.visit_f64(seconds as f64)
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<KeepAlive, E> {
                KeepAlive::from_seconds(seconds)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Float(seconds), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<KeepAlive, E> {
                KeepAlive::from_text(text)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[track_caller]
    fn read(value: serde_json::Value) -> Duration {
        serde_json::from_value::<KeepAlive>(value).unwrap().0
    }

    #[test]
    fn numbers_are_seconds_and_below_zero_is_for_ever() {
        assert_eq!(read(json!(0)), Duration::ZERO);
        assert_eq!(read(json!(300)), Duration::from_mins(5));
        assert_eq!(read(json!(0.5)), Duration::from_millis(500));
        assert_eq!(read(json!(-1)), Duration::MAX);
        assert_eq!(read(json!(-0.5)), Duration::MAX);
        assert_eq!(read(json!(1e300)), Duration::MAX);
    }

    #[test]
    fn texts_have_units_and_may_be_numbers() {
        assert_eq!(read(json!("5m")), Duration::from_mins(5));
        assert_eq!(read(json!("1h30m")), Duration::from_mins(90));
        assert_eq!(read(json!("1.5h")), Duration::from_mins(90));
        assert_eq!(read(json!("300ms")), Duration::from_millis(300));
        assert_eq!(read(json!("10µs")), Duration::from_micros(10));
        assert_eq!(read(json!("-1m")), Duration::MAX);
        assert_eq!(read(json!("0")), Duration::ZERO);
        assert_eq!(read(json!("-1")), Duration::MAX);
        assert_eq!(read(json!("60")), Duration::from_mins(1));
        for endless in ["9".repeat(400), "9".repeat(400) + "h", format!("0.{}m", "9".repeat(400))] {
            assert!(read(json!(endless)) >= Duration::from_mins(1), "{endless}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_an_example() {
        for text in ["", "5 minutes", "m", "1..2s", "-", "NaN", "inf"] {
            let error = serde_json::from_value::<KeepAlive>(json!(text)).expect_err(text).to_string();
            assert!(error.contains("such as \"5m\""), "{text:?}: {error}");
        }
        assert!(serde_json::from_value::<KeepAlive>(json!([5])).is_err());
        assert!(serde_json::from_value::<KeepAlive>(json!(true)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-+0-9.a-zµ ]{0,20}") {
            let _ = serde_json::from_value::<KeepAlive>(json!(text));
        }
    }
}
