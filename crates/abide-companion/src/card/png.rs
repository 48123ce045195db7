//! Cards in PNG and APNG files: the chunks are walked, and the picture is never decoded. Must not know the JSON of cards.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::ZlibDecoder;

use super::{
    Card, CardAsset, CardError, CardNotice, CardVersion, Document, OUTSIDE, ReadCard, avatar, fields,
    limits::{self, ASSETS_BYTES_MAX, ASSETS_MAX, JSON_BYTES_MAX, NOTICES_MAX},
};

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];
/// Length, type and checksum around a chunk's data.
const CHUNK_OVERHEAD: usize = 12;
/// The keyword of V3.
const KEYWORD_V3: &str = "ccv3";
/// The keyword of V1 and V2.
const KEYWORD_V2: &str = "chara";
/// What the keywords of embedded files begin with.
const KEYWORD_ASSET: &str = "chara-ext-asset_:";
/// Bytes of a card in base64.
const PAYLOAD_BYTES_MAX: usize = JSON_BYTES_MAX / 3 * 4 + 1024;

/// Whether a file begins like a PNG.
pub(super) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(&SIGNATURE)
}

/// A chunk as it stands in a file.
#[derive(Debug, Clone, Copy)]
struct Chunk<'a> {
    kind: &'a [u8],
    data: &'a [u8],
    /// All of it, with length and checksum.
    whole: &'a [u8],
    /// Whether its checksum is right.
    intact: bool,
}

/// The chunks of a file, and what is wrong with it.
fn chunks(bytes: &[u8]) -> (Vec<Chunk<'_>>, Option<String>) {
    let mut chunks = Vec::new();
    let mut at = SIGNATURE.len();
    loop {
        let Some(head) = bytes.get(at..at + 8) else {
            return (chunks, Some("it ends before the last chunk (IEND)".to_owned()));
        };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let kind = &head[4..8];
        let Some(whole) =
            length.checked_add(CHUNK_OVERHEAD).and_then(|size| bytes.get(at..at.checked_add(size)?))
        else {
            let name = String::from_utf8_lossy(kind).escape_default().to_string();
            return (chunks, Some(format!("its chunk {name} at byte {at} is cut off")));
        };
        let (body, sum) = whole[4..].split_at(length + 4);
        let intact = crc32fast::hash(body).to_be_bytes() == sum;
        chunks.push(Chunk { kind, data: &body[4..], whole, intact });
        at += whole.len();
        if kind == b"IEND" {
            return (chunks, None);
        }
    }
}

/// The keyword of a chunk of text, and the bytes behind it as they stand.
fn keyword<'a>(chunk: &Chunk<'a>) -> Option<(&'a str, &'a [u8])> {
    if ![&b"tEXt"[..], b"iTXt", b"zTXt"].contains(&chunk.kind) {
        return None;
    }
    let end = chunk.data.iter().position(|&byte| byte == 0)?;
    let keyword = std::str::from_utf8(&chunk.data[..end]).ok()?;
    Some((keyword, &chunk.data[end + 1..]))
}

/// Whether a chunk is the card's and not the picture's.
fn is_cards(chunk: &Chunk<'_>) -> bool {
    keyword(chunk).is_some_and(|(keyword, _)| {
        keyword.eq_ignore_ascii_case(KEYWORD_V2)
            || keyword.eq_ignore_ascii_case(KEYWORD_V3)
            || keyword.starts_with(KEYWORD_ASSET)
    })
}

/// The text of a chunk, unpacked if it is packed.
fn text(chunk: &Chunk<'_>, bytes_max: usize) -> Option<Vec<u8>> {
    let (_, rest) = keyword(chunk)?;
    let unpack = |packed: &[u8]| {
        let mut text = Vec::new();
        let mut limited = ZlibDecoder::new(packed).take(bytes_max as u64 + 1);
        limited.read_to_end(&mut text).ok()?;
        (text.len() <= bytes_max).then_some(text)
    };
    match chunk.kind {
        b"tEXt" => (rest.len() <= bytes_max).then(|| rest.to_vec()),
        b"zTXt" => unpack(rest.get(1..)?),
        _ => {
            // Flag, method, language and a translated keyword come first, the last two ended by a zero.
            let (flags, rest) = rest.split_at_checked(2)?;
            let language = rest.iter().position(|&byte| byte == 0)?;
            let rest = &rest[language + 1..];
            let translated = rest.iter().position(|&byte| byte == 0)?;
            let rest = &rest[translated + 1..];
            if flags[0] == 1 { unpack(rest) } else { (rest.len() <= bytes_max).then(|| rest.to_vec()) }
        }
    }
}

