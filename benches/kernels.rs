//! Speed of each kernel: `cargo bench -p abide-kernels [FILTER]`. Products with one token show GB/s of weights (beside
//! `read_bandwidth`, their limit), those with many tokens GMAC/s, attention both.
//!
//! `ABIDE_BENCH_THREADS` (default 2) and `ABIDE_BENCH_ISA` (default: the best) choose what is measured.
#![allow(missing_docs)]

use std::sync::LazyLock;

use abide_kernels::{
    Activation, ActivationBuffer, ActivationPrecision, AttentionRequest, BlockType, CacheLayer, CacheShape,
    CacheSlot, CacheType, Gate, Isa, Kernels, PackedMatrix, RopePairing, RopeShape, Sought, Span,
    measure_read_bandwidth, random_blocks,
};
use divan::{
    Bencher,
    counter::{BytesCount, ItemsCount},
};

fn kernels() -> Kernels {
    let threads = std::env::var("ABIDE_BENCH_THREADS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let isa =
        std::env::var("ABIDE_BENCH_ISA").map_or_else(|_| Isa::detect(), |name| Isa::parse(&name).unwrap());
    Kernels::new(threads, isa)
}

static KERNELS: LazyLock<Kernels> = LazyLock::new(kernels);

fn main() {
    println!("{:?}", *KERNELS);
    println!("read bandwidth: {:.1} GB/s", measure_read_bandwidth(&KERNELS, 1 << 30).unwrap() / 1e9);
    divan::main();
}

fn floats(count: usize) -> Vec<f32> {
    (0..count).map(|index| (index * 7919 % 1000) as f32 / 1000.0 - 0.5).collect()
}

/// Weights whose every byte is harmless in every block.
fn matrix(kernels: &Kernels, kind: BlockType, rows: usize, columns: usize) -> PackedMatrix {
    let bytes = vec![0x21; kind.bytes_for(rows * columns).unwrap()];
    PackedMatrix::pack(kernels, kind, &bytes, rows, columns).unwrap()
}

fn product(
    bencher: Bencher<'_, '_>,
    precision: ActivationPrecision,
    kind: BlockType,
    rows: usize,
    columns: usize,
    tokens: usize,
) {
    let matrix = matrix(&KERNELS, kind, rows, columns);
    let mut buffer = ActivationBuffer::default();
    let inputs = floats(tokens * columns);
    let mut out = vec![0.0; tokens * rows];
    let bencher = match tokens {
        1 => bencher.counter(BytesCount::new(matrix.bytes())),
        _ => bencher.counter(ItemsCount::new(tokens * rows * columns)),
    };
    bencher.bench_local(|| {
        let activations = KERNELS.quantize(&mut buffer, &inputs, tokens, columns, precision).unwrap();
        KERNELS.matmul(&activations, &matrix, &mut out).unwrap();
    });
}

/// Decoding with weights far larger than the caches.
#[divan::bench(args = BlockType::ALL, sample_count = 10)]
fn single_token(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int8, kind, 32 << 10, 4096, 1);
}

/// The same with 15-bit activations.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q6_K], sample_count = 10)]
fn single_token_int16(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int16, kind, 32 << 10, 4096, 1);
}

/// A small model's layer, from the caches: what a dispatch costs.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K])]
fn single_token_small(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int8, kind, 1536, 768, 1);
}

/// A prompt.
#[divan::bench(args = BlockType::ALL, sample_count = 10)]
fn prompt(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int8, kind, 2048, 2048, 256);
}

/// The same with 15-bit activations.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q6_K, BlockType::Q8_0], sample_count = 10)]
fn prompt_int16(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int16, kind, 2048, 2048, 256);
}

/// Eight sequences decoded together.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q5_0, BlockType::Q6_K, BlockType::Q8_0], sample_count = 10)]
fn batch_of_eight(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int8, kind, 32 << 10, 4096, 8);
}

/// The same with 15-bit activations, as for logits.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q6_K, BlockType::Q8_0], sample_count = 10)]
fn batch_of_eight_int16(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int16, kind, 32 << 10, 4096, 8);
}

/// Repacking when a model is loaded.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q6_K, BlockType::Q8_0], sample_count = 10)]
fn pack(bencher: Bencher<'_, '_>, kind: BlockType) {
    let bytes = vec![0x21; kind.bytes_for(4096 * 2048).unwrap()];
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| PackedMatrix::pack(&KERNELS, kind, &bytes, 4096, 2048).unwrap());
}

