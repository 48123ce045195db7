//! GGUF files (placeholder).
