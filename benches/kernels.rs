//! Speed of each kernel: `cargo bench -p abide-kernels [FILTER]`. Products with one token show GB/s of weights (beside
//! `read_bandwidth`, their limit), those with many tokens GMAC/s, attention both.
//!
//! `ABIDE_BENCH_THREADS` (default 2) and `ABIDE_BENCH_ISA` (default: the best) choose what is measured.
#![allow(missing_docs)]

use std::sync::LazyLock;

use abide_kernels::{
    Activation, ActivationBuffer, ActivationPrecision, AttentionRequest, BlockType, CacheLayer, CacheShape,
    CacheSlot, CacheType, Isa, Kernels, PackedMatrix, Span, measure_read_bandwidth,
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
    println!("read bandwidth: {:.1} GB/s", measure_read_bandwidth(&KERNELS).unwrap() / 1e9);
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
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q6_K], sample_count = 10)]
fn batch_of_eight(bencher: Bencher<'_, '_>, kind: BlockType) {
    product(bencher, ActivationPrecision::Int8, kind, 32 << 10, 4096, 8);
}

/// Repacking when a model is loaded.
#[divan::bench(args = [BlockType::Q4_1, BlockType::Q4_K, BlockType::Q6_K, BlockType::Q8_0], sample_count = 10)]
fn pack(bencher: Bencher<'_, '_>, kind: BlockType) {
    let bytes = vec![0x21; kind.bytes_for(4096 * 2048).unwrap()];
    bencher
        .counter(BytesCount::new(bytes.len()))
        .bench_local(|| PackedMatrix::pack(&KERNELS, kind, &bytes, 4096, 2048).unwrap());
}

fn attend(bencher: Bencher<'_, '_>, kind: CacheType, tokens: usize, depth: usize) {
    let (heads, kv_heads, dims) = (32, 8, 64);
    let blocks: Vec<u32> = (0..(depth + tokens).div_ceil(64) as u32).collect();
    let shape = CacheShape {
        kind,
        blocks: blocks.len(),
        block_positions: 64,
        kv_heads,
        key_dim: dims,
        value_dim: dims,
    };
    let mut layer = CacheLayer::new(shape).unwrap();
    let slots: Vec<CacheSlot> = (0..(depth + tokens) as u32)
        .map(|position| CacheSlot { block: position / 64, offset: position % 64 })
        .collect();
    let stored = floats(slots.len() * kv_heads * dims);
    KERNELS.write_cache(&mut layer, &slots, &stored, &stored).unwrap();
    let queries = floats(tokens * heads * dims);
    let span = Span { first_row: 0, tokens, first_position: depth, blocks: &blocks, first_block: 0 };
    let request = AttentionRequest {
        queries: &queries,
        heads,
        scale: 0.125,
        soft_cap: None,
        window: None,
        sinks: None,
        spans: &[span],
    };
    let mut out = vec![0.0; queries.len()];
    let seen: usize = (0..tokens).map(|token| depth + token + 1).sum();
    let bencher = match tokens {
        1 => bencher.counter(BytesCount::new(depth * shape.block_bytes() / 64)),
        _ => bencher.counter(ItemsCount::new(2 * seen * heads * dims)),
    };
    bencher.bench_local(|| KERNELS.attention(&request, &layer, &mut out).unwrap());
}

/// One token behind 16,384 others.
#[divan::bench(args = [CacheType::F32, CacheType::F16, CacheType::Q8_0], sample_count = 20)]
fn attention_single_token(bencher: Bencher<'_, '_>, kind: CacheType) {
    attend(bencher, kind, 1, 16 << 10);
}

/// A prompt's chunk behind 1,024 tokens.
#[divan::bench(args = [CacheType::F32, CacheType::F16, CacheType::Q8_0], sample_count = 10)]
fn attention_prompt(bencher: Bencher<'_, '_>, kind: CacheType) {
    attend(bencher, kind, 512, 1024);
}

#[divan::bench]
fn rms_norm(bencher: Bencher<'_, '_>) {
    let (x, weight) = (floats(512 * 2048), floats(2048));
    let mut out = vec![0.0; x.len()];
    bencher
        .counter(ItemsCount::new(x.len()))
        .bench_local(|| KERNELS.rms_norm(&x, 2048, Some(&weight), 1e-5, &mut out).unwrap());
}

#[divan::bench(args = [Activation::Silu, Activation::Gelu])]
fn gated(bencher: Bencher<'_, '_>, activation: Activation) {
    let x = floats(512 * 2048);
    let mut out = vec![0.0; x.len()];
    bencher
        .counter(ItemsCount::new(x.len()))
        .bench_local(|| KERNELS.gated(activation, &x, &x, &mut out).unwrap());
}

#[divan::bench]
fn quantize(bencher: Bencher<'_, '_>) {
    let x = floats(512 * 2048);
    let mut buffer = ActivationBuffer::default();
    bencher.counter(ItemsCount::new(x.len())).bench_local(|| {
        KERNELS.quantize(&mut buffer, &x, 512, 2048, ActivationPrecision::Int8).unwrap().tokens()
    });
}
