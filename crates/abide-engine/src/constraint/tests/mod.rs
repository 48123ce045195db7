//! Guides over a small vocabulary, followed by chance: whatever is chosen, the answer belongs to its language.

mod hostile;
mod languages;
mod numbers;
mod refusals;
mod texts_around;
mod words;
