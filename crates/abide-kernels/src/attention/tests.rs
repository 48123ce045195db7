//! Attention against the plain formula in `f64`, over windows, caps, sinks, block tables and stored types; and that a
//! row's bits depend on nothing else.

use proptest::prelude::*;

use std::ops::Range;

use super::*;
use crate::{Isa, linear::test_numbers::Numbers};

#[derive(Debug, Clone)]
struct Setting {
    kind: CacheType,
    block_positions: usize,
    kv_heads: usize,
    sharing: usize,
    key_dim: usize,
    value_dim: usize,
    positions: usize,
    soft_cap: Option<f32>,
    window: Option<usize>,
    sinks: bool,
    seed: u64,
}

fn settings() -> impl Strategy<Value = Setting> {
    let kinds = prop_oneof![Just(CacheType::F32), Just(CacheType::F16), Just(CacheType::Q8_0)];
    let shapes = (1_usize..4, 1_usize..9, 1_usize..70, 1_usize..70, 1_usize..600);
    let options = (
        proptest::option::of(1.0_f32..50.0),
        proptest::option::of(1_usize..200),
        any::<bool>(),
        any::<u64>(),
        prop_oneof![Just(16_usize), Just(32), Just(48)],
    );
    (kinds, shapes, options).prop_map(
        |(
            kind,
            (kv_heads, sharing, key_dim, value_dim, positions),
            (soft_cap, window, sinks, seed, block_positions),
        )| {
            Setting {
                kind,
                block_positions,
                kv_heads,
                sharing,
                key_dim,
                value_dim,
                positions,
                soft_cap,
                window,
                sinks,
                seed,
            }
        },
    )
}

struct Sequence {
    setting: Setting,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    sinks: Vec<f32>,
    layer: CacheLayer,
    blocks: Vec<u32>,
}

fn sequence(setting: &Setting) -> Sequence {
    let mut numbers = Numbers(setting.seed);
    let Setting { kind, block_positions, kv_heads, sharing, key_dim, value_dim, positions, .. } = *setting;
    let count = positions.div_ceil(block_positions);
    let shape = CacheShape { kind, blocks: count + 3, block_positions, kv_heads, key_dim, value_dim };
    let mut layer = CacheLayer::new(shape).unwrap();
    // Blocks in a shuffled order.
    let mut blocks: Vec<u32> = (0..shape.blocks as u32).collect();
    for index in (1..blocks.len()).rev() {
        blocks.swap(index, numbers.bits() as usize % (index + 1));
    }
    blocks.truncate(count);
    // What no token sees must not matter, whatever it is.
    let every: Vec<CacheSlot> = (0..shape.blocks * block_positions)
        .map(|slot| CacheSlot {
            block: (slot / block_positions) as u32,
            offset: (slot % block_positions) as u32,
        })
        .collect();
    let nonsense = |dims: usize| vec![f32::NAN; every.len() * kv_heads * dims];
    let kernels = Kernels::new(2, Isa::detect());
    kernels.write_cache(&mut layer, &every, &nonsense(key_dim), &nonsense(value_dim)).unwrap();
    let keys = numbers.floats(positions * kv_heads * key_dim);
    let values = numbers.floats(positions * kv_heads * value_dim);
    let slots: Vec<CacheSlot> = (0..positions)
        .map(|p| CacheSlot { block: blocks[p / block_positions], offset: (p % block_positions) as u32 })
        .collect();
    kernels.write_cache(&mut layer, &slots, &keys, &values).unwrap();
    let queries = numbers.floats(positions * kv_heads * sharing * key_dim);
    let sinks = numbers.floats(kv_heads * sharing);
    Sequence { setting: setting.clone(), queries, keys, values, sinks, layer, blocks }
}

