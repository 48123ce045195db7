//! Keys are made once, for nobody else, and open with the right passphrase alone.

use std::fs;

use super::*;

const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 8, iterations: 1, lanes: 1 };

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text).unwrap()
}

#[test]
fn a_key_is_made_once_and_for_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    assert_eq!(key_protection(&database).unwrap(), KeyProtection::Missing);
    let made = open_or_create_key(&database, None).unwrap();
    assert_eq!(open_or_create_key(&database, None).unwrap(), made);
    assert_eq!(key_protection(&database).unwrap(), KeyProtection::FilePermissions);
    assert!(matches!(create_key(&database, None, CHEAP), Err(KeyError::Exists { .. })));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = key_file_path(&database);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let exposed = open_or_create_key(&database, None).unwrap_err();
        assert!(matches!(exposed, KeyError::Exposed { mode: 0o640, .. }), "{exposed}");
    }
}

#[test]
fn threads_that_begin_together_get_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    let keys: Vec<DatabaseKey> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| open_or_create_key(&database, None).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_database_without_its_key_gets_no_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    fs::write(&database, "something").unwrap();
    assert!(matches!(open_or_create_key(&database, None), Err(KeyError::Missing { .. })));
    assert!(matches!(create_key(&database, None, CHEAP), Err(KeyError::Missing { .. })));
    assert!(!key_file_path(&database).exists());
}

#[test]
fn a_passphrase_locks_and_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    let key = create_key(&database, Some(&passphrase("one")), CHEAP).unwrap();
    assert_eq!(key_protection(&database).unwrap(), KeyProtection::Passphrase);
    let open = |text: Option<&str>| open_or_create_key(&database, text.map(passphrase).as_ref());
    assert_eq!(open(Some("one")).unwrap(), key);
    assert!(matches!(open(Some("two")), Err(KeyError::WrongPassphrase { .. })));
    assert!(matches!(open(None), Err(KeyError::PassphraseNeeded { .. })));
    let change = |old: Option<&str>, new: Option<&str>| {
        change_passphrase(&database, old.map(passphrase).as_ref(), new.map(passphrase).as_ref(), CHEAP)
    };
    assert!(matches!(change(Some("two"), Some("three")), Err(KeyError::WrongPassphrase { .. })));
    change(Some("one"), Some("two")).unwrap();
    assert_eq!(open(Some("two")).unwrap(), key);
    change(Some("two"), None).unwrap();
    assert_eq!(open(None).unwrap(), key);
    change(None, Some("four")).unwrap();
    assert_eq!(open(Some("four")).unwrap(), key);
    let text = fs::read_to_string(key_file_path(&database)).unwrap();
    assert!(!text.contains("four"));
    assert_eq!(format!("{key:?} {:?}", passphrase("four")), "DatabaseKey(…) Passphrase(…)");
}

#[test]
fn files_that_are_no_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    create_key(&database, Some(&passphrase("one")), CHEAP).unwrap();
    let path = key_file_path(&database);
    let good = fs::read_to_string(&path).unwrap();
    let bad = [
        String::new(),
        "{}".to_owned(),
        good.replace("\"abide_key\": 1", "\"abide_key\": 2"),
        good.replace("\"memory_kib\": 8", "\"memory_kib\": 4000000000"),
        good.replace("\"lanes\": 1", "\"lanes\": 0"),
        good.replace("\"salt\": \"", "\"salt\": \"AAAA"),
        "{\"abide_key\": 1, \"key\": \"AAAA\"}".to_owned(),
        format!("{{\"abide_key\": 1, \"key\": \"{}\"}}", "A".repeat(10_000)),
    ];
    for text in bad {
        fs::write(&path, &text).unwrap();
        let error = open_or_create_key(&database, Some(&passphrase("one"))).unwrap_err();
        assert!(matches!(error, KeyError::BadFile { .. } | KeyError::Derivation(_)), "{text}: {error}");
    }
    fs::write(&path, good).unwrap();
    open_or_create_key(&database, Some(&passphrase("one"))).unwrap();
}

