//! Opening files: whole ones, shards, and what is no file.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use abide_kernels::BlockType;

use super::{sample_bytes, sample_metadata};
use crate::gguf::{GgufFile, Metadata, Problem, Value, Writer};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name)
}

/// Writes `count` shards with one tensor each and returns their paths; `promised` tensors are marked.
fn write_shards(folder: &Path, count: usize, promised: i64) -> Vec<PathBuf> {
    (0..count)
        .map(|number| {
            let mut metadata = if number == 0 { sample_metadata() } else { Metadata::default() };
            metadata.insert("split.count", Value::Unsigned(count as u64));
            metadata.insert("split.no", Value::Unsigned(number as u64));
            metadata.insert("split.tensors.count", Value::Signed(promised));
            let mut writer = Writer::new(metadata);
            writer.tensor(format!("blk.{number}.w"), &[4], BlockType::F32, vec![number as u8; 16]).unwrap();
            let path = folder.join(format!("model-{:05}-of-{count:05}.gguf", number + 1));
            writer.write(&path).unwrap();
            path
        })
        .collect()
}

#[test]
fn a_real_file_opens() {
    let path = fixture("tiny/llama-gqa.gguf");
    let file = GgufFile::open(&path).unwrap();
    assert_eq!((file.version(), file.architecture().unwrap()), (3, "llama"));
    assert_eq!(file.paths(), std::slice::from_ref(&path));
    assert_eq!(file.bytes(), std::fs::metadata(path).unwrap().len());
    let embeddings = file.tensor("token_embd.weight").unwrap();
    let width = file.metadata().unsigned("llama.embedding_length").unwrap().unwrap();
    let tokens = file.metadata().texts("tokenizer.ggml.tokens").unwrap().unwrap();
    assert_eq!((embeddings.columns(), embeddings.rows()), (width, tokens.len()));
    for tensor in file.tensors() {
        assert_eq!(file.data(tensor).len(), tensor.kind.bytes_for(tensor.values()).unwrap());
        assert_eq!(file.data(tensor).as_ptr().addr() % 8, 0);
    }
    assert_eq!(file.tensor("no such tensor"), None);
}

/// All fixtures open, and hold every type of block but BF16, whose smallest model is too large to keep.
#[test]
fn every_fixture_opens() {
    let mut kinds = BTreeSet::new();
    for folder in ["tiny", "tiny/quant"] {
        for entry in std::fs::read_dir(fixture(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "gguf") {
                let file = GgufFile::open(&path).unwrap();
                assert!(!file.architecture().unwrap().is_empty());
                kinds.extend(file.tensors().iter().map(|tensor| tensor.kind));
            }
        }
    }
    let missing: Vec<_> = BlockType::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
    assert_eq!(missing, [BlockType::BF16]);
}

#[test]
fn any_shard_opens_all() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_shards(folder.path(), 3, 3);
    for path in &paths {
        let file = GgufFile::open(path).unwrap();
        assert_eq!(file.paths(), paths);
        assert_eq!(file.architecture().unwrap(), "llama");
        let last = file.tensor("blk.2.w").unwrap();
        assert_eq!((last.shard(), file.data(last)), (2, &[2; 16][..]));
        assert_eq!(
            file.bytes(),
            paths.iter().map(|path| std::fs::metadata(path).unwrap().len()).sum::<u64>()
        );
    }
}

#[test]
fn a_missing_shard_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_shards(folder.path(), 4, 4);
    std::fs::remove_file(&paths[1]).unwrap();
    std::fs::remove_file(&paths[3]).unwrap();
    let error = GgufFile::open(&paths[2]).unwrap_err();
    assert_eq!(error.path, paths[1]);
    assert!(matches!(error.problem, Problem::ShardMissing { count: 4, missing: 2 }), "{error}");
}

#[test]
fn shards_under_wrong_names_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_shards(folder.path(), 2, 2);
    let renamed = folder.path().join("renamed.gguf");
    std::fs::copy(&paths[0], &renamed).unwrap();
    assert!(matches!(GgufFile::open(&renamed).unwrap_err().problem, Problem::ShardName { count: 2 }));
    std::fs::copy(&paths[0], &paths[1]).unwrap();
    let error = GgufFile::open(&paths[0]).unwrap_err();
    assert_eq!(error.path, paths[1]);
    assert!(matches!(error.problem, Problem::ShardMismatch { number: 2, found_number: 1, .. }), "{error}");
}

#[test]
fn shards_hold_what_they_promise_and_no_tensor_twice() {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_shards(folder.path(), 2, 3);
    let problem = GgufFile::open(&paths[0]).unwrap_err().problem;
    assert!(matches!(problem, Problem::ShardTensors { promised: 3, found: 2 }), "{problem}");

    let mut metadata = Metadata::default();
    metadata.insert("split.count", Value::Unsigned(2));
    metadata.insert("split.no", Value::Unsigned(1));
    let mut writer = Writer::new(metadata);
    writer.tensor("blk.0.w", &[4], BlockType::F32, vec![0; 16]).unwrap();
    writer.write(&paths[1]).unwrap();
    let error = GgufFile::open(&paths[0]).unwrap_err();
    assert!(matches!(error.problem, Problem::Duplicate { what: "tensor", .. }), "{error}");
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(GgufFile::open(folder.path()).unwrap_err().problem, Problem::NotAFile));
    let missing = GgufFile::open(&folder.path().join("missing.gguf")).unwrap_err();
    assert!(matches!(missing.problem, Problem::Io(_)));
    assert!(missing.to_string().contains("missing.gguf"), "{missing}");
    let empty = folder.path().join("empty.gguf");
    std::fs::write(&empty, b"").unwrap();
    assert!(matches!(GgufFile::open(&empty).unwrap_err().problem, Problem::NotGguf { .. }));
}

#[test]
fn errors_say_file_place_and_cure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.gguf");
    let whole = sample_bytes();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let message = GgufFile::open(&path).unwrap_err().to_string();
    for part in ["half.gguf", "at byte", "bytes more than the file has", "download it again"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn the_architecture_is_required_only_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bare.gguf");
    Writer::default().write(&path).unwrap();
    let file = GgufFile::open(&path).unwrap();
    assert!(file.tensors().is_empty());
    assert!(file.architecture().unwrap_err().to_string().contains("general.architecture"));
}

#[test]
fn writing_leaves_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    Writer::new(sample_metadata()).write(&path).unwrap();
    // A folder stands where the file should go: the rename fails.
    let taken = folder.path().join("taken");
    std::fs::create_dir_all(taken.join("inside")).unwrap();
    let message = Writer::default().write(&taken).unwrap_err().to_string();
    assert!(message.contains("taken"), "{message}");
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["model.gguf", "taken"]);
}
