//! Who there is: made, shown, changed, deleted. Must not know what is said.

use std::sync::Arc;

use abide_companion::companion::{
    Changes, Companion, CompanionError, CompanionResult, Settings, read_persona,
};
use abide_companion::persona::{Avatar, Change, Persona, PersonaError};
use abide_companion::store::StoreError;
use axum::Json as JsonReply;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answers::{PersonaChange, PersonaVersion, PersonaVersions, Whole};
use super::wire::{Change as ChangeRequest, New, Summaries, Summary};
use super::{with_companion, with_companions};
use crate::extract::{Json, Path, Query, read};
use crate::{ApiError, ErrorKind, Server};

fn summary(companion: &Companion) -> CompanionResult<Summary> {
    let (info, persona) = (companion.info()?, companion.persona()?);
    Ok(Summary {
        name: info.name,
        uid: info.uid.to_string(),
        relationship: persona.relationship.as_str().to_owned(),
        language: persona.language,
        model: companion.settings()?.model.map(|model| model.name),
        messages: companion.length()?,
        created: info.created.to_string(),
        last_talk: companion.last_talk()?.map(|time| time.to_string()),
    })
}

/// Who there is.
#[utoipa::path(get, operation_id = "companions_list", path = "/v1/companions", tag = "Companions", responses((status = OK, body = Summaries)))]
pub async fn list(State(server): State<Arc<Server>>) -> Result<JsonReply<Summaries>, ApiError> {
    let companions = with_companions(&server, |companions| {
        let known = companions.list()?;
        let summaries = known.iter().map(|known| summary(&companions.by_id(known.id)?));
        // One that was deleted meanwhile is none.
        let is_gone =
            |error: &CompanionError| matches!(error, CompanionError::Store(StoreError::NoCompanion(_)));
        summaries.filter(|summary| !summary.as_ref().is_err_and(is_gone)).collect()
    });
    Ok(JsonReply(Summaries { companions: companions.await? }))
}

/// Makes a companion.
#[utoipa::path(
    post,
    operation_id = "companions_create",
    path = "/v1/companions",
    tag = "Companions",
    request_body = New,
    responses(
        (status = CREATED, body = Summary),
        (status = "4XX", description = "The persona makes no sense, or the name is taken; `detail` says what."),
    )
)]
pub async fn create(
    State(server): State<Arc<Server>>,
    Json(new): Json<New>,
) -> Result<(StatusCode, JsonReply<Summary>), ApiError> {
    if new.language.is_some() && new.starter.is_none() {
        return Err(ApiError::invalid("language", "is the starters'; a persona has its own"));
    }
    let persona = match (new.persona, new.starter) {
        (Some(fields), None) => persona_of(Value::Object(fields))?,
        (None, Some(number)) => {
            let starters = Persona::starters(new.language.as_deref().unwrap_or("en"));
            let count = starters.len();
            let starter = number.checked_sub(1).and_then(|index| starters.into_iter().nth(index));
            starter.ok_or_else(|| ApiError::invalid("starter", format!("goes from 1 to {count}")))?
        }
        _ => return Err(ApiError::invalid("persona", "or `starter` is needed, and not both")),
    };
    let name = new.name;
    let made =
        with_companions(&server, move |companions| summary(&companions.create(&persona, name.as_deref())?));
    Ok((StatusCode::CREATED, JsonReply(made.await?)))
}

fn persona_of(fields: Value) -> Result<Persona, ApiError> {
    let persona: Persona = read(fields, "persona")?;
    check_picture(&persona)?;
    persona
        .validate()
        .map_err(|error: PersonaError| ApiError::invalid("persona", format!("makes no sense: {error}")))?;
    Ok(persona)
}

/// Refuses a picture that is a file beside the persona's own: over HTTP there is none. One within the card that the persona came from is here.
fn check_picture(persona: &Persona) -> Result<(), ApiError> {
    let is_elsewhere =
        matches!(persona.avatar, Some(Avatar::Path { .. })) && persona.avatar_bytes().is_none();
    if !is_elsewhere {
        return Ok(());
    }
    let problem = "names a file, and none comes with a request; send the picture itself under `persona.avatar.data`, in base64";
    Err(ApiError::invalid("persona.avatar.path", problem))
}

