//! CHARX: a card and its files in a ZIP archive. Must not know the JSON of cards.

use std::io::{Cursor, Read, Write};

use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    Card, CardAsset, CardError, CardNotice, CardVersion, OUTSIDE, ReadCard,
    limits::{
        self, ASSETS_BYTES_MAX, ASSETS_MAX, FILE_BYTES_MAX, JSON_BYTES_MAX, NAME_BYTES_MAX, NOTICES_MAX,
    },
    write::name_icon,
};

/// Where the card lies.
const CARD_PATH: &str = "card.json";
/// Where the card's picture is put that is not among its files.
const ICON_PATH: &str = "assets/icon/images/main.png";

/// Whether a file begins like a ZIP archive, or like a JPEG picture, behind which some programs put one.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"PK\x05\x06")
        || bytes.starts_with(&[0xFF, 0xD8, 0xFF])
}

fn damaged(error: impl std::fmt::Display) -> CardError {
    CardError::Damaged { container: "archive", problem: error.to_string() }
}

/// Reads a card from an archive. What archives claim about sizes is not believed: reading ends at the limits.
pub(super) fn read(bytes: &[u8]) -> Result<ReadCard, CardError> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && !bytes.windows(4).any(|window| window == b"PK\x05\x06") {
        return Err(CardError::NoCard { container: "JPEG picture" });
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let card = match archive.by_name(CARD_PATH) {
        Ok(file) => read_limited(file, JSON_BYTES_MAX).map_err(damaged)?.ok_or(CardError::TooLarge {
            what: CARD_PATH.to_owned(),
            found: JSON_BYTES_MAX as u64 + 1,
            allowed: JSON_BYTES_MAX as u64,
        })?,
        Err(zip::result::ZipError::FileNotFound) => return Err(CardError::NoCard { container: "archive" }),
        Err(error) => return Err(damaged(error)),
    };
    let (value, mut notices) = limits::parse_json(&card, CARD_PATH)?;
    let assets = read_assets(&mut archive, &mut notices);
    Card::assemble(value, None, assets, notices)
}

/// All of a file, or `None` if it has more bytes than `bytes_max`.
fn read_limited(file: impl Read, bytes_max: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    file.take(bytes_max as u64 + 1).read_to_end(&mut data)?;
    Ok((data.len() <= bytes_max).then_some(data))
}

fn read_assets(archive: &mut ZipArchive<Cursor<&[u8]>>, notices: &mut Vec<CardNotice>) -> Vec<CardAsset> {
    let mut assets = Vec::new();
    let mut left = ASSETS_BYTES_MAX;
    let mut dropped = 0_usize;
    for index in 0..archive.len() {
        let file = match archive.by_index(index) {
            Ok(file) => file,
            Err(error) => {
                note(notices, format!("file {index} of the archive"), &format!("can't be read: {error}"));
                continue;
            }
        };
        let Ok(path) = file.name().map(std::borrow::Cow::into_owned) else {
            dropped += 1;
            continue;
        };
        if file.is_dir() || path == CARD_PATH {
            continue;
        }
        if assets.len() >= ASSETS_MAX || path.len() > NAME_BYTES_MAX {
            dropped += 1;
            continue;
        }
        let asset = CardAsset { path: path.clone(), data: Vec::new() };
        if !asset.is_inside() {
            note(notices, path, OUTSIDE);
            continue;
        }
        match read_limited(file, left) {
            Ok(Some(data)) => {
                left -= data.len();
                assets.push(CardAsset { data, ..asset });
            }
            Ok(None) => {
                let problem =
                    format!("more than {ASSETS_BYTES_MAX} bytes with the others; this file is not kept");
                note(notices, path, &problem);
            }
            Err(error) => note(notices, path, &format!("is damaged ({error}); this file is not kept")),
        }
    }
    if dropped > 0 {
        note(
            notices,
            "the archive".to_owned(),
            &format!("{dropped} of its files are not kept: there are too many, or their names can't be read"),
        );
    }
    assets
}

fn note(notices: &mut Vec<CardNotice>, path: String, problem: &str) {
    if notices.len() < NOTICES_MAX {
        notices.push(CardNotice { path, problem: problem.to_owned() });
    }
}

impl Card {
    /// The card (as V3) and its files as a CHARX archive. The JSON of a card of V3 is as it is; only a picture that it came in, which
    /// lies beside it now, is named there.
    ///
    /// # Errors
    ///
    /// If all together is larger than a file that would be read again.
    pub fn to_charx(&self) -> Result<Vec<u8>, CardError> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        // Pictures and sounds are packed already.
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut put = |path: &str, data: &[u8], options| {
            archive.start_file(path, options).map_err(damaged)?;
            archive.write_all(data).map_err(damaged)
        };
        let image = self.image().filter(|_| !self.assets().iter().any(|asset| asset.path == ICON_PATH));
        let mut card = self.to_version(CardVersion::V3);
        if image.is_some() {
            name_icon(&mut card, ICON_PATH, "png");
        }
        put(CARD_PATH, self.value.with(card).pretty().as_bytes(), packed)?;
        let mut written = std::collections::BTreeSet::from([CARD_PATH]);
        // A card that an earlier abide took in may still have files with names that lead elsewhere.
        for asset in self.assets().iter().filter(|asset| asset.is_inside()) {
            if !written.insert(&asset.path) {
                continue;
            }
            put(&asset.path, &asset.data, stored)?;
        }
        if let Some(image) = image {
            put(ICON_PATH, image, stored)?;
        }
        let file = archive.finish().map_err(damaged)?.into_inner();
        limits::check_size("the archive with the card", file.len() as u64, FILE_BYTES_MAX)?;
        Ok(file)
    }
}
