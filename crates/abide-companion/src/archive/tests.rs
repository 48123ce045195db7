//! Archives go out and come in whole, and whoever changes one is refused.

use std::io::{Cursor, Read as _, Write as _};
use std::sync::LazyLock;

use jiff::{Timestamp, ToSpan as _};
use proptest::prelude::*;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::keys::{DatabaseKey, Passphrase, PassphraseCost};
use crate::store::{
    CompanionChange, CompanionId, FactKind, FactOrigin, FactSource, Mood, NewFact, NewSummary, Plan, Section,
    Store, StoreError, StoreResult, VectorOf,
};
use crate::transcript::{Message, MessageId, NewMessage, Origin, Speaker};

/// Guessing costs nothing in tests.
const CHEAP: PassphraseCost = PassphraseCost { memory_kib: 8, iterations: 1, lanes: 1 };

fn installation() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("companions.db"), DatabaseKey::random().unwrap()).unwrap();
    (folder, store)
}

fn time(minutes: i64) -> Timestamp {
    "2024-05-01T08:00:00.123456Z".parse::<Timestamp>().unwrap() + minutes.minutes()
}

fn second_persona() -> CompanionChange {
    let persona = Some(json!({"name": "Mïra", "tags": ["a", null]}));
    CompanionChange { persona, note: Some("second".to_owned()), ..CompanionChange::default() }
}

/// A companion that has something of everything.
fn full(store: &Store) -> CompanionId {
    let companion =
        store.create_companion("Mïra 米拉", &json!({"name": "Mïra", "warmth": 0.1 + 0.2})).unwrap().id;
    store.create_companion("Another", &json!({})).unwrap();
    store.change_companion(companion, || StoreResult::Ok((second_persona(), ()))).unwrap();
    store.set_setting(companion, "sampler", &json!({"temperature": 0.7, "top_p": 1.0 / 3.0})).unwrap();
    let say = |parent: Option<&Message>, text: &str, minutes| {
        let speaker = if parent.is_none_or(|parent| parent.content.speaker == Speaker::Companion) {
            Speaker::User
        } else {
            Speaker::Companion
        };
        let parent = parent.map(|parent| parent.id);
        store.append(companion, NewMessage::new(parent, speaker, text, time(minutes))).unwrap()
    };
    let one = say(None, "I live in Lyon \"now\"\n\u{1F600}", 0);
    let two = say(Some(&one), "Lovely!", 1);
    let three = say(Some(&one), "Lyon, how nice", 2);
    let four = say(Some(&three), "下雨了", 600);
    say(Some(&four), "to be deleted", 601);
    store.delete_from(companion, MessageId(5)).unwrap();
    let mut brought = NewMessage::new(Some(two.id), Speaker::User, "from elsewhere", time(3));
    brought.origin = Origin::Import("chatgpt".into());
    brought.name = Some("Zoé".into());
    store.append_aside(companion, brought).unwrap();
    let fact = NewFact {
        kind: FactKind::Place,
        subject: "user".into(),
        predicate: "lives in".into(),
        value: "Lyon".into(),
        text: "The user lives in Lyon.".into(),
        language: None,
        valid_from: Some(time(0)),
        valid_to: None,
        sources: vec![FactSource { message: one.id, quote: Some("I live in Lyon".into()) }],
        confidence: 2.0 / 3.0,
        pinned: true,
        origin: FactOrigin::Pattern,
    };
    let fact = store.add_fact(companion, fact.clone()).unwrap().unwrap();
    let newer = NewFact { value: "Dijon".into(), ..fact.content.clone() };
    let newer = store.supersede_facts(companion, &[fact.id], newer).unwrap().unwrap();
    let doomed = NewFact { value: "Nantes".into(), ..fact.content.clone() };
    let doomed = store.add_fact(companion, doomed).unwrap().unwrap();
    store.delete_fact(companion, doomed.id).unwrap();
    let summary = NewSummary {
        first: one.id,
        last: two.id,
        text: "They met.".into(),
        method: "extractive".into(),
        sources: vec![four.id],
    };
    store.add_summary(companion, summary).unwrap();
    store
        .set_mood(companion, &Mood { message: one.id, valence: 1.0 / 3.0, label: Some("glad".into()) })
        .unwrap();
    let plan = Plan { plan: json!({"score": 1.0 / 7.0}), messages: vec![one.id], facts: vec![newer.id] };
    store.set_plan(companion, three.id, &plan).unwrap();
    store.set_lorebook_state(companion, three.id, &json!({"sticky": {"7": 2}})).unwrap();
    store.open_window(companion, Some("evening")).unwrap();
    store.branch(companion, "night", Some(two.id)).unwrap();
    store.batch(companion, |batch| batch.keep_import(None, &json!({"messages": 1}))).unwrap();
    let vectors = [(VectorOf::Message(one.id), vec![1, 2, 255]), (VectorOf::Fact(newer.id), vec![0; 5])];
    store.put_vectors(companion, "mini", &vectors).unwrap();
    companion
}

