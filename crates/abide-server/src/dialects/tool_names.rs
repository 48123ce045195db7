//! Names of tools as the stricter dialects have them. Must not know tools.

use crate::ApiError;

/// Refuses a name, which stands at `path`, that is not of 1 to `bytes_max` letters, digits, `_` and `-`.
pub fn check(name: &str, bytes_max: usize, path: &str) -> Result<(), ApiError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=bytes_max).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let problem = format!("must be 1 to {bytes_max} letters (a-z, A-Z), digits, `_` and `-`");
    Err(ApiError::invalid(path, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["a", "get_weather-2", &"x".repeat(64)] {
            assert!(check(name, 64, "tools[0].name").is_ok(), "{name}");
        }
        for name in ["", "a b", "fs.read", "a:b", "é", &"x".repeat(65)] {
            let error = check(name, 64, "tools[0].name").unwrap_err();
            assert_eq!(error.field.as_deref(), Some("tools[0].name"), "{name}");
        }
        assert!(check(&"x".repeat(65), 128, "tools[0].name").is_ok());
    }
}
