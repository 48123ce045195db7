//! Real models for the table of continuity, through the engine, as the program runs them. Must not know what they are asked.

use std::path::Path;
use std::sync::Arc;

use abide_companion::companion::SayOptions;
use abide_engine::gguf::GgufFile;
use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_engine::{Engine, EngineOptions, LoadOptions, Model, TokenModel as _, parameters};
use abide_generation::{Generator, ModelDescription, Sampling};

use super::table::Models;

/// Tokens of context: enough for a persona, memories and some turns, and read in a second or two.
const CONTEXT_TOKENS: usize = 1_024;
/// Answers that are made at a time.
const SEQUENCES: usize = 4;
/// Tokens of a reply: it is the prompts that are looked at.
const REPLY_TOKENS: usize = 6;

/// The models in two files, with replies of a few words.
pub fn models(first: &Path, second: &Path) -> Result<Models, String> {
    let say = SayOptions {
        sampling: Some(Sampling { temperature: 0.0, ..Sampling::default() }),
        reply_tokens: Some(REPLY_TOKENS),
        ..SayOptions::default()
    };
    Ok(Models { first: open(first)?, second: open(second)?, say })
}

fn open(path: &Path) -> Result<Arc<dyn Generator>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = Arc::new(GgufFile::open(path).map_err(|error| failed(&error))?);
    let tokenizer = Tokenizer::from_metadata(file.metadata()).map_err(|error| failed(&error))?;
    let template = ChatTemplate::from_metadata(file.metadata(), None).map_err(|error| failed(&error))?;
    let options =
        LoadOptions { context_length: Some(CONTEXT_TOKENS), sequences: SEQUENCES, ..LoadOptions::default() };
    let model = Model::load(Arc::clone(&file), &options).map_err(|error| failed(&error))?;
    let description = ModelDescription {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        parameters: parameters(&file),
        context_length: model.context_length(),
        context_length_trained: model.spec().context_length_trained,
        vocabulary: model.vocabulary(),
        has_chat_template: template.exists(),
        template_notice: None,
        tool_syntax: template.tool_syntax(),
        thought_marks: template.thought_marks().cloned(),
    };
    let text = Arc::new(ModelText::new(Arc::new(tokenizer), template));
    let options = EngineOptions { max_sequences: SEQUENCES, max_queue: 64, ..EngineOptions::default() };
    let engine = Engine::new(Box::new(model), text, description, options).map_err(|error| failed(&error))?;
    Ok(Arc::new(engine))
}
