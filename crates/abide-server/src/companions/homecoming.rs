//! What takes a while and tells how far it is: histories that come home, and rehearsals on another model. Must not know formats or scores.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use abide_companion::companion::{CompanionError, RehearsalOptions};
use abide_companion::history::{
    self, BroughtHome, Choice, DOUBTS_MAX, DateOrder, Format, HistoryError, ImportEvent, ImportOptions,
    Observer, Progress, Sampler, Source,
};
use abide_companion::store::StoreError;
use abide_companion::transcript::MessageId;
use abide_generation::Generator;
use axum::Json as JsonReply;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};
use utoipa::ToSchema;

use super::answers::{Deleted, Imports, RunsOn};
use super::spooled::spooled;
use super::{Leased, problem, with_companion};
use crate::extract::{Json, NoQuery, Path, Query};
use crate::{ApiError, ErrorKind, Server};

/// Bytes of a history at most that is sent here.
const HISTORY_BYTES_MAX: u64 = 8 << 30;
/// Bytes between two events that tell how far an import is.
const PROGRESS_BYTES: u64 = 1 << 20;
/// Bytes of one record of a history at most, whatever is asked for.
const RECORD_BYTES_MAX: usize = 1_000_000_000;
/// Turns of a rehearsal at most.
const TURNS_MAX: usize = 100;
/// Events that wait for a slow reader; the work waits with them.
const EVENTS_WAITING_MAX: usize = 64;

type Told = (&'static str, Value);

/// A response of events that are told while the work goes on. `stop` is raised when the client goes.
fn told(mut events: Receiver<Told>, stop: Arc<AtomicBool>) -> Response {
    let stream = async_stream::stream! {
        let _stop = RaiseOnDrop(stop);
        while let Some((kind, data)) = events.recv().await {
            yield Ok::<_, Infallible>(Event::default().event(kind).data(data.to_string()));
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

struct RaiseOnDrop(Arc<AtomicBool>);

impl Drop for RaiseOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// What is brought home.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// What the file is; as its contents say if left out.
    pub format: Option<String>,
    /// Only the conversation with this title.
    pub title: Option<String>,
    /// Only conversations with this character.
    pub character: Option<String>,
    /// A name that the user had there.
    pub me: Option<String>,
    /// A name that the companion had there.
    pub them: Option<String>,
    /// Which number of a date such as 5/12/2023 is the day: `auto` (as the dates themselves tell), `day_first` or `month_first`.
    pub dates: Option<String>,
    /// Only tell what is in it, and what of it would be new.
    pub dry_run: bool,
    /// Also draft a persona from what the companion said there. It changes nobody.
    pub draft: bool,
    /// Bytes of one conversation, or line, at most; larger ones are left out. 256,000,000 if left out, 1,000,000,000 at most: one is
    /// held in memory at a time.
    pub record_bytes_max: Option<usize>,
}

impl HistoryQuery {
    fn options(self, stop: Arc<AtomicBool>) -> Result<ImportOptions, ApiError> {
        let base = ImportOptions::default();
        let format = self.format.as_deref().map(str::parse::<Format>).transpose();
        let bytes = self.record_bytes_max.unwrap_or(base.record_bytes_max);
        if !(1..=RECORD_BYTES_MAX).contains(&bytes) {
            let problem = format!("goes from 1 to {RECORD_BYTES_MAX}, but is {bytes}");
            return Err(ApiError::invalid("record_bytes_max", problem));
        }
        Ok(ImportOptions {
            format: format.map_err(|error| ApiError::invalid("format", error))?,
            choice: match (self.title, self.character) {
                (Some(_), Some(_)) => {
                    return Err(ApiError::invalid("character", "and `title` can't be chosen together"));
                }
                (Some(title), None) => Choice::Titles(vec![title]),
                (None, Some(character)) => Choice::Characters(vec![character]),
                (None, None) => Choice::All,
            },
            date_order: match self.dates.as_deref() {
                None | Some("auto") => DateOrder::Auto,
                Some("day_first") => DateOrder::DayFirst,
                Some("month_first") => DateOrder::MonthFirst,
                Some(_) => return Err(ApiError::invalid("dates", "is `auto`, `day_first` or `month_first`")),
            },
            user_names: self.me.into_iter().collect(),
            companion_names: self.them.into_iter().collect(),
            record_bytes_max: bytes,
            cancel: Some(stop),
            ..base
        })
    }
}

/// Brings home what was said elsewhere: the body is an export or a saved chat. Answers with events: `progress`, `doubt` (of 1,000 doubts at most;
/// the report counts all), then `finished`
/// with the report (`user_name`: what the history calls the user, where nobody had said it yet and it is now in the settings; and `draft`, a
/// persona, where one was asked for, or null if the companion said nothing: PATCH `/v1/companions/{name}` takes it, or fields of it, over), or `error`.
#[utoipa::path(
    post,
    operation_id = "companions_bring_home",
    path = "/v1/companions/{name}/history",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), HistoryQuery),
    request_body(content = Value, content_type = "application/octet-stream"),
    responses((status = OK, content((String = "text/event-stream"))))
)]
pub async fn bring_home(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(query): Query<HistoryQuery>,
    body: Body,
) -> Result<Response, ApiError> {
    let stop = Arc::new(AtomicBool::new(false));
    let (is_dry, sampler) = (query.dry_run, query.draft.then(Sampler::new));
    let options = query.options(Arc::clone(&stop))?;
    let companion = with_companion(&server, name, Ok).await?;
    let (spool, bytes) = spooled(body, HISTORY_BYTES_MAX).await?;
    let source = Source::Spool { name: "history".to_owned(), spool, bytes };
    let (sender, events) = mpsc::channel(EVENTS_WAITING_MAX);
    tokio::task::spawn_blocking(move || {
        let mut teller = Teller { sender: &sender, told_bytes: 0, told_doubts: 0, sampler };
        let home = if is_dry {
            companion.would_bring_home(source, &options, &mut teller)
        } else {
            companion.bring_home(source, &options, &mut teller)
        };
        let sampler = teller.sampler.take();
        let _ = sender.blocking_send(match home {
            Ok(home) => ("finished", finished(&home, sampler)),
            Err(error) => ("error", problem::body(&history_refused(error))),
        });
    });
    Ok(told(events, stop))
}