fn plain(store: &Store, companion: CompanionId, vectors: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    export(store, companion, &mut bytes, &ExportOptions { protection: Protection::Plain, vectors }).unwrap();
    bytes
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text).unwrap()
}

fn sealed(store: &Store, companion: CompanionId) -> Vec<u8> {
    let protection = Protection::Passphrase(passphrase("correct horse"), CHEAP);
    let mut bytes = Vec::new();
    export(store, companion, &mut bytes, &ExportOptions { protection, vectors: true }).unwrap();
    bytes
}

fn take(store: &Store, bytes: &[u8]) -> Result<CompanionId, ArchiveError> {
    let options = ImportOptions::default();
    import(store, Cursor::new(bytes), Some(&passphrase("correct horse")), &options)
        .map(|companion| companion.id)
}

#[test]
fn what_comes_in_goes_out_the_same_to_the_byte() {
    let (_folder, store) = installation();
    let companion = full(&store);
    for vectors in [false, true] {
        let first = plain(&store, companion, vectors);
        assert_eq!(first, plain(&store, companion, vectors), "the same companion gives the same bytes");
        let (_folder, other) = installation();
        other.create_companion("Already there", &json!({})).unwrap();
        let taken = take(&other, &first).unwrap();
        assert!(first == plain(&other, taken, vectors), "the second export differs");
        other.check().unwrap();
        assert_eq!(other.path_tail(taken, 9).unwrap(), store.path_tail(companion, 9).unwrap());
        assert_eq!(other.search(taken, "下雨", 9).unwrap().len(), 1);
        let through_seal = take(&installation().1, &sealed(&store, companion));
        through_seal.unwrap();
    }
}

#[test]
fn a_sealed_archive_shows_nothing_and_holds_the_same() {
    let (_folder, store) = installation();
    let companion = full(&store);
    let bytes = sealed(&store, companion);
    for word in ["Lyon", "transcript", "PK\x03\x04"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word} is in the file");
    }
    let mut opened = Vec::new();
    let reader = sealed::SealedReader::new(Cursor::new(&bytes), &passphrase("correct horse"));
    reader.map_err(|error| error.to_string()).unwrap().read_to_end(&mut opened).unwrap();
    assert!(opened == plain(&store, companion, true), "what is sealed is the plain archive");
    let (_folder, other) = installation();
    let options = ImportOptions::default();
    let taken = |passphrase| import(&other, Cursor::new(&bytes), passphrase, &options).unwrap_err();
    let other_passphrase = passphrase("wrong");
    let wrong = taken(Some(&other_passphrase));
    assert!(matches!(wrong, ArchiveError::WrongPassphrase), "{wrong}");
    let none = taken(None);
    assert!(matches!(none, ArchiveError::PassphraseNeeded), "{none}");
    let about = inspect(Cursor::new(&bytes), Some(&passphrase("correct horse"))).unwrap();
    assert_eq!((about.name.as_str(), about.entries["transcript.jsonl"].lines), ("Mïra 米拉", 5));
}

#[test]
fn names_and_companions_that_are_here_are_not_taken_over() {
    let (_folder, store) = installation();
    let companion = full(&store);
    let bytes = plain(&store, companion, false);
    let here = take(&store, &bytes).unwrap_err();
    assert!(matches!(here, ArchiveError::AlreadyHere { .. }), "{here}");
    let copy = ImportOptions { name: None, copy: true };
    let taken = import(&store, Cursor::new(&bytes), None, &copy).unwrap_err();
    assert!(matches!(taken, ArchiveError::Store(StoreError::NameTaken(_))), "{taken}");
    let copy = ImportOptions { name: Some("Twin".into()), copy: true };
    let twin = import(&store, Cursor::new(&bytes), None, &copy).unwrap();
    assert_ne!(twin.uid, store.companion(companion).unwrap().uid);
    assert_eq!(store.message_count(twin.id).unwrap(), store.message_count(companion).unwrap());
    assert_eq!(store.companions().unwrap().len(), 3);
}