#[test]
fn a_database_that_is_gone_is_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    let key = open_or_create_key(&database, None).unwrap();
    // A first start that was interrupted before the database was there, or before anything was in it.
    assert_eq!(open_or_create_key(&database, None).unwrap(), key);
    fs::write(&database, "").unwrap();
    assert_eq!(open_or_create_key(&database, None).unwrap(), key);
    fs::write(&database, "something").unwrap();
    database_made(&database).unwrap();
    assert_eq!(open_or_create_key(&database, None).unwrap(), key);
    database_made(&database).unwrap();
    let gone = || matches!(open_or_create_key(&database, None), Err(KeyError::DatabaseGone { .. }));
    fs::write(&database, "").unwrap();
    assert!(gone());
    fs::remove_file(&database).unwrap();
    assert!(gone() && !database.exists());
}

#[test]
fn a_passphrase_opens_however_its_characters_are_written() {
    // One text, composed, decomposed, and with the space of another keyboard.
    let forms =
        ["caf\u{e9} au lait", "cafe\u{301} au lait", "caf\u{e9}\u{a0}au lait", "cafe\u{301}\u{3000}au lait"];
    for made in forms {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("companions.db");
        let key = create_key(&database, Some(&passphrase(made)), CHEAP).unwrap();
        for typed in forms {
            assert_eq!(
                open_or_create_key(&database, Some(&passphrase(typed))).unwrap(),
                key,
                "{made} {typed}"
            );
        }
        let other = open_or_create_key(&database, Some(&passphrase("cafe au lait")));
        assert!(matches!(other, Err(KeyError::WrongPassphrase { .. })));
    }
    // Forms that look alike are not one text: RFC 8265 keeps them apart.
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("companions.db");
    create_key(&database, Some(&passphrase("\u{ff21}bc")), CHEAP).unwrap();
    let plain = open_or_create_key(&database, Some(&passphrase("Abc")));
    assert!(matches!(plain, Err(KeyError::WrongPassphrase { .. })));
}

/// What was locked before passphrases had a form of their own: with the characters as they were typed.
#[test]
fn what_was_locked_as_it_was_typed_opens() {
    for made in ["cafe\u{301}", "caf\u{e9}", "caf\u{e9}\u{a0}noir"] {
        let kdf = PassphraseKdf::random(CHEAP).unwrap();
        let parameters = argon2::Params::new(8, 1, 1, Some(KEY_BYTES)).unwrap();
        let mut old = [0; KEY_BYTES];
        argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, parameters)
            .hash_password_into(made.as_bytes(), &kdf.salt, &mut old)
            .unwrap();
        let opens = |typed: &str| {
            kdf.open_with(&passphrase(typed), |key| (*key == old).then_some(())).unwrap().is_some()
        };
        assert!(opens(made), "{made:?}");
        assert!(!opens("cafe"));
        if !made.contains('\u{a0}') {
            assert!(opens("cafe\u{301}") && opens("caf\u{e9}"), "{made:?}, typed on another system");
        }
    }
}

#[test]
fn other_keys_are_sealed_under_the_database_s() {
    let (key, other) = (DatabaseKey::new([1; 32]), DatabaseKey::new([2; 32]));
    let sealed = key.seal("caches", &[7; 32]).unwrap();
    assert_eq!(key.unseal("caches", &sealed).as_deref(), Some(&[7; 32]));
    assert_ne!(key.seal("caches", &[7; 32]).unwrap(), sealed, "a nonce of its own");
    assert!(!sealed.windows(4).any(|bytes| bytes == [7; 4]));
    assert_eq!((other.unseal("caches", &sealed), key.unseal("others", &sealed)), (None, None));
    for length in 0..sealed.len() {
        assert_eq!(key.unseal("caches", &sealed[..length]), None);
        let mut changed = sealed;
        changed[length] ^= 1;
        assert_eq!(key.unseal("caches", &changed), None, "bit in byte {length}");
    }
}
