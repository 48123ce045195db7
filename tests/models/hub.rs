//! The hub as a source: whole, broken, refused, lying, silent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use abide_models::{PullError, PullEvent, SourceError};

use super::fake_hub::{FakeHub, Trouble};
use super::support::{
    Ear, Home, at, entry, hub_entry, nowhere, options, pull, put_in_cache, sha256, wait_for_bytes, weights,
};

/// The only failure of a pull from one source.
fn only_failure(error: PullError) -> SourceError {
    let PullError::AllSourcesFailed { mut failures, .. } = error else { panic!("{error}") };
    assert_eq!(failures.len(), 1);
    failures.remove(0).error
}

#[test]
fn a_file_is_fetched_verified_and_named() {
    let content = weights(1, 300_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    let model = model.unwrap();
    assert_eq!(std::fs::read(&model.main_file().path).unwrap(), content);
    assert_eq!(model.main_file().sha256, sha256(&content));
    assert_eq!(model.source, "hub owner/name");
    assert!(
        ear.heard("trying hub owner/name") && ear.heard("300000 of 300000 bytes") && ear.heard("installed")
    );
    assert_eq!(home.names("blobs"), [format!("sha256-{}", sha256(&content))]);
    assert_eq!(home.names("partial"), [""; 0]);
    assert_eq!(home.store.resolve(&model.id).unwrap(), Some(model));

    let requests = hub.requests().len();
    pull(&home.store, &hub_entry("tiny", &content), hub.options()).0.unwrap();
    assert_eq!(hub.requests().len(), requests, "what is on disk needs no network");
}

#[test]
fn a_broken_connection_is_resumed_where_it_broke() {
    let content = weights(2, 400_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::BreakAfter(100_000), Trouble::BreakAfter(50_000), Trouble::Status(503)]);
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("trying again"));
    let ranges: Vec<_> = hub.deliveries().into_iter().map(|request| request.range).collect();
    let resumed = |bytes: u64| Some(format!("bytes={bytes}-"));
    assert_eq!(ranges, [None, resumed(100_000), resumed(150_000), resumed(150_000)]);
}

#[test]
fn a_server_without_ranges_is_asked_for_the_whole_again() {
    let content = weights(3, 200_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::BreakAfter(100_000), Trouble::IgnoreRange]);
    let (model, _) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
}

#[test]
fn a_mirror_that_says_little_is_understood() {
    let content = weights(26, 200_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.be_plain();
    hub.trouble(&[Trouble::BreakAfter(100_000)]);
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("fetching m.gguf, 200000 bytes"));
    assert_eq!(hub.deliveries().len(), 2);
}

#[test]
fn a_connection_that_never_moves_is_given_up() {
    let content = weights(4, 1000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::Status(503); 20]);
    let (model, _) = pull(&home.store, &hub_entry("tiny", &content), hub.options());
    assert!(matches!(only_failure(model.unwrap_err()), SourceError::Interrupted(_)));
    assert_eq!(hub.deliveries().len(), 5);
    home.assert_empty();
}

#[test]
fn a_stalled_connection_is_made_again() {
    let content = weights(5, 200_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::StallAfter(120_000)]);
    let mut impatient = hub.options();
    impatient.idle_timeout = Duration::from_millis(200);
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), impatient);
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("trying again"));
    hub.open_gate();
}

#[test]
fn a_cancelled_download_stops_at_once_and_is_resumed_by_the_next_pull() {
    let content = weights(6, 200_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let tiny = hub_entry("tiny", &content);
    hub.trouble(&[Trouble::StallAfter(120_000)]);
    let mut patient = hub.options();
    patient.idle_timeout = Duration::from_mins(10);
    let cancel = AtomicBool::new(false);
    let error = std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_for_bytes(&home.store, 120_000, || {});
            cancel.store(true, Ordering::Relaxed);
        });
        home.store.pull(&tiny, &options(&cancel, &|_| {}, patient)).unwrap_err()
    });
    assert!(matches!(error, PullError::Cancelled), "{error}");
    home.assert_empty();

    hub.open_gate();
    let (model, ear) = pull(&home.store, &tiny, hub.options());
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("120000 of them from before"));
    assert_eq!(hub.deliveries()[1].range, Some("bytes=120000-".to_owned()));
    assert_eq!(home.store.unfinished().unwrap(), []);
}

#[test]
fn what_arrived_of_another_version_is_not_gone_on_with() {
    let (old, new) = (weights(7, 100_000), weights(8, 100_000));
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &old));
    let unknown = entry(
        "tiny",
        r#"{ name = "m.gguf" }"#,
        r#"{ hf = "owner/name", file = "m.gguf", revision = "main" }"#,
    );
    hub.trouble(&[[Trouble::BreakAfter(50_000)].as_slice(), &[Trouble::Status(503); 9]].concat());
    pull(&home.store, &unknown, hub.options()).0.unwrap_err();
    hub.trouble(&[]);
    hub.put("m.gguf", &new);
    let model = pull(&home.store, &unknown, hub.options()).0.unwrap();
    assert_eq!(std::fs::read(&model.main_file().path).unwrap(), new);
    assert_eq!(model.main_file().sha256, sha256(&new), "the first download records the checksum");
}

