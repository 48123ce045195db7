//! All integration tests, in one program that is linked once: each module has its own subject, and what they
//! share is in `support`.

mod cli;
mod fuzz;
mod models;
mod reference;
mod support;
mod tidy;
