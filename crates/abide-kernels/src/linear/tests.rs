//! Every type, family, shape and number of threads: near the exact product, and equal to each other to the bit.

use proptest::prelude::*;

use super::{
    test_numbers::{Numbers, random_blocks},
    *,
};
use crate::{Activation, BlockType, Gate, Isa, dequantize, quant::GROUP};

const INT8: ActivationPrecision = ActivationPrecision::Int8;
const INT16: ActivationPrecision = ActivationPrecision::Int16;

struct Case {
    rows: usize,
    columns: usize,
    bytes: Vec<u8>,
    weights: Vec<f32>,
    inputs: Vec<f32>,
}

fn case(kind: BlockType, rows: usize, columns: usize, tokens: usize, seed: u64) -> Case {
    let mut numbers = Numbers(seed);
    let bytes = random_blocks(kind, rows * columns, &mut numbers);
    let mut weights = vec![0.0; rows * columns];
    dequantize(kind, &bytes, &mut weights).unwrap();
    Case { rows, columns, bytes, weights, inputs: numbers.floats(tokens * columns) }
}

fn product(
    kernels: &Kernels,
    precision: ActivationPrecision,
    kind: BlockType,
    case: &Case,
    tokens: Range<usize>,
) -> Vec<f32> {
    let matrix = PackedMatrix::pack(kernels, kind, &case.bytes, case.rows, case.columns).unwrap();
    let count = tokens.len();
    let inputs = &case.inputs[tokens.start * case.columns..tokens.end * case.columns];
    let mut buffer = ActivationBuffer::default();
    let activations = kernels.quantize(&mut buffer, inputs, count, case.columns, precision).unwrap();
    let mut out = vec![f32::NAN; count * case.rows];
    kernels.matmul(&activations, &matrix, &mut out).unwrap();
    out
}

/// Exact products, and for each what its error is measured by: the sum of the weights' magnitudes, each times the greatest input that
/// shares a scale with its own. An input's code is off by half a step at most, and that input has 127 steps (or 127 × 128).
fn exact(case: &Case, tokens: usize) -> Vec<(f64, f64)> {
    let mut out = Vec::new();
    for token in 0..tokens {
        for row in 0..case.rows {
            let inputs = &case.inputs[token * case.columns..][..case.columns];
            let weights = &case.weights[row * case.columns..][..case.columns];
            let terms = inputs.iter().zip(weights).map(|(x, w)| f64::from(*x) * f64::from(*w));
            let sizes = inputs.chunks(GROUP).zip(weights.chunks(GROUP)).map(|(inputs, weights)| {
                let greatest = inputs.iter().fold(0.0_f32, |greatest, x| greatest.max(x.abs()));
                f64::from(greatest) * weights.iter().map(|w| f64::from(w.abs())).sum::<f64>()
            });
            out.push((terms.sum(), sizes.sum()));
        }
    }
    out
}