#[test]
fn wrong_bytes_are_deleted_and_said() {
    let content = weights(9, 50_000);
    let tiny = hub_entry("tiny", &content);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::Corrupt]);
    let error = pull(&home.store, &tiny, hub.options()).0.unwrap_err();
    assert!(error.to_string().contains("the file was deleted"), "{error}");
    assert!(matches!(only_failure(error), SourceError::Checksum { .. }));
    home.assert_empty();
    assert_eq!(home.names("partial"), [""; 0]);
    pull(&home.store, &tiny, hub.options()).0.unwrap();
}

#[test]
fn without_a_known_checksum_the_hubs_own_is_held_against_the_bytes() {
    let content = weights(10, 50_000);
    let unknown = entry("tiny", r#"{ name = "m.gguf" }"#, r#"{ hf = "owner/name", file = "m.gguf" }"#);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::Corrupt]);
    let error = pull(&home.store, &unknown, hub.options()).0.unwrap_err();
    assert!(matches!(only_failure(error), SourceError::Checksum { .. }));
}

#[test]
fn another_file_than_the_catalogues_is_refused_before_it_is_fetched() {
    let (expected, there) = (weights(11, 5000), weights(12, 5000));
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &there));
    let error = pull(&home.store, &hub_entry("tiny", &expected), hub.options()).0.unwrap_err();
    assert!(error.to_string().contains("not fetched"), "{error}");
    assert_eq!(hub.deliveries(), []);
}

