//! Two sets of results side by side.
//!
//! Must not know files or formats of records.

use std::fmt::Write as _;

use serde::Serialize;

use super::report::Record;
use super::statistics::geometric_mean;
use crate::output::table::{Align, Table};

/// One test in both sets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The model, or both if they differ.
    pub model: String,
    /// The test, or both if they differ.
    pub test: String,
    /// Threads, or both numbers if they differ.
    pub threads: String,
    /// Number format of the KV cache, or both if they differ.
    pub cache: String,
    /// What else differs, such as `threads 2 → 4`.
    pub differs: String,
    /// Mean tokens per second in the first set.
    pub a: f64,
    /// Mean tokens per second in the second set.
    pub b: f64,
    /// `b / a`: above 1, the second is faster.
    pub ratio: f64,
    /// Whether the difference is within one standard deviation of both together.
    pub within_deviation: bool,
}

/// What two sets have in common, and what only one has.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Tests in both, in the order of the first.
    pub pairs: Vec<Pair>,
    /// Tests in the first only.
    pub only_a: Vec<String>,
    /// Tests in the second only.
    pub only_b: Vec<String>,
    /// Geometric mean of the ratios.
    pub ratio_mean: Option<f64>,
}

type Key = fn(&Record) -> Vec<String>;

/// From strict to loose: a record meets its equal first, and is paired with one that differs in
/// threads, device or even model only where nothing else could be meant.
const KEYS: [Key; 4] = [
    |record| {
        let threads = record.threads.to_string();
        vec![record.model.clone(), record.test.clone(), threads, record.device.clone(), record.cache.clone()]
    },
    |record| {
        vec![record.model.clone(), record.test.clone(), record.threads.to_string(), record.device.clone()]
    },
    |record| vec![record.model.clone(), record.test.clone()],
    |record| vec![record.test.clone()],
];

/// Pairs the records of two sets.
pub fn compare(a: &[Record], b: &[Record]) -> Comparison {
    let mut partner: Vec<Option<usize>> = vec![None; a.len()];
    let mut taken = vec![false; b.len()];
    for key in KEYS {
        for index in 0..a.len() {
            if partner[index].is_some() {
                continue;
            }
            let wanted = key(&a[index]);
            let alone = (0..a.len()).filter(|&i| partner[i].is_none() && key(&a[i]) == wanted).count() == 1;
            let fitting: Vec<usize> = (0..b.len()).filter(|&j| !taken[j] && key(&b[j]) == wanted).collect();
            if let ([only], true) = (fitting.as_slice(), alone) {
                partner[index] = Some(*only);
                taken[*only] = true;
            }
        }
    }
    let records = || a.iter().chain(b);
    let threads_vary = vary(records().map(|record| record.threads));
    let caches_vary = vary(records().map(|record| &record.cache));
    let label = |record: &Record| {
        let threads = if threads_vary { format!(" threads {}", record.threads) } else { String::new() };
        let cache = if caches_vary { format!(" cache {}", record.cache) } else { String::new() };
        format!("{} {}{threads}{cache}", record.model, record.test)
    };
    let mut comparison = Comparison::default();
    for (record, partner) in a.iter().zip(&partner) {
        match partner {
            Some(index) => comparison.pairs.push(pair(record, &b[*index])),
            None => comparison.only_a.push(label(record)),
        }
    }
    comparison.only_b =
        b.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(record, _)| label(record)).collect();
    let ratios: Vec<f64> = comparison
        .pairs
        .iter()
        .map(|pair| pair.ratio)
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .collect();
    comparison.ratio_mean = geometric_mean(&ratios);
    comparison
}

fn pair(a: &Record, b: &Record) -> Pair {
    let both = |a: &str, b: &str| if a == b { a.to_owned() } else { format!("{a} → {b}") };
    let mut differs = Vec::new();
    if a.threads != b.threads {
        differs.push(format!("threads {} → {}", a.threads, b.threads));
    }
    let texts = [
        ("device", &a.device, &b.device),
        ("cache", &a.cache, &b.cache),
        ("ops", &a.ops, &b.ops),
        ("kernels", &a.kernels, &b.kernels),
        ("cpu", &a.cpu, &b.cpu),
        ("version", &a.version, &b.version),
    ];
    for (name, a, b) in texts {
        if a != b && !a.is_empty() && !b.is_empty() {
            differs.push(format!("{name} {a} → {b}"));
        }
    }
    let (rate_a, rate_b) = (&a.tokens_per_second, &b.tokens_per_second);
    Pair {
        model: both(&a.model, &b.model),
        test: both(&a.test, &b.test),
        threads: both(&a.threads.to_string(), &b.threads.to_string()),
        cache: both(&a.cache, &b.cache),
        differs: differs.join(", "),
        a: rate_a.mean,
        b: rate_b.mean,
        ratio: rate_b.mean / rate_a.mean,
        within_deviation: (rate_b.mean - rate_a.mean).abs() <= rate_a.stddev.hypot(rate_b.stddev),
    }
}

