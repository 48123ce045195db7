//! What the writer writes, the reader reads back.

use abide_kernels::BlockType;
use proptest::{collection::vec, prelude::*};

use crate::gguf::{Array, Metadata, Value, WriteError, Writer, shard};

fn arrays() -> impl Strategy<Value = Array> {
    prop_oneof![
        vec(any::<u64>(), 0..6).prop_map(Array::Unsigned),
        vec(any::<u32>().prop_map(u64::from), 0..6).prop_map(Array::Unsigned),
        vec(any::<i64>(), 0..6).prop_map(Array::Signed),
        vec(any::<i32>().prop_map(i64::from), 0..6).prop_map(Array::Signed),
        vec(any::<f32>(), 0..6).prop_map(Array::Float),
        vec(any::<bool>(), 0..6).prop_map(Array::Bool),
        vec(any::<String>(), 0..6).prop_map(Array::Text),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<u64>().prop_map(Value::Unsigned),
        any::<u8>().prop_map(|number| Value::Unsigned(number.into())),
        any::<i64>().prop_map(Value::Signed),
        any::<f64>().prop_map(Value::Float),
        any::<f32>().prop_map(|number| Value::Float(number.into())),
        any::<bool>().prop_map(Value::Bool),
        any::<String>().prop_map(Value::Text),
        arrays().prop_map(Value::Array),
    ]
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let alignment = prop_oneof![Just(None), (3_u32..=12).prop_map(|power| Some(1_u64 << power))];
    (vec(("[a-z]{1,6}(\\.[a-z_]{1,8}){0,2}", values()), 0..8), alignment).prop_map(|(pairs, alignment)| {
        let mut metadata = Metadata::default();
        for (key, value) in pairs {
            metadata.insert(key, value);
        }
        if let Some(alignment) = alignment {
            metadata.insert("general.alignment", Value::Unsigned(alignment));
        }
        metadata
    })
}

#[derive(Debug, Clone)]
struct Tensor {
    dimensions: Vec<usize>,
    kind: BlockType,
    data: Vec<u8>,
}

fn tensors() -> impl Strategy<Value = Vec<Tensor>> {
    let shape = (0..BlockType::ALL.len(), 1_usize..3, vec(1_usize..4, 0..3), any::<u8>());
    let tensor = shape.prop_map(|(kind, blocks, outer, fill)| {
        let kind = BlockType::ALL[kind];
        let mut dimensions = vec![blocks * kind.block_values()];
        dimensions.extend(outer);
        let bytes = kind.bytes_for(dimensions.iter().product()).unwrap();
        let data = (0..bytes).map(|index| (index as u8).wrapping_mul(31).wrapping_add(fill)).collect();
        Tensor { dimensions, kind, data }
    });
    vec(tensor, 0..5)
}

proptest! {
    #[test]
    fn a_written_file_reads_back(metadata in metadata(), tensors in tensors()) {
        let mut writer = Writer::new(metadata.clone());
        for (index, tensor) in tensors.iter().enumerate() {
            let name = format!("tensor.{index}");
            writer.tensor(name, &tensor.dimensions, tensor.kind, tensor.data.as_slice()).unwrap();
        }
        let bytes = writer.to_bytes().unwrap();
        let shard = shard::parse(&bytes, 0).unwrap();
        // Debug texts, because NaN is not equal to itself.
        prop_assert_eq!(format!("{:?}", shard.metadata), format!("{metadata:?}"));
        prop_assert_eq!(shard.version, 3);
        prop_assert_eq!(shard.tensors.len(), tensors.len());
        let alignment = metadata.unsigned("general.alignment").unwrap().unwrap_or(32);
        for (index, (read, written)) in shard.tensors.iter().zip(&tensors).enumerate() {
            prop_assert_eq!(&read.name, &format!("tensor.{index}"));
            prop_assert_eq!(&read.dimensions, &written.dimensions);
            prop_assert_eq!(read.kind, written.kind);
            prop_assert_eq!(read.offset() % alignment, 0);
            prop_assert_eq!(read.values(), read.columns() * read.rows());
            prop_assert_eq!(&bytes[read.range.clone()], written.data.as_slice());
        }
    }
}

#[test]
fn floats_that_need_64_bits_keep_them() {
    let mut metadata = Metadata::default();
    metadata.insert("precise", Value::Float(0.1));
    metadata.insert("large", Value::Unsigned(u64::MAX));
    let bytes = Writer::new(metadata.clone()).to_bytes().unwrap();
    assert_eq!(shard::parse(&bytes, 0).unwrap().metadata, metadata);
}

#[test]
fn the_writer_refuses_what_the_reader_would() {
    let mut writer = Writer::default();
    writer.tensor("a", &[1], BlockType::F32, vec![0; 4]).unwrap();
    let refused = [
        writer.tensor("a", &[1], BlockType::F32, vec![0; 4]).err(),
        writer.tensor("", &[1], BlockType::F32, vec![0; 4]).err(),
        writer.tensor("b", &[], BlockType::F32, vec![]).err(),
        writer.tensor("b", &[1; 5], BlockType::F32, vec![0; 4]).err(),
        writer.tensor("b", &[0], BlockType::F32, vec![]).err(),
        writer.tensor("b", &[31], BlockType::Q8_0, vec![0; 34]).err(),
        writer.tensor("b", &[usize::MAX, 8], BlockType::F32, vec![]).err(),
        writer.tensor("n".repeat(65), &[1], BlockType::F32, vec![0; 4]).err(),
    ];
    for (index, error) in refused.iter().enumerate() {
        assert!(matches!(error, Some(WriteError::Invalid(_))), "case {index}: {error:?}");
    }
    assert!(matches!(
        writer.tensor("b", &[2], BlockType::F32, vec![0; 4]),
        Err(WriteError::DataLength { needed: 8, given: 4, .. })
    ));
    let mut metadata = Metadata::default();
    metadata.insert("general.alignment", Value::Unsigned(24));
    assert!(matches!(Writer::new(metadata).to_bytes(), Err(WriteError::Invalid(_))));
    let mut metadata = Metadata::default();
    metadata.insert("", Value::Bool(true));
    assert!(matches!(Writer::new(metadata).to_bytes(), Err(WriteError::Invalid(_))));
}
