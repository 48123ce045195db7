//! A model's GGUF file, or its several shards, mapped and checked. Must not know what the metadata or the
//! tensors mean.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use abide_kernels::MappedFile;

use super::{
    GgufError, Metadata, Problem, TensorInfo, look_alike,
    shard::{self, Shard},
    split::{self, ShardName},
};

/// An open GGUF model. All of its description was checked when it was opened; the tensors' values are read
/// from the disk when they are touched.
#[derive(Debug)]
pub struct GgufFile {
    paths: Vec<PathBuf>,
    maps: Vec<MappedFile>,
    version: u32,
    metadata: Metadata,
    tensors: Vec<TensorInfo>,
    by_name: HashMap<String, usize>,
}

impl GgufFile {
    /// Opens the model at `path`. If it is one of several shards, opens all of them, whichever was named.
    ///
    /// # Errors
    /// When a file can't be opened, is no GGUF file, is incomplete or damaged, or a shard is missing.
    pub fn open(path: &Path) -> Result<Self, GgufError> {
        let (map, named) = open_shard(path, 0)?;
        let Some(name) = split::expected_name(path, &named.metadata)? else {
            return Self::assemble(vec![path.to_owned()], vec![map], vec![named]);
        };
        name.check_all_there()?;
        drop((map, named));
        Self::open_shards(&name)
    }

    /// A whole model that is mapped already; `name` stands for its path.
    pub(super) fn from_map(name: PathBuf, map: MappedFile) -> Result<Self, GgufError> {
        let shard = shard::parse(&map, 0).map_err(|problem| GgufError::new(&name, problem))?;
        Self::assemble(vec![name], vec![map], vec![shard])
    }

    fn open_shards(name: &ShardName) -> Result<Self, GgufError> {
        let mut paths = Vec::with_capacity(name.count());
        let mut maps = Vec::with_capacity(name.count());
        let mut shards = Vec::with_capacity(name.count());
        for number in 1..=name.count() {
            let path = name.path(number);
            let (map, shard) = open_shard(&path, number - 1)?;
            split::check_member(&path, &shard.metadata, number, name.count())?;
            paths.push(path);
            maps.push(map);
            shards.push(shard);
        }
        let file = Self::assemble(paths, maps, shards)?;
        split::check_tensor_count(&file.paths[0], &file.metadata, file.tensors.len())?;
        Ok(file)
    }

    fn assemble(
        paths: Vec<PathBuf>,
        maps: Vec<MappedFile>,
        mut shards: Vec<Shard>,
    ) -> Result<Self, GgufError> {
        let version = shards[0].version;
        let metadata = std::mem::take(&mut shards[0].metadata);
        let tensors: Vec<_> = shards.into_iter().flat_map(|shard| shard.tensors).collect();
        let mut by_name = HashMap::with_capacity(tensors.len());
        for (index, tensor) in tensors.iter().enumerate() {
            if by_name.insert(tensor.name.clone(), index).is_some() {
                let problem = Problem::Duplicate { what: "tensor", name: tensor.name.clone() };
                return Err(GgufError::new(&paths[tensor.shard], problem));
            }
        }
        Ok(Self { paths, maps, version, metadata, tensors, by_name })
    }

    /// The key-value pairs; those of the first shard, which holds all that describe the model.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The tensors of all shards, in the order of the files.
    pub fn tensors(&self) -> &[TensorInfo] {
        &self.tensors
    }

    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Option<&TensorInfo> {
        self.by_name.get(name).map(|&index| &self.tensors[index])
    }

    /// The bytes of a tensor, as long as [`TensorInfo::bytes`] says, aligned to at least 8.
    ///
    /// # Panics
    /// May panic, or return other bytes, when `tensor` is not one of this file's.
    pub fn data(&self, tensor: &TensorInfo) -> &[u8] {
        &self.maps[tensor.shard][tensor.range.clone()]
    }

    /// Gives the memory of some of a tensor's bytes back after their values were brought elsewhere; they are read from
    /// the file again when they are touched again.
    ///
    /// # Panics
    /// As [`Self::data`].
    pub fn release(&self, tensor: &TensorInfo, bytes: std::ops::Range<usize>) {
        let first = tensor.range.start;
        self.maps[tensor.shard].release(first + bytes.start..first + bytes.end);
    }

    /// [`Self::release`] of everything, metadata included.
    pub fn release_all(&self) {
        for map in &self.maps {
            map.release(0..map.len());
        }
    }

    /// The format's version: 2 or 3.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The files, in the order of the shards.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// The sizes of all files together, in bytes.
    pub fn bytes(&self) -> u64 {
        self.maps.iter().map(|map| map.len() as u64).sum()
    }

    /// What `general.architecture` says, for example `llama`.
    ///
    /// # Errors
    /// When it is missing or not a text.
    pub fn architecture(&self) -> Result<&str, GgufError> {
        let key = "general.architecture";
        self.metadata
            .text(key)
            .and_then(|architecture| Metadata::required(key, architecture))
            .map_err(|error| GgufError::new(&self.paths[0], error))
    }
}

fn open_shard(path: &Path, index: usize) -> Result<(MappedFile, Shard), GgufError> {
    let refuse = |problem| GgufError::new(path, problem);
    // Asked first, because opening a pipe would wait for somebody to write into it.
    let about = std::fs::metadata(path).map_err(|error| refuse(error.into()))?;
    if !about.is_file() {
        return Err(refuse(Problem::NotAFile));
    }
    if about.len() == 0 {
        // An empty file can't be mapped everywhere.
        return Err(refuse(Problem::NotGguf { looks_like: look_alike::describe(&[]) }));
    }
    let map = MappedFile::open(path).map_err(|error| refuse(error.into()))?;
    let shard = shard::parse(&map, index).map_err(refuse)?;
    Ok((map, shard))
}
