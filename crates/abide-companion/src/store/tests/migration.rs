//! Databases of every earlier version open, with what was in them.

use std::path::{Path, PathBuf};

use super::super::connection::connect;
use super::super::migrations::{STEPS, VERSION};
use super::super::*;
use crate::keys::DatabaseKey;
use crate::transcript::ClientChat;

/// What a program of each version may have left, as SQL for its own schema. A new step comes with a new sample.
/// The second one brought no table.
const SAMPLES: &[&str] = &[
    include_str!("samples/0001.sql"),
    include_str!("samples/0001.sql"),
    include_str!("samples/0003.sql"),
    include_str!("samples/0004.sql"),
];

fn database_of(version: usize, folder: &Path, key: &DatabaseKey) -> PathBuf {
    let path = folder.join(format!("version-{version}.db"));
    let connection = connect(&path, key).unwrap();
    STEPS[..version].iter().for_each(|step| connection.execute_batch(step).unwrap());
    connection.pragma_update(None, "user_version", version as u32).unwrap();
    path
}

#[test]
fn every_earlier_version_is_brought_here() {
    assert_eq!(SAMPLES.len(), STEPS.len(), "each version has a sample");
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::random().unwrap();
    for version in 0..=STEPS.len() {
        let path = database_of(version, folder.path(), &key);
        if version == 0 {
            assert_eq!(Store::open(&path, key.clone()).unwrap().companions().unwrap(), []);
            continue;
        }
        connect(&path, &key).unwrap().execute_batch(SAMPLES[version - 1]).unwrap();
        let store = Store::open(&path, key.clone()).unwrap();
        store.check().unwrap();
        let companion = store.companions().unwrap()[0].clone();
        assert_eq!(companion.name, "Sample");
        let path = store.path_tail(companion.id, 9).unwrap();
        let texts: Vec<&str> = path.iter().map(|message| &*message.content.text).collect();
        assert_eq!(texts, ["Hello", "Hello yourself"]);
        let chats: Vec<_> = path.iter().map(|message| message.content.chat).collect();
        assert_eq!(chats, [(version >= 3).then_some(ClientChat::Begins), None]);
        assert_eq!(store.facts(companion.id, FactFilter::default()).unwrap()[0].content.value, "tea");
        assert_eq!(store.search(companion.id, "yourself", 9).unwrap().len(), 1);
        assert_eq!(store.persona(companion.id).unwrap().persona["name"], "Sample");
    }
}

#[test]
fn a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = DatabaseKey::random().unwrap();
    let path = database_of(STEPS.len(), folder.path(), &key);
    connect(&path, &key).unwrap().pragma_update(None, "user_version", VERSION + 1).unwrap();
    let error = Store::open(&path, key).err().unwrap();
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
}
