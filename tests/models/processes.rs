//! Several pulls of the same model at once, in threads and in processes, and one that is killed.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc;

use abide_models::{HubOptions, PullError, PullEvent, Store, StoreError};

use super::fake_hub::{FakeHub, Trouble};
use super::support::{Home, at, hub_entry, options, pull, wait_for_bytes, weights};

const LENGTH: usize = 200_000;
const SEED: u64 = 77;

/// The body of the other process: pulls.
#[test]
#[ignore = "run by the other tests here, in a process of its own"]
fn other_process() {
    let (Ok(home), Ok(endpoint)) = (std::env::var("ABIDE_TEST_HOME"), std::env::var("ABIDE_TEST_ENDPOINT"))
    else {
        return;
    };
    let cancel = AtomicBool::new(false);
    let store = Store::open(home).unwrap();
    store
        .pull(&hub_entry("tiny", &weights(SEED, LENGTH)), &options(&cancel, &|_| {}, at(&endpoint)))
        .unwrap();
}

/// The body of a process with an environment of its own.
#[test]
#[ignore = "run by the_environment_of_the_hubs_tools_is_honoured, in a process of its own"]
fn other_environment() {
    let Ok(expected) = std::env::var("ABIDE_TEST_EXPECTED") else { return };
    let HubOptions { endpoint, token, cache, .. } = HubOptions::from_environment();
    let cache = cache.unwrap_or_default();
    assert_eq!(format!("{endpoint} {} {}", token.unwrap_or_default(), cache.display()), expected);
    assert!(!format!("{:?}", HubOptions::from_environment()).contains("secret"), "tokens are not for logs");
}

#[test]
fn the_environment_of_the_hubs_tools_is_honoured() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("token"), "secret-of-file\n").unwrap();
    let folder = home.path().display().to_string();
    let public = HubOptions::default().endpoint;
    let cases: [(&[(&str, &str)], String); 4] = [
        (&[("HF_HOME", &folder)], format!("{public} secret-of-file {folder}/hub")),
        (
            &[("HF_HOME", &folder), ("HF_TOKEN", "secret"), ("HF_HUB_CACHE", "/c")],
            format!("{public} secret /c"),
        ),
        (&[("XDG_CACHE_HOME", &folder), ("HF_TOKEN", " ")], format!("{public}  {folder}/huggingface/hub")),
        (
            &[("HOME", &folder), ("HF_ENDPOINT", "http://h")],
            format!("http://h  {folder}/.cache/huggingface/hub"),
        ),
    ];
    for (variables, expected) in cases {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "models::processes::other_environment"]);
        for name in ["HF_HOME", "HF_TOKEN", "HF_HUB_CACHE", "XDG_CACHE_HOME", "HF_ENDPOINT"] {
            command.env_remove(name);
        }
        command.env("ABIDE_TEST_EXPECTED", &expected).envs(variables.iter().copied());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{expected}: {said}");
    }
}

/// Starts another process that pulls, and waits until half of the file has arrived.
fn start_other(home: &Home, hub: &FakeHub) -> Child {
    hub.trouble(&[Trouble::StallAfter(LENGTH / 2)]);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "models::processes::other_process", "--nocapture"])
        .env("ABIDE_TEST_HOME", home.directory.path())
        .env("ABIDE_TEST_ENDPOINT", hub.endpoint())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for_bytes(&home.store, LENGTH as u64 / 2, || assert_eq!(child.try_wait().unwrap(), None));
    child
}

#[test]
fn a_second_process_waits_and_finds_it_done() {
    let content = weights(SEED, LENGTH);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let mut other = start_other(&home, &hub);
    assert!(matches!(home.store.remove(&"tiny".parse().unwrap()), Err(StoreError::Busy(_))));
    let cancel = AtomicBool::new(false);
    let waited = AtomicBool::new(false);
    let hear = |event: PullEvent<'_>| {
        if event == PullEvent::Waiting {
            waited.store(true, std::sync::atomic::Ordering::Relaxed);
            hub.open_gate();
        }
    };
    let model =
        home.store.pull(&hub_entry("tiny", &content), &options(&cancel, &hear, hub.options())).unwrap();
    assert_eq!(std::fs::read(&model.main_file().path).unwrap(), content);
    assert!(waited.into_inner());
    assert!(other.wait().unwrap().success());
    assert_eq!(hub.deliveries().len(), 1, "fetched once");
}

#[test]
fn a_killed_process_leaves_nothing_half_made_and_is_resumed() {
    let content = weights(SEED, LENGTH);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let mut other = start_other(&home, &hub);
    other.kill().unwrap();
    other.wait().unwrap();
    home.assert_empty();
    hub.open_gate();
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("100000 of them from before"));
}

#[test]
fn waiting_can_be_cancelled() {
    let content = weights(SEED, LENGTH);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let mut other = start_other(&home, &hub);
    let cancel = AtomicBool::new(false);
    let hear = |event: PullEvent<'_>| {
        if event == PullEvent::Waiting {
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let result = home.store.pull(&hub_entry("tiny", &content), &options(&cancel, &hear, hub.options()));
    assert!(matches!(result, Err(PullError::Cancelled)));
    hub.open_gate();
    assert!(other.wait().unwrap().success());
    assert!(home.store.resolve(&"tiny".parse().unwrap()).unwrap().is_some());
}

#[test]
fn many_threads_pull_the_same_model_once() {
    let content = weights(SEED, LENGTH);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let (results, finished) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            let (results, home, hub, content) = (results.clone(), &home, &hub, &content);
            scope.spawn(move || {
                let (model, _) = pull(&home.store, &hub_entry("tiny", content), hub.options());
                results.send(std::fs::read(&model.unwrap().main_file().path).unwrap()).unwrap();
            });
        }
    });
    drop(results);
    assert!(finished.iter().all(|read| read == content));
    assert_eq!(hub.deliveries().len(), 1);
    assert_eq!(home.names("partial"), [""; 0]);
}

#[test]
fn models_that_share_a_file_are_pulled_side_by_side() {
    let content = weights(SEED, LENGTH);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    std::thread::scope(|scope| {
        for number in 0..4 {
            let (home, hub, content) = (&home, &hub, &content);
            scope.spawn(move || {
                let entry = hub_entry(&format!("tiny-{number}"), content);
                let model = pull(&home.store, &entry, hub.options()).0.unwrap();
                assert_eq!(std::fs::read(&model.main_file().path).unwrap(), *content);
            });
        }
    });
    assert_eq!(home.names("blobs").len(), 1);
    assert_eq!(home.store.list().unwrap().into_iter().filter(|listed| listed.model.is_ok()).count(), 4);
}
