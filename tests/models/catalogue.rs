//! The built-in catalogue keeps its promises; a user's own may add and override, and can't do harm.

use std::collections::BTreeSet;
use std::fs;

use abide_models::{BUILTIN, Catalogue, CatalogueError, Kind, Source};
use proptest::prelude::*;

/// A catalogue of one model, with one thing replaced.
fn changed(from: &str, to: &str) -> String {
    let text = r#"
default = "m"
[[model]]
id = "m"
name = "M"
family = "llama"
kind = "chat"
parameters = 1
licence = { name = "MIT" }
context = 8
languages = ["en"]
good_for = "tests"
quantisation = "F32"
files = [{ name = "m.gguf", size = 5 }]
sources = [{ hf = "owner/name", file = "m.gguf" }, { wheel = "pkg", version = "1.0", members = ["a/m.gguf"] }]
"#;
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn the_built_in_catalogue_is_complete() {
    let catalogue = Catalogue::builtin();
    assert!(catalogue.iter().len() >= 20);
    assert_eq!(catalogue.default_entry().id.as_str(), "smollm2-135m-instruct");
    for entry in catalogue.iter() {
        assert!(!entry.sources.is_empty(), "{}", entry.id);
        assert!(!entry.languages.is_empty() && !entry.good_for.is_empty(), "{}", entry.id);
        assert!((20_000_000..31_000_000_000).contains(&entry.parameters), "{}", entry.id);
        assert!(entry.licence.url.is_some() || entry.licence.name.contains(['-', 'M']), "{}", entry.id);
        assert_eq!(entry.cache_bytes_per_token.is_none(), entry.kind == Kind::Embedding, "{}", entry.id);
        let known = entry.files.iter().all(|file| file.sha256.is_some() && !file.size_approximate);
        assert!(known || !entry.verified, "{}: what was run here has a checksum", entry.id);
        let memory = entry.memory_bytes(4096).unwrap();
        assert!(memory > entry.size_bytes().unwrap(), "{}", entry.id);
    }
    let families: BTreeSet<&str> = catalogue.iter().map(|entry| entry.family.as_str()).collect();
    assert!(families.len() >= 15, "{families:?}");
}

#[test]
fn sizes_fit_parameters_and_quantisation() {
    for entry in Catalogue::builtin().iter() {
        let bits = entry.size_bytes().unwrap() as f64 * 8.0 / entry.parameters as f64;
        let expected = match entry.quantisation.as_str() {
            // Embeddings and norms are kept finer, which small models feel most.
            "Q4_1" | "Q4_K_M" => 4.5..8.0,
            "MXFP4" => 4.2..5.0,
            "Q8_0" => 8.4..8.9,
            "F32" => 31.0..33.0,
            other => panic!("{}: {other}", entry.id),
        };
        assert!(expected.contains(&bits), "{}: {bits} bits per weight", entry.id);
    }
}

#[test]
fn memory_grows_with_the_context_up_to_the_models_own() {
    let catalogue = Catalogue::builtin();
    let entry = catalogue.default_entry();
    let at = |context| entry.memory_bytes(context).unwrap();
    assert_eq!(at(2048) - at(1024), 1024 * 30 * 3 * 64 * 4);
    assert_eq!(at(u32::MAX), at(entry.context));
}

#[test]
fn wheels_are_read_as_parts() {
    let catalogue = Catalogue::builtin();
    let Some(Source::Wheel { files }) = catalogue.get("gemma-3-270m").unwrap().sources.last() else {
        panic!("gemma-3-270m comes in wheels");
    };
    assert_eq!(files.len(), 1);
    let packages: Vec<_> = files[0].iter().map(|part| part.package.as_str()).collect();
    assert_eq!(packages.len(), 4);
    assert!(packages[3].ends_with("part4") && files[0][3].member.ends_with(".part03"));
    let Some(Source::Wheel { files }) = catalogue.get("all-minilm-l6-v2").unwrap().sources.last() else {
        panic!("all-minilm-l6-v2 comes in a wheel");
    };
    assert_eq!(files.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn near_misses_are_guessed() {
    let catalogue = Catalogue::builtin();
    let guess = |id: &str| catalogue.nearest(id).first().map(|entry| entry.id.to_string());
    assert_eq!(guess("smolm2-135m-instruct").as_deref(), Some("smollm2-135m-instruct"));
    assert_eq!(guess("Qwen3-8b").as_deref(), Some("qwen3-8b"));
    assert_eq!(guess("nemo").as_deref(), Some("mistral-nemo-12b-instruct"));
    assert_eq!(guess("xyzzy-plugh-frobnicate"), None);
    assert_eq!(guess(""), None);
    assert!(catalogue.nearest("qwen3").len() <= 3);
    assert_eq!(guess(&"é".repeat(100_000)), None);
}

#[test]
fn a_users_own_file_adds_and_overrides() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("models.toml");
    assert_eq!(Catalogue::load(Some(&path)).unwrap().iter().len(), Catalogue::builtin().iter().len());
    let added = changed("default = \"m\"", "");
    let overriding = changed("id = \"m\"", "id = \"qwen3-8b\"").replace("default = \"m\"", "");
    fs::write(&path, format!("default = \"m\"\n{added}\n{overriding}")).unwrap();
    let catalogue = Catalogue::load(Some(&path)).unwrap();
    assert_eq!(catalogue.iter().len(), Catalogue::builtin().iter().len() + 1);
    assert_eq!(catalogue.default_entry().name, "M");
    assert_eq!(catalogue.get("qwen3-8b").unwrap().name, "M");
    assert!(catalogue.get("llama-3.2-1b-instruct").is_some());
}

#[test]
fn bad_files_are_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("models.toml");
    fs::write(&path, "default = ").unwrap();
    let error = Catalogue::load(Some(&path)).unwrap_err();
    assert!(error.to_string().contains("models.toml"), "{error}");
    fs::write(&path, " ".repeat(2 << 20)).unwrap();
    assert!(matches!(Catalogue::load(Some(&path)), Err(CatalogueError::Read { .. })));
    fs::write(&path, [0xFF, 0xFE]).unwrap();
    assert!(matches!(Catalogue::load(Some(&path)), Err(CatalogueError::Read { .. })));
    assert!(matches!(Catalogue::load(Some(directory.path())), Err(CatalogueError::Read { .. })));
}

#[test]
fn entries_that_could_do_harm_are_refused() {
    assert!(Catalogue::parse(&changed("default", "default"), "good").is_ok());
    let cases = [
        ("id = \"m\"\n", "id = \"../m\"\n"),
        ("id = \"m\"\n", ""),
        ("default = \"m\"", "default = \"n\""),
        ("default = \"m\"", ""),
        ("name = \"m.gguf\"", "name = \"../m.gguf\""),
        ("name = \"m.gguf\"", "name = \"a/m.gguf\""),
        ("size = 5", "size = -5"),
        ("size = 5", "size = 5, sha256 = \"../../x\""),
        ("size = 5", "size = 5, unknown = 1"),
        ("[{ name = \"m.gguf\", size = 5 }]", "[]"),
        ("[{ name = \"m.gguf\", size = 5 }]", "[{ name = \"m.gguf\" }, { name = \"M.gguf\" }]"),
        ("owner/name", "owner"),
        ("owner/name", "owner/name/more"),
        ("owner/name", "../.."),
        ("owner/name", "http://127.0.0.1/x"),
        ("owner/name", "owner/name?x"),
        ("file = \"m.gguf\"", "file = \"../../m.gguf\""),
        ("file = \"m.gguf\"", "file = \"m.gguf#x\""),
        ("file = \"m.gguf\"", "file = \"m.gguf\", revision = \"../x\""),
        ("file = \"m.gguf\"", "files = [\"m.gguf\", \"n.gguf\"]"),
        ("file = \"m.gguf\"", "wheel = \"pkg\""),
        ("\"pkg\"", "\"--index-url=http://x\""),
        ("\"pkg\"", "\"pkg @ file:///etc/passwd\""),
        ("\"pkg\"", "\"pkg[extra]\""),
        ("\"pkg\"", "\"./pkg\""),
        ("\"1.0\"", "\"1.0 --pre\""),
        ("\"1.0\"", "\">=1\""),
        ("\"a/m.gguf\"", "\"../a\""),
        ("\"a/m.gguf\"", "\"a\", \"b\""),
        ("wheel = \"pkg\"", "wheels = [\"pkg\", \"other\"]"),
        ("parameters = 1", "parameters = 0"),
        ("kind = \"chat\"", "kind = \"daemon\""),
        ("good_for = \"tests\"", "good_for = \"tests\"\nunknown = 1"),
    ];
    for (from, to) in cases {
        let text = changed(from, to);
        assert!(Catalogue::parse(&text, "hostile").is_err(), "{from} -> {to}");
    }
    let twice = changed("default = \"m\"", "").repeat(2);
    assert!(Catalogue::parse(&format!("default = \"m\"{twice}"), "hostile").is_err());
}

#[test]
fn sizes_beyond_counting_are_unknown_sizes() {
    let files = "[{ name = \"a\", size = 9223372036854775807 }, { name = \"b\", size = 9223372036854775807 }, \
                 { name = \"c\", size = 9223372036854775807 }]";
    let text = changed("[{ name = \"m.gguf\", size = 5 }]", files);
    let text = format!("{}\n", &text[..text.find("sources").unwrap()]);
    let catalogue = Catalogue::parse(&text, "large").unwrap();
    assert_eq!(catalogue.default_entry().size_bytes(), None);
    assert_eq!(catalogue.default_entry().memory_bytes(1), None);
}

#[test]
fn no_address_of_an_index_is_in_the_catalogue() {
    for line in BUILTIN.lines().filter(|line| line.contains("://")) {
        assert!(line.starts_with("licence"), "{line}");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,200}") {
        let _ = Catalogue::parse(&text, "anything");
    }

    #[test]
    fn no_mutilation_panics(at in 0..500_usize, length in 0..40_usize, put in "[ -~]{0,10}") {
        let mut text = changed("default", "default");
        let at = at.min(text.len());
        let end = (at + length).min(text.len());
        text.replace_range(at..end, &put);
        if let Ok(catalogue) = Catalogue::parse(&text, "mutilated") {
            prop_assert!(catalogue.default_entry().files.iter().all(|file| !file.name.as_str().contains('/')));
        }
    }
}
