//! Secrets that clients show, and what each of them allows. Must not know requests.

use std::fmt;

use subtle::{Choice, ConstantTimeEq as _};

/// What a key allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Using models.
    Use,
    /// Also fetching, loading and deleting them.
    Admin,
}

/// The keys that a server knows. Comparing takes the same time wherever two keys differ.
#[derive(Clone, Default)]
pub struct Keys {
    keys: Vec<(Scope, String)>,
}

impl Keys {
    /// These keys. Empty ones are left out: they would open the server to everybody.
    pub fn new(keys: impl IntoIterator<Item = (Scope, String)>) -> Self {
        Self { keys: keys.into_iter().filter(|(_, key)| !key.is_empty()).collect() }
    }

    /// What whoever shows no key may do, or one that is not known; `None`: nothing. Where no key is for use, nobody is asked for one
    /// to use models.
    pub fn open_scope(&self) -> Option<Scope> {
        match (self.has(Scope::Use), self.has(Scope::Admin)) {
            (true, _) => None,
            (false, true) => Some(Scope::Use),
            (false, false) => Some(Scope::Admin),
        }
    }

    fn has(&self, wanted: Scope) -> bool {
        self.keys.iter().any(|(scope, _)| *scope == wanted)
    }

    /// What `shown` allows; `None`: it is not known. Where no key is for administration, those for use are.
    pub fn scope_of(&self, shown: &str) -> Option<Scope> {
        let (mut any, mut admin) = (Choice::from(0), Choice::from(0));
        for (scope, key) in &self.keys {
            let same = key.as_bytes().ct_eq(shown.as_bytes());
            any |= same;
            admin |= same & Choice::from(u8::from(*scope == Scope::Admin));
        }
        match (bool::from(any), bool::from(admin)) {
            (false, _) => None,
            (true, false) if self.has(Scope::Admin) => Some(Scope::Use),
            (true, _) => Some(Scope::Admin),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} keys", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_scopes() {
        let both = Keys::new([(Scope::Use, "use".to_owned()), (Scope::Admin, "admin".to_owned())]);
        assert_eq!(both.scope_of("use"), Some(Scope::Use));
        assert_eq!(both.scope_of("admin"), Some(Scope::Admin));
        for unknown in ["", "us", "used", "Use"] {
            assert_eq!(both.scope_of(unknown), None, "{unknown}");
        }
        let one = Keys::new([(Scope::Use, "use".to_owned())]);
        assert_eq!(one.scope_of("use"), Some(Scope::Admin), "one key is for everything");
        let admin = Keys::new([(Scope::Admin, "admin".to_owned())]);
        assert_eq!(admin.scope_of("admin"), Some(Scope::Admin));
        let open = [&both, &one, &admin, &Keys::new([(Scope::Use, String::new())])].map(Keys::open_scope);
        assert_eq!(open, [None, None, Some(Scope::Use), Some(Scope::Admin)]);
        assert_eq!(format!("{both:?}"), "2 keys", "keys are never logged");
    }
}
