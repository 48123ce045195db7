//! Which model of the catalogue is better than the default one and runs well here.
//!
//! Must not know whether or how it is said.

use abide_models::{Catalogue, Entry, Kind};

use crate::machine::Machine;
use crate::output::units;

/// Tokens of context for which a model must fit.
const CONTEXT: u32 = 4096;
/// Share of the free memory that it may take.
const MEMORY_SHARE: f64 = 0.8;
/// Tokens per second below which reading along is no pleasure.
const TOKENS_PER_SECOND_MIN: f64 = 8.0;

/// A model that is worth a try.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    id: String,
    name: String,
    default_name: String,
    memory: u64,
    download: Option<u64>,
    tokens_per_second: f64,
}

/// The largest chat model that fits the free memory and makes enough tokens per second by `speed`; of equals, the last.
pub fn find(
    catalogue: &Catalogue,
    machine: &Machine,
    speed: impl Fn(&Entry) -> Option<f64>,
) -> Option<Proposal> {
    let default = catalogue.default_entry();
    let allowed = machine.memory_available as f64 * MEMORY_SHARE;
    catalogue
        .iter()
        .filter(|entry| entry.kind == Kind::Chat && entry.parameters > default.parameters)
        .filter_map(|entry| {
            let memory = entry.memory_bytes(CONTEXT).filter(|&bytes| bytes as f64 <= allowed)?;
            let tokens_per_second = speed(entry).filter(|&rate| rate >= TOKENS_PER_SECOND_MIN)?;
            let proposal = Proposal {
                id: entry.id.to_string(),
                name: entry.name.clone(),
                default_name: default.name.clone(),
                memory,
                download: entry.size_bytes(),
                tokens_per_second,
            };
            Some((entry.parameters, proposal))
        })
        .max_by_key(|(parameters, _)| *parameters)
        .map(|(_, proposal)| proposal)
}

impl Proposal {
    /// Two lines.
    pub fn text(&self) -> String {
        let download =
            self.download.map(|bytes| format!(", {} to fetch", units::bytes(bytes))).unwrap_or_default();
        format!(
            "note: {} is quick and simple. This machine runs {}, which is far better, at about {:.0} tokens/s in {} of \
             memory:\n      abide chat --model {}   (said once{download})",
            self.default_name,
            self.name,
            self.tokens_per_second,
            units::bytes(self.memory),
            self.id,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(memory_available: u64) -> Machine {
        Machine {
            cpu: "CPU".to_owned(),
            physical_cores: 2,
            logical_cores: 4,
            memory_total: 2 * memory_available,
            memory_available,
        }
    }

    /// By the size of the file, at 20 GB/s.
    fn speed(entry: &Entry) -> Option<f64> {
        Some(20e9 / entry.size_bytes()? as f64)
    }

    #[test]
    fn the_largest_that_fits_and_is_fast_enough_is_proposed() {
        let catalogue = Catalogue::builtin();
        let found = |bytes: u64| find(&catalogue, &machine(bytes), speed).map(|proposal| proposal.id);
        assert_eq!(found(1_000_000_000).as_deref(), Some("qwen2.5-0.5b-instruct"));
        // As much memory as can be: speed decides.
        let proposal = find(&catalogue, &machine(64_000_000_000), speed).unwrap();
        assert!(proposal.tokens_per_second >= TOKENS_PER_SECOND_MIN, "{proposal:?}");
        let text = proposal.text();
        assert!(text.contains(&format!("abide chat --model {} ", proposal.id)), "{text}");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(found(100_000_000), None);
    }

    #[test]
    fn nothing_is_proposed_without_a_speed() {
        let catalogue = Catalogue::builtin();
        assert_eq!(find(&catalogue, &machine(64_000_000_000), |_| None), None);
        assert_eq!(find(&catalogue, &machine(64_000_000_000), |_| Some(1.0)), None);
    }
}
