//! The steps of the work in the background. Must not know when they are taken.

use std::sync::PoisonError;

use abide_generation::Embedder;

use super::error::{CompanionError, CompanionResult};
use super::guarded::attempt;
use super::model_facts::{self, FactsWish};
use super::planning;
use super::shared::Shared;
use super::summing::Gap;
use super::worker::{Board, SummaryWish};
use crate::recall::QuantizedVector;
use crate::store::{CompanionId, VectorOf};
use crate::summary::{SummaryError, by_model};
use crate::transcript::MessageId;

/// Texts whose vectors are kept at a time: each time costs a write to the disk.
const EMBEDDED_AT_ONCE: usize = 32;
/// Texts that are embedded at a time, and with which a program that is about to end may still begin: those of a turn or two, so that what is said line
/// by line, program by program, gets its vectors.
const EMBEDDED_LEAVING: usize = 8;

/// How far the vectors of a companion came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Embedded {
    All,
    /// Something else goes first; the rest is made then.
    Interrupted,
    /// The thread is to end.
    Ending,
}

/// Makes the vectors that are missing, and lets those of former embedders go. True: something else goes first, and some are left.
pub(super) fn embed(shared: &Shared, board: &Board) -> bool {
    let missing = |error: CompanionError| {
        tracing::warn!(%error, "vectors are missing; recall goes by words for what has none");
    };
    let Some(embedder) = shared.embedder() else { return false };
    let companions = match shared.store.companions() {
        Ok(companions) => companions,
        Err(error) => {
            missing(error.into());
            return false;
        }
    };
    for companion in companions {
        match embed_all_of(shared, board, &*embedder, companion.id) {
            Ok(Embedded::All) => {}
            Ok(Embedded::Interrupted) => return true,
            Ok(Embedded::Ending) => return false,
            // One that can't be read, or was deleted meanwhile, keeps nobody else waiting.
            Err(error) => missing(error),
        }
    }
    false
}

fn embed_all_of(
    shared: &Shared,
    board: &Board,
    embedder: &dyn Embedder,
    companion: CompanionId,
) -> CompanionResult<Embedded> {
    match embed_messages(shared, board, embedder, companion)? {
        Embedded::All => embed_facts(shared, board, embedder, companion),
        other => Ok(other),
    }
}

/// Between two batches: whether it goes on. Waits while a turn is on.
fn after_batch(board: &Board) -> Option<Embedded> {
    if !board.goes_on() {
        return Some(Embedded::Ending);
    }
    board.has_news().then_some(Embedded::Interrupted)
}

fn embed_messages(
    shared: &Shared,
    board: &Board,
    embedder: &dyn Embedder,
    companion: CompanionId,
) -> CompanionResult<Embedded> {
    let done = shared.marks.of(companion).embedded.filter(|(model, _)| model == embedder.id());
    let mut after = done.map_or(MessageId(0), |(_, last)| last);
    loop {
        let batch =
            shared.store.messages_without_vector(companion, embedder.id(), after, EMBEDDED_AT_ONCE)?;
        let Some(last) = batch.last() else { return Ok(Embedded::All) };
        if board.is_leaving() && batch.len() > EMBEDDED_LEAVING {
            return Ok(Embedded::Ending);
        }
        after = last.id;
        let said = batch.iter().filter(|message| !message.content.text.trim().is_empty());
        let texts: Vec<(VectorOf, &str)> =
            said.map(|message| (VectorOf::Message(message.id), message.content.text.as_str())).collect();
        if keep_possible(shared, board, embedder, companion, &texts)? == Kept::UntilLeaving {
            return Ok(Embedded::Ending);
        }
        shared.marks.set(companion, |mark| mark.embedded = Some((embedder.id().to_owned(), after)));
        if let Some(end) = after_batch(board) {
            return Ok(end);
        }
    }
}

fn embed_facts(
    shared: &Shared,
    board: &Board,
    embedder: &dyn Embedder,
    companion: CompanionId,
) -> CompanionResult<Embedded> {
    let facts = Some((embedder.id().to_owned(), shared.store.facts_version(companion)?));
    if shared.marks.of(companion).facts_embedded == facts {
        return Ok(Embedded::All);
    }
    loop {
        let batch = shared.store.facts_without_vector(companion, embedder.id(), EMBEDDED_AT_ONCE)?;
        if batch.is_empty() {
            break;
        }
        if board.is_leaving() && batch.len() > EMBEDDED_LEAVING {
            return Ok(Embedded::Ending);
        }
        let texts: Vec<(VectorOf, &str)> =
            batch.iter().map(|fact| (VectorOf::Fact(fact.id), fact.content.text.as_str())).collect();
        match keep_possible(shared, board, embedder, companion, &texts)? {
            Kept::All => {}
            // Those that can't be read would be found again.
            Kept::Readable => break,
            Kept::UntilLeaving => return Ok(Embedded::Ending),
        }
        if let Some(end) = after_batch(board) {
            return Ok(end);
        }
    }
    for model in shared.store.vector_models(companion)?.iter().filter(|model| *model != embedder.id()) {
        shared.store.remove_vectors(companion, model)?;
        tracing::info!(%companion, embedder = embedder.id(), before = model, "memories are read anew");
    }
    shared.marks.set(companion, |mark| mark.facts_embedded = facts);
    Ok(Embedded::All)
}

