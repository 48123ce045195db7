//! Files and the index over them, without a model: a block's bytes say which block they are.

#![allow(clippy::single_range_in_vec_init, reason = "lists of ranges, of which some have one")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use super::file::{PartReader, PartWriter};
use super::format::{Description, HEAD_BYTES, Identity};
use super::index::{Index, Plans};
use super::*;
use crate::cache_contents::{ContentsDescription, GroupContents};

const SIZE: usize = 32;
const BYTES: usize = 100;

fn contents(windows: &[Option<usize>]) -> ContentsDescription {
    ContentsDescription {
        spec: "spec".to_owned(),
        kind: "kind".to_owned(),
        block_positions: SIZE,
        groups: windows.iter().map(|&window| GroupContents { window, block_bytes: BYTES }).collect(),
    }
}

fn identity(windows: &[Option<usize>]) -> Identity {
    Identity::new([3; 32], contents(windows)).unwrap()
}

fn keys() -> Arc<Keys> {
    Arc::new(Keys::new(&CacheKey::new([5; 32])))
}

fn open(folder: &Path, windows: &[Option<usize>]) -> Index {
    Index::open(folder, keys(), identity(windows), "model".to_owned()).unwrap()
}

fn tokens(count: usize) -> Vec<u32> {
    (0..count as u32).map(|token| token * 7 % 1000).collect()
}

fn block(group: usize, index: usize) -> Vec<u8> {
    vec![(group * 100 + index) as u8; BYTES]
}

/// Writes what a sequence lacks.
fn save(index: &mut Index, tokens: &[u32]) -> Plans {
    let plans = index.plan(tokens, u64::MAX, |_, _| true);
    for plan in &plans.missing {
        let path = index.path(plan.description.name(index.keys()));
        let mut writer = PartWriter::create(&path, index.keys(), &plan.description).unwrap();
        for (group, number) in plan.blocks() {
            assert!(writer.is_open());
            writer.add(block(group, number)).unwrap();
        }
        writer.finish().unwrap();
        index.add(Arc::clone(&plan.description));
    }
    plans
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = folder::all_files(folder).unwrap().into_iter().map(|file| file.path).collect();
    files.sort();
    files
}

fn found(index: &Index, tokens: &[u32]) -> usize {
    index.find(tokens).map_or(0, |found| found.positions)
}

#[test]
fn beginnings_are_stored_once_and_found_again() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None]);
    let told = tokens(600);
    assert_eq!(found(&index, &told), 0);
    assert_eq!(save(&mut index, &told).missing.len(), 3, "two stretches and an end");
    assert_eq!(found(&index, &told), 599, "the last is left to compute");
    assert_eq!(found(&index, &[&told[..], &[1, 2]].concat()), 600);
    assert_eq!(found(&index, &[&told[..300], &[9999, 1]].concat()), 300, "within a stretch");
    assert_eq!(found(&index, &[&told[..550], &[9999, 1]].concat()), 550, "within an end");
    assert_eq!(found(&index, &[9999, 1]), 0);
    assert_eq!(found(&index, &told[..1]), 0);
    assert_eq!(found(&index, &[]), 0);

    let longer = [&told[..], &tokens(200)].concat();
    let plans = save(&mut index, &longer);
    assert_eq!((plans.missing.len(), plans.names.len()), (2, 4), "a stretch and an end are new");
    assert_eq!(plans.superseded.len(), 1, "the old end is in the new stretch");
    assert_eq!(found(&index, &[&longer[..], &[1]].concat()), 800);
    assert_eq!(save(&mut index, &longer).missing.len(), 0);

    let index = open(home.path(), &[None]);
    assert_eq!(found(&index, &[&longer[..], &[1]].concat()), 800, "after a restart too");
}

#[test]
fn windows_are_saved_at_ends_and_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None, Some(40)]);
    let told = tokens(600);
    save(&mut index, &told);
    assert_eq!(found(&index, &[&told[..], &[1]].concat()), 600);
    assert_eq!(found(&index, &[&told[..550], &[9999, 1]].concat()), 550, "what was known of the window");
    assert_eq!(found(&index, &[&told[..300], &[9999, 1]].concat()), 0, "there was no end near");
    assert_eq!(found(&index, &told[..513]), 512, "exactly at a stretch's end, through the end after it");

    // An end exactly at a stretch's end has no tokens of its own.
    let even = tokens(512);
    let plans = save(&mut index, &even);
    assert_eq!(plans.missing.len(), 1);
    assert!(plans.missing[0].description.tokens.is_empty());
    let longer = [&told[..], &tokens(100)].concat();
    let plans = save(&mut index, &longer);
    assert_eq!(plans.superseded.len(), 1, "the last end before it stays, where something forgets");
}

