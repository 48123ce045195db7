//! Models in memory: loaded once, kept, freed.

use std::sync::Arc;
use std::time::Duration;

use abide_generation::scripted::{Script, ScriptedGenerator};
use tokio::task::yield_now;

use super::*;
use crate::testing::{FakeLibrary, MODEL};

fn generator() -> Arc<ScriptedGenerator> {
    Arc::new(ScriptedGenerator::new(vec![Script::answer(&["a"])]))
}

/// Models `a`, `b` and `c` of 400 bytes each, and `v`, which makes vectors, of 100, on a machine of `memory` bytes.
fn registry(memory: usize) -> (Registry, Arc<FakeLibrary>) {
    let library = FakeLibrary::with(ScriptedGenerator::new(vec![]));
    for id in ["a", "b", "c"] {
        library.add(id, generator(), 400);
    }
    library.add_embedder("v", 100);
    library.has_memory(memory);
    let registry = Registry::new(library.clone(), None, RegistryOptions::default(), Metrics::default());
    (registry, library)
}

fn ids(registry: &Registry) -> Vec<String> {
    registry.loaded().into_iter().map(|model| model.info.id).collect()
}

/// Waits until something holds that other tasks and threads bring about.
async fn eventually(holds: impl Fn() -> bool) {
    while !holds() {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_model_is_loaded_once_however_many_ask() {
    let (registry, library) = registry(1000);
    library.close();
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let registry = registry.clone();
            tokio::spawn(
                async move { registry.generator("a", None).await.map(|lease| lease.info().id.clone()) },
            )
        })
        .collect();
    eventually(|| library.loads() == 1).await;
    assert!(registry.loaded().is_empty(), "it is on its way");
    library.open();
    for asked in asking {
        assert_eq!(asked.await.unwrap().unwrap(), "a");
    }
    assert_eq!(library.loads(), 1);
    assert_eq!(ids(&registry), ["a"]);
    assert!(registry.generator("a:latest", None).await.is_ok());
    assert_eq!(library.loads(), 1);
}

#[tokio::test]
async fn who_hangs_up_does_not_stop_the_load() {
    let (registry, library) = registry(1000);
    library.close();
    let first = tokio::spawn({
        let registry = registry.clone();
        async move { registry.generator("a", None).await.map(drop) }
    });
    eventually(|| library.loads() == 1).await;
    let second = tokio::spawn({
        let registry = registry.clone();
        async move { registry.generator("a", None).await.map(drop) }
    });
    yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    library.open();
    second.await.unwrap().unwrap();
    assert_eq!(library.loads(), 1);
}

#[tokio::test]
async fn a_model_that_stopped_is_loaded_anew() {
    let (registry, library) = registry(1000);
    let held = registry.generator("a", None).await.unwrap();
    library.stop_loaded();
    let anew = registry.generator("a", None).await.unwrap();
    assert_eq!(library.loads(), 2);
    assert!(held.has_stopped() && !anew.has_stopped());
    drop(held);
    drop(anew);
    assert!(registry.generator("a", None).await.is_ok());
    assert_eq!((library.loads(), ids(&registry)), (2, vec!["a".to_owned()]));
}