fn vary<T: PartialEq>(mut values: impl Iterator<Item = T>) -> bool {
    values.next().is_some_and(|first| values.any(|value| value != first))
}

/// The table, and below it what has no partner.
pub fn markdown(comparison: &Comparison) -> String {
    // What rows of a sweep differ in tells them apart.
    let threads_vary = vary(comparison.pairs.iter().map(|pair| &pair.threads));
    let caches_vary = vary(comparison.pairs.iter().map(|pair| &pair.cache));
    let mut columns = vec![("model", Align::Left), ("test", Align::Left)];
    columns.extend(threads_vary.then_some(("threads", Align::Right)));
    columns.extend(caches_vary.then_some(("cache", Align::Left)));
    columns.extend(["A tokens/s", "B tokens/s", "B / A"].map(|name| (name, Align::Right)));
    columns.push(("", Align::Left));
    let mut table = Table::new(&columns);
    for pair in &comparison.pairs {
        let mut notes = Vec::new();
        if pair.within_deviation {
            notes.push("within the deviation".to_owned());
        }
        if !pair.differs.is_empty() {
            notes.push(pair.differs.clone());
        }
        let numbers = [format!("{:.2}", pair.a), format!("{:.2}", pair.b), format!("{:.3}", pair.ratio)];
        let mut cells = vec![pair.model.clone(), pair.test.clone()];
        cells.extend(threads_vary.then(|| pair.threads.clone()));
        cells.extend(caches_vary.then(|| pair.cache.clone()));
        cells.extend(numbers);
        cells.push(notes.join("; "));
        table.row(cells);
    }
    let mut text = table.markdown();
    if let Some(mean) = comparison.ratio_mean {
        let _ = writeln!(text, "\nGeometric mean of B / A: {mean:.3}");
    }
    for (name, only) in [("A", &comparison.only_a), ("B", &comparison.only_b)] {
        if !only.is_empty() {
            let _ = writeln!(text, "\nOnly in {name}: {}", only.join(", "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::record;
    use super::*;

    #[test]
    fn equal_tests_meet_and_the_rest_is_named() {
        let a =
            [record("m", "pp512", &[100.0]), record("m", "tg128", &[20.0, 22.0]), record("x", "tg7", &[1.0])];
        let b = [record("m", "tg128", &[21.5]), record("m", "pp512", &[150.0]), record("y", "pp9", &[1.0])];
        let comparison = compare(&a, &b);
        assert_eq!(comparison.pairs.len(), 2);
        assert!((comparison.pairs[0].ratio - 1.5).abs() < 1e-12);
        assert!(!comparison.pairs[0].within_deviation);
        assert!(comparison.pairs[1].within_deviation);
        assert_eq!(comparison.only_a, ["x tg7"]);
        assert_eq!(comparison.only_b, ["y pp9"]);
        insta::assert_snapshot!("compare_md", markdown(&comparison));
    }

    #[test]
    fn what_differs_is_said() {
        let a = [record("m", "tg128", &[10.0])];
        let mut other = record("m", "tg128", &[20.0]);
        other.threads = 4;
        other.version = "0.2.0".to_owned();
        let comparison = compare(&a, &[other]);
        assert_eq!(comparison.pairs[0].differs, "threads 2 → 4, version 0.1.0 → 0.2.0");
        let models = compare(&a, &[record("n", "tg128", &[5.0])]);
        assert_eq!(models.pairs[0].model, "m → n");
    }

    #[test]
    fn ambiguous_tests_are_not_paired_by_chance() {
        let sweep = |threads| {
            let mut record = record("m", "tg128", &[10.0]);
            record.threads = threads;
            record
        };
        let comparison = compare(&[sweep(1), sweep(2)], &[sweep(2), sweep(4), sweep(8)]);
        assert_eq!(comparison.pairs.len(), 1);
        assert_eq!(comparison.pairs[0].differs, "");
        assert_eq!(comparison.only_a, ["m tg128 threads 1"]);
        assert_eq!(comparison.only_b, ["m tg128 threads 4", "m tg128 threads 8"]);
        let table = markdown(&compare(&[sweep(1), sweep(2)], &[sweep(1), sweep(2)]));
        assert!(table.contains("threads") && !table.contains("cache"), "{table}");
        assert_eq!(compare(&[], &[]), Comparison::default());
    }
}