/// Of which texts vectors were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    All,
    /// All but those at which the embedder breaks off.
    Readable,
    /// Those that were made before the program was about to end.
    UntilLeaving,
}

/// Keeps vectors of all texts, or, where the embedder breaks off, of each that it does not break off at.
fn keep_possible(
    shared: &Shared,
    board: &Board,
    embedder: &dyn Embedder,
    companion: CompanionId,
    texts: &[(VectorOf, &str)],
) -> CompanionResult<Kept> {
    let keep =
        |texts: &[(VectorOf, &str)]| attempt(|| keep_vectors(shared, board, embedder, companion, texts));
    match keep(texts) {
        Err(CompanionError::Broken { .. }) => {}
        kept => return kept.map(|all| if all { Kept::All } else { Kept::UntilLeaving }),
    }
    for text in texts {
        match keep(std::slice::from_ref(text)) {
            Err(error @ CompanionError::Broken { .. }) => {
                tracing::error!(%error, %companion, of = ?text.0, "no vector is made; recall goes by words there");
            }
            done => drop(done?),
        }
    }
    Ok(Kept::Readable)
}

/// False: the program is about to end, and some have no vector yet.
fn keep_vectors(
    shared: &Shared,
    board: &Board,
    embedder: &dyn Embedder,
    companion: CompanionId,
    texts: &[(VectorOf, &str)],
) -> CompanionResult<bool> {
    let mut vectors: Vec<(VectorOf, QuantizedVector)> = Vec::new();
    for some in texts.chunks(EMBEDDED_LEAVING) {
        if !vectors.is_empty() && board.is_leaving() {
            break;
        }
        let bare: Vec<&str> = some.iter().map(|(_, text)| *text).collect();
        let made = embedder.embed(&bare)?.vectors;
        vectors.extend(some.iter().zip(made).map(|((of, _), vector)| (*of, QuantizedVector::new(&vector))));
    }
    if vectors.is_empty() {
        return Ok(true);
    }
    let bytes: Vec<(VectorOf, Vec<u8>)> =
        vectors.iter().map(|(of, vector)| (*of, vector.to_bytes())).collect();
    shared.store.put_vectors(companion, embedder.id(), &bytes)?;
    if let Some(memories) = shared.memories.loaded(companion) {
        let mut memories = memories.lock().unwrap_or_else(PoisonError::into_inner);
        for (of, vector) in &vectors {
            memories.set_vector(embedder.id(), *of, vector);
        }
    }
    Ok(vectors.len() == texts.len())
}

/// Tokens of a summary by a model.
const SUMMARY_TOKENS: usize = 320;

/// Has a model write a summary. If it can't, the one that was picked out stays. False: somebody wants an answer from a model first.
pub(super) fn summarise(shared: &Shared, board: &Board, wish: &SummaryWish) -> bool {
    match try_summarise(shared, board, wish) {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(%error, companion = %wish.companion, "no summary by the model; the one that was picked out stays");
            true
        }
    }
}

fn try_summarise(shared: &Shared, board: &Board, wish: &SummaryWish) -> CompanionResult<bool> {
    let gap = Gap::anew(shared, wish.companion, wish.last)?;
    let (persona, settings) = (shared.persona(wish.companion)?, shared.settings(wish.companion)?);
    let language = planning::language(&persona, &settings);
    let texts = planning::persona_texts(shared, wish.companion, &persona, &settings)?;
    let lines = gap.lines(&texts.char_name, &texts.user_name);
    if lines.is_empty() {
        return Ok(true);
    }
    let before = gap.before.as_ref().map(|summary| summary.content.text.as_str());
    let stop = || board.has_turns();
    match by_model(&*wish.generator, before, &lines, &language, SUMMARY_TOKENS, &stop) {
        Ok(text) => {
            let method = format!("model:{}", wish.generator.description().name);
            if let Some(new) = gap.new_summary(text, method) {
                shared.store.add_summary(wish.companion, new)?;
            }
            Ok(true)
        }
        Err(SummaryError::Stopped) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Has a model look for facts. False: somebody wants an answer from a model first.
pub(super) fn look_for_facts(shared: &Shared, board: &Board, wish: &FactsWish) -> bool {
    match model_facts::look(shared, wish, &|| board.has_better_to_do()) {
        Ok(done) => done,
        Err(error) => {
            tracing::warn!(%error, companion = %wish.companion, "the model found no facts; patterns find them all the same");
            true
        }
    }
}
