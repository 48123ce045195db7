//! Every sampler against NumPy's results and llama.cpp's published test values; neutral values, seeds,
//! frequencies, and hostile logits.

use std::{fs, path::Path};

use abide_generation::{Dry, DynamicTemperature, Mirostat, Sampling, Xtc};
use proptest::prelude::*;
use serde::Deserialize;

use super::{Choice, SampleError, Sampler, TokenSet, log_softmax, token_logprob};

fn sampler(sampling: &Sampling, vocabulary: usize, history: &[u32]) -> Sampler {
    let sampling = Sampling { seed: sampling.seed.or(Some(1)), ..sampling.clone() };
    Sampler::new(&sampling, vocabulary, history, &|_| Vec::new()).unwrap()
}

/// The distribution that a draw would be made from.
fn distribution(sampler: &mut Sampler, logits: &[f32]) -> Vec<f64> {
    let mut adjusted = logits.to_vec();
    sampler.adjust(&mut adjusted);
    sampler.shape(&adjusted).unwrap();
    let items = sampler.candidates.items();
    let best = items.iter().map(|item| item.logit).fold(f32::MIN, f32::max);
    let weight = |logit: f32| (f64::from(logit) - f64::from(best)).exp();
    let total: f64 = items.iter().map(|item| weight(item.logit)).sum();
    let mut probabilities = vec![0.0; logits.len()];
    for item in items {
        probabilities[item.id as usize] = weight(item.logit) / total;
    }
    probabilities
}

fn assert_near(actual: &[f64], expected: &[f64], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    for (id, (one, other)) in actual.iter().zip(expected).enumerate() {
        assert!((one - other).abs() < 2e-6, "{what}: token {id} has {one}, not {other}");
    }
}

#[derive(Deserialize)]
struct Case {
    name: String,
    logits: Vec<f32>,
    history: Vec<u32>,
    breakers: Vec<u32>,
    forbidden: Vec<u32>,
    sampling: serde_json::Map<String, serde_json::Value>,
    probabilities: Vec<f64>,
}

#[test]
fn all_logits_are_needed_where_others_may_overtake_the_best() {
    let needed = |sampling: Sampling| sampler(&sampling, 300, &[1, 2, 3]).best_needed();
    let default = Sampling::default;
    assert_eq!(needed(Sampling::greedy()), Some(1));
    assert_eq!(needed(default()), Some(40));
    assert_eq!(needed(Sampling { repetition_penalty: 1.1, ..default() }), Some(104));
    assert_eq!(
        needed(Sampling { logit_bias: vec![(7, f32::NEG_INFINITY), (8, -1.0)], ..default() }),
        Some(42)
    );
    assert_eq!(needed(Sampling { top_k: 0, ..default() }), None);
    assert_eq!(needed(Sampling { top_k: 1000, ..default() }), None);
    assert_eq!(needed(Sampling { top_n_sigma: 1.0, ..default() }), None);
    assert_eq!(needed(Sampling { presence_penalty: -0.1, ..default() }), None);
    assert_eq!(needed(Sampling { logit_bias: vec![(7, 0.1)], ..default() }), None);
    assert_eq!(needed(Sampling { dry: Some(Dry::default()), ..default() }), None);
    assert_eq!(needed(Sampling { mirostat: Some(Mirostat { tau: 3.0, eta: 0.1 }), ..default() }), None);
}

#[test]
fn what_is_forbidden_stays_so_beyond_the_range_of_numbers() {
    let forbidding =
        Sampling { repetition_penalty: 0.1, logit_bias: vec![(0, f32::NEG_INFINITY)], ..Sampling::greedy() };
    let mut sampler = sampler(&forbidding, 2, &[0]);
    assert_eq!(sampler.sample(&mut [f32::MAX, -5.0]).unwrap().id, 1);
}

