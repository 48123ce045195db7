//! The store on disk: sharing, removing, verifying, and manifests that nobody here wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use abide_models::{Entry, FileState, ModelId, StoreError};
use proptest::prelude::*;

use super::support::{Home, entry, names, nowhere, pull, put_in_cache, sha256, weights};

fn id(text: &str) -> ModelId {
    text.parse().unwrap()
}

/// A model of the files that `seeds` name.
fn model_of(id: &str, seeds: &BTreeSet<u64>) -> Entry {
    let file = |seed: &u64| {
        let sha256 = sha256(&weights(*seed, 64));
        format!(r#"{{ name = "f{seed}.gguf", size = 64, sha256 = "{sha256}" }}"#)
    };
    let files: Vec<String> = seeds.iter().map(file).collect();
    let paths: Vec<String> = seeds.iter().map(|seed| format!(r#""f{seed}.gguf""#)).collect();
    let source = format!(r#"{{ hf = "owner/name", files = [{}] }}"#, paths.join(", "));
    entry(id, &files.join(", "), &source)
}

/// Installs models out of a hub cache: no network, no process.
struct Shelf {
    home: Home,
    cache: tempfile::TempDir,
}

impl Shelf {
    fn new() -> Self {
        let cache = tempfile::tempdir().unwrap();
        for seed in 0..4 {
            put_in_cache(cache.path(), &format!("f{seed}.gguf"), &weights(seed, 64));
        }
        Self { home: Home::new(), cache }
    }

    fn install(&self, id: &str, seeds: &[u64]) {
        let seeds = seeds.iter().copied().collect();
        let mut hub = nowhere();
        hub.cache = Some(self.cache.path().to_owned());
        pull(&self.home.store, &model_of(id, &seeds), hub).0.unwrap();
    }

    fn blob(&self, seed: u64) -> std::path::PathBuf {
        self.home.store.root().join("blobs").join(format!("sha256-{}", sha256(&weights(seed, 64))))
    }
}

#[test]
fn shared_bytes_are_kept_once_and_as_long_as_they_are_needed() {
    let shelf = Shelf::new();
    shelf.install("one", &[0, 1]);
    shelf.install("two", &[1, 2]);
    assert_eq!(shelf.home.names("blobs").len(), 3);
    let removed = shelf.home.store.remove(&id("one")).unwrap();
    assert_eq!((removed.freed_bytes, removed.shared.len()), (64, 1));
    assert_eq!(shelf.home.names("blobs").len(), 2);
    let two = shelf.home.store.resolve(&id("two")).unwrap().unwrap();
    assert_eq!(fs::read(&two.file("f1.gguf").unwrap().path).unwrap(), weights(1, 64));
    shelf.home.store.remove(&id("two")).unwrap();
    shelf.home.assert_empty();
    assert!(matches!(shelf.home.store.remove(&id("two")), Err(StoreError::NotInstalled(_))));
}

#[test]
fn a_file_that_another_model_brought_is_not_fetched_again() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    let (model, ear) = pull(&shelf.home.store, &model_of("two", &BTreeSet::from([0])), nowhere());
    assert_eq!(fs::read(&model.unwrap().main_file().path).unwrap(), weights(0, 64));
    assert!(ear.heard("is already in"));
}

#[test]
fn damage_is_found_and_pulling_mends_it() {
    let shelf = Shelf::new();
    shelf.install("one", &[0, 1]);
    let store = &shelf.home.store;
    fs::remove_file(shelf.blob(0)).unwrap(); // its bytes are linked to the cache's
    fs::write(shelf.blob(0), [7; 64]).unwrap();
    fs::remove_file(shelf.blob(1)).unwrap();
    let mut last = (0, 0);
    let checks = store.verify(&id("one"), |done, total| {
        last = (done, total);
        true
    });
    let states: Vec<_> = checks.unwrap().into_iter().map(|check| check.state).collect();
    assert_eq!(states, [FileState::Changed { found: sha256(&[7; 64]) }, FileState::Missing]);
    assert_eq!(last, (64, 128));
    assert!(matches!(store.resolve(&id("one")), Err(StoreError::Damaged { .. })));
    assert!(store.list().unwrap()[0].model.is_err());
    shelf.install("one", &[0, 1]);
    let states = store.verify(&id("one"), |_, _| true).unwrap();
    assert!(states.iter().all(|check| check.state == FileState::Intact));
    assert_eq!(fs::read(shelf.home.store.root().join("views/one/f0.gguf")).unwrap(), weights(0, 64));
}

#[test]
fn verifying_stops_when_told() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    assert!(matches!(shelf.home.store.verify(&id("one"), |_, _| false), Err(StoreError::Cancelled)));
    assert!(matches!(shelf.home.store.verify(&id("two"), |_, _| true), Err(StoreError::NotInstalled(_))));
}

#[test]
fn lost_names_are_put_back() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    fs::remove_dir_all(shelf.home.store.root().join("views/one")).unwrap();
    let one = shelf.home.store.resolve(&id("one")).unwrap().unwrap();
    assert_eq!(fs::read(&one.main_file().path).unwrap(), weights(0, 64));
}

#[test]
fn nothing_is_deleted_while_a_manifest_can_not_be_read() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    shelf.install("two", &[1]);
    let path = shelf.home.store.root().join("manifests/two.json");
    fs::write(&path, "{").unwrap();
    let error = shelf.home.store.remove(&id("one")).unwrap_err();
    assert!(matches!(&error, StoreError::Manifest { path: named, .. } if *named == path), "{error}");
    assert!(shelf.home.store.resolve(&id("one")).unwrap().is_some());
    shelf.home.store.remove(&id("two")).unwrap();
    shelf.home.store.remove(&id("one")).unwrap();
}