/// Everything about a companion but what was said.
fn whole(companion: &Companion) -> CompanionResult<Value> {
    let mut whole = serde_json::to_value(summary(companion)?).unwrap_or_default();
    whole["persona"] = serde_json::to_value(companion.persona()?).unwrap_or_default();
    whole["settings"] = serde_json::to_value(companion.settings()?).unwrap_or_default();
    whole["embedded"] = serde_json::to_value(companion.embedded()?).unwrap_or_default();
    Ok(whole)
}

/// A companion with its persona and settings.
#[utoipa::path(
    get,
    operation_id = "companions_show",
    path = "/v1/companions/{name}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    responses(
        (status = OK, body = Whole),
        (status = NOT_FOUND, description = "There is no such companion."),
    )
)]
pub async fn show(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
) -> Result<JsonReply<Value>, ApiError> {
    Ok(JsonReply(with_companion(&server, name, |companion| whole(&companion)).await?))
}

/// Changes a companion.
#[utoipa::path(
    patch,
    operation_id = "companions_change",
    path = "/v1/companions/{name}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    request_body = ChangeRequest,
    responses(
        (status = OK, description = "The companion as it is now.", body = Whole),
        (status = "4XX", description = "Something makes no sense; `detail` says what."),
    )
)]
pub async fn change(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Json(change): Json<ChangeRequest>,
) -> Result<JsonReply<Value>, ApiError> {
    let changed = with_companion(&server, name, move |companion| {
        let changed = companion.change(|| {
            Ok(match changes_of(&companion, change)? {
                Ok(changes) => (changes, Ok(())),
                Err(refused) => (Changes::default(), Err(refused)),
            })
        });
        match changed {
            Ok(Ok(())) => whole(&companion).map(Ok),
            Ok(Err(refused)) => Ok(Err(refused)),
            Err(error) => refusal_of_field(error).map(Err),
        }
    });
    Ok(JsonReply(changed.await??))
}

/// What a request changes, or what of it is refused.
fn changes_of(companion: &Companion, change: ChangeRequest) -> CompanionResult<Result<Changes, ApiError>> {
    let base = match (&change.persona, change.persona_version) {
        (Some(_), Some(version)) => Some(companion.persona_of(version)?),
        (Some(_), None) => Some(companion.persona()?),
        (None, _) => None,
    };
    let has_picture = change.persona.as_ref().is_some_and(|fields| fields.contains_key("avatar"));
    let persona = base.zip(change.persona).map(|(base, fields)| {
        let persona = replaced(&base, fields, "persona")?;
        if has_picture {
            check_picture(&persona)?;
        }
        Ok(persona)
    });
    let known = companion.settings()?;
    let settings = change.settings.map(|fields| {
        let settings: Settings = replaced(&known, fields, "settings")?;
        check_models(&known, &settings)?;
        Ok(settings)
    });
    let (persona, settings) = match (persona.transpose(), settings.transpose()) {
        (Ok(persona), Ok(settings)) => (persona, settings),
        (Err(refused), _) | (_, Err(refused)) => return Ok(Err(refused)),
    };
    let (persona_version, name) = (change.persona_version, change.name);
    Ok(Ok(Changes { persona_version, persona, settings, name, ..Changes::default() }))
}

/// Another model takes over by a rehearsal alone, which keeps the one before named; those of before may be let go.
fn check_models(known: &Settings, wanted: &Settings) -> Result<(), ApiError> {
    if wanted.model != known.model {
        let way = "can't be changed here; rehearse the other model (POST /v1/companions/NAME/rehearsal), then commit to it";
        return Err(ApiError::invalid("settings.model", way));
    }
    if !wanted.former_models.iter().all(|model| known.former_models.contains(model)) {
        let way = "may lose models here, and gets others by a rehearsal alone";
        return Err(ApiError::invalid("settings.former_models", way));
    }
    Ok(())
}