/// The archive with one entry's text replaced, and the manifest made to fit if `honest`.
fn changed(bytes: &[u8], name: &str, honest: bool, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut manifest: Manifest = serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap();
    for entry in names.iter().filter(|entry| *entry != "manifest.json") {
        let mut text = String::new();
        zip.by_name(entry).unwrap().read_to_string(&mut text).unwrap();
        if entry == name {
            text = change(&text);
            if honest {
                use sha2::Digest as _;
                let sha256 = hexadecimal(&sha2::Sha256::digest(&text));
                let lines = text.lines().count() as u64;
                manifest
                    .entries
                    .insert(entry.clone(), ManifestEntry { bytes: text.len() as u64, lines, sha256 });
            }
        }
        out.start_file(entry, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    let mut manifest = serde_json::to_string(&manifest).unwrap();
    if name == "manifest.json" {
        manifest = change(&manifest);
    }
    out.start_file("manifest.json", zip::write::SimpleFileOptions::default()).unwrap();
    out.write_all(manifest.as_bytes()).unwrap();
    out.finish().unwrap().into_inner()
}

/// The entry that is changed, whether the manifest is made to fit, and the change.
type Lie = (&'static str, bool, fn(&str) -> String);

#[test]
fn archives_that_lie_are_refused_and_leave_nothing() {
    let (_folder, store) = installation();
    let companion = full(&store);
    let bytes = plain(&store, companion, true);
    let (_folder, other) = installation();
    let newer =
        changed(&bytes, "manifest.json", false, |text| text.replace("\"version\":1", "\"version\":9"));
    let error = take(&other, &newer).unwrap_err();
    assert!(matches!(error, ArchiveError::Newer { found: 9, known: 1 }), "{error}");
    let huge = changed(&bytes, "manifest.json", false, |text| {
        text.replacen("\"bytes\":", "\"bytes\":9999999999", 1)
    });
    let error = take(&other, &huge).unwrap_err();
    assert!(matches!(error, ArchiveError::TooLarge(_)), "{error}");
    let lies: [Lie; 12] = [
        ("transcript.jsonl", false, |text| text.replace("Lovely", "Hateful")),
        ("transcript.jsonl", true, |text| text.replace("\"parent\":1", "\"parent\":3")),
        ("transcript.jsonl", true, |text| text.replace("\"id\":2", "\"id\":1")),
        ("transcript.jsonl", true, |text| text.replace("\"id\":6", "\"id\":99999999999999999")),
        ("transcript.jsonl", true, |text| text.trim_end().to_owned()),
        ("facts.jsonl", true, |text| text.replace("\"message\":1", "\"message\":77")),
        ("facts.jsonl", true, |text| text.replace("\"superseded_by\":2", "\"superseded_by\":8")),
        ("facts.jsonl", true, |text| format!("{text}{text}")),
        ("moods.jsonl", true, |text| text.replace("0.333333", "33")),
        ("branches.jsonl", true, |_| String::new()),
        ("companion.json", true, |text| text.replace("\"next_message\":7", "\"next_message\":2")),
        ("personas.jsonl", true, |_| String::new()),
    ];
    for (index, (name, honest, change)) in lies.into_iter().enumerate() {
        let changed = changed(&bytes, name, honest, change);
        let error = take(&other, &changed).unwrap_err();
        assert!(matches!(error, ArchiveError::Damaged(_)), "lie {index}: {error}");
    }
    assert_eq!(other.companions().unwrap(), [], "nothing was imported by halves");
    other.check().unwrap();
    take(&other, &changed(&bytes, "", false, str::to_owned)).unwrap();
}

#[test]
fn other_files_are_no_archives() {
    let (_folder, store) = installation();
    for bytes in [&b""[..], b"abide", b"%PDF-1.7 something", b"PK\x03\x04 and then nonsense"] {
        assert!(take(&store, bytes).is_err());
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("../manifest.json", zip::write::SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(take(&store, &bytes).is_err());
}

#[test]
fn the_format_is_described_as_it_is() {
    let page = include_str!("../../../../docs/archive-format.md");
    let described: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name))
        .collect();
    let mut written = vec!["companion.json"];
    written.extend(Section::ALL.map(format::entry_name));
    written.push("manifest.json");
    assert_eq!(described[described.len() - written.len()..], written);
    assert!(page.contains(&format!("Format version: {FORMAT_VERSION}.")));
    let (_folder, store) = installation();
    let bytes = plain(&store, full(&store), true);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).unwrap();
        assert_eq!(entry.name().unwrap(), written[index]);
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let row = page.lines().find(|line| line.starts_with(&format!("| `{}`", written[index]))).unwrap();
        let first: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(if index + 1 == written.len() {
                &text
            } else {
                text.lines().next().unwrap()
            })
            .unwrap();
        for field in first.keys() {
            assert!(row.contains(&format!("`{field}`")), "{}: {field} is not described", written[index]);
        }
    }
}

#[test]
fn the_conversation_can_be_read() {
    let (_folder, store) = installation();
    let companion = full(&store);
    let names = Names { user: "Jo".into(), companion: "Mïra".into() };
    let mut page = Vec::new();
    write_markdown(&store, companion, &mut page, Reach::AllBranches, &names, &jiff::tz::TimeZone::UTC)
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(page).unwrap());
    let mut lines = Vec::new();
    write_jsonl(&store, companion, &mut lines, Reach::ActivePath).unwrap();
    insta::assert_snapshot!(String::from_utf8(lines).unwrap());
    let mut all = Vec::new();
    write_jsonl(&store, companion, &mut all, Reach::AllBranches).unwrap();
    assert_eq!(String::from_utf8(all).unwrap().lines().count(), 5);
}