impl Sequence {
    /// Attention of some of the tokens, with the table cut at the front as the window allows.
    fn attend(&self, kernels: &Kernels, tokens: Range<usize>) -> Vec<f32> {
        let setting = &self.setting;
        let heads = setting.kv_heads * setting.sharing;
        let first_seen = setting.window.map_or(0, |window| (tokens.start + 1).saturating_sub(window));
        let first_block = first_seen / setting.block_positions;
        let span = Span {
            first_row: 0,
            tokens: tokens.len(),
            first_position: tokens.start,
            blocks: &self.blocks[first_block..],
            first_block,
        };
        let width = heads * setting.key_dim;
        let request = AttentionRequest {
            queries: &self.queries[tokens.start * width..tokens.end * width],
            heads,
            scale: 0.7,
            soft_cap: setting.soft_cap,
            window: setting.window,
            both_ways: false,
            sinks: setting.sinks.then_some(&self.sinks[..]),
            spans: &[span],
        };
        let mut out = vec![f32::NAN; tokens.len() * heads * setting.value_dim];
        kernels.attention(&request, &self.layer, &mut out).unwrap();
        out
    }

    /// With a key that is no number, at a position.
    fn with_nonsense_key(mut self, position: usize) -> Self {
        let Setting { block_positions, kv_heads, key_dim, value_dim, .. } = self.setting;
        let width = kv_heads * value_dim;
        let slot = CacheSlot {
            block: self.blocks[position / block_positions],
            offset: (position % block_positions) as u32,
        };
        let (keys, values) = (vec![f32::NAN; kv_heads * key_dim], &self.values[position * width..][..width]);
        let kernels = Kernels::new(1, Isa::detect());
        kernels.write_cache(&mut self.layer, &[slot], &keys, values).unwrap();
        self
    }

    /// The formula, for one token and head.
    fn exact(&self, token: usize, head: usize) -> Vec<f64> {
        let Setting { kv_heads, sharing, key_dim, value_dim, soft_cap, window, sinks, .. } = self.setting;
        let kv_head = head / sharing;
        let query = &self.queries[(token * kv_heads * sharing + head) * key_dim..][..key_dim];
        let first = window.map_or(0, |window| (token + 1).saturating_sub(window));
        let score = |position: usize| {
            let key = &self.keys[(position * kv_heads + kv_head) * key_dim..][..key_dim];
            let product: f64 = query.iter().zip(key).map(|(q, k)| f64::from(*q) * f64::from(*k)).sum();
            let score = 0.7 * product;
            soft_cap.map_or(score, |cap| f64::from(cap) * (score / f64::from(cap)).tanh())
        };
        let mut sum = if sinks { f64::from(self.sinks[head]).exp() } else { 0.0 };
        let mut out = vec![0.0; value_dim];
        for position in first..=token {
            let power = score(position).exp();
            sum += power;
            let value = &self.values[(position * kv_heads + kv_head) * value_dim..][..value_dim];
            out.iter_mut().zip(value).for_each(|(out, value)| *out += power * f64::from(*value));
        }
        out.into_iter().map(|value| value / sum).collect()
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn attention_is_near_the_formula_on_every_family(setting in settings()) {
        let sequence = sequence(&setting);
        let heads = setting.kv_heads * setting.sharing;
        let tolerance = match setting.kind {
            CacheType::F32 => 3e-6,
            CacheType::F16 => 2e-3,
            CacheType::Q8_0 => 2e-2,
        };
        let last = setting.positions - 1;
        let tokens = last.saturating_sub(20)..setting.positions;
        let mut first: Option<Vec<u32>> = None;
        for isa in Isa::available() {
            let found = sequence.attend(&Kernels::new(1, isa), tokens.clone());
            for token in [tokens.start, last] {
                for head in 0..heads {
                    let place = ((token - tokens.start) * heads + head) * setting.value_dim;
                    for (dim, exact) in sequence.exact(token, head).into_iter().enumerate() {
                        let found = f64::from(found[place + dim]);
                        prop_assert!((found - exact).abs() < tolerance, "{isa} {token} {head} {dim}: {found} {exact}");
                    }
                }
            }
            prop_assert_eq!(first.get_or_insert_with(|| bits(&found)), &bits(&found), "{}", isa);
        }
    }

    #[test]
    fn a_row_depends_on_neither_threads_nor_the_rows_beside_it_nor_the_cut_of_the_table(
        setting in settings(),
        cut in any::<prop::sample::Index>(),
    ) {
        let sequence = sequence(&setting);
        let width = setting.kv_heads * setting.sharing * setting.value_dim;
        let all = sequence.attend(&Kernels::new(1, Isa::detect()), 0..setting.positions);
        for threads in [2, 4] {
            let kernels = Kernels::new(threads, Isa::detect());
            prop_assert_eq!(bits(&sequence.attend(&kernels, 0..setting.positions)), bits(&all));
            // As one chunk of a prompt after another, and as single tokens.
            let cut = cut.index(setting.positions);
            let late = sequence.attend(&kernels, cut..setting.positions);
            prop_assert_eq!(bits(&late), bits(&all[cut * width..]));
            let single = sequence.attend(&kernels, cut..cut + 1);
            prop_assert_eq!(bits(&single), bits(&all[cut * width..][..width]));
        }
    }

    #[test]
    fn both_ways_each_token_sees_what_the_last_one_sees(setting in settings()) {
        let setting = Setting { window: None, ..setting };
        let Sequence { queries, sinks, layer, blocks, .. } = &sequence(&setting);
        let (heads, last) = (setting.kv_heads * setting.sharing, setting.positions - 1);
        let span = Span { first_row: 0, tokens: setting.positions, first_position: 0, blocks, first_block: 0 };
        let as_last = |first_row| Span { first_row, tokens: 1, first_position: last, ..span };
        let spans: Vec<Span<'_>> = (0..setting.positions).map(as_last).collect();
        let causal = AttentionRequest {
            queries,
            heads,
            scale: 0.7,
            soft_cap: setting.soft_cap,
            window: None,
            both_ways: false,
            sinks: setting.sinks.then_some(sinks),
            spans: &spans,
        };
        let attend = |request: &AttentionRequest<'_>, threads: usize| {
            let mut out = vec![f32::NAN; setting.positions * heads * setting.value_dim];
            Kernels::new(threads, Isa::detect()).attention(request, layer, &mut out).unwrap();
            bits(&out)
        };
        let expected = attend(&causal, 1);
        for threads in [1, 3] {
            let both_ways = AttentionRequest { both_ways: true, spans: &[span], ..causal };
            prop_assert_eq!(&attend(&both_ways, threads), &expected);
        }
    }
}