#[test]
fn each_sampler_leaves_what_numpy_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sampling/reference.json");
    let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(cases.len(), 210);
    for (index, case) in cases.iter().enumerate() {
        let mut parameters = serde_json::to_value(Sampling::neutral()).unwrap();
        parameters.as_object_mut().unwrap().extend(case.sampling.clone());
        let mut sampling: Sampling = serde_json::from_value(parameters).unwrap();
        sampling.logit_bias.extend(case.forbidden.iter().map(|&id| (id, f32::NEG_INFINITY)));
        sampling.seed = Some(1);
        let resolve = |_: &str| case.breakers.clone();
        let mut sampler = Sampler::new(&sampling, case.logits.len(), &case.history, &resolve).unwrap();
        let what = format!("case {index}, {} {:?}", case.name, case.sampling);
        assert_near(&distribution(&mut sampler, &case.logits), &case.probabilities, &what);
    }
}

/// What llama.cpp's tests/test-sampling.cpp expects, as facts: probabilities in, probabilities out.
#[test]
fn agrees_with_llama_cpp() {
    let neutral = Sampling::neutral();
    let four = [0.1, 0.2, 0.3, 0.4];
    let top_k = |top_k| Sampling { top_k, ..neutral.clone() };
    let top_p = |top_p| Sampling { top_p, ..neutral.clone() };
    let min_p = |min_p| Sampling { min_p, ..neutral.clone() };
    let typical = |typical_p| Sampling { typical_p, ..neutral.clone() };
    let sigma = |top_n_sigma| Sampling { top_n_sigma, ..neutral.clone() };
    let xtc = |threshold| Sampling { xtc: Some(Xtc { probability: 1.0, threshold }), ..neutral.clone() };
    let cases: &[(Sampling, &[f64], &[f64])] = &[
        (top_k(1), &four, &[0.0, 0.0, 0.0, 1.0]),
        (top_k(3), &four, &[0.0, 0.222_222_22, 0.333_333_33, 0.444_444_44]),
        (top_k(4), &four, &four),
        (top_p(0.0), &four, &[0.0, 0.0, 0.0, 1.0]),
        (top_p(0.7), &four, &[0.0, 0.0, 0.428_571_43, 0.571_428_57]),
        (top_p(0.8), &four, &[0.0, 0.222_222_22, 0.333_333_33, 0.444_444_44]),
        (min_p(0.24), &four, &four),
        (min_p(0.26), &four, &[0.0, 0.222_222_22, 0.333_333_33, 0.444_444_44]),
        (min_p(0.51), &four, &[0.0, 0.0, 0.428_571_43, 0.571_428_57]),
        (min_p(0.76), &four, &[0.0, 0.0, 0.0, 1.0]),
        (xtc(0.09), &four, &[1.0, 0.0, 0.0, 0.0]),
        (xtc(0.19), &four, &[0.333_333_33, 0.666_666_67, 0.0, 0.0]),
        (xtc(0.29), &four, &[0.166_666_67, 0.333_333_33, 0.5, 0.0]),
        (xtc(0.39), &four, &four),
        (typical(0.5), &[0.97, 0.01, 0.01, 0.01], &[1.0, 0.0, 0.0, 0.0]),
        (typical(0.5), &[0.4, 0.2, 0.2, 0.2], &[0.0, 0.333_333_33, 0.333_333_33, 0.333_333_33]),
        (sigma(1.0), &four, &[0.0, 0.0, 0.428_571_43, 0.571_428_57]),
        (sigma(3.0), &four, &four),
    ];
    for (sampling, given, expected) in cases {
        let logits: Vec<f32> = given.iter().map(|share| share.ln() as f32).collect();
        let left = distribution(&mut sampler(sampling, logits.len(), &[]), &logits);
        assert_near(&left, expected, &format!("{sampling:?} of {given:?}"));
    }
}