#[test]
fn any_length_is_sealed_and_read_from_any_place() {
    use std::io::{Seek as _, SeekFrom};
    for length in [0, 1, 65535, 65536, 65537, 131_072, 200_000] {
        let bytes: Vec<u8> = (0..length).map(|index: u32| (index * 31 % 251) as u8).collect();
        let mut writer = sealed::SealedWriter::new(Vec::new(), &passphrase("p"), CHEAP).unwrap();
        writer.write_all(&bytes).unwrap();
        let sealed = writer.finish().unwrap();
        let mut reader = sealed::SealedReader::new(Cursor::new(&sealed), &passphrase("p")).unwrap();
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert!(read == bytes, "{length} bytes");
        let from = u64::from(length) * 2 / 3;
        reader.seek(SeekFrom::Start(from)).unwrap();
        read.clear();
        reader.read_to_end(&mut read).unwrap();
        assert!(read == bytes[from as usize..], "{length} bytes, from {from}");
        for cut in [1, 16, 17, 65_552] {
            let kept = &sealed[..sealed.len().saturating_sub(cut)];
            assert!(sealed::SealedReader::new(Cursor::new(kept), &passphrase("p")).is_err(), "cut by {cut}");
        }
    }
}

/// The full companion's archive, sealed and plain: made once for all cases.
static ARCHIVES: LazyLock<(Vec<u8>, Vec<u8>)> = LazyLock::new(|| {
    let (_folder, store) = installation();
    let companion = full(&store);
    (sealed(&store, companion), plain(&store, companion, true))
});

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(debug_assertions) { 48 } else { 200 }, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_or_cut_archive_is_refused(place in 0.0..1.0, bit in 0..8, cut in proptest::bool::ANY) {
        let mut bytes = ARCHIVES.0.clone();
        let at = (place * (bytes.len() - 1) as f64) as usize;
        // The cost of guessing is not changed: it would only make the test slow.
        prop_assume!(cut || !(12..24).contains(&at));
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1_u8 << bit;
        }
        let (_folder, other) = installation();
        prop_assert!(take(&other, &bytes).is_err());
        prop_assert!(other.companions().unwrap().is_empty());
    }

    #[test]
    fn a_companion_from_a_strange_archive_is_sound_or_not_there(
        entry in 0..15_usize,
        place in 0.0..1.0,
        length in 0..4_usize,
        text in prop_oneof!["[0-9]{1,3}", Just("null".to_owned()), Just("-1".to_owned()), "[a-z\"{},:]{0,2}",
            Just(u64::MAX.to_string()), Just("\u{0}".to_owned()), Just("0.5".to_owned())],
    ) {
        let name = Section::ALL.get(entry).map_or("companion.json", |section| format::entry_name(*section));
        let strange = changed(&ARCHIVES.1, name, true, |whole| {
            let characters: Vec<char> = whole.chars().collect();
            let at = (place * characters.len() as f64) as usize;
            let end = (at + length).min(characters.len());
            let (before, after) = (&characters[..at], &characters[end..]);
            before.iter().chain(&text.chars().collect::<Vec<_>>()).chain(after).collect()
        });
        let (_folder, other) = installation();
        match take(&other, &strange) {
            Ok(taken) => {
                other.check().unwrap();
                other.path_tail(taken, 9).unwrap();
                other.delete_from(taken, MessageId(1)).ok();
                plain(&other, taken, true);
            }
            Err(ArchiveError::Damaged(_) | ArchiveError::Store(StoreError::BadName(_))) => {
                prop_assert!(other.companions().unwrap().is_empty());
            }
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}