/// The JSON that a chunk holds, if it is a card: base64 of it, or (against the specification) itself.
fn decode(chunk: &Chunk<'_>, name: &str) -> Result<(Document, Vec<CardNotice>), CardError> {
    let error = |problem: &str| CardError::Json { what: name.to_owned(), problem: problem.to_owned() };
    let text =
        text(chunk, PAYLOAD_BYTES_MAX).ok_or_else(|| error("it is too large, or its packing is damaged"))?;
    let (value, notices) = if text.trim_ascii_start().starts_with(b"{") {
        limits::parse_json(&text, name)?
    } else {
        let json =
            limits::decode_base64(&text).map_err(|problem| error(&format!("it is not base64: {problem}")))?;
        limits::parse_json(&json, name)?
    };
    fields::version(&value)?;
    Ok((value, notices))
}

/// Reads a card from a PNG: `ccv3` before `chara`, undamaged chunks before damaged ones.
pub(super) fn read(bytes: &[u8]) -> Result<ReadCard, CardError> {
    let (chunks, broken) = chunks(bytes);
    let mut notices: Vec<CardNotice> = Vec::new();
    let note = |notices: &mut Vec<CardNotice>, path: &str, problem: String| {
        if notices.len() < NOTICES_MAX {
            notices.push(CardNotice { path: path.to_owned(), problem });
        }
    };
    let candidates = |wanted: &'static str, intact: bool| {
        chunks.iter().filter(move |chunk| {
            chunk.intact == intact
                && keyword(chunk).is_some_and(|(keyword, _)| keyword.eq_ignore_ascii_case(wanted))
        })
    };
    let order = [(KEYWORD_V3, true), (KEYWORD_V2, true), (KEYWORD_V3, false), (KEYWORD_V2, false)];
    let mut found = None;
    let mut first_error = None;
    for (name, intact) in order {
        for chunk in candidates(name, intact) {
            if found.is_some() {
                continue;
            }
            match decode(chunk, &format!("the chunk {name}")) {
                Ok((value, mended)) => {
                    if !intact {
                        note(&mut notices, name, "has a wrong checksum; read all the same".to_owned());
                    }
                    notices.extend(mended);
                    found = Some(value);
                }
                Err(error) => {
                    note(&mut notices, name, format!("was not used: {error}"));
                    first_error.get_or_insert(error);
                }
            }
        }
    }
    let Some(value) = found else {
        let nothing = match broken {
            Some(problem) => CardError::Damaged { container: "PNG file", problem },
            None => CardError::NoCard { container: "PNG file" },
        };
        return Err(first_error.unwrap_or(nothing));
    };
    if let Some(problem) = broken {
        note(&mut notices, "the picture", format!("is damaged: {problem}"));
    } else if chunks.iter().any(|chunk| !chunk.intact && !is_cards(chunk)) {
        note(&mut notices, "the picture", "is damaged: a checksum is wrong".to_owned());
    }
    let assets = read_assets(&chunks, &mut notices);
    let mut image = SIGNATURE.to_vec();
    for chunk in chunks.iter().filter(|chunk| !is_cards(chunk)) {
        image.extend_from_slice(chunk.whole);
    }
    Card::assemble(value, Some(image), assets, notices)
}