#[test]
fn what_is_larger_than_the_limit_is_cut() {
    let home = tempfile::tempdir().unwrap();
    let index = open(home.path(), &[None]);
    let whole = index.plan(&tokens(600), u64::MAX, |_, _| true);
    let bytes = |plans: &Plans| -> Vec<u64> {
        let description = |plan: &index::Plan| Arc::clone(&plan.description);
        let sizes = plans.missing.iter().map(description);
        sizes.map(|description| description.file_bytes(description.to_bytes().len())).collect()
    };
    let sizes = bytes(&whole);
    let cut = index.plan(&tokens(600), sizes[0] + sizes[1], |_, _| true);
    assert_eq!(bytes(&cut), sizes[..2]);
    assert_eq!(bytes(&index.plan(&tokens(600), 10, |_, _| true)), Vec::<u64>::new());
}

#[test]
fn blocks_come_back_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None, Some(40)]);
    let told = tokens(600);
    save(&mut index, &told);
    let found = index.find(&[&told[..], &[1]].concat()).unwrap();
    // One group misses some blocks, the other what its window sees.
    let missing = vec![3..19, 17..19];
    let wake: Arc<dyn Wake> = Arc::new(|| ());
    let index = Arc::new(Mutex::new(index));
    let mut loader = Loader::start(&index, &found, &missing, &wake);
    let mut seen = Vec::new();
    loop {
        match loader.next() {
            Loaded::Block(loaded) => {
                assert_eq!(loaded.bytes, block(loaded.group, loaded.index));
                seen.push((loaded.group, loaded.index));
            }
            Loaded::Nothing => std::thread::yield_now(),
            Loaded::Done => break,
            Loaded::Failed => panic!("nothing is wrong"),
        }
    }
    seen.sort_unstable();
    let expected: Vec<_> = (3..19).map(|index| (0, index)).chain([(1, 17), (1, 18)]).collect();
    assert_eq!(seen, expected);
}

#[test]
fn a_file_that_fails_is_never_tried_again() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None]);
    let told = tokens(600);
    let plans = save(&mut index, &told);
    let found_before = index.find(&told).unwrap();
    std::fs::remove_file(index.path(plans.names[1])).unwrap();
    let index = Arc::new(Mutex::new(index));
    let wake: Arc<dyn Wake> = Arc::new(|| ());
    let mut loader = Loader::start(&index, &found_before, &[0..19], &wake);
    while !matches!(loader.next(), Loaded::Failed) {
        std::thread::yield_now();
    }
    assert_eq!(found(&index.lock().unwrap(), &told), 256, "what comes before it still helps");

    // Written again meanwhile, it is another file, which somebody who read the old one must not take away.
    let mut index = index.lock().unwrap();
    save(&mut index, &told);
    assert!(!index.discard(&found_before.parts[1]));
    assert_eq!(found(&index, &told), 599);
}

/// Every bit of a file counts: whichever is changed, the file is refused, and no block is given that is not right.
#[test]
fn no_changed_byte_goes_unnoticed() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None]);
    let plans = save(&mut index, &tokens(40));
    let path = index.path(plans.names[0]);
    let sound = std::fs::read(&path).unwrap();
    let read = || -> Result<(), SavedCacheError> {
        let mut reader = PartReader::open(&path, index.keys())?;
        reader.blocks(
            |_, _| true,
            |group, number, bytes| {
                assert_eq!(bytes, block(group, number));
                true
            },
        )
    };
    read().unwrap();
    for place in 0..sound.len() {
        let mut bytes = sound.clone();
        bytes[place] ^= 1 << (place % 8);
        std::fs::write(&path, &bytes).unwrap();
        let error = read().unwrap_err();
        let expected = match place {
            0..8 => matches!(error, SavedCacheError::NotSavedCache { .. }),
            8..12 => matches!(error, SavedCacheError::Version { .. }),
            12..20 => matches!(error, SavedCacheError::OtherKey { .. }),
            _ => matches!(error, SavedCacheError::Damaged { .. }),
        };
        assert!(expected, "byte {place}: {error}");
    }
    for length in 0..sound.len() {
        std::fs::write(&path, &sound[..length]).unwrap();
        assert!(matches!(read(), Err(SavedCacheError::Damaged { .. })), "{length} bytes");
    }
    std::fs::write(&path, [&sound[..], &[0]].concat()).unwrap();
    assert!(matches!(read(), Err(SavedCacheError::Damaged { .. })));
    assert!(HEAD_BYTES < sound.len());
}

