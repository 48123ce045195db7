//! A companion's picture. Must not know how pictures are shown.

use std::borrow::Cow;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::Persona;

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

/// How an avatar is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAvatar {
    media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
}

impl TryFrom<RawAvatar> for Avatar {
    type Error = String;

    fn try_from(raw: RawAvatar) -> Result<Self, Self::Error> {
        let media_type = raw.media_type;
        match (raw.path, raw.data) {
            (Some(path), None) => Ok(Self::Path { media_type, path }),
            (None, Some(data)) => match STANDARD.decode(data) {
                Ok(data) => Ok(Self::Data { media_type, data }),
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
                Self { media_type, path: None, data: Some(STANDARD.encode(data)) }
            }
            Avatar::Path { media_type, path } => Self { media_type, path: Some(path), data: None },
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

impl Persona {
    /// The picture's bytes, if it has one and they are here: its own, or those within the card it came from. A file
    /// beside the persona's own is for the caller to read.
    pub fn avatar_bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self.avatar.as_ref()? {
            Avatar::Data { data, .. } => Some(Cow::Borrowed(data)),
            Avatar::Path { path, .. } => self.original.as_ref()?.resolve(path).map(Cow::Owned),
        }
    }
}
