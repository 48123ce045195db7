//! A companion as a file, out and in. Must not know the formats.

use std::io::{Read, Write};
use std::sync::Arc;

use abide_companion::archive::{self, ArchiveError, ExportOptions, ImportOptions, Protection, Reach};
use abide_companion::card::{BookFile, BookForm, Card, CardFile, CardForm, CardVersion, ReadBook};
use abide_companion::companion::{
    Companion, CompanionError, CompanionResult, Companions, FileChoice, FileKind,
};
use abide_companion::keys::{Passphrase, PassphraseCost};
use abide_companion::persona::Persona;
use abide_companion::spool::Spool;
use axum::Json as JsonReply;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::mpsc::{self, Sender};
use utoipa::ToSchema;

use super::answers::TakenIn;
use super::spooled::spooled;
use super::{with_companion, with_companions};
use crate::extract::{Json, Path, Query};
use crate::{ApiError, ErrorKind, Server};

/// Header with the passphrase of an archive.
const PASSPHRASE: &str = "abide-passphrase";
/// Pieces that wait for a slow reader, and bytes of each.
const PIECES_WAITING_MAX: usize = 4;
const PIECE_BYTES: usize = 64 << 10;
/// Bytes of an archive at most that is sent here; larger ones come in by `abide companion import`.
const ARCHIVE_BYTES_MAX: u64 = 8 << 30;

/// What to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::ExportRequest)]
pub struct ExportRequest {
    /// `abide` (everything), `markdown` or `jsonl` (what was said), `card` (a character card as JSON, in the version of the card that it came
    /// from, else V3), `card_v1`, `card_v2`, `card_v3`, `card_png` (a picture with the card in it), `card_charx` (an archive, always V3),
    /// `lorebook` (its lorebook alone, as the specification of cards has it) or `world_info` (as SillyTavern has it).
    #[schema(example = "markdown")]
    pub form: String,
    /// The passphrase that an archive is sealed with.
    pub passphrase: Option<String>,
    /// An archive that everybody can read who has it.
    #[serde(default)]
    pub without_passphrase: bool,
    /// What was said on all branches.
    #[serde(default)]
    pub all_branches: bool,
}

/// What an export is made of.
enum Export {
    Archive(ExportOptions),
    Markdown(Reach),
    JsonLines(Reach),
}

/// Writes a companion as a stream of bytes.
#[utoipa::path(
    post,
    operation_id = "companions_export",
    path = "/v1/companions/{name}/export",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = ExportRequest,
    responses((
        status = OK,
        description = "The file, in the type of its form.",
        content(
            (Value = "application/octet-stream"),
            (String = "text/markdown"),
            (String = "application/jsonl"),
            (Value = "application/json"),
            (Value = "image/png"),
            (Value = "application/zip"),
        )
    ))
)]
pub async fn export(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<ExportRequest>,
) -> Result<Response, ApiError> {
    if request.form != "abide" && (request.passphrase.is_some() || request.without_passphrase) {
        let field = if request.passphrase.is_some() { "passphrase" } else { "without_passphrase" };
        return Err(ApiError::invalid(
            field,
            "is for an archive, the form `abide`; others can be read by everybody",
        ));
    }
    let says_nothing = request.form.starts_with("card") || book_form(&request.form).is_some();
    if says_nothing && request.all_branches {
        let problem = "is not for a card or a lorebook, which have nothing that was said";
        return Err(ApiError::invalid("all_branches", problem));
    }
    let reach = if request.all_branches { Reach::AllBranches } else { Reach::ActivePath };
    let (companion, persona) = with_companion(&server, name, |companion| {
        let persona = companion.persona()?;
        Ok((companion, persona))
    })
    .await?;
    let (export, kind, extension) = match &*request.form {
        "abide" => {
            let protection = protection(request.passphrase, request.without_passphrase)?;
            let options = ExportOptions { protection, vectors: false };
            (Export::Archive(options), "application/octet-stream", "abide")
        }
        "markdown" => (Export::Markdown(reach), "text/markdown; charset=utf-8", "md"),
        "jsonl" => (Export::JsonLines(reach), "application/jsonl", "jsonl"),
        form => {
            return match book_form(form) {
                Some(form) => book(&persona, form),
                None => card(&persona, form),
            };
        }
    };
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, CompanionError>>(PIECES_WAITING_MAX);
    tokio::task::spawn_blocking(move || {
        let mut writer = Pieces { sender: &sender, piece: Vec::with_capacity(PIECE_BYTES) };
        if let Err(error) = write(&companion, &export, &mut writer) {
            tracing::error!(%error, "an export broke off");
            // The connection is cut, so that nobody takes the part for the whole.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let body = Body::from_stream(async_stream::stream! {
        while let Some(piece) = receiver.recv().await {
            yield piece.map_err(|error| std::io::Error::other(error.to_string()));
        }
    });
    Ok(file(kind, &format!("companion.{extension}"), body))
}

fn protection(passphrase: Option<String>, without: bool) -> Result<Protection, ApiError> {
    match (passphrase, without) {
        (Some(text), false) => {
            let passphrase = Passphrase::new(text).map_err(|error| ApiError::invalid("passphrase", error))?;
            Ok(Protection::Passphrase(passphrase, PassphraseCost::default()))
        }
        (None, true) => Ok(Protection::Plain),
        _ => Err(ApiError::invalid("passphrase", "or `without_passphrase` is needed, and not both")),
    }
}

fn write(companion: &Companion, export: &Export, writer: &mut Pieces<'_>) -> CompanionResult<()> {
    match export {
        Export::Archive(options) => drop(companion.export(&mut *writer, options)?),
        Export::Markdown(reach) => companion.write_markdown(&mut *writer, *reach)?,
        Export::JsonLines(reach) => companion.write_jsonl(&mut *writer, *reach)?,
    }
    writer.flush().map_err(|error| CompanionError::Archive(error.into()))
}

/// A writer whose bytes go out in pieces.
struct Pieces<'a> {
    sender: &'a Sender<Result<Bytes, CompanionError>>,
    piece: Vec<u8>,
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        let gone = |_| std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        self.sender.blocking_send(Ok(piece)).map_err(gone)
    }
}