#[test]
fn more_bytes_than_announced_are_refused() {
    let content = weights(13, 5000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.trouble(&[Trouble::TooLong]);
    let error = pull(&home.store, &hub_entry("tiny", &content), hub.options()).0.unwrap_err();
    assert!(error.to_string().contains("longer than announced"), "{error}");
    home.assert_empty();
}

#[test]
fn a_page_in_place_of_a_model_is_refused() {
    let page = b"<html>please log in</html>";
    let unknown = entry("tiny", r#"{ name = "m.gguf" }"#, r#"{ hf = "owner/name", file = "m.gguf" }"#);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", page));
    let error = pull(&home.store, &unknown, hub.options()).0.unwrap_err();
    assert!(error.to_string().contains("no GGUF file"), "{error}");
    home.assert_empty();
}

#[test]
fn a_file_larger_than_the_disk_is_not_begun() {
    let content = weights(14, 5000);
    let unknown = entry("tiny", r#"{ name = "m.gguf" }"#, r#"{ hf = "owner/name", file = "m.gguf" }"#);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.announce(u64::MAX);
    let (model, _) = pull(&home.store, &unknown, hub.options());
    if home.store.free_space().is_some() {
        assert!(matches!(
            model.unwrap_err(),
            PullError::NoSpace(SourceError::NoSpace { needed: u64::MAX, .. })
        ));
        assert_eq!(hub.deliveries(), []);
    }
}

#[test]
fn refusals_say_what_to_do() {
    let content = weights(15, 100);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let tiny = hub_entry("tiny", &content);
    hub.refuse(401, "X-Error-Code: GatedRepo\r\n");
    let error = pull(&home.store, &tiny, hub.options()).0.unwrap_err().to_string();
    assert!(
        error.contains("HF_TOKEN") && error.contains(&format!("{}/owner/name", hub.endpoint())),
        "{error}"
    );
    hub.refuse(404, "");
    let error = only_failure(pull(&home.store, &tiny, hub.options()).0.unwrap_err());
    assert!(matches!(error, SourceError::NotFound(file) if file == "m.gguf"));
    hub.refuse(418, "");
    let error = only_failure(pull(&home.store, &tiny, hub.options()).0.unwrap_err());
    assert!(matches!(error, SourceError::Refused(_)));
    assert_eq!(home.names("partial"), [""; 0]);
}

#[test]
fn the_token_is_sent_to_the_hub_and_to_nobody_else() {
    let content = weights(16, 100);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    hub.rename();
    let mut with_token = hub.options();
    with_token.token = Some("secret".to_owned());
    pull(&home.store, &hub_entry("tiny", &content), with_token).0.unwrap();
    let (elsewhere, own): (Vec<_>, Vec<_>) =
        hub.requests().into_iter().partition(|request| request.path.starts_with("/cdn/"));
    assert!(own.len() >= 4 && own.iter().any(|request| request.path.starts_with("/owner/other/")));
    assert!(own.iter().all(|request| request.authorization.as_deref() == Some("Bearer secret")), "{own:?}");
    assert!(!elsewhere.is_empty() && elsewhere.iter().all(|request| request.authorization.is_none()));
}

#[test]
fn a_hub_that_is_not_there_is_passed_over() {
    let content = weights(17, 100);
    let home = Home::new();
    let started = Instant::now();
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), nowhere());
    assert!(matches!(only_failure(model.unwrap_err()), SourceError::Unreachable(_)));
    assert!(ear.heard("can't be reached"));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_hub_that_says_nothing_is_passed_over() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut silent = at(&format!("http://{}", listener.local_addr().unwrap()));
    silent.idle_timeout = Duration::from_millis(200);
    let (model, _) = pull(&Home::new().store, &hub_entry("tiny", &weights(18, 100)), silent);
    assert!(matches!(only_failure(model.unwrap_err()), SourceError::Unreachable(_)));
}

#[test]
fn the_next_source_is_tried() {
    let content = weights(19, 100);
    let (home, hub) = (Home::new(), FakeHub::with("right.gguf", &content));
    let sha256 = sha256(&content);
    let two = entry(
        "tiny",
        &format!(r#"{{ name = "m.gguf", size = 100, sha256 = "{sha256}" }}"#),
        r#"{ hf = "owner/wrong", file = "wrong.gguf" }, { hf = "owner/name", file = "right.gguf" }"#,
    );
    let (model, ear) = pull(&home.store, &two, hub.options());
    assert_eq!(model.unwrap().source, "hub owner/name");
    assert!(ear.heard("hub owner/wrong: wrong.gguf does not exist there"));
}

#[test]
fn all_files_of_a_model_lie_side_by_side() {
    let (first, second) = (weights(20, 1000), weights(21, 500));
    let (home, hub) = (Home::new(), FakeHub::with("m-00001-of-00002.gguf", &first));
    hub.put("m-00002-of-00002.gguf", &second);
    let split = entry(
        "split",
        r#"{ name = "m-00001-of-00002.gguf" }, { name = "m-00002-of-00002.gguf" }"#,
        r#"{ hf = "owner/name", files = ["q4/m-00001-of-00002.gguf", "q4/m-00002-of-00002.gguf"] }"#,
    );
    let model = pull(&home.store, &split, hub.options()).0.unwrap();
    assert_eq!(model.size_bytes(), 1500);
    assert_eq!(std::fs::read(model.directory.join("m-00001-of-00002.gguf")).unwrap(), first);
    assert_eq!(std::fs::read(&model.file("m-00002-of-00002.gguf").unwrap().path).unwrap(), second);
}

#[test]
fn a_file_in_the_hubs_own_cache_is_taken_without_a_download() {
    let content = weights(22, 1000);
    let (home, cache) = (Home::new(), tempfile::tempdir().unwrap());
    put_in_cache(cache.path(), "m.gguf", &content);
    let mut hub = nowhere();
    hub.cache = Some(cache.path().to_owned());
    let ear = Ear::default();
    let hear = |event: PullEvent<'_>| ear.hear(event);
    let mut offline = options(&ear.cancel, &hear, hub);
    offline.offline = true;
    let model = home.store.pull(&hub_entry("tiny", &content), &offline).unwrap();
    assert_eq!(std::fs::read(&model.main_file().path).unwrap(), content);
    assert!(ear.heard("is already in"));
}

#[test]
fn a_spoilt_cache_is_passed_over_for_the_network() {
    let content = weights(24, 1000);
    let (home, hub, cache) = (Home::new(), FakeHub::with("m.gguf", &content), tempfile::tempdir().unwrap());
    put_in_cache(cache.path(), "m.gguf", &weights(25, 1000));
    let mut options = hub.options();
    options.cache = Some(cache.path().to_owned());
    let (model, ear) = pull(&home.store, &hub_entry("tiny", &content), options);
    assert_eq!(std::fs::read(&model.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("the hub's cache: m.gguf has SHA-256"));
}

#[test]
fn offline_says_what_is_missing_and_asks_nobody() {
    let content = weights(23, 1000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let ear = Ear::default();
    let hear = |event: PullEvent<'_>| ear.hear(event);
    let mut offline = options(&ear.cancel, &hear, hub.options());
    offline.offline = true;
    let error = home.store.pull(&hub_entry("tiny", &content), &offline).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("m.gguf") && text.contains("abide pull tiny") && text.contains("--offline"),
        "{text}"
    );
    assert_eq!(hub.requests(), []);
}

#[test]
fn a_damaged_model_of_the_same_size_is_fetched_anew() {
    let content = weights(27, 50_000);
    let (home, hub) = (Home::new(), FakeHub::with("m.gguf", &content));
    let tiny = hub_entry("tiny", &content);
    let model = pull(&home.store, &tiny, hub.options()).0.unwrap();
    let mut damaged = content.clone();
    damaged[20_000] ^= 1;
    std::fs::write(&model.main_file().path, &damaged).unwrap(); // the blob has the same bytes
    let (mended, ear) = pull(&home.store, &tiny, hub.options());
    assert_eq!(std::fs::read(&mended.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("the store: m.gguf is damaged") && ear.heard("installed"));
    assert_eq!(hub.deliveries().len(), 2);

    // Where only the name that an engine opens leads elsewhere, the blob is still good.
    std::fs::remove_file(&model.main_file().path).unwrap();
    std::fs::write(&model.main_file().path, &damaged).unwrap();
    let (mended, ear) = pull(&home.store, &tiny, hub.options());
    assert_eq!(std::fs::read(&mended.unwrap().main_file().path).unwrap(), content);
    assert!(ear.heard("the store: m.gguf is damaged") && ear.heard("is already in"));
    assert_eq!(hub.deliveries().len(), 2);
}
