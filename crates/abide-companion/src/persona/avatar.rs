//! A companion's picture. Must not know how pictures are shown.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::validate::{AVATAR_BYTES_MAX, check_size, problem};
use super::{Persona, PersonaError};
use crate::card::Card;

/// Bytes that tell what a picture is.
const HEAD_BYTES: usize = 16;

/// A picture: its media type, and its bytes or where they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawAvatar", into = "RawAvatar")]
pub enum Avatar {
    /// The bytes themselves (base64 under `data` where it is written as text).
    Data {
        /// Such as `image/png`.
        media_type: String,
        /// The picture.
        data: Vec<u8>,
    },
    /// Where it is: a file beside the persona's own, or a URI within the imported card (`embeded://…`).
    Path {
        /// Such as `image/png`.
        media_type: String,
        /// The path, with `/`.
        path: String,
    },
}

/// How an avatar is written down. Without a media type, it is what the bytes or the file's name say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAvatar {
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

impl TryFrom<RawAvatar> for Avatar {
    type Error = String;

    fn try_from(raw: RawAvatar) -> Result<Self, Self::Error> {
        let said = |known: Option<&'static str>, unknown: &dyn Fn() -> String| {
            raw.media_type.or(known.map(str::to_owned)).ok_or_else(unknown)
        };
        let unnamed = |path: &str| {
            let endings = "name one that ends in .png, .jpg, .gif, .webp or .avif, or write its media_type, like image/png";
            format!("avatar.path is `{}`, which is no picture's name; {endings}", path.escape_default())
        };
        let unknown = "avatar.data is no picture that is known by its first bytes; write its media_type, like image/png";
        match (raw.path, raw.data) {
            (Some(path), None) if path.trim().is_empty() => {
                Err("avatar.path is empty; name a picture, or take [avatar] out".to_owned())
            }
            (Some(path), None) => {
                Ok(Self::Path { media_type: said(named(&path), &|| unnamed(&path))?, path })
            }
            (None, Some(data)) => match STANDARD.decode(data) {
                Ok(data) => Ok(Self::Data { media_type: said(sniff(&data), &|| unknown.to_owned())?, data }),
                Err(error) => Err(format!("avatar.data is not base64: {error}")),
            },
            _ => Err("avatar needs either `path` or `data` (base64)".to_owned()),
        }
    }
}

impl From<Avatar> for RawAvatar {
    fn from(avatar: Avatar) -> Self {
        match avatar {
            Avatar::Data { media_type, data } => {
                Self { media_type: Some(media_type), path: None, data: Some(STANDARD.encode(data)) }
            }
            Avatar::Path { media_type, path } => {
                Self { media_type: Some(media_type), path: Some(path), data: None }
            }
        }
    }
}

impl Avatar {
    /// Its media type.
    pub fn media_type(&self) -> &str {
        match self {
            Self::Data { media_type, .. } | Self::Path { media_type, .. } => media_type,
        }
    }
}

/// The media type that a picture's first bytes say.
pub(super) fn sniff(data: &[u8]) -> Option<&'static str> {
    match data {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => Some("image/avif"),
        _ => None,
    }
}

/// The media type that a picture's name says.
fn named(path: &str) -> Option<&'static str> {
    match Path::new(path).extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "png" | "apng" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        "webp" => Some("image/webp"),
        "avif" => Some("image/avif"),
        _ => None,
    }
}

/// A picture of a kind that cards hold, and its media type. Of anything else, the beginning alone is read.
fn read_picture(path: &Path) -> Result<(&'static str, Vec<u8>), PersonaError> {
    let shown = path.display();
    let unreadable = |error: io::Error| {
        let cure = "put the picture there, or take [avatar] out";
        problem("avatar.path", format!("can't read {shown} ({error})"), cure)
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    let size = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    check_size(&format!("avatar.path: {shown}"), size, AVATAR_BYTES_MAX)?;
    let no_picture = || {
        let cure = "name a picture in PNG, or in JPEG, GIF, WebP or AVIF, which CHARX cards alone hold";
        problem("avatar.path", format!("{shown} is no picture that a card can hold"), cure)
    };
    if !metadata.is_file() {
        return Err(no_picture());
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut data = Vec::new();
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut data).map_err(unreadable)?;
    let media_type = sniff(&data).ok_or_else(no_picture)?;
    file.take((AVATAR_BYTES_MAX - HEAD_BYTES) as u64).read_to_end(&mut data).map_err(unreadable)?;
    Ok((media_type, data))
}

/// Whether links lead from below a folder to elsewhere. What is not there leads nowhere.
fn leads_out(folder: &Path, file: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let real = folder.canonicalize().and_then(|folder| Ok((folder, file.canonicalize()?)));
    real.is_ok_and(|(folder, file)| !file.starts_with(folder))
}

impl Persona {
    /// Takes in the picture that a persona written by hand names by its path: a file in `folder`, or below it. One within the card that the
    /// persona came from stays there.
    ///
    /// # Errors
    ///
    /// If there is no such file, it lies elsewhere, is too large, or no undamaged picture that a card can hold.
    pub fn read_avatar(&mut self, folder: &Path) -> Result<(), PersonaError> {
        let Some(Avatar::Path { path, .. }) = &self.avatar else { return Ok(()) };
        if self.avatar_bytes().is_some() {
            return Ok(());
        }
        let relative = Path::new(path);
        let is_below =
            relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !is_below {
            let found = format!("`{}` leads out of the folder that the persona is in", path.escape_default());
            return Err(problem("avatar.path", found, "put the picture beside the persona's file"));
        }
        let file = folder.join(relative);
        if leads_out(folder, &file) {
            let found =
                format!("`{}` is a link out of the folder that the persona is in", path.escape_default());
            return Err(problem("avatar.path", found, "put the picture itself beside the persona's file"));
        }
        let (media_type, data) = read_picture(&file)?;
        self.avatar = Some(Avatar::Data { media_type: media_type.to_owned(), data });
        if media_type == "image/png" {
            // Said now, and not when the card is to be written.
            Card::from_persona(self).to_png(None).map_err(|error| {
                let found = format!("{} can't hold a card ({error})", file.display());
                problem("avatar.path", found, "save the picture again")
            })?;
        }
        Ok(())
    }

    /// The picture's bytes, if it has one and they are here: its own, or those within the card it came from. A file
    /// beside the persona's own is for [`Persona::read_avatar`].
    pub fn avatar_bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self.avatar.as_ref()? {
            Avatar::Data { data, .. } => Some(Cow::Borrowed(data)),
            Avatar::Path { path, .. } => self.original.as_ref()?.resolve(path).map(Cow::Owned),
        }
    }
}
