//! What strangers can send, each as a function of any bytes that must neither panic nor hang: files, texts, chat templates,
//! requests. The fuzzer calls them, and the integration tests do so with every file of `fuzz/corpus`. Must not
//! check more than that and what holds for any input at all.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use abide_engine::gguf::{GgufFile, Metadata, Value};
use abide_engine::text::{ChatTemplate, TextStream, Tokenizer};
use abide_engine::{LoadOptions, inspect};
use abide_generation::scripted::{Script, ScriptedGenerator};
use abide_generation::{Chat, Message, Role, Sampling, Special, Tool};
use abide_server::{
    Library, LibraryError, Loaded, MemoryNeed, ModelDetails, ModelInfo, ModelKind, PullStep, Server,
    ServerOptions, app,
};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;

/// A model's file: opened, and asked for all that is asked of a file before its weights are read.
pub fn gguf(bytes: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for a file");
    file.write_all(bytes).expect("there is room for a file");
    let Ok(file) = GgufFile::open(file.path()) else { return };
    let _ = inspect(&file, &LoadOptions::default());
    if let Ok(tokenizer) = Tokenizer::from_metadata(file.metadata()) {
        let tokens = tokenizer.encode("Be kind, 42 times.", Special::Parsed);
        tokenizer.decode(&tokens);
    }
    if let Ok(template) = ChatTemplate::from_metadata(file.metadata(), None) {
        let _ = template.render(&conversation("Hi"), None);
    }
}

/// A text: what was encoded is decoded again, whole and token by token.
pub fn tokenizer(bytes: &[u8]) {
    static TOKENIZERS: LazyLock<Vec<Arc<Tokenizer>>> = LazyLock::new(|| {
        let open = |name: &&str| {
            let file = GgufFile::open(&fixtures().join("tiny").join(name)).expect("a fixture can be opened");
            Arc::new(Tokenizer::from_metadata(file.metadata()).expect("its tokenizer can be used"))
        };
        ["llama-gqa.gguf", "llama-spm.gguf"].iter().map(open).collect()
    });
    let text = String::from_utf8_lossy(bytes);
    for tokenizer in TOKENIZERS.iter() {
        for special in [Special::AsText, Special::Parsed] {
            let tokens = tokenizer.encode(&text, special);
            let whole = tokenizer.decode(&tokens);
            let mut stream = TextStream::new(Arc::clone(tokenizer), None);
            let mut pieces: String = tokens.iter().map(|token| stream.push(*token)).collect();
            pieces += &stream.finish();
            assert_eq!(whole.trim_start(), pieces.trim_start(), "a stream says what the whole says");
        }
    }
}

/// A chat template and, after the first zero byte, what somebody says.
pub fn template(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == 0).map(String::from_utf8_lossy);
    let source = parts.next().unwrap_or_default().into_owned();
    let said = parts.next().unwrap_or_default();
    let mut metadata = Metadata::default();
    metadata.insert("tokenizer.chat_template", Value::Text(source));
    let Ok(template) = ChatTemplate::from_metadata(&metadata, None) else { return };
    template.check(&|_| true);
    if let Ok(rendered) = template.render(&conversation(&said), None) {
        rendered.segments();
    }
}

/// A request to the server: the first byte chooses the route, the rest is the body. Whatever it is, it is not the
/// server's fault.
pub fn requests(bytes: &[u8]) {
    const ROUTES: [&str; 25] = [
        "/v1/chat/completions",
        "/v1/completions",
        "/v1/responses",
        "/v1/embeddings",
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/api/chat",
        "/api/generate",
        "/api/show",
        "/api/embed",
        "/tokenize",
        "/detokenize",
        "/apply-template",
        "/api/embeddings",
        "/api/pull",
        "/v1/companions",
        "/v1/companions/import",
        "/v1/companions/m/messages",
        "/v1/companions/m/swipe",
        "/v1/companions/m/back",
        "/v1/companions/m/branches",
        "/v1/companions/m/export",
        "/v1/companions/m/facts",
        "/v1/companions/m/recall",
        "/v1/companions/m/forget",
    ];
    let Some((first, body)) = bytes.split_first() else { return };
    let route = ROUTES[usize::from(*first) % ROUTES.len()];
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let server = Server::new(Arc::new(OneModel), ServerOptions::default());
    let request = Request::post(route).header("host", "localhost").header("content-type", "application/json");
    let request = request.body(Body::from(body.to_vec())).expect("a request");
    let (status, answer) = runtime.block_on(async {
        let response = app(&server).oneshot(request).await.expect("the application answers");
        let status = response.status();
        (status, to_bytes(response.into_body(), 16 << 20).await.unwrap_or_default())
    });
    // Bodies are read before it is said that there are no companions here.
    let none_here = route.starts_with("/v1/companions") && status.as_u16() == 503;
    assert!(none_here || !status.is_server_error(), "{route}: {status} {}", String::from_utf8_lossy(&answer));
}

fn conversation(said: &str) -> Chat {
    let messages = vec![
        Message::new(Role::System, "Be kind."),
        Message::new(Role::User, said),
        Message::new(Role::Assistant, said),
        Message::new(Role::User, "And then?"),
    ];
    let tool = Tool {
        name: "weather".into(),
        description: Some(said.into()),
        parameters: serde_json::Map::default(),
    };
    Chat { tools: vec![tool], ..messages.into() }
}

/// `tests/fixtures`, from whichever crate this is built in.
fn fixtures() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let found = folders.map(|folder| folder.join("tests/fixtures")).find(|folder| folder.is_dir());
    found.expect("the repository has fixtures")
}

/// A library of one model, called `m`, which says the same few words many times.
struct OneModel;

impl OneModel {
    fn info() -> ModelInfo {
        ModelInfo {
            id: "m".into(),
            name: "M".into(),
            kind: ModelKind::Text,
            family: "llama".into(),
            parameters: 1,
            quantisation: "F32".into(),
            context_length: Some(128),
            size_bytes: 1,
            path: None,
            sha256: "00".repeat(32),
            installed: SystemTime::UNIX_EPOCH,
            licence: "MIT".into(),
            sampling: Sampling::default(),
            sampling_advised: Sampling::default(),
        }
    }
}

impl Library for OneModel {
    fn list(&self) -> Result<Vec<ModelInfo>, LibraryError> {
        Ok(vec![Self::info()])
    }

    fn default_model(&self) -> String {
        "m".into()
    }

    fn find(&self, name: &str) -> Result<ModelInfo, LibraryError> {
        match name {
            "m" => Ok(Self::info()),
            _ => Err(LibraryError::Unknown { name: name.into(), advice: String::new() }),
        }
    }

    fn details(&self, id: &str) -> Result<ModelDetails, LibraryError> {
        Ok(ModelDetails { info: self.find(id)?, template: None, metadata: serde_json::Map::default() })
    }

    fn memory(&self, _id: &str) -> Result<MemoryNeed, LibraryError> {
        Ok(MemoryNeed { needed: 1, available: 2 })
    }

    fn load(&self, _id: &str) -> Result<Loaded, LibraryError> {
        let scripts = (0..256).map(|_| Script::answer(&["Rain ", "falls."])).collect();
        Ok(Loaded::Generator(Arc::new(ScriptedGenerator::new(scripts))))
    }

    fn pull(
        &self,
        name: &str,
        _cancel: &AtomicBool,
        _progress: &mut dyn FnMut(PullStep),
    ) -> Result<ModelInfo, LibraryError> {
        self.find(name)
    }

    fn remove(&self, id: &str) -> Result<(), LibraryError> {
        self.find(id).map(|_| ())
    }
}
