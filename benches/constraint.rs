//! What a constraint costs: `ABIDE_BENCH_MODEL=FILE.gguf cargo bench -p abide-engine [FILTER]`. Only the file's vocabulary is
//! read. `mask` shows tokens per second of a guide alone, to be held beside the tokens per second that the model decodes.
#![allow(missing_docs)]

use std::sync::{Arc, LazyLock};

use abide_engine::TextCodec;
use abide_engine::constraint::{Grammars, Guide};
use abide_engine::gguf::GgufFile;
use abide_engine::sampling::Sampler;
use abide_engine::text::{ChatTemplate, ModelText, Tokenizer};
use abide_generation::{Constraint, Sampling};
use divan::{Bencher, counter::ItemsCount};
use serde_json::{Map, Value, json};

struct Subject {
    codec: Arc<ModelText>,
    vocabulary: usize,
}

static SUBJECT: LazyLock<Subject> = LazyLock::new(|| {
    let path = std::env::var("ABIDE_BENCH_MODEL").expect("ABIDE_BENCH_MODEL names a GGUF file");
    let file = GgufFile::open(path.as_ref()).unwrap();
    let tokenizer = Arc::new(Tokenizer::from_metadata(file.metadata()).unwrap());
    let template = ChatTemplate::from_metadata(file.metadata(), None).unwrap();
    let vocabulary = tokenizer.vocabulary();
    Subject { codec: Arc::new(ModelText::new(tokenizer, template)), vocabulary }
});

static GRAMMARS: LazyLock<Grammars> = LazyLock::new(grammars);

fn main() {
    if std::env::var_os("ABIDE_BENCH_MODEL").is_none() {
        println!("skipped: ABIDE_BENCH_MODEL names no GGUF file");
        return;
    }
    println!("{} tokens", SUBJECT.vocabulary);
    divan::main();
}

fn grammars() -> Grammars {
    Grammars::new(SUBJECT.codec.clone(), SUBJECT.vocabulary)
}

/// Thirty fields of the kinds that people ask for.
fn schema(title: &str) -> Value {
    let kinds = [
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"enum": ["low", "middle", "high"]}),
        json!({"type": "number"}),
        json!({"type": "array", "items": {"type": "string"}}),
    ];
    let name = |number: usize| format!("field_{number}");
    let fields: Map<_, _> =
        (0..30).map(|number| (name(number), kinds[number % kinds.len()].clone())).collect();
    let required: Vec<_> = (0..30).map(name).collect();
    json!({"title": title, "type": "object", "properties": fields, "required": required, "additionalProperties": false})
}

fn document() -> String {
    let value = |number: usize| match number % 6 {
        0 => json!("A sentence of a few words, as models like to write them; with a quotation: \"so\"."),
        1 => json!(number * 1_234),
        2 => json!(number.is_multiple_of(4)),
        3 => json!("middle"),
        4 => json!(3.25),
        _ => json!(["first", "second thing"]),
    };
    let fields: Map<_, _> = (0..30).map(|number| (format!("field_{number}"), value(number))).collect();
    serde_json::to_string_pretty(&fields).unwrap()
}

fn guide(grammars: &Grammars) -> Guide {
    grammars.guide(&Constraint::JsonSchema(schema("fields"))).unwrap()
}

/// The document in tokens, each the longest that is allowed.
fn tokens() -> Vec<u32> {
    let document = document();
    let mut rest = document.as_bytes();
    let (mut guide, mut tokens) = (guide(&GRAMMARS), Vec::new());
    while !rest.is_empty() {
        let allowed = guide.allowed().unwrap();
        let fits = |token: &u32| {
            let bytes = SUBJECT.codec.tokenizer().bytes(*token).unwrap();
            allowed.contains(*token) && !bytes.is_empty() && rest.starts_with(bytes)
        };
        let length = |token: &u32| SUBJECT.codec.tokenizer().bytes(*token).unwrap().len();
        let token = (0..SUBJECT.vocabulary as u32).filter(fits).max_by_key(length).expect("a token fits");
        guide.accept(token).unwrap();
        tokens.push(token);
        rest = &rest[length(&token)..];
    }
    assert!(guide.is_complete());
    tokens
}

/// The first constraint of a process: the vocabulary is sorted into a prefix tree.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn prepare(bencher: Bencher<'_, '_>) {
    SUBJECT.codec.is_end_of_generation(0);
    bencher.bench_local(|| grammars().guide(&Constraint::JsonObject).map(drop).unwrap());
}

/// A schema that was not asked for before.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn compile(bencher: Bencher<'_, '_>) {
    guide(&GRAMMARS);
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        GRAMMARS.guide(&Constraint::JsonSchema(schema(&number.to_string()))).map(drop).unwrap();
    });
}

/// A schema that was asked for lately.
#[divan::bench]
fn compiled_before(bencher: Bencher<'_, '_>) {
    guide(&GRAMMARS);
    bencher.bench_local(|| guide(&GRAMMARS));
}

/// A whole answer: what is allowed at each token, and taking it.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn mask(bencher: Bencher<'_, '_>) {
    let tokens = tokens();
    bencher.counter(ItemsCount::new(tokens.len())).with_inputs(|| guide(&GRAMMARS)).bench_local_values(
        |mut guide| {
            for token in &tokens {
                assert!(guide.allowed().unwrap().contains(*token));
                guide.accept(*token).unwrap();
            }
            guide
        },
    );
}

/// Choosing a token from all, and from those that are allowed within a text.
#[divan::bench(args = [false, true])]
fn sample(bencher: Bencher<'_, '_>, constrained: bool) {
    let mut logits: Vec<f32> =
        (0..SUBJECT.vocabulary).map(|index| (index * 7919 % 1000) as f32 / 50.0).collect();
    let mut sampler = Sampler::new(&Sampling::default(), SUBJECT.vocabulary, &[], &|_| Vec::new()).unwrap();
    let mut guide = GRAMMARS.guide(&Constraint::JsonSchema(json!({"type": "string"}))).unwrap();
    guide.accept(SUBJECT.codec.encode_within("\"")[0]).unwrap();
    let allowed = guide.allowed().unwrap();
    bencher.bench_local(|| sampler.sample_among(&mut logits, constrained.then_some(allowed)).unwrap());
}