#[test]
fn repeats_are_penalised_as_in_llama_cpp() {
    let dry = |allowed_length, breakers: &[&str]| Dry {
        multiplier: 1.0,
        base: 1.1,
        allowed_length,
        window: 0,
        sequence_breakers: breakers.iter().map(|&text| text.to_owned()).collect(),
    };
    let quarter = 0.25_f32.ln();
    let run = |dry: Dry, history: &[u32]| {
        let sampling = Sampling { dry: Some(dry), seed: Some(1), ..Sampling::neutral() };
        let resolve = |text: &str| vec![text.parse().unwrap()];
        let mut sampler = Sampler::new(&sampling, 4, history, &resolve).unwrap();
        distribution(&mut sampler, &[quarter; 4])
    };
    // Nothing repeats yet.
    assert_near(&run(dry(2, &[]), &[0, 1]), &[0.25; 4], "no repeat");
    // "0 1" came before, then 2: one token of length 2 beyond what is free.
    let expected = [0.296_923, 0.296_923, 0.109_232, 0.296_923];
    assert_near(&run(dry(2, &[]), &[0, 1, 2, 0, 1]), &expected, "repeat");
    // The match may not cross a breaker, and a breaker is not penalised.
    assert_near(&run(dry(2, &["1"]), &[0, 1, 2, 0, 1]), &[0.25; 4], "broken at the end");
    assert_near(&run(dry(2, &["0"]), &[0, 1, 2, 0, 1]), &[0.25; 4], "broken within");
    assert_near(&run(dry(2, &["2"]), &[0, 1, 2, 0, 1]), &[0.25; 4], "breaker follows");
    // Two tokens longer: 1.1² times the penalty.
    let longer = run(dry(2, &[]), &[3, 0, 3, 1, 2, 3, 0, 3, 1]);
    assert!(((longer[0] / longer[2]).ln() - 1.1_f64.powi(2)).abs() < 1e-6, "{longer:?}");
}

/// Everything on at once with neutral values: the model's own distribution.
fn neutral_in_every_way() -> Sampling {
    Sampling {
        dry: Some(Dry { multiplier: 0.0, ..Dry::default() }),
        xtc: Some(Xtc { probability: 0.0, threshold: 0.1 }),
        dynamic_temperature: Some(DynamicTemperature { minimum: 1.0, maximum: 1.0, exponent: 1.0 }),
        logit_bias: vec![(0, 0.0)],
        penalty_window: 1000,
        ..Sampling::neutral()
    }
}

fn any_logits() -> impl Strategy<Value = Vec<f32>> {
    let logit = prop_oneof![
        8 => -30.0_f32..30.0,
        2 => (-3_i8..3).prop_map(f32::from),
        1 => Just(f32::NEG_INFINITY),
        1 => prop::sample::select(vec![f32::MAX, f32::MIN, 1e30, -1e30, 1e-40]),
    ];
    prop::collection::vec(logit, 1..400)
}