/// Heads and window of a model.
#[derive(Debug, Clone, Copy)]
enum Model {
    /// SmolLM2 135M.
    SmolLm2,
    /// Gemma 3 270M: its layers with a window.
    Gemma3,
    /// Llama 3.2 1B.
    Llama1b,
    /// Qwen 3 0.6B.
    Qwen3,
    /// Phi 2.
    Phi2,
}

impl Model {
    const ALL: [Self; 5] = [Self::SmolLm2, Self::Gemma3, Self::Llama1b, Self::Qwen3, Self::Phi2];

    /// Query heads, KV heads, dimensions of each, window.
    fn heads(self) -> (usize, usize, usize, Option<usize>) {
        match self {
            Self::SmolLm2 => (9, 3, 64, None),
            Self::Gemma3 => (4, 1, 256, Some(512)),
            Self::Llama1b => (32, 8, 64, None),
            Self::Qwen3 => (16, 8, 128, None),
            Self::Phi2 => (32, 32, 80, None),
        }
    }
}

/// What is attended to.
#[derive(Debug, Clone, Copy)]
struct Case(Model, CacheType, usize);

impl std::fmt::Display for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {:?} {}", self.0, self.1, self.2)
    }
}

const BLOCK_POSITIONS: usize = 32;

/// `tokens` tokens behind `depth` others. Blocks lie in no order, and as many layers are attended to in turn as a model
/// has, so that no more of them is in the processor's caches than there would be.
fn attend(bencher: Bencher<'_, '_>, Case(model, kind, depth): Case, tokens: usize, layers: usize) {
    let (heads, kv_heads, dims, window) = model.heads();
    let count = (depth + tokens).div_ceil(BLOCK_POSITIONS);
    let blocks: Vec<u32> = (0..count).map(|block| (block * 7919 % count) as u32).collect();
    let shape = CacheShape {
        kind,
        blocks: count,
        block_positions: BLOCK_POSITIONS,
        kv_heads,
        key_dim: dims,
        value_dim: dims,
    };
    let slot = |position: usize| CacheSlot {
        block: blocks[position / BLOCK_POSITIONS],
        offset: (position % BLOCK_POSITIONS) as u32,
    };
    let slots: Vec<CacheSlot> = (0..depth + tokens).map(slot).collect();
    let stored = floats(slots.len() * kv_heads * dims);
    let layers: Vec<CacheLayer> = (0..layers)
        .map(|_| {
            let mut layer = CacheLayer::new(shape).unwrap();
            KERNELS.write_cache(&mut layer, &slots, &stored, &stored).unwrap();
            layer
        })
        .collect();
    let queries = floats(tokens * heads * dims);
    let span = Span { first_row: 0, tokens, first_position: depth, blocks: &blocks, first_block: 0 };
    let request = AttentionRequest {
        queries: &queries,
        heads,
        scale: 0.125,
        soft_cap: None,
        window,
        both_ways: false,
        sinks: None,
        spans: &[span],
    };
    let mut out = vec![0.0; queries.len()];
    let most = window.unwrap_or(usize::MAX);
    let seen: usize = (0..tokens).map(|token| (depth + token + 1).min(most)).sum();
    let bencher = match tokens {
        1 => bencher.counter(BytesCount::new(seen * shape.block_bytes() / BLOCK_POSITIONS)),
        _ => bencher.counter(ItemsCount::new(2 * seen * heads * dims)),
    };
    let mut next = layers.iter().cycle();
    bencher.bench_local(|| KERNELS.attention(&request, next.next().unwrap(), &mut out).unwrap());
}

fn decode_cases() -> impl Iterator<Item = Case> {
    let depths = [1024, 4096, 8192];
    let small = depths
        .into_iter()
        .flat_map(|depth| [CacheType::F16, CacheType::Q8_0].map(|kind| Case(Model::SmolLm2, kind, depth)));
    let others = Model::ALL[1..]
        .iter()
        .flat_map(|model| [CacheType::F16, CacheType::Q8_0].map(|kind| Case(*model, kind, 4096)));
    small.chain([Case(Model::SmolLm2, CacheType::F32, 4096)]).chain(others)
}

