//! Which entries stay when there is no room for all. Must not know what they say.

use std::cmp::Ordering;

/// An entry that came, as far as the budget is concerned.
// Each is looked at by itself.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    /// Which one.
    pub(super) at: usize,
    pub(super) book: usize,
    pub(super) tokens: usize,
    pub(super) first_to_go: bool,
    pub(super) ignores_book_budget: bool,
    pub(super) priority: f64,
    pub(super) constant: bool,
    pub(super) direct: bool,
    pub(super) insertion_order: f64,
}

/// What matters more comes first.
fn rank(a: &Ranked, b: &Ranked) -> Ordering {
    a.first_to_go
        .cmp(&b.first_to_go)
        .then(a.book.cmp(&b.book))
        .then(b.priority.total_cmp(&a.priority))
        .then(b.constant.cmp(&a.constant))
        .then(b.direct.cmp(&a.direct))
        .then(b.insertion_order.total_cmp(&a.insertion_order))
        .then(a.at.cmp(&b.at))
}

/// Those that do not fit, lowest first to go: once one does not fit, nothing below it stays in its book, so that no entry gives way to
/// a lesser one. One that is larger than the whole budget is passed by.
pub(super) fn left_out(mut ranked: Vec<Ranked>, book_budgets: &[Option<u32>], budget: usize) -> Vec<usize> {
    ranked.sort_by(rank);
    let mut left = budget;
    let mut full = false;
    let mut books: Vec<(usize, bool)> = book_budgets
        .iter()
        .map(|tokens| (tokens.map_or(usize::MAX, |tokens| tokens as usize), false))
        .collect();
    let mut out = Vec::new();
    for entry in ranked {
        let (book_left, book_full) = &mut books[entry.book];
        let whole_book = book_budgets[entry.book].map_or(usize::MAX, |tokens| tokens as usize);
        let bound = !entry.ignores_book_budget;
        let too_large = entry.tokens > budget || (bound && entry.tokens > whole_book);
        let fits = entry.tokens <= left && !full && (!bound || (entry.tokens <= *book_left && !*book_full));
        if fits {
            left -= entry.tokens;
            if bound {
                *book_left -= entry.tokens;
            }
            continue;
        }
        out.push(entry.at);
        if !too_large {
            full |= entry.tokens > left;
            *book_full |= bound && entry.tokens > *book_left;
        }
    }
    out
}