fn any_sampling() -> impl Strategy<Value = Sampling> {
    let cuts = (0.0_f32..3.0, 0_usize..50, 0.0_f32..=1.0, 0.0_f32..=1.0, 0.0_f32..=1.0, 0.0_f32..4.0);
    let others = (
        0.1_f32..3.0,
        -2.0_f32..=2.0,
        0_usize..20,
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (cuts, others, any::<u64>()).prop_map(|(cuts, others, seed)| Sampling {
        temperature: cuts.0,
        top_k: cuts.1,
        top_p: cuts.2,
        min_p: cuts.3,
        typical_p: cuts.4,
        top_n_sigma: cuts.5,
        repetition_penalty: others.0,
        frequency_penalty: others.1,
        presence_penalty: -others.1,
        penalty_window: others.2,
        xtc: others.3.then_some(Xtc { probability: 0.5, threshold: 0.05 }),
        dry: others.4.then(Dry::default),
        mirostat: others.5.then_some(Mirostat { tau: 3.0, eta: 0.2 }),
        dynamic_temperature: others.6.then_some(DynamicTemperature {
            minimum: 0.0,
            maximum: 2.0,
            exponent: 1.5,
        }),
        logit_bias: vec![(0, f32::NEG_INFINITY)],
        seed: Some(seed),
    })
}

proptest! {
    #[test]
    fn neutral_values_are_the_identity(logits in any_logits(), history in prop::collection::vec(0_u32..400, 0..50)) {
        prop_assume!(logits.iter().any(|logit| logit.is_finite()));
        let left = distribution(&mut sampler(&neutral_in_every_way(), logits.len(), &history), &logits);
        let expected: Vec<f64> =
            log_softmax(&logits).unwrap().iter().map(|&log| f64::from(log).exp()).collect();
        for (one, other) in left.iter().zip(&expected) {
            prop_assert!((one - other).abs() < 1e-5, "{one} {other}");
        }
    }

    /// Logits beyond those that are said to be needed can be left away.
    #[test]
    fn the_best_logits_suffice_where_it_says_so(
        logits in any_logits(), sampling in any_sampling(), history in prop::collection::vec(0_u32..400, 0..50),
        lowered in any::<bool>(), steps in 1_usize..6,
        allowed in prop::option::of(prop::collection::vec(any::<u32>(), 0..14)),
    ) {
        let allowed = allowed.map(TokenSet::from_words);
        let neutral = Sampling::neutral();
        let lowering = |value: f32| if lowered { value.abs() } else { 0.0 };
        let sampling = Sampling {
            repetition_penalty: 1.0 + lowering(sampling.repetition_penalty),
            frequency_penalty: lowering(sampling.frequency_penalty),
            presence_penalty: lowering(sampling.presence_penalty),
            top_n_sigma: neutral.top_n_sigma,
            dry: None,
            mirostat: None,
            ..sampling
        };
        let mut all = sampler(&sampling, logits.len(), &history);
        let mut few = all.clone();
        let needed = all.best_needed();
        prop_assert_eq!(needed.is_none(), sampling.top_k == 0 && sampling.temperature != 0.0);
        let mut sorted = logits.clone();
        if let Some(allowed) = &allowed {
            allowed.apply(&mut sorted);
        }
        sorted.sort_by(|one, other| other.total_cmp(one));
        let least = needed.and_then(|needed| sorted.get(needed - 1).copied()).unwrap_or(f32::NEG_INFINITY);
        let kept = |logit: &f32| if *logit >= least { *logit } else { f32::NEG_INFINITY };
        let (mut best, mut logits): (Vec<f32>, _) = (logits.iter().map(kept).collect(), logits.clone());
        if let Some(allowed) = &allowed {
            allowed.apply(&mut best);
        }
        for _ in 0..steps {
            let choice = all.sample_among(&mut logits, allowed.as_ref());
            prop_assert_eq!(&few.sample_among(&mut best, allowed.as_ref()), &choice);
            if let Ok(choice) = choice {
                all.accept(choice.id);
                few.accept(choice.id);
            }
        }
    }

    /// Whatever the parameters: no panic, no forbidden token, and the same again.
    #[test]
    fn chooses_a_token_that_is_allowed(
        logits in any_logits(), sampling in any_sampling(), history in prop::collection::vec(0_u32..400, 0..50),
    ) {
        let run = || {
            let mut sampler = sampler(&sampling, logits.len(), &history);
            let mut row = logits.clone();
            let choices: Vec<Result<Choice, SampleError>> = (0..5).map(|_| {
                let choice = sampler.sample(&mut row);
                assert_eq!(row, logits, "the row is what it was");
                if let Ok(choice) = &choice {
                    sampler.accept(choice.id);
                }
                choice
            }).collect();
            choices
        };
        let choices = run();
        for choice in &choices {
            match choice {
                Ok(choice) => {
                    prop_assert!(choice.id != 0 && logits[choice.id as usize] > f32::NEG_INFINITY);
                    prop_assert!(choice.probability > 0.0 && choice.probability <= 1.0);
                }
                Err(error) => {
                    prop_assert_eq!(error, &SampleError::NothingLeft);
                    prop_assert!(logits[1..].iter().all(|&logit| logit < -1e29));
                }
            }
        }
        prop_assert_eq!(choices, run());
    }

    /// Cutting what was never sorted gives what cutting the sorted whole gives.
    #[test]
    fn what_is_not_allowed_is_as_if_it_were_impossible(
        logits in any_logits(),
        sampling in any_sampling(),
        history in prop::collection::vec(0_u32..400, 0..50),
        kept in prop::collection::btree_set(0_u32..400, 1..40),
    ) {
        let (vocabulary, mut logits) = (logits.len(), logits);
        let mut allowed = TokenSet::none(vocabulary);
        kept.iter().filter(|id| (**id as usize) < vocabulary).for_each(|id| allowed.insert(*id));
        let mut masked = logits.clone();
        allowed.apply(&mut masked);
        let (mut one, mut other) = (sampler(&sampling, vocabulary, &history), sampler(&sampling, vocabulary, &history));
        let chosen = one.sample_among(&mut logits, Some(&allowed));
        prop_assert_eq!(&chosen, &other.sample(&mut masked));
        if let Ok(chosen) = chosen {
            prop_assert!(allowed.contains(chosen.id));
        }
    }

    #[test]
    fn partial_sorting_changes_nothing(logits in any_logits(), k in 1_usize..60, p in 0.0_f32..1.0) {
        prop_assume!(logits.iter().any(|logit| logit.is_finite()));
        let mut ids: Vec<usize> = (0..logits.len()).filter(|&id| logits[id].is_finite()).collect();
        ids.sort_by(|&one, &other| logits[other].total_cmp(&logits[one]).then(one.cmp(&other)));
        let kept = |sampling: Sampling| {
            let mut sampler = sampler(&sampling, logits.len(), &[]);
            sampler.shape(&logits).unwrap();
            sampler.candidates.items().iter().map(|item| item.id as usize).collect::<Vec<_>>()
        };
        let by_k = kept(Sampling { top_k: k, ..Sampling::neutral() });
        prop_assert_eq!(&by_k[..], &ids[..k.min(ids.len())]);
        let by_p = kept(Sampling { top_p: p, ..Sampling::neutral() });
        prop_assert_eq!(&by_p[..], &ids[..by_p.len()]);
    }
}

#[test]
fn greedy_takes_the_best_and_of_equals_the_first() {
    let mut greedy = sampler(&Sampling::greedy(), 5, &[]);
    let choice = greedy.sample(&mut [0.0, 3.0, -1.0, 3.0, f32::NEG_INFINITY]).unwrap();
    assert_eq!(choice, Choice { id: 1, probability: 1.0 });
    let penalised = Sampling { repetition_penalty: 2.0, ..Sampling::greedy() };
    let choice = sampler(&penalised, 5, &[1]).sample(&mut [0.0, 3.0, -1.0, 3.0, 2.0]).unwrap();
    assert_eq!(choice.id, 3);
    // Temperature 0 is greedy even where a dynamic one is given.
    let dynamic = Some(DynamicTemperature { minimum: 5.0, maximum: 9.0, exponent: 1.0 });
    let both = Sampling { dynamic_temperature: dynamic, ..Sampling::greedy() };
    assert_eq!(sampler(&both, 2, &[]).sample(&mut [0.0, 0.1]).unwrap().id, 1);
}

#[test]
fn top_k_takes_the_lower_ids_of_equals() {
    let sampling = Sampling { top_k: 2, ..Sampling::neutral() };
    let left = distribution(&mut sampler(&sampling, 600, &[]), &[1.0; 600]);
    assert_near(&left[..3], &[0.5, 0.5, 0.0], "ties");
}

#[test]
fn a_seed_gives_these_tokens_in_every_version() {
    let logits: Vec<f32> = (0..1000).map(|id| ((id * 7919) % 1000) as f32 / 100.0).collect();
    let run = |sampling: Sampling| {
        let mut sampler = sampler(&sampling, logits.len(), &[1, 2, 3]);
        let mut row = logits.clone();
        let draw = |_| {
            let id = sampler.sample(&mut row).unwrap().id;
            sampler.accept(id);
            id
        };
        (0..8).map(draw).collect::<Vec<_>>()
    };
    let default = run(Sampling { seed: Some(42), ..Sampling::default() });
    insta::assert_debug_snapshot!((
        &default,
        run(Sampling { seed: Some(43), ..Sampling::default() }),
        run(Sampling { seed: Some(42), ..Sampling::neutral() }),
        run(Sampling {
            seed: Some(42),
            xtc: Some(Xtc { probability: 0.5, threshold: 0.01 }),
            ..Sampling::default()
        }),
        run(Sampling {
            seed: Some(42),
            mirostat: Some(Mirostat { tau: 4.0, eta: 0.1 }),
            ..Sampling::neutral()
        }),
    ));
    assert_eq!(default, run(Sampling { seed: Some(42), ..Sampling::default() }));
}

#[test]
fn without_a_seed_the_system_gives_one_that_can_be_asked_for() {
    let mut logits = [0.0; 64];
    let unseeded = || Sampler::new(&Sampling::neutral(), 64, &[], &|_| Vec::new()).unwrap();
    let (mut one, other) = (unseeded(), unseeded());
    assert_ne!(one.seed(), other.seed());
    let seeded = Sampling { seed: Some(one.seed()), ..Sampling::neutral() };
    let mut again = sampler(&seeded, 64, &[]);
    for _ in 0..8 {
        assert_eq!(one.sample(&mut logits), again.sample(&mut logits));
    }
}

/// Pearson's test: 20,000 draws from eight tokens have the frequencies that the probabilities say. The
/// seed is fixed; 24.3 is what chance exceeds in one of a thousand seeds (7 degrees of freedom).
#[test]
fn draws_follow_the_probabilities() {
    let mut logits = [0.0, 0.5, 1.0, 1.5, 2.0, -0.5, -1.0, -1.5];
    let draws = 20_000;
    for (temperature, seed) in [(1.0, 7), (0.7, 8), (1.6, 9)] {
        let sampling = Sampling { temperature, seed: Some(seed), ..Sampling::neutral() };
        let mut sampler = sampler(&sampling, logits.len(), &[]);
        let expected = distribution(&mut sampler.clone(), &logits);
        let mut counts = [0_u32; 8];
        for _ in 0..draws {
            counts[sampler.sample(&mut logits).unwrap().id as usize] += 1;
        }
        let statistic: f64 = counts
            .iter()
            .zip(&expected)
            .map(|(&count, share)| {
                (f64::from(count) - share * f64::from(draws)).powi(2) / (share * f64::from(draws))
            })
            .sum();
        assert!(statistic < 24.3, "{statistic}: {counts:?}");
    }
}

#[test]
fn xtc_acts_as_often_as_it_should() {
    let xtc = Some(Xtc { probability: 0.3, threshold: 0.1 });
    let mut sampler = sampler(&Sampling { xtc, seed: Some(5), ..Sampling::neutral() }, 2, &[]);
    // The first token is nearly certain; the second is drawn only where the first is excluded.
    let mut logits = [2.0, 0.0];
    let draws = 10_000;
    let second = (0..draws).filter(|_| sampler.sample(&mut logits).unwrap().id == 1).count();
    let expected = 0.3 + 0.7 * (1.0 / (1.0 + 2.0_f64.exp()));
    assert!((second as f64 / f64::from(draws) - expected).abs() < 0.015, "{second}");
}

#[test]
fn mirostat_holds_its_target() {
    // Zipf's law over 5,000 tokens; the first one has 3.2 bits, which is the least there is.
    let mut logits: Vec<f32> = (1..=5000).map(|rank| -(rank as f32).ln()).collect();
    let log_probabilities = log_softmax(&logits).unwrap();
    for tau in [4.0, 5.0, 6.0] {
        let mirostat = Some(Mirostat { tau, eta: 0.1 });
        let mut sampler = sampler(&Sampling { mirostat, ..Sampling::neutral() }, logits.len(), &[]);
        let steps = 2000;
        let bits: f64 = (0..steps)
            .map(|_| {
                -f64::from(log_probabilities[sampler.sample(&mut logits).unwrap().id as usize])
                    / std::f64::consts::LN_2
            })
            .sum();
        let mean = bits / f64::from(steps);
        assert!((mean - f64::from(tau)).abs() < 0.1, "{mean} for {tau}");
    }
}

#[test]
fn mirostat_by_hand() {
    // Probabilities 1/2, 1/4, 1/8, 1/8 have 1, 2, 3, 3 bits. With tau 1 the limit begins at 2 bits.
    let mut logits: Vec<f32> = [0.5_f32, 0.25, 0.125, 0.125].iter().map(|share| share.ln()).collect();
    let mirostat = Some(Mirostat { tau: 1.0, eta: 0.5 });
    let mut sampler = sampler(&Sampling { mirostat, ..Sampling::neutral() }, 4, &[]);
    // A bit more than 2, so that rounding does not decide.
    sampler.surprise.as_mut().unwrap().limit += 1e-3;
    assert_near(&distribution(&mut sampler, &logits), &[2.0 / 3.0, 1.0 / 3.0, 0.0, 0.0], "first cut");
    let chosen = sampler.sample(&mut logits).unwrap().id;
    let bits = f64::from(chosen + 1);
    let limit = sampler.surprise.unwrap().limit;
    assert!((limit - (2.001 - 0.5 * (bits - 1.0))).abs() < 1e-6, "{limit} after token {chosen}");
}

#[test]
fn penalties_see_their_window_and_what_is_accepted() {
    let sampling = Sampling { presence_penalty: 1.0, penalty_window: 2, ..Sampling::neutral() };
    let mut sampler = sampler(&sampling, 4, &[0, 1, 2]);
    sampler.accept(3);
    let mut logits = [0.0; 4];
    sampler.adjust(&mut logits);
    assert_eq!(logits, [0.0, 0.0, -1.0, -1.0]);
    // History from elsewhere may name tokens that the model does not have.
    sampler.accept(u32::MAX);
    assert!(sampler.sample(&mut logits).is_ok());
}

#[test]
fn bad_input_is_an_error_with_a_name() {
    let new = |sampling: &Sampling| Sampler::new(sampling, 3, &[], &|_| Vec::new()).map(|_| ());
    let error = new(&Sampling { top_p: 1.5, ..Sampling::default() }).unwrap_err();
    assert!(error.to_string().contains("top_p"));
    let error = new(&Sampling { logit_bias: vec![(3, 1.0)], ..Sampling::default() }).unwrap_err();
    assert_eq!(error, SampleError::UnknownToken { id: 3, vocabulary: 3 });

    let biased = Sampling { logit_bias: vec![(2, f32::NEG_INFINITY)], ..Sampling::default() };
    for sampling in [Sampling::greedy(), Sampling::default(), Sampling::neutral(), biased] {
        let mut sampler = sampler(&sampling, 3, &[]);
        let wrong = SampleError::WrongLength { given: 2, vocabulary: 3 };
        assert_eq!(sampler.sample(&mut [0.0, 1.0]), Err(wrong));
        for value in [f32::NAN, f32::INFINITY] {
            let result = sampler.sample(&mut [0.0, value, 1.0]);
            assert!(matches!(result, Err(SampleError::NotFinite { id: 1, .. })), "{result:?}");
        }
        let mut nothing = [f32::NEG_INFINITY; 3];
        assert_eq!(sampler.sample(&mut nothing), Err(SampleError::NothingLeft));
        assert_eq!(sampler.sample(&mut [0.0, f32::NEG_INFINITY, f32::NEG_INFINITY]).unwrap().id, 0);
    }
}

#[test]
fn tiny_and_huge_values_stay_in_range() {
    for temperature in [1e-38, 1e-3, 1e38] {
        let sampling = Sampling { temperature, ..Sampling::neutral() };
        let left = distribution(&mut sampler(&sampling, 3, &[]), &[f32::MAX, f32::MAX / 2.0, f32::MIN]);
        let expected = if temperature < 1.0 { [1.0, 0.0, 0.0] } else { left.clone().try_into().unwrap() };
        assert_near(&left, &expected, "temperature");
        assert!((left.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
    let dry = Some(Dry { multiplier: 1e30, base: 1e30, ..Dry::default() });
    let history = [1, 2].repeat(500);
    assert_eq!(
        sampler(&Sampling { dry, ..Sampling::neutral() }, 3, &history)
            .sample(&mut [-99.0, 5.0, -99.0])
            .map(|c| c.id == 1),
        Ok(false)
    );
}

#[test]
fn log_probabilities_are_exact() {
    // NumPy: np.log(np.exp(x) / np.exp(x).sum()) in float64 of [1, 2, 3, -inf].
    let logits = [1.0, 2.0, 3.0, f32::NEG_INFINITY];
    let expected = [-2.407_606, -1.407_606, -0.407_606, f32::NEG_INFINITY];
    for (one, other) in log_softmax(&logits).unwrap().iter().zip(expected) {
        assert!(*one == other || (one - other).abs() < 1e-6);
    }
    let logprob = token_logprob(&logits, 1, 2).unwrap();
    assert!((logprob.chosen - expected[1]).abs() < 1e-6);
    let ids: Vec<u32> = logprob.top.iter().map(|entry| entry.0).collect();
    assert_eq!(ids, [2, 1]);
    assert_eq!(token_logprob(&logits, 0, 99).unwrap().top.len(), 3);
    assert!(token_logprob(&logits, 0, 0).unwrap().top.is_empty());
    let unknown = SampleError::UnknownToken { id: 4, vocabulary: 4 };
    assert_eq!(token_logprob(&logits, 4, 0), Err(unknown));
    assert!(log_softmax(&[f32::NAN]).is_err() && log_softmax(&[]).is_err());
    // A sum in f32 would lose 2⁻²⁴ a quarter of a million times.
    let flat = vec![0.5_f32; 262_144];
    assert!((log_softmax(&flat).unwrap()[7] + 262_144_f32.ln()).abs() < 1e-6);
}

/// After the first tokens, no buffer grows.
#[test]
fn buffers_are_reused() {
    let mut logits: Vec<f32> = (0..5000).map(|id| ((id * 31) % 997) as f32 / 50.0).collect();
    let sampling = Sampling {
        typical_p: 0.9,
        top_k: 0,
        dry: Some(Dry { window: 64, ..Dry::default() }),
        frequency_penalty: 0.1,
        ..Sampling::default()
    };
    let history: Vec<u32> = (0..64).collect();
    let mut sampler = sampler(&sampling, logits.len(), &history);
    let capacities = |sampler: &Sampler| (sampler.changed.capacity(), sampler.candidates.capacities());
    sampler.sample(&mut logits).unwrap();
    let before = capacities(&sampler);
    for _ in 0..50 {
        let id = sampler.sample(&mut logits).unwrap().id;
        sampler.accept(id);
    }
    assert_eq!(capacities(&sampler), before);
}