#[test]
fn hostile_manifests_are_refused() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    let path = shelf.home.store.root().join("manifests/one.json");
    let good = fs::read_to_string(&path).unwrap();
    let digest = sha256(&weights(0, 64)).to_string();
    let name = r#""name": "f0.gguf""#;
    assert!(good.contains(name) && good.contains(&digest), "{good}");
    let duplicated = format!(r#"{{ {name}, "sha256": "{digest}", "size": 64 }}, {{ {name}"#);
    let hostile = [
        good.replace(name, r#""name": "../../../etc/passwd""#),
        good.replace(name, r#""name": "..""#),
        good.replace(name, r#""name": """#),
        good.replace(&digest, "../../../../etc/passwd"),
        good.replace(&digest, &"0".repeat(63)),
        good.replace("\"size\": 64", "\"size\": -1"),
        good.replace("\"size\": 64", "\"size\": 1e30"),
        good.replace("\"version\": 1", "\"version\": 2"),
        good.replace("\"id\": \"one\"", "\"id\": \"two\""),
        good.replace("\"id\": \"one\"", "\"id\": \"../one\""),
        good.replace("\"source\"", "\"unknown\": 1, \"source\""),
        good.replace(&format!("{{\n      {name}"), &duplicated),
        format!("{good}{}", " ".repeat(2 << 20)),
        "[".repeat(100_000),
        String::new(),
    ];
    for text in hostile {
        assert_ne!(text, good);
        fs::write(&path, &text).unwrap();
        let resolved = shelf.home.store.resolve(&id("one"));
        assert!(
            matches!(resolved, Err(StoreError::Manifest { .. })),
            "{resolved:?}: {}",
            &text[..text.len().min(400)]
        );
    }
    fs::write(&path, good).unwrap();
    assert!(shelf.home.store.resolve(&id("one")).unwrap().is_some());
}

#[test]
fn foreign_names_in_the_store_are_left_alone() {
    let shelf = Shelf::new();
    shelf.install("one", &[0]);
    for foreign in
        ["manifests/.hidden", "manifests/UPPER.json", "manifests/notes.txt", "partial/Bad Name", "blobs/x"]
    {
        fs::write(shelf.home.store.root().join(foreign), "x").unwrap();
    }
    assert_eq!(shelf.home.store.list().unwrap().len(), 1);
    assert_eq!(shelf.home.store.unfinished().unwrap(), []);
    shelf.home.store.remove(&id("one")).unwrap();
    assert_eq!(shelf.home.names("blobs"), ["x"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Whatever is installed and removed: blobs are exactly those that installed models name, and
    /// every model reads back.
    #[test]
    fn the_layout_holds(steps in prop::collection::vec((0..3_usize, prop::option::of(prop::collection::btree_set(0..4_u64, 1..4))), 1..10)) {
        let shelf = Shelf::new();
        let mut expected: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
        for (which, seeds) in steps {
            let name = format!("model-{which}");
            if let Some(seeds) = seeds {
                // An installed model stays as it is: pulling it again does nothing.
                shelf.install(&name, &seeds.iter().copied().collect::<Vec<_>>());
                expected.entry(which).or_insert(seeds);
            } else {
                let was_there = expected.remove(&which).is_some();
                prop_assert_eq!(shelf.home.store.remove(&id(&name)).is_ok(), was_there);
            }
            let mut blobs: Vec<String> = expected
                .values()
                .flatten()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(|seed| format!("sha256-{}", sha256(&weights(*seed, 64))))
                .collect();
            blobs.sort();
            prop_assert_eq!(shelf.home.names("blobs"), blobs);
            prop_assert_eq!(shelf.home.names("partial"), [""; 0]);
            let listed = shelf.home.store.list().unwrap();
            prop_assert_eq!(listed.len(), expected.len());
            for (listed, (which, seeds)) in listed.into_iter().zip(&expected) {
                let model = listed.model.unwrap();
                prop_assert_eq!(model.id.to_string(), format!("model-{which}"));
                prop_assert_eq!(names(&model.directory), seeds.iter().map(|seed| format!("f{seed}.gguf")).collect::<Vec<_>>());
                for (file, seed) in model.files.iter().zip(seeds) {
                    prop_assert_eq!(fs::read(&file.path).unwrap(), weights(*seed, 64));
                }
            }
        }
    }

    #[test]
    fn no_bytes_in_a_manifest_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let home = Home::new();
        fs::write(home.store.root().join("manifests/x.json"), bytes).unwrap();
        prop_assert!(home.store.resolve(&id("x")).is_err());
        prop_assert!(home.store.list().unwrap()[0].model.is_err());
        prop_assert!(home.store.remove(&id("x")).is_ok());
    }
}
