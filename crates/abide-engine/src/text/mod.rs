//! Text on one side, token ids on the other: tokenizers and chat templates. Knows GGUF metadata,
//! not tensors.