/// What was brought home so far, import by import: what came, what was left out and why, what was doubtful, and what came of it.
#[utoipa::path(
    get,
    operation_id = "companions_imports",
    path = "/v1/companions/{name}/imports",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    responses((status = OK, body = Imports))
)]
pub async fn imports(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(NoQuery {}): Query<NoQuery>,
) -> Result<JsonReply<Value>, ApiError> {
    let imports = with_companion(&server, name, |companion| companion.imports()).await?;
    Ok(JsonReply(json!({ "imports": imports })))
}

/// What to change about an import.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::ImportChange)]
pub struct ImportChange {
    /// What the user has to say of it, such as what is wrong in it; empty to remove that.
    pub note: String,
}

/// Keeps the user's note beside the report of an import.
#[utoipa::path(
    patch,
    operation_id = "companions_note_import",
    path = "/v1/companions/{name}/imports/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The import")),
    request_body = ImportChange,
    responses((status = NO_CONTENT, description = "It is kept."))
)]
pub async fn note_import(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
    Json(change): Json<ImportChange>,
) -> Result<StatusCode, ApiError> {
    with_companion(&server, name, move |companion| companion.note_import(id, &change.note)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets all that an import brought, with all that was made from it, for good. The same history does not come in again.
#[utoipa::path(
    delete,
    operation_id = "companions_forget_import",
    path = "/v1/companions/{name}/imports/{id}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), ("id" = u64, Path, description = "The import")),
    responses((status = OK, description = "What went.", body = Deleted))
)]
pub async fn forget_import(
    State(server): State<Arc<Server>>,
    Path((name, id)): Path<(String, u64)>,
) -> Result<JsonReply<Deleted>, ApiError> {
    let deleted = with_companion(&server, name, move |companion| companion.forget_import(id)).await?;
    server.forget_caches().await;
    Ok(JsonReply(deleted.into()))
}

/// What came, and the persona that was drafted from it where one was asked for.
fn finished(home: &BroughtHome, sampler: Option<Sampler>) -> Value {
    let mut finished = serde_json::to_value(home).unwrap_or_default();
    if let Some(sampler) = sampler {
        let draft = history::draft_persona(&sampler.finish());
        // Of nobody who said anything, nobody is drafted.
        let persona = (draft.replies > 0).then(|| draft.to_persona());
        finished["draft"] = serde_json::to_value(persona).unwrap_or_default();
    }
    finished
}

fn history_refused(error: HistoryError) -> ApiError {
    match error {
        HistoryError::Observer(error) => match error.downcast::<StoreError>() {
            Ok(error) => CompanionError::from(*error).into(),
            Err(error) => {
                tracing::error!(%error, "a history could not be kept");
                ApiError::new(ErrorKind::Internal, "the history could not be kept; the server's log says why")
            }
        },
        error => ApiError::new(ErrorKind::Invalid, error.to_string()),
    }
}