fn card(persona: &Persona, form: &str) -> Result<Response, ApiError> {
    let (form, version) = match form {
        "card" => (CardForm::Json, None),
        "card_v1" => (CardForm::Json, Some(CardVersion::V1)),
        "card_v2" => (CardForm::Json, Some(CardVersion::V2)),
        "card_v3" => (CardForm::Json, Some(CardVersion::V3)),
        "card_png" => (CardForm::Png, None),
        "card_charx" => (CardForm::Charx, None),
        _ => {
            let known = "is one of abide, markdown, jsonl, card, card_v1, card_v2, card_v3, card_png, card_charx, lorebook, world_info";
            return Err(ApiError::invalid("form", known));
        }
    };
    let (kind, extension) = match form {
        CardForm::Json => ("application/json", "json"),
        CardForm::Png => ("image/png", "png"),
        CardForm::Charx => ("application/zip", "charx"),
    };
    let written = Card::from_persona(persona).write(form, version);
    let bytes = written.map_err(|error| ApiError::new(ErrorKind::Invalid, error.to_string()))?.bytes;
    Ok(file(kind, &format!("companion.{extension}"), bytes))
}

fn book_form(form: &str) -> Option<BookForm> {
    match form {
        "lorebook" => Some(BookForm::V3),
        "world_info" => Some(BookForm::WorldInfo),
        _ => None,
    }
}

fn book(persona: &Persona, form: BookForm) -> Result<Response, ApiError> {
    let none = || {
        let message = "the companion has no lorebook; POST /v1/companions/import?into=NAME with one as the body gives it one";
        ApiError::new(ErrorKind::NotFound, message)
    };
    let written = BookFile::from_persona(persona, form).ok_or_else(none)?;
    Ok(file("application/json", "lorebook.json", written.to_json().into_bytes()))
}

fn file(kind: &str, name: &str, body: impl IntoResponse) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
}

/// How a file is taken in.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Its name here; its own if left out.
    pub name: Option<String>,
    /// Make another companion that began the same, where the archive's is here already.
    pub copy: bool,
    /// The companion that gets the lorebook, where the body is one.
    pub into: Option<String>,
}

