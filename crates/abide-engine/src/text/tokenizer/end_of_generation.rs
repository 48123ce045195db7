//! Which tokens end an answer, and which control tokens are really text.
//!
//! Files name one `eos` and sometimes an `eot`, but models end turns with more tokens than that, and many
//! files give these the wrong type. The rules here are llama.cpp's (`llama_vocab::impl::load`), by the
//! tokens' texts. Must not know how text is tokenised.

use std::collections::BTreeSet;

use super::vocabulary::{TokenKind, Vocabulary};
use crate::text::marks;

/// Texts of tokens that end a turn or a text wherever they occur.
const ENDS: &[&str] = &[
    "<|eot_id|>",
    "<|eom_id|>",
    "<|im_end|>",
    "<|end|>",
    "<|return|>",
    "<|call|>",
    "<|calls|>",
    "<|flush|>",
    "<end_of_turn>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "</s>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "[EOS]",
    "<end_of_utterance>",
    "<｜end▁of▁sentence｜>",
];

/// Code models go on with the next file or repository after these: for one answer, that is its end.
const INFILL_PADDING: &[&str] = &["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"];
const INFILL_REPOSITORY: &[&str] = &["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"];
const INFILL_FILE: &[&str] = &["<|file_sep|>"];

/// The harmony format's markers within an answer, which whoever reads the answer needs to see.
const PARTS_OF_AN_ANSWER: &[&str] = &["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];

/// All ids that end generation, in order. Corrects the kinds of the tokens it meets: those that end are
/// control tokens, those that structure an answer (thoughts and calls of tools among them) are not.
pub(super) fn end_of_generation(vocabulary: &mut Vocabulary) -> Vec<u32> {
    let mut found = Found::in_vocabulary(vocabulary);
    let ids = vocabulary.special_ids;
    let infill = [
        ids.infill_padding.or_else(|| found.first_of(INFILL_PADDING)),
        ids.infill_repository.or_else(|| found.first_of(INFILL_REPOSITORY)),
        ids.infill_file.or_else(|| found.first_of(INFILL_FILE)),
    ];
    let mut ends: BTreeSet<u32> = infill.into_iter().flatten().collect();
    for text in ENDS {
        ends.extend(found.first_of(&[text]));
    }
    for &id in &ends {
        vocabulary.set_kind(id, TokenKind::Control);
    }
    for text in PARTS_OF_AN_ANSWER {
        if let Some(id) = found.first_of(&[text]) {
            vocabulary.set_kind(id, TokenKind::UserDefined);
        }
    }
    for text in marks::all() {
        if let Some(id) = found.first_of(&[text])
            && vocabulary.kind(id) == Some(TokenKind::Control)
        {
            vocabulary.set_kind(id, TokenKind::UserDefined);
        }
    }
    ends.extend([ids.end, ids.end_of_turn, ids.end_of_message].into_iter().flatten());
    if let Some(id) = found.end_within_an_answer() {
        ends.remove(&id);
        vocabulary.set_kind(id, TokenKind::UserDefined);
    }
    ends.into_iter().collect()
}

/// Where the texts that matter here are in the vocabulary.
struct Found(Vec<(&'static str, u32)>);

impl Found {
    fn in_vocabulary(vocabulary: &Vocabulary) -> Self {
        let mut wanted: Vec<&'static str> =
            [ENDS, INFILL_PADDING, INFILL_REPOSITORY, INFILL_FILE, PARTS_OF_AN_ANSWER].concat();
        wanted.extend(marks::all());
        let longest = wanted.iter().map(|text| text.len()).max().unwrap_or(0);
        let mut found = Vec::new();
        for id in 0..vocabulary.len() as u32 {
            let Some(text) = vocabulary.text(id).filter(|text| text.len() <= longest) else { continue };
            if !text.starts_with(['<', '[', '_']) {
                continue;
            }
            if let Some(&text) = wanted.iter().find(|&&wanted| wanted == text) {
                found.push((text, id));
            }
        }
        Self(found)
    }

    /// The id of the first of `texts` that is there.
    fn first_of(&mut self, texts: &[&str]) -> Option<u32> {
        texts.iter().find_map(|&text| self.0.iter().find(|&&(found, _)| found == text).map(|&(_, id)| id))
    }

    /// In the harmony format (and solar's), `<|end|>` closes one message of an answer that goes on.
    fn end_within_an_answer(&mut self) -> Option<u32> {
        let mut has = |text| self.first_of(&[text]).is_some();
        let calls = has("<|call|>") || has("<|calls|>");
        let goes_on = calls && (has("<|return|>") || has("<|flush|>"));
        if goes_on { self.first_of(&["<|end|>"]) } else { None }
    }
}