#[tokio::test]
async fn a_failed_load_is_told_to_all_and_tried_again_later() {
    let (registry, library) = registry(1000);
    let problem = "its file is damaged".to_owned();
    library.fails("a", Some(LibraryError::Unusable { id: "a".to_owned(), problem }));
    library.close();
    let asking: Vec<_> = (0..3)
        .map(|_| {
            let registry = registry.clone();
            tokio::spawn(async move { registry.generator("a", None).await.map(drop) })
        })
        .collect();
    eventually(|| library.loads() == 1).await;
    for _ in 0..10 {
        yield_now().await;
    }
    library.open();
    for asked in asking {
        let error = asked.await.unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Internal);
        assert!(error.message.contains("its file is damaged"), "{error}");
    }
    assert!(registry.loaded().is_empty());
    library.fails("a", None);
    assert!(registry.generator("a", None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn idle_models_make_room_those_first_that_were_used_longest_ago() {
    let (registry, library) = registry(1000);
    for id in ["a", "b", "a", "c"] {
        drop(registry.generator(id, None).await.unwrap());
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    assert_eq!(ids(&registry), ["a", "c"]);
    assert_eq!(library.resident(), ["a", "c"], "what was unloaded was freed");
}

/// Asks for a model beside what else happens.
fn ask(
    registry: &Registry,
    id: &'static str,
) -> tokio::task::JoinHandle<Result<Lease<dyn Generator>, ApiError>> {
    let registry = registry.clone();
    tokio::spawn(async move { registry.generator(id, None).await })
}

/// Lets everything happen that can by itself.
async fn settle() {
    tokio::time::sleep(LOOK_AGAIN * 2).await;
}

#[tokio::test(start_paused = true)]
async fn models_in_use_stay_and_the_rest_waits() {
    let (registry, library) = registry(1000);
    let a = registry.generator("a", None).await.unwrap();
    let b = registry.generator("b", None).await.unwrap();
    let c = ask(&registry, "c");
    settle().await;
    assert!(!c.is_finished(), "there is room for two");
    assert_eq!(ids(&registry), ["a", "b"]);
    drop(a);
    assert_eq!(c.await.unwrap().unwrap().info().id, "c");
    assert_eq!(ids(&registry), ["b", "c"]);
    drop(b);
    library.has_memory(300);
    let error = registry.generator("a", None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unavailable);
    assert!(error.message.contains("takes 1 MB of memory, and 0 MB are there"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_model_is_served_in_turn() {
    let (_, library) = registry(0);
    let options = RegistryOptions { models_max: 1, ..RegistryOptions::default() };
    let registry = Registry::new(library, None, options, Metrics::default());
    let first = registry.generator("a", None).await.unwrap();
    let also = registry.generator("a", None).await.unwrap();
    let (b, again) = (ask(&registry, "b"), ask(&registry, "b"));
    settle().await;
    // However many go on asking for the other one, they come later.
    let later = ask(&registry, "a");
    settle().await;
    assert!(!b.is_finished() && !later.is_finished());
    drop(first);
    settle().await;
    assert!(!b.is_finished() && !later.is_finished(), "somebody uses it still");
    drop(also);
    let (b, again) = (b.await.unwrap().unwrap(), again.await.unwrap().unwrap());
    assert_eq!(ids(&registry), ["b"]);
    settle().await;
    let last = ask(&registry, "b");
    settle().await;
    assert!(!later.is_finished() && !last.is_finished());
    drop((b, again));
    let later = later.await.unwrap().unwrap();
    assert_eq!(later.info().id, "a");
    drop(later);
    assert_eq!(last.await.unwrap().unwrap().info().id, "b");
}

#[tokio::test(start_paused = true)]
async fn who_hangs_up_waits_for_no_room() {
    let (_, library) = registry(0);
    let options = RegistryOptions { models_max: 1, ..RegistryOptions::default() };
    let registry = Registry::new(library.clone(), None, options, Metrics::default());
    let a = registry.generator("a", None).await.unwrap();
    let b = ask(&registry, "b");
    settle().await;
    b.abort();
    settle().await;
    assert!(registry.generator("a", None).await.is_ok(), "nobody is in front");
    drop(a);
    settle().await;
    assert_eq!((ids(&registry), library.loads()), (vec!["a".to_owned()], 1));
    assert!(registry.generator("b", None).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_room_holds_up_no_removal() {
    let (registry, _) = registry(800);
    let used = (registry.generator("a", None).await.unwrap(), registry.generator("b", None).await.unwrap());
    let c = ask(&registry, "c");
    settle().await;
    registry.remove("v").await.unwrap();
    assert!(!c.is_finished());
    drop(used);
    assert!(c.await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_model_goes_when_its_time_is_up() {
    let (registry, library) = registry(0);
    drop(registry.generator("a", None).await.unwrap());
    tokio::time::sleep(Duration::from_secs(299)).await;
    assert_eq!(ids(&registry), ["a"]);
    // Being used starts its time anew, and does not count.
    let lease = registry.generator("a", None).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1000)).await;
    assert_eq!(ids(&registry), ["a"]);
    drop(lease);
    tokio::time::sleep(Duration::from_secs(299)).await;
    assert_eq!(ids(&registry), ["a"]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(ids(&registry).is_empty());
    eventually(|| library.resident().is_empty()).await;
    assert_eq!(library.loads(), 1);
}

#[tokio::test(start_paused = true)]
async fn requests_say_how_long_a_model_stays() {
    let (registry, library) = registry(0);
    drop(registry.generator("a", Some(Duration::MAX)).await.unwrap());
    assert_eq!(registry.loaded()[0].expires, None);
    tokio::time::sleep(Duration::from_secs(1_000_000)).await;
    // Who does not say leaves it as it is.
    drop(registry.generator("a", None).await.unwrap());
    tokio::time::sleep(Duration::from_secs(1_000_000)).await;
    assert_eq!(ids(&registry), ["a"]);
    drop(registry.generator("a", Some(Duration::from_secs(10))).await.unwrap());
    assert!(registry.loaded()[0].expires.is_some());
    tokio::time::sleep(Duration::from_secs(11)).await;
    assert!(ids(&registry).is_empty());
    drop(registry.generator("a", Some(Duration::ZERO)).await.unwrap());
    eventually(|| library.resident().is_empty()).await;
    assert!(ids(&registry).is_empty());
}

#[tokio::test]
async fn unloading_waits_for_the_last_user() {
    let (registry, library) = registry(0);
    assert!(!registry.unload("a").await.unwrap());
    drop(registry.generator("a", None).await.unwrap());
    assert!(registry.unload("a").await.unwrap());
    assert!(library.resident().is_empty());
    let lease = registry.generator("a", Some(Duration::MAX)).await.unwrap();
    assert!(registry.unload("a").await.unwrap());
    assert_eq!(ids(&registry), ["a"]);
    drop(lease);
    eventually(|| library.resident().is_empty()).await;
    assert!(ids(&registry).is_empty());
    assert_eq!(registry.unload("nowhere").await.unwrap_err().kind, ErrorKind::ModelNotFound);
}

#[tokio::test]
async fn a_model_in_use_is_not_removed() {
    let (registry, library) = registry(0);
    let lease = registry.generator("a", None).await.unwrap();
    assert_eq!(registry.remove("a").await.unwrap_err().kind, ErrorKind::Conflict);
    drop(lease);
    registry.remove("a").await.unwrap();
    assert!(library.resident().is_empty());
    assert_eq!(registry.generator("a", None).await.unwrap_err().kind, ErrorKind::ModelNotFound);
}

#[tokio::test]
async fn each_kind_of_model_has_its_use() {
    let (registry, _) = registry(0);
    let error = registry.generator("v", None).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Invalid, Some("model")));
    assert!(registry.embedder("a", None).await.unwrap_err().message.contains("makes text, not vectors"));
    assert_eq!(registry.embedder("v", None).await.unwrap().dimensions(), 2);
    assert_eq!(registry.generator("", None).await.unwrap().info().id, MODEL);
    assert_eq!(registry.find("elsewhere").await.unwrap_err().kind, ErrorKind::ModelNotFound);
    assert_eq!(registry.list().await.unwrap().len(), 5);
    assert_eq!(registry.details("b").await.unwrap().info.id, "b");
}

#[tokio::test]
async fn a_pull_tells_how_far_it_is() {
    let (registry, _) = registry(0);
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    let pulled = registry.pull("a", move |step| sender.send(step).unwrap()).await.unwrap();
    assert_eq!(pulled.id, "a");
    let mut steps = Vec::new();
    while let Some(step) = receiver.recv().await {
        steps.push(step);
    }
    assert_eq!(steps.len(), 3);
    assert_eq!(registry.pull("broken", |_| {}).await.unwrap_err().kind, ErrorKind::Unavailable);
}