/// A small shape to make mistakes with.
fn shape(kind: CacheType) -> CacheShape {
    CacheShape { kind, blocks: 4, block_positions: 16, kv_heads: 2, key_dim: 8, value_dim: 8 }
}

#[test]
fn spans_of_several_sequences_give_what_each_gives_alone() {
    let setting = |seed, positions| Setting {
        kind: CacheType::F16,
        block_positions: 32,
        kv_heads: 2,
        sharing: 3,
        key_dim: 64,
        value_dim: 64,
        positions,
        soft_cap: None,
        window: None,
        sinks: false,
        seed,
    };
    let kernels = Kernels::new(2, Isa::detect());
    let one = sequence(&setting(1, 300));
    // The other sequence lives in the same cache: its keys are those at its own places there.
    let queries = [&one.queries[..384], &one.queries[100 * 384..101 * 384]].concat();
    let spans = [
        Span { first_row: 0, tokens: 1, first_position: 0, blocks: &one.blocks, first_block: 0 },
        Span { first_row: 1, tokens: 1, first_position: 100, blocks: &one.blocks, first_block: 0 },
    ];
    let request = AttentionRequest {
        queries: &queries,
        heads: 6,
        scale: 0.7,
        soft_cap: None,
        window: None,
        both_ways: false,
        sinks: None,
        spans: &spans,
    };
    let mut out = vec![0.0; 2 * 384];
    kernels.attention(&request, &one.layer, &mut out).unwrap();
    assert_eq!(bits(&out[..384]), bits(&one.attend(&kernels, 0..1)));
    assert_eq!(bits(&out[384..]), bits(&one.attend(&kernels, 100..101)));
}

#[test]
fn blocks_are_copied_saved_and_put_back_whole() {
    for kind in [CacheType::F32, CacheType::F16, CacheType::Q8_0] {
        let mut layer = CacheLayer::new(shape(kind)).unwrap();
        let kernels = Kernels::new(1, Isa::detect());
        let mut numbers = Numbers(5);
        let slots: Vec<CacheSlot> = (0..16).map(|offset| CacheSlot { block: 1, offset }).collect();
        kernels.write_cache(&mut layer, &slots, &numbers.floats(256), &numbers.floats(256)).unwrap();
        layer.copy_block(1, 3).unwrap();
        let saved = layer.block(1).unwrap().to_vec();
        assert_eq!(layer.block(3).unwrap(), saved);
        assert!(saved.iter().any(|byte| *byte != 0) && layer.block(2).unwrap().iter().all(|byte| *byte == 0));
        layer.set_block(2, &saved).unwrap();
        assert_eq!(layer.block(2).unwrap(), saved);
        assert!(layer.set_block(2, &saved[1..]).is_err());
        assert!(layer.copy_block(0, 4).is_err());
    }
}