#[test]
fn every_difference_has_its_name() {
    let description = |identity: Identity| Description {
        model: "model".to_owned(),
        before: identity.root(&keys()),
        identity,
        position: 0,
        tokens: tokens(40),
        is_end: true,
        blocks: vec![0..2],
    };
    let base = description(identity(&[None]));
    assert_eq!(base.check(&base), Ok(()));
    let changed = |weights: [u8; 32], change: &dyn Fn(&mut ContentsDescription)| {
        let mut contents = contents(&[None]);
        change(&mut contents);
        Description { identity: Identity::new(weights, contents).unwrap(), ..base.clone() }
    };
    let same = [3; 32];
    let cases = [
        (changed([4; 32], &|_| ()), Mismatch::Weights),
        (changed(same, &|contents| contents.spec.push('x')), Mismatch::Spec),
        (changed(same, &|contents| contents.kind.push('x')), Mismatch::Kind),
        (changed(same, &|contents| contents.block_positions = 16), Mismatch::Layout),
        (changed(same, &|contents| contents.groups[0].block_bytes += 1), Mismatch::Layout),
        (changed(same, &|contents| contents.groups[0].window = Some(9)), Mismatch::Layout),
        (Description { tokens: tokens(39), ..base.clone() }, Mismatch::Tokens),
        (Description { position: 256, ..base.clone() }, Mismatch::Tokens),
        (Description { is_end: false, ..base.clone() }, Mismatch::Tokens),
    ];
    for (other, mismatch) in cases {
        assert_eq!(other.check(&base), Err(mismatch), "{mismatch}");
    }
}

#[test]
fn half_written_files_are_nothing() {
    let home = tempfile::tempdir().unwrap();
    let index = open(home.path(), &[None]);
    let plans = index.plan(&tokens(600), u64::MAX, |_, _| true);
    let plan = &plans.missing[0];
    let path = index.path(plans.names[0]);
    let mut writer = PartWriter::create(&path, index.keys(), &plan.description).unwrap();
    writer.add(block(0, 0)).unwrap();
    assert!(!path.exists() && files(home.path()).len() == 1, "it has not its name yet");
    // As if the program were killed here: the file stays.
    std::mem::forget(writer);
    assert_eq!(found(&open(home.path(), &[None]), &tokens(600)), 0);
    folder::make_room(home.path(), u64::MAX, 0).unwrap();
    assert_eq!(files(home.path()).len(), 1, "somebody may still be at it");
    let old = SystemTime::now() - Duration::from_hours(2);
    std::fs::File::options().append(true).open(&files(home.path())[0]).unwrap().set_modified(old).unwrap();
    folder::make_room(home.path(), u64::MAX, 0).unwrap();
    assert_eq!(files(home.path()), Vec::<PathBuf>::new(), "after an hour nobody is");
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None]);
    let names = save(&mut index, &tokens(700)).names;
    let paths: Vec<_> = names.iter().map(|name| index.path(*name)).collect();
    for (number, path) in paths.iter().enumerate() {
        folder::touch(path, loader::back(number));
    }
    let bytes = |path: &PathBuf| path.metadata().unwrap().len();
    let kept = bytes(&paths[0]) + bytes(&paths[1]);
    let gone = folder::make_room(home.path(), kept, 0).unwrap();
    assert_eq!(gone, paths[2..], "a conversation loses its end first");
    index.remove_paths(&gone);
    assert_eq!(found(&index, &tokens(700)), 512);
    assert_eq!(folder::make_room(home.path(), kept, 1).unwrap().len(), 1);
}

#[test]
fn names_and_errors_tell_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut index = open(home.path(), &[None]);
    save(&mut index, &tokens(300));
    for path in files(home.path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains("model") && !text.contains("tokens"), "{}", path.display());
    }
    assert_eq!(format!("{:?}", CacheKey::new([7; 32])), "CacheKey(…)");
    let other = Arc::new(Keys::new(&CacheKey::new([6; 32])));
    let elsewhere = Index::open(home.path(), other, identity(&[None]), "model".to_owned()).unwrap();
    assert_eq!(found(&elsewhere, &tokens(300)), 0);
    let listed = list(home.path(), Some(&CacheKey::new([6; 32]))).unwrap();
    assert_eq!((listed.len(), &listed[0].model, listed[0].files), (1, &None, 2));
    assert_eq!(list(home.path(), None).unwrap(), listed);
}

#[test]
fn odd_caches_are_not_saved() {
    assert_eq!(
        Identity::new([0; 32], ContentsDescription { block_positions: 24, ..contents(&[None]) }),
        None
    );
    assert_eq!(Identity::new([0; 32], ContentsDescription { block_positions: 0, ..contents(&[None]) }), None);
    assert_eq!(Identity::new([0; 32], contents(&[None; 65])), None);
}