fn read_assets(chunks: &[Chunk<'_>], notices: &mut Vec<CardNotice>) -> Vec<CardAsset> {
    let mut assets: Vec<CardAsset> = Vec::new();
    let mut total = 0_usize;
    for chunk in chunks {
        let Some(path) = keyword(chunk).and_then(|(keyword, _)| keyword.strip_prefix(KEYWORD_ASSET)) else {
            continue;
        };
        let asset = CardAsset { path: path.to_owned(), data: Vec::new() };
        if !asset.is_inside() {
            if notices.len() < NOTICES_MAX {
                let path = format!("{KEYWORD_ASSET}{path}");
                notices.push(CardNotice { path, problem: OUTSIDE.to_owned() });
            }
            continue;
        }
        let encoded = text(chunk, ASSETS_BYTES_MAX);
        let data = encoded.and_then(|encoded| limits::decode_base64(&encoded).ok());
        let kept = data.filter(|data| total + data.len() <= ASSETS_BYTES_MAX && assets.len() < ASSETS_MAX);
        match kept {
            Some(data) => {
                total += data.len();
                assets.push(CardAsset { data, ..asset });
            }
            None if notices.len() < NOTICES_MAX => notices.push(CardNotice {
                path: format!("{KEYWORD_ASSET}{path}"),
                problem: "is damaged or too large; this file is not kept".to_owned(),
            }),
            None => {}
        }
    }
    assets
}

/// Bytes of a chunk with its length and checksum.
pub(super) fn write_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let start = file.len() + 4;
    file.extend_from_slice(&(data.len() as u32).to_be_bytes());
    file.extend_from_slice(&kind);
    file.extend_from_slice(data);
    let sum = crc32fast::hash(&file[start..]);
    file.extend_from_slice(&sum.to_be_bytes());
}

fn write_text(file: &mut Vec<u8>, keyword: &str, data: &[u8]) {
    let mut body = keyword.as_bytes().to_vec();
    body.push(0);
    body.extend_from_slice(STANDARD.encode(data).as_bytes());
    write_chunk(file, *b"tEXt", &body);
}

/// Said in the V2 copy of a V3 card, as the specification asks.
const COPY_NOTE: &str =
    "This is the V2 copy of a V3 character card. A program that reads V3 will use all of it.\n\n";

impl Card {
    /// The card in a PNG: in `picture` (whose own card, if it has one, is replaced), else in the one it has, else in a plain one.
    /// A card of V3 is also put in as V2 for older programs; others are put in as they are.
    ///
    /// # Errors
    ///
    /// If `picture` is no undamaged PNG, or all together is larger than a file that would be read again.
    pub fn to_png(&self, picture: Option<&[u8]>) -> Result<Vec<u8>, CardError> {
        let plain;
        let picture = if let Some(picture) = picture.or(self.image()) {
            picture
        } else {
            plain = avatar::plain_avatar(&self.fields().0.name);
            &plain
        };
        if !is_png(picture) {
            return Err(CardError::NotPng);
        }
        let (chunks, broken) = chunks(picture);
        if let Some(problem) = broken {
            return Err(CardError::Damaged { container: "picture", problem });
        }
        let mut file = SIGNATURE.to_vec();
        for chunk in chunks.iter().filter(|chunk| !is_cards(chunk) && chunk.kind != b"IEND") {
            file.extend_from_slice(chunk.whole);
        }
        for asset in self.assets().iter().filter(|asset| asset.is_inside()) {
            write_text(&mut file, &format!("{KEYWORD_ASSET}{}", asset.path), &asset.data);
        }
        if self.version() == CardVersion::V3 {
            let mut copy = self.to_version(CardVersion::V2);
            let notes = &mut copy["data"]["creator_notes"];
            *notes = format!("{COPY_NOTE}{}", notes.as_str().unwrap_or_default()).into();
            write_text(&mut file, KEYWORD_V2, self.value.with(copy).compact().as_bytes());
            write_text(&mut file, KEYWORD_V3, self.value.compact().as_bytes());
        } else {
            write_text(&mut file, KEYWORD_V2, self.value.compact().as_bytes());
        }
        write_chunk(&mut file, *b"IEND", &[]);
        limits::check_size("the picture with the card", file.len() as u64, limits::FILE_BYTES_MAX)?;
        Ok(file)
    }
}