/// One token: GB/s of keys and values.
#[divan::bench(args = decode_cases(), sample_count = 100)]
fn attention_single_token(bencher: Bencher<'_, '_>, case: Case) {
    attend(bencher, case, 1, if case.0.heads().1 > 8 { 4 } else { 24 });
}

fn prompt_cases() -> impl Iterator<Item = Case> {
    let small = [0, 1024, 4096].map(|depth| Case(Model::SmolLm2, CacheType::F16, depth));
    let others = Model::ALL[1..].iter().map(|model| Case(*model, CacheType::F16, 1024));
    let stored = [CacheType::F32, CacheType::Q8_0].map(|kind| Case(Model::SmolLm2, kind, 1024));
    small.into_iter().chain(stored).chain(others)
}

/// A step of a prompt, 512 tokens: GMAC/s of what they see.
#[divan::bench(args = prompt_cases(), sample_count = 10)]
fn attention_prompt(bencher: Bencher<'_, '_>, case: Case) {
    attend(bencher, case, 512, 1);
}

/// Storing one token, and a step of a prompt, in a layer.
#[divan::bench(args = [1, 512])]
fn write_cache(bencher: Bencher<'_, '_>, tokens: usize) {
    let shape = CacheShape {
        kind: CacheType::F16,
        blocks: 16,
        block_positions: BLOCK_POSITIONS,
        kv_heads: 3,
        key_dim: 64,
        value_dim: 64,
    };
    let mut layer = CacheLayer::new(shape).unwrap();
    let slots: Vec<CacheSlot> = (0..tokens as u32)
        .map(|position| CacheSlot { block: position / 32, offset: position % 32 })
        .collect();
    let stored = floats(tokens * 3 * 64);
    bencher
        .counter(BytesCount::new(tokens * shape.block_bytes() / BLOCK_POSITIONS))
        .bench_local(|| KERNELS.write_cache(&mut layer, &slots, &stored, &stored).unwrap());
}

/// Tokens: one that is decoded, whose cost is that of a call, and a step of a prompt.
const TOKENS: [usize; 2] = [1, 512];
/// Values of a token within a small model's layers.
const WIDTH: usize = 576;

#[divan::bench(args = TOKENS)]
fn rms_norm(bencher: Bencher<'_, '_>, tokens: usize) {
    let (x, weight) = (floats(tokens * WIDTH), floats(WIDTH));
    let mut out = vec![0.0; x.len()];
    bencher
        .counter(ItemsCount::new(x.len()))
        .bench_local(|| KERNELS.rms_norm(&x, WIDTH, Some(&weight), 1e-5, &mut out).unwrap());
}

#[divan::bench(args = TOKENS)]
fn layer_norm(bencher: Bencher<'_, '_>, tokens: usize) {
    let (x, weight) = (floats(tokens * WIDTH), floats(WIDTH));
    let mut out = vec![0.0; x.len()];
    bencher
        .counter(ItemsCount::new(x.len()))
        .bench_local(|| KERNELS.layer_norm(&x, WIDTH, &weight, Some(&weight), 1e-5, &mut out).unwrap());
}

/// As experts are chosen: a row of scores for each token.
#[divan::bench(args = TOKENS)]
fn softmax(bencher: Bencher<'_, '_>, tokens: usize) {
    let x = floats(tokens * 128);
    let mut out = vec![0.0; x.len()];
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| KERNELS.softmax(&x, 128, &mut out).unwrap());
}

/// Queries and keys of a small model's layer.
#[divan::bench(args = TOKENS)]
fn rope(bencher: Bencher<'_, '_>, tokens: usize) {
    let shape = RopeShape { heads: 12, head_dim: 64, rotary_dim: 64, pairing: RopePairing::HalfSplit };
    let (mut x, cos) = (floats(tokens * 12 * 64), vec![1.0; tokens * 32]);
    let sin = vec![0.0; cos.len()];
    bencher
        .counter(ItemsCount::new(x.len()))
        .bench_local(|| KERNELS.rope(&mut x, tokens, shape, &cos, &sin).unwrap());
}

/// What a layer adds to the residual stream.
#[divan::bench(args = TOKENS)]
fn add_scaled(bencher: Bencher<'_, '_>, tokens: usize) {
    let (mut x, addend) = (floats(tokens * WIDTH), vec![0.0; tokens * WIDTH]);
    bencher
        .counter(ItemsCount::new(addend.len()))
        .bench_local(|| KERNELS.add_scaled(&mut x, &addend, 1.0).unwrap());
}

