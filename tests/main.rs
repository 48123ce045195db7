//! All integration tests, in one program that is linked once: each module has its own subject, and what they
//! share is in `support`.

mod cli;
mod constraint;
mod continuity;
mod embeddings;
mod fuzz;
mod models;
mod reference;
mod same_answer;
mod saved_caches;
mod support;
mod tidy;
