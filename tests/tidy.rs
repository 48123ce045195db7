//! Rules of this repository that no compiler knows: which crate may use which, where candle and `unsafe`
//! may be named, how long files and functions get, what may be kept in the repository. Must not
//! name any of our crates.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Which of our crates each of them may name. Written as absences: what is not here is forbidden.
const ALLOWED_EDGES: &[(&str, &[&str])] = &[
    ("abide-generation", &[]),
    ("abide-kernels", &[]),
    ("abide-models", &[]),
    ("abide-engine", &["abide-kernels", "abide-generation"]),
    ("abide-companion", &["abide-generation", "abide-kernels"]),
    ("abide-server", &["abide-companion", "abide-models", "abide-generation"]),
    (
        "abide-cli",
        &[
            "abide-companion",
            "abide-engine",
            "abide-generation",
            "abide-kernels",
            "abide-models",
            "abide-server",
        ],
    ),
];

/// The crate outside the workspace that measures candle's stock models.
const PEERS: &str = "benches/peers/";

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;

/// Functions that are longer, with their lines. A ratchet: they may only shrink, and leave when they fit.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[];

const FILE_BYTES_MAX: u64 = 1_000_000;
const FIXTURES_BYTES_MAX: u64 = 25_000_000;

/// A file of the repository: its path relative to the root, with `/`, and its text if it is one.
struct SourceFile {
    path: String,
    bytes: u64,
    text: Option<String>,
}

impl SourceFile {
    fn is_rust(&self) -> bool {
        self.has_extension("rs")
    }

    fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// The crate that the file belongs to, for example `abide-engine`.
    fn crate_name(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("a crate lies in crates/").to_owned()
}

/// The paths that git knows or would add; all files but build outputs where there is no git.
fn repository_paths(root: &Path) -> Vec<String> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = Command::new("git").arg("-C").arg(root).args(arguments).output();
    match listed {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            let names = String::from_utf8(output.stdout).expect("file names are UTF-8");
            names.split_terminator('\0').map(str::to_owned).collect()
        }
        _ => {
            let mut paths = Vec::new();
            walk(root, root, &mut paths);
            paths
        }
    }
}

fn walk(root: &Path, folder: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let path = entry.expect("a folder of the repository can be read").path();
        let name =
            path.strip_prefix(root).expect("it lies under the root").to_str().expect("names are UTF-8");
        if [".git", "target"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, paths);
        } else {
            paths.push(name.replace('\\', "/"));
        }
    }
}

fn source_files() -> Vec<SourceFile> {
    let root = root();
    let read = |path: String| {
        let full = root.join(&path);
        // A file that git lists may have been deleted just now.
        let bytes = fs::metadata(&full).ok().filter(fs::Metadata::is_file)?.len();
        let text = if bytes <= FILE_BYTES_MAX { fs::read_to_string(&full).ok() } else { None };
        Some(SourceFile { path, bytes, text })
    };
    let files: Vec<_> = repository_paths(&root).into_iter().filter_map(read).collect();
    assert!(files.iter().filter(|file| file.is_rust()).count() > 10, "the repository was not found");
    files
}

/// Fails with all complaints, one per line.
fn report(complaints: &[String], cure: &str) {
    assert!(complaints.is_empty(), "\n{}\n{cure}", complaints.join("\n"));
}

/// Rust text without comments and without what stands in quotes, with the same lines.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = skipped_length(rest, code.chars().next_back());
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.extend(rest[..skipped].chars().filter(|&character| character == '\n'));
            // So that the words on both sides stay apart.
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    code
}

