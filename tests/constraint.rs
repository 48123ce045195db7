//! Constrained answers of models from files: every kind of tokenizer and every family with random weights, and two real ones.

use std::{path::Path, sync::Arc};

use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_engine::{Engine, EngineOptions, LoadOptions, Model, Speculation, TokenModel as _, gguf::GgufFile};
use abide_generation::{
    Constraint, FinishReason, GenerationEvent, GenerationRequest, GenerationStream, Generator as _, Message,
    ModelDescription, Prompt, Role, Sampling, ThoughtControl, ToolSyntax,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{GEMMA, SMOLLM2, device, fixture, real_model};

fn engine(path: &Path, speculation: Speculation) -> Engine {
    let file = Arc::new(GgufFile::open(path).expect("the file opens"));
    let tokenizer = Arc::new(Tokenizer::from_metadata(file.metadata()).expect("a tokenizer"));
    let template = ChatTemplate::from_metadata(file.metadata(), None).expect("a template or none");
    let options = LoadOptions { device: device(), ..LoadOptions::default() };
    let model = Model::load(file, &options).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let description = ModelDescription {
        name: path.display().to_string(),
        parameters: 0,
        context_length: model.context_length(),
        context_length_trained: model.context_length(),
        vocabulary: model.vocabulary(),
        has_chat_template: true,
        late_system_messages: false,
        chat_template: None,
        template_notice: None,
        tool_syntax: ToolSyntax::default(),
        thought_marks: None,
        thought_control: ThoughtControl::default(),
    };
    let options = EngineOptions { speculation, ..EngineOptions::default() };
    Engine::new(Box::new(model), Arc::new(ModelText::new(tokenizer, template)), description, options).unwrap()
}

/// Five fields; their answers have an end whatever a model does.
fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 12},
            "age": {"type": "integer", "minimum": 0, "maximum": 150},
            "colours": {"type": "array", "items": {"enum": ["red", "green", "blue"]}, "minItems": 1, "maxItems": 3},
            "kind": {"anyOf": [{"const": "bird"}, {"const": "fish"}, {"type": "null"}]},
            "wild": {"type": "boolean"}
        },
        "required": ["name", "age", "colours", "kind", "wild"],
        "additionalProperties": false
    })
}

/// What the schema asks for, but for the bounds of texts, numbers and lists.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that they can be read is what is tested")]
struct Animal {
    name: String,
    age: u32,
    colours: Vec<Colour>,
    kind: Option<Kind>,
    wild: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
    Blue,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Bird,
    Fish,
}

#[derive(Debug, PartialEq)]
struct Answer {
    tokens: Vec<u32>,
    text: String,
    reason: FinishReason,
}

fn read(mut stream: GenerationStream) -> Answer {
    let mut answer = Answer { tokens: Vec::new(), text: String::new(), reason: FinishReason::EndOfTurn };
    while let Some(event) = stream.blocking_next() {
        match event.expect("it answers") {
            GenerationEvent::Started(_) => {}
            GenerationEvent::Token(token) => {
                answer.tokens.push(token.id);
                answer.text += &token.text;
            }
            GenerationEvent::Finished { reason, .. } => answer.reason = reason,
        }
    }
    answer
}

fn request(prompt: Prompt, seed: Option<u64>) -> GenerationRequest {
    let sampling =
        seed.map_or(Sampling::greedy(), |seed| Sampling { seed: Some(seed), ..Sampling::default() });
    let constraint = Some(Constraint::JsonSchema(schema()));
    GenerationRequest { sampling, constraint, ..GenerationRequest::new(prompt) }
}

/// Greedily and with seven seeds, alone and together, with guesses and without: the same, and valid.
fn check(path: &Path, prompt: &dyn Fn(usize) -> Prompt) {
    let requests: Vec<_> =
        (0..8).map(|index| request(prompt(index), (index > 0).then_some(index as u64))).collect();
    let plain = engine(path, Speculation::Off);
    let alone: Vec<_> =
        requests.iter().map(|request| read(plain.generate(request.clone()).unwrap())).collect();
    drop(plain);
    for answer in &alone {
        let animal: Animal = serde_json::from_str(&answer.text)
            .unwrap_or_else(|error| panic!("{}: {error}: {answer:?}", path.display()));
        // serde would take its absence for null.
        assert!(answer.text.contains("\"kind\""), "{}: {answer:?}", path.display());
        assert!(animal.name.chars().count() <= 12, "{}: {animal:?}", path.display());
        assert!(animal.age <= 150, "{}: {animal:?}", path.display());
        assert!((1..=3).contains(&animal.colours.len()), "{}: {animal:?}", path.display());
        assert_eq!(answer.reason, FinishReason::EndOfTurn);
    }
    let guessing = engine(path, Speculation::Tokens(6));
    let streams: Vec<_> = requests.into_iter().map(|request| guessing.generate(request).unwrap()).collect();
    let together: Vec<_> = streams.into_iter().map(read).collect();
    assert_eq!(together, alone, "{}", path.display());
}

#[test]
fn every_tokenizer_writes_what_the_schema_allows() {
    let folder = std::fs::read_dir(fixture("tiny")).expect("the fixtures are there");
    let files = folder.map(|entry| entry.expect("readable").path());
    let models: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "gguf")).collect();
    assert!(models.len() > 15);
    for model in models {
        check(&model, &|index| Prompt::Text(format!("the fox and the river {index}")));
    }
}

#[test]
fn real_models_write_what_the_schema_allows() {
    for file in [SMOLLM2, GEMMA] {
        let Some(model) = real_model(file) else { return };
        let animals = ["sparrow", "salmon", "parrot", "pike", "owl", "trout", "robin", "eel"];
        let ask = |index: usize| format!("Describe a {} in JSON.", animals[index]);
        let chat = |index: usize| Prompt::Chat(vec![Message::new(Role::User, ask(index))].into());
        let text = |index: usize| Prompt::Text(ask(index));
        check(&model, if file == SMOLLM2 { &chat } else { &text });
    }
}
