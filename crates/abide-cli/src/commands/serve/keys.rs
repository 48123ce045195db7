//! Keys of the server: read from files, or made.
//!
//! Must not know what they open.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use abide_companion::private;
use abide_server::{Keys, Scope};

use super::own_key_file;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::reading;
use crate::settings::ServerSettings;

/// A key with fewer characters can be guessed.
const LENGTH_MIN: usize = 16;
/// Random bytes of a key that is made.
const RANDOM_BYTES: usize = 32;
/// Bytes of a file of keys at most.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The keys of the files that `settings` name. Where others reach the server and no file is named, the program's own key is
/// used, which is made and told the first time.
///
/// # Errors
/// When a file can't be read, holds no key, or one that can be guessed.
pub fn read(
    settings: &ServerSettings,
    others_reach_it: bool,
    home: &Path,
    console: &mut Console,
) -> Result<Keys, Failure> {
    let mut keys = Vec::new();
    let files = [(Scope::Use, &settings.api_key_file), (Scope::Admin, &settings.admin_key_file)];
    for (scope, path) in files {
        if let Some(path) = path {
            keys.extend(read_file(path, console)?.into_iter().map(|key| (scope, key)));
        }
    }
    if others_reach_it && settings.api_key_file.is_none() {
        keys.push((Scope::Use, own_key(home, console)?));
    }
    Ok(Keys::new(keys))
}

/// One key in each line; empty ones and those that begin with `#` are left out.
fn read_file(path: &Path, console: &mut Console) -> Result<Vec<String>, Failure> {
    let shown = path.display();
    let refuse = |problem: String, cure: &str| Err(Failure::new(Exit::Usage, problem).with_cure(cure));
    let text = match File::open(path).and_then(|file| reading::text(file, FILE_BYTES_MAX)) {
        Ok(text) => text,
        Err(error) => {
            return refuse(
                format!("can't read the keys in {shown}: {error}"),
                "name a text file that you may read, with one key in each line",
            );
        }
    };
    let lines = text.lines().map(str::trim);
    let keys: Vec<String> =
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect();
    if keys.is_empty() {
        return refuse(
            format!("there is no key in {shown}"),
            "write one into it, such as `openssl rand -hex 32` makes",
        );
    }
    let is_sound =
        |key: &String| key.len() >= LENGTH_MIN && key.chars().all(|character| character.is_ascii_graphic());
    if !keys.iter().all(is_sound) {
        return refuse(
            format!(
                "a key in {shown} is shorter than {LENGTH_MIN} characters, or has others than letters, digits and signs"
            ),
            "write another one, such as `openssl rand -hex 32` makes",
        );
    }
    if is_readable_by_others(path) {
        console
            .notice(&format!("warning: other users of this machine can read {shown}; `chmod 600` mends it"));
    }
    Ok(keys)
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_path: &Path) -> bool {
    false
}

/// The program's own key: the one that lies in `home`, or a new one, which is told this once.
fn own_key(home: &Path, console: &mut Console) -> Result<String, Failure> {
    let path = own_key_file(home);
    if path.exists() {
        console.notice(&format!("clients need the key in {}", path.display()));
        let keys = read_file(&path, console)?;
        return Ok(keys.into_iter().next().unwrap_or_default());
    }
    let key = rand::random::<[u8; RANDOM_BYTES]>().iter().fold("abide-".to_owned(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    });
    write_private(&path, &key).map_err(|error| {
        Failure::new(Exit::Failure, format!("can't write the new key into {}: {error}", path.display()))
            .with_cure("name a file with keys by --api-key-file, or listen on 127.0.0.1")
    })?;
    console.notice(&format!(
        "others can reach this server, so clients need this key, shown only now:\n  {key}\nit is kept in {}",
        path.display()
    ));
    Ok(key)
}

/// Writes a file that nobody else may read, and that must not be there yet.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        private::make_folder(folder)?;
    }
    let mut file = private::make_file(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::test::console;

    #[test]
    fn a_key_is_made_once_and_shown_once() {
        let home = tempfile::tempdir().unwrap();
        let (mut console, _, err) = console();
        let key = own_key(home.path(), &mut console).unwrap();
        assert!(key.len() > 64 && err.text().contains(&key));
        assert!(!is_readable_by_others(&own_key_file(home.path())));
        let (mut console, _, err) = crate::output::test::console();
        assert_eq!(own_key(home.path(), &mut console).unwrap(), key);
        assert!(!err.text().contains(&key), "{}", err.text());
    }

    #[test]
    fn files_hold_a_key_in_each_line() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("keys");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            read_file(&path, &mut console().0)
        };
        let keys = read("# mine\n0123456789abcdef\n\n  fedcba9876543210  \n").unwrap();
        assert_eq!(keys, ["0123456789abcdef", "fedcba9876543210"]);
        for text in ["", "# only a comment\n", "brief7\n", "0123456789 abcdef\n"] {
            let failure = read(text).unwrap_err();
            assert_eq!(failure.exit(), Exit::Usage, "{text}");
            assert!(
                text.trim().is_empty() || !failure.to_string().contains(text.trim()),
                "keys are not shown"
            );
        }
        assert!(read_file(&home.path().join("nothing"), &mut console().0).is_err());
    }
}
