//! The store, the catalogue and the sources of models, as their callers see them.
//!
//! No network: a hub on the loopback, and a script in place of pip. No model: a few bytes do.

mod catalogue;
mod fake_hub;
mod hub;
mod processes;
mod store;
mod support;
#[cfg(unix)]
mod wheel;