#[test]
fn requests_that_do_not_fit_are_errors() {
    let kernels = Kernels::new(1, Isa::detect());
    let mut layer = CacheLayer::new(shape(CacheType::F16)).unwrap();
    assert!(CacheLayer::new(CacheShape { block_positions: 20, ..shape(CacheType::F16) }).is_err());
    assert!(CacheLayer::new(CacheShape { blocks: usize::MAX, ..shape(CacheType::F16) }).is_err());
    let outside = [CacheSlot { block: 4, offset: 0 }, CacheSlot { block: 0, offset: 16 }];
    for slot in outside {
        assert!(kernels.write_cache(&mut layer, &[slot], &[0.0; 16], &[0.0; 16]).is_err());
    }
    let span = Span { first_row: 0, tokens: 2, first_position: 15, blocks: &[0, 1], first_block: 0 };
    let good = AttentionRequest {
        queries: &[0.0; 64],
        heads: 4,
        scale: 1.0,
        soft_cap: None,
        window: None,
        both_ways: false,
        sinks: None,
        spans: &[span],
    };
    let attend = |request: AttentionRequest<'_>| kernels.attention(&request, &layer, &mut [0.0; 64]);
    assert_eq!(attend(good), Ok(()));
    assert!(attend(AttentionRequest { heads: 3, ..good }).is_err());
    assert!(attend(AttentionRequest { window: Some(0), ..good }).is_err());
    assert!(attend(AttentionRequest { window: Some(5), both_ways: true, ..good }).is_err());
    assert!(attend(AttentionRequest { sinks: Some(&[0.0]), ..good }).is_err());
    let bad_spans = [
        Span { blocks: &[0], ..span },
        Span { blocks: &[0, 9], ..span },
        Span { first_block: 1, ..span },
        Span { first_row: 1, ..span },
        Span { first_position: usize::MAX, ..span },
    ];
    for span in bad_spans {
        assert!(attend(AttentionRequest { spans: &[span], ..good }).is_err(), "{span:?}");
    }
    assert!(attend(AttentionRequest { spans: &[span, span], ..good }).is_err());
}

/// Neither threads' memory nor what else is computed may take the place of it.
#[test]
fn what_is_no_number_stays_so_in_every_family_and_for_those_who_see_it_alone() {
    for kind in [CacheType::F32, CacheType::F16, CacheType::Q8_0] {
        for positions in [1, 2, 9, 130, 300] {
            let setting = Setting {
                kind,
                block_positions: 16,
                kv_heads: 2,
                sharing: 2,
                key_dim: 32,
                value_dim: 24,
                positions,
                soft_cap: None,
                window: None,
                sinks: false,
                seed: 7,
            };
            let width = setting.kv_heads * setting.sharing * setting.value_dim;
            let queries = setting.kv_heads * setting.sharing * setting.key_dim;
            for (isa, threads) in Isa::available().into_iter().flat_map(|isa| [(isa, 1), (isa, 2)]) {
                let kernels = Kernels::new(threads, isa);
                let whole = sequence(&setting).attend(&kernels, 0..positions);
                for place in [0, positions / 2, positions - 1] {
                    let mut asked = sequence(&setting);
                    asked.queries[place * queries..][..queries].fill(f32::NAN);
                    let asked = asked.attend(&kernels, 0..positions);
                    let seen = sequence(&setting).with_nonsense_key(place).attend(&kernels, 0..positions);
                    for token in 0..positions {
                        let of = |all: &[f32]| all[token * width..][..width].to_vec();
                        for (found, is_hit) in [(of(&asked), token == place), (of(&seen), token >= place)] {
                            let what = format!("{kind:?} {isa} {threads} {positions} {place} {token}");
                            if is_hit {
                                assert!(found.iter().all(|value| value.is_nan()), "{what}: {found:?}");
                            } else {
                                assert_eq!(found, of(&whole), "{what}");
                            }
                        }
                    }
                }
            }
        }
    }
}