/// A refusal of one of the fields that were sent, by its path; other errors stay as they are.
fn refusal_of_field(error: CompanionError) -> CompanionResult<ApiError> {
    let message = error.to_string();
    let field = match &error {
        CompanionError::Setting { setting, .. } => format!("settings.{setting}"),
        CompanionError::Persona(PersonaError::Field { field, .. }) => format!("persona.{field}"),
        _ => return Err(error),
    };
    Ok(ApiError { field: Some(field), ..ApiError::new(ErrorKind::Invalid, message) })
}

/// `value`, which is the field `what` of the request, with some of its fields replaced; null takes one away.
fn replaced<T: serde::Serialize + serde::de::DeserializeOwned>(
    value: &T,
    fields: Map<String, Value>,
    what: &'static str,
) -> Result<T, ApiError> {
    let mut whole = serde_json::to_value(value).map_err(|error| {
        tracing::error!(%error, what, "a field of a companion can't be written");
        ApiError::new(ErrorKind::Internal, "the request could not be carried out; the server's log says why")
    })?;
    for (name, field) in fields {
        match whole.as_object_mut() {
            Some(whole) if field.is_null() => drop(whole.remove(&name)),
            _ => whole[name] = field,
        }
    }
    read(whole, what)
}

/// Which versions are compared.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Compared {
    /// The version that is compared with `to`.
    pub from: Option<u64>,
    /// The version that `from` is compared with.
    pub to: Option<u64>,
}

/// The versions of a companion's persona, oldest first, each with what changed; or what differs between two of them.
#[utoipa::path(
    get,
    operation_id = "companions_versions",
    path = "/v1/companions/{name}/persona/versions",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called"), Compared),
    responses((status = OK, body = PersonaVersions))
)]
pub async fn versions(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
    Query(compared): Query<Compared>,
) -> Result<JsonReply<PersonaVersions>, ApiError> {
    match (compared.from, compared.to) {
        (Some(from), Some(to)) => {
            let changes = with_companion(&server, name, move |companion| {
                Ok(shown(companion.persona_of(from)?.changes(&companion.persona_of(to)?)))
            });
            return Ok(JsonReply(PersonaVersions { versions: None, changes: Some(changes.await?) }));
        }
        (Some(_), None) => return Err(ApiError::invalid("to", "is needed beside `from`")),
        (None, Some(_)) => return Err(ApiError::invalid("from", "is needed beside `to`")),
        (None, None) => {}
    }
    let versions = with_companion(&server, name, |companion| {
        let mut before: Option<Persona> = None;
        let mut all = Vec::new();
        for version in companion.persona_versions()? {
            let mut told = PersonaVersion {
                version: version.version,
                created: version.created.to_string(),
                note: version.note.clone(),
                reverted_to: version.reverted_to,
                changes: Vec::new(),
            };
            let persona = read_persona(version)?;
            told.changes = shown(before.as_ref().map(|before| before.changes(&persona)).unwrap_or_default());
            all.push(told);
            before = Some(persona);
        }
        Ok(all)
    });
    Ok(JsonReply(PersonaVersions { versions: Some(versions.await?), changes: None }))
}

fn shown(changes: Vec<Change>) -> Vec<PersonaChange> {
    changes.into_iter().map(PersonaChange::from).collect()
}

/// Deletes a companion for good, with all it remembers. Takes the key for administration.
#[utoipa::path(
    delete,
    operation_id = "companions_delete",
    path = "/v1/companions/{name}",
    tag = "Companions",
    params(("name" = String, Path, description = "What it is called")),
    responses(
        (status = NO_CONTENT, description = "It is gone."),
        (status = NOT_FOUND, description = "There is no such companion."),
    )
)]
pub async fn delete(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    with_companions(&server, move |companions| companions.delete(&name)).await?;
    server.forget_caches().await;
    Ok(StatusCode::NO_CONTENT)
}
