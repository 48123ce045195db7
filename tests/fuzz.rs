//! Every file of `fuzz/corpus`, given to the function that the fuzzer gives its inputs to. Must not know what these do.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::Path;

/// Calls `target` with each file of its corpus.
fn over_corpus(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("the corpus can be read").path();
        let bytes = std::fs::read(&path).expect("the corpus can be read");
        let outcome = std::panic::catch_unwind(|| target(&bytes));
        assert!(outcome.is_ok(), "{} is not survived; see above", path.display());
        files += 1;
    }
    assert!(files >= 8, "the corpus of {name} is there");
}

#[test]
fn files_of_the_corpus_are_survived() {
    over_corpus("gguf", targets::gguf);
}

#[test]
fn texts_of_the_corpus_are_survived() {
    over_corpus("tokenizer", targets::tokenizer);
}

#[test]
fn templates_of_the_corpus_are_survived() {
    over_corpus("template", targets::template);
}

#[test]
fn requests_of_the_corpus_are_survived() {
    over_corpus("requests", targets::requests);
}