/// Bytes of the comment, string or character that `rest` begins with; 0 if it begins with code.
fn skipped_length(rest: &str, before: Option<char>) -> usize {
    let inside_word = before.is_some_and(is_word);
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment_length(rest);
    }
    if rest.starts_with('"') {
        return quoted_length(rest, '"');
    }
    if rest.starts_with('\'') && is_character(rest) {
        return quoted_length(rest, '\'');
    }
    let hashes =
        rest.strip_prefix('r').map(|raw| (raw, raw.bytes().take_while(|&byte| byte == b'#').count()));
    match hashes {
        Some((raw, count)) if !inside_word && raw[count..].starts_with('"') => {
            let end = format!("\"{}", "#".repeat(count));
            let start = 1 + count + 1;
            rest[start..].find(&end).map_or(rest.len(), |found| start + found + end.len())
        }
        _ => 0,
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether a quote begins a character and not a lifetime.
fn is_character(rest: &str) -> bool {
    let mut following = rest.chars().skip(1);
    match following.next() {
        Some('\\') => true,
        _ => following.next() == Some('\''),
    }
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

fn block_comment_length(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut index = 0;
    while index < rest.len() {
        match &rest.as_bytes()[index..] {
            [b'/', b'*', ..] => (depth, index) = (depth + 1, index + 2),
            [b'*', b'/', ..] => (depth, index) = (depth - 1, index + 2),
            _ => index += 1,
        }
        if depth == 0 {
            return index;
        }
    }
    rest.len()
}

/// The numbers of the lines (from 1) that hold the word `word` as code.
fn lines_with_word(code: &str, word: &str) -> Vec<usize> {
    let holds = |line: &str| {
        line.match_indices(word).any(|(start, _)| {
            let before = line[..start].chars().next_back();
            let after = line[start + word.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
    };
    code.lines().enumerate().filter(|(_, line)| holds(line)).map(|(index, _)| index + 1).collect()
}

/// Name, first line (from 1) and number of lines of each function. Relies on rustfmt: a function ends
/// with a brace as far in as it began.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let closes = |line: &&str| line.strip_prefix(indent).is_some_and(|rest| rest.trim_end() == "}");
        let declares = |line: &&str| line.trim_end().ends_with(';') && line.strip_prefix(indent).is_some();
        let body = &lines[start..];
        let end = if body[0].trim_end().ends_with('}') {
            Some(0)
        } else {
            let opened = body.iter().position(|line| line.trim_end().ends_with('{'));
            let declared = body.iter().position(declares);
            match (opened, declared) {
                // A declaration in a trait has no body.
                (opened, Some(declared)) if opened.is_none_or(|opened| declared < opened) => Some(declared),
                _ => body.iter().position(closes),
            }
        };
        if let Some(end) = end {
            found.push((name.to_owned(), start + 1, end + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let (before, after) =
        line.trim_start().split_once("fn ").map(|(before, after)| (before.trim(), after))?;
    let known = |word: &str| {
        ["const", "async", "unsafe", "extern", "pub"].contains(&word) || word.starts_with("pub(")
    };
    if !before.split_whitespace().all(known) {
        return None;
    }
    let length = after.find(|character| !is_word(character))?;
    (length > 0).then(|| &after[..length])
}

#[test]
fn crates_use_only_the_crates_below_them() {
    let mut complaints = Vec::new();
    for file in source_files().iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let Some(name) = file.crate_name() else {
            continue;
        };
        let Some((_, allowed)) = ALLOWED_EDGES.iter().find(|(known, _)| *known == name) else {
            complaints.push(format!("{}: {name} is not in ALLOWED_EDGES", file.path));
            continue;
        };
        for dependency in dependencies(file) {
            if dependency.starts_with("abide-") && !allowed.contains(&dependency.as_str()) {
                complaints.push(format!("{}: {name} must not use {dependency}", file.path));
            }
            if dependency.starts_with("candle") && name != "abide-engine" {
                complaints.push(format!("{}: only abide-engine may use {dependency}", file.path));
            }
        }
    }
    report(&complaints, "ARCHITECTURE.md says which crate may know which, and why.");
}

/// The names of all crates that a Cargo.toml depends on, of every kind and for every target.
fn dependencies(file: &SourceFile) -> BTreeSet<String> {
    let manifest: toml::Table = file.text().parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
    let mut tables = vec![&manifest];
    tables.extend(
        manifest
            .get("target")
            .and_then(toml::Value::as_table)
            .into_iter()
            .flat_map(|targets| targets.values().filter_map(toml::Value::as_table)),
    );
    let mut names = BTreeSet::new();
    for table in tables {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (key, value) in table.get(kind).and_then(toml::Value::as_table).into_iter().flatten() {
                // A renamed dependency says its true name in `package`.
                let package = value.get("package").and_then(toml::Value::as_str);
                names.insert(package.unwrap_or(key).to_owned());
            }
        }
    }
    names
}

#[test]
fn words_stay_where_they_belong() {
    // What is looked for, the folders that may say it, and why nobody else may. What measures candle names it.
    let candle: &[&str] = &["crates/abide-engine/", PEERS];
    let rules: &[(&str, &[&str], &str)] = &[
        ("unsafe", &["crates/abide-kernels/"], "`unsafe` lives in abide-kernels alone"),
        ("candle_core", candle, "only abide-engine names candle"),
        ("candle_nn", candle, "only abide-engine names candle"),
        ("candle_transformers", &[PEERS], "its models are measured, not used"),
        ("todo", &[], "nothing is left for later without an error that says so"),
        ("unimplemented", &[], "nothing is left for later without an error that says so"),
        ("dbg", &[], "logs go through tracing"),
    ];
    let macros = ["todo", "unimplemented", "dbg"];
    let mut complaints = Vec::new();
    for file in source_files().iter().filter(|file| file.is_rust()) {
        let code = code_only(file.text());
        for (word, folders, why) in rules {
            if folders.iter().any(|folder| file.path.starts_with(folder)) {
                continue;
            }
            for line in lines_with_word(&code, word) {
                let text = code.lines().nth(line - 1).unwrap_or_default();
                if !macros.contains(word) || text.contains(&format!("{word}!")) {
                    complaints.push(format!("{}:{line}: {why}", file.path));
                }
            }
        }
    }
    report(&complaints, "Move the code, or say it another way.");
}

#[test]
fn each_file_says_what_it_is() {
    let complaints: Vec<_> = source_files()
        .iter()
        .filter(|file| file.is_rust() && !file.text().starts_with("//! "))
        .map(|file| file.path.clone())
        .collect();
    report(&complaints, "Begin these files with `//!`: what the file is, and what it must not know.");
}

#[test]
fn files_and_functions_stay_short() {
    let mut complaints = Vec::new();
    let mut excused = BTreeSet::new();
    for file in source_files().iter().filter(|file| file.is_rust()) {
        let lines = file.text().lines().count();
        if lines > FILE_LINES_MAX {
            complaints.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path));
        }
        for (name, start, lines) in functions(&code_only(file.text())) {
            let excuse = LONG_FUNCTIONS.iter().find(|(path, long, _)| *path == file.path && *long == name);
            let max = excuse.map_or(FUNCTION_LINES_MAX, |(_, _, max)| *max);
            if lines > max {
                complaints.push(format!("{}:{start}: `{name}` has {lines} lines, at most {max}", file.path));
            } else if lines > FUNCTION_LINES_MAX {
                excused.insert((file.path.clone(), name.clone()));
                if lines < max {
                    complaints
                        .push(format!("{}:{start}: lower the excuse of `{name}` to {lines}", file.path));
                }
            }
        }
    }
    for (path, name, _) in LONG_FUNCTIONS {
        if !excused.contains(&((*path).to_owned(), (*name).to_owned())) {
            complaints.push(format!("{path}: `{name}` needs no excuse any more"));
        }
    }
    report(&complaints, "Split what is too long; LONG_FUNCTIONS may only shrink.");
}

#[test]
fn the_repository_stays_small() {
    let files = source_files();
    let mut complaints: Vec<_> = files
        .iter()
        .filter(|file| file.bytes > FILE_BYTES_MAX)
        .map(|file| format!("{}: {} bytes, at most {FILE_BYTES_MAX}", file.path, file.bytes))
        .collect();
    let fixtures = files.iter().filter(|file| file.path.starts_with("tests/fixtures/"));
    let total: u64 = fixtures.map(|file| file.bytes).sum();
    if total > FIXTURES_BYTES_MAX {
        complaints.push(format!("tests/fixtures: {total} bytes, at most {FIXTURES_BYTES_MAX}"));
    }
    report(&complaints, "Large files belong into the catalogue, to be fetched, not into the repository.");
}

/// Whoever builds or tests this may have a mirror configured, and hosts written down would pass it by.
#[test]
fn no_registry_is_named() {
    // In two halves, so that this file does not name them either.
    let hosts = [
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("crates", ".io"),
        ("npm", "js.org"),
        ("static.rust-lang", ".org"),
        ("proxy.golang", ".org"),
    ]
    .map(|(first, second)| format!("{first}{second}"));
    let mut complaints = Vec::new();
    for file in source_files() {
        // Cargo writes its own registry into its lock files.
        if file.path.ends_with("Cargo.lock") {
            continue;
        }
        for (index, line) in file.text().lines().enumerate() {
            for host in hosts.iter().filter(|host| line.contains(host.as_str())) {
                complaints.push(format!("{}:{}: names {host}", file.path, index + 1));
            }
        }
    }
    report(&complaints, "Use the client that the user configured, without a host.");
}

#[test]
fn every_crate_takes_the_shared_settings() {
    let mut complaints = Vec::new();
    for file in source_files().iter().filter(|file| file.crate_name().is_some()) {
        if file.path.matches('/').count() != 2 || !file.path.ends_with("/Cargo.toml") {
            continue;
        }
        let manifest: toml::Table =
            file.text().parse().unwrap_or_else(|error| panic!("{}: {error}", file.path));
        let shared = |table: &str, key: Option<&str>| {
            let value = manifest.get(table).and_then(|table| key.map_or(Some(table), |key| table.get(key)));
            value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool) == Some(true)
        };
        for key in ["version", "edition", "rust-version", "license"] {
            if !shared("package", Some(key)) {
                complaints.push(format!("{}: `{key}` is not the workspace's", file.path));
            }
        }
        if !shared("lints", None) {
            complaints.push(format!("{}: `[lints] workspace = true` is missing", file.path));
        }
    }
    report(&complaints, "See the root Cargo.toml.");
}

/// Nothing that is built here day by day would notice if benches/peers measured an older candle, or one of ours.
#[test]
fn the_candle_that_is_measured_is_the_engine_s() {
    let files = source_files();
    let table = |path: String| -> toml::Table {
        let file =
            files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("there is no {path}"));
        file.text().parse().unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let locked = |folder: &str| {
        let lock = table(format!("{folder}Cargo.lock"));
        let packages = lock["package"].as_array().expect("packages are an array").clone();
        let candle = packages.iter().find(|package| package["name"].as_str() == Some("candle-core"));
        candle.expect("candle is locked")["version"].as_str().expect("versions are text").to_owned()
    };
    let manifest = table(format!("{PEERS}Cargo.toml"));
    let peers = manifest["package"]["version"].as_str().expect("it has a version");
    assert_eq!(locked(""), locked(PEERS), "run `cargo update -p candle-core` in {PEERS}");
    assert_eq!(
        peers,
        locked(PEERS),
        "{PEERS}Cargo.toml: the crate's version is that of the candle it measures"
    );
    let ours = manifest["dependencies"].as_table().expect("it has dependencies").keys();
    assert_eq!(ours.filter(|name| name.starts_with("abide")).count(), 0, "{PEERS} must know nothing of ours");
}

#[test]
fn code_is_told_from_comments_and_strings() {
    let text = r##"
// unsafe in a comment
/* unsafe /* nested unsafe */ unsafe */ let a = "unsafe \" unsafe";
let b = r#"unsafe " unsafe"#; let c = '"'; let d: &'static str = b"unsafe"; let e = '\'';
#![deny(unsafe_code)]
unsafe { real() }
let f = "
unsafe
"; unsafe fn g<'a>() {}
"##;
    assert_eq!(lines_with_word(&code_only(text), "unsafe"), [6, 9]);
}

#[test]
fn functions_are_measured() {
    let mut text =
        String::from("trait A {\n    fn declared(\n        &self,\n    ) -> u8;\n    fn short() {}\n}\n");
    text.push_str("pub(crate) const fn long() {\n");
    for index in 0..80 {
        writeln!(text, "    call({index});").expect("a String takes all");
    }
    text.push_str("}\nlet pointer: fn (u8) = x;\n");
    let expected = [("declared".to_owned(), 2, 3), ("short".to_owned(), 5, 1), ("long".to_owned(), 7, 82)];
    assert_eq!(functions(&text), expected);
}