fn assert_near(found: &[f32], exact: &[(f64, f64)], tolerance: f64, what: &str) {
    for (index, (found, (exact, size))) in found.iter().zip(exact).enumerate() {
        let error = (f64::from(*found) - exact).abs();
        assert!(error <= tolerance * size + 1e-6, "{what}: output {index} is {found}, not {exact}");
    }
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// Rows of 1 to 70, columns of whole blocks, tokens of 1 to 21.
fn shapes() -> impl Strategy<Value = (usize, usize, usize, u64)> {
    (1_usize..70, 1_usize..5, 1_usize..22, any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_family_gives_the_scalar_twin_s_bits_and_those_are_near_the_exact_product(
        (rows, blocks, tokens, seed) in shapes(),
    ) {
        for kind in BlockType::ALL {
            let columns = blocks * kind.block_values().max(32) + if kind.block_values() == 1 { 5 } else { 0 };
            let case = case(kind, rows, columns, tokens, seed);
            let exact = exact(&case, tokens);
            for (precision, tolerance) in [(ActivationPrecision::Int8, 4e-3), (ActivationPrecision::Int16, 4e-5)] {
                let scalar = Kernels::new(1, Isa::Scalar);
                let twin = product(&scalar, precision, kind, &case, 0..tokens);
                assert_near(&twin, &exact, tolerance, kind.name());
                for isa in Isa::available() {
                    let kernels = Kernels::new(2, isa);
                    let found = product(&kernels, precision, kind, &case, 0..tokens);
                    prop_assert_eq!(bits(&found), bits(&twin), "{} {} {:?}", kind, isa, precision);
                }
            }
        }
    }

    #[test]
    fn a_token_s_result_depends_neither_on_the_tokens_beside_it_nor_on_threads(
        (rows, blocks, tokens, seed) in shapes(),
    ) {
        for kind in BlockType::ALL {
            let case = case(kind, rows, blocks * kind.block_values().max(32), tokens, seed);
            for precision in [ActivationPrecision::Int8, ActivationPrecision::Int16] {
                let one = Kernels::new(1, Isa::detect());
                let together = product(&one, precision, kind, &case, 0..tokens);
                for threads in [2, 4] {
                    let kernels = Kernels::new(threads, Isa::detect());
                    prop_assert_eq!(bits(&product(&kernels, precision, kind, &case, 0..tokens)), bits(&together));
                }
                for token in 0..tokens {
                    let alone = product(&one, precision, kind, &case, token..token + 1);
                    prop_assert_eq!(bits(&alone), bits(&together[token * rows..][..rows]), "{}", kind);
                }
            }
        }
    }

    #[test]
    fn rows_come_back_from_a_packed_matrix_to_the_bit((rows, blocks, _, seed) in shapes()) {
        let kernels = Kernels::new(2, Isa::detect());
        for kind in BlockType::ALL {
            let case = case(kind, rows, blocks * kind.block_values(), 0, seed);
            let matrix = PackedMatrix::pack(&kernels, kind, &case.bytes, rows, case.columns).unwrap();
            let mut row = vec![0.0; case.columns];
            for (index, expected) in case.weights.chunks_exact(case.columns).enumerate() {
                matrix.dequantize_row(index, &mut row).unwrap();
                prop_assert_eq!(bits(&row), bits(expected), "{} row {}", kind, index);
            }
            prop_assert!(matrix.dequantize_row(rows, &mut row).is_err());
        }
    }
}

/// Rows of whole tiles and not, more tiles than are looked for.
fn many_rows() -> impl Strategy<Value = (usize, usize, usize, u64)> {
    (1_usize..1500, 1_usize..9, 1_usize..18, any::<u64>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_activated_and_quantised_at_once_gives_the_bits_of_one_after_the_other(
        (rows, blocks, tokens, seed) in shapes(), kind in prop::sample::select(BlockType::ALL.to_vec()),
        gated in any::<bool>(),
    ) {
        let columns = blocks * kind.block_values().max(32) + if kind.block_values() == 1 { 5 } else { 0 };
        let mut case = case(kind, rows, columns, tokens, seed);
        let gates = case.inputs.clone();
        let up: Option<Vec<f32>> = gated.then(|| gates.iter().map(|value| 1.5 - value).collect());
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| [(isa, INT8), (isa, INT16)]) {
            let kernels = Kernels::new(2, isa);
            case.inputs.clone_from(&gates);
            let gate = Gate { activation: Activation::Silu, values: &mut case.inputs, up: up.as_deref() };
            kernels.activate(gate).unwrap();
            let after = product(&kernels, precision, kind, &case, 0..tokens);
            let matrix = PackedMatrix::pack(&kernels, kind, &case.bytes, rows, columns).unwrap();
            let (mut buffer, mut values) = (ActivationBuffer::default(), gates.clone());
            let gate = Gate { activation: Activation::Silu, values: &mut values, up: up.as_deref() };
            let activations =
                kernels.quantize_activated(&mut buffer, gate, tokens, columns, precision).unwrap();
            let mut at_once = vec![0.0; tokens * rows];
            kernels.matmul(&activations, &matrix, &mut at_once).unwrap();
            prop_assert_eq!(bits(&at_once), bits(&after), "{} {}", kind.name(), isa);
        }
    }

    #[test]
    fn a_matrix_in_parts_gives_the_products_and_rows_of_one_that_is_whole(
        (rows, blocks, tokens, seed) in shapes(), kind in parted_kinds(),
    ) {
        let case = case(kind, rows, blocks * kind.block_values(), tokens, seed);
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| [(isa, INT8), (isa, INT16)]) {
            let kernels = Kernels::new(2, isa);
            let whole = product(&kernels, precision, kind, &case, 0..tokens);
            let matrix = parted(&kernels, kind, &case);
            let mut buffer = ActivationBuffer::default();
            let activations =
                kernels.quantize(&mut buffer, &case.inputs, tokens, case.columns, precision).unwrap();
            let mut out = vec![f32::NAN; tokens * rows];
            kernels.matmul(&activations, &matrix, &mut out).unwrap();
            prop_assert_eq!(bits(&out), bits(&whole), "{}", isa);
            let mut row = vec![0.0; case.columns];
            for (index, expected) in case.weights.chunks_exact(case.columns).enumerate() {
                matrix.dequantize_row(index, &mut row).unwrap();
                prop_assert_eq!(bits(&row), bits(expected));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sought_is_what_the_whole_product_has_there(
        (rows, blocks, tokens, seed) in many_rows(),
        kind in prop_oneof![4 => Just(BlockType::Q8_0), 1 => prop::sample::select(BlockType::ALL.to_vec())],
        sought in prop::collection::vec((prop::option::of(1_usize..50), prop::option::of(row_sets())), 17),
    ) {
        let mut case = case(kind, rows, blocks * kind.block_values().max(32), tokens, seed);
        stand_out(&mut case, kind, seed);
        let sought = &sought[..tokens];
        let asked: Vec<_> =
            sought.iter().map(|(best, rows)| Sought { best: *best, among: rows.as_deref() }).collect();
        let mut first: Option<Vec<u32>> = None;
        for (isa, threads) in Isa::available().into_iter().flat_map(|isa| [(isa, 1), (isa, 3)]) {
            for precision in [INT8, INT16] {
                let kernels = Kernels::new(threads, isa);
                let whole = product(&kernels, precision, kind, &case, 0..tokens);
                let matrix = parted(&kernels, kind, &case);
                let mut buffer = ActivationBuffer::default();
                let activations =
                    kernels.quantize(&mut buffer, &case.inputs, tokens, case.columns, precision).unwrap();
                let mut out = vec![f32::NAN; tokens * rows];
                kernels.matmul_sought(&activations, &matrix, &asked, &mut out).unwrap();
                for ((out, whole), (best, set)) in out.chunks(rows).zip(whole.chunks(rows)).zip(sought) {
                    let within = |row: usize| set.as_ref().is_none_or(|words| {
                        words.get(row / 32).is_some_and(|word| word >> (row % 32) & 1 == 1)
                    });
                    let mut sorted: Vec<f32> = (0..rows).filter(|row| within(*row)).map(|row| whole[row]).collect();
                    sorted.sort_by(|one, other| other.total_cmp(one));
                    let least = best.and_then(|best| sorted.get(best - 1).copied()).unwrap_or(f32::NEG_INFINITY);
                    for (row, (out, whole)) in out.iter().zip(whole).enumerate() {
                        let left_out = *out == f32::NEG_INFINITY && (!within(row) || *whole < least);
                        prop_assert!(left_out || out.to_bits() == whole.to_bits(), "{kind} {isa} {row} {out} {whole}");
                    }
                }
                if precision == INT16 {
                    prop_assert_eq!(first.get_or_insert_with(|| bits(&out)), &bits(&out), "{} {}", isa, threads);
                }
            }
        }
    }
}

/// Sets of rows, a bit for each: none, a few, about half, whole stretches, nearly all.
fn row_sets() -> impl Strategy<Value = Vec<u32>> {
    let few = (0_u32..32, 0_u32..40).prop_map(|(bit, rare)| if rare == 0 { 1 << bit } else { 0 });
    let stretch = prop::sample::select(vec![0, u32::MAX, 0xffff, 0xffff_0000]);
    let nearly_all = (0_u32..32).prop_map(|bit| !(1 << bit));
    prop_oneof![
        prop::collection::vec(few, 0..60),
        prop::collection::vec(any::<u32>(), 0..60),
        prop::collection::vec(stretch, 20..60),
        prop::collection::vec(nearly_all, 40..60),
    ]
}

fn best_of_all(best: usize) -> Sought<'static> {
    Sought { best: Some(best), among: None }
}

/// Makes some outputs stand out, as they do in a model; of some seeds, whole tiles are alike.
fn stand_out(case: &mut Case, kind: BlockType, seed: u64) {
    let scale_at = match kind {
        BlockType::Q8_0 => 0,
        BlockType::Q6_K => 208,
        _ => return,
    };
    let blocks = case.columns / kind.block_values();
    for (index, block) in case.bytes.chunks_exact_mut(kind.block_bytes()).enumerate() {
        let row = index / blocks;
        let scale =
            if seed.is_multiple_of(3) { (row / 16 % 7) as f32 } else { 1.0 + (row * 7919 % 97) as f32 };
        let sign = if seed.is_multiple_of(2) { 1.0 } else { -1.0 };
        let scale = half::f16::from_f32(sign * scale / 1000.0);
        block[scale_at..scale_at + 2].copy_from_slice(&scale.to_le_bytes());
    }
}

fn parted_kinds() -> impl Strategy<Value = BlockType> {
    // Q6_K stays whole, and everything works alike.
    prop_oneof![4 => Just(BlockType::Q8_0), 1 => Just(BlockType::Q6_K)]
}

/// A case's matrix in parts.
fn parted(kernels: &Kernels, kind: BlockType, case: &Case) -> PackedMatrix {
    PackedMatrix::pack_in_parts(kernels, kind, &case.bytes, case.rows, case.columns, &|_| ()).unwrap()
}

#[test]
fn few_outputs_are_computed_where_few_stand_out_and_nonsense_is_never_hidden() {
    let (rows, columns) = (16 * 500, 64);
    let mut case = case(BlockType::Q8_0, rows, columns, 1, 3);
    let scale = |block: &mut [u8], scale: f32| {
        block[..2].copy_from_slice(&half::f16::from_f32(scale).to_le_bytes());
    };
    case.bytes.chunks_exact_mut(34).for_each(|block| scale(block, 0.01));
    let kernels = Kernels::new(2, Isa::detect());
    let best = |case: &Case| {
        let mut buffer = ActivationBuffer::default();
        let activations = kernels.quantize(&mut buffer, &case.inputs, 1, columns, INT16).unwrap();
        let mut out = vec![0.0; rows];
        let matrix = parted(&kernels, BlockType::Q8_0, case);
        kernels.matmul_sought(&activations, &matrix, &[best_of_all(1)], &mut out).unwrap();
        out
    };
    let computed = |out: &[f32]| out.iter().filter(|value| **value != f32::NEG_INFINITY).count();
    assert!(computed(&best(&case)) < rows / 10, "{}", computed(&best(&case)));
    for (row, nonsense) in [(4321, f32::NAN), (7999, f32::INFINITY)] {
        scale(&mut case.bytes[row * 68..], nonsense);
        let (out, whole) = (best(&case), product(&kernels, INT16, BlockType::Q8_0, &case, 0..1));
        assert!(!whole[row].is_finite() && out[row].to_bits() == whole[row].to_bits(), "{}", out[row]);
        assert!(computed(&out) < rows / 10);
        scale(&mut case.bytes[row * 68..], 0.01);
    }
}

#[test]
fn only_tiles_of_sought_rows_are_computed_and_of_many_those_that_stand_out() {
    let (rows, columns) = (16 * 500, 64);
    let case = case(BlockType::Q8_0, rows, columns, 1, 3);
    let kernels = Kernels::new(2, Isa::detect());
    let whole = product(&kernels, INT16, BlockType::Q8_0, &case, 0..1);
    let computed = |best: Option<usize>, among: &[u32], matrix: &PackedMatrix| {
        let mut buffer = ActivationBuffer::default();
        let activations = kernels.quantize(&mut buffer, &case.inputs, 1, columns, INT16).unwrap();
        let mut out = vec![0.0; rows];
        let sought = Sought { best, among: Some(among) };
        kernels.matmul_sought(&activations, matrix, &[sought], &mut out).unwrap();
        out.iter().filter(|value| **value != f32::NEG_INFINITY).count()
    };
    for matrix in [
        parted(&kernels, BlockType::Q8_0, &case),
        PackedMatrix::pack(&kernels, BlockType::Q8_0, &case.bytes, rows, columns).unwrap(),
    ] {
        let mut few = vec![0; rows / 32];
        for row in [3, 7, 4321, 7999] {
            few[row / 32] |= 1 << (row % 32);
        }
        assert_eq!(computed(None, &few, &matrix), 48);
        assert_eq!(computed(Some(40), &few, &matrix), 48);
        assert_eq!(computed(None, &[], &matrix), 0);
        // Half of the rows, in half of the tiles.
        let half: Vec<u32> = (0..rows / 32).map(|word| if word % 2 == 0 { u32::MAX } else { 0 }).collect();
        assert_eq!(computed(None, &half, &matrix), rows / 2);
    }
    // All rows but the greatest hundred: those do not hide which are the greatest of the others.
    let mut sorted = whole.clone();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let mut others = vec![u32::MAX; rows / 32];
    for row in (0..rows).filter(|row| whole[*row] >= sorted[99]) {
        others[row / 32] &= !(1 << (row % 32));
    }
    let found = computed(Some(1), &others, &parted(&kernels, BlockType::Q8_0, &case));
    assert!((1..rows / 4).contains(&found), "{found}");
}

#[test]
fn what_is_no_number_stays_so_in_every_family_and_for_its_own_token_alone() {
    let (rows, tokens) = (20, 6);
    for kind in BlockType::ALL {
        let columns = kind.block_values().max(64);
        let sound = case(kind, rows, columns, tokens, 11);
        for (isa, precision) in Isa::available().into_iter().flat_map(|isa| [(isa, INT8), (isa, INT16)]) {
            let kernels = Kernels::new(1, isa);
            let whole = product(&kernels, precision, kind, &sound, 0..tokens);
            for (nonsense, place) in
                [(f32::NAN, 0), (-f32::NAN, 17), (f32::INFINITY, 31), (f32::NEG_INFINITY, 40)]
            {
                let mut case = case(kind, rows, columns, tokens, 11);
                case.inputs[3 * columns + place] = nonsense;
                let found = product(&kernels, precision, kind, &case, 0..tokens);
                for token in 0..tokens {
                    let (found, whole) = (&found[token * rows..][..rows], &whole[token * rows..][..rows]);
                    if token == 3 {
                        assert!(
                            found.iter().all(|value| !value.is_finite()),
                            "{kind} {isa} {precision:?}: {found:?}"
                        );
                    } else {
                        assert_eq!(bits(found), bits(whole), "{kind} {isa} {precision:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn inputs_too_small_for_a_factor_are_zeros_in_every_family() {
    for size in [1e-45, 1e-38, 3e-37, 1e-35, 4e-35] {
        let mut case = case(BlockType::Q8_0, 20, 64, 1, 5);
        case.inputs.iter_mut().for_each(|input| *input *= size);
        for precision in [INT8, INT16] {
            let twin = product(&Kernels::new(1, Isa::Scalar), precision, BlockType::Q8_0, &case, 0..1);
            assert!(twin.iter().all(|value| value.abs() < 1e-30), "{twin:?}");
            for isa in Isa::available() {
                let found = product(&Kernels::new(1, isa), precision, BlockType::Q8_0, &case, 0..1);
                assert_eq!(bits(&found), bits(&twin), "{isa} {size}");
            }
        }
    }
}

#[test]
fn activations_of_another_family_are_refused() {
    let (best, scalar) = (Kernels::new(1, Isa::detect()), Kernels::new(1, Isa::Scalar));
    let matrix = PackedMatrix::pack(&scalar, BlockType::Q8_0, &[0; 34], 1, 32).unwrap();
    let mut buffer = ActivationBuffer::default();
    let activations = scalar.quantize(&mut buffer, &[1.0; 32], 1, 32, INT16).unwrap();
    let refused = best.matmul(&activations, &matrix, &mut [0.0]);
    assert_eq!(refused.is_err(), best.isa() != Isa::Scalar);
    assert!(scalar.matmul(&activations, &matrix, &mut [0.0]).is_ok());
}

#[test]
fn hundreds_of_rows_and_tokens_in_several_blocks_agree_with_single_tokens() {
    let (rows, columns, tokens) = (333, 4096, 150);
    let case = case(BlockType::Q4_K, rows, columns, tokens, 7);
    let kernels = Kernels::new(2, Isa::detect());
    let together = product(&kernels, INT16, BlockType::Q4_K, &case, 0..tokens);
    for token in [0, 31, 32, 91, 149] {
        let alone = product(&kernels, INT16, BlockType::Q4_K, &case, token..token + 1);
        assert_eq!(bits(&alone), bits(&together[token * rows..][..rows]));
    }
}

#[test]
fn several_matrices_in_one_job_give_what_each_gives_alone() {
    let kernels = Kernels::new(3, Isa::detect());
    let kinds = [(BlockType::Q4_1, 48), (BlockType::Q6_K, 17), (BlockType::F16, 100)];
    for tokens in [1, 9] {
        let cases: Vec<Case> = kinds.iter().map(|(kind, rows)| case(*kind, *rows, 512, tokens, 3)).collect();
        let inputs = &cases[0].inputs;
        let mut buffer = ActivationBuffer::default();
        let activations = kernels.quantize(&mut buffer, inputs, tokens, 512, INT16).unwrap();
        let matrices: Vec<PackedMatrix> = kinds
            .iter()
            .zip(&cases)
            .map(|((kind, rows), case)| PackedMatrix::pack(&kernels, *kind, &case.bytes, *rows, 512).unwrap())
            .collect();
        let mut outs: Vec<Vec<f32>> = kinds.iter().map(|(_, rows)| vec![0.0; tokens * rows]).collect();
        let mut products: Vec<(&PackedMatrix, &mut [f32])> =
            matrices.iter().zip(&mut outs).map(|(matrix, out)| (matrix, &mut out[..])).collect();
        kernels.matmul_many(&activations, &mut products).unwrap();
        for (matrix, found) in matrices.iter().zip(&outs) {
            let mut alone = vec![0.0; found.len()];
            kernels.matmul(&activations, matrix, &mut alone).unwrap();
            assert_eq!(bits(&alone), bits(found));
        }
    }
}

#[test]
fn shapes_that_do_not_fit_are_errors() {
    let kernels = Kernels::new(1, Isa::detect());
    let pack = |bytes: usize, rows, columns| {
        PackedMatrix::pack(&kernels, BlockType::Q4_0, &vec![0; bytes], rows, columns).map(|_| ())
    };
    assert!(matches!(pack(18, 1, 33), Err(KernelError::PartialBlock { .. })));
    assert!(matches!(pack(17, 1, 32), Err(KernelError::Length { .. })));
    assert!(matches!(pack(18, usize::MAX, 32), Err(KernelError::Memory { .. })));
    assert!(matches!(pack(0, 0, 32), Err(KernelError::Argument { .. })));
    let matrix = PackedMatrix::pack(&kernels, BlockType::Q4_0, &[0; 36], 1, 64).unwrap();
    let mut buffer = ActivationBuffer::default();
    assert!(kernels.quantize(&mut buffer, &[0.0; 63], 1, 64, INT16).is_err());
    let narrow = kernels.quantize(&mut buffer, &[0.0; 32], 1, 32, INT16).unwrap();
    assert!(kernels.matmul(&narrow, &matrix, &mut [0.0]).is_err());
    let right = kernels.quantize(&mut buffer, &[0.0; 64], 1, 64, INT16).unwrap();
    assert!(kernels.matmul(&right, &matrix, &mut [0.0; 2]).is_err());
    assert!(kernels.matmul(&right, &matrix, &mut [0.0]).is_ok());
}
