//! Recall: from what was just said to the few memories that matter, or to nothing. Must not know SQLite, models or prompts; what it
//! is given it holds in memory, and whoever opens a companion fills it from the store.
//!
//! # How a memory is found
//!
//! A memory (a turn, or a fact) is scored by a sum of parts, each kept for "why":
//!
//! - *words*: BM25 over the memory and the turns beside it (a weighted window, as BM25F weighs fields), because an answer stands
//!   beside the question that has its words;
//! - *session*: BM25 of the whole sitting;
//! - *meaning*: cosine of its vector with the question's, and of the turns beside it;
//! - *person*: it was said by the one person whom the question is about;
//! - *statement*: it does not end with a question;
//! - *time*: it was said in (or soon after) a time that the question names, or before, after or since it, the nearer the better; it speaks of a time where the
//!   question asks for one. Where nothing else is asked, the nearest decides, whatever its words;
//! - *recency* and *importance*, small enough that they only break ties.
//!
//! All parts are on scales of their own that don't depend on how many memories there are (BM25 is divided by the weight of the question's words),
//! so one set of weights serves a week and ten years. See [`Weights`].
//!
//! # Why not FTS5
//!
//! The windows and sessions need how often a word stands in each turn, which FTS5 tells only through `fts5vocab` instance tables, one row for each
//! occurrence and too slow at 100,000 memories. So the postings are here: 8 bytes for each different word of a memory, about 10 MB for 100,000 turns.
//! Words that no memory has any more are forgotten at once.
//!
//! # Very many vectors
//!
//! 100,000 vectors of 384 bytes are 38 MB, which two threads read in a few milliseconds, so all of them are compared. Where there are more,
//! the signs of their values (an eighth of that) are: their share that differs gives the angle (Charikar 2002), and so an estimate of each
//! cosine. With it everything is scored, and the two thousand memories that may be among the best are then compared as they are,
//! with the turns beside them, and scored again. So nothing is built, saved, encrypted or forgotten apart, and what was just said is found.
//! With 300,000 memories a recall takes 22 ms (p95 29), embedding the question included (`benches/memory_recall --scale`, two cores of a shared Xeon).
//! Such an estimate is off by 0.06 (standard deviation, all-MiniLM-L6-v2, turns and questions of LoCoMo), which words and sittings make up for: where
//! signs stood for all vectors of these conversations and only the best 20 of some 480 turns were compared, recall@10 was 88.4 instead of 88.5 %.
//!
//! The best twenty by meaning alone (with the turns beside them) are 99.5 % of those that comparing all finds among 200,000, and 99.3 % among 500,000, where the
//! nearest single one was always compared. Vectors were weighed sums of three of 6,705 (turns of LoCoMo and sentences of manuals, all-MiniLM-L6-v2) with some noise;
//! a hundred of LoCoMo's questions asked. `benches/memory_recall --scale` counts the same with vectors that are made up altogether.
//!
//! A graph (HNSW) would be the other way. Measured on the same machine with 100,000 made-up vectors that gather around 2,000 topics: usearch 2.26 asks
//! for a C++ compiler and takes 22 s to build one (15 with its kernels, which take minutes to compile), hnsw_rs 0.3 takes 48 s and 2.3 kB a memory,
//! and a search that finds 49 of the nearest 50 takes 1.5 to 3 ms: as long as comparing all. With 200,000 of the vectors above, on two shared cores without
//! AVX-512, neither usearch 2.26 (16 neighbours, 64 candidates, without its kernels) nor Microsoft's diskann-inmem 0.61 (32, 64; all Rust, of a size that is
//! fixed when it is made) had one after two minutes of processor time, which every start would ask for again, or graphs would have to be kept encrypted as well; signs take
//! 0.4 s. And a graph tells the nearest alone, where a memory's score has the meaning of the turns beside it, too: something would have to estimate
//! the others all the same.

#[cfg(test)]
mod diary;
mod document;
mod index;
mod lexical;
mod postings;
mod rank;
#[cfg(test)]
mod tests;
mod vectors;
mod weights;
mod when;

pub use document::{MemoryDocument, MemoryId, Parts, Query, Recalled, Recollection, Role};
pub use index::RecallIndex;
pub use vectors::{QuantizedVector, VectorError};
pub use weights::Weights;