/// Biases.
#[divan::bench(args = TOKENS)]
fn add_rows(bencher: Bencher<'_, '_>, tokens: usize) {
    let (mut x, bias) = (floats(tokens * WIDTH), vec![0.0; WIDTH]);
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| KERNELS.add_rows(&mut x, &bias).unwrap());
}

#[divan::bench(args = TOKENS)]
fn multiply(bencher: Bencher<'_, '_>, tokens: usize) {
    let (mut x, factor) = (floats(tokens * WIDTH), vec![1.0; tokens * WIDTH]);
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| KERNELS.multiply(&mut x, &factor).unwrap());
}

/// An embedding look-up.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q6_K, BlockType::Q8_0])]
fn dequantize_row(bencher: Bencher<'_, '_>, kind: BlockType) {
    let matrix = matrix(&KERNELS, kind, 1024, 768);
    let (mut out, mut row) = (vec![0.0; 768], 0);
    bencher.counter(ItemsCount::new(out.len())).bench_local(|| {
        row = (row + 7) % 1024;
        matrix.dequantize_row(row, &mut out).unwrap();
    });
}

/// A token's best 40 logits of a large vocabulary in parts, as gemma's: GB/s of all its weights, of which not all are read.
#[divan::bench(args = [BlockType::Q8_0], sample_count = 20)]
fn best_of_a_vocabulary(bencher: Bencher<'_, '_>, kind: BlockType) {
    let (rows, columns) = (1 << 18, 640);
    let mut bytes = vec![0; kind.bytes_for(rows * columns).unwrap()];
    random_blocks(kind, 0.02, 7, &mut bytes).unwrap();
    let matrix = PackedMatrix::pack_in_parts(&KERNELS, kind, &bytes, rows, columns, &|_| {}).unwrap();
    let mut buffer = ActivationBuffer::default();
    let (inputs, mut out) = (floats(columns), vec![0.0; rows]);
    let sought = [Sought { best: Some(40), among: None }];
    bencher.counter(BytesCount::new(matrix.bytes())).bench_local(|| {
        let activations =
            KERNELS.quantize(&mut buffer, &inputs, 1, columns, ActivationPrecision::Int16).unwrap();
        KERNELS.matmul_sought(&activations, &matrix, &sought, &mut out).unwrap();
    });
}

#[divan::bench(args = [Activation::Silu, Activation::Gelu, Activation::GeluErf, Activation::GptOss])]
fn gated(bencher: Bencher<'_, '_>, activation: Activation) {
    let (gate, up) = (floats(512 * 2048), floats(512 * 2048));
    bencher.counter(ItemsCount::new(up.len())).with_inputs(|| gate.clone()).bench_local_refs(|values| {
        KERNELS.activate(Gate { activation, values, up: Some(&up) }).unwrap();
    });
}

#[divan::bench]
fn quantize(bencher: Bencher<'_, '_>) {
    let x = floats(512 * 2048);
    let mut buffer = ActivationBuffer::default();
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| {
        KERNELS.quantize(&mut buffer, &x, 512, 2048, ActivationPrecision::Int8).unwrap().tokens()
    });
}

/// One vector of a memory's meaning with `rows` others: what recall's dense side costs.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 20)]
fn dot_rows(bencher: Bencher<'_, '_>, rows: usize) {
    const DIMENSIONS: usize = 384;
    let numbers: Vec<i8> = (0..rows * DIMENSIONS).map(|index| ((index * 7919) >> 3) as i8).collect();
    let mut out = vec![0; rows];
    bencher.counter(BytesCount::new(numbers.len())).bench_local(|| {
        KERNELS.dot_rows(&numbers[..DIMENSIONS], &numbers, &mut out).unwrap();
    });
}

/// The same by signs alone, where there are very many.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 20)]
fn differing_bits(bencher: Bencher<'_, '_>, rows: usize) {
    const WORDS: usize = 384 / 64;
    let signs: Vec<u64> =
        (0..(rows * WORDS) as u64).map(|index| index.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    let mut out = vec![0; rows];
    bencher.counter(BytesCount::new(8 * signs.len())).bench_local(|| {
        KERNELS.differing_bits(&signs[..WORDS], &signs, &mut out).unwrap();
    });
}
