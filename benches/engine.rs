//! Opens GGUF files on the engine, as the program does. Must not know what is measured.

use std::path::Path;
use std::sync::Arc;

use abide_engine::gguf::GgufFile;
use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_engine::{Engine, EngineOptions, LoadOptions, Model, TokenModel as _, parameters};
use abide_generation::{Generator, ModelDescription};

/// The model in a file, with so many tokens of context and so many answers at a time.
pub fn open(path: &Path, context_length: usize, sequences: usize) -> Result<Arc<dyn Generator>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = Arc::new(GgufFile::open(path).map_err(|error| failed(&error))?);
    let tokenizer = Tokenizer::from_metadata(file.metadata()).map_err(|error| failed(&error))?;
    let template = ChatTemplate::from_metadata(file.metadata(), None).map_err(|error| failed(&error))?;
    let options = LoadOptions { context_length: Some(context_length), sequences, ..LoadOptions::default() };
    let model = Model::load(Arc::clone(&file), &options).map_err(|error| failed(&error))?;
    let description = ModelDescription {
        name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        parameters: parameters(&file),
        context_length: model.context_length(),
        context_length_trained: model.spec().context_length_trained,
        vocabulary: model.vocabulary(),
        has_chat_template: template.exists(),
        late_system_messages: template.takes_late_system_messages(),
        chat_template: None,
        template_notice: None,
        tool_syntax: template.tool_syntax(),
        thought_marks: template.thought_marks().cloned(),
        thought_control: template.thought_control(),
    };
    let text = Arc::new(ModelText::new(Arc::new(tokenizer), template));
    let options = EngineOptions { max_sequences: sequences, max_queue: 64, ..EngineOptions::default() };
    let engine = Engine::new(Box::new(model), text, description, options).map_err(|error| failed(&error))?;
    Ok(Arc::new(engine))
}