/// Takes in a `.abide` archive, a character card (JSON, PNG, CHARX) or a lorebook (JSON), sent as the body. An archive's passphrase comes in the header
/// `Abide-Passphrase`.
#[utoipa::path(
    post,
    operation_id = "companions_import",
    path = "/v1/companions/import",
    tag = "Companions",
    params(ImportQuery, ("Abide-Passphrase" = Option<String>, Header, description = "The archive's passphrase")),
    request_body(content = Value, content_type = "application/octet-stream"),
    responses((status = CREATED, body = TakenIn))
)]
pub async fn import(
    State(server): State<Arc<Server>>,
    Query(query): Query<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, JsonReply<TakenIn>), ApiError> {
    let passphrase = match headers.get(PASSPHRASE) {
        Some(text) => {
            let text =
                str::from_utf8(text.as_bytes()).map_err(|_| ApiError::invalid(PASSPHRASE, "is no UTF-8"))?;
            Some(Passphrase::new(text).map_err(|error| ApiError::invalid(PASSPHRASE, error))?)
        }
        None => None,
    };
    let (spool, _) = spooled(body, ARCHIVE_BYTES_MAX).await?;
    let taken =
        with_companions(&server, move |companions| Ok(take(companions, &spool, passphrase.as_ref(), &query)));
    let (name, notices) = taken.await??;
    Ok((StatusCode::CREATED, JsonReply(TakenIn { name, notices })))
}

/// Takes an archive, a card or a lorebook in.
fn take(
    companions: &Companions,
    spool: &Spool,
    passphrase: Option<&Passphrase>,
    query: &ImportQuery,
) -> Result<(String, Vec<String>), ApiError> {
    let open = || spool.open().map_err(|error| unreadable(&error));
    let check = |kind| check_choices(kind, query, passphrase);
    if query.into.is_some() && !matches!(archive::inspect(open()?, None), Err(ArchiveError::NotAnArchive)) {
        check(FileKind::Archive)?;
    }
    let options = ImportOptions { name: query.name.clone(), copy: query.copy };
    match companions.import(open()?, passphrase, &options) {
        Ok(companion) => return Ok((companion.info()?.name, Vec::new())),
        Err(CompanionError::Archive(ArchiveError::NotAnArchive)) => {}
        Err(error) => return Err(error.into()),
    }
    let bytes = small_file(open()?)?;
    let read =
        CardFile::read(&bytes).map_err(|error| ApiError::new(ErrorKind::Invalid, error.to_string()))?;
    let read = match read {
        CardFile::Card(read) => read,
        CardFile::Book(read) => {
            check(FileKind::Lorebook)?;
            return take_book(companions, *read, query);
        }
    };
    check(FileKind::Card)?;
    let persona = Persona::from_card(&read.card);
    let create = || -> CompanionResult<String> {
        Ok(companions.create(&persona, query.name.as_deref())?.info()?.name)
    };
    let notices = read.notices.iter().map(ToString::to_string).collect();
    Ok((create()?, notices))
}

/// Refuses what was chosen and has no effect on such a file.
fn check_choices(
    kind: FileKind,
    query: &ImportQuery,
    passphrase: Option<&Passphrase>,
) -> Result<(), ApiError> {
    for (is_chosen, choice, field) in [
        (query.name.is_some(), FileChoice::Name, "name"),
        (query.copy, FileChoice::Copy, "copy"),
        (query.into.is_some(), FileChoice::Into, "into"),
        (passphrase.is_some(), FileChoice::Passphrase, PASSPHRASE),
    ] {
        if let Some(problem) = kind.refuses(choice).filter(|_| is_chosen) {
            return Err(ApiError::invalid(field, problem));
        }
    }
    Ok(())
}

/// Takes a lorebook in, for a companion that is here.
fn take_book(
    companions: &Companions,
    read: ReadBook,
    query: &ImportQuery,
) -> Result<(String, Vec<String>), ApiError> {
    let Some(name) = &query.into else {
        return Err(ApiError::invalid("into", "is needed for a lorebook alone: the companion that gets it"));
    };
    let companion = companions.get(name)?;
    let mut notices: Vec<String> = read.notices.iter().map(ToString::to_string).collect();
    let merged = companion.take_in_lorebook(read.lorebook)?;
    notices.extend(merged.notes);
    if merged.known > 0 {
        notices.push(format!("{} of its entries were there already", merged.known));
    }
    Ok((companion.info()?.name, notices))
}

fn small_file(reader: impl Read) -> Result<Vec<u8>, ApiError> {
    let limit = abide_companion::card::FILE_BYTES_MAX as u64;
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > limit {
        return Err(ApiError::new(ErrorKind::TooLarge, format!("a card has at most {limit} bytes")));
    }
    Ok(bytes)
}

fn unreadable(error: &std::io::Error) -> ApiError {
    tracing::error!(%error, "a body could not be read again");
    ApiError::new(ErrorKind::Internal, "the body could not be read again; the server's log says why")
}