/// Tells how far an import is, and samples what the companion said where that is wanted.
struct Teller<'a> {
    sender: &'a Sender<Told>,
    told_bytes: u64,
    told_doubts: usize,
    sampler: Option<Sampler>,
}

impl Observer for Teller<'_> {
    fn event(&mut self, event: ImportEvent) -> Result<(), HistoryError> {
        if let ImportEvent::Doubt(doubt) = &event
            && self.told_doubts < DOUBTS_MAX
        {
            self.told_doubts += 1;
            // Who is gone hears nothing more, and the import ends by its flag.
            let _ = self.sender.blocking_send(("doubt", serde_json::to_value(doubt).unwrap_or_default()));
        }
        self.sampler.as_mut().map_or(Ok(()), |sampler| sampler.event(event))
    }

    fn progress(&mut self, progress: Progress) {
        if progress.bytes_read < self.told_bytes + PROGRESS_BYTES {
            return;
        }
        self.told_bytes = progress.bytes_read;
        let _ = self.sender.blocking_send(("progress", serde_json::to_value(progress).unwrap_or_default()));
    }
}

/// What is rehearsed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::RehearsalRequest)]
pub struct RehearsalRequest {
    /// The other model.
    #[schema(example = "smollm2-135m-instruct")]
    pub model: String,
    /// Replies to be made anew; ten typical ones if left out.
    #[serde(default)]
    pub replies: Vec<u64>,
}

/// Replays turns on another model. Nothing of it enters the conversation. Answers with events: `progress`, then `finished` with both
/// answers of each turn and their scores, or `error`.
#[utoipa::path(
    post,
    operation_id = "companions_rehearse",
    path = "/v1/companions/{name}/rehearsal",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = RehearsalRequest,
    responses((status = OK, content((String = "text/event-stream"))))
)]
pub async fn rehearse(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<RehearsalRequest>,
) -> Result<Response, ApiError> {
    if request.replies.len() > TURNS_MAX {
        return Err(ApiError::invalid("replies", format!("are {TURNS_MAX} at most")));
    }
    if request.model.starts_with(super::MODEL_PREFIX) {
        return Err(ApiError::invalid("model", "is a companion; name a model"));
    }
    let companion = with_companion(&server, name, Ok).await?;
    let info = server.registry.find(&request.model).await?;
    let lease = server.registry.generator(&request.model, None).await?;
    let model = info.as_used();
    let options = RehearsalOptions {
        replies: request.replies.into_iter().map(MessageId).collect(),
        sampling: Some(info.sampling),
    };
    let (sender, events) = mpsc::channel(EVENTS_WAITING_MAX);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    tokio::task::spawn_blocking(move || {
        let generator: Arc<dyn Generator> = Arc::new(Leased(lease));
        let rehearsal = companion.rehearse(&generator, model, &options, &mut |step| {
            let _ = sender.blocking_send(("progress", json!({ "done": step.done, "all": step.all })));
            !stopped.load(Ordering::SeqCst)
        });
        let _ = sender.blocking_send(match rehearsal {
            Ok(rehearsal) => ("finished", serde_json::to_value(rehearsal).unwrap_or_default()),
            Err(error) => ("error", problem::body(&ApiError::from(error))),
        });
    });
    Ok(told(events, stop))
}

/// What becomes of a rehearsal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = companions::RehearsalEnd)]
pub struct RehearsalEnd {
    /// `commit` (the model takes over), `drop` (nothing changes), or `revert` (back to the model before).
    #[schema(example = "drop")]
    pub action: String,
}

/// Has the rehearsed model take over, lets it go, or goes back to the model before.
#[utoipa::path(
    put,
    operation_id = "companions_end_rehearsal",
    path = "/v1/companions/{name}/rehearsal",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = RehearsalEnd,
    responses((status = OK, description = "What it runs on now.", body = RunsOn))
)]
pub async fn end_rehearsal(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(request): Json<RehearsalEnd>,
) -> Result<(StatusCode, JsonReply<RunsOn>), ApiError> {
    let model = with_companion(&server, name, move |companion| {
        match &*request.action {
            "commit" => drop(companion.commit_rehearsal()?),
            "revert" => drop(companion.revert_model()?),
            "drop" => companion.drop_rehearsal()?,
            other => {
                return Ok(Err(ApiError::invalid(
                    "action",
                    format!("is commit, drop or revert, not `{other}`"),
                )));
            }
        }
        Ok(Ok(companion.settings()?.model.map(|model| model.name)))
    });
    Ok((StatusCode::OK, JsonReply(RunsOn { model: model.await?? })))
}
