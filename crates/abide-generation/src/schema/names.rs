//! Which names of properties a pattern can match, as far as that is plain to see. Must not know schemas.

/// Whether a name may match a pattern.
pub(super) fn may_match(pattern: &str, name: &str) -> bool {
    name.starts_with(&beginning(pattern))
}

/// Whether one name may match both patterns.
pub(super) fn may_share(one: &str, other: &str) -> bool {
    let (one, other) = (beginning(one), beginning(other));
    one.starts_with(&other) || other.starts_with(&one)
}

/// What all names begin with that match a pattern; empty where that is not plain.
fn beginning(pattern: &str) -> String {
    let Some(anchored) = pattern.strip_prefix('^').filter(|_| !pattern.contains('|')) else {
        return String::new();
    };
    let mut beginning = String::new();
    let mut rest = anchored.chars().peekable();
    while let Some(mut next) = rest.next() {
        if next == '\\' {
            // A sign with a backslash before it is that sign; letters and digits mean something else then.
            match rest.next().filter(char::is_ascii_punctuation) {
                Some(sign) => next = sign,
                None => break,
            }
        } else if !(next.is_alphanumeric() || "-_ /:,@#~".contains(next)) {
            break;
        }
        // What may be there several times or not at all is not sure.
        if rest.peek().is_some_and(|behind| "?*+{".contains(*behind)) {
            break;
        }
        beginning.push(next);
    }
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_patterns_by_their_beginnings() {
        for (pattern, known) in [
            ("^x-", "x-"),
            ("^k[0-9]$", "k"),
            ("^ab*c", "a"),
            ("^ab{2}", "a"),
            ("^a\\.b", "a.b"),
            ("^a\\d", "a"),
            ("^a|b", ""),
            ("x-", ""),
            (".*", ""),
            ("^.*$", ""),
            ("^(a)", ""),
            ("^été_", "été_"),
        ] {
            assert_eq!(beginning(pattern), known, "{pattern}");
        }
        assert!(may_match("^x-", "x-a") && !may_match("^x-", "id") && may_match("x-", "id"));
        assert!(!may_share("^a", "^b") && may_share("^a", "^ab") && may_share("^a[0-9]", "^a[a-z]"));
    }
}
